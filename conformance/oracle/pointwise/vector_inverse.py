"""The inverse of a vector map, enclosed by a proof that rests on the forward map alone.

A candidate (closed form or not) is never trusted. Where the forward map is triangular in the charts, with a growing
diagonal, coordinate after coordinate is bracketed by the sign of the forward map at both ends. Everywhere else the
Krawczyk operator (Krawczyk 1969; Neumaier, Interval Methods for Systems of Equations, section 5.1) proves that a box
around the candidate holds exactly one solution. What cannot be proved is not-a-number, and precision rises.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, ctx

from conformance.definitions.spaces import Shape, Space
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Kind
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.duals import Dual, DualNumbers, variables

BALLS = BallNumbers()
DUALS = DualNumbers()
_NAN = arb("nan")
_WIDENINGS = 24
"""Brackets of earlier coordinates widen later ones, by 1/rest each time: near the boundary by many binades. Half the
digits have to remain, or a higher precision has to try."""
_SLACK_BITS = 8
"""A box is this many bits wider than the working precision, to leave the proof something to decide."""
_REFINEMENTS = 12
"""Newton steps at most before the proof: each doubles the digits of a candidate that is off by a rounding."""
_INFINITE = {Kind.POS_INF: arb("inf"), Kind.NEG_INF: arb("-inf")}

_triangular: dict[tuple[str, tuple[tuple[str, str], ...], Shape], bool] = {}


def certified_inverse(definition: TransformDefinition, y: Sequence[arb], shape: Shape) -> list[arb]:
    """Balls that contain every entry of the one x with f(x) = y, for a leaf; nan where this precision proves none.

    y: the entries of an event of ``shape``; those that are no coordinates of the target are not read.
    """
    inner = definition.input_event(shape)
    source, target = definition.source_at(inner), definition.target_at(shape)
    candidate = definition.inverse_candidate(BALLS, y)
    if not all(c.is_finite() for c in candidate):
        return [_NAN] * source.size
    if definition.bijective and all(v.is_exact() for v in (*candidate, *y)):
        hit = definition.forward(BALLS, candidate)
        if all(arb(h).is_exact() and h == v for h, v in zip(hit, y, strict=True)):
            return list(candidate)
    goal = [y[index] for index in target.free]
    guess = [candidate[index] for index in source.free]
    precision = ctx.prec
    ctx.prec = 2 * precision + 64
    try:
        if _is_triangular(definition, source, target, guess):
            found = _bracketed(definition, source, target, guess, goal, precision)
        else:
            found = _krawczyk(definition, source, target, guess, goal, precision)
        if found is None:
            return [_NAN] * source.size
        entries = source.completed(BALLS, found)
        return entries if target.in_one_chart(definition.forward(BALLS, entries), y) else [_NAN] * source.size
    finally:
        ctx.prec = precision


def boundary_inverse(
    definition: TransformDefinition, y: Sequence[arb], kinds: Sequence[Kind], shape: Shape
) -> list[arb]:
    """The coordinates of the inverse on the boundary of the target, where those of ``kinds`` are infinite or have no
    limit: what comes before a coordinate of a triangular map may be infinite, what comes after it cannot matter."""
    source, target = definition.source_at(definition.input_event(shape)), definition.target_at(shape)
    candidate = definition.inverse_candidate(BALLS, y)
    precision = ctx.prec
    ctx.prec = 2 * precision + 64
    try:
        found: list[arb] = []
        for kind, index, goal in zip(kinds, source.free, target.free, strict=True):
            if kind != Kind.FINITE:
                found.append(_INFINITE.get(kind, arb(0)))
            else:
                found.append(_bracket(definition, source, target, found, candidate[index], y[goal], precision))
        return found
    finally:
        ctx.prec = precision


def _mapped(definition: TransformDefinition, source: Space, target: Space, coordinates: list[arb]) -> list[arb]:
    outputs = definition.forward(BALLS, source.completed(BALLS, coordinates))
    return [arb(outputs[index]) for index in target.free]


def _jacobian(definition: TransformDefinition, source: Space, target: Space, at: Sequence[arb]) -> list[list[arb]]:
    outputs = definition.forward(DUALS, source.completed(DUALS, variables(list(at))))
    rows = []
    for index in target.free:
        output = outputs[index]
        rows.append(list(output.partials) if isinstance(output, Dual) else [arb(0)] * len(at))
    return rows


def _is_triangular(definition: TransformDefinition, source: Space, target: Space, at: Sequence[arb]) -> bool:
    """Whether output i depends on x_0 .. x_i alone and grows with x_i: entries above the diagonal of the dual numbers'
    Jacobian are exactly 0, which they are everywhere or nowhere, since a definition looks at no value."""
    key = (definition.formula, tuple((name, repr(value)) for name, value in definition.params.items()), source.shape)
    if key not in _triangular:
        rows = _jacobian(definition, source, target, at)
        zeros = all(rows[i][j].is_zero() for i in range(len(rows)) for j in range(i + 1, len(rows)))
        _triangular[key] = zeros and not any(rows[i][i] < 0 for i in range(len(rows)))
    return _triangular[key]


def _bracketed(
    definition: TransformDefinition,
    source: Space,
    target: Space,
    guess: Sequence[arb],
    goal: Sequence[arb],
    precision: int,
) -> list[arb] | None:
    """Brackets of a triangular map; None unless its diagonal is proved positive over them."""
    found: list[arb] = []
    for own, wanted in zip(guess, goal, strict=True):
        found.append(_bracket(definition, source, target, found, own, wanted, precision))
        if not found[-1].is_finite():
            return None
    rows = _jacobian(definition, source, target, found)
    return found if all(rows[i][i] > 0 for i in range(len(rows))) else None


def _bracket(
    definition: TransformDefinition,
    source: Space,
    target: Space,
    found: list[arb],
    guess: arb,
    goal: arb,
    precision: int,
) -> arb:
    """The coordinate after ``found`` of a triangular map, bracketed by the sign of output - goal; nan if unproved.

    The coordinates after it cannot matter to its output (they are set to 0). ``precision`` sets the bracket's width.
    """
    if not guess.is_finite():
        return _NAN
    i = len(found)
    middle = guess.mid()
    radius = guess.rad() * 2 + (abs(middle) + arb(2) ** -precision) * arb(2) ** (_SLACK_BITS - precision)
    later = [arb(0)] * (len(source.free) - i - 1)
    for _ in range(_WIDENINGS):
        low, high = (middle - radius).lower(), (middle + radius).upper()
        at_low = _mapped(definition, source, target, [*found, low, *later])[i]
        at_high = _mapped(definition, source, target, [*found, high, *later])[i]
        if at_low <= goal and at_high >= goal:
            return low.union(high)
        radius = radius * 16
        if radius > (1 + abs(middle)) * arb(2) ** -(precision // 2):
            break
    return _NAN


def _newton_step(
    definition: TransformDefinition, source: Space, target: Space, middle: list[arb], goal: Sequence[arb]
) -> tuple[arb_mat, list[arb]] | None:
    """The midpoints of the inverse Jacobian at ``middle``, and what they move it by; None where that fails."""
    n = len(middle)
    slope = arb_mat(n, n, [v.mid() for row in _jacobian(definition, source, target, middle) for v in row])
    try:
        approximate = slope.inv()
    except ZeroDivisionError:
        return None
    inverse = arb_mat(n, n, [v.mid() for v in approximate.entries()])
    off = arb_mat(n, 1, [a - b for a, b in zip(_mapped(definition, source, target, middle), goal, strict=True)])
    move = (inverse * off).entries()
    return (inverse, move) if all(v.is_finite() for v in move) else None


def _krawczyk(
    definition: TransformDefinition,
    source: Space,
    target: Space,
    guess: Sequence[arb],
    goal: Sequence[arb],
    precision: int,
) -> list[arb] | None:
    """K(X) = m - C (g(m) - y) + (I - C J(X)) (X - m) inside X proves one solution in K(X); None where it is not."""
    n = len(guess)
    if n != len(goal):
        return None
    middle = [v.mid() for v in guess]
    near = arb(2) ** (-precision // 2)
    step = _newton_step(definition, source, target, middle, goal)
    for _ in range(_REFINEMENTS):
        if step is None or all(abs(by) <= near * (abs(m) + near) for by, m in zip(step[1], middle, strict=True)):
            break
        # A candidate that reads what is no coordinate, as rounded, is off by that rounding.
        middle = [(m - by).mid() for m, by in zip(middle, step[1], strict=True)]
        step = _newton_step(definition, source, target, middle, goal)
    if step is None:
        return None
    inverse, move = step  # Both belong to this middle: the proof rests on it.
    radii = [
        2 * abs(step).upper() + (abs(m) + arb(2) ** -precision) * arb(2) ** (_SLACK_BITS - precision)
        for step, m in zip(move, middle, strict=True)
    ]
    for _ in range(3):
        box = [(m - r).union(m + r) for m, r in zip(middle, radii, strict=True)]
        entries = source.completed(BALLS, box)
        if not all(value > 0 for value in source.positive(BALLS, entries)):
            return None
        slopes = arb_mat(n, n, [v for row in _jacobian(definition, source, target, box) for v in row])
        rest = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]) - inverse * slopes
        spread = arb_mat(n, 1, [b - m for b, m in zip(box, middle, strict=True)])
        image = [m - s + t for m, s, t in zip(middle, move, (rest * spread).entries(), strict=True)]
        if all(v.is_finite() and abs(v - m) < r for v, m, r in zip(image, middle, radii, strict=True)):
            return image
        radii = [8 * r for r in radii]
    return None
