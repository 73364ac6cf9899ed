"""sinh and the sinh-arcsinh transform over pairs.

Guarantee: that of ``adapters.numpy.transforms``; no intermediate overflows where the result does not.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map


def sinh(z: Pair, log_factor: Fraction = Fraction(0)) -> Pair:
    """e**log_factor sinh(z)."""
    size = z.abs()
    e = fn.expm1(where(size.hi < 1.0, size, size.like(1.0)))
    near = (e + e / (e + 1.0)).scaled(0.5)
    if log_factor:
        near = near * near.like(fn.exp_of(log_factor))
        tiny = size * size.like(fn.exp_of(log_factor))
    else:
        tiny = size
    shift = size.like(log_factor - fn.LOG2)
    far = fn.exp(size + shift) - fn.exp(shift - size)
    result = where(size.hi < 1.0, near, far)
    return where(fn.negligible(z), tiny, result).with_sign_of(z.hi)


def asinh(y: Pair, log_divisor: Fraction = Fraction(0)) -> Pair:
    """asinh(y e**-log_divisor): log1p(u + u**2/(1 + sqrt(1 + u**2))) of the size u, and log(2u) far out."""
    size = y.abs()
    # Up to here the quotient cannot overflow, and from here on asinh(u) is log(2u) to the last bit of a pair.
    limit = 2.0 ** (np.finfo(y.hi.dtype).nmant + 3)
    near = where(size.hi < limit, size, size.like(limit))
    u = near / near.like(fn.exp_of(log_divisor)) if log_divisor else near
    square = u.square()
    found = fn.log1p(u + square / (fn.sqrt(square + 1.0) + 1.0))
    far = fn.log(size) + size.like(fn.LOG2 - log_divisor)
    close = where(fn.negligible(u), u, found)
    return where(size.hi < limit, close, far).with_sign_of(y.hi)


def log_cosh(z: Pair) -> Pair:
    """log cosh z: by sinh near 0, and |z| - log 2 + log1p(e**-2|z|), which does not overflow, beyond."""
    size = z.abs()
    near = fn.log_sech_squared(where(size.hi < 1.0, size, size.like(0.5))).scaled(-0.5)
    far = (size - size.like(fn.LOG2)) + fn.log1p(fn.exp(-size.scaled(2.0)))
    return where(size.hi < 1.0, near, far)


def log_root(u: Pair, log_divisor: Fraction = Fraction(0)) -> Pair:
    """log(1 + (u e**-log_divisor)**2)/2, where the square may overflow."""
    size = u.abs()
    limit = 2.0 ** (np.finfo(u.hi.dtype).nmant + 3)
    near = where(size.hi < limit, size, size.like(limit))
    inner = near / near.like(fn.exp_of(log_divisor)) if log_divisor else near
    return where(
        size.hi < limit,
        fn.log1p(inner.square()).scaled(0.5),
        fn.log(size) - size.like(log_divisor),
    )


class Sinh(Map):
    def forward(self, x: Pair) -> Pair:
        return sinh(x)

    def inverse(self, y: Pair) -> Pair:
        return asinh(y)

    def fldj(self, x: Pair) -> Pair:
        return log_cosh(x)

    def ildj(self, y: Pair) -> Pair:
        return -log_root(y)


class SinhArcsinh(Map):
    """m sinh((asinh(x) + skewness) tailweight), m = 2/sinh(asinh(2) tailweight)."""

    def __init__(self, skewness: float, tailweight: float) -> None:
        self._skewness, self._tailweight = skewness, tailweight
        stretched = fn.log_of(2 + fn.root_of(5)) * Fraction(tailweight)  # asinh(2) = log(2 + sqrt 5)
        # log sinh z = z - log 2 + log(1 - e**-2z)
        self._log_multiplier = 2 * fn.LOG2 - stretched - fn.log_of(1 - fn.exp_of(-2 * stretched))
        self._log_slope = self._log_multiplier + fn.log_of(tailweight)

    def _bent(self, x: Pair) -> Pair:
        return (asinh(x) + self._skewness) * self._tailweight

    def _straightened(self, y: Pair) -> Pair:
        return asinh(y, self._log_multiplier) / self._tailweight - self._skewness

    def forward(self, x: Pair) -> Pair:
        return sinh(self._bent(x), self._log_multiplier)

    def inverse(self, y: Pair) -> Pair:
        return sinh(self._straightened(y))

    def fldj(self, x: Pair) -> Pair:
        return _to_infinity(x, log_cosh(self._bent(x)) - log_root(x) + x.like(self._log_slope), self._tailweight - 1)

    def ildj(self, y: Pair) -> Pair:
        z = log_cosh(self._straightened(y)) - log_root(y, self._log_multiplier) - y.like(self._log_slope)
        return _to_infinity(y, z, 1 / self._tailweight - 1)


def _to_infinity(x: Pair, found: Pair, rate: float) -> Pair:
    """What grows like rate log|x|, where at an infinity it would be the difference of two."""
    if not rate:
        return found
    return where(np.isinf(x.hi), x.filled(np.copysign(np.inf, rate)), found)
