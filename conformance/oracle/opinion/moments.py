"""Expectations by mpmath's quadrature: the second opinion on a statistic.

The integral runs over the base value x, of weight e**log p(x), between ends beyond which nothing counts: from the
everyday interval outwards in steps that double, until the weight times the square of what is averaged is below 1e-60.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

from conformance.definitions.distributions import DistributionDefinition
from conformance.oracle.opinion.mp_numbers import CannotCompute

_NOTHING = -140.0
"""The logarithm of what no longer counts, about 1e-60."""
_MOST_STEPS = 400
_INNER = 8
"""Pieces of the everyday interval."""

Real = Callable[[Any], Any]


def expectation(ctx: Any, base: DistributionDefinition, log_density: Real, averaged: Real) -> Any:
    """E[averaged(X)]. Raises CannotCompute where a tail does not end."""
    low, high = (ctx.mpf(end) for end in base.ordinary)
    inner = [low + (high - low) * at / _INNER for at in range(_INNER + 1)]

    def counts(x: Any) -> bool:
        value = abs(averaged(x))
        return bool(log_density(x) + 2 * ctx.log(1 + value) > _NOTHING)

    ends = (_outwards(ctx, base.support, inner, side, counts) for side in (-1, 1))
    below, above = (list(each) for each in ends)
    points = sorted({*below, *inner, *above})
    return ctx.quad(lambda x: ctx.exp(log_density(x)) * averaged(x), points)


def _outwards(ctx: Any, support: Any, inner: list[Any], side: int, counts: Callable[[Any], bool]) -> Iterator[Any]:
    """Points from the everyday interval to the end of the support, or to where nothing counts any more."""
    start, end = (inner[0], support.lo) if side < 0 else (inner[-1], support.hi)
    step = inner[-1] - inner[0]
    if abs(end) != inf:
        finite = ctx.mpf(end.numerator) / end.denominator if not isinstance(end, float) else ctx.mpf(end)
        while side * (finite - start) > step:
            start += side * step
            step *= 2
            yield start
        yield finite
        return
    for _ in range(_MOST_STEPS):
        start += side * step
        step *= 2
        yield start
        if not counts(start):
            return
    raise CannotCompute("a tail that does not end")
