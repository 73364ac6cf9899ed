"""Flow layers over pairs: x exp(s) + t, where a network of one hidden layer gives s and t.

Guarantee: every entry within 0.51 ulp of exact where x exp(s) and t do not cancel by a dozen binades or more, and the
log-det where its terms do not. Sources: Dinh, Sohl-Dickstein & Bengio 2017 (Real NVP), section 3.2; Papamakarios,
Pavlakou & Murray 2017 (masked autoregressive flow), section 3; Kingma & Dhariwal 2018 (Glow), table 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from adapters.numpy import functions as fn
from adapters.numpy.events.arrangement import whole_numbers
from adapters.numpy.events.entries import event, flat, per_event, total
from adapters.numpy.events.linear import numbers, products, scale_matvec_lu
from adapters.numpy.pairs import Pair
from adapters.numpy.transforms import Map

Given = Callable[[int], tuple[Pair, Pair]]
Row = tuple[float, ...]
Rows = tuple[Row, ...]


class Network:
    """h = tanh(hidden u + hidden_bias) gives the shift and the logarithm of the scale."""

    def __init__(self, **weights: object) -> None:
        self._rows = {name: _matrix(name, weights[name]) for name in ("hidden", "shift", "log_scale")}
        self._biases = {name: numbers(f"{name}_bias", weights[f"{name}_bias"]) for name in self._rows}
        self.inputs, self.results = len(self._rows["hidden"][0]), len(self._rows["shift"])
        units = len(self._rows["hidden"])
        for name, bias in self._biases.items():
            rows = self._rows[name]
            count, width = (units, self.inputs) if name == "hidden" else (self.results, units)
            if len(rows) != count or len(bias) != count or len(rows[0]) != width:
                raise ValueError(f"{name} has {count} rows of {width} numbers, and {name}_bias {count} numbers")

    def given(self, x: Pair, u: Sequence[Pair]) -> Given:
        """result -> its shift and the logarithm of its scale; of ``u``, which may grow, what weights lead from. ``x``
        is an array of events."""
        units: dict[int, Pair] = {}

        def unit(k: int) -> Pair:
            if k not in units:
                units[k] = fn.tanh(summed("hidden", k, lambda j: u[j]))
            return units[k]

        def summed(name: str, result: int, entry: Callable[[int], Pair]) -> Pair:
            constant = per_event(x, 1, x.like(self._biases[name][result]))
            used = [(weight, entry(k)) for k, weight in enumerate(self._rows[name][result]) if weight]
            if not used:
                return constant
            return constant + products([weight for weight, _ in used], [value for _, value in used])

        return lambda result: (summed("shift", result, unit), summed("log_scale", result, unit))

    def reads(self, result: int) -> set[int]:
        """The inputs that a result depends on."""
        units = [k for name in ("shift", "log_scale") for k, w in enumerate(self._rows[name][result]) if w]
        return {j for k in units for j, w in enumerate(self._rows["hidden"][k]) if w}


class _Layer(Map):
    increasing = None
    event_rank = 1
    output_rank = 1

    def __init__(self, network: Network) -> None:
        self._network = network


class RealNVP(_Layer):
    """The first ``num_masked`` entries stay (below 0: that many of the last), and move the others."""

    def __init__(
        self,
        num_masked: float,
        hidden: Rows,
        hidden_bias: Row,
        shift: Rows,
        shift_bias: Row,
        log_scale: Rows,
        log_scale_bias: Row,
    ) -> None:
        super().__init__(
            Network(
                hidden=hidden,
                hidden_bias=hidden_bias,
                shift=shift,
                shift_bias=shift_bias,
                log_scale=log_scale,
                log_scale_bias=log_scale_bias,
            )
        )
        (kept,) = whole_numbers("num_masked", (num_masked,))
        if kept == 0 or abs(kept) != self._network.inputs:
            raise ValueError(f"num_masked is {self._network.inputs} or -{self._network.inputs}")
        every = range(self._network.inputs + self._network.results)
        self._masked = every[:kept] if kept > 0 else every[kept:]
        self._moved = [i for i in every if i not in self._masked]

    def _split(self, x: Pair) -> tuple[list[Pair], Given]:
        entries = flat(x, 1)
        if len(entries) != len(self._masked) + len(self._moved):
            raise ValueError(f"takes vectors of {len(self._masked) + len(self._moved)} entries, not of {len(entries)}")
        return entries, self._network.given(x, [entries[i] for i in self._masked])

    def forward(self, x: Pair) -> Pair:
        entries, given = self._split(x)
        for result, i in enumerate(self._moved):
            shift, log_scale = given(result)
            entries[i] = entries[i] * fn.exp(log_scale) + shift
        return event(entries, (len(entries),))

    def inverse(self, y: Pair) -> Pair:
        entries, given = self._split(y)
        for result, i in enumerate(self._moved):
            shift, log_scale = given(result)
            entries[i] = (entries[i] - shift) * fn.exp(-log_scale)
        return event(entries, (len(entries),))

    def fldj(self, x: Pair) -> Pair:
        _, given = self._split(x)
        return total([given(result)[1] for result in range(len(self._moved))])

    def ildj(self, y: Pair) -> Pair:
        return -self.fldj(y)


class MaskedAutoregressiveFlow(_Layer):
    """Each entry of y is moved by those before it."""

    def __init__(
        self, hidden: Rows, hidden_bias: Row, shift: Rows, shift_bias: Row, log_scale: Rows, log_scale_bias: Row
    ) -> None:
        super().__init__(
            Network(
                hidden=hidden,
                hidden_bias=hidden_bias,
                shift=shift,
                shift_bias=shift_bias,
                log_scale=log_scale,
                log_scale_bias=log_scale_bias,
            )
        )
        count = self._network.results
        if self._network.inputs != count or any(max(self._network.reads(i), default=-1) >= i for i in range(count)):
            raise ValueError("an entry of the result depends on those before it alone")

    def forward(self, x: Pair) -> Pair:
        return event(self._moved(x)[0], (self._network.results,))

    def inverse(self, y: Pair) -> Pair:
        entries = self._entries(y)
        given = self._network.given(y, entries)
        moves = [given(i) for i in range(len(entries))]
        found = [(v - shift) * fn.exp(-log_scale) for v, (shift, log_scale) in zip(entries, moves, strict=True)]
        return event(found, (len(found),))

    def fldj(self, x: Pair) -> Pair:
        return total(self._moved(x)[1])

    def ildj(self, y: Pair) -> Pair:
        entries = self._entries(y)
        given = self._network.given(y, entries)
        return -total([given(i)[1] for i in range(len(entries))])

    def _moved(self, x: Pair) -> tuple[list[Pair], list[Pair]]:
        """The image, and the logarithms of the scales."""
        found: list[Pair] = []
        scales: list[Pair] = []
        given = self._network.given(x, found)
        for i, entry in enumerate(self._entries(x)):
            shift, log_scale = given(i)
            found.append(entry * fn.exp(log_scale) + shift)
            scales.append(log_scale)
        return found, scales

    def _entries(self, x: Pair) -> list[Pair]:
        entries = flat(x, 1)
        if len(entries) != self._network.results:
            raise ValueError(f"takes vectors of {self._network.results} entries, not of {len(entries)}")
        return entries


class Glow(Map):
    """One step from 4 latent numbers to 2 x 2 pixels: the inverse of a coupling, then the inverse of P L U."""

    increasing = None
    event_rank = 1
    output_rank = 3

    def __init__(
        self,
        lower_upper: Rows,
        permutation: Row,
        hidden: Rows,
        hidden_bias: Row,
        shift: Rows,
        shift_bias: Row,
        log_scale: Rows,
        log_scale_bias: Row,
    ) -> None:
        self._network = Network(
            hidden=hidden,
            hidden_bias=hidden_bias,
            shift=shift,
            shift_bias=shift_bias,
            log_scale=log_scale,
            log_scale_bias=log_scale_bias,
        )
        if (len(permutation), self._network.inputs, self._network.results) != (4, 2, 2):
            raise ValueError("permutation has 4 entries, and the network takes 2 numbers and gives 2")
        self._mixed = scale_matvec_lu(lower_upper, permutation)

    def _given(self, x: Pair, u: Sequence[Pair]) -> list[tuple[Pair, Pair]]:
        given = self._network.given(x, u)
        return [(shift, raw + 2.0) for shift, raw in map(given, range(2))]

    def forward(self, x: Pair) -> Pair:
        entries = flat(x, 1)
        moves = zip(entries[2:], self._given(x, entries[:2]), strict=True)
        # 1/sigmoid(s) = 1 + exp(-s).
        latent = [*entries[:2], *((v - shift) * (fn.exp(-raw) + 1.0) for v, (shift, raw) in moves)]
        return event(flat(self._mixed.inverse(event(latent, (4,))), 1), (2, 2, 1))

    def inverse(self, y: Pair) -> Pair:
        image = self._image(y)
        entries = flat(image, 1)
        moves = zip(entries[2:], self._given(image, entries[:2]), strict=True)
        return event([*entries[:2], *(v * fn.sigmoid(raw) + shift for v, (shift, raw) in moves)], (4,))

    def fldj(self, x: Pair) -> Pair:
        return self._log_det(x, flat(x, 1)[:2])

    def ildj(self, y: Pair) -> Pair:
        image = self._image(y)
        return -self._log_det(image, flat(image, 1)[:2])

    def _image(self, y: Pair) -> Pair:
        return self._mixed.forward(event(flat(y, 3), (4,)))

    def _log_det(self, x: Pair, u: Sequence[Pair]) -> Pair:
        return total([self._mixed.ildj(x), *(fn.softplus(-raw) for _, raw in self._given(x, u))])


def _matrix(name: str, value: object) -> list[list[Fraction]]:
    rows = [numbers(f"a row of {name}", row) for row in value] if isinstance(value, tuple) else []
    if not rows or len({len(row) for row in rows}) != 1:
        raise ValueError(f"{name} is a list of rows of one length")
    return rows
