"""Which maps an expectation may rest on as they are written: forward maps, and two inverses that are theorems.

A candidate for an inverse is a guess, and the pointwise oracle brackets what it says. An integral over complex balls
has no brackets; but y = loc + scale x is solved by (y - loc)/scale, and y = x^p on the positive numbers by
exp(log(y)/p). An integral asks no more: the integrand is the right one on the real line, and Arb sees to it that what
it is given is holomorphic around it. That a definition writes these two down is audited, as declared rates are:
f(candidate(y)) has to hold y, at places all over the map's range.
"""

from __future__ import annotations

from flint import arb, ctx

from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.pointwise.jets import BALLS
from conformance.oracle.statistics.bounds import BoundViolated

_PLACES = tuple(sign * 1.375 * 2.0**k for k in range(-24, 25, 4) for sign in (-1, 1))
_FEWEST_TOLD = 8
_PRECISION = 256


def is_proved(transform: TransformDefinition | None) -> bool:
    """Whether the map is made of forward maps and of inverses of lines and powers alone. BoundViolated where a
    candidate for one of these is none."""
    if transform is None or transform.kind == "leaf":
        return True
    if transform.kind == "chain":
        return all(map(is_proved, transform.parts))
    if transform.kind != "inverse" or not transform.parts[0].lemmas.algebraic:
        return False
    return audited(transform.parts[0]) >= _FEWEST_TOLD


def audited(leaf: TransformDefinition) -> int:
    """At how many places f(candidate(y)) is told to be y to half of the precision. BoundViolated where it is not y."""
    told = 0
    with ctx.workprec(_PRECISION):
        for place in _PLACES:
            if not leaf.codomain.lo < place < leaf.codomain.hi:
                continue
            y = arb(place)
            back = leaf.forward(BALLS, leaf.inverse_candidate(BALLS, y))
            if not back.overlaps(y):
                raise BoundViolated(f"what is written as the inverse of {leaf.name} is none at {place!r}")
            told += back.rel_accuracy_bits() >= _PRECISION // 2
    return told
