"""Smooth bounds and heavier tails over pairs.

Guarantee: that of ``adapters.numpy.transforms``.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.interface import SpecError
from adapters.numpy import functions as fn
from adapters.numpy.maps.omega import wright_omega
from adapters.numpy.maps.squashing import ScaledSoftplus, SigmoidBetween
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map


class SoftBound(ScaledSoftplus):
    """end + side c log(1 + e**(side (x - end)/c)): a lower bound where side is 1, an upper one where it is -1."""

    def __init__(self, end: float, side: int, hinge_softness: float) -> None:
        super().__init__(side * hinge_softness, end)
        self._end = end

    def forward(self, x: Pair) -> Pair:
        return super().forward(x - self._end)

    def inverse(self, y: Pair) -> Pair:
        return super().inverse(y) + self._end

    def fldj(self, x: Pair) -> Pair:
        return super().fldj(x - self._end)


class SoftClip(Map):
    """Between low and high. With u = (x - low)/c, v = (high - low)/c, w = high - low, s = log(1 + e**v) and S for the
    logistic function it is low - (w/s) log(1 - S(v) S(u)), and from the other end high - (w/s) log(1 + e**v S(-u))."""

    def __init__(self, low: float, high: float, hinge_softness: float) -> None:
        self._low, self._high, self._c = low, high, hinge_softness
        width = Fraction(high) - Fraction(low)
        self._v = width / Fraction(hinge_softness)
        falling = fn.exp_of(-self._v)
        self._share = 1 / (1 + falling)
        self._s = self._v + fn.log_of(1 + falling)
        self._slope = width / self._s
        self._log = fn.log_of(self._slope / Fraction(hinge_softness))

    def _u(self, x: Pair) -> Pair:
        return (x - self._low) / self._c

    def _log_rest(self, u: Pair) -> Pair:
        """log(1 - S(v) S(u)) for u < 0."""
        return fn.log1p(-(fn.sigmoid(u) * u.like(self._share)))

    def _log_over(self, u: Pair) -> Pair:
        """log(1 + e**v S(-u)) for u >= 0."""
        return fn.softplus(u.like(self._v) - fn.softplus(u))

    def forward(self, x: Pair) -> Pair:
        u = self._u(x)
        slope = u.like(self._slope)
        return where(u.hi < 0, self._low - self._log_rest(u) * slope, self._high - self._log_over(u) * slope)

    def inverse(self, y: Pair) -> Pair:
        return self._back(y) * self._c + self._low

    def _back(self, y: Pair) -> Pair:
        """u = log(S(u)/S(-u)): from a = -log(1 - S(v) S(u)) and b = s - a it is log(e**a - 1) - log(1 - e**-b)."""
        a, b = (y - self._low) / y.like(self._slope), (self._high - y) / y.like(self._slope)
        inside = (a.hi >= 0) & (b.hi >= 0)
        return where(inside, fn.softplus_inverse(a) - fn.log1m_exp(-b), y.filled(np.nan))

    def fldj(self, x: Pair) -> Pair:
        return self._log_slope(self._u(x))

    def ildj(self, y: Pair) -> Pair:
        return -self._log_slope(self._back(y))

    def _log_slope(self, u: Pair) -> Pair:
        """log(w/(c s)) + log S'(u) + log(S(v)/(1 - S(v) S(u)))."""
        both = -(u.abs() + fn.log1p(fn.exp(-u.abs())).scaled(2.0))
        low = u.like(self._v - self._s) - self._log_rest(u)
        high = u.like(self._v) - self._log_over(u)
        return both + where(u.hi < 0, low, high) + u.like(self._log)


def soft_clip(low: float | None = None, high: float | None = None, hinge_softness: float = 1.0) -> Map:
    """The soft clip with the bounds that are given. SpecError where none is."""
    if low is not None and high is not None:
        return SoftClip(low, high, hinge_softness)
    if low is not None:
        return SoftBound(low, 1, hinge_softness)
    if high is not None:
        return SoftBound(high, -1, hinge_softness)
    raise SpecError("soft_clip: takes low, high or both")


def generalized_pareto(loc: float, scale: float, concentration: float) -> Map:
    """loc + log(1 + e**x), or onto (loc, loc + scale/|concentration|) where the concentration is negative."""
    if concentration >= 0:
        return ScaledSoftplus(low=loc)
    return SigmoidBetween(loc, Fraction(loc) + Fraction(scale) / abs(Fraction(concentration)))


class LambertWTail(Map):
    """shift + scale u exp(d u**2/2), u = (x - shift)/scale, d = tailweight."""

    def __init__(self, shift: float, scale: float, tailweight: float) -> None:
        self._shift, self._scale, self._d = shift, scale, tailweight
        self._log_d = fn.log_of(tailweight)

    def _half(self, u: Pair) -> Pair:
        """d u**2/2."""
        return u * (u * (self._d / 2.0))

    def forward(self, x: Pair) -> Pair:
        away = x - self._shift
        grown = fn.log(away.abs()) + self._half(away / self._scale)
        # The exponential alone may overflow, or the product be subnormal; next to the shift it is 1 and a little.
        far = fn.exp(grown).with_sign_of(away.hi)
        half = self._half(away / self._scale)
        near = away * fn.exp(half)
        return where(half.hi > 1.0, far, near) + self._shift

    def inverse(self, y: Pair) -> Pair:
        away = y - self._shift
        w = self._w(away)
        half = w.scaled(-0.5)
        # Far out the exponential alone is next to underflow.
        far = fn.exp(fn.log(away.abs()) + half).with_sign_of(away.hi)
        found = where(np.abs(away.hi) > 1, far, away * fn.exp(half))
        return where(np.isinf(y.hi), away, found) + self._shift

    def _w(self, away: Pair) -> Pair:
        """W(d z**2), z = away/scale."""
        log_z = fn.log(away.abs()) - away.like(fn.log_of(self._scale))
        return wright_omega(log_z.scaled(2.0) + away.like(self._log_d))

    def fldj(self, x: Pair) -> Pair:
        half = self._half((x - self._shift) / self._scale)
        # Next to overflow only the first term's logarithm is left.
        logarithm = where(half.hi > 1e30, fn.log(half) + half.like(fn.LOG2), fn.log1p(half.scaled(2.0)))
        return logarithm + half

    def ildj(self, y: Pair) -> Pair:
        w = self._w(y - self._shift)
        return -(fn.log1p(w) + w.scaled(0.5))
