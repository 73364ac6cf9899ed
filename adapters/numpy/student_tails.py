"""Student's density and both tails of pairs, and their logarithms, for any number of degrees of freedom.

Guarantee: relative error below 2**-60 (float64) or 2**-32 (float32) of the tail, of what lies between 0 and t, and of
either logarithm, at every finite argument; where a tail underflows its logarithm does not.

With w = df/(df + t^2) and B = B(df/2, 1/2), for t > 0 (DLMF 8.17.7 and 8.17.8, 15.8.1):

    P(0 < T < t) = t f(t) 2F1(1, (df + 1)/2; 3/2; 1 - w), a series of positive terms
    P(T > t) = f(t) (df + t^2)/(df t) 2F1(1, 1/2; df/2 + 1; -df/t^2)

The last is Gauss's continued fraction (DLMF 15.7.5), whose partial numerators are all positive, so that nothing
cancels; where df is large it is that of Mills' ratio (``tails.inverse_mills``). The sum serves below the smaller of
sqrt(df) and 4, or 3 in float32, whose pairs have fewer bits to lose to 1/2 less the sum; the fraction from there on.
"""

from __future__ import annotations

import functools
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.functions import PI, exp, log, log1p, log_of
from adapters.numpy.pairs import Pair, where
from adapters.numpy.tails import log_gamma, on

_JOIN = {"float32": 3.0, "float64": 4.0}
# Terms of the series summed as pairs, and all; levels of the continued fraction: they leave 2**-65 at 4, 2**-52 at 3.
_PAIRED, _TERMS, _LEVELS = 40, 120, 36


def cdf(z: Pair, df: float) -> Pair:
    """P(T <= z)."""
    below, outer, inner = shares(z.abs(), df)
    upper = where(z.hi < 0, outer, where(np.isnan(z.hi), z, 1.0 - outer))
    return where(inner, below.with_sign_of(z.hi) + 0.5, upper)


def log_cdf(z: Pair, df: float) -> Pair:
    """log P(T <= z); by log1p of the other tail from 0 on."""
    t, inner, outer = _sides(z.abs(), df)
    near = on(inner, lambda p: log(0.5 - _central(p, df)), t)
    tail = where(inner, near, where(outer, on(outer, lambda p: _log_tail(p, df), t), t.filled(-np.inf)))
    return where(z.hi < 0, tail, where(np.isnan(z.hi), z, log1p(-exp(tail))))


def shares(t: Pair, df: float) -> tuple[Pair, Pair, NDArray[np.bool_]]:
    """P(0 < T < t) where t is small, P(T > t) where it is not, and where it is, for t >= 0."""
    t, inner, outer = _sides(t, df)
    return on(inner, lambda p: _central(p, df), t), on(outer, lambda p: exp(_log_tail(p, df)), t), inner


def log_density(z: Pair, df: float) -> Pair:
    """log f(z)."""
    return z.like(log_peak(df)) - _growth(z.abs(), df) * z.like((Fraction(df) + 1) / 2)


@functools.cache
def log_peak(df: float) -> Fraction:
    """log f(0)."""
    nu = Fraction(df)
    return log_gamma((nu + 1) / 2) - log_gamma(nu / 2) - log_of(PI * nu) / 2


def _sides(t: Pair, df: float) -> tuple[Pair, NDArray[np.bool_], NDArray[np.bool_]]:
    """t, where the series serves, and where the fraction does: nowhere at infinity and where t is no number."""
    inner = t.hi < min(_JOIN[t.hi.dtype.name], df**0.5)
    return t, inner, ~inner & np.isfinite(t.hi)


def _growth(t: Pair, df: float) -> Pair:
    """log(1 + t^2/df), where t^2 may overflow."""
    far = t.hi > max(1.0, df**0.5)

    def outer(p: Pair) -> Pair:
        return log(p).scaled(2.0) - p.like(log_of(df)) + log1p((df / p) / p)

    return where(far, on(far, outer, t), on(~far, lambda p: log1p(p.square() / df), t))


def _central(t: Pair, df: float) -> Pair:
    """P(0 < T < t)."""
    w = t.square() / df
    x, top = w / (w + 1.0), (Fraction(df) + 1) / 2
    plain = np.ones_like(x.hi)
    for k in range(_TERMS, _PAIRED, -1):
        plain = 1 + x.hi * plain * x.hi.dtype.type(float((top + k) / (Fraction(3, 2) + k)))
    total = Pair.of(plain)
    for k in range(_PAIRED, -1, -1):
        total = (x * x.like((top + k) / (Fraction(3, 2) + k))) * total + 1.0
    return t * total * exp(log_density(t, df))


def _log_tail(t: Pair, df: float) -> Pair:
    """log P(T > t), where (df + t^2)/df is e to the power of ``_growth``."""
    part = (df / t) / t
    numerators = _numerators(df)
    v = Pair.of((1 + np.sqrt(1 + 4 * float(numerators[-1]) * part.hi)) / 2)
    for one in numerators[::-1]:
        v = part * t.like(one) / v + 1.0
    return t.like(log_peak(df)) - _growth(t, df) * t.like((Fraction(df) - 1) / 2) - log(t) - log(v)


@functools.cache
def _numerators(df: float) -> tuple[Fraction, ...]:
    """Those of 1/2F1(1, b; c; -z) = 1 + k_1 z/(1 + k_2 z/(1 + ...)), b = 1/2 and c = df/2 + 1."""
    b, c = Fraction(1, 2), Fraction(df) / 2 + 1
    found = []
    for m in range(_LEVELS // 2):
        found.append((b + m) * (c + m - 1) / ((c + 2 * m - 1) * (c + 2 * m)))
        found.append((m + 1) * (c - b + m) / ((c + 2 * m) * (c + 2 * m + 1)))
    return tuple(found)
