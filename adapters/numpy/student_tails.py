"""Student's density and both tails of pairs, and their logarithms, for any number of degrees of freedom.

Guarantee: relative error below 2**-60 (float64) or 2**-32 (float32) of the tail, of what lies between 0 and t, and of
either logarithm, at every finite argument and for every df > 0 of the dtype; where a tail underflows its logarithm does
not.

With w = df/(df + t^2) and B = B(df/2, 1/2), for t > 0 (DLMF 8.17.7 and 8.17.8, 15.8.1):

    P(0 < T < t) = t f(t) 2F1(1, (df + 1)/2; 3/2; 1 - w), a series of positive terms
    P(T > t) = f(t) (df + t^2)/(df t) 2F1(1, 1/2; df/2 + 1; -df/t^2)

The last is Gauss's continued fraction (DLMF 15.7.5), whose partial numerators are all positive, so that nothing
cancels; where df is large it is that of Mills' ratio (``tails.inverse_mills``). The sum serves below the smaller of
sqrt(df) and 4, or 3 in float32, whose pairs have fewer bits to lose to 1/2 less the sum; the fraction from there on.

Of many degrees of freedom t^2/df and the numerators are so small that the second word of a pair would underflow, and
what multiplies them so large that this would be seen: a power of two goes from the one to the other (``_size``).

``exponent``: t is handed over as z, t = z 2**exponent, where t itself may overflow and z is no subnormal. Of a law of
small scale the tails out there are no nearer to 0 than those of any other.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.functions import HALF_LOG_2PI, LOG2, PI, exp, log, log1p, log_of
from adapters.numpy.pairs import Pair, where
from adapters.numpy.tails import log_gamma, on

_JOIN = {"float32": 3.0, "float64": 4.0}
# Terms of the series summed as pairs, and all; levels of the continued fraction: they leave 2**-65 at 4, 2**-52 at 3.
_PAIRED, _TERMS, _LEVELS = 40, 120, 36
# From here on the logarithms of Gamma lose more digits than the expansion of their difference leaves out.
_MANY = 1e15
# Below, log(1 + w) is w - w^2/2 to 2**-80 of it, which times what it is multiplied by is nothing.
_SMALL = 2.0**-40


def cdf(z: Pair, df: float, exponent: int = 0) -> Pair:
    """P(T <= t)."""
    below, outer, inner = shares(z.abs(), df, exponent)
    upper = where(z.hi < 0, outer, where(np.isnan(z.hi), z, 1.0 - outer))
    return where(inner, below.with_sign_of(z.hi) + 0.5, upper)


def log_cdf(z: Pair, df: float, exponent: int = 0) -> Pair:
    """log P(T <= t); by log1p of the other tail from 0 on."""
    size = z.abs()
    inner, outer = _sides(size, df, exponent)
    near = on(inner, lambda p: log(0.5 - _central(_whole(p, exponent), df)), size)
    far = on(outer, lambda p: _log_tail(p, df, exponent), size)
    tail = where(inner, near, where(outer, far, size.filled(-np.inf)))
    return where(z.hi < 0, tail, where(np.isnan(z.hi), z, log1p(-exp(tail))))


def shares(z: Pair, df: float, exponent: int = 0) -> tuple[Pair, Pair, NDArray[np.bool_]]:
    """P(0 < T < t) where t is small, P(T > t) where it is not, and where it is, for t >= 0."""
    inner, outer = _sides(z, df, exponent)
    below = on(inner, lambda p: _central(_whole(p, exponent), df), z)
    return below, on(outer, lambda p: exp(_log_tail(p, df, exponent)), z), inner


def log_density(z: Pair, df: float, exponent: int = 0) -> Pair:
    """log f(t)."""
    return z.like(log_peak(df)) - _fall(z.abs(), df, (Fraction(df) + 1) / 2, exponent)


@functools.cache
def log_peak(df: float) -> Fraction:
    """log f(0); of many degrees of freedom by Stirling's series (DLMF 5.11.8, h = 0 and 1/2) of the difference."""
    nu = Fraction(df)
    if df >= _MANY:
        return -HALF_LOG_2PI - 1 / (4 * nu) + 1 / (24 * nu**3)
    return log_gamma((nu + 1) / 2) - log_gamma(nu / 2) - log_of(PI * nu) / 2


def _whole(z: Pair, exponent: int) -> Pair:
    """t, or infinity."""
    if not exponent:
        return z
    t = z.each(lambda word: np.ldexp(word, exponent))
    return where(np.isfinite(t.hi), t, t.filled(np.inf))


def _log_whole(z: Pair, exponent: int) -> Pair:
    """log t."""
    return log(z) + z.like(exponent * LOG2) if exponent else log(z)


def _sides(z: Pair, df: float, exponent: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the series serves, and where the fraction does: nowhere at infinity and where t is no number."""
    inner = np.ldexp(z.hi, exponent) < min(_JOIN[z.hi.dtype.name], df**0.5)
    return inner, ~inner & np.isfinite(z.hi)


def _size(df: float) -> float:
    """The largest power of two up to df; 1 for fewer than one degree of freedom, where nothing is small."""
    return math.ldexp(0.5, max(math.frexp(df)[1], 1))


def _fall(z: Pair, df: float, power: Fraction, exponent: int) -> Pair:
    """power log(1 + t^2/df), where t^2 may overflow and either factor be of the size of df."""
    far, size = np.ldexp(z.hi, exponent) > max(1.0, df**0.5), _size(df)

    def outer(p: Pair) -> Pair:
        t, rises = _whole(p, exponent), _log_whole(p, exponent).scaled(2.0)
        return (rises - p.like(log_of(df)) + log1p((df / t) / t)) * p.like(power)

    def inner(p: Pair) -> Pair:
        t = _whole(p, exponent)
        large = (t / (df / size)) * t
        w = large.scaled(1 / size)
        short = (large - large * w.scaled(0.5)) * p.like(power / Fraction(size))
        return where(w.hi < _SMALL, short, log1p(w) * p.like(power))

    return where(far, on(far, outer, z), on(~far, inner, z))


def _central(t: Pair, df: float) -> Pair:
    """P(0 < T < t)."""
    size = _size(df)
    large = (t / (df / size)) * t
    x, top = large / (large.scaled(1 / size) + 1.0), (Fraction(df) + 1) / 2
    ratios = [(top + k) / (Fraction(3, 2) + k) / Fraction(size) for k in range(_TERMS + 1)]
    plain = np.ones_like(x.hi)
    for ratio in ratios[:_PAIRED:-1]:
        plain = 1 + x.hi * plain * x.hi.dtype.type(float(ratio))
    total = Pair.of(plain)
    for ratio in ratios[_PAIRED::-1]:
        total = (x * x.like(ratio)) * total + 1.0
    return t * total * exp(log_density(t, df))


def _log_tail(z: Pair, df: float, exponent: int) -> Pair:
    """log P(T > t)."""
    t = _whole(z, exponent)
    part = (df / _size(df) / t) / t
    numerators = _numerators(df)
    v = Pair.of((1 + np.sqrt(1 + 4 * float(numerators[-1]) * part.hi)) / 2)
    for one in numerators[::-1]:
        v = part * t.like(one) / v + 1.0
    fall = _fall(z, df, (Fraction(df) - 1) / 2, exponent)
    return t.like(log_peak(df)) - fall - _log_whole(z, exponent) - log(v)


@functools.cache
def _numerators(df: float) -> tuple[Fraction, ...]:
    """Those of 1/2F1(1, b; c; -z) = 1 + k_1 z/(1 + k_2 z/(1 + ...)), b = 1/2 and c = df/2 + 1, times ``_size``."""
    b, c, size = Fraction(1, 2), Fraction(df) / 2 + 1, Fraction(_size(df))
    found = []
    for m in range(_LEVELS // 2):
        found.append(size * (b + m) * (c + m - 1) / ((c + 2 * m - 1) * (c + 2 * m)))
        found.append(size * (m + 1) * (c - b + m) / ((c + 2 * m) * (c + 2 * m + 1)))
    return tuple(found)
