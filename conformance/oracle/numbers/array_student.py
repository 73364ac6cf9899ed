"""Student's distribution function over arrays of balls, from positive series.

GUARANTEE: that of ``array_balls``. With s = x^2/df, w = 1/(1 + s), v = 1 - w and a = df/2, for x > 0 (DLMF 8.17.8;
Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 28):

    P(T > x) = I_w(a, 1/2)/2 = w^a v^(1/2) / (2 a B(a, 1/2)) F(w),  F(w) = sum_n (a + 1/2)_n/(a + 1)_n w^n
    P(0 < T < x) = I_v(1/2, a)/2 = v^(1/2) w^a / B(a, 1/2) G(v),  G(v) = sum_n (a + 1/2)_n/(3/2)_n v^n

All terms are positive, so the roundings of a sum are at most its number of operations times an ulp of it (Higham,
Accuracy and Stability of Numerical Algorithms, section 4.2). F serves s >= 1/4, where w <= 0.8: its ratios are below
w, and what 224 terms leave out is below 0.81^224/0.19 < 2^-65 of the first. G serves s < 1/4, where v <= 0.2: from term
48 on its ratios are below (48.5 + a)/49.5 0.21 <= 0.35 for a <= 32, so that what 96 terms leave out is below
0.35^48/0.65 < 2^-72 of the sum. The logarithm of the tail does not underflow with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, ctx

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import Floats

MOST_DF = 64.0
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
    """log B(df/2, 1/2), and a bound of G' up to v = 0.21."""
    with ctx.workprec(128):
        a = arb(df) / 2
        exact = a.lgamma() + arb(0.5).lgamma() - (a + 0.5).lgamma()
        mid = float(exact.mid())
        beta = Ball(mid, float(abs(exact - mid).upper()) * (1 + 2.0**-50) + 2.0**-1000)
        total, term = arb(0), arb(1)
        for n in range(400):
            term *= (a + 0.5 + n) / (arb(1.5) + n) * arb("0.21")
            total += (n + 1) * term / arb("0.21")
    return beta, float(total.upper()) * 1.01


def log_beta(df: float) -> Ball:
    """log B(df/2, 1/2)."""
    return _constants(df)[0]


def _sum(rising: float, falling: float, at: Floats, terms: int) -> Floats:
    """sum_n (rising)_n/(falling)_n at^n, ``terms`` of them."""
    term, total = np.ones_like(at), np.ones_like(at)
    for n in range(terms - 1):
        term = term * ((rising + n) / (falling + n) * at)
        total = total + term
    return total


def _tails(size: Ball, df: float) -> tuple[Ball, Ball]:
    """P(T > size), and its logarithm. Unbounded where ``size`` may be 0."""
    beta, steep_g = _constants(df)
    a = 0.5 * df
    s = balls.div(balls.mul(size, size), Ball(df, 0.0))
    grown = balls.log1p(s)  # -log w
    w = balls.div(Ball(1.0, 0.0), balls.add(Ball(1.0, 0.0), s))
    v = balls.div(s, balls.add(Ball(1.0, 0.0), s))
    far = s.mid >= _SPLIT
    # Either point of the other series is put where it converges; neither is looked at there.
    own_w, own_v = np.where(far, w.mid, 0.5), np.where(far, 0.1, v.mid)
    f = _sum(a + 0.5, a + 1.0, np.clip(np.nan_to_num(own_w), 0.0, 0.81), _FAR_TERMS)
    g = _sum(a + 0.5, 1.5, np.clip(np.nan_to_num(own_v), 0.0, 0.21), _NEAR_TERMS)
    narrow_w, narrow_v = w.mid + w.rad < 0.817, v.mid + v.rad < 0.21
    f_ball = Ball(f, np.where(narrow_w, f * _ROUNDED + _STEEP_F * w.rad, np.inf))
    g_ball = Ball(g, np.where(narrow_v, g * _ROUNDED + steep_g * v.rad, np.inf))
    # log w^a v^(1/2) / B: what both have in common.
    root = balls.scaled(balls.add(balls.log(s), balls.neg(grown)), 0.5)
    common = balls.add(balls.add(root, balls.neg(balls.mul(Ball(a, 0.0), grown))), balls.neg(beta))
    log_far = balls.add(balls.add(common, balls.neg(balls.log(Ball(df, 0.0)))), balls.log(f_ball))
    inner = balls.mul(balls.exp(common), g_ball)
    near_tail = balls.add(_HALF, balls.neg(inner))
    log_tail = balls.chosen(far, log_far, balls.log(near_tail))
    tail = balls.chosen(far, balls.exp(log_far), near_tail)
    # A midpoint that keeps its sign where it underflows.
    return Ball(np.maximum(tail.mid, balls.TINY), tail.rad + balls.TINY), log_tail


def _sided(x: Ball, below: Ball, above: Ball) -> Ball:
    """``below`` for x < 0, ``above`` for x > 0, unbounded where it may be either."""
    told = np.abs(x.mid) > x.rad
    picked = balls.chosen(np.asarray(x.mid) < 0, below, above)
    return Ball(picked.mid, np.where(told, picked.rad, np.inf))


def cdf(x: Ball, df: float) -> Ball:
    """P(T <= x), for df <= MOST_DF."""
    tail, _ = _tails(balls.absolute(x), df)
    return _sided(x, tail, balls.add(Ball(1.0, 0.0), balls.neg(tail)))


def log_cdf(x: Ball, df: float) -> Ball:
    """Its logarithm."""
    tail, log_tail = _tails(balls.absolute(x), df)
    return _sided(x, log_tail, balls.log1p(balls.neg(tail)))


def log_density(x: Any, df: float) -> Floats:
    """The logarithm of the density, about: an estimate."""
    return np.asarray(-log_beta(df).mid - 0.5 * np.log(df) - 0.5 * (df + 1.0) * np.log1p(x * x / df))
