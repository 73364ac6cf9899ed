"""The law of a normal variable whose scale follows a half-Cauchy one.

Guarantee: log densities as accurate as the exponential integral of ``expint``, both tails, their logarithms and the
quantiles as ``horseshoe_tail``. The entropy has no closed form; there is no mean.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import expint, horseshoe_tail
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Mirrored
from adapters.numpy.functions import PI, log_of
from adapters.numpy.pairs import Floats, Pair, where

_FAR, _NEAR = 2.0**60, 2.0**-60
"""Of the scale. Beyond, e^u E_1(u) is 1/u to the last bit of a pair; nearer to 0 it is -gamma - log u."""


class Horseshoe(Mirrored):
    """(2 pi^3)^(-1/2) e^u E_1(u)/s, u = x^2/(2 s^2)."""

    def __init__(self, scale: float) -> None:
        self._s = Fraction(scale)
        self.spread = scale

    def log_density(self, x: Pair) -> Pair:
        size = x.abs()
        far, near = size.hi > self.spread * _FAR, size.hi < self.spread * _NEAR
        u = (where(far | near, size.like(self._s), size) / size.like(self._s)).square().scaled(0.5)
        log_u = (fn.log(size) - size.like(log_of(self._s))).scaled(2.0) - size.like(log_of(2))
        at_pole = fn.log(-log_u - size.like(fn.EULER_GAMMA))
        value = where(far, -log_u, where(near, at_pole, fn.log(expint.scaled_e1(u))))
        return value - size.like(log_of(self._s) + log_of(2 * PI**3) / 2)

    def _z(self, x: Pair) -> Pair:
        return x / x.like(self._s)

    def _below(self, z: Pair) -> Pair:
        beyond = horseshoe_tail.beyond(z.abs())
        return where(z.hi < 0, beyond, 1.0 - beyond)

    def quantile(self, q: Pair) -> Pair:
        upper = q.hi >= 0.5
        size = horseshoe_tail.place(where(upper, 1.0 - q, q)) * q.like(self._s)
        return where(upper, size, -size)

    def upper_quantile(self, q: Pair) -> Pair:
        return -self.quantile(q)

    def median(self) -> Pair:
        return Pair.of(np.array([0.0]))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        scales = np.abs(generator.standard_cauchy(count))
        return self.spread * scales * generator.standard_normal(count)

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of a horseshoe variable")

    def mean(self) -> Fraction | float:
        return math.nan

    def variance(self) -> Fraction | float:
        return math.nan

    def mode(self) -> Fraction | float:
        return Fraction(0)
