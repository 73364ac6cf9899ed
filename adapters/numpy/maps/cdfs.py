"""Distribution functions on half-lines and (0, 1) as maps over pairs.

Guarantee: that of ``adapters.numpy.transforms``. Everything that may leave the range of the format stays a logarithm
until the last step, and what is next to 0 or to 1 is never taken from the other end.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.maps.omega import wright_omega
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map, times


class WeibullCdf(Map):
    """1 - exp(-w), w = (x/scale)**concentration."""

    domain = (0.0, math.inf)

    def __init__(self, scale: float, concentration: float) -> None:
        self._set(fn.log_of(scale), concentration)

    def _set(self, log_scale: Fraction, concentration: float) -> None:
        self._log_scale, self._c = log_scale, concentration
        self._log = fn.log_of(concentration) - log_scale

    def forward(self, x: Pair) -> Pair:
        return -fn.expm1(-fn.exp((fn.log(x) - x.like(self._log_scale)) * self._c))

    def inverse(self, y: Pair) -> Pair:
        w = -fn.log1p(-y)
        return fn.exp(fn.log(w) * w.like(1 / Fraction(self._c)) + w.like(self._log_scale))

    def fldj(self, x: Pair) -> Pair:
        log_z = fn.log(x) - x.like(self._log_scale)
        w = fn.exp(log_z * self._c)
        slope = times(x.like(Fraction(self._c) - 1), log_z) - w + x.like(self._log)
        return where(w.hi == np.inf, -w, slope)  # w outgrows its logarithm

    def ildj(self, y: Pair) -> Pair:
        w = -fn.log1p(-y)
        slope = times(w.like(1 / Fraction(self._c) - 1), fn.log(w)) + w - w.like(self._log)
        return where(w.hi == np.inf, w, slope)


class RayleighCdf(WeibullCdf):
    """1 - exp(-(x/scale)**2/2): Weibull's with the scale times the root of 2."""

    def __init__(self, scale: float) -> None:
        self._set(fn.log_of(scale) + fn.LOG2 / 2, 2.0)


class KumaraswamyCdf(Map):
    """1 - (1 - x**a)**b, with a for concentration1 and b for concentration0."""

    domain = (0.0, 1.0)

    def __init__(self, concentration1: float, concentration0: float) -> None:
        self._a, self._b = concentration1, concentration0
        self._log_b = fn.log_of(concentration0)
        self._log = fn.log_of(concentration1) + self._log_b

    def forward(self, x: Pair) -> Pair:
        log_power = fn.log(x) * self._a
        found = -fn.expm1(fn.log1m_exp(log_power) * self._b)
        return where(fn.negligible(fn.exp(log_power)), fn.exp(log_power + x.like(self._log_b)), found)

    def inverse(self, y: Pair) -> Pair:
        return fn.exp(self._log_x(y, self._log_rest(y)))

    def fldj(self, x: Pair) -> Pair:
        log_x = fn.log(x)
        return self._slope(log_x, fn.log1m_exp(log_x * self._a))

    def ildj(self, y: Pair) -> Pair:
        log_rest = self._log_rest(y)
        return -self._slope(self._log_x(y, log_rest), log_rest)

    def _log_rest(self, y: Pair) -> Pair:
        """log(1 - x**a)."""
        return fn.log1p(-y) * y.like(1 / Fraction(self._b))

    def _log_x(self, y: Pair, log_rest: Pair) -> Pair:
        small = fn.log(y) - y.like(self._log_b)  # x**a is y/b, which among the subnormals would be rounded
        return where(fn.negligible(y), small, fn.log1m_exp(log_rest)) * y.like(1 / Fraction(self._a))

    def _slope(self, log_x: Pair, log_rest: Pair) -> Pair:
        first = times(log_x.like(Fraction(self._a) - 1), log_x)
        return first + times(log_x.like(Fraction(self._b) - 1), log_rest) + log_x.like(self._log)


class MoyalCdf(Map):
    """erfc(q/sqrt(2)) = 2 Phi(-q), q = exp(-(x - loc)/(2 scale))."""

    def __init__(self, loc: float, scale: float) -> None:
        self._loc, self._double = loc, 2.0 * scale
        self._log = fn.log_of(scale) + fn.HALF_LOG_2PI

    def forward(self, x: Pair) -> Pair:
        return tails.ndtr(-fn.exp(self._log_q(x))).scaled(2.0)

    def inverse(self, y: Pair) -> Pair:
        return self._loc - fn.log(-tails.ndtri_of_half(y)) * self._double

    def fldj(self, x: Pair) -> Pair:
        log_q = self._log_q(x)
        q = fn.exp(log_q)
        square = q * q.scaled(0.5)
        return where(square.hi == np.inf, -square, log_q - square - x.like(self._log))

    def ildj(self, y: Pair) -> Pair:
        q = -tails.ndtri_of_half(y)
        square = q * q.scaled(0.5)
        return where(square.hi == np.inf, square, square - fn.log(q) + y.like(self._log))

    def _log_q(self, x: Pair) -> Pair:
        return (self._loc - x) / self._double


class GompertzCdf(Map):
    """1 - exp(-c (e**(rate x) - 1)), c = concentration."""

    domain = (0.0, math.inf)

    def __init__(self, concentration: float, rate: float) -> None:
        self._c, self._rate = concentration, rate
        self._product = Fraction(concentration) * Fraction(rate)
        self._log, self._log_c = fn.log_of(self._product), fn.log_of(concentration)

    def forward(self, x: Pair) -> Pair:
        x = _positive(x)
        found = -fn.expm1(-(fn.expm1(x * self._rate) * self._c))
        return where(fn.negligible(x), fn.small_product(x, self._product), found)

    def inverse(self, y: Pair) -> Pair:
        y = _positive(y)
        found = fn.log1p(-fn.log1p(-y) / self._c) / self._rate
        return where(fn.negligible(y), fn.small_product(y, 1 / self._product), found)

    def fldj(self, x: Pair) -> Pair:
        z = _positive(x) * self._rate
        grown = fn.expm1(z)
        # The growth may be beyond the largest number where c < 1 times it is not.
        grown = where(grown.hi == np.inf, fn.exp(z + x.like(self._log_c)), grown * self._c)
        return where(grown.hi == np.inf, -grown, z - grown + x.like(self._log))

    def ildj(self, y: Pair) -> Pair:
        grown = -fn.log1p(-_positive(y))
        slope = grown - fn.log1p(grown / self._c) - y.like(self._log)
        return where(grown.hi == np.inf, grown, slope)


class ShiftedGompertzCdf(Map):
    """(1 - e) exp(-e/c), e = exp(-rate x), c = concentration."""

    domain = (0.0, math.inf)

    def __init__(self, concentration: float, rate: float) -> None:
        self._c, self._rate, self._log = concentration, rate, fn.log_of(rate)
        self._inverse_c = 1 / Fraction(concentration)
        self._start = Fraction(rate) * fn.exp_of(-self._inverse_c)  # the slope at 0

    def forward(self, x: Pair) -> Pair:
        x = _positive(x)
        falling = -(x * self._rate)
        found = -fn.expm1(falling) * fn.exp(-(fn.exp(falling) / self._c))
        return where(fn.negligible(x), fn.small_product(x, self._start), found)

    def inverse(self, y: Pair) -> Pair:
        y = _positive(y)
        return where(fn.negligible(y), fn.small_product(y, 1 / self._start), self._v(y) / self._rate)

    def fldj(self, x: Pair) -> Pair:
        return self._slope(_positive(x) * self._rate)

    def ildj(self, y: Pair) -> Pair:
        return -self._slope(self._v(y))

    def _slope(self, v: Pair) -> Pair:
        e = fn.exp(-v)
        return fn.log1p(-fn.expm1(-v) / self._c) - e / self._c - v + v.like(self._log)

    def _v(self, y: Pair) -> Pair:
        """rate x: from w = (1 - e)/c, whose w + log w is log y + 1/c - log c, and from e itself where that is small."""
        log_y = fn.log(_positive(y))
        share = wright_omega(log_y + y.like(self._inverse_c - fn.log_of(self._c))) * self._c
        low = -fn.log1p(-share)
        high = -fn.log(self._e(log_y))
        ends = where(y.hi == 1, y.filled(np.inf), where((y.hi >= 0) & (y.hi < 1), low, y.filled(np.nan)))
        return where((log_y.hi > -0.4) & (y.hi < 1), high, ends)

    def _e(self, log_y: Pair) -> Pair:
        """Where log(1 - e) - e/c = log y: Newton's iteration from below, first on floats, then on pairs."""
        kind = log_y.hi.dtype.type
        slope = kind(1 / self._c)
        near = np.where((log_y.hi > -0.4) & (log_y.hi < 0), log_y.hi, kind(-0.25))
        e = -near / (1 + slope)
        for _ in range(6):
            e = np.clip(e + (np.log1p(-e) - e * slope - near) / (1 / (1 - e) + slope), 0, kind(0.75))
        found = Pair.of(e)
        for _ in range(2):
            off = fn.log1p(-found) - found / self._c - log_y
            found = found + off / (1.0 / (1.0 - found) + found.like(self._inverse_c))
        return found


def _positive(x: Pair) -> Pair:
    """x, nan where it is negative."""
    return where(x.hi < 0, x.filled(np.nan), x)
