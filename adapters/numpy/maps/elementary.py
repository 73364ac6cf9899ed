"""Identity, shift, scale, expm1, the square and the reciprocal over pairs.

Guarantee: that of ``adapters.numpy.transforms``.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map, everywhere, times


class Identity(Map):
    def forward(self, x: Pair) -> Pair:
        return x

    def inverse(self, y: Pair) -> Pair:
        return y

    def fldj(self, x: Pair) -> Pair:
        return everywhere(x, x.like(0.0))

    def ildj(self, y: Pair) -> Pair:
        return everywhere(y, y.like(0.0))


class ScaledExp(Map):
    """scale exp(x/divisor), by logarithms: a quotient by the scale, which may be subnormal, overflows. Next to the
    scale, where the logarithms would cancel, it is the logarithm of the quotient of both without their power of two."""

    def __init__(self, scale: float | Fraction, divisor: float) -> None:
        self.increasing = divisor > 0
        self._slope, self._log = 1 / Fraction(divisor), fn.log_of(scale)
        self._steep = fn.log_of(abs(self._slope))
        self._exponent = fn.exponent_of(Fraction(scale))
        self._mantissa = Fraction(scale) / Fraction(2) ** self._exponent

    def forward(self, x: Pair) -> Pair:
        return fn.exp(times(x.like(self._slope), x) + x.like(self._log))

    def inverse(self, y: Pair) -> Pair:
        mantissa = y.each(lambda word: np.ldexp(word, -self._exponent))
        near = (mantissa.hi > 0.25) & (mantissa.hi < 2)
        ratio = tails.on(near, lambda p: fn.log(p / p.like(self._mantissa)), mantissa)
        return times(y.like(1 / self._slope), where(near, ratio, fn.log(y) - y.like(self._log)))

    def fldj(self, x: Pair) -> Pair:
        return times(x.like(self._slope), x) + x.like(self._log + self._steep)

    def ildj(self, y: Pair) -> Pair:
        return -(fn.log(y) + y.like(self._steep))


class Shift(Identity):
    """x + shift."""

    def __init__(self, shift: float) -> None:
        self._shift = shift

    def forward(self, x: Pair) -> Pair:
        return x + self._shift

    def inverse(self, y: Pair) -> Pair:
        return y - self._shift


class Scale(Map):
    """scale x, or e**log_scale x."""

    def __init__(self, scale: float | None = None, log_scale: float | None = None) -> None:
        factor = fn.exp_of(log_scale or 0.0) if scale is None else Fraction(scale)
        self.factor, self._inverse, self.increasing = factor, 1 / factor, factor > 0
        self._log = Fraction(log_scale or 0.0) if scale is None else fn.log_of(abs(scale))

    def forward(self, x: Pair) -> Pair:
        return x * x.like(self.factor)

    def inverse(self, y: Pair) -> Pair:
        return y / y.like(self.factor)

    def fldj(self, x: Pair) -> Pair:
        return everywhere(x, x.like(self._log))

    def ildj(self, y: Pair) -> Pair:
        return everywhere(y, y.like(-self._log))


class Expm1(Map):
    def forward(self, x: Pair) -> Pair:
        return fn.expm1(x)

    def inverse(self, y: Pair) -> Pair:
        return fn.log1p(y)

    def fldj(self, x: Pair) -> Pair:
        return x

    def ildj(self, y: Pair) -> Pair:
        return -fn.log1p(y)


class Reciprocal(Map):
    """1/x, on either half-line."""

    increasing = False

    def __init__(self, negative: bool = False) -> None:
        if not isinstance(negative, bool):
            raise ValueError("negative is true or false")
        self.domain = self.codomain = (-math.inf, 0.0) if negative else (0.0, math.inf)

    def forward(self, x: Pair) -> Pair:
        return fn.reciprocal(x)

    def inverse(self, y: Pair) -> Pair:
        return fn.reciprocal(y)

    def fldj(self, x: Pair) -> Pair:
        return -fn.log(x.abs()).scaled(2.0)

    def ildj(self, y: Pair) -> Pair:
        return self.fldj(y)


class Square(Map):
    """x**2 on the positive numbers."""

    domain = (0.0, math.inf)

    def forward(self, x: Pair) -> Pair:
        return where(x.hi < 0, x.filled(np.nan), x.square())

    def inverse(self, y: Pair) -> Pair:
        return fn.sqrt(y)

    def fldj(self, x: Pair) -> Pair:
        return fn.log(x) + x.like(fn.LOG2)

    def ildj(self, y: Pair) -> Pair:
        return -(fn.log(y).scaled(0.5) + y.like(fn.LOG2))
