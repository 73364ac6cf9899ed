"""Mills' ratio of Student's law of many degrees of freedom over arrays: the tail over the density.

GUARANTEE: for df > 64 and 0 <= t < sqrt(df)/2, ``mills`` is good to MILLS of M(t) = P(T > t)/f(t), f the density, which
neither underflows nor cancels. f' = -g f with g(t) = (df + 1) t/(df + t^2), so that M' = g M - 1.

* Below 16 Taylor's polynomial of degree 11 about the middle c of an interval of length 1/8, |t - c| <= h = 1/16, by

      (df + c^2) (n + 1) m_(n+1) = (df + 1) (c m_n + m_(n-1)) - 2 c n m_n - (n - 1) m_(n-1) - [df + c^2, 2 c, 1]_n ,

  which is M' (df + t^2) = (df + 1) t M - (df + t^2), power by power. What the polynomial leaves is at most the moduli
  of the terms up to degree 23 and Lagrange's remainder of degree 24, the same recurrence over the ball c +- h, where M
  lies between the tail at one end over the density at the other and the reverse. ``_table`` has Arb prove that this is
  below 2**-60 of M, that the moduli of the other terms are at most M(c)/8, and that the floats which the coefficients
  become are off by less than 2 u of M in all, u = 2**-53, the radii of Arb's balls included: so with Horner's roundings
  (Higham, Accuracy and Stability of Numerical Algorithms, section 5.1) what is found stays within 32 u of M(t).
* From 16 on (df > 1024 then), 16 terms of the expansion in ``ball_student``, whose ratios are at most 1/6 in size: by
  Horner's scheme the roundings of one level are a sixth of those in the next, 3 u in all, and 9 u with the factor in
  front. What is left out is below the first omitted term, 2**-60 of the first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.oracle.numbers import ball_student as student
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import Floats

MILLS = 2.0**-47

_DEGREE, _KNOWN = 11, 24
_STEP = 0.125
_FAR = 16.0
_TERMS = 16
_REMAINDER, _ROUNDED = 2.0**-60, 2.0**-52
_UP = 1.0 + 2.0**-47


@lru_cache(maxsize=64)
def _table(df: float) -> NDArray[np.float64]:
    """Taylor's coefficients, a row for each interval, and proof of what the module's docstring says of them."""
    rows, half, last = [], arb(_STEP / 2), min(_FAR, df**0.5 / 2 + _STEP)
    with ctx.workprec(256):
        for at in range(int(last / _STEP)):
            centre = arb((at + 0.5) * _STEP)
            terms = _taylor(centre, student.cdf(-centre, df) / student.density(centre, df), df, _KNOWN)
            moduli = [abs(term) * half**n for n, term in enumerate(terms)]
            left = sum(moduli[_DEGREE + 1 :], arb(0)) + _lagrange(centre, half, df)
            moved = sum(moduli[1 : _DEGREE + 1], arb(0))
            least = terms[0] - moved - left
            if not (left < least * _REMAINDER and moved < terms[0] / 8):
                raise ArithmeticError("Taylor's remainder is larger than what the kernel claims")
            row = [float(term.mid()) for term in terms[: _DEGREE + 1]]
            off = sum((abs(terms[n] - kept) * half**n for n, kept in enumerate(row)), arb(0))
            if not off < least * _ROUNDED:
                raise ArithmeticError("the coefficients are farther off than what the kernel claims")
            rows.append(row)
    return np.array(rows)


def _lagrange(centre: arb, half: arb, df: float) -> arb:
    """At least |M^(24)| h^24/24! on the whole interval."""
    near, far = centre - half, centre + half
    least, most = (student.cdf(-a, df) / student.density(b, df) for a, b in ((far, near), (near, far)))
    return abs(_taylor(near.union(far), least.union(most), df, _KNOWN + 1)[-1]) * half**_KNOWN


def _taylor(at: arb, start: arb, df: float, length: int) -> list[arb]:
    """M^(n)/n! for n < ``length`` where M is ``start``."""
    nu = arb(df)
    whole = nu + at * at
    inhomogeneous = (whole, 2 * at, arb(1))
    found, before = [start], arb(0)
    for n in range(length - 1):
        total = ((nu + 1) * at - 2 * n * at) * found[n] + (nu + 2 - n) * before
        if n < len(inhomogeneous):
            total -= inhomogeneous[n]
        before = found[n]
        found.append(total / (whole * (n + 1)))
    return found


@lru_cache(maxsize=64)
def _ratios(df: float) -> NDArray[np.float64]:
    """(n + 1/2)/(b - n - 1), b = (df - 1)/2, and proof of what the module's docstring says of them."""
    with ctx.workprec(128):
        b = (arb(df) - 1) / 2
        found = [(n + arb(0.5)) / (b - n - 1) for n in range(_TERMS)]
        most, left = 1 + arb(df) / _FAR**2, arb(1)
        for ratio in found:
            left *= ratio * most
            if not 0 < ratio * most < arb(1) / 6:
                raise ArithmeticError("the expansion falls more slowly than the kernel claims")
        if not left < _REMAINDER:
            raise ArithmeticError("the expansion leaves out more than the kernel claims")
    return np.array([float(ratio.mid()) for ratio in found])


def mills(t: Any, df: float) -> Floats:
    """M(t) for 0 <= t < sqrt(df)/2, up to MILLS of it; see the module's docstring."""
    t = np.asarray(t, np.float64)
    table, near = _table(df), t < _FAR
    place = np.minimum((np.where(near, t, 0.0) / _STEP).astype(np.intp), len(table) - 1)
    h = np.where(near, t - (place + 0.5) * _STEP, 0.0)
    rows = table[place]
    total = rows[..., _DEGREE]
    for k in range(_DEGREE - 1, -1, -1):
        total = total * h + rows[..., k]
    if near.all():
        return np.asarray(total)
    far = np.where(near, _FAR, t)
    k_far, series = 1.0 + (df / far) / far, np.ones(t.shape)
    for ratio in _ratios(df)[::-1]:
        series = 1.0 - k_far * ratio * series
    return np.where(near, total, (df + far * far) / far / (df - 1.0) * series)


def ratio(size: Ball, df: float) -> Ball:
    """M over the ball, whose points are positive. |M'| <= 1 there: 0 <= g M <= (df + 1)/(df - 1), since
    t P(T > t) is less than the integral of u f(u) beyond t, which is (df + t^2) f(t)/(df - 1)."""
    inside = (size.mid >= 0) & (size.mid < df**0.5 / 2)
    mid = mills(np.where(inside, size.mid, 0.0), df)
    return Ball(mid, np.where(inside & (size.rad <= size.mid), (mid * MILLS + size.rad) * _UP, np.inf))
