"""The generalised normal law and Maxwell's on both sides, by the incomplete gamma function of a power of the distance.

Guarantee: log density, both tails, their logarithms and the quantiles to half an ulp and a few thousandths, for powers
of 1/10 at least.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.gamma import ExpGamma
from adapters.numpy.bases.symmetric import Symmetric
from adapters.numpy.functions import HALF_LOG_2PI, LOG2, exp_of, root_of
from adapters.numpy.pairs import Floats, Pair, where


class _PowerOfDistance(Symmetric):
    """p log|z| is the logarithm of a gamma variable, whose law ``raised`` is."""

    def __init__(self, loc: float, scale: float, power: Fraction, raised: ExpGamma) -> None:
        super().__init__(loc, scale)
        self._power, self._order, self._raised = power, 1 / power, raised

    def _log_raised(self, z: Pair) -> Pair:
        return fn.log(z.abs()) * z.like(self._power)

    def _below(self, z: Pair) -> Pair:
        outer = self._raised.survival(self._log_raised(z)).scaled(0.5)
        outer = where(z.hi == 0, z.filled(0.5), outer)
        return where(z.hi < 0, outer, 1.0 - outer)

    def _log_below(self, z: Pair) -> Pair:
        outer = self._raised.log_survival(self._log_raised(z)) - z.like(LOG2)
        return where(z.hi < 0, outer, fn.log1p(-self._below(-z)))

    def _z_below(self, q: Pair) -> Pair:
        size = fn.exp(self._raised.upper_quantile(where(q.hi <= 0.5, q, 1.0 - q).scaled(2.0)) * q.like(self._order))
        return where(q.hi <= 0.5, -size, size)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        size = np.exp(self._raised.draw(generator, count) * float(self._order))
        return self._placed(np.where(generator.random(count) < 0.5, -size, size))


class GeneralizedNormal(_PowerOfDistance):
    """exp(-|z|^p)/(2 scale Gamma(1 + 1/p)): |z|^p has the concentration 1/p."""

    def __init__(self, loc: float, scale: float, power: float) -> None:
        order = 1 / Fraction(power)
        super().__init__(loc, scale, Fraction(power), ExpGamma(order, 1.0))
        self._peak = -LOG2 - self._log - tails.log_gamma(1 + order)

    def log_density(self, x: Pair) -> Pair:
        return x.like(self._peak) - fn.exp(self._log_raised(self._z(x)))

    def entropy(self) -> Fraction | float:
        return self._order - self._peak

    def variance(self) -> Fraction | float:
        return self._square() * exp_of(tails.log_gamma(3 * self._order) - tails.log_gamma(self._order))


class DoublesidedMaxwell(_PowerOfDistance):
    """z^2 exp(-z^2/2)/(scale sqrt(2 pi)): z^2 is chi-squared of three degrees of freedom."""

    def __init__(self, loc: float, scale: float) -> None:
        super().__init__(loc, scale, Fraction(2), ExpGamma(Fraction(3, 2), 0.5))

    def log_density(self, x: Pair) -> Pair:
        z = self._z(x)
        return self._log_raised(z) - (z * z.scaled(0.5) + x.like(HALF_LOG_2PI + self._log))  # z**2 alone may overflow.

    def entropy(self) -> Fraction | float:
        return HALF_LOG_2PI + self._log + Fraction(3, 2) - tails.digamma(Fraction(3, 2)) - LOG2

    def variance(self) -> Fraction | float:
        return 3 * self._square()

    def mode(self) -> Fraction | float:
        return Fraction(self.location) + root_of(2) * Fraction(self.spread)
