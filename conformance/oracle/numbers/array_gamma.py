"""The incomplete gamma functions over arrays of balls, from positive series and fractions.

GUARANTEE: that of ``array_balls``, for orders 0 < a <= MOST. With Q(a, x) = 1 - P(a, x) (DLMF 8.11.4, 8.9.2, 8.8.2):

    P(a, x) = x^a e^-x / Gamma(a + 1) S(x),  S(x) = sum_n x^n/(a + 1)_n
    Q(a, x) = x^(a - 1) e^-x / Gamma(a) M(x),  M_b(x) = x/(x + (1 - b)/(1 + 1/(x + (2 - b)/(1 + 2/(x + ...)))))
              for 0 < b <= 1, and M_(b + 1)(x) = 1 + b/x M_b(x)

S serves x < max(1, a), M the rest. All terms are positive: the roundings of either are at most its number of operations
times an ulp of it (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2); what S leaves out is below a
geometric series that Arb adds up at max(1, a); and the fraction, cut where what is left is x at least and infinite at
most, encloses M. S' < S, since n/(a + n) < 1 lies between their coefficients. (log M)' = 1 - (a - 1)/x - 1/M is at most
|a - 1|/x in size: for a <= 1 the fraction lies between x/(x + 1 - a) and 1, and for a > 1 and x > a - 1, where
t^(a - 1) e^-t is log-concave, M lies between 1 and x/(x + 1 - a). Arguments come with their logarithms, so that neither
tail underflows in its own.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np
import scipy
from flint import arb, ctx

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import TINY, Ball
from conformance.oracle.numbers.array_kernels import Floats
from conformance.oracle.numbers.array_pulls import enclosed
from conformance.oracle.numbers.arrays import Element, NotOffered

MOST = 64.0
"""Beyond, S rises too long before it falls."""

LOG_FAR_OUT = 70 * np.log(2.0)
LOG_TINY = -50.0
_NOTHING_LEFT = 40.0

_TERMS, _LEVELS = 128, 100
_ROUNDED = 2.0**-42
"""At least (4 operations a term + 8) ulp of up to 128 terms; the fraction and the recurrence take 8 * 100 + 3 * 64."""
_CLIPPED = 2.0**100
"""From 2**60 on M is 1 to 2**-53."""
_ONE = Ball(1.0, 0.0)


def refuse_beyond(a: float | Fraction) -> None:
    """NotOffered where the series is too short, or the order no float."""
    if Fraction(float(a)) != a:
        raise NotOffered("the incomplete gamma function of an order that is no float")
    if not 0.0 < a <= MOST:
        raise NotOffered("the incomplete gamma function of so large an order")


@lru_cache(maxsize=64)
def _constants(a: float) -> tuple[Element, Ball, Ball, float]:
    """a - 1, log Gamma(a), log Gamma(a + 1), and at least the share of S that the last terms make."""
    with ctx.workprec(128):
        order, edge = arb(a), arb(max(1.0, a))
        term = arb(1)
        for n in range(1, _TERMS):
            term *= edge / (order + n)
        ratio = edge / (order + _TERMS)
        left = float((term * ratio / (1 - ratio)).upper())
        power = enclosed(order - 1)
        one, more = (enclosed(value).ball for value in (order.lgamma(), (order + 1).lgamma()))
    assert left < 2.0**-50
    return power, one, more, left


def _near(x: Any, a: float) -> Any:
    return np.asarray(x) < max(1.0, a)


def _times(x: Ball, mid: Floats, rounded: Any, slope: Any) -> Ball:
    """The ball of a function with this value at the middle of x whose logarithm is no steeper than ``slope``."""
    stretch = np.where(np.equal(x.rad, 0.0), 0.0, x.rad * slope)
    rad = mid * rounded + np.where(stretch <= 0.5, 2.0 * mid * stretch, np.inf)
    return Ball(mid, np.where(np.isnan(x.mid) | np.isnan(rad), np.inf, rad) * (1 + 2.0**-40))


def _series(x: Ball, a: float) -> Ball:
    """S, where x < max(1, a)."""
    at = np.clip(np.nan_to_num(np.asarray(x.mid, np.float64)), 0.0, max(1.0, a))
    total = np.ones_like(at)
    for n in range(_TERMS - 1, 0, -1):
        total = 1.0 + at / (a + n) * total
    return _times(x, total, _ROUNDED + _constants(a)[3], 1.0)


def _fraction(x: Ball, a: float) -> Ball:
    """M, where x >= max(1, a)."""
    at = np.clip(np.nan_to_num(np.asarray(x.mid, np.float64), nan=1.0), max(1.0, a), _CLIPPED)
    steps = ceil(a) - 1
    b = a - steps
    low, high = at, np.full_like(at, np.inf)
    for k in range(_LEVELS, 0, -1):
        low, high = (at + (k - b) / (1.0 + k / inner) for inner in (low, high))
    low, high = np.minimum(at / low, at / high), np.maximum(at / low, at / high)
    for step in range(steps):
        low, high = 1.0 + (b + step) / at * low, 1.0 + (b + step) / at * high
    mid = 0.5 * (low + high)
    least = (np.asarray(x.mid) - x.rad) * (1 - 2.0**-40)
    slope = np.where(least > max(a - 1.0, 0.0), abs(a - 1.0) / np.maximum(least, TINY), np.inf)
    return _times(x, mid, _ROUNDED + (high - low) / mid, slope)


def _log_below(x: Ball, log_x: Ball, a: float) -> Ball:
    """log P where it is given by S."""
    power = balls.add(balls.mul(Ball(a, 0.0), log_x), balls.neg(_constants(a)[2]))
    return balls.add(balls.add(power, balls.neg(x)), balls.log(_series(x, a)))


def _log_above(x: Ball, log_x: Ball, a: float) -> Ball:
    """log Q where it is given by M."""
    power = balls.add(balls.mul(_constants(a)[0].ball, log_x), balls.neg(_constants(a)[1]))
    return balls.add(balls.add(power, balls.log(_fraction(x, a))), balls.neg(x))


def _shares(x: Ball, log_x: Ball, a: float) -> tuple[Ball, Ball]:
    """P where it is given by S, and Q where it is given by M. Where x is beyond e^40, Q is below TINY."""
    beyond = np.asarray(log_x.mid) - log_x.rad > _NOTHING_LEFT
    above = balls.exp(_log_above(x, log_x, a))
    return balls.exp(_log_below(x, log_x, a)), balls.chosen(beyond, Ball(0.0, TINY), above)


def _signed(ball: Ball) -> Ball:
    """With a midpoint that keeps its sign where it underflows."""
    return Ball(np.maximum(ball.mid, TINY), ball.rad + TINY)


def lower(x: Ball, log_x: Ball, a: float) -> Ball:
    """P(a, x)."""
    below, above = _shares(x, log_x, a)
    return _signed(balls.chosen(_near(x.mid, a), below, balls.add(_ONE, balls.neg(above))))


def upper(x: Ball, log_x: Ball, a: float) -> Ball:
    """Q(a, x)."""
    below, above = _shares(x, log_x, a)
    return _signed(balls.chosen(_near(x.mid, a), balls.add(_ONE, balls.neg(below)), above))


def log_lower(x: Ball, log_x: Ball, a: float) -> Ball:
    """log P(a, x)."""
    above = balls.log1p(balls.neg(_shares(x, log_x, a)[1]))
    return balls.chosen(_near(x.mid, a), _log_below(x, log_x, a), above)


def log_upper(x: Ball, log_x: Ball, a: float) -> Ball:
    """log Q(a, x)."""
    below = balls.log1p(balls.neg(_shares(x, log_x, a)[0]))
    return balls.chosen(_near(x.mid, a), below, _log_above(x, log_x, a))


def log_density(log_x: Element, x: Element, a: float) -> Element:
    """The logarithm of the derivative of P."""
    power, log_gamma = _constants(a)[:2]
    return power * log_x - x - Element(lambda: log_gamma)


def _growth(x: Any, log_x: Ball, a: float, log_share: Ball) -> Floats:
    logs = a * np.asarray(log_x.mid) - np.asarray(x) - _constants(a)[1].mid - log_share.mid
    return np.nan_to_num(np.exp(np.minimum(logs, 700.0)))


def growth_of_lower(x: Any, log_x: Ball, a: float) -> Floats:
    """d log P / d log x, about: an estimate."""
    return _growth(x, log_x, a, log_lower(Ball(x, 0.0), log_x, a))


def growth_of_upper(x: Any, log_x: Ball, a: float) -> Floats:
    """d log Q / d log x, about: an estimate. Far out, where logarithms would cancel, by -x/M, or as much as counts."""
    far = -np.minimum(x, 2.0**800) / _fraction(Ball(x, 0.0), a).mid
    return np.where(_near(x, a), -_growth(x, log_x, a, log_upper(Ball(x, 0.0), log_x, a)), far)


def log_lower_inverse(q: Any, a: float) -> Floats:
    """The logarithm of the x with P(a, x) = q, about; where x underflows by the first term of S."""
    q = np.asarray(q, np.float64)
    with np.errstate(divide="ignore"):
        found, first = np.log(scipy.special.gammaincinv(a, q)), (np.log(q) + _constants(a)[2].mid) / a
    return np.where(first < -600.0, first, found)


def log_upper_inverse(q: Any, a: float) -> Floats:
    """The logarithm of the x with Q(a, x) = q, about."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(scipy.special.gammainccinv(a, q)))
