"""Mixtures of bases.

Guarantee: the log density, both tails and their logarithms to a few units of roundoff of a pair, of the largest
logarithm in a sum; far out and next to a component's own zeros none cancels. Mean and variance are exact. Entropy, mode
and quantiles are not offered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Base
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_Function = Callable[[Base, Pair], Pair]


class Mixture(Base):
    """Each of ``components`` with its share of ``weights``, which are positive and of any sum."""

    def __init__(self, components: Sequence[Base], weights: Sequence[float]) -> None:
        whole = sum(Fraction(w) for w in weights)
        self._parts = [(Fraction(w) / whole, part) for w, part in zip(weights, components, strict=True)]
        self.support = components[0].support
        centre = sum(w * Fraction(part.location) for w, part in self._parts)
        self.location = float(centre)
        self.spread = max(part.spread + abs(part.location - self.location) for part in components)

    def _log_sum(self, x: Pair, of: _Function) -> Pair:
        return reduce(_log_add, (of(part, x) + x.like(log_of(w)) for w, part in self._parts))

    def _average(self, x: Pair, of: _Function, logarithm: _Function) -> Pair:
        plain = reduce(lambda a, b: a + b, (of(part, x) * x.like(w) for w, part in self._parts))
        # A product among the subnormal numbers is rounded by itself.
        tiny = plain.hi < np.finfo(x.hi.dtype).tiny * 2.0**8
        return where(tiny, fn.exp(self._log_sum(x, logarithm)), plain)

    def log_density(self, x: Pair) -> Pair:
        return self._log_sum(x, lambda part, at: part.log_density(at))

    def cdf(self, x: Pair) -> Pair:
        return self._average(x, lambda part, at: part.cdf(at), lambda part, at: part.log_cdf(at))

    def survival(self, x: Pair) -> Pair:
        return self._average(x, lambda part, at: part.survival(at), lambda part, at: part.log_survival(at))

    def log_cdf(self, x: Pair) -> Pair:
        share, other = self.cdf(x), self.survival(x)
        return where(share.hi < 0.5, self._log_sum(x, lambda part, at: part.log_cdf(at)), fn.log1p(-other))

    def log_survival(self, x: Pair) -> Pair:
        share, other = self.survival(x), self.cdf(x)
        return where(share.hi < 0.5, self._log_sum(x, lambda part, at: part.log_survival(at)), fn.log1p(-other))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        which = generator.choice(len(self._parts), count, p=[float(w) for w, _ in self._parts])
        return np.choose(which, [part.draw(generator, count) for _, part in self._parts])

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of a mixture")

    def mean(self) -> Fraction | float:
        return _weighted([(w, part.mean()) for w, part in self._parts])

    def variance(self) -> Fraction | float:
        """The mean of the components' variances, and that of the squares of their distances from the mean."""
        mean, inner = self.mean(), _weighted([(w, part.variance()) for w, part in self._parts])
        if not isinstance(mean, Fraction):
            return math.inf if math.isinf(mean) else math.nan
        squares = [(w, (Fraction(part.mean()) - mean) ** 2) for w, part in self._parts]
        return _weighted([(Fraction(1), inner), *squares])

    def mode(self) -> Fraction | float:
        raise NotOffered("the mode of a mixture")


def _weighted(terms: Sequence[tuple[Fraction, Fraction | float]]) -> Fraction | float:
    """The exact sum; where a term is no finite number, what floats make of it."""
    if all(math.isfinite(value) for _, value in terms):
        return sum((w * Fraction(value) for w, value in terms), Fraction(0))
    return sum(float(w) * float(value) for w, value in terms)


def _log_add(a: Pair, b: Pair) -> Pair:
    """log(e^a + e^b)."""
    most, least = where(a.hi < b.hi, b, a), where(a.hi < b.hi, a, b)
    settled = np.isinf(most.hi) | np.isinf(least.hi)  # Of two infinities there is no difference.
    rest = fn.log1p(fn.exp(where(settled, most.filled(0.0), least - most)))
    return where(settled, most, most + rest)
