"""Maps between the reals and the simplex."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from conformance.definitions.intervals import REALS, UNIT
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms.definition import TransformDefinition


def stick_breaking() -> TransformDefinition:
    """R^n onto the simplex of n+1 weights: z_i = sigmoid(x_i - log(n - i)), y_i = z_i prod_{j<i} (1 - z_j), i = 0..n-1.

    Source: Stan Reference Manual, "Unit simplex" (stick-breaking transform), with its offset log(n - i).
    log|det J| is taken with respect to Lebesgue measure on the first n coordinates. The inverse is accordingly a
    function of y_0 .. y_{n-1}; y_n = 1 - sum is their complement.
    """
    return TransformDefinition(
        name="stick_breaking",
        params={},
        forward=_stick_breaking,
        inverse_candidate=_stick_breaking_inverse,
        domain=REALS,
        codomain=UNIT,
        increasing=None,
        formula="y_i = z_i * prod_{j<i}(1 - z_j), z_i = sigmoid(x_i - log(n - i)), i = 0..n-1; y_n = prod_j(1 - z_j)",
        reference="Stan Reference Manual, unit simplex",
        ordinary=(-4.0, 4.0),
        event_rank_in=1,
        event_rank_out=1,
        base_measure="Lebesgue on the first n coordinates",
        output_width=lambda event: event + 1,
        input_width=lambda event: event - 1,
        log_det_at_infinity=-inf,
    )


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
