"""The normal distribution function over arrays of balls, from IEEE operations and a table that Arb proves.

GUARANTEE: that of ``array_balls``. What has to be known is Mills' ratio R(x) = Phi(-x)/phi(x) for x >= 0, which neither
underflows nor cancels: Phi(-x) = phi(x) R(x), and log Phi(-x) = -x^2/2 - log sqrt(2 pi) + log R(x). ``mills`` is good
to MILLS = 2**-47 of itself:

* Below 16, Taylor's polynomial of degree 13 about the middle c of an interval of length 1/4, |x - c| <= h = 1/8. From
  R(x) = int_0^oo exp(-x t - t^2/2) dt, (-1)^n R^(n) is positive and falls, so the remainder is at most
  |R^(14)(c - h)| h^14/14!, below 2**-60 R(x) (``_table`` asks Arb for it), and the moduli of the terms add up to
  R(c - h) <= R(x) e^(1/5), since (log R)' lies between -0.8 and 0. Horner's roundings are below 26 u of that (Higham,
  Accuracy and Stability of Numerical Algorithms, section 5.1), those of the coefficients and of x - c below 2 u.
* From 16 on, 14 terms of x R(x) ~ sum (-1)^k (2k - 1)!! x^-2k, which enclose it (DLMF 7.12.1): the first omitted one is
  at most 27!! 16^-28 < 2**-64, and the roundings stay below 8 u.

erf(x) = 1 - 2 Phi(-sqrt(2) x) cancels next to 0: below 3/4 it is the 16 terms of its Taylor series (DLMF 7.6.1), which
alternate and fall, so that what is left out is below the next one, 2**-62. Their moduli add up to at most 3/2 of their
sum; with Horner's roundings and those of the coefficients ERF = 2**-46 covers all.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial, prod
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import TINY, Ball
from conformance.oracle.numbers.array_kernels import LN2, Floats

FAR_OUT = 2.0**30
"""Beyond it log erfc(x) is -x^2 up to 2**-50 of itself."""
MILLS = 2.0**-47
ERF = 2.0**-46

_DEGREE = 13
_STEP = 0.25
_FAR = 16.0
_REMAINDER = 2.0**-60
_ODD = tuple((-1.0) ** k * prod(range(1, 2 * k, 2)) for k in range(_DEGREE + 1))
"""(-1)^k (2k - 1)!!: the last, 25!!, is below 2**53."""

_CENTRE = 0.75
_ODD_TERMS = tuple((-1.0) ** n / (factorial(n) * (2 * n + 1)) for n in range(16))
_TWO_PER_ROOT = 1.1283791670955126
"""2/sqrt(pi) = 1.12837916709551257390..."""
LOG_TWO_PER_ROOT = 0.12078223763524522
"""log(2/sqrt(pi)) = 0.12078223763524522234..."""
_ROOT_2 = Ball(1.4142135623730951, 2.0**-52)

_LOG_2 = Ball(LN2, 2.0**-54)

_PER_ROOT = Ball(0.3989422804014327, 2.0**-54)
"""1/sqrt(2 pi) = 0.39894228040143267794..."""
_LOG_ROOT = Ball(0.9189385332046727, 2.0**-53)
"""log sqrt(2 pi) = 0.91893853320467274178..."""
_LOG_ROOT_2_PER_PI = Ball(-0.22579135264472744, 2.0**-54)
"""log sqrt(2/pi) = -0.22579135264472743236..."""
_STEEPEST = 4.5
"""At least -R' on [-1, oo): it falls from 1 + R(-1) = 4.48."""
_UP = 1.0 + 2.0**-47
_STEPS = 6
"""Of Newton's iteration: the start is off by at most 0.4 where it is off most."""


@lru_cache(maxsize=1)
def _table() -> NDArray[np.float64]:
    """Taylor's coefficients, a row for each interval. Proved, where it is made, to leave no more than _REMAINDER."""
    rows = []
    with ctx.workprec(256):
        for at in range(int(_FAR / _STEP)):
            centre = arb((at + 0.5) * _STEP)
            rows.append([float(one.mid()) for one in _taylor(centre, _DEGREE + 1)])
            left = abs(_taylor(centre - arb(_STEP / 2), _DEGREE + 2)[-1]) * arb(_STEP / 2) ** (_DEGREE + 1)
            if not left < _ratio(centre + arb(_STEP / 2)) * _REMAINDER:
                raise ArithmeticError("Taylor's remainder is larger than what the kernel claims")
    return np.array(rows)


def _ratio(x: arb) -> arb:
    return (x / arb(2).sqrt()).erfc() * (x * x / 2).exp() * (arb.pi() / 2).sqrt()


def _taylor(at: arb, length: int) -> list[arb]:
    """R^(n)/n! for n < ``length``: R' = x R - 1, so (n + 1) r_(n+1) = at r_n + r_(n-1)."""
    found = [_ratio(at)]
    found.append(at * found[0] - 1)
    for n in range(1, length - 1):
        found.append((at * found[n] + found[n - 1]) / (n + 1))
    return found


def mills(x: Any) -> Floats:
    """R(x) for x >= 0, up to MILLS of it; see the module's docstring."""
    x = np.asarray(x, np.float64)
    table, near = _table(), x < _FAR
    place = (np.where(near, x, 0.0) / _STEP).astype(np.intp)
    t = np.where(near, x - (place + 0.5) * _STEP, 0.0)
    rows = table[place]
    total = rows[..., _DEGREE]
    for k in range(_DEGREE - 1, -1, -1):
        total = total * t + rows[..., k]
    far = np.where(near, _FAR, x)
    v = 1.0 / (far * far)
    series = np.full(x.shape, _ODD[_DEGREE])
    for coefficient in _ODD[_DEGREE - 1 :: -1]:
        series = series * v + coefficient
    return np.where(near, total, series / far)


def _mills(size: Ball) -> Ball:
    """R over the ball, whose midpoint is not negative. -R' = 1 - x R falls, and is below 1/(1 + x^2) for x >= 0, since
    R > x/(1 + x^2) (Gordon, Ann. Math. Statist. 12, 1941)."""
    mid = mills(np.nan_to_num(size.mid, nan=0.0))
    least = (size.mid - size.rad) * (1.0 - 2.0**-50)
    near = np.clip(least, 0.0, 1.0)
    slope = np.where(least >= 0, 1.0 / (1.0 + near * near), np.where(size.rad <= 1.0, _STEEPEST, np.inf))
    far = np.maximum(least, 1.0)  # Beyond 1 it is below 1/x^2, and x^2 may leave float64.
    rad = mid * MILLS + np.where(size.rad == 0, 0.0, np.where(least > 1, size.rad / far / far, size.rad * slope))
    return Ball(mid, np.where(np.isnan(size.mid), np.inf, rad * _UP))


def _half_square(size: Ball) -> Ball:
    return balls.scaled(balls.mul(size, size), 0.5)


def _tail(size: Ball) -> Ball:
    """Phi(-size), with a midpoint that keeps its sign where it underflows."""
    mid, rad = balls.mul(balls.mul(balls.exp(balls.neg(_half_square(size))), _mills(size)), _PER_ROOT)
    return Ball(np.maximum(mid, TINY), rad + TINY)


def _log_tail(size: Ball) -> Ball:
    """log Phi(-size)."""
    known = balls.add(balls.log(_mills(size)), balls.neg(_LOG_ROOT))
    return balls.add(known, balls.neg(_half_square(size)))


def _sides(a: Ball, low: Ball, high: Ball) -> Ball:
    left = a.mid < 0
    return Ball(np.where(left, low.mid, high.mid), np.where(left, low.rad, high.rad))


def ndtr(a: Ball) -> Ball:
    """Phi(a)."""
    tail = _tail(balls.absolute(a))
    return _sides(a, tail, balls.add(Ball(1.0, 0.0), balls.neg(tail)))


def log_ndtr(a: Ball) -> Ball:
    """log Phi(a)."""
    size = balls.absolute(a)
    return _sides(a, _log_tail(size), balls.log1p(balls.neg(_tail(size))))


def erf(a: Ball) -> Ball:
    """erf(a), whose derivative is at most 2/sqrt(pi) < 1.13."""
    size = np.abs(np.asarray(a.mid, np.float64))
    near = size < _CENTRE
    square = np.where(near, size * size, 0.0)
    total = np.full(size.shape, _ODD_TERMS[-1])
    for coefficient in _ODD_TERMS[-2::-1]:
        total = total * square + coefficient
    centre = np.where(near, size, 0.0) * total * _TWO_PER_ROOT
    outer = balls.scaled(_tail(balls.mul(Ball(np.where(near, _CENTRE, size), 0.0), _ROOT_2)), 2.0)
    outer = balls.add(Ball(1.0, 0.0), balls.neg(outer))
    mid = np.where(near, centre, outer.mid)
    rad = np.where(near, centre * ERF + TINY, outer.rad) + a.rad * 1.13
    return Ball(np.copysign(mid, a.mid), rad * _UP)


def log_erfc(a: Ball) -> Ball:
    """log erfc(a) = log Phi(-sqrt(2) a) + log 2; next to 0 by log1p of -erf."""
    near = np.abs(np.asarray(a.mid, np.float64)) < _CENTRE
    centre = balls.log1p(balls.neg(erf(Ball(np.where(near, a.mid, 0.0), np.where(near, a.rad, 0.0)))))
    outer = balls.add(log_ndtr(balls.neg(balls.mul(a, _ROOT_2))), _LOG_2)
    return Ball(np.where(near, centre.mid, outer.mid), np.where(near, centre.rad, outer.rad))


def log_erfcx(a: Ball) -> Ball:
    """log(e^(a^2) erfc(a)) = log R(sqrt(2) a) + log sqrt(2/pi); below 3/4 as it is written."""
    near = np.asarray(a.mid, np.float64) < _CENTRE
    inside = Ball(np.where(near, a.mid, 0.0), np.where(near, a.rad, 0.0))
    outside = balls.mul(Ball(np.where(near, 1.0, a.mid), np.where(near, 0.0, a.rad)), _ROOT_2)
    centre = balls.add(balls.mul(inside, inside), log_erfc(inside))
    outer = balls.add(balls.log(_mills(outside)), _LOG_ROOT_2_PER_PI)
    return Ball(np.where(near, centre.mid, outer.mid), np.where(near, centre.rad, outer.rad))


def log_erfcx_slope(x: Any) -> Floats:
    """Its derivative, about: an estimate."""
    x = np.asarray(x)
    far = x > 1e3  # There it is -1/x, to x^-2.
    return np.where(far, -1.0 / np.where(far, x, 1.0), 2.0 * x - erfc_hazard(x))


def erfc_hazard(x: Any) -> Floats:
    """2/sqrt(pi) exp(-x^2) / erfc(x), about: an estimate."""
    return np.asarray(hazard(-np.asarray(x) * _ROOT_2.mid) * _ROOT_2.mid)


def erf_slope(x: Any) -> Floats:
    """2/sqrt(pi) exp(-x^2), about: an estimate."""
    size = np.minimum(np.abs(x), 1e10)
    return np.asarray(np.exp(-size * size) * _TWO_PER_ROOT)


def density(x: Any) -> Floats:
    """phi(x), about: an estimate."""
    size = np.minimum(np.abs(x), 1e10)
    return np.asarray(np.exp(-0.5 * size * size) * _PER_ROOT.mid)


def hazard(x: Any) -> Floats:
    """phi(x)/Phi(x) = (log Phi)'(x), about: an estimate."""
    ratio = mills(np.nan_to_num(np.abs(x), nan=0.0))
    return np.where(x < 0, 1.0 / ratio, density(x) / (1.0 - density(x) * ratio))


def ndtri(y: Any) -> Floats:
    """Phi^-1(y) for 0 < y < 1, about: a candidate that others have to certify.

    Newton's iteration on log Phi, which is concave, from the left of the root: Phi(-t) <= exp(-t^2/2)/2 for t >= 0.
    """
    y = np.asarray(y, np.float64)
    log_p = np.log(np.minimum(y, 1.0 - y))
    size = np.sqrt(np.maximum(-2.0 * (log_p + np.log(2.0)), 0.0))
    for _ in range(_STEPS):
        ratio = mills(np.fmax(size, 0.0))
        size = size + (np.log(ratio) - 0.5 * size * size - _LOG_ROOT.mid - log_p) * ratio
    return np.where(y <= 0.5, -size, size)
