"""The law of a normal variable whose mean and variance follow an inverse Gaussian one.

Guarantee: log densities as accurate as the Bessel function of ``bessel``. The distribution function has no closed form,
nor have the entropy and the mode.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import bessel
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import LocationScale
from adapters.numpy.functions import PI, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where


class NormalInverseGaussian(LocationScale):
    """a s K_1(a g)/(pi g) e^(s c + b (x - m)), g = sqrt(s^2 + (x - m)^2) and c = sqrt(a^2 - b^2)."""

    def __init__(self, loc: float, scale: float, tailweight: float, skewness: float) -> None:
        super().__init__(loc, scale)
        self._a, self._b, self._s = Fraction(tailweight), Fraction(skewness), Fraction(scale)
        self._c = root_of(self._a**2 - self._b**2)

    def log_density(self, x: Pair) -> Pair:
        off = x - self.location
        size, far = off.abs(), bessel.is_far(off, self.spread)
        inner = where(far, off.like(0.0), off)
        g = fn.sqrt(inner.square() + off.like(self._s**2))
        reach = g * off.like(self._a)
        near = inner * off.like(self._b) - reach + bessel.log_scaled_k1(reach) - fn.log(g)
        # There g is |x - m|, a g may overflow where the difference does not, and e^z K_1(z) is sqrt(pi/(2 z)).
        fall = where(off.hi < 0, off.like(self._a + self._b), off.like(self._a - self._b))
        beyond = off.like(log_of(PI / (2 * self._a)) / 2) - size * fall - fn.log(size).scaled(1.5)
        constant = log_of(self._a * self._s / PI) + self._s * self._c
        return where(np.isinf(x.hi), x.filled(-np.inf), where(far, beyond, near) + off.like(constant))

    def cdf(self, x: Pair) -> Pair:
        raise NotOffered("the distribution function of a normal inverse Gaussian variable")

    survival = cdf

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        spread = generator.wald(float(self._s / self._c), float(self._s) ** 2, count)
        normal = generator.standard_normal(count)
        return self.location + float(self._b) * spread + np.sqrt(spread) * normal

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of a normal inverse Gaussian variable")

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + self._s * self._b / self._c

    def variance(self) -> Fraction | float:
        return self._s * self._a**2 / self._c**3

    def mode(self) -> Fraction | float:
        raise NotOffered("the mode of a normal inverse Gaussian variable")
