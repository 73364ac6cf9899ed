"""Balls in bulk: arrays of float64 midpoints with arrays of rigorous radii.

GUARANTEE: for every result (mid, rad) and every choice of real numbers in the argument balls, the exact value lies
within rad of mid. Where nothing can be said rad is inf or nan (also where a value overflows), never too small. The
bounds rest on IEEE arithmetic and on ``array_kernels`` alone. Radii are themselves computed in float64; a last factor
1 + 2**-48 makes up for their roundings, and TINY for whatever underflows on the way, so that nothing is known to better
than TINY except exact sums.

Shapes broadcast. A radius of an exact constant is the Python float 0.0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from conformance.oracle.numbers import array_kernels as kernels
from conformance.oracle.numbers.array_kernels import (
    HIGHEST,
    KERNEL,
    LN2,
    LOWEST,
    SINH_LIMIT,
    ULP,
    Floats,
)

TINY = 2.0**-990
_UP = 1.0 + 2.0**-48
_DOWN = 1.0 - 2.0**-48
_FAR = 350.0
"""Beyond this distance from 0 the slope of tanh is below 4 e**-700 < TINY / 4."""


class Ball(NamedTuple):
    """|exact - mid| <= rad. Arrays, or Python floats for constants."""

    mid: Any
    rad: Any


def _exact(ball: Ball) -> bool:
    return isinstance(ball.rad, float) and ball.rad == 0.0


def chosen(mask: Any, yes: Ball, no: Ball) -> Ball:
    """``yes`` where ``mask`` holds, else ``no``."""
    return Ball(np.where(mask, yes.mid, no.mid), np.where(mask, yes.rad, no.rad))


def neg(a: Ball) -> Ball:
    """-a."""
    return Ball(-a.mid, a.rad)


def add(a: Ball, b: Ball) -> Ball:
    """a + b. The rounding error is computed, not bounded (Knuth, TAOCP 2, 4.2.2, theorem B): exact sums stay exact."""
    total = a.mid + b.mid
    virtual = total - a.mid
    error = np.abs((a.mid - (total - virtual)) + (b.mid - virtual))
    for rad in (a.rad, b.rad):
        if not (isinstance(rad, float) and rad == 0.0):
            error = error + rad
    return Ball(total, error * _UP)


def mul(a: Ball, b: Ball) -> Ball:
    """a b. Where both are exact the rounding error is computed, not bounded (T. J. Dekker, Numer. Math. 18, 1971)."""
    mid = a.mid * b.mid
    if _exact(a) and _exact(b):
        return _exact_product(a.mid, b.mid, mid)
    rad = np.abs(mid) * ULP
    if not _exact(b):
        rad = rad + np.abs(a.mid) * b.rad
    if not _exact(a):
        rad = rad + np.abs(b.mid) * a.rad
        if not _exact(b):
            rad = rad + a.rad * b.rad
    rad = rad * _UP + TINY
    if np.any(mid == 0):  # a factor that is exactly 0 leaves nothing to round
        rad = np.where(_zero(a) | _zero(b), 0.0, rad)
    return Ball(mid, rad)


def _zero(a: Ball) -> Any:
    return (a.mid == 0) & (a.rad == 0)


def _exact_product(a: Any, b: Any, mid: Any) -> Ball:
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    error = np.abs(((a_high * b_high - mid) + a_high * b_low + a_low * b_high) + a_low * b_low)
    size = np.abs(mid)
    # Dekker's split neither overflows nor loses bits in this range; a zero factor is exact too.
    safe = (np.abs(a) < 2.0**480) & (np.abs(b) < 2.0**480) & (size > 2.0**-900)
    return Ball(mid, np.where(safe, error, np.where((a == 0) | (b == 0), 0.0, size * ULP * _UP + TINY)))


def _halves(a: Any) -> tuple[Any, Any]:
    """Two numbers of at most 26 bits with the sum ``a``."""
    big = 134217729.0 * a
    high = big - (big - a)
    return high, a - high


def scaled(a: Ball, factor: float) -> Ball:
    """``factor`` a, for a power of two: exact but for underflow."""
    return Ball(a.mid * factor, a.rad * abs(factor) + TINY)


def div(a: Ball, b: Ball) -> Ball:
    """a / b; unbounded where b may be 0."""
    least = (np.abs(b.mid) - b.rad) * _DOWN
    mid = a.mid / b.mid
    size = np.abs(mid)
    rad = (a.rad + size * b.rad + ULP * size * np.abs(b.mid) + TINY) / np.where(least > 0, least, 1.0)
    return Ball(mid, np.where(least > 0, rad * _UP + TINY, np.inf))


def sqrt(a: Ball) -> Ball:
    """The square root; unbounded where ``a`` may be 0 or less."""
    positive = a.mid - a.rad > 0
    mid = np.sqrt(np.where(positive, a.mid, 1.0))
    return Ball(mid, np.where(positive, (ULP * mid + a.rad / mid) * _UP + TINY, np.inf))


def absolute(a: Ball) -> Ball:
    """|a|."""
    return Ball(np.abs(a.mid), a.rad)


def _growth(rad: Any) -> Any:
    """At least e**rad - 1, for rad <= 1; inf beyond."""
    return np.where(rad <= 1.0, rad + rad * rad, np.inf)


def exp(a: Ball) -> Ball:
    """e**a. The added 8 TINY covers every value below e**LOWEST < 2**-995."""
    if _exact(a):
        mid = kernels.exp(np.clip(a.mid, LOWEST, HIGHEST))
        return Ball(mid, np.where(a.mid <= HIGHEST, mid * KERNEL * _UP + 8 * TINY, np.inf))
    top = a.mid + a.rad
    mid = kernels.exp(np.clip(np.nan_to_num(a.mid), LOWEST, HIGHEST))
    rad = mid * (KERNEL + _growth(a.rad)) * _UP + 8 * TINY
    return Ball(mid, np.where(top < LOWEST, 8 * TINY, np.where(top <= HIGHEST, rad, np.inf)))


def tail(mid: Any) -> Floats:
    """e**-|mid|, up to KERNEL or (where it is below e**LOWEST) up to TINY: shared by the functions that follow."""
    return kernels.exp(np.fmax(-np.abs(mid), LOWEST))  # fmax, so that a nan stays out of the kernel


def spread(tails: Floats) -> Floats:
    """log(1 + tail), up to 2 KERNEL (or TINY): the condition number of log(1 + t) is at most 1."""
    return kernels.log1p_unit(tails)


def sigmoid(a: Ball, tails: Floats) -> Ball:
    """1/(1 + e**-a), ``tails`` = tail(a.mid). Its logarithm has slope below 1."""
    mid = np.where(a.mid >= 0, 1.0, tails) / (1.0 + tails)
    if _exact(a):
        return _known(a, Ball(mid, mid * (2 * KERNEL) + TINY))
    settled = np.abs(a.mid) - a.rad > -LOWEST
    rad = mid * np.where(settled, 2 * KERNEL, 2 * KERNEL + _growth(a.rad)) * _UP + 2 * TINY
    return _known(a, Ball(mid, rad))


def softplus(a: Ball, spreads: Floats) -> Ball:
    """log(1 + e**a), ``spreads`` = spread(tail(a.mid)). Its slope and the slope of its logarithm are below 1, and it is
    below e**LOWEST where ``a`` is below LOWEST, as wide as that may be."""
    mid = np.maximum(a.mid, 0.0) + spreads
    rad = spreads * (2 * KERNEL) + mid * ULP
    if not _exact(a):
        near = np.minimum(a.rad, mid * _growth(a.rad))
        rad = np.where(a.mid + a.rad < LOWEST, 8 * TINY, rad + near)
    return _known(a, Ball(mid, rad * _UP + 2 * TINY))


def log_softplus(a: Ball, value: Ball) -> Ball:
    """log of ``value`` = softplus(a); below -40 it is a - t/2 + ..., t = e**a, which lies between a - t and a."""
    plain = log(value)
    far = a.mid + a.rad < -40.0
    bound = a.rad + 2.0**-57 + np.abs(a.mid) * 2.0**-60
    return Ball(np.where(far, a.mid, plain.mid), np.where(far, bound * _UP, plain.rad))


def log_sigmoid_slope(a: Ball, spreads: Floats) -> Ball:
    """log(sigmoid(a) sigmoid(-a)) = -(|a| + 2 log(1 + e**-|a|)), of slope below 1."""
    mid = np.abs(a.mid) + 2.0 * spreads
    rad = spreads * (4 * KERNEL) + mid * ULP + a.rad
    return _known(a, Ball(-mid, rad * _UP + 2 * TINY))


def tanh(a: Ball, tails: Floats) -> Ball:
    """tanh a: sinh/sqrt(1 + sinh^2) near 0, (1 - t)/(1 + t) with t = ``tails``^2 beyond; both good to 8 KERNEL."""
    size = np.abs(a.mid)
    small = kernels.sinh_small(np.minimum(size, SINH_LIMIT))
    t = tails * tails
    mid = np.copysign(np.where(size <= SINH_LIMIT, small / np.sqrt(1.0 + small * small), (1.0 - t) / (1.0 + t)), a.mid)
    rad = np.abs(mid) * (8 * KERNEL)
    if not _exact(a):
        rad = rad + np.where(size - a.rad > _FAR, TINY, a.rad)
    return _known(a, Ball(mid, np.where(rad == 0, 0.0, rad * _UP + 2 * TINY)))


def log_cosh(a: Ball, tails: Floats) -> Ball:
    """log cosh a: log(1 + sinh^2)/2 near 0, |a| + log(1 + ``tails``^2) - log 2 beyond. Slope below min(1, |a|)."""
    size = np.abs(a.mid)
    near = size <= SINH_LIMIT
    inner = np.where(near, kernels.sinh_small(np.minimum(size, SINH_LIMIT)), tails)
    log1p = kernels.log1p_unit(inner * inner)
    mid = np.where(near, 0.5 * log1p, size + (log1p - LN2))
    rad = log1p * (4 * KERNEL) + np.where(near, 0.0, (size + 2.0) * ULP)
    if not _exact(a):
        rad = rad + a.rad * np.minimum(1.0, size + a.rad)
    return _known(a, Ball(mid, rad * _UP + 2 * TINY))


def sech(a: Ball, tails: Floats) -> Ball:
    """1/cosh a = 2 t/(1 + t^2), t = ``tails``. Its logarithm has slope below 1."""
    mid = 2.0 * tails / (1.0 + tails * tails)
    if _exact(a):
        return _known(a, Ball(mid, mid * (4 * KERNEL) * _UP + 8 * TINY))
    settled = np.abs(a.mid) - a.rad > -LOWEST
    rad = mid * np.where(settled, 4 * KERNEL, 4 * KERNEL + _growth(a.rad)) * _UP + 8 * TINY
    return _known(a, Ball(mid, rad))


def log(a: Ball) -> Ball:
    """The logarithm; unbounded where ``a`` may be 0 or less."""
    least = (a.mid - a.rad) * _DOWN
    positive = (least > 0) & (a.mid < np.inf)
    mid = kernels.log(np.where(positive, a.mid, 1.0))
    rad = np.abs(mid) * KERNEL + a.rad / np.where(positive, least, 1.0)
    return Ball(mid, np.where(positive, rad * _UP + TINY * (np.abs(mid) > 0), np.inf))


def log1p(a: Ball) -> Ball:
    """log(1 + a) for a > -1; unbounded where that is not certain."""
    near = (a.mid > -0.29) & (a.mid < 0.41)
    whole = log(add(Ball(1.0, 0.0), a))
    least = (1.0 + a.mid - a.rad) * _DOWN
    mid = np.where(near, kernels.log1p_small(np.where(near, a.mid, 0.0)), whole.mid)
    rad = np.abs(mid) * KERNEL + a.rad / np.where(least > 0, least, 1.0)
    rad = np.where(near, np.where(least > 0, rad * _UP + TINY, np.inf), whole.rad)
    return Ball(mid, rad)


def sinh(a: Ball) -> Ball:
    """sinh a = (e**|a| - 1 + 1 - e**-|a|)/2, two terms of one sign; good to 4 KERNEL near 0. Its slope is cosh a."""
    size = absolute(a)
    sum_of_both = add(expm1(size), neg(expm1(neg(size))))
    return _known(a, Ball(np.copysign(0.5 * sum_of_both.mid, a.mid), 0.5 * sum_of_both.rad * _UP + TINY))


def asinh(a: Ball) -> Ball:
    """asinh a = +-log(1 + |a| + a^2/(1 + sqrt(1 + a^2))): terms of one sign, good to 4 KERNEL. Slope below 1 and
    1/|a|."""
    size = np.abs(a.mid)
    square = size * size
    rise = size + square / (1.0 + np.sqrt(1.0 + square))
    near = rise < 0.41
    mid = np.where(near, kernels.log1p_small(np.where(near, rise, 0.0)), kernels.log(np.where(near, 1.0, 1.0 + rise)))
    rad = mid * (4 * KERNEL) + a.rad / np.maximum(1.0, (size - a.rad) * _DOWN)
    return _known(a, Ball(np.copysign(mid, a.mid), np.where(square < 1e300, rad * _UP + TINY, np.inf)))


def expm1(a: Ball) -> Ball:
    """e**a - 1: 2 sinh(a/2) e**(a/2) near 0, where it is good to 4 KERNEL."""
    whole = add(exp(a), Ball(-1.0, 0.0))
    half = 0.5 * np.clip(np.nan_to_num(a.mid), -2 * SINH_LIMIT, 2 * SINH_LIMIT)
    near = np.abs(a.mid) <= 2 * SINH_LIMIT
    mid = 2.0 * kernels.sinh_small(half) * kernels.exp(half)
    rad = (np.abs(mid) * (4 * KERNEL) + 3.1 * _growth(a.rad)) * _UP + TINY
    return Ball(np.where(near, mid, whole.mid), np.where(near, rad, whole.rad))


def _known(argument: Ball, result: Ball) -> Ball:
    """``result``, unbounded where the argument is not a number."""
    unknown = np.isnan(argument.mid) if _exact(argument) else np.isnan(argument.mid) | np.isnan(argument.rad)
    return Ball(result.mid, np.where(unknown, np.inf, result.rad)) if unknown.any() else result
