"""Student's distribution function over arrays of balls, from positive series and Mills' ratio.

GUARANTEE: that of ``array_balls``. With s = x^2/df, w = 1/(1 + s), v = 1 - w and a = df/2, for x > 0 (DLMF 8.17.8;
Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 28):

    P(T > x) = I_w(a, 1/2)/2 = w^a v^(1/2) / (2 a B(a, 1/2)) F(w),  F(w) = sum_n (a + 1/2)_n/(a + 1)_n w^n
    P(0 < T < x) = I_v(1/2, a)/2 = v^(1/2) w^a / B(a, 1/2) G(v),  G(v) = sum_n (a + 1/2)_n/(3/2)_n v^n

All terms are positive, so the roundings of a sum are at most its number of operations times an ulp of it (Higham,
Accuracy and Stability of Numerical Algorithms, section 4.2). F serves s >= 1/4, where w <= 0.8: its ratios are below
w, and what 224 terms leave out is below 0.81^224/0.19 < 2^-65 of the first. G serves s < 1/4, where v <= 0.2: from term
48 on its ratios are below (48.5 + a)/49.5 0.21 <= 0.35 for a <= 32, so that what 96 terms leave out is below
0.35^48/0.65 < 2^-72 of the sum. Beyond, where it rises too long before it falls, the tail is the density times Mills'
ratio (``array_student_mills``) where s < 1/4. The logarithm of the tail does not underflow with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, ctx

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers import array_student_mills as mills
from conformance.oracle.numbers import ball_student as student
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import Floats

_MOST_DF = 64.0
"""Beyond, G rises too long before it falls."""

_FAR_TERMS, _NEAR_TERMS = 224, 96
_SPLIT = 0.25
_ROUNDED = 2.0**-42
"""At least (4 operations a term + 8) ulp of a sum of up to 224 terms, and what the sums leave out."""
_STEEP_F = 30.0
"""At least F' <= sum n w^(n-1) = 1/(1 - w)^2 up to w = 0.817."""
_HALF = Ball(0.5, 0.0)


@lru_cache(maxsize=64)
def _constants(df: float) -> tuple[Ball, float]:
    """log B(df/2, 1/2), and a bound of G' up to v = 0.21 where G is asked for."""
    with ctx.workprec(128):
        a = arb(df) / 2
        exact = -student.log_peak(df) - arb(df).log() / 2
        mid = float(exact.mid())
        beta = Ball(mid, float(abs(exact - mid).upper()) * (1 + 2.0**-50) + 2.0**-1000)
        total, term = arb(0), arb(1)
        for n in range(400 if df <= _MOST_DF else 0):
            term *= (a + 0.5 + n) / (arb(1.5) + n) * arb("0.21")
            total += (n + 1) * term / arb("0.21")
    return beta, float(total.upper()) * 1.01


def log_beta(df: float) -> Ball:
    """log B(df/2, 1/2)."""
    return _constants(df)[0]


def power(df: float) -> Ball:
    """(df + 1)/2, minus which is the power of 1 + x^2/df in the density. df + 1 may be no float."""
    return balls.scaled(balls.add(Ball(df, 0.0), Ball(1.0, 0.0)), 0.5)


def _sum(rising: float, falling: float, at: Floats, terms: int) -> Floats:
    """sum_n (rising)_n/(falling)_n at^n, ``terms`` of them."""
    term, total = np.ones_like(at), np.ones_like(at)
    for n in range(terms - 1):
        term = term * ((rising + n) / (falling + n) * at)
        total = total + term
    return total


def _tails(size: Ball, df: float) -> tuple[Ball, Ball]:
    """P(T > size), and its logarithm. Unbounded where ``size`` may be 0."""
    beta, _ = _constants(df)
    s = balls.div(balls.mul(size, size), Ball(df, 0.0))
    grown = balls.log1p(s)  # -log w
    far = s.mid >= _SPLIT
    # log w^a v^(1/2) / B: what both sides have in common.
    root = balls.scaled(balls.add(balls.log(s), balls.neg(grown)), 0.5)
    common = balls.add(balls.add(root, balls.neg(balls.mul(Ball(0.5 * df, 0.0), grown))), balls.neg(beta))
    log_far = balls.add(balls.add(common, balls.neg(balls.log(Ball(df, 0.0)))), balls.log(_outer(s, far, df)))
    if df <= _MOST_DF:
        near_tail = balls.add(_HALF, balls.neg(balls.mul(balls.exp(common), _inner(s, far, df))))
        log_near = balls.log(near_tail)
    else:
        least = balls.add(balls.scaled(balls.log(Ball(df, 0.0)), 0.5), beta)
        log_density = balls.neg(balls.add(least, balls.mul(power(df), grown)))
        ratio = mills.ratio(size, df)
        near_tail, log_near = balls.mul(balls.exp(log_density), ratio), balls.add(log_density, balls.log(ratio))
    log_tail = balls.chosen(far, log_far, log_near)
    tail = balls.chosen(far, balls.exp(log_far), near_tail)
    # A midpoint that keeps its sign where it underflows.
    return Ball(np.maximum(tail.mid, balls.TINY), tail.rad + balls.TINY), log_tail


def _outer(s: Ball, far: Any, df: float) -> Ball:
    """F(w), where ``far``: elsewhere the point is put where it converges, and nobody looks at it."""
    w = balls.div(Ball(1.0, 0.0), balls.add(Ball(1.0, 0.0), s))
    own = np.where(far, w.mid, 0.5)
    f = _sum(0.5 * (df + 1.0), 0.5 * df + 1.0, np.clip(np.nan_to_num(own), 0.0, 0.81), _FAR_TERMS)
    return Ball(f, np.where(w.mid + w.rad < 0.817, f * _ROUNDED + _STEEP_F * w.rad, np.inf))


def _inner(s: Ball, far: Any, df: float) -> Ball:
    """G(v), where not ``far``."""
    v = balls.div(s, balls.add(Ball(1.0, 0.0), s))
    own = np.where(far, 0.1, v.mid)
    g = _sum(0.5 * (df + 1.0), 1.5, np.clip(np.nan_to_num(own), 0.0, 0.21), _NEAR_TERMS)
    return Ball(g, np.where(v.mid + v.rad < 0.21, g * _ROUNDED + _constants(df)[1] * v.rad, np.inf))


def _sided(x: Ball, below: Ball, above: Ball) -> Ball:
    """``below`` for x < 0, ``above`` for x > 0, unbounded where it may be either."""
    told = np.abs(x.mid) > x.rad
    picked = balls.chosen(np.asarray(x.mid) < 0, below, above)
    return Ball(picked.mid, np.where(told, picked.rad, np.inf))


def cdf(x: Ball, df: float) -> Ball:
    """P(T <= x)."""
    tail, _ = _tails(balls.absolute(x), df)
    return _sided(x, tail, balls.add(Ball(1.0, 0.0), balls.neg(tail)))


def log_cdf(x: Ball, df: float) -> Ball:
    """Its logarithm."""
    tail, log_tail = _tails(balls.absolute(x), df)
    return _sided(x, log_tail, balls.log1p(balls.neg(tail)))


def log_density(x: Any, df: float) -> Floats:
    """The logarithm of the density, about: an estimate."""
    return np.asarray(-log_beta(df).mid - 0.5 * np.log(df) - 0.5 * (df + 1.0) * np.log1p(x * x / df))
