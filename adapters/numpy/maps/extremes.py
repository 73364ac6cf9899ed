"""Distribution functions of largest values over pairs.

Guarantee: that of ``adapters.numpy.transforms``.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map, times


class _ExtremeCdf(Map):
    """exp(-w) with w = exp(-r): ``_r`` gives r of x, and ``_x`` goes back."""

    def _r(self, x: Pair) -> Pair:
        raise NotImplementedError

    def _x(self, r: Pair) -> Pair:
        raise NotImplementedError

    def forward(self, x: Pair) -> Pair:
        return fn.exp(-fn.exp(-self._r(x)))

    def inverse(self, y: Pair) -> Pair:
        return self._x(-fn.log(-fn.log(y)))

    def fldj(self, x: Pair) -> Pair:
        r = self._r(x)
        w = fn.exp(-r)
        return where(w.hi == np.inf, -w, self._slope(r) - w)  # w outgrows its logarithm

    def ildj(self, y: Pair) -> Pair:
        w = -fn.log(y)
        return where(w.hi == np.inf, w, w - self._slope(-fn.log(w)))

    def _slope(self, r: Pair) -> Pair:
        """log f' + w."""
        raise NotImplementedError


class FrechetCdf(_ExtremeCdf):
    """exp(-((x - loc)/scale)**-concentration)."""

    def __init__(self, loc: float, scale: float, concentration: float) -> None:
        self.domain = (loc, math.inf)
        self._loc, self._log_scale, self._c = loc, fn.log_of(scale), concentration
        self._log = fn.log_of(concentration) - self._log_scale

    def _r(self, x: Pair) -> Pair:
        return (fn.log(x - self._loc) - x.like(self._log_scale)) * self._c

    def _x(self, r: Pair) -> Pair:
        return fn.exp(r * r.like(1 / Fraction(self._c)) + r.like(self._log_scale)) + self._loc

    def _slope(self, r: Pair) -> Pair:
        return r.like(self._log) - r * r.like(1 + 1 / Fraction(self._c))


class GeneralizedExtremeValueCdf(_ExtremeCdf):
    """exp(-(1 + c (x - loc)/scale)**(-1/c)), c = concentration, not 0."""

    def __init__(self, loc: float, scale: float, concentration: float) -> None:
        end = loc - scale / concentration
        self.domain = (end, math.inf) if concentration > 0 else (-math.inf, end)
        self._loc, self._scale, self._c = loc, scale, concentration
        self._log_scale = fn.log_of(scale)
        self._log_growth = fn.log_of(Fraction(abs(concentration)) / Fraction(scale))

    def _r(self, x: Pair) -> Pair:
        away = x - self._loc
        moved = away / self._scale * self._c
        far = np.abs(away.hi) > 2.0 ** (2 * np.finfo(x.hi.dtype).nmant + 4)
        outer = fn.log(away if self._c > 0 else -away) + x.like(self._log_growth)
        return where(far, outer, fn.log1p(moved)) * x.like(1 / Fraction(self._c))

    def _x(self, r: Pair) -> Pair:
        return fn.expm1(r * self._c) * r.like(Fraction(self._scale) / Fraction(self._c)) + self._loc

    def _slope(self, r: Pair) -> Pair:
        return -times(r.like(1 + Fraction(self._c)), r) - r.like(self._log_scale)
