"""Where a density is largest, by a search in mpmath: the second opinion on a mode.

No derivative and no bound is used: log densities on a grid that widens until they have fallen far, each of its highest
points narrowed by golden sections (J. Kiefer, Sequential minimax search for a maximum, 1953), the highest of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import inf
from typing import Any

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.intervals import End
from conformance.oracle.opinion.mp_numbers import CannotCompute

_STEPS = 64
"""Steps over the everyday interval, and over every stretch outside that is as wide as all before."""

_FALLEN = 40
"""Nats below the highest point beyond which nobody looks for a higher one."""

_MOST_STRETCHES = 12
_NARROWING = 260
_TIED = 1e-30
_RISES = 1e-9
"""What still rises by more than this from one point to the next, next to an end, rises without bound there."""

Real = Callable[[Any], Any]


def mode(ctx: Any, base: DistributionDefinition, log_density: Real, image: Real) -> Any:
    """image(x) at the x where ``log_density`` is largest; the lowest of several. Where it is largest at a finite end of
    the base's support, or grows towards it, that end's image; where it grows towards infinity, that of a far point."""
    points = sorted({*_grid(ctx, base, log_density)})
    heights = [_height(ctx, log_density, x) for x in points]
    outermost = (
        (points[0], *_outermost(heights, base.support.lo)),
        (points[-1], *_outermost(heights[::-1], base.support.hi)),
    )
    endless = [(ctx.inf, image(end)) for end, last, inner in outermost if last - inner > _RISES]
    found = endless or [(_height(ctx, log_density, x), image(x)) for x in _highest(ctx, log_density, points, heights)]
    if not found:
        raise CannotCompute("no highest point was found")
    best = max(height for height, _ in found)
    return min((y for height, y in found if height >= best - _TIED), key=ctx.re)


def _outermost(heights: list[Any], end: End) -> tuple[Any, Any]:
    """The heights of the two points farthest out; inside a finite end, which may be a pole, those next to it."""
    at = 0 if abs(end) == inf else 1
    return heights[at], heights[at + 1]


def _highest(ctx: Any, log_density: Real, points: list[Any], heights: list[Any]) -> Iterator[Any]:
    """Every point of the grid that is no lower than its neighbours, narrowed."""
    last = len(points) - 1
    for at, height in enumerate(heights):
        below, above = heights[max(at - 1, 0)], heights[min(at + 1, last)]
        if height > -inf and height >= below and height >= above:
            inner = 0 < at < last
            yield _narrowed(ctx, log_density, points[at - 1], points[at + 1]) if inner else points[at]


def _height(ctx: Any, log_density: Real, x: Any) -> Any:
    """The log density; beyond all where it has a pole, which is where it is infinite or has no value."""
    try:
        value = ctx.re(log_density(x))
    except (CannotCompute, ZeroDivisionError, ValueError):
        return ctx.ninf
    return value if value == value else ctx.ninf


def _grid(ctx: Any, base: DistributionDefinition, log_density: Real) -> Iterator[Any]:
    low, high = (ctx.mpf(end) for end in base.ordinary)
    inner = [low + (high - low) * at / _STEPS for at in range(_STEPS + 1)]
    yield from inner
    best = max(_height(ctx, log_density, x) for x in inner)
    for side, start, end in ((-1, low, base.support.lo), (1, high, base.support.hi)):
        if abs(end) != inf:
            exact = Fraction(end)
            yield from _towards(ctx, start, ctx.mpf(exact.numerator) / exact.denominator)
            continue
        yield from _outwards(ctx, log_density, side, start, high - low, best)


def _towards(ctx: Any, start: Any, end: Any) -> Iterator[Any]:
    """Points that near a finite end by halves, and the end."""
    for _ in range(4 * _STEPS):
        yield start
        start = (start + end) / 2
    yield end


def _outwards(ctx: Any, log_density: Real, side: int, start: Any, width: Any, best: Any) -> Iterator[Any]:
    for _ in range(_MOST_STRETCHES):
        stretch = [start + side * width * at / _STEPS for at in range(1, _STEPS + 1)]
        yield from stretch
        heights = [_height(ctx, log_density, x) for x in stretch]
        best, start, width = max(best, *heights), stretch[-1], 2 * width
        if heights[-1] < best - _FALLEN:
            return


def _narrowed(ctx: Any, log_density: Real, low: Any, high: Any) -> Any:
    share = (ctx.sqrt(5) - 1) / 2
    inner, outer = high - share * (high - low), low + share * (high - low)
    at_inner, at_outer = _height(ctx, log_density, inner), _height(ctx, log_density, outer)
    for _ in range(_NARROWING):
        if at_inner >= at_outer:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - share * (high - low)
            at_inner = _height(ctx, log_density, inner)
        else:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + share * (high - low)
            at_outer = _height(ctx, log_density, outer)
    return (low + high) / 2
