"""Elementary functions of pairs: exp, expm1, log, log1p, and what the transforms need of them.

Guarantee: relative error below 2**-2p+8 for results away from underflow (p = 24 for float32, 53 for float64), the
functions' own zeros included: expm1 and log1p near 0, log near 1. Infinite and out-of-domain inputs give the limit or
nan, as in IEEE 754 section 9.2. Rounded to the dtype, a result is within 0.5 ulp and a few thousandths.

Method: exp by reduction modulo log 2 and its Taylor series; log by the exponent and the series of 2 artanh(s). Terms
that are small enough are summed in plain floats.
"""

from __future__ import annotations

import functools
from decimal import Context, Decimal
from fractions import Fraction
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.pairs import Floats, Pair, Word, fast_two_sum, halves_of, two_product, two_sum, where

_SIXTY_DIGITS = Context(prec=60)


def log_of(value: Fraction | float) -> Fraction:
    """log(value) of a positive number to 60 digits."""
    return Fraction(_SIXTY_DIGITS.ln(_decimal(value)))


def exp_of(value: Fraction | float) -> Fraction:
    """e**value to 60 digits."""
    return Fraction(_SIXTY_DIGITS.exp(_decimal(value)))


def root_of(value: Fraction | float) -> Fraction:
    """The square root to 60 digits."""
    return Fraction(_SIXTY_DIGITS.sqrt(_decimal(value)))


def exponent_of(value: Fraction) -> int:
    """The e with 2**(e - 1) <= value < 2**e of a positive number, also of one that no float holds."""
    found = value.numerator.bit_length() - value.denominator.bit_length()
    return found + 1 if value >= Fraction(2) ** found else found


def _decimal(value: Fraction | float) -> Decimal:
    exact = Fraction(value)
    return _SIXTY_DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))


# 60 digits: half of them are what a pair of float64 holds, the rest leaves room for sums.
PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494459")
EULER_GAMMA = Fraction("0.57721566490153286060651209008240243104215933593992359880576723")
LOG2 = log_of(2)
HALF_LOG_2PI = log_of(2 * PI) / 2
HALF_ROOT = root_of(Fraction(1, 2))


def cos_pi_of(value: Fraction) -> Fraction:
    """cos(pi value) to 60 digits, by its series between 0 and pi/2."""
    turns = abs(value) % 2
    angle, sign = (2 - turns if turns > 1 else turns), 1
    if angle > Fraction(1, 2):
        angle, sign = 1 - angle, -1
    square = (PI * angle) ** 2
    term = total = Fraction(1)
    for n in range(1, 30):
        term = -term * square / ((2 * n - 1) * 2 * n)
        total += term
    # The exact sum has thousands of digits, and an error in the 60th.
    return sign * Fraction(round(total * 10**62), 10**62)


# Per dtype: (terms summed as pairs, all terms) of the two series; chosen so that what is left is below 2**-2p.
_EXP_TERMS = {"float32": (7, 13), "float64": (14, 23)}
_LOG_TERMS = {"float32": (5, 9), "float64": (10, 20)}


@functools.cache
def _exp_coefficients(name: str) -> tuple[list[Pair], list[Any]]:
    paired, total = _EXP_TERMS[name]
    pairs = [Pair.constant(Fraction(1, factorial(n)), name) for n in range(2, paired)]
    return pairs, [np.dtype(name).type(1 / factorial(n)) for n in range(paired, total)]


@functools.cache
def _log_coefficients(name: str) -> tuple[list[Pair], list[Any]]:
    paired, total = _LOG_TERMS[name]
    pairs = [Pair.constant(Fraction(1, 2 * n + 1), name) for n in range(1, paired)]
    return pairs, [np.dtype(name).type(1 / (2 * n + 1)) for n in range(paired, total)]


@functools.cache
def _log2_words(name: str) -> tuple[Any, Any, Any]:
    """log 2 in three words; the first two times any binary exponent of the format are exact."""
    kind = np.dtype(name).type
    bits = 13 if name == "float32" else 41
    first = Fraction(int(LOG2 * 2**bits), 2**bits)
    second = Fraction(int((LOG2 - first) * 2 ** (2 * bits)), 2 ** (2 * bits))
    return kind(float(first)), kind(float(second)), kind(float(LOG2 - first - second))


def _horner(x: Pair, coefficients: tuple[list[Pair], list[Any]]) -> Pair:
    """The polynomial with these coefficients, lowest first: the leading ones as pairs, the others as plain floats."""
    pairs, plain = coefficients
    tail = np.full_like(x.hi, plain[-1])
    for c in reversed(plain[:-1]):
        tail = tail * x.hi + c
    hi, lo = tail, np.zeros_like(tail)
    halves = halves_of(x.hi)
    for pair in reversed(pairs):
        p, e = two_product(hi, x.hi, halves)
        e = e + (hi * x.lo + lo * x.hi)
        s, f = two_sum(pair.hi, p)
        hi, lo = fast_two_sum(s, f + (e + pair.lo))
    return Pair(hi, lo)


def _reduced(x: Pair) -> tuple[Pair, Floats]:
    """expm1(r) and k, where x = r + k log 2 and |r| <= log(2)/2 and a little."""
    info, name = np.finfo(x.hi.dtype), x.hi.dtype.name
    # Beyond these everything over- or underflows, and k stays small enough for exact products.
    safe = np.clip(x.hi, (info.minexp - info.nmant - 4) * 0.7, (info.maxexp + 4) * 0.7).astype(x.hi.dtype)
    safe = np.where(np.isnan(safe), x.hi.dtype.type(0), safe)
    k = np.rint(safe * x.hi.dtype.type(1 / float(LOG2)))
    first, second, third = _log2_words(name)
    s, e = two_sum(safe - k * first, -(k * second))
    # s is exact up to e; the third word and the pair's own second word are below its last place.
    p, f = two_product(k, np.full_like(k, third))
    low = np.where(safe == x.hi, x.lo, x.hi.dtype.type(0))
    s, g = two_sum(s, low - p)
    r = Pair(*fast_two_sum(s, e + g - f))
    series = _horner(r, _exp_coefficients(name))
    return r + r.square() * series, k


def exp(x: Pair) -> Pair:
    """e**x."""
    if isinstance(x, Word):
        return Word(np.exp(x.hi))
    core, k = _reduced(x)
    found = _scaled_up(core + 1.0, k.astype(np.int32))
    zero = x.hi.dtype.type(0)
    special = ~np.isfinite(x.hi)
    limit = np.where(x.hi < 0, zero, x.hi)
    return Pair(np.where(special, limit, found.hi), np.where(special, zero, found.lo))


def _scaled_up(mantissa: Pair, exponent: NDArray[np.int32]) -> Pair:
    """The mantissa times 2**exponent, rounded once where that is subnormal."""
    info = np.finfo(mantissa.hi.dtype)
    hi = np.ldexp(mantissa.hi, exponent)
    # The first rounding may have made a tie of what was none; the trailing word knows.
    lost = mantissa.hi - np.ldexp(hi, -exponent)
    tie = np.abs(lost) == np.ldexp(hi.dtype.type(0.5), info.minexp - info.nmant - exponent)
    undone = (exponent <= info.minexp) & tie & (lost * mantissa.lo > 0)
    hi = np.where(undone, hi + np.copysign(info.smallest_subnormal, lost), hi)
    # Next to underflow a trailing word would be rounded, and could make a tie in the next sum.
    kept = np.isfinite(hi) & (hi > info.tiny * hi.dtype.type(2.0 ** (info.nmant + 4)))
    return Pair(hi, np.where(kept, np.ldexp(mantissa.lo, exponent), hi.dtype.type(0)))


def expm1(x: Pair) -> Pair:
    """e**x - 1, to full relative accuracy near 0."""
    if isinstance(x, Word):
        return Word(np.expm1(x.hi))
    core, k = _reduced(x)
    result = where((k == 0) & np.isfinite(x.hi), core, exp(x) - 1.0)
    return where(negligible(x), x, result)


def log(x: Pair) -> Pair:
    """The natural logarithm: -inf at 0, nan below."""
    if isinstance(x, Word):
        return Word(np.log(x.hi))
    mantissa, exponent = np.frexp(x.hi)
    low = mantissa < float(HALF_ROOT)
    exponent = exponent - low
    scaled = Pair(np.ldexp(x.hi, -exponent), np.ldexp(x.lo, -exponent))
    result = _log_series(scaled - 1.0, scaled + 1.0) + _times_log2(exponent.astype(x.hi.dtype))
    return _log_limits(x.hi, result)


def log1p(x: Pair) -> Pair:
    """log(1 + x), to full relative accuracy near 0."""
    if isinstance(x, Word):
        return Word(np.log1p(x.hi))
    moved = x + 1.0
    near = (moved.hi > 0.7) & (moved.hi < 1.42)
    result = where(near, _log_series(x, x + 2.0), log(moved))
    return where(negligible(x), x, result)


def _log_series(numerator: Pair, denominator: Pair) -> Pair:
    """2 artanh(s) for s = numerator/denominator, |s| < 0.18."""
    s = numerator / denominator
    square = s.square()
    series = _horner(square, _log_coefficients(s.hi.dtype.name))
    return (s + s * square * series).scaled(2.0)


def _times_log2(k: Floats) -> Pair:
    first, second, third = _log2_words(k.dtype.name)
    return Pair(*fast_two_sum(k * first, k * second)) + Pair.of(k * third)


def _log_limits(x: Floats, result: Pair) -> Pair:
    kind = x.dtype.type
    special = ~((x > 0) & (x < np.inf))
    limit = np.where(x == 0, kind(-np.inf), np.where(x > 0, x, kind(np.nan)))
    return Pair(np.where(special, limit, result.hi), np.where(special, kind(0), result.lo))


def log1m_exp(x: Pair) -> Pair:
    """log(1 - e**x) for x <= 0."""
    return where(x.hi > -0.7, log(-expm1(x)), log1p(-exp(x)))


def sqrt(x: Pair) -> Pair:
    """The square root: nan below 0."""
    if isinstance(x, Word):
        return Word(np.sqrt(x.hi))
    _, exponent = np.frexp(x.hi)
    half = exponent // 2
    whole = Pair(np.ldexp(x.hi, -2 * half), np.ldexp(x.lo, -2 * half))
    root = np.sqrt(whole.hi)
    p, e = two_product(root, root)
    good = np.isfinite(root) & (root > 0)
    rest = (((whole.hi - p) - e) + whole.lo) / np.where(good, root, root.dtype.type(1)) / 2
    hi, lo = fast_two_sum(root, np.where(good, rest, root.dtype.type(0)))
    return Pair(np.ldexp(hi, half), np.where(good, np.ldexp(lo, half), root.dtype.type(0)))


def reciprocal(x: Pair) -> Pair:
    """1/x, rounded once where that is subnormal."""
    if isinstance(x, Word):
        return Word(1.0 / x.hi)
    mantissa, exponent = np.frexp(x.hi)
    found = _scaled_up(1.0 / Pair(mantissa, np.ldexp(x.lo, -exponent)), -exponent)
    limit = 1.0 / x.hi
    special = ~np.isfinite(x.hi) | (x.hi == 0)
    return Pair(np.where(special, limit, found.hi), np.where(special, limit.dtype.type(0), found.lo))


def small_product(x: Pair, factor: Fraction) -> Pair:
    """x times a constant for |x| < 1, as accurate as pairs are also where x is too small to have a trailing word."""
    up = 2.0**60
    return (x.scaled(up) * x.like(factor)).scaled(1 / up)


def negligible(x: Pair) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where x + x**2 is x to the last bit of a pair: the series' products would underflow there."""
    answers: NDArray[np.bool_] = np.abs(x.hi) < 2.0 ** (-2 * np.finfo(x.hi.dtype).nmant - 4)
    return answers


def sigmoid(x: Pair) -> Pair:
    """1/(1 + e**-x), its small values to full relative accuracy."""
    small = exp(-x.abs())
    return where(x.hi < 0, small, x.like(1.0)) / (small + 1.0)


def softplus(x: Pair) -> Pair:
    """log(1 + e**x)."""
    zero = x.like(0.0)
    return where(x.hi > 0, x, zero) + log1p(exp(-x.abs()))


def softplus_inverse(y: Pair) -> Pair:
    """log(e**y - 1)."""
    return where(y.hi < 1.0, log(expm1(y)), y + log1p(-exp(-y)))


def tanh(x: Pair) -> Pair:
    e = expm1(x.abs().scaled(-2.0))
    result = ((-e) / (e + 2.0)).with_sign_of(x.hi)
    return where(negligible(x), x, result)


def atanh(y: Pair) -> Pair:
    magnitude = y.abs()
    result = log1p(magnitude.scaled(2.0) / (1.0 - magnitude)).scaled(0.5).with_sign_of(y.hi)
    return where(negligible(y), y, result)


def log_sech_squared(x: Pair) -> Pair:
    """log(1 - tanh(x)**2) = -2 log cosh x.

    Below 1 as -log1p(sinh(x)**2), which has no cancellation at 0; above as 2 (log 2 - |x| - log1p(e**(-2|x|))).
    """
    magnitude = x.abs()
    e = expm1(where(magnitude.hi < 2.0, magnitude, x.like(2.0)))
    sinh = (e + e / (e + 1.0)).scaled(0.5)
    near = -log1p(sinh.square())
    far = ((magnitude.like(LOG2) - magnitude) - log1p(exp(magnitude.scaled(-2.0)))).scaled(2.0)
    return where(magnitude.hi < 1.0, near, far)


def logit(y: Pair) -> Pair:
    """log(y/(1 - y)). At 1/2 the second words cover what cancels: y - 1/2 is either 0 or a whole ulp away."""
    return log(y) - log(1.0 - y)
