"""The mean of independent uniform variables, by the piecewise polynomials of their sum.

Guarantee: log density, both tails, their logarithms and the quantiles to half an ulp and a few thousandths, for a few
variables: the terms of a sum of n cancel to about n bits. The entropy has no closed form.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Base, log_share
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_NEWTON = 12


class Bates(Base):
    """n/(high - low) f(v), f(v) = (v^(n - 1) - n (v - 1)+^(n - 1) + ...)/(n - 1)!, v the distance from the nearer end
    in steps of (high - low)/n; beyond it lies the same sum of n-th powers over n!."""

    def __init__(self, total_count: float, low: float, high: float) -> None:
        self._n, self.support = int(total_count), (low, high)
        self._ends = Fraction(low), Fraction(high)
        self._steep = self._n / (self._ends[1] - self._ends[0])
        self.location, self.spread = float(self.mean()), math.sqrt(float(self.variance()))

    def _left(self, x: Pair) -> np.ndarray:
        return np.asarray((x - x.like(sum(self._ends) / 2)).hi < 0)

    def _nearest(self, x: Pair) -> Pair:
        low, high = self.support
        return where(self._left(x), x - low, high - x) * x.like(self._steep)

    def _powers(self, v: Pair, power: int) -> Pair:
        total = v.like(0.0)
        for k in range(self._n // 2 + 1):
            away = v - float(k)
            term = away
            for _ in range(power - 1):
                term = term * away
            term = term * v.like(Fraction((-1) ** k * math.comb(self._n, k), math.factorial(power)))
            total = total + where(away.hi > 0, term, v.like(0.0))
        return total

    def _log_powers(self, v: Pair, power: int) -> Pair:
        """Up to the first join one power is the whole sum, which may underflow."""
        first = fn.log(v) * float(power) - v.like(log_of(math.factorial(power)))
        return where(v.hi < 1.0, first, fn.log(self._powers(v, power)))

    def log_density(self, x: Pair) -> Pair:
        return self._log_powers(self._nearest(x), self._n - 1) + x.like(log_of(self._steep))

    def cdf(self, x: Pair) -> Pair:
        beyond = self._powers(self._nearest(x), self._n)
        return where(self._left(x), beyond, 1.0 - beyond)

    def survival(self, x: Pair) -> Pair:
        beyond = self._powers(self._nearest(x), self._n)
        return where(self._left(x), 1.0 - beyond, beyond)

    def log_cdf(self, x: Pair) -> Pair:
        beyond = self._log_powers(self._nearest(x), self._n)
        return where(self._left(x), beyond, log_share(self.cdf(x), self.survival(x)))

    def log_survival(self, x: Pair) -> Pair:
        beyond = self._log_powers(self._nearest(x), self._n)
        return where(self._left(x), log_share(self.survival(x), self.cdf(x)), beyond)

    def quantile(self, q: Pair) -> Pair:
        return self._between(q, 1.0 - q)

    def upper_quantile(self, q: Pair) -> Pair:
        return self._between(1.0 - q, q)

    def _between(self, below: Pair, above: Pair) -> Pair:
        """The point with these shares on its sides, by the smaller."""
        left = below.hi <= 0.5
        log_share = fn.log(where(left, below, above))
        v = fn.exp((log_share + below.like(log_of(math.factorial(self._n)))) * below.like(Fraction(1, self._n)))
        for _ in range(_NEWTON):  # The logarithm of the share is concave: from the left the steps stay there.
            step = (self._log_powers(v, self._n) - log_share) * self._powers(v, self._n) / self._powers(v, self._n - 1)
            v = where((v.hi > 1.0) & np.isfinite(step.hi), v - step, v)
        away = v * below.like(1 / self._steep)
        return where(left, away + self.support[0], self.support[1] - away)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        low, high = self.support
        return np.asarray(generator.uniform(low, high, (count, self._n)).mean(axis=1))

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of the mean of uniform variables")

    def mean(self) -> Fraction | float:
        return sum(self._ends) / 2

    def variance(self) -> Fraction | float:
        return (self._ends[1] - self._ends[0]) ** 2 / (12 * self._n)

    def mode(self) -> Fraction | float:
        return sum(self._ends) / 2
