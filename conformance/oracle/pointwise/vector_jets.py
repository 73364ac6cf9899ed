"""What follows mechanically from a vector transform's forward map: values, certified inverse, log|det J|, condition.

log|det J| comes from dual numbers over balls and a determinant; for ``independent`` it is the sum of the scalar
part's own log|f'|. The inverse is certified coordinate by coordinate, by the sign of the forward map at both ends of
a bracket, with the coordinates before it held in their own certified brackets (triangular maps).
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, ctx

from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.duals import DualNumbers, log_abs_det, variables
from conformance.oracle.pointwise import jets

BALLS = BallNumbers()
DUALS = DualNumbers()
_NAN = arb("nan")
_WIDENINGS = 24
"""Brackets of earlier coordinates widen later ones, by 1/rest each time: near the boundary by many binades. Half the
digits have to remain, or a higher precision has to try."""


def values_at(definition: TransformDefinition, x: Sequence[arb]) -> list[arb]:
    """Enclosures of every coordinate of f over the balls ``x``."""
    if definition.kind == "chain":
        at = list(x)
        for part in definition.parts:
            at = values_at(part, at)
        return at
    if definition.kind == "inverse":
        return inverse_values_at(definition.parts[0], x)
    if definition.kind == "independent":
        return [jets.value_at(definition.parts[0], v) for v in x]
    return list(definition.forward(BALLS, x))


def inverse_values_at(definition: TransformDefinition, y: Sequence[arb]) -> list[arb]:
    """Certified balls that contain the inverse; nan where this precision proves none."""
    if definition.kind == "chain":
        at = list(y)
        for part in reversed(definition.parts):
            at = inverse_values_at(part, at)
        return at
    if definition.kind == "inverse":
        return values_at(definition.parts[0], y)
    if definition.kind == "independent":
        return [jets.inverse_at(definition.parts[0], v) for v in y]
    return certified_triangular_inverse(definition, y)


def log_det_at(definition: TransformDefinition, x: Sequence[arb]) -> arb:
    """An enclosure of log|det J_f| over the balls ``x``, on the definition's base measure."""
    if definition.kind == "chain":
        total, at = arb(0), list(x)
        for part in definition.parts:
            total += log_det_at(part, at)
            at = values_at(part, at)
        return total
    if definition.kind == "inverse":
        return -log_det_at(definition.parts[0], inverse_values_at(definition.parts[0], x))
    if definition.kind == "independent":
        return sum((jets.jet_at(definition.parts[0], v).log_slope for v in x), arb(0))
    return log_abs_det(jacobian_at(definition, x)[: len(x)])


def jacobian_at(definition: TransformDefinition, x: Sequence[arb]) -> list[tuple[arb, ...]]:
    """One row of partial derivatives for each of the first len(x) outputs of a leaf or of ``independent``: those that
    the base measure is taken on."""
    outputs = definition.forward(DUALS, variables(x))
    return [output.partials for output in outputs[: len(x)]]


def inverse_log_det_at(definition: TransformDefinition, y: Sequence[arb]) -> arb:
    """An enclosure of log|det| of the inverse map at ``y``: minus the forward one at the certified inverse."""
    if definition.kind == "inverse":
        return log_det_at(definition.parts[0], y)
    if definition.kind == "independent":
        return sum((jets.inverse_jet_at(definition.parts[0], v).log_slope for v in y), arb(0))
    return -log_det_at(definition, inverse_values_at(definition, y))


def certified_triangular_inverse(definition: TransformDefinition, y: Sequence[arb]) -> list[arb]:
    """Brackets proved by sign tests: output i depends on x_0..x_i only and increases in x_i.

    Both are read off the dual numbers: the Jacobian's entries above the diagonal are exactly 0, and its diagonal is
    proved positive over the bracket. Otherwise nan.
    """
    candidate = definition.inverse_candidate(BALLS, y)
    if not all(c.is_finite() for c in candidate):
        return [_NAN] * len(candidate)
    precision = ctx.prec
    ctx.prec = 2 * precision + 64
    try:
        found: list[arb] = []
        for guess, target in zip(candidate, y[: len(candidate)], strict=True):
            found.append(bracket_coordinate(definition, found, guess, target, len(candidate), precision))
            if not found[-1].is_finite():
                return [_NAN] * len(candidate)
        rows = jacobian_at(definition, found)[: len(found)]
        triangular = all(rows[i][j].is_zero() for i in range(len(rows)) for j in range(i + 1, len(rows)))
        if not triangular or not all(rows[i][i] > 0 for i in range(len(rows))):
            return [_NAN] * len(candidate)
        return found
    finally:
        ctx.prec = precision


def bracket_coordinate(
    definition: TransformDefinition, found: list[arb], guess: arb, target: arb, size: int, precision: int
) -> arb:
    """The coordinate after ``found`` of a triangular map, bracketed by the sign of output - target; nan if unproved.

    The coordinates after it cannot matter to its output (they are set to 0). ``precision`` sets the bracket's width.
    """
    i = len(found)
    middle = guess.mid()
    radius = guess.rad() * 2 + (abs(middle) + arb(2) ** -precision) * arb(2) ** (8 - precision)
    later = [arb(0)] * (size - i - 1)
    for _ in range(_WIDENINGS):
        low, high = (middle - radius).lower(), (middle + radius).upper()
        at_low = definition.forward(BALLS, [*found, low, *later])[i]
        at_high = definition.forward(BALLS, [*found, high, *later])[i]
        if at_low <= target and at_high >= target:
            return low.union(high)
        radius = radius * 16
        if radius > (1 + abs(middle)) * arb(2) ** -(precision // 2):
            break
    return _NAN
