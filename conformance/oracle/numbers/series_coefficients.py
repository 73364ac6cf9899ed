"""Taylor coefficients of the functions that incomplete gamma and beta functions leave beside powers and exponentials.

Guarantee: coefficient k encloses the k-th derivative over k! at every point of the ball that is asked about, by closed
forms at its ends and not by a recurrence over the ball, so that over a wide one, or one around 0, nothing is lost but
what the function varies:

* 1F1(1; c; v), whose coefficients are those of 1F1(1 + k; c + k; v)/(c)_k (DLMF 13.3.16);
* 2F1(1, a; c; v), whose coefficients are (a)_k/(c)_k 2F1(1 + k, a + k; c + k; v) (DLMF 15.5.2);
* G(v) = Gamma(a, x) e^x x^(1 - a), v = 1/x, which is the integral of e^-t (1 + t v)^(a - 1) over t > 0 (DLMF 8.6.5).
  Its coefficients are (a - 1)...(a - k)/k! times that of t^k e^-t (1 + t v)^(a - 1 - k), which moves one way as v
  does and is k! x^(k + 1) U(k + 1, a + 1, x) (DLMF 13.4.4), so that the ends of a ball are enough; at v = 0 it is k!.

What two of these are to one another, where their difference would be nothing: ``log_erfcx_fall``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, arb_series, ctx

from conformance.oracle.numbers.ball_quantiles import Order
from conformance.oracle.numbers.exact import ratio

_FAR, _FARTHEST, _NARROW = 8, 2**15, 2.0**-6
"""Of x: where Gamma(a, x) is told by its asymptotic size if the ball's radius is above _NARROW, and in any case."""

_SHORT_SERIES = 768
"""Bits at which FLINT sums the series of 2F1 for parameters of some hundreds; at fewer it goes another way, which takes
dozens of times as long."""


def composed(outer: Sequence[arb], inner: arb_series) -> arb_series:
    """f(v) for a series v, ``outer`` being the coefficients of f at v's constant term."""
    length = len(outer)
    if length == 1 or all(inner[n].is_zero() for n in range(1, length)):  # FLINT refuses a series that is 0.
        return arb_series([outer[0]], prec=length)
    step = arb_series([0, *(inner[n] for n in range(1, length))], prec=length)
    return outer[0] + arb_series([0, *outer[1:]], prec=length)(step)


def of_kummer(v: arb, c: arb, length: int) -> list[arb]:
    """Those of 1F1(1; c; v) at the ball ``v``, for c > 1."""

    def at(end: arb, k: int) -> arb:
        return end.hypgeom_1f1(arb(1 + k), c + k)

    return [_between(at, v, k) / c.rising(k) for k in range(length)]


def of_gauss(v: arb, a: arb, c: arb, length: int) -> list[arb]:
    """Those of 2F1(1, a; c; v) at the ball ``v``, for v < 1, a > 0 and c > 1."""

    def at(end: arb, k: int) -> arb:
        with ctx.workprec(max(ctx.prec, _SHORT_SERIES)):
            return end.hypgeom_2f1(arb(1 + k), a + k, c + k)

    return [a.rising(k) / c.rising(k) * _between(at, v, k) for k in range(length)]


def _between(function: Callable[[arb, int], arb], v: arb, k: int) -> arb:
    """What rises with v, over a ball: both functions are integrals of t^k (1 - t)^(c - 2) from 0 to 1 with e^(v t)
    (DLMF 13.4.1) or (1 - v t)^(-a - k) (DLMF 15.6.1), which do."""
    return function(v, k) if v.is_exact() else function(v.lower(), k).union(function(v.upper(), k))


def of_gamma_tail(low: arb, high: arb | None, a: Order, length: int) -> list[arb]:
    """Those of G in v = 1/x for every x from ``low`` > 0 to ``high``; None: without end."""
    found, falling = [], arb(1)
    lowest = _moments(low, a, length)
    highest = [arb(1)] * length if high is None else lowest if high == low else _moments(high, a, length)
    for k in range(length):
        found.append(falling * lowest[k].union(highest[k]))
        falling *= ratio(a) - 1 - k
    return found


def _moments(x: arb, a: Order, length: int) -> list[arb]:
    """x^(k + 1) U(k + 1, a + 1, x) for k < ``length``, from the last two by their recurrence (DLMF 13.3.7). U falls
    fastest of its solutions as k rises: downwards its error does not grow, and the balls by less than two bits a step.
    What FLINT loses of these two, up to half of the bits for an x of some dozens, all have lost, which over a wide ball
    is little beside what the function varies."""
    with ctx.workprec(ctx.prec + 2 * length):
        b = ratio(a) + 1
        above, u = (x.hypgeom_u(arb(k), b) for k in (length + 1, length))
        found = [u]
        for k in range(length, 1, -1):
            above, u = u, (x + 2 * k - b) * u - k * (k + 1 - b) * above
            found.append(u)
        return [x ** (k + 1) * u for k, u in enumerate(reversed(found))]


def far_log_gamma_q(ns: Any, x: Any, a: Order, length: int) -> arb_series | None:
    """log Q(a, x) = (a - 1) log x - x + log G - log Gamma(a), ``ns`` being that of the series ``x``; None where
    ``far_gamma_tail`` is."""
    tail = far_gamma_tail(x, a, length)
    return None if tail is None else (ratio(a) - 1) * ns.log(x) - x + ns.log(tail) - ns.lgamma(a)


def far_gamma_tail(x: Any, a: Order, length: int) -> arb_series | None:
    """G of the series ``x``.

    None where the differential equation of log Q is as good: near the centre, and on narrow balls up to 2**15, where
    that takes less. Over a wide one the equation's coefficients grow with the ball at every step, and those of G do
    not. None too where x is not beyond a + 1: there Q is next to 1, and its logarithm what large terms leave of each
    other.
    """
    at = x[0]
    if not (isinstance(at, arb) and at > _FAR and at > ratio(a) + 1 and (at.rad() > _NARROW or at > _FARTHEST)):
        return None
    tail = composed(of_gamma_tail(at.lower(), at.upper(), a, length), 1 / x)
    return tail if tail[0] > 0 else None


def is_far_out(x: arb) -> bool:
    """Whether ``log_erfcx_fall`` tells more than a difference of logarithms: over wide balls from 8 on, over any from
    2**24 on."""
    return bool(x > _FAR and (x.rad() > _NARROW or x > _FARTHEST * 2**9) and x.is_finite())


def log_erfcx_fall(inverse: arb_series, share: arb_series, length: int) -> arb_series:
    """-log(erfcx(x + more)/erfcx(x)) over ``share`` = more/x > 0, for ``inverse`` = 1/x > 0, whatever tiny sizes these
    have over their balls: at infinity it is log(1 + share)/share.

    x erfcx(x) sqrt(pi) is G(v) with a = 1/2, at v = 1/x^2. The logarithm of G rises from v' = v/(1 + share)^2 back to v
    by (v - v') times the mean of its derivative between them; the coefficients of that mean lie, each, in what those of
    the derivative come to on all paths from v' to v.
    """
    if not share[0] > 0:  # A product of wide balls has a lower end that no product of their points has.
        share = arb_series([arb(0).union(share[0].upper()), *_listed(share, length)[1:]], prec=length)
    if not 1 + share[0] > 0:  # Too wide for a middle and a radius.
        return arb_series([arb("nan")] * length, prec=length)
    shrunk = inverse / (1 + share)
    later, now = shrunk * shrunk, inverse * inverse
    both = arb_series([later[n].union(now[n]) for n in range(length)], prec=length)
    least, most = both[0].lower(), both[0].upper()
    tail = of_gamma_tail((1 / most).lower(), (1 / least).upper() if least > 0 else None, 0.5, length + 1)
    slope = arb_series([-(n + 1) * tail[n + 1] for n in range(length)], prec=length)
    mean = composed(_listed(slope / arb_series(tail[:length], prec=length), length), both)
    return _log1p_share(share, length) - later * (2 + share) * mean


def _log1p_share(x: arb_series, length: int) -> arb_series:
    """log(1 + x)/x = 2F1(1, 1; 2; -x) (DLMF 15.4.1) for x > 0."""
    if x[0] > 0.5 and x[0].rad() < _NARROW:
        return arb_series([x[0].log1p(), *_listed((1 + x).log(), length)[1:]], prec=length) / x
    return composed(of_gauss(-x[0], arb(1), arb(2), length), -x)


def _listed(x: arb_series, length: int) -> list[arb]:
    return [x[n] for n in range(length)]
