"""Maps between the reals and the simplex."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf
from typing import Any

from conformance.definitions.intervals import UNIT
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape, Simplex, SurfaceSimplex
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, length_of
from conformance.definitions.weights import Entry, Noise, Shares, Sticks
from conformance.floats.enclosures import Kind


def stick_breaking() -> TransformDefinition:
    """R^n onto the simplex of n+1 weights: z_i = sigmoid(x_i - log(n - i)), y_i = z_i prod_{j<i} (1 - z_j), i = 0..n-1.

    Source: Stan Reference Manual, "Unit simplex" (stick-breaking transform), with its offset log(n - i).
    log|det J| is taken with respect to Lebesgue measure on the first n coordinates. The inverse is accordingly a
    function of y_0 .. y_{n-1}; y_n = 1 - sum is their complement.
    """
    return event_map(
        "stick_breaking",
        _stick_breaking,
        _stick_breaking_inverse,
        "y_i = z_i * prod_{j<i}(1 - z_j), z_i = sigmoid(x_i - log(n - i)), i = 0..n-1; y_n = prod_j(1 - z_j)",
        "Stan Reference Manual, unit simplex",
        codomain=UNIT,
        target=Simplex,
        output_shape=longer,
        input_shape=shorter,
        log_det_at_infinity=-inf,
        extends_to_infinity=True,
        boundary_inverse=_used_up,
        weights=lambda entries: Sticks(entries, tuple(range(len(entries), 0, -1))),
    )


def softmax_centered() -> TransformDefinition:
    """R^n onto the simplex: softmax of the vector with a 0 behind it, y_i = e^x_i / (1 + sum_j e^x_j).

    Source: Aitchison & Shen, Logistic-normal distributions, Biometrika 67 (1980), equation (1.1). log|det J| is taken
    with respect to the simplex's own surface measure, sqrt(n + 1) times Lebesgue measure on the first n weights.
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        # Every weight from its own differences: nothing overflows and nothing cancels.
        padded = [*x, None]
        return [_weight(ns, padded, i) for i in range(len(padded))]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        last = ns.log(y[-1])
        return [ns.log(weight) - last for weight in y[:-1]]

    return event_map(
        "softmax_centered",
        forward,
        inverse,
        "y_i = exp(x_i)/(1 + sum_j exp(x_j)), i = 0..n-1; y_n = 1/(1 + sum_j exp(x_j))",
        "Aitchison & Shen 1980, equation (1.1)",
        codomain=UNIT,
        target=SurfaceSimplex,
        output_shape=longer,
        input_shape=shorter,
        weights=lambda entries: Shares((*entries, Entry(Noise.NONE, Fraction(0), Fraction(1)))),
    )


def softmax() -> TransformDefinition:
    """y_i = e^x_i / sum_j e^x_j, from R^n onto the simplex of n weights: no injection, since a constant added to every
    entry changes nothing. Its inverse is the one-sided x = log y, by definition; it has no log-det.

    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs (1990), equation (2).
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        return [_weight(ns, list(x), i) for i in range(len(x))]

    def kept(shape: Shape) -> Shape:
        return shorter(longer(shape))

    return event_map(
        "softmax",
        forward,
        lambda ns, y: [ns.log(weight) for weight in y],
        "y_i = exp(x_i)/sum_j exp(x_j)",
        "Bridle 1990, equation (2)",
        codomain=UNIT,
        target=Simplex,
        output_shape=kept,
        input_shape=kept,
        bijective=False,
        one_sided=True,
    )


def _weight(ns: NumberSystem, padded: Sequence[Any], i: int) -> Element:
    """1 / sum_j exp(x_j - x_i), None standing for an exact 0."""
    total, own = ns.const(1.0), padded[i]
    for j, other in enumerate(padded):
        if j != i and own is None:
            total = total + ns.exp(other)
        elif j != i:
            total = total + ns.exp(-own if other is None else other - own)
    return ns.const(1.0) / total


def _stick_breaking(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
    n = len(x)
    rest = ns.const(1.0)
    weights = []
    for i, coordinate in enumerate(x):
        shifted = coordinate - ns.log(ns.const(float(n - i)))
        weights.append(rest * ns.sigmoid(shifted))
        rest = rest * ns.sigmoid(-shifted)
    return [*weights, rest]


def _stick_breaking_inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
    n = len(y) - 1
    rest = ns.const(1.0)
    points = []
    for i in range(n):
        after = rest - y[i]
        points.append(ns.log(y[i]) - ns.log(after) + ns.log(ns.const(float(n - i))))
        rest = after
    return points


def _used_up(y: Sequence[float]) -> list[Kind]:
    """A weight of 0 leaves the stick whole, one that takes the whole rest ends it: past that there is no limit."""
    kinds, rest = [], Fraction(1)
    for weight in y[:-1]:
        if rest == 0:
            kinds.append(Kind.OUTSIDE)
        elif weight == 0:
            kinds.append(Kind.NEG_INF)
        else:
            kinds.append(Kind.POS_INF if weight == rest else Kind.FINITE)
        rest -= Fraction(weight)
    return kinds


def longer(shape: Shape) -> Shape:
    """One entry more."""
    return (length_of(shape) + 1,)


def shorter(shape: Shape) -> Shape:
    """One entry fewer."""
    if len(shape) != 1 or shape[0] < 2:
        raise ValueError(f"gives vectors of two entries or more, not events of shape {list(shape)}")
    return (shape[0] - 1,)
