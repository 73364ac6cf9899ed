"""The law of a normal variable and an exponential one together.

Guarantee: log density, both tails and their logarithms as accurate as the normal distribution function of ``tails``,
the lower tail too, where what is left of Phi is a difference of two of Mills' ratios. There are no quantiles, and
neither the entropy nor the mode has a closed form.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import LocationScale, log_share
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_JOIN = 4.0
"""Below -_JOIN the lower tail comes from Mills' ratio."""

_FAR = {"float32": 2.0**9, "float64": 2.0**13}
"""From here on four terms of its asymptotic series (DLMF 7.12.1) do."""


class ExponentiallyModifiedGaussian(LocationScale):
    """rate e^(w^2/2 - w z) Phi(z - w), w = rate scale; above x lies Phi(-z) and the density over the rate."""

    def __init__(self, loc: float, scale: float, rate: float) -> None:
        super().__init__(loc, scale)
        self._rate, self._w, self._log_rate = Fraction(rate), Fraction(rate) * Fraction(scale), log_of(rate)

    def _log_tilted(self, z: Pair) -> Pair:
        """The logarithm of the density over the rate; on the left -z^2/2 is what the squares come to."""
        left, moved = z.hi <= -_JOIN, z - z.like(self._w)
        far = tails.log_normal_density(z) - fn.log(tails.inverse_mills(where(left, -moved, z.like(_JOIN))))
        line = z.like(self._w * self._w / 2) - z * z.like(self._w)
        return where(left, far, line + tails.log_ndtr(where(left, z.like(0.0), moved)))

    def log_density(self, x: Pair) -> Pair:
        return self._log_tilted(self._z(x)) + x.like(self._log_rate)

    def _log_left(self, z: Pair) -> Pair:
        """The logarithm of what lies below z, for z <= -_JOIN."""
        v = where(z.hi <= -_JOIN, -z, z.like(_JOIN))
        return tails.log_normal_density(v) + fn.log(self._mills_difference(v))

    def _mills_difference(self, v: Pair) -> Pair:
        """M(v) - M(v + w), M Mills' ratio; far out by 1/v^k - 1/u^k = (1/v - 1/u) (1/v^(k - 1) + ... + 1/u^(k - 1))."""
        u = v + v.like(self._w)
        near = 1.0 / tails.inverse_mills(v) - 1.0 / tails.inverse_mills(u)
        a, b = 1.0 / v, 1.0 / u
        power, powers, total, factor = v.like(1.0), v.like(1.0), v.like(1.0), 1.0
        for k in (3, 5, 7):
            for _ in range(2):
                power = power * a
                powers = powers * b + power
            factor *= 2.0 - k
            total = total + powers * factor
        return where(v.hi < _FAR[v.hi.dtype.name], near, a * b * v.like(self._w) * total)

    def cdf(self, x: Pair) -> Pair:
        z = self._z(x)
        inner = tails.ndtr(z) - fn.exp(self._log_tilted(z))
        return where(z.hi <= -_JOIN, fn.exp(self._log_left(z)), inner)

    def survival(self, x: Pair) -> Pair:
        z = self._z(x)
        return tails.ndtr(-z) + fn.exp(self._log_tilted(z))

    def log_cdf(self, x: Pair) -> Pair:
        z = self._z(x)
        return where(z.hi <= -_JOIN, self._log_left(z), log_share(self.cdf(x), self.survival(x)))

    def log_survival(self, x: Pair) -> Pair:
        z = self._z(x)
        own = self._log_tilted(z)
        above = own + fn.log1p(fn.exp(tails.log_ndtr(-z) - own))
        return where(z.hi > 0, above, log_share(self.survival(x), self.cdf(x)))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.standard_normal(count)) + generator.exponential(1 / float(self._rate), count)

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of an exponentially modified Gaussian variable")

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + 1 / self._rate

    def variance(self) -> Fraction | float:
        return self._square() + 1 / self._rate**2

    def mode(self) -> Fraction | float:
        raise NotOffered("the mode of an exponentially modified Gaussian variable")
