"""A normal and a Student's t law whose two sides have different scales.

Guarantee: log density, both tails, their logarithms and the quantiles of the normal one to half an ulp and a few
thousandths; quantiles of the other are not offered.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import LocationScale, log_share
from adapters.numpy.bases.symmetric import Normal, StudentT
from adapters.numpy.functions import PI, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where


class TwoPiece(LocationScale):
    """Below ``loc`` lies 1/(1 + g^2) of the mass, g the skewness; either side is that of ``whole``, which is standard,
    at g z and z/g."""

    def __init__(self, whole: Normal | StudentT, loc: float, scale: float, skewness: float) -> None:
        super().__init__(loc, scale)
        self._whole, g = whole, Fraction(skewness)
        self._skewness, self._left, self._right = g, 2 / (1 + g * g), 2 * g * g / (1 + g * g)
        self._height = log_of(self._left * g) - self._log

    def _stretched(self, z: Pair) -> Pair:
        return where(z.hi < 0, z * z.like(self._skewness), z / z.like(self._skewness))

    def log_density(self, x: Pair) -> Pair:
        return self._whole.log_density(self._stretched(self._z(x))) + x.like(self._height)

    def cdf(self, x: Pair) -> Pair:
        return self._beyond(self._z(x), lower=True)

    def survival(self, x: Pair) -> Pair:
        return self._beyond(self._z(x), lower=False)

    def _beyond(self, z: Pair, *, lower: bool) -> Pair:
        left, away = z.hi < 0, -self._stretched(z).abs()
        outer = self._whole.cdf(away) * where(left, z.like(self._left), z.like(self._right))
        # What the whole law has there is rounded by itself among the subnormal numbers.
        tiny = outer.hi < np.finfo(z.hi.dtype).tiny * 2.0**8
        by_log = fn.exp(self._whole.log_cdf(away) + self._log_twice(z, left))
        outer = where(tiny, by_log, outer)
        return where(left if lower else ~left, outer, where(np.isnan(z.hi), z, 1.0 - outer))

    def _log_twice(self, z: Pair, left: NDArray[np.bool_]) -> Pair:
        return where(left, z.like(log_of(self._left)), z.like(log_of(self._right)))

    def log_cdf(self, x: Pair) -> Pair:
        return self._log_beyond(x, lower=True)

    def log_survival(self, x: Pair) -> Pair:
        return self._log_beyond(x, lower=False)

    def _log_beyond(self, x: Pair, *, lower: bool) -> Pair:
        z = self._z(x)
        share, other = self._beyond(z, lower=lower), self._beyond(z, lower=not lower)
        outer = (z.hi < 0 if lower else z.hi >= 0) & (share.hi < 0.5)
        return where(
            outer,
            self._whole.log_cdf(-self._stretched(z).abs()) + self._log_twice(z, z.hi < 0),
            log_share(share, other),
        )

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        left = generator.random(count) < float(self._left) / 2
        size, g = np.abs(self._whole.draw(generator, count)), float(self._skewness)
        return self._placed(np.where(left, -size / g, size * g))

    def entropy(self) -> Fraction | float:
        return Fraction(self._whole.entropy()) - self._height

    def _moments(self, first: Fraction, second: Fraction) -> tuple[Fraction, Fraction]:
        """Mean and variance, from the first two absolute moments of ``whole``."""
        g = self._skewness
        middle = first * (g - 1 / g)
        spread = second * (g * g + 1 / (g * g) - 1) - middle * middle
        return Fraction(self.location) + Fraction(self.spread) * middle, self._square() * spread


class TwoPieceNormal(TwoPiece):
    def __init__(self, loc: float, scale: float, skewness: float) -> None:
        super().__init__(Normal(0.0, 1.0), loc, scale, skewness)

    def quantile(self, q: Pair) -> Pair:
        return self._between(q, 1.0 - q)

    def upper_quantile(self, q: Pair) -> Pair:
        return self._between(1.0 - q, q)

    def _between(self, below: Pair, above: Pair) -> Pair:
        """The point with that much of the mass below and above it."""
        g = below.like(self._skewness)
        left = tails.ndtri_of_share(below, 1 / self._left) / g
        right = -tails.ndtri_of_share(above, 1 / self._right) * g
        return self._at(where(below.hi < float(self._left / 2), left, right))

    def mean(self) -> Fraction | float:
        return self._moments(root_of(2 / PI), Fraction(1))[0]

    def variance(self) -> Fraction | float:
        return self._moments(root_of(2 / PI), Fraction(1))[1]


class TwoPieceStudentT(TwoPiece):
    def __init__(self, df: float, loc: float, scale: float, skewness: float) -> None:
        whole = StudentT(df, 0.0, 1.0)
        super().__init__(whole, loc, scale, skewness)
        self._df, self._peak = Fraction(df), whole.peak

    def quantile(self, q: Pair) -> Pair:
        raise NotOffered("icdf")

    def _first(self) -> Fraction:
        """E|T|."""
        return 2 * self._df / (self._df - 1) * exp_of(self._peak)

    def mean(self) -> Fraction | float:
        return self._moments(self._first(), Fraction(1))[0] if self._df > 1 else math.nan

    def variance(self) -> Fraction | float:
        if self._df <= 2:
            return math.inf if self._df > 1 else math.nan
        return self._moments(self._first(), self._df / (self._df - 2))[1]
