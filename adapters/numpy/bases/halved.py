"""What lies above the middle of a normal and of a Student's t law."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy import student_tails, tails
from adapters.numpy.bases.base import LocationScale, log_share
from adapters.numpy.bases.symmetric import Normal, StudentT
from adapters.numpy.functions import LOG2, PI, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where

_NEAR = 2.0**-50
"""Nearer than this to the end of the support the distribution function is the density times the distance."""


class Halved(LocationScale):
    """|X| for an X around 0, moved to ``loc``."""

    def __init__(self, loc: float, scale: float, density: Fraction) -> None:
        """density: its logarithm at the end of the support."""
        super().__init__(loc, scale)
        self.support = (loc, math.inf)
        self._density = density

    def cdf(self, x: Pair) -> Pair:
        away, density = x - self.location, exp_of(self._density)
        near = where(away.hi < 1, fn.small_product(away, density), away * x.like(density))
        return where(self._z(x).hi < _NEAR, near, self._within(x))

    def log_cdf(self, x: Pair) -> Pair:
        near = fn.log(x - self.location) + x.like(self._density)
        return where(self._z(x).hi < _NEAR, near, log_share(self.cdf(x), self.survival(x)))

    def _within(self, x: Pair) -> Pair:
        """The share of what is nearer than x."""
        raise NotImplementedError


class HalfNormal(Halved):
    def __init__(self, scale: float, loc: float = 0.0) -> None:
        self._whole = Normal(loc, scale)
        super().__init__(loc, scale, log_of(2 / PI) / 2 - log_of(scale))

    def log_density(self, x: Pair) -> Pair:
        return self._whole.log_density(x) + x.like(LOG2)

    def _within(self, x: Pair) -> Pair:
        return tails.half_ndtr(self._z(x))

    def survival(self, x: Pair) -> Pair:
        return tails.ndtr(-self._z(x)).scaled(2.0)

    def log_survival(self, x: Pair) -> Pair:
        z = self._z(x)
        near = fn.log1p(-self.cdf(x))
        return where(z.hi < 0.5, near, tails.log_ndtr(-z) + x.like(LOG2))

    def quantile(self, q: Pair) -> Pair:
        near = q / q.like(exp_of(self._density)) + self.location
        return where(q.hi < _NEAR, near, self._at(tails.half_ndtri(q)))

    def upper_quantile(self, q: Pair) -> Pair:
        return self._at(-tails.ndtri_of_half(q))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(np.abs(generator.standard_normal(count)))

    def entropy(self) -> Fraction | float:
        return Fraction(self._whole.entropy()) - LOG2

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + Fraction(self.spread) * root_of(2 / PI)

    def variance(self) -> Fraction | float:
        return self._square() * (1 - 2 / PI)


class HalfStudentT(Halved):
    def __init__(self, df: float, loc: float, scale: float) -> None:
        self._whole, self._df = StudentT(df, loc, scale), df
        super().__init__(loc, scale, self._whole.peak + LOG2)

    def log_density(self, x: Pair) -> Pair:
        return self._whole.log_density(x) + x.like(LOG2)

    def _within(self, x: Pair) -> Pair:
        def share(z: Pair, exponent: int) -> Pair:
            below, outer, inner = student_tails.shares(z, self._df, exponent)
            return where(inner, below.scaled(2.0), 1.0 - outer.scaled(2.0))

        return self._whole.in_scales(x - self.location, share)

    def survival(self, x: Pair) -> Pair:
        def share(z: Pair, exponent: int) -> Pair:
            below, outer, inner = student_tails.shares(z, self._df, exponent)
            return where(inner, 1.0 - below.scaled(2.0), outer.scaled(2.0))

        return self._whole.in_scales(x - self.location, share)

    def log_survival(self, x: Pair) -> Pair:
        below = self.cdf(x)
        return where(below.hi < 0.5, fn.log1p(-below), self._whole.log_survival(x) + x.like(LOG2))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(np.abs(generator.standard_t(self._df, count)))

    def entropy(self) -> Fraction | float:
        return Fraction(self._whole.entropy()) - LOG2

    def mean(self) -> Fraction | float:
        """loc + 2 scale^2 df p/(df - 1), p the density of T at its middle."""
        if self._df <= 1:
            return math.inf
        return Fraction(self.location) + self._share()

    def _share(self) -> Fraction:
        df = Fraction(self._df)
        return 2 * self._square() * df / (df - 1) * exp_of(self._whole.peak)

    def variance(self) -> Fraction | float:
        if self._df <= 2:
            return math.inf
        df = Fraction(self._df)
        return self._square() * df / (df - 2) - self._share() ** 2
