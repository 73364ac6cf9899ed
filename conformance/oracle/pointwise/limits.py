"""Limits at the ends of a domain, found from what is declared beside a definition (ACCEPTANCE A11).

A limit is inf or -inf (a float), a ball (finite), or None where the definition declares too little to know.
"""

from __future__ import annotations

from functools import partial
from math import inf
from typing import Any

from flint import arb, ctx

from conformance.definitions.combinators import chain
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.intervals import End
from conformance.definitions.tails import Tail
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import jet_at, value_at

Limit = float | arb | None

BALLS = BallNumbers()
_ZERO: Limit = arb(0)


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
    low = _end_at(part, at)
    if low is not None:
        return value_limit(part, low)
    return value_at(part, at) if isinstance(at, arb) else None


def _end_at(part: TransformDefinition, at: Limit) -> bool | None:
    """Whether ``at`` is the lower end of the domain, or the upper; None: neither."""
    for end, low in ((part.domain.lo, True), (part.domain.hi, False)):
        if (isinstance(at, float) and at == end) or (isinstance(at, arb) and abs(end) != inf and at == ratio(end)):
            return low
    return None


def log_slope_limit(definition: TransformDefinition, low: bool) -> Limit:
    """The limit of log|f'| at the lower or upper end of the domain."""
    if definition.kind == "inverse":
        part = definition.parts[0]
        if part.increasing is None:
            return None
        inner = log_slope_limit(part, low == part.increasing)
        return None if inner is None else -inner
    tail = slope_tail(definition, low)
    end = definition.domain.lo if low else definition.domain.hi
    if tail is not None or definition.kind != "chain":
        return _of_tail(tail, end)
    at, total = _limit_at(end), _ZERO
    for part in definition.parts:
        total = _sum(total, _log_slope_through(part, at))
        at = _through(part, at)
    return total


def slope_tail(definition: TransformDefinition, low: bool) -> Tail | None:
    """How log|f'| expands at an end of the domain: as declared, or, of a chain, as that of its first parts does, where
    the others' arguments tend to points inside their domains, at which they add what their own slopes are."""
    tail = definition.lower_tail if low else definition.upper_tail
    if tail is not None or definition.kind != "chain":
        return tail
    for count in range(1, len(definition.parts)):
        first, others = chain(*definition.parts[:count]), definition.parts[count:]
        tail = first.lower_tail if low else first.upper_tail
        within = first.domain == definition.domain
        if tail is not None and within and isinstance(_log_slope_inside(first, others, low), arb):
            return tail + Tail.of(constant=partial(_log_slope_inside, first, others, low))
    return None


def _log_slope_inside(
    first: TransformDefinition, others: tuple[TransformDefinition, ...], low: bool, ns: Any = BALLS
) -> Limit:
    """The limit of the log slope of ``others``, one after another, where the argument is the limit of ``first``; None
    where it lies at an end of one's domain. As a tail's constant it is asked in balls only."""
    assert ns is BALLS
    at, total = value_limit(first, low), _ZERO
    for part in others:
        if not isinstance(at, arb) or _end_at(part, at) is not None:
            return None
        total = _sum(total, _log_slope_through(part, at))
        at = _through(part, at)
    return total


def _log_slope_through(part: TransformDefinition, at: Limit) -> Limit:
    """The limit of the log slope of ``part`` where its argument tends to ``at``."""
    low = _end_at(part, at)
    if low is not None:
        return log_slope_limit(part, low)
    if not isinstance(at, arb):
        return None
    # Both sides of the point, so that nothing is found at a kink, whose limit is that of one side.
    found = jet_at(part, at + arb(0, arb(2) ** -(ctx.prec // 2))).log_slope
    return found if found.is_finite() else None


def _sum(first: Limit, second: Limit) -> Limit:
    """None where one is not known, and where one infinity takes another away."""
    if first is None or second is None or (isinstance(first, float) and isinstance(second, float) and first != second):
        return None
    return first if isinstance(first, float) else second if isinstance(second, float) else first + second


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
    slope = slope_tail(transform, low)
    if slope is not None:
        return _of_tail(tail - slope, end)
    limit = log_slope_limit(transform, low)
    return None if limit is None else _sum(_of_tail(tail, end), -limit)


def _of_tail(tail: Tail | None, end: End) -> Limit:
    if tail is None:
        return None
    limit = tail.limit(abs(end) == inf)
    if limit is None:
        constant: arb = tail.constant(BALLS)
        return constant
    return None if limit != limit else limit
