"""The generalised normal law, by the incomplete gamma function of a power of the distance.

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
from adapters.numpy.functions import LOG2, exp_of
from adapters.numpy.pairs import Floats, Pair, where


class GeneralizedNormal(Symmetric):
    """exp(-|z|^p)/(2 scale Gamma(1 + 1/p)): p log|z| is the logarithm of a gamma variable of concentration 1/p."""

    def __init__(self, loc: float, scale: float, power: float) -> None:
        super().__init__(loc, scale)
        self._power, self._order = Fraction(power), 1 / Fraction(power)
        self._raised = ExpGamma(self._order, 1.0)
        self._peak = -LOG2 - self._log - tails.log_gamma(1 + self._order)

    def _log_raised(self, z: Pair) -> Pair:
        return fn.log(z.abs()) * z.like(self._power)

    def log_density(self, x: Pair) -> Pair:
        return x.like(self._peak) - fn.exp(self._log_raised(self._z(x)))

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

    def entropy(self) -> Fraction | float:
        return self._order - self._peak

    def variance(self) -> Fraction | float:
        return self._square() * exp_of(tails.log_gamma(3 * self._order) - tails.log_gamma(self._order))
