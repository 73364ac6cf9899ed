"""The normal, logistic, Laplace and Student's t laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import student_tails, tails
from adapters.numpy.bases.base import LocationScale, Mirrored
from adapters.numpy.functions import HALF_LOG_2PI, LOG2, PI
from adapters.numpy.pairs import Floats, Pair, where


class Symmetric(LocationScale, Mirrored):
    """A law that is its own mirror image, by what lies below z where location is 0 and scale 1."""

    def _z_below(self, q: Pair) -> Pair:
        raise NotOffered("icdf")

    def quantile(self, q: Pair) -> Pair:
        return self._at(self._z_below(q))

    def upper_quantile(self, q: Pair) -> Pair:
        return self._at(-self._z_below(q))

    def median(self) -> Pair:
        return Pair.of(np.array([self.location]))


class Normal(Symmetric):
    def log_density(self, x: Pair) -> Pair:
        z = self._z(x)
        return -(z * z.scaled(0.5) + x.like(HALF_LOG_2PI + self._log))  # z**2 alone may overflow.

    def _below(self, z: Pair) -> Pair:
        return tails.ndtr(z)

    def _log_below(self, z: Pair) -> Pair:
        return tails.log_ndtr(z)

    def _z_below(self, q: Pair) -> Pair:
        return tails.ndtri(q)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.standard_normal(count))

    def entropy(self) -> Fraction | float:
        return HALF_LOG_2PI + Fraction(1, 2) + self._log

    def variance(self) -> Fraction | float:
        return self._square()


class Logistic(Symmetric):
    def log_density(self, x: Pair) -> Pair:
        # -softplus(z) - softplus(-z)
        m = self._z(x).abs()
        return -(m + fn.log1p(fn.exp(-m)).scaled(2.0) + x.like(self._log))

    def _below(self, z: Pair) -> Pair:
        return fn.sigmoid(z)

    def _log_below(self, z: Pair) -> Pair:
        return -fn.softplus(-z)

    def _z_below(self, q: Pair) -> Pair:
        return fn.logit(q)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.logistic(size=count))

    def entropy(self) -> Fraction | float:
        return 2 + self._log

    def variance(self) -> Fraction | float:
        return self._square() * PI**2 / 3


class Laplace(Symmetric):
    def log_density(self, x: Pair) -> Pair:
        return -(self._z(x).abs() + x.like(LOG2 + self._log))

    def _below(self, z: Pair) -> Pair:
        half = fn.exp(-z.abs()).scaled(0.5)
        return where(z.hi < 0, half, 1.0 - half)

    def _log_below(self, z: Pair) -> Pair:
        size = -z.abs()
        return where(z.hi < 0, size - z.like(LOG2), fn.log1p(-fn.exp(size).scaled(0.5)))

    def _z_below(self, q: Pair) -> Pair:
        return where(q.hi < 0.5, fn.log(q) + q.like(LOG2), -(fn.log(1.0 - q) + q.like(LOG2)))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.laplace(size=count))

    def entropy(self) -> Fraction | float:
        return 1 + LOG2 + self._log

    def variance(self) -> Fraction | float:
        return 2 * self._square()


_FAR = 2.0**60
"""Scales from which on a distance is told with the power of two of the scale apart."""


class StudentT(Symmetric):
    def __init__(self, df: float, loc: float, scale: float) -> None:
        super().__init__(loc, scale)
        self._df = df
        self.peak = student_tails.log_peak(df) - self._log
        # What lies between 1 and 2 times this power of two; of 1 and more no quotient overflows.
        self._exponent = max(0, 1 - math.frexp(scale)[1])
        self._short = Fraction(scale) * 2**self._exponent

    def _z(self, x: Pair) -> Pair:
        """The distance itself: see ``in_scales``."""
        return x - self.location

    def in_scales(self, away: Pair, function: Callable[[Pair, int], Pair]) -> Pair:
        """``function`` of z and an exponent, z 2**exponent being the distance in scales. It is 0 where that does not
        overflow, so that z has all of its digits next to the middle too, and the scale's own far out."""
        if not self._exponent:
            return function(away / away.like(self._short), 0)
        grown = away.each(lambda word: np.ldexp(word, self._exponent))
        near = np.abs(grown.hi) < _FAR
        inner = tails.on(near, lambda p: function(p / p.like(self._short), 0), grown)
        outer = tails.on(~near, lambda p: function(p / p.like(self._short), self._exponent), away)
        return where(near, inner, outer)

    def log_density(self, x: Pair) -> Pair:
        found = self.in_scales(self._z(x), lambda z, exponent: student_tails.log_density(z, self._df, exponent))
        return found - x.like(self._log)

    def _below(self, z: Pair) -> Pair:
        return self.in_scales(z, lambda p, exponent: student_tails.cdf(p, self._df, exponent))

    def _log_below(self, z: Pair) -> Pair:
        return self.in_scales(z, lambda p, exponent: student_tails.log_cdf(p, self._df, exponent))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.standard_t(self._df, count))

    def entropy(self) -> Fraction | float:
        half = (self._df + 1) / 2
        return Fraction(half) * (tails.digamma(half) - tails.digamma(self._df / 2)) - self.peak

    def mean(self) -> Fraction | float:
        return Fraction(self.location) if self._df > 1 else math.nan

    def variance(self) -> Fraction | float:
        if self._df <= 2:
            return math.inf if self._df > 1 else math.nan
        return self._square() * Fraction(self._df) / (Fraction(self._df) - 2)
