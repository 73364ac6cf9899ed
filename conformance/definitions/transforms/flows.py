"""Layers of normalising flows with fixed weights: each is what its network makes it, so the network is a parameter.

The network of every layer has one hidden layer, h = tanh(hidden u + hidden_bias), and gives a shift t = shift h +
shift_bias and a logarithm of the scale s = log_scale h + log_scale_bias. Matrices have a row for every result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from math import exp
from typing import Any

from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import AnyMap, TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.linear import scale_matvec_lu
from conformance.definitions.transforms.parameters import BadChoice, BadParameter, matrix, vector, whole

Row = tuple[float, ...]
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Network:
    """The weights, with as many units as ``hidden`` has rows, and as many results as ``shift`` has."""

    hidden: Rows
    hidden_bias: Row
    shift: Rows
    shift_bias: Row
    log_scale: Rows
    log_scale_bias: Row

    @classmethod
    def of(cls, name: str, **given: Any) -> Network:
        """BadParameter and BadChoice where the shapes do not fit each other."""
        read: dict[str, Any] = {
            key: (vector if key.endswith("bias") else matrix)(name, key, value) for key, value in given.items()
        }
        network = cls(**read)
        units, results = len(network.hidden), len(network.shift)
        for key, rows in (("shift", network.shift), ("log_scale", network.log_scale)):
            if len(rows) != results or len(rows[0]) != units:
                raise BadChoice(name, f"{key} must have {results} rows of {units} numbers, one for each row of hidden")
        for key, bias, count in (
            ("hidden_bias", network.hidden_bias, units),
            ("shift_bias", network.shift_bias, results),
            ("log_scale_bias", network.log_scale_bias, results),
        ):
            if len(bias) != count:
                raise BadChoice(name, f"{key} must have {count} numbers, one for each row that it is added to")
        return network

    @property
    def params(self) -> dict[str, Any]:
        """As they stand in a subject."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return len(self.hidden[0])

    @property
    def results(self) -> int:
        """How many shifts it gives, and as many scales."""
        return len(self.shift)

    def given(self, ns: NumberSystem, u: Sequence[Element]) -> Callable[[int], tuple[Element, Element]]:
        """result -> its shift and the logarithm of its scale. Of ``u``, which may still grow, only those entries are
        read that a weight which is not 0 leads from."""
        units: dict[int, Element] = {}

        def unit(k: int) -> Element:
            if k not in units:
                weighted = [ns.const(w) * u[j] for j, w in enumerate(self.hidden[k]) if w]
                units[k] = ns.tanh(total(ns, [ns.const(self.hidden_bias[k]), *weighted]))
            return units[k]

        def layered(row: Row, bias: float) -> Element:
            return total(ns, [ns.const(bias), *(ns.const(w) * unit(k) for k, w in enumerate(row) if w)])

        return lambda result: (
            layered(self.shift[result], self.shift_bias[result]),
            layered(self.log_scale[result], self.log_scale_bias[result]),
        )

    def reads(self, result: int) -> set[int]:
        """The inputs that a result depends on."""
        weights = zip(self.shift[result], self.log_scale[result], strict=True)
        units = [k for k, pair in enumerate(weights) if any(pair)]
        return {j for k in units for j, weight in enumerate(self.hidden[k]) if weight}

    @property
    def added(self) -> tuple[float, float]:
        """The size of the shift's terms, as they are added to y, and as the inverse takes them off and divides."""
        sizes = [sum(map(abs, (*row, bias))) for row, bias in zip(self.shift, self.shift_bias, strict=True)]
        least = [bias - sum(map(abs, row)) for row, bias in zip(self.log_scale, self.log_scale_bias, strict=True)]
        return max(sizes), max(size * exp(-scale) for size, scale in zip(sizes, least, strict=True))


def real_nvp(
    num_masked: float,
    hidden: Rows,
    hidden_bias: Row,
    shift: Rows,
    shift_bias: Row,
    log_scale: Rows,
    log_scale_bias: Row,
) -> TransformDefinition:
    """An affine coupling layer: the first ``num_masked`` entries u stay, the others become x exp(s(u)) + t(u). With
    ``num_masked`` below 0 that many of the last entries stay.

    Source: Dinh, Sohl-Dickstein & Bengio, Density estimation using Real NVP, ICLR 2017, section 3.2.
    """
    name, kept = "real_nvp", whole("real_nvp", "num_masked", num_masked)
    network = Network.of(
        name,
        hidden=hidden,
        hidden_bias=hidden_bias,
        shift=shift,
        shift_bias=shift_bias,
        log_scale=log_scale,
        log_scale_bias=log_scale_bias,
    )
    if kept == 0 or abs(kept) != network.inputs:
        raise BadParameter(name, "num_masked", num_masked, f"{network.inputs} or -{network.inputs}, as hidden takes")
    n = network.inputs + network.results
    masked = range(n)[:kept] if kept > 0 else range(n)[kept:]
    moved = [i for i in range(n) if i not in masked]

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        found, given = list(x), network.given(ns, [x[i] for i in masked])
        for result, i in enumerate(moved):
            shift_by, log_scale_by = given(result)
            found[i] = x[i] * ns.exp(log_scale_by) + shift_by
        return found

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        found, given = list(y), network.given(ns, [y[i] for i in masked])
        for result, i in enumerate(moved):
            shift_by, log_scale_by = given(result)
            found[i] = (y[i] - shift_by) * ns.exp(-log_scale_by)
        return found

    params = {"num_masked": num_masked} | network.params
    formula = "x_i exp(s_i(u)) + t_i(u), u the first num_masked entries"
    return _layer(name, params, network, n, forward, inverse, formula, "Dinh et al. 2017, section 3.2")


def masked_autoregressive_flow(
    hidden: Rows,
    hidden_bias: Row,
    shift: Rows,
    shift_bias: Row,
    log_scale: Rows,
    log_scale_bias: Row,
) -> TransformDefinition:
    """y_i = x_i exp(s_i(y)) + t_i(y), where s_i and t_i depend on the entries of y before y_i alone: from
    the others only weights of 0 lead to them.

    Source: Papamakarios, Pavlakou & Murray, Masked Autoregressive Flow for Density Estimation, NeurIPS 2017, section 3.
    """
    name = "masked_autoregressive_flow"
    network = Network.of(
        name,
        hidden=hidden,
        hidden_bias=hidden_bias,
        shift=shift,
        shift_bias=shift_bias,
        log_scale=log_scale,
        log_scale_bias=log_scale_bias,
    )
    n = network.results
    if network.inputs != n:
        raise BadChoice(name, f"hidden must take {n} numbers, as many as shift gives")
    for i in range(n):
        late = [j for j in network.reads(i) if j >= i]
        if late:
            raise BadChoice(
                name, f"entry {i} of the result must depend on those before it alone, not on entry {late[0]}"
            )

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        found: list[Element] = []
        given = network.given(ns, found)
        for i in range(n):
            shift_by, log_scale_by = given(i)
            found.append(x[i] * ns.exp(log_scale_by) + shift_by)
        return found

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        given = network.given(ns, y)
        return [(v - shift_by) * ns.exp(-by) for v, (shift_by, by) in zip(y, map(given, range(n)), strict=True)]

    formula = "y_i = x_i exp(s_i(y)) + t_i(y), of the y before y_i"
    return _layer(name, network.params, network, n, forward, inverse, formula, "Papamakarios et al. 2017, section 3")


def glow(
    lower_upper: Rows,
    permutation: Row,
    hidden: Rows,
    hidden_bias: Row,
    shift: Rows,
    shift_bias: Row,
    log_scale: Rows,
    log_scale_bias: Row,
) -> TransformDefinition:
    """One step of Glow, from four latent numbers to an image of 2 x 2 pixels and one channel: the inverse of a
    coupling, (x_i - t_i(u)) / sigmoid(s_i(u) + 2) for the last half of x and its first half u, and then the inverse of
    P L U. What results are the pixels in C order.

    Source: Kingma & Dhariwal, Glow: Generative Flow with Invertible 1x1 Convolutions, NeurIPS 2018, table 1, without
    actnorm; sigmoid(s + 2) for exp(s) as in the authors' code and in the documentation of tfp.bijectors.Glow.
    """
    name, n = "glow", 4
    network = Network.of(
        name,
        hidden=hidden,
        hidden_bias=hidden_bias,
        shift=shift,
        shift_bias=shift_bias,
        log_scale=log_scale,
        log_scale_bias=log_scale_bias,
    )
    if (network.inputs, network.results) != (n // 2, n // 2):
        raise BadChoice(name, f"its network takes {n // 2} numbers and gives as many shifts")
    mixed = scale_matvec_lu(lower_upper, permutation)
    if mixed.event != (n,):
        raise BadParameter(name, "permutation", permutation, f"a permutation of 0 .. {n - 1}")

    def moves(ns: NumberSystem, u: Sequence[Element]) -> list[tuple[Element, Element]]:
        given = network.given(ns, u)
        return [(by, ns.sigmoid(s + ns.const(2.0))) for by, s in map(given, range(n // 2))]

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        u = list(x[: n // 2])
        rest = zip(x[n // 2 :], moves(ns, u), strict=True)
        # Of exact weights: substitution solves the triangles, and no formula is believed.
        return list(mixed.inverse_candidate(ns, [*u, *((v - by) / scale for v, (by, scale) in rest)]))

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        image = mixed.forward(ns, y)
        u = list(image[: n // 2])
        return [*u, *(v * scale + by for v, (by, scale) in zip(image[n // 2 :], moves(ns, u), strict=True))]

    def shaped(before: Shape, after: Shape) -> Callable[[Shape], Shape]:
        def there(given: Shape) -> Shape:
            if given != before:
                raise ValueError(f"takes events of shape {list(before)} to {list(after)}, not {list(given)}")
            return after

        return there

    # What is taken off the latent numbers is divided by the scale, and spread by the inverse of the mixing.
    size, _ = network.added
    least = min(bias - sum(map(abs, row)) for row, bias in zip(log_scale, log_scale_bias, strict=True))
    columns = [mixed.inverse_candidate(FloatNumbers(), [float(i == j) for i in range(n)]) for j in range(n // 2, n)]
    spread = max(sum(abs(column[i]) for column in columns) for i in range(n))
    pixels = (2, 2, 1)
    return event_map(
        name,
        forward,
        inverse,
        "U^-1 L^-1 P^T of (u, (x_i - t_i(u)) / sigmoid(s_i(u) + 2))",
        "Kingma & Dhariwal 2018, table 1",
        params={"lower_upper": lower_upper, "permutation": permutation} | network.params,
        event=(n,),
        output_shape=shaped((n,), pixels),
        input_shape=shaped(pixels, (n,)),
        added=(size * (1.0 + exp(-least - 2.0)) * spread, size),
        sums=True,
    )


def _layer(
    name: str,
    params: dict[str, Any],
    network: Network,
    size: int,
    forward: AnyMap,
    inverse: AnyMap,
    formula: str,
    reference: str,
) -> TransformDefinition:
    return event_map(
        name,
        forward,
        inverse,
        formula,
        reference,
        params=params,
        event=(size,),
        output_shape=same_length(size),
        input_shape=same_length(size),
        added=network.added,
        sums=True,
    )
