"""The normal and the Student-t distribution functions, from SciPy's special functions.

Guarantee: relative error of a few ulp (measured in adapters/tests), lower tails included down to the smallest
subnormal. Unlike the functions of pairs these are no better than a few ulp: SciPy's erfcx, erf, ndtri and stdtr
answer plain floats. The second word of the argument enters to first order.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from scipy import special

from adapters.numpy.functions import HALF_LOG_2PI, HALF_ROOT, PI, exp, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where

_TWO_OVER_ROOT_PI = float(2 / root_of(PI))


def log_normal_density(x: Pair) -> Pair:
    """-x**2/2 - log(2 pi)/2."""
    return -(x.square().scaled(0.5) + x.like(HALF_LOG_2PI))


def ndtr(x: Pair) -> Pair:
    """The standard normal cdf. Tails as erfcx(|x|/sqrt 2) e**(-x**2/2)/2, with x**2 exact.

    (scipy.special.ndtr rounds x**2 before the exponential: up to a thousand ulp at x = -36 in float64.)
    """
    magnitude = x.abs()
    z = magnitude * x.like(HALF_ROOT)
    scaled = _corrected(special.erfcx(z.hi), lambda v: 2 * z.hi * v - _TWO_OVER_ROOT_PI, z.lo)
    tail = scaled * exp(-x.square().scaled(0.5)).scaled(0.5)
    central = _corrected(special.erf(z.hi), lambda v: _TWO_OVER_ROOT_PI * np.exp(-z.hi * z.hi), z.lo)
    central = central.with_sign_of(x.hi).scaled(0.5) + 0.5
    outer = where(x.hi < 0, tail, 1.0 - tail)
    return where(magnitude.hi < 1.0, central, outer)


def ndtri(y: Pair) -> Pair:
    """The standard normal quantile; nan outside [0, 1]."""
    return _corrected(special.ndtri(y.hi), lambda v: np.exp(v * v / 2 + float(HALF_LOG_2PI)), y.lo)


def student_t_cdf(z: Pair, df: float) -> Pair:
    """The Student-t cdf. SciPy's float32 version underflows early, so its float64 one serves both."""
    value = special.stdtr(df, z.hi.astype(np.float64)).astype(z.hi.dtype)
    constant = np.exp(float(log_gamma((df + 1) / 2) - log_gamma(df / 2) - log_of(PI * Fraction(df)) / 2))
    return _corrected(value, lambda v: constant * (1 + z.hi * z.hi / df) ** (-(df + 1) / 2), z.lo)


def log_gamma(a: float) -> Fraction:
    """log Gamma(a): to 60 digits where 2a is a small whole number, else to the accuracy of SciPy's gammaln."""
    if a * 2 != int(a * 2) or not 0 < a < 200:
        return Fraction(float(special.gammaln(a)))
    value, at = (Fraction(1), Fraction(1)) if a == int(a) else (root_of(PI), Fraction(1, 2))
    while at < a:
        value *= at
        at += 1
    return log_of(value)


def _corrected(value: Any, slope: Any, low: Floats) -> Pair:
    value = np.asarray(value, dtype=low.dtype)
    change = (np.asarray(slope(value)) * low).astype(low.dtype)
    # Where the argument is exact there is nothing to correct, also where the slope is infinite or nan.
    change = np.where((low == 0) | ~np.isfinite(change), low.dtype.type(0), change)
    return Pair.of(value) + Pair.of(change)
