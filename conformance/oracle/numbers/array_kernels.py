"""Elementary functions of float64 arrays with a proved relative error, from IEEE operations alone.

GUARANTEE: every function here returns its exact value up to a relative error of at most ``KERNEL`` = 2**-49 (16 u,
u = 2**-53), for the arguments that its docstring names. No library function is trusted: only + - * /, sqrt, rounding
to an integer and exact scaling are used, which IEEE 754 defines to the last bit.

How the bounds are had: the argument is reduced, the remainder of the series is bounded by its first omitted term, and
the roundings of Horner's scheme are added up (Higham, Accuracy and Stability of Numerical Algorithms, section 5.1).
Series: DLMF 4.2.19 (exp), 4.6.4 (the logarithm, in s = (x - 1)/(x + 1)), 4.33.1 (sinh).
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KERNEL = 2.0**-49
ULP = 2.0**-53
LOWEST = -690.0
"""exp is not asked below: e**-690 < 2**-995, still a normal number."""
HIGHEST = 709.0

_LN2_HI = float.fromhex("0x1.62e42feep-1")
"""The leading 32 bits of log 2: times an integer below 2**21 it is exact."""
_LN2_LO = float.fromhex("0x1.a39ef35793c76p-33")
LN2 = float.fromhex("0x1.62e42fefa39efp-1")
_PER_LN2 = float.fromhex("0x1.71547652b82fep+0")

_EXP = tuple(1.0 / factorial(k) for k in range(14))
_ATANH = tuple(1.0 / (2 * k + 1) for k in range(11))
_SINH = tuple(1.0 / factorial(2 * k + 1) for k in range(8))

SINH_LIMIT = 0.55
_SQRT_HALF = 0.70710678118654752
_SQRT_TWO_LESS_1 = 0.41421356237309505


def _horner(z: Any, coefficients: tuple[float, ...]) -> Floats:
    total = z * coefficients[-1]
    total += coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        total *= z
        total += coefficient
    return total


def exp(x: Any) -> Floats:
    """e**x for LOWEST <= x <= HIGHEST.

    x = k log 2 + r, |r| < 0.36. r is off by at most 0.74 u, Taylor's remainder is below 0.36**14/14! e**0.36 < 0.1 u,
    and Horner's roundings come to less than 8 u of e**r: below 9 u together. The scaling by 2**k is exact.
    """
    x = np.asarray(x, np.float64)
    k = np.rint(x * _PER_LN2)
    r = x - k * _LN2_HI
    r -= k * _LN2_LO
    power = ((k.astype(np.int64) + 1023) << 52).view(np.float64)
    return _horner(r, _EXP) * power


def _two_atanh(s: Floats) -> Floats:
    """log((1 + s)/(1 - s)) for |s| < 0.172: terms of one sign; remainder below 0.01 u, roundings below 4 u."""
    return 2.0 * s * _horner(s * s, _ATANH)


def log1p_unit(t: Any) -> Floats:
    """log(1 + t) for 0 <= t <= 1, small t included.

    With s = t/(2 + t) up to sqrt 2 - 1, and log 2 + log((1 + t)/2), s = (t - 1)/(t + 3), beyond: there the result is at
    least 0.346 and neither term is larger than 0.694, so that 8 u of the smaller and 1 u of each sum stay below 11 u.
    """
    t = np.asarray(t, np.float64)
    far = t > _SQRT_TWO_LESS_1
    return _two_atanh((t - far) / (t + 2.0 + far)) + LN2 * far


def log1p_small(x: Any) -> Floats:
    """log(1 + x) for -0.29 <= x <= 0.41."""
    x = np.asarray(x, np.float64)
    return _two_atanh(x / (x + 2.0))


def log(x: Any) -> Floats:
    """The logarithm of every finite x > 0, subnormal x included; exactly 0 at 1.

    x = m 2**e, sqrt(1/2) <= m < sqrt 2, s = (m - 1)/(m + 1) with m - 1 exact (Sterbenz). For e != 0 the result is at
    least 0.346 and the smaller term at most 0.347: below 10 u.
    """
    m, e = np.frexp(np.asarray(x, np.float64))
    low = m < _SQRT_HALF
    m = np.where(low, 2.0 * m, m)
    e = e - low.astype(np.float64)
    return e * _LN2_HI + (_two_atanh((m - 1.0) / (m + 1.0)) + e * _LN2_LO)


def sinh_small(x: Any) -> Floats:
    """sinh x for |x| <= SINH_LIMIT: terms of one sign; remainder below 0.01 u, roundings below 6 u."""
    return x * _horner(x * x, _SINH)
