"""The law of the logarithm of the ratio of two independent beta variables, by polynomials on either side of 0.

Guarantee: log density, both tails, their logarithms and the quantiles to half an ulp and a few thousandths: no sum
cancels. Second concentrations are whole numbers. The entropy and the mode have no closed form.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import OneSide
from adapters.numpy.bases.beta import log_gamma_draws
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_NEWTON = 12


class _Side:
    """Below 0 the density e^(a x) P(1 - e^x) and the share e^(a x) R(1 - e^x)."""

    def __init__(self, a: Fraction, b: int, c: Fraction, d: int) -> None:
        """Of U/V, U beta of concentrations a and b, V of c and d."""
        self._a = a
        self._density = [_at_join(a, b, c, d)]
        for k in range(b - 1):
            self._density.append(self._density[-1] * (b - 1 - k) * (a + c + k) / ((k + 1) * (b + d - 2 - k)))
        below = [self._density[-1] / (a + b - 1)]
        for k in range(b - 2, -1, -1):  # (e^(a x) R)' = e^(a x) P, power by power.
            below.append((self._density[k] + (k + 1) * below[-1]) / (a + k))
        self._below = below[::-1]
        self.join = float(self._below[0])

    def log_density(self, x: Pair) -> Pair:
        return x * x.like(self._a) + fn.log(_polynomial(self._density, -fn.expm1(x)))

    def log_share(self, x: Pair) -> Pair:
        return x * x.like(self._a) + fn.log(_polynomial(self._below, -fn.expm1(x)))

    def placed(self, log_share: Pair) -> Pair:
        """The point with that share below it: the logarithm of the share is concave, and the steps stay below it."""
        x = (log_share - log_share.like(log_of(sum(self._below)))) * log_share.like(1 / self._a)
        for _ in range(_NEWTON):
            away = -fn.expm1(x)
            below = _polynomial(self._below, away)
            over = x * x.like(self._a) + fn.log(below) - log_share
            step = over * below / _polynomial(self._density, away)
            x = where(np.isfinite(step.hi), x - step, x)
        return x


class ExpBetaQuotient(OneSide):
    def __init__(
        self,
        concentration1_numerator: float,
        concentration0_numerator: float,
        concentration1_denominator: float,
        concentration0_denominator: float,
    ) -> None:
        a, b = Fraction(concentration1_numerator), int(concentration0_numerator)
        c, d = Fraction(concentration1_denominator), int(concentration0_denominator)
        self._of = (a, b), (c, d)
        self._lower, self._upper = _Side(a, b, c, d), _Side(c, d, a, b)
        # Around 0, where the sides join, though the mean is elsewhere: a quadrature has to know the join.
        self.location, self.spread = 0.0, math.sqrt(float(self.variance()))

    def log_density(self, x: Pair) -> Pair:
        near = -x.abs()
        return where(x.hi < 0, self._lower.log_density(near), self._upper.log_density(near))

    def _log_shares(self, x: Pair) -> tuple[np.ndarray, Pair, Pair]:
        """Whether x lies on the left, and what lies beyond it on either side, of which only that side's counts."""
        near = -x.abs()
        return np.asarray(x.hi < 0), self._lower.log_share(near), self._upper.log_share(near)

    def quantile(self, q: Pair) -> Pair:
        return self._between(q, 1.0 - q)

    def upper_quantile(self, q: Pair) -> Pair:
        return self._between(1.0 - q, q)

    def _between(self, below: Pair, above: Pair) -> Pair:
        """The point with these shares on its sides."""
        left = below.hi <= self._lower.join
        lower = self._lower.placed(fn.log(where(left, below, below.like(Fraction(self._lower.join)))))
        upper = self._upper.placed(fn.log(where(left, above.like(Fraction(self._upper.join)), above)))
        return where(left, lower, -upper)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        (a, b), (c, d) = self._of
        return self._log_beta_draws(generator, count, a, b) - self._log_beta_draws(generator, count, c, d)

    @staticmethod
    def _log_beta_draws(generator: np.random.Generator, count: int, a: Fraction, b: int) -> Floats:
        first, second = (log_gamma_draws(generator, count, float(one)) for one in (a, b))
        return np.asarray(first - np.logaddexp(first, second))

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of the logarithm of a ratio of beta variables")

    def mean(self) -> Fraction | float:
        (a, b), (c, d) = self._of
        return tails.digamma(a) - tails.digamma(a + b) - tails.digamma(c) + tails.digamma(c + d)

    def variance(self) -> Fraction | float:
        return sum((tails.trigamma(one) - tails.trigamma(one + count) for one, count in self._of), Fraction(0))

    def mode(self) -> Fraction | float:
        raise NotOffered("the mode of the logarithm of a ratio of beta variables")


def _at_join(a: Fraction, b: int, c: Fraction, d: int) -> Fraction:
    """The density at 0: the integral of u v f(u) g(v) where u = v, which is B(a + c, b + d - 1)/(B(a, b) B(c, d))."""
    return _one_over_beta(a, b) * _one_over_beta(c, d) / _one_over_beta(a + c, b + d - 1)


def _one_over_beta(a: Fraction, b: int) -> Fraction:
    total = Fraction(1, math.factorial(b - 1))
    for k in range(b):
        total *= a + k
    return total


def _polynomial(coefficients: list[Fraction], v: Pair) -> Pair:
    total = v.like(coefficients[-1])
    for one in coefficients[-2::-1]:
        total = total * v + v.like(one)
    return total
