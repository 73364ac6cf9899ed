"""The inverse of an elementary monotone transform, enclosed by a bracket that the forward map itself certifies.

A candidate (closed form or not) is never trusted: around it a bracket [a, b] is drawn, and the forward map is
evaluated at both ends in ball arithmetic. For an increasing map f(a) < y < f(b), proved, encloses the inverse
whatever the candidate was. A bracket that cannot be proved gives not-a-number, and precision rises.
"""

from __future__ import annotations

from flint import arb, ctx

from conformance.definitions.intervals import Interval
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio

BALLS = BallNumbers()
_NAN = arb("nan")
_SLACK_BITS = 8
"""The bracket is this many bits wider than the working precision, to leave the sign test something to decide."""


def certified_inverse(definition: TransformDefinition, y: arb) -> arb:
    """A ball that contains every x with f(x) in the ball ``y``, for a leaf; nan where this precision proves none.

    Where f is not bijective (abs) it is the branch that the definition's candidate takes, on which f increases.
    """
    return certify(definition, definition.inverse_candidate(BALLS, y), y)


def certify(definition: TransformDefinition, candidate: arb, y: arb) -> arb:
    """The bracket around ``candidate``, proved by the signs of f - y at its ends; nan where it is not proved."""
    if not candidate.is_finite():
        return _NAN
    precision = ctx.prec
    increasing = definition.increasing is not False
    if candidate.is_exact() and y.is_exact():
        hit = definition.forward(BALLS, candidate)
        if hit.is_exact() and hit == y and (definition.bijective or candidate >= 0):
            return candidate
    middle = candidate.mid()
    radius = candidate.rad() * 2 + abs(middle) * arb(2) ** (_SLACK_BITS - precision)
    low, high = (middle - radius).lower(), (middle + radius).upper()
    if not _inside(definition, low, high):
        return _NAN
    for working in (precision + 64, 2 * precision + 128):
        ctx.prec = working
        try:
            at_low, at_high = definition.forward(BALLS, low), definition.forward(BALLS, high)
        finally:
            ctx.prec = precision
        if increasing and at_low <= y and at_high >= y:
            return low.union(high)
        if not increasing and at_low >= y and at_high <= y:
            return low.union(high)
    return _NAN


def _inside(definition: TransformDefinition, low: arb, high: arb) -> bool:
    """True where [low, high] is proved to lie in the interior of the domain (or of the branch, for abs)."""
    domain: Interval = definition.domain if definition.bijective else Interval(0.0, float("inf"))
    above = domain.lo == -float("inf") or bool(low > ratio(domain.lo))
    below = domain.hi == float("inf") or bool(high < ratio(domain.hi))
    return above and below
