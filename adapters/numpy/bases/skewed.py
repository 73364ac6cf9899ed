"""The Gumbel, Moyal, uniform and exponential laws."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import Base, LocationScale, log_share
from adapters.numpy.functions import EULER_GAMMA, HALF_LOG_2PI, LOG2, PI, log_of
from adapters.numpy.pairs import Floats, Pair, where

_FAR = 60.0
"""From here on (e^-60)^2 is nothing beside a pair's last word."""

_NEAR = 2.0**-50
"""Below this t^2/24 is nothing beside log t."""


class Gumbel(LocationScale):
    """exp(-z - e**-z)/scale: the largest value."""

    def log_density(self, x: Pair) -> Pair:
        m = -self._z(x)
        density = (m - fn.exp(m)) - x.like(self._log)
        return where(m.hi == math.inf, -m, density)  # e**m outgrows m.

    def cdf(self, x: Pair) -> Pair:
        return fn.exp(-fn.exp(-self._z(x)))

    def survival(self, x: Pair) -> Pair:
        return -fn.expm1(-fn.exp(-self._z(x)))

    def log_cdf(self, x: Pair) -> Pair:
        return -fn.exp(-self._z(x))

    def log_survival(self, x: Pair) -> Pair:
        # log(1 - e^-t), t = e^-z: where t is small that is log t - t/2, and t may underflow.
        z = self._z(x)
        t = fn.exp(-z)
        return where(z.hi > _FAR, -z - t.scaled(0.5), fn.log1m_exp(-t))

    def quantile(self, q: Pair) -> Pair:
        return self._at(-fn.log(-fn.log(q)))

    def upper_quantile(self, q: Pair) -> Pair:
        return self._at(-fn.log(-fn.log1p(-q)))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.gumbel(size=count))

    def entropy(self) -> Fraction | float:
        return 1 + EULER_GAMMA + self._log

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + EULER_GAMMA * Fraction(self.spread)

    def variance(self) -> Fraction | float:
        return self._square() * PI**2 / 6


class Moyal(LocationScale):
    """exp(-(z + e**-z)/2)/(scale sqrt(2 pi)): loc - 2 scale log|Z|, Z standard normal."""

    def log_density(self, x: Pair) -> Pair:
        m = -self._z(x)
        density = (m - fn.exp(m)).scaled(0.5) - x.like(self._log + HALF_LOG_2PI)
        return where(m.hi == math.inf, -m, density)  # e**m outgrows m.

    def _size(self, x: Pair) -> Pair:
        """|Z|."""
        return fn.exp(self._z(x).scaled(-0.5))

    def cdf(self, x: Pair) -> Pair:
        return tails.ndtr(-self._size(x)).scaled(2.0)

    def survival(self, x: Pair) -> Pair:
        # Where |Z| is among the subnormal numbers its share is not: it is exp of the logarithm.
        z = self._z(x)
        return where(z.hi > _FAR, fn.exp(self._log_far(z)), tails.half_ndtr(self._size(x)))

    @staticmethod
    def _log_far(z: Pair) -> Pair:
        """log erf(e**(-z/2)/sqrt 2) far out, to e**-z/6."""
        return z.like(LOG2 - HALF_LOG_2PI) - z.scaled(0.5)

    def log_cdf(self, x: Pair) -> Pair:
        size = self._size(x)
        near = fn.log1p(-tails.half_ndtr(size))
        # Beyond the square root of all floats log erfc(w/sqrt 2) is -w**2/2 and nothing else.
        far = -fn.exp(-self._z(x)).scaled(0.5)
        huge = size.hi > float(np.finfo(size.hi.dtype).max) ** 0.25
        tail = tails.log_ndtr(-where(huge, size.like(1.0), size)) + x.like(LOG2)
        return where(size.hi < 0.5, near, where(huge, far, tail))

    def log_survival(self, x: Pair) -> Pair:
        z = self._z(x)
        return where(z.hi > _FAR, self._log_far(z), log_share(self.survival(x), self.cdf(x)))

    def quantile(self, q: Pair) -> Pair:
        return self._at(fn.log(-tails.ndtri_of_half(q)).scaled(-2.0))

    def upper_quantile(self, q: Pair) -> Pair:
        return self._at(fn.log(tails.half_ndtri(q)).scaled(-2.0))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(-2.0 * np.log(np.abs(generator.standard_normal(count))))

    def entropy(self) -> Fraction | float:
        return (1 + EULER_GAMMA + LOG2) / 2 + HALF_LOG_2PI + self._log

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + (EULER_GAMMA + LOG2) * Fraction(self.spread)

    def variance(self) -> Fraction | float:
        return self._square() * PI**2 / 2


class Uniform(Base):
    def __init__(self, low: float, high: float) -> None:
        self.support = (low, high)
        self._width = Fraction(high) - Fraction(low)

    def log_density(self, x: Pair) -> Pair:
        constant = x.like(-log_of(self._width))
        return Pair(np.full_like(x.hi, constant.hi), np.full_like(x.hi, constant.lo))

    def cdf(self, x: Pair) -> Pair:
        return (x - self.support[0]) / x.like(self._width)

    def survival(self, x: Pair) -> Pair:
        return (self.support[1] - x) / x.like(self._width)

    def quantile(self, q: Pair) -> Pair:
        return q * q.like(self._width) + self.support[0]

    def upper_quantile(self, q: Pair) -> Pair:
        return self.support[1] - q * q.like(self._width)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return generator.uniform(*self.support, count)

    def entropy(self) -> Fraction | float:
        return log_of(self._width)

    def mean(self) -> Fraction | float:
        return (Fraction(self.support[0]) + Fraction(self.support[1])) / 2

    def variance(self) -> Fraction | float:
        return self._width**2 / 12

    def mode(self) -> Fraction | float:
        return self.mean()  # Every point is one.


class Exponential(Base):
    support = (0.0, math.inf)

    def __init__(self, rate: float) -> None:
        self.rate, self._log = rate, log_of(rate)
        self.spread = 1 / rate

    def log_density(self, x: Pair) -> Pair:
        return x.like(self._log) - x * self.rate

    def cdf(self, x: Pair) -> Pair:
        return -fn.expm1(-(x * self.rate))

    def survival(self, x: Pair) -> Pair:
        return fn.exp(-(x * self.rate))

    def log_cdf(self, x: Pair) -> Pair:
        # log(1 - e^-t), t = rate x: where t is small that is log t - t/2, and t may be below the normal numbers.
        t = x * self.rate
        return where(t.hi < _NEAR, fn.log(x) + x.like(self._log) - t.scaled(0.5), super().log_cdf(x))

    def log_survival(self, x: Pair) -> Pair:
        return -(x * self.rate)

    def quantile(self, q: Pair) -> Pair:
        return -fn.log1p(-q) / self.rate

    def upper_quantile(self, q: Pair) -> Pair:
        return -fn.log(q) / self.rate

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return generator.exponential(1 / self.rate, count)

    def entropy(self) -> Fraction | float:
        return 1 - self._log

    def mean(self) -> Fraction | float:
        return 1 / Fraction(self.rate)

    def variance(self) -> Fraction | float:
        return 1 / Fraction(self.rate) ** 2

    def mode(self) -> Fraction | float:
        return Fraction(0)
