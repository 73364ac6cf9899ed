"""Limits at the ends of a domain, found from what is declared beside a definition (ACCEPTANCE A11).

A limit is inf or -inf (a float), a ball (finite), or None where the definition declares too little to know.
"""

from __future__ import annotations

from math import inf

from flint import arb

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.intervals import End
from conformance.definitions.tails import Tail
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import value_at

Limit = float | arb | None

BALLS = BallNumbers()


def _limit_at(end: End) -> Limit:
    return float(end) if abs(end) == inf else ratio(end)


def value_limit(definition: TransformDefinition, low: bool) -> Limit:
    """The limit of f at the lower (``low``) or upper end of its domain."""
    if definition.kind == "inverse":
        part = definition.parts[0]
        if part.increasing is None:
            return None
        domain = part.domain
        return _limit_at(domain.lo if low == part.increasing else domain.hi)
    if definition.kind == "chain":
        at: Limit = _limit_at(definition.domain.lo if low else definition.domain.hi)
        for part in definition.parts:
            at = _through(part, at)
        return at
    if definition.increasing is None:
        return definition.value_limits[0 if low else 1] if definition.value_limits else None
    codomain = definition.codomain
    return _limit_at(codomain.lo if low == definition.increasing else codomain.hi)


def _through(part: TransformDefinition, at: Limit) -> Limit:
    """The limit of ``part`` where its argument tends to ``at``."""
    if at is None:
        return None
    for end, low in ((part.domain.lo, True), (part.domain.hi, False)):
        if (isinstance(at, float) and at == end) or (isinstance(at, arb) and abs(end) != inf and at == ratio(end)):
            return value_limit(part, low)
    return value_at(part, at) if isinstance(at, arb) else None


def log_slope_limit(definition: TransformDefinition, low: bool) -> Limit:
    """The limit of log|f'| at the lower or upper end of the domain."""
    if definition.kind == "inverse":
        part = definition.parts[0]
        if part.increasing is None:
            return None
        inner = log_slope_limit(part, low == part.increasing)
        return None if inner is None else -inner
    tail = definition.lower_tail if low else definition.upper_tail
    end = definition.domain.lo if low else definition.domain.hi
    return _of_tail(tail, end)


def log_density_limit(definition: DistributionDefinition, low: bool) -> Limit:
    """The limit of log p_Y(f(x)) as x tends to the lower or upper end of the BASE's support.

    Where that end is interior to the transform's domain there is no limit to take: None.
    """
    base, transform = definition.base or definition, definition.transform
    end = base.support.lo if low else base.support.hi
    tail = base.lower_tail if low else base.upper_tail
    if transform is None or tail is None:
        return _of_tail(tail, end)
    if (transform.domain.lo if low else transform.domain.hi) != end:
        return None
    slope = transform.lower_tail if low else transform.upper_tail
    return None if slope is None else _of_tail(tail - slope, end)


def _of_tail(tail: Tail | None, end: End) -> Limit:
    if tail is None:
        return None
    limit = tail.limit(abs(end) == inf)
    if limit is None:
        constant: arb = tail.constant(BALLS)
        return constant
    return None if limit != limit else limit
