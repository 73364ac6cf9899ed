"""Expectations by mpmath's quadrature: the second opinion on a statistic.

The integral runs over the base value x, of weight e**log p(x), between ends beyond which nothing counts: from the
everyday interval outwards in steps that double, until the weight times the square of what is averaged is below 1e-60.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Any

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers

_NOTHING = -140.0
"""The logarithm of what no longer counts, about 1e-60."""
_MOST_STEPS = 400
_INNER = 8
"""Pieces of the everyday interval."""

_DIGITS = 40

Real = Callable[[Any], Any]


class Averages:
    """Expectations of f(X), X of the base's law. forward(f, x) and log_slope(f, x): f(x) and log|f'(x)|."""

    def __init__(
        self,
        ns: MpNumbers,
        definition: DistributionDefinition,
        forward: Callable[[TransformDefinition, Any], Any],
        log_slope: Callable[[TransformDefinition, Any], Any],
    ) -> None:
        self._ns, self._base, self._transform = ns, definition.base or definition, definition.transform
        self._forward, self._log_slope = forward, log_slope
        self._densities: dict[Any, Any] = {}

    def statistic(self, quantity: str) -> Any:
        """Entropy, mean, variance or standard deviation."""
        if quantity == "entropy":
            return self._expectation(self._information)
        mean = self._expectation(self._value)
        if quantity == "mean":
            return mean
        if self._base.circular:
            return self._circular(quantity, mean)
        variance = self._expectation(lambda x: (self._value(x) - mean) ** 2)
        return self._ns.ctx.sqrt(variance) if quantity == "stddev" else variance

    def _circular(self, quantity: str, mean: Any) -> Any:
        """The mean of 1 - cos of the angle to the mean."""
        if quantity == "stddev":
            raise CannotCompute("the standard deviation of an angle, which is defined in more than one way")
        return 1 - self._expectation(lambda x: self._ns.ctx.cos(x - mean))

    def divergence(self, other: DistributionDefinition) -> Any:
        """E[log p(X) - log q(X)] of two bases."""
        assert other.log_density is not None
        own = other.log_density
        middle = self._ns.ctx.mpf(other.ordinary[0] + other.ordinary[1]) / 2
        return self._expectation(lambda x: self._log_density(x) - own(self._ns, x), [middle])

    def spread(self, about: float) -> Any:
        """E[(-log p(Y) - about)^2]."""
        return self._expectation(lambda x: (self._information(x) - about) ** 2)

    def spread_of_log_slope(self, about: float) -> Any:
        """E[(log|f'(X)| - about)^2]."""
        assert self._transform is not None
        transform = self._transform
        return self._expectation(lambda x: (self._log_slope(transform, x) - about) ** 2)

    def _expectation(self, averaged: Real, marks: Sequence[Any] = ()) -> Any:
        with self._ns.ctx.workdps(_DIGITS):
            return expectation(self._ns.ctx, self._base, self._log_density, averaged, marks)

    def _log_density(self, x: Any) -> Any:
        """Worked out once for each node: a mean and a variance are integrals over the same ones."""
        if x not in self._densities:
            assert self._base.log_density is not None
            self._densities[x] = self._base.log_density(self._ns, x)
        return self._densities[x]

    def _information(self, x: Any) -> Any:
        return (0 if self._transform is None else self._log_slope(self._transform, x)) - self._log_density(x)

    def _value(self, x: Any) -> Any:
        return x if self._transform is None else self._forward(self._transform, x)


def expectation(
    ctx: Any, base: DistributionDefinition, log_density: Real, averaged: Real, marks: Sequence[Any] = ()
) -> Any:
    """E[averaged(X)]. marks: where what is averaged may have a kink. Raises CannotCompute where a tail does not end."""
    low, high = (ctx.mpf(end) for end in base.ordinary)
    inner = [low + (high - low) * at / _INNER for at in range(_INNER + 1)]

    def counts(x: Any) -> bool:
        value = abs(averaged(x))
        return bool(log_density(x) + 2 * ctx.log(1 + value) > _NOTHING)

    ends = (_outwards(ctx, _exact_ends(ctx, base), inner, side, counts) for side in (-1, 1))
    below, above = (list(each) for each in ends)
    points = sorted({*below, *inner, *above})
    points = sorted({*points, *(mark for mark in marks if points[0] < mark < points[-1])})
    return ctx.quad(lambda x: ctx.exp(log_density(x)) * averaged(x), points)


def _exact_ends(ctx: Any, base: DistributionDefinition) -> tuple[Any, Any]:
    """The ends of the support, in mpmath's numbers."""
    if base.circular:
        loc = ctx.mpf(base.params["loc"])
        return loc - ctx.pi, loc + ctx.pi
    low, high = (
        ctx.mpf(end) if isinstance(end, float) else ctx.mpf(end.numerator) / end.denominator
        for end in (base.support.lo, base.support.hi)
    )
    return low, high


def _outwards(
    ctx: Any, support: tuple[Any, Any], inner: list[Any], side: int, counts: Callable[[Any], bool]
) -> Iterator[Any]:
    """Points from the everyday interval to the end of the support, or to where nothing counts any more."""
    start, end = (inner[0], support[0]) if side < 0 else (inner[-1], support[1])
    step = inner[-1] - inner[0]
    if abs(end) != inf:
        while side * (end - start) > step:
            start += side * step
            step *= 2
            yield start
        yield end
        return
    for _ in range(_MOST_STEPS):
        start += side * step
        step *= 2
        yield start
        if not counts(start):
            return
    raise CannotCompute("a tail that does not end")
