"""One correct rounding, from the exact number to the format: to nearest, ties to even (IEEE 754-2019, 4.3.1).

Never through a wider float and never through a decimal string: rounding twice is off by one unit where the first
rounding lands on a tie (Figueroa, "When is double rounding innocuous?", SIGNUM 1995).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format


def round_rational(numerator: int, denominator: int, fmt: Format) -> float:
    """numerator / denominator rounded once to ``fmt``, as a Python float; +-inf beyond the format's range.

    Subnormals, ties and the overflow threshold max + ulp/2 are exact. Raises ZeroDivisionError for denominator 0.
    """
    if denominator == 0:
        raise ZeroDivisionError("a rational number has a denominator other than 0")
    sign = -1.0 if (numerator < 0) != (denominator < 0) else 1.0
    top, bottom = abs(numerator), abs(denominator)
    if top == 0:
        return 0.0
    # 2**exponent <= value < 2**(exponent + 1)
    exponent = top.bit_length() - bottom.bit_length()
    if (top << -exponent if exponent < 0 else top) < (bottom << exponent if exponent > 0 else bottom):
        exponent -= 1
    if exponent > fmt.emax:
        return sign * math.inf
    unit = max(exponent - fmt.precision + 1, fmt.lowest_exponent)
    if unit >= 0:
        bottom <<= unit
    else:
        top <<= -unit
    whole, rest = divmod(top, bottom)
    if 2 * rest > bottom or (2 * rest == bottom and whole & 1):
        whole += 1
    if whole.bit_length() + unit > fmt.emax + 1:
        return sign * math.inf
    return sign * math.ldexp(whole, unit)


def round_enclosures(enc: Enclosures, fmt: Format) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The truth rounded once to ``fmt`` (shape and dtype of the format), and where that is decided.

    An element is decided where every real number in its enclosure rounds to the same value; an enclosure of width 0
    always is. Infinite limits and NaN are decided. OUTSIDE and UNDECIDED elements come back as NaN, not decided.
    """
    low, high = _round_sum(enc, -1.0, fmt), _round_sum(enc, 1.0, fmt)
    # An enclosure around 0 rounds to both zeros: what is not known to be negative is not printed as -0.
    agreed = np.where(np.signbit(low) == np.signbit(high), low, np.abs(low))
    values = np.where(low == high, agreed, _round_sum(enc, 0.0, fmt))
    decided = low == high
    for kind, value in ((Kind.POS_INF, np.inf), (Kind.NEG_INF, -np.inf), (Kind.NAN, np.nan)):
        values = np.where(enc.kind == kind, value, values)
        decided = decided | (enc.kind == kind)
    unknown = np.isin(enc.kind, (Kind.OUTSIDE, Kind.UNDECIDED))
    values = np.where(unknown, np.nan, values)
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(fmt.dtype), decided & ~unknown


def _round_sum(enc: Enclosures, side: float, fmt: Format) -> NDArray[np.float64]:
    """hi + lo + side*err, times 2**exponent, rounded once to ``fmt``; float64 holds every result exactly.

    The scaled sum is split at the rounding position by exact float64 operations; what is left of it decides.
    """
    hi, rest = _two_sum(enc.hi, enc.lo)
    # With an error the last addition below may round, by at most 2**-105: the ends move outwards by more than that.
    err = np.where(enc.err > 0, enc.err * (1.0 + 2.0**-50) + 2.0**-104, 0.0)
    hi, extra = _two_sum(hi, side * err)
    hi, rest = _two_sum(hi, rest + extra)
    fraction, shift = np.frexp(hi)
    exponent = np.clip(enc.exponent + shift, -(2**40), 2**40)
    # hi is the float64 nearest to the sum: where it is a power of two, a negative rest is too small to matter in the
    # finer spacing below it, so the binade of hi serves.
    unit = np.maximum(exponent - fmt.precision, fmt.lowest_exponent)
    # In units in the last place; far below one unit nothing but the sign matters, far above it overflows anyway.
    scale = np.clip(exponent - unit, -1000, 1000).astype(np.int32)
    shift32 = np.clip(scale - shift, -1070, 1070).astype(np.int32)
    units, tail = np.ldexp(fraction, scale), np.ldexp(rest, shift32)
    whole = np.floor(units)
    part = units - whole
    # part + tail lies in (-1/2, 3/2) around the candidates whole and whole + 1; compare with 1/2 exactly.
    above = (part > 0.5) | ((part == 0.5) & (tail > 0))
    tie = (part == 0.5) & (tail == 0)
    # A tail can matter at part = 0 only by pulling below a whole number, which still rounds to it.
    whole = whole + above + (tie & (np.mod(whole, 2.0) == 1.0))
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.ldexp(whole, np.clip(unit, -1100, 2000).astype(np.int32))
        value = np.where(np.abs(value) > fmt.max_finite, np.copysign(np.inf, value), value)
    value = np.where(exponent > fmt.emax + 2, np.inf, np.abs(value))
    return np.where(hi == 0, 0.0, np.copysign(value, hi))


def _two_sum(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rounded sum and its exact error (Knuth, TAOCP 2, 4.2.2, theorem B)."""
    total = a + b
    virtual = total - a
    return total, (a - (total - virtual)) + (b - virtual)
