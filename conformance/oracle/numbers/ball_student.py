"""Student's distribution function over balls, for any number of degrees of freedom.

The tail above x > 0, with a = df/2 and w = df/(df + x^2), is I_w(a, 1/2)/2 (Johnson, Kotz & Balakrishnan, Continuous
Univariate Distributions 2, 1995, ch. 28). Near the centre it is 1/2 less what lies below x: x density(x) times the
series of positive terms 2F1(1, (df + 1)/2; 3/2; x^2/(df + x^2)) (DLMF 8.17.8), which is known to as many bits less as
the tail has below 1; so it is asked for as many more. Where those are more than are wanted, so that the tail is
tiny, an expansion needs none of them, and whose terms do not grow with df. With s the logarithm of
(df + t^2)/(df + x^2), k = 1 + df/x^2 and b = (df - 1)/2 the tail is

    density(x) (df + x^2)/(2 x)  int_0^inf e^(-b s) (1 + k (e^s - 1))^(-1/2) ds .

The Taylor polynomials of (1 + v)^(-1/2) at 0 err by at most the next term for every v >= 0, since no derivative grows
in size from 0 on. Integrated, (e^s - 1)^n becomes B(b - n, n + 1), for n < b, so that the tail is the sum of

    density(x) (df + x^2)/(2 x)  binomial(-1/2, n) k^n B(b - n, n + 1) ,

up to the first term that is left out (the expansion of DLMF 8.18.1, with a proved remainder). The ratio of two
terms is -(n + 1/2) k/(b - n - 1): they fall until they are as small as the tail is beside 1.
"""

from __future__ import annotations

from functools import lru_cache
from math import frexp, log, log1p

from flint import arb, ctx

_EXPANDED = 64.0
"""Degrees of freedom from which the expansion is tried: below, the incomplete beta function has a short series."""

_LONGEST = 4096
"""Terms after which nothing is expected of the expansion, nor of the sum from the centre."""

_HELD = 2.0**60
"""Degrees of freedom from which FLINT's 2F1 says nothing."""

_BEYOND = 2**20
"""More bits than anybody asks for."""

_HALF, _NAN = arb(0.5), arb("nan")


def cdf(x: arb, df: float) -> arb:
    """P(T <= x)."""
    nu, square = arb(df), x * x
    if df >= _EXPANDED:
        lost = _bits_below_one(x, df)
        tail = _expanded(abs(x), df) if lost > ctx.prec else None
        if tail is not None:
            return tail if x < 0 else 1 - tail
        if lost <= ctx.prec or (square < nu and lost < _BEYOND):
            with ctx.workprec(ctx.prec + lost):
                inner = _from_the_centre(x, df)
                if inner is not None:
                    return _HALF + inner
    if square < nu:  # x = 0 included: I(0) = 0
        inner = (square / (nu + square)).beta_lower(_HALF, nu / 2, regularized=True) / 2
        return _HALF + inner if x >= 0 else _HALF - inner if x <= 0 else _HALF + inner.union(-inner)
    outer = (nu / (nu + square)).beta_lower(nu / 2, _HALF, regularized=True) / 2
    return outer if x < 0 else 1 - outer if x > 0 else outer.union(1 - outer)


def _bits_below_one(x: arb, df: float) -> int:
    """About how many bits the tail beyond |x| has below 1, up to _BEYOND; 0 where x may be 0 or is no number."""
    size = float(x.abs_lower())
    if not size > 0:
        return 0
    grown = log1p(size * size / df) if size < 1e150 else 2 * log(size) - log(df)
    return int(min(df / 2 * grown / log(2), _BEYOND))


def _from_the_centre(x: arb, df: float) -> arb | None:
    """P(0 < T < x), negative below 0; None where that takes too many terms."""
    nu, square = arb(df), x * x
    v = square / (nu + square)
    series = v.hypgeom_2f1(arb(1), nu / 2 + _HALF, arb(1.5)) if df < _HELD else _NAN
    if not series.is_finite():
        summed = _summed(v, nu)
        if summed is None:
            return None
        series = summed
    return x * density(x, df) * series


def _summed(v: arb, nu: arb) -> arb | None:
    """The series term by term; None where it is long."""
    term = total = arb(1)
    wanted = arb(2) ** (-ctx.prec)
    for n in range(_LONGEST):
        ratio = (nu / 2 + _HALF + n) / (_HALF + 1 + n) * v
        term *= ratio
        total += term
        if 2 * ratio < 1 and term < wanted * total:
            # The ratios fall, or stay where they are.
            return total + term.union(arb(0))
    return None


def density(x: arb, df: float) -> arb:
    """The density at x (Johnson, Kotz & Balakrishnan 2, ch. 28)."""
    nu = arb(df)
    return (log_peak(df) - (nu + 1) / 2 * (x * x / nu).log1p()).exp()


def log_peak(df: float) -> arb:
    """The logarithm of the density at 0, to the working precision: its logarithms of Gamma are asked for as many more
    bits as their difference has less."""
    return _log_peak(df, ctx.prec)


@lru_cache(maxsize=256)
def _log_peak(df: float, precision: int) -> arb:
    grown = max(frexp(df)[1], 0)
    with ctx.workprec(precision + grown + grown.bit_length()):
        half = arb(df) / 2
        return (half + _HALF).lgamma() - half.lgamma() - (2 * arb.pi() * half).log() / 2


def _expanded(x: arb, df: float) -> arb | None:
    """The tail above x > 0 to about the working precision; None where the terms do not fall so far."""
    nu = arb(df)
    whole = nu + x * x
    k, b = whole / (x * x), (nu - 1) / 2
    term = 1 / b
    total = term
    wanted = arb(2) ** (-ctx.prec - 8) * term
    for n in range(_LONGEST):
        ratio = (n + _HALF) * k / (b - n - 1)
        if not (n + 2 < b and ratio < 1):
            return None
        term *= -ratio
        if abs(term) < wanted:
            total += term.union(arb(0))
            break
        total += term
    else:
        return None
    return density(x, df) * whole / (2 * x) * total
