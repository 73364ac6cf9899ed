"""The normal distribution function, that of its absolute value, and logarithms of Gamma and Bessel functions.

Guarantee: the normal cdf and quantile over pairs have relative error below 2**-59 (float64) or 2**-31 (float32), the
tails down to the smallest subnormal and the quantile's zero included.

(scipy.special.ndtr rounds x**2 before the exponential: up to a thousand ulp at x = -36 in float64.)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for.
from numpy.typing import NDArray

from adapters.numpy.functions import HALF_LOG_2PI, exp, log, log1p, log_of
from adapters.numpy.pairs import Floats, Pair, joined, where
from adapters.numpy.traced import Traced

# The power series serves below, the continued fraction from here on.
_JOIN = 4.0
_STIRLING = 50
# Terms of the series summed as pairs, and all; levels of the continued fraction.
_PAIRED, _TERMS, _LEVELS = 30, 54, 32


def log_normal_density(x: Pair) -> Pair:
    """-x**2/2 - log(2 pi)/2, where x**2 alone may overflow."""
    return -(x * x.scaled(0.5) + x.like(HALF_LOG_2PI))


def ndtr(x: Pair) -> Pair:
    """The standard normal cdf."""
    t = x.abs()
    offset = on(t.hi < _JOIN, _central, t)
    tail = on(t.hi >= _JOIN, lambda far: exp(_log_tail(far)), t)
    return where(
        t.hi < _JOIN,
        offset.with_sign_of(x.hi) + 0.5,
        where(x.hi < 0, tail, where(np.isnan(x.hi), x, 1.0 - tail)),
    )


def log_ndtr(x: Pair) -> Pair:
    """The logarithm of ``ndtr``, which does not underflow: by log1p of the other tail from 0 on."""
    t = x.abs()
    near = on(t.hi < _JOIN, lambda p: log(0.5 - _central(p)), t)
    below = where(t.hi < _JOIN, near, on(t.hi >= _JOIN, _log_tail, t))
    return where(x.hi < 0, below, where(np.isnan(x.hi), x, log1p(-exp(below))))


def half_ndtr(t: Pair) -> Pair:
    """P(|Z| <= t) = erf(t/sqrt 2) for t >= 0."""
    centre = on(t.hi < _JOIN, _central, t).scaled(2.0)
    tail = on(t.hi >= _JOIN, lambda far: exp(_log_tail(far)), t).scaled(2.0)
    return where(t.hi < _JOIN, centre, where(np.isnan(t.hi), t, 1.0 - tail))


def half_ndtri(q: Pair) -> Pair:
    """The t with P(|Z| <= t) = q; nan outside [0, 1]. Below 1/2 one Newton step on pairs from SciPy's answer."""
    start = Pair.of((scipy.special.erfinv(q.hi.astype(np.float64)) * np.sqrt(2.0)).astype(q.hi.dtype))

    def from_centre(near: Pair, share: Pair) -> Pair:
        return (_central(near) - share.scaled(0.5)) / exp(log_normal_density(near))

    inner = (q.hi > 0) & (q.hi < 0.5)
    return where(q.hi < 0.5, start - on(inner, from_centre, start, q), -ndtri_of_half(1.0 - q))


def ndtri(y: Pair) -> Pair:
    """The standard normal quantile; nan outside [0, 1]. One Newton step on pairs from SciPy's answer.

    Between the quartiles the step solves Phi(x) - 1/2 = y - 1/2, whose zero is exact; outside log Phi(x) = log y.
    """
    upper = y.hi > 0.5
    lower = where(upper, 1.0 - y, y)
    t = _lower_quantile(lower, log(lower))
    return where(upper | (t.hi == 0), t.abs(), -t)


def ndtri_of_half(y: Pair) -> Pair:
    """The standard normal quantile of y/2, which among the subnormals is no float; nan outside [0, 1]."""
    return where(y.hi <= 1, ndtri_of_share(y, Fraction(1, 2)), y.filled(np.nan))


def ndtri_of_share(y: Pair, share: Fraction) -> Pair:
    """The standard normal quantile of y times ``share``, which is 1/2 at most and may be no float where y is."""
    # Next to 0 the start is off by what the product rounded.
    found = -_lower_quantile(y * y.like(share), log(y) + y.like(log_of(share)), steps=3)
    return where(y.hi > 0, found, where(y.hi == 0, y.filled(-np.inf), y.filled(np.nan)))


def _lower_quantile(lower: Pair, log_lower: Pair, steps: int = 1) -> Pair:
    """-x with Phi(x) = ``lower`` <= 1/2."""
    kind = lower.hi.dtype
    positive = log_lower.hi > -np.inf
    start = np.where(positive, np.maximum(lower.hi, np.finfo(kind).smallest_subnormal), lower.hi)
    t = Pair.of(-scipy.special.ndtri(start).astype(kind))
    inner = t.hi < 0.7

    def from_centre(near: Pair, share: Pair) -> Pair:
        return (_central(near) - (0.5 - share)) / exp(log_normal_density(near))

    def from_tail(far: Pair, log_share: Pair) -> Pair:
        # d log Phi(-t)/dt = -1/M(t); the step needs M only to the size of the residual.
        found = on(far.hi < _JOIN, lambda p: log(0.5 - _central(p)), far)
        found = where(far.hi < _JOIN, found, on(far.hi >= _JOIN, _log_tail, far))
        return -((found - log_share) * exp(found - log_normal_density(far)))

    regular = positive & np.isfinite(t.hi)
    for _ in range(steps):
        step = where(inner, on(inner & regular, from_centre, t, lower), on(~inner & regular, from_tail, t, log_lower))
        t = where(regular, t - step, t)
    return t


def _central(t: Pair) -> Pair:
    """Phi(t) - 1/2 = phi(t) (t + t**3/3 + t**5/15 + ...) for 0 <= t < 4: positive terms only. DLMF 7.6.2."""
    w = t.square()
    plain = np.ones_like(w.hi)
    for n in range(_TERMS, _PAIRED, -1):
        plain = 1 + w.hi * plain / w.hi.dtype.type(2 * n + 1)
    total = Pair.of(plain)
    for n in range(_PAIRED, 0, -1):
        total = (w * t.like(Fraction(1, 2 * n + 1))) * total + 1.0
    return t * total * exp(log_normal_density(t))


def _log_tail(t: Pair) -> Pair:
    """log Phi(-t) for t >= 4."""
    return log_normal_density(t) - log(inverse_mills(t))


def inverse_mills(t: Pair) -> Pair:
    """phi(t)/Phi(-t) for t >= 4, 1 over Mills' ratio: t + 1/(t + 2/(t + ...)). DLMF 7.9.2."""
    v = Pair.of((t.hi + np.sqrt(t.hi * t.hi + 4 * _LEVELS)) / 2)
    for k in range(_LEVELS, 0, -1):
        v = t + float(k) / v
    return v


def on(chosen: NDArray[np.bool_], function: Callable[..., Pair], *values: Pair) -> Pair:
    """``function`` where chosen, 0 elsewhere: neither branch is paid for by the other's elements."""
    nowhere = values[0].each(np.zeros_like)
    if isinstance(chosen, Traced):  # A compiled loop has no elements of its own to leave out.
        return where(chosen, function(*values).each(lambda word: word.astype(nowhere.hi.dtype)), nowhere)
    if not chosen.any():
        return nowhere
    found = function(*(v.each(lambda word: word[chosen]) for v in values))

    def spread(words: Sequence[Floats]) -> Floats:
        everywhere, some = words
        everywhere[chosen] = some
        return everywhere

    return joined(spread, (nowhere, found))


@functools.cache
def log_gamma(a: float | Fraction) -> Fraction:
    """log Gamma(a) for a > 0, to 58 digits less those of its own size: Stirling's series (DLMF 5.11.1) from 50 on, and
    below Gamma(a + 1) = a Gamma(a)."""
    at, product = Fraction(a), Fraction(1)
    while at < _STIRLING:
        product *= at
        at += 1
    total = (at - Fraction(1, 2)) * log_of(at) - at + HALF_LOG_2PI
    power = at
    for k, number in enumerate(_bernoulli(), 1):
        total += number / (2 * k * (2 * k - 1)) / power
        power *= at * at
    return Fraction(round((total - log_of(product)) * 10**60), 10**60)


@functools.cache
def log_bessel_i(order: Fraction, value: Fraction) -> Fraction:
    """log I_order(value) for value > 0 and an order of 0 or more, to 58 digits less those of its own size: the power
    series (DLMF 10.25.2), whose terms are positive."""
    quarter, term, total, k = value * value / 4, Fraction(1), Fraction(1), 0
    while term > total / 10**70:
        k += 1
        # To 80 digits after the point: the sum is at least 1.
        term = Fraction(round(term * quarter / (k * (k + order)) * 10**80), 10**80)
        total += term
    return order * log_of(value / 2) - log_gamma(order + 1) + log_of(total)


@functools.cache
def _bernoulli() -> tuple[Fraction, ...]:
    """B_2, B_4, ... B_50 by their recurrence (DLMF 24.5.3)."""
    found = [Fraction(1)]
    for n in range(1, 51):
        found.append(-sum((comb(n + 1, k) * found[k] for k in range(n)), Fraction(0)) / (n + 1))
    return tuple(found[2::2])


@functools.cache
def digamma(a: float | Fraction) -> Fraction:
    """psi(a) for a > 0, to 57 digits: DLMF 5.11.2 from 50 on, and psi(a + 1) = psi(a) + 1/a below."""
    at, total = Fraction(a), Fraction(0)
    while at < _STIRLING:
        total -= 1 / at
        at += 1
    total += log_of(at) - 1 / (2 * at)
    power = at * at
    for k, number in enumerate(_bernoulli(), 1):
        total -= number / (2 * k) / power
        power *= at * at
    return Fraction(round(total * 10**60), 10**60)


@functools.cache
def trigamma(a: float | Fraction) -> Fraction:
    """psi'(a) for a > 0, to 55 digits: DLMF 5.15.8 from 50 on, and psi'(a + 1) = psi'(a) - 1/a^2 below."""
    at, total = Fraction(a), Fraction(0)
    while at < _STIRLING:
        total += 1 / (at * at)
        at += 1
    total += 1 / at + 1 / (2 * at * at)
    power = at * at * at
    for number in _bernoulli():
        total += number / power
        power *= at * at
    return Fraction(round(total * 10**60), 10**60)
