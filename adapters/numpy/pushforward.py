"""The law of Y = f(X): density and cdf through the map, statistics by quadrature.

Guarantee: log densities and cdfs are as accurate as base and map. Outside the support log_prob is -inf and the cdf 0
or 1; where f^-1(y) is infinite the log density is its limit. Entropy, mean and variance of a transformed law are within
2**-56 of exact relative to max(1, |value|), checked in adapters/tests against mpmath for the catalogue; or infinite.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.bases import Base
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map

Statistic = Fraction | float
PairMap = Callable[[Pair], Pair]

# Double-exponential quadrature (Takahasi & Mori 1974): x = exp(pi/2 sinh t) on a half-line, step and half-width in t.
_STEP, _REACH = 1 / 128, 5.0
_NOISE = Fraction(1, 2**80)
_FAR = 20.0
_FARTHEST = 64
_UNIT = 1126  # Subnormal numbers are multiples of 2**-1074, and frexp shifts them up by 52 bits at most.
_PAIR_NOISE = 2.0**-96  # Of the larger term: the pair's own 2**-106, and what a formula of a few steps loses.
_SETTLED = 2.0**-20
_PLACES = np.array([0.25, 0.5, 1.0, 3.0])  # In units of the spread: where a line has one slope.


class Pushforward:
    """f(X) for a base X and a monotone scalar map f, or X itself where the map is None.

    Raises NotOffered for maps of vectors and maps that aren't monotone.
    """

    def __init__(self, base: Base, transform: Map | None) -> None:
        if transform is not None and (transform.event_rank or transform.increasing is None):
            raise NotOffered("distributions of monotone scalar transforms only")
        self.base, self._map = base, transform

    def forward(self, x: Pair) -> Pair:
        return x if self._map is None else self._map.forward(x)

    def log_prob(self, y: Pair) -> Pair:
        if self._map is None:
            return self._within(y, self.base.log_density(y), y)
        x = self._map.inverse(y)
        return self._within(x, _sum(self.base.log_density(x), self._map.ildj(y)), y)

    def log_prob_from_base(self, x: Pair) -> Pair:
        if self._map is None:
            return self._within(x, self.base.log_density(x), x)
        base, slope = self.base.log_density(x), self._map.fldj(x)
        # Where both overflow, their difference does too, or has long settled: the limit either way.
        overflowed = np.isinf(base.hi) & np.isinf(slope.hi)
        low, high = self._limits
        limit = where(x.hi < self.base.location, _filled(base, low), _filled(base, high))
        return self._within(x, where(overflowed, limit, base - slope), x)

    def _within(self, x: Pair, density: Pair, given: Pair) -> Pair:
        """The density, masked outside the support, with its limits at infinite x and nan for nan given."""
        low, high = self._limits
        density = where(x.hi == -np.inf, _filled(density, low), density)
        density = where(x.hi == np.inf, _filled(density, high), density)
        inside = ~self._below(x) & ~self._above(x) & ~np.isnan(x.hi)
        density = where(inside, density, _filled(density, -math.inf))
        return where(np.isnan(given.hi), given, density)

    def _below(self, x: Pair) -> NDArray[np.bool_]:
        return _less(x, self.base.support[0])

    def _above(self, x: Pair) -> NDArray[np.bool_]:
        return _less(-x, -self.base.support[1])

    @functools.cached_property
    def _limits(self) -> tuple[float, float]:
        """The log density in y as x goes to -inf and to inf."""
        return self._limit(-1.0), self._limit(1.0)

    def _limit(self, side: float) -> float:
        """Read off points that go out in powers of 2, as far as both terms are finite.

        They cancel, so a change from point to point counts only where it stands out from the rounding of a pair. The
        farthest one that does decides: the terms differ there in their leading order, whatever they did nearer by
        (through tanh a normal density with scale=20 rises for 800 and falls for ever after). Where even that change is
        tiny the density has settled, at its value where rounding and remaining change are least.
        """
        if math.isfinite(self.base.support[0 if side < 0 else 1]):
            return -math.inf
        x = Pair.of(self.base.location + side * self.base.spread * 2.0 ** np.arange(-4, _FARTHEST))
        with np.errstate(all="ignore"):
            base = self.base.log_density(x)
            slope = base.like(0.0) if self._map is None else self._map.fldj(x)
            density = base - slope
            noise = (np.abs(base.hi) + np.abs(slope.hi) + 1.0) * _PAIR_NOISE
            finite = np.isfinite(density.hi) & np.isfinite(base.hi) & np.isfinite(slope.hi)
        end = len(finite) if finite.all() else int(np.argmin(finite))
        values, noise = density.hi[:end], noise[:end]
        change = np.diff(values)
        seen = np.flatnonzero(np.abs(change) > noise[1:])
        if len(seen) and abs(change[seen[-1]]) > _SETTLED:
            return math.copysign(math.inf, change[seen[-1]])
        return float(values[1 + int(np.argmin(np.abs(change) + noise[1:]))])

    def prob(self, y: Pair) -> Pair:
        return fn.exp(self.log_prob(y))

    def cdf(self, y: Pair) -> Pair:
        return self._tail(y, self.base.cdf, self.base.survival, (0.0, 1.0))

    def log_cdf(self, y: Pair) -> Pair:
        return self._tail(y, self.base.log_cdf, self.base.log_survival, (-math.inf, 0.0))

    def survival(self, y: Pair) -> Pair:
        return self._tail(y, self.base.survival, self.base.cdf, (1.0, 0.0))

    def log_survival(self, y: Pair) -> Pair:
        return self._tail(y, self.base.log_survival, self.base.log_cdf, (0.0, -math.inf))

    def _tail(self, y: Pair, rising: PairMap, falling: PairMap, ends: tuple[float, float]) -> Pair:
        """A tail of the law by that of the base for a rising map and for a falling one. ends: below and above all."""
        if self._map is None:
            x, share = y, rising(y)
            below, above = self._below(x) | (x.hi == -np.inf), self._above(x) | (x.hi == np.inf)
        else:
            x = self._map.inverse(y)
            rises = bool(self._map.increasing)
            share = rising(x) if rises else falling(x)
            first, last = self._below(x) | (x.hi == -np.inf), self._above(x) | (x.hi == np.inf)
            first, last = (first, last) if rises else (last, first)
            outside = np.isnan(x.hi)
            below = first | (outside & (y.hi <= self._map.codomain[0]))
            above = last | (outside & (y.hi >= self._map.codomain[1]))
        share = where(below, _filled(share, ends[0]), where(above, _filled(share, ends[1]), share))
        return where(np.isnan(y.hi), y, share)

    def icdf(self, q: Pair) -> Pair:
        rises = self._map is None or bool(self._map.increasing)
        y = self.forward(self.base.quantile(q) if rises else self.base.upper_quantile(q))
        return where((q.hi >= 0) & (q.hi <= 1), y, _filled(y, math.nan))

    def entropy(self) -> Statistic:
        """h(X) + E log|f'(X)|."""
        return self._entropy

    @functools.cached_property
    def _entropy(self) -> Statistic:
        if self._map is None:
            return self.base.entropy()
        return _plus(self.base.entropy(), self.expected(self._map.fldj))

    def mean(self) -> Statistic:
        if self._map is None:
            return self.base.mean()
        return self._mean

    def variance(self) -> Statistic:
        return self._variance

    @functools.cached_property
    def _variance(self) -> Statistic:
        if self._map is None:
            return self.base.variance()
        if not math.isfinite(self._mean):
            return self._mean * self._mean
        centre = self._mean

        def squared(x: Pair) -> Pair:
            moved = self.forward(x) - x.like(centre)
            return moved * moved

        return self.expected(squared)

    @functools.cached_property
    def _mean(self) -> Statistic:
        return self.expected(self.forward)

    def stddev(self) -> Statistic:
        if self.base.circular:
            raise NotOffered("the standard deviation of an angle, which is defined in more than one way")
        variance = self.variance()
        return fn.root_of(variance) if isinstance(variance, Fraction) else math.sqrt(variance)

    def median(self) -> Statistic:
        with np.errstate(all="ignore"):
            y = self.forward(self.base.median())
        return Fraction(float(y.hi[0])) + Fraction(float(y.lo[0]))

    def mode(self) -> Statistic:
        """The base's, through a straight line. Raises NotOffered for a bent map, which has no formula of its own."""
        with np.errstate(all="ignore"):
            if self._map is not None:
                slopes = self._map.fldj(Pair.of(self.base.location + self.base.spread * _PLACES))
                if np.ptp(slopes.hi) or np.ptp(slopes.lo):
                    raise NotOffered("the mode of a law that is bent")
            y = self.forward(Pair.of(np.array([float(self.base.mode())])))
        return Fraction(float(y.hi[0])) + Fraction(float(y.lo[0]))

    def expected(self, g: Callable[[Pair], Pair]) -> Statistic:
        """E g(X), X of the base; the infinity that it diverges to, or nan where those of the two ends differ."""
        with np.errstate(all="ignore"):
            infinite = {sign for side in (-1.0, 1.0) for sign in self._divergence(g, side)}
            if infinite:
                return infinite.pop() * math.inf if len(infinite) == 1 else math.nan
            total, size = Fraction(0), Fraction(0)
            for x, weight in self._nodes():
                term = g(x) * fn.exp(self.base.log_density(x)) * weight
                kept = np.isfinite(term.hi) & np.isfinite(x.hi)
                terms = np.concatenate([term.hi[kept], term.lo[kept]])
                total += _exact_sum(terms)
                size += _exact_sum(np.abs(terms))
            # What symmetry makes 0 comes out as noise far below the stated bound.
            return total if abs(total) > size * _NOISE else Fraction(0)

    def _divergence(self, g: Callable[[Pair], Pair], side: float) -> list[float]:
        """The sign of g at that end if |g| p falls there no faster than 1/|x| does, else nothing."""
        if math.isfinite(self.base.support[0 if side < 0 else 1]):
            return []
        reach = _FAR
        while True:
            x = Pair.of(self.base.location + side * self.base.spread * np.array([reach, 2 * reach]))
            value = g(x)
            # Where g overflows before p vanishes, nothing is told from their product: the next half may tell.
            if reach <= 1 or np.isfinite(value.hi).all():
                break
            reach /= 2
        near, far = (fn.log(value.abs()) + self.base.log_density(x)).hi
        return [math.copysign(1.0, float(value.hi[-1]))] if far - near >= -math.log(2) * (1 + 1e-9) else []

    def _nodes(self) -> list[tuple[Pair, Pair]]:
        t = Pair.of(np.arange(-_REACH, _REACH + _STEP, _STEP))
        e, half_pi = fn.exp(t), t.like(fn.PI / 2)
        sinh, cosh = (e - 1.0 / e).scaled(0.5), (e + 1.0 / e).scaled(0.5)
        low, high = self.base.support
        if math.isfinite(high):  # tanh-sinh: x = middle + half-width tanh(pi/2 sinh t)
            half = (Fraction(high) - Fraction(low)) / 2
            inner = sinh * half_pi
            x = fn.tanh(inner) * t.like(half) + t.like(Fraction(low) + half)
            return [(x, fn.exp(fn.log_sech_squared(inner)) * cosh * t.like(half * fn.PI / 2 * Fraction(_STEP)))]
        rise = fn.exp(sinh * half_pi) * self.base.spread
        weight = rise * cosh * t.like(fn.PI / 2 * Fraction(_STEP))
        if math.isfinite(low):
            return [(rise + low, weight)]
        return [(rise + self.base.location, weight), (self.base.location - rise, weight)]


def _exact_sum(terms: NDArray[np.float64]) -> Fraction:
    """The sum of finite floats, exactly: as whole numbers of 2**-1126, of which every float64 is a multiple."""
    mantissa, exponent = np.frexp(terms)
    whole = np.ldexp(mantissa, 53).astype(np.int64).tolist()
    shifts = (exponent - 53 + _UNIT).tolist()
    return Fraction(sum(n << shift for n, shift in zip(whole, shifts, strict=True)), 1 << _UNIT)


def _sum(a: Pair, b: Pair) -> Pair:
    """a + b, and exactly 0 where the terms cancel to below their own error: a law that is uniform, for one."""
    total = a + b
    noise = np.abs(a.hi) * a.hi.dtype.type(2.0 ** (6 - 2 * np.finfo(a.hi.dtype).nmant))
    return where(np.abs(total.hi) < noise, _filled(total, 0.0), total)


def _less(x: Pair, bound: float) -> NDArray[np.bool_]:
    """x < bound, the second word included; nowhere for an infinite bound."""
    return np.zeros(x.hi.shape, bool) if math.isinf(bound) else np.asarray((x - bound).hi < 0)


def _filled(like: Pair, value: float) -> Pair:
    return Pair.of(np.full_like(like.hi, value))


def _plus(a: Statistic, b: Statistic) -> Statistic:
    exact = isinstance(a, Fraction) and isinstance(b, Fraction)
    return a + b if exact else float(a) + float(b)
