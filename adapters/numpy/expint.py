"""The exponential integral E_1 of pairs.

Guarantee: relative error of e^x E_1(x) below 2**-2p+20, for x > 0.

Method: up to 4 the power series (DLMF 6.6.2), which cancels less than 2**16 there; beyond, the continued fraction of
e^x E_1(x) with terms x + 2k + 1 and -k^2, the even part of DLMF 6.9.1, whose truncation falls as e^(-4 sqrt(k x)).
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from adapters.numpy import functions as fn
from adapters.numpy.functions import EULER_GAMMA
from adapters.numpy.pairs import Pair, where

_JOIN = 4.0
_TERMS = {"float32": 30, "float64": 48}
"""4^k/(k k!) of the power series left out is below 2**-2p."""

_LEVELS = {"float32": 20, "float64": 88}
"""e^(-4 sqrt(4 k)) at the last is below 2**-2p."""


def scaled_e1(x: Pair) -> Pair:
    """e^x E_1(x) for x > 0."""
    low = x.hi < _JOIN
    small, large = where(low, x, x.like(1.0)), where(low, x.like(_JOIN), x)
    return where(low, fn.exp(small) * _power_series(small), fn.reciprocal(_denominator(large)))


def _power_series(x: Pair) -> Pair:
    """E_1(x) = -gamma - log x - sum (-x)^k/(k k!)."""
    total = x.like(0.0)
    for k in range(_TERMS[x.hi.dtype.name], 0, -1):
        total = total * x + x.like(Fraction((-1) ** k, k * factorial(k)))
    return -(fn.log(x) + x.like(EULER_GAMMA) + total * x)


def _denominator(x: Pair) -> Pair:
    """x + 1 - 1/(x + 3 - 4/(x + 5 - ...))."""
    count = _LEVELS[x.hi.dtype.name]
    total = x + (2.0 * count + 1.0)
    for k in range(count, 0, -1):
        total = x + (2.0 * k - 1.0) - fn.reciprocal(total) * float(k * k)
    return total
