"""The modified Bessel functions K_0 and K_1 over balls, real and complex, times e^z.

GUARANTEE: every result encloses the exact value at every point of the ball; not-a-number where the ball does not lie to
the right of 0. On the real line log(e^z K_1) falls and r = K_0/K_1 rises, neither steeper than 1/z:

    e^z K_1(z) = int_0^oo e^(-z (cosh t - 1)) cosh t dt (DLMF 10.32.9), whose integrand falls in z, and r is the mean of
    1/cosh t by that weight, so below 1, whose derivative by z is minus the covariance of 1/cosh t and cosh t. By DLMF
    10.29.3 the derivatives are 1 - r - 1/z and r^2 - 1 + r/z.

A ball of the complex plane, which may be wide, goes through no series that cancels, but through the same integral in s
with s^2 = z (cosh t - 1), of which the trapezoidal rule of step h takes what is a sum of mild terms:

    e^z K_1(z) = z^(-1/2) int_-oo^oo e^(-s^2) (1 + w)/(2 + w)^(1/2) ds,  w = s^2/z.

With s = x + ia, Re w is at least -a^2/Re z, whatever x is: so for 1 <= a^2 <= Re z the integrand is holomorphic between
the lines Im s = -a and a, |2 + w| is at least 1 and |1 + w| at most 2 + x^2/a^2 on them, and the rule is off by at most
2 N/(e^(2 pi a/h) - 1), N = e^(a^2) (2 + 1/(2 a^2)) pi^(1/2) (Trefethen & Weideman, The exponentially convergent
trapezoidal rule, SIAM Review 56 (2014), theorem 5.1). The terms from s = L >= 2 on are at most e^(-s^2) (1 + s^2/a^2),
each of which is at most e^(-L h) times the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil, floor, log, pi, sqrt
from typing import NamedTuple

from flint import acb, arb, ctx

_NAN = arb("nan")
_FAR = 0.75
"""Beyond this share of the precision the asymptotic series reaches it."""

_NARROW = 16
"""Bits of a ball that goes through the asymptotic series."""


def log_scaled_k1(x: arb) -> arb:
    """log(e^x K_1(x))."""
    return between(x, lambda at: _scaled_k(1, at).log())


def k_ratio(x: arb) -> arb:
    """K_0(x)/K_1(x)."""
    return between(x, lambda at: _scaled_k(0, at) / _scaled_k(1, at))


def between(x: arb, monotone: Callable[[arb], arb]) -> arb:
    """A monotone function over a ball: from its middle where the ball is narrow, since neither function has a slope of
    more than 1/x (as for whoever borrows this), and else from its ends."""
    if not x > 0:
        return _NAN
    if x.rel_accuracy_bits() < _NARROW:
        return monotone(x.lower()).union(monotone(x.upper()))
    return monotone(x.mid()) + arb(0, (x.rad() / x).abs_upper())


def _scaled_k(order: int, x: arb) -> arb:
    """e^x K(x). Short of the asymptotic series the power series cancels e^(2 x), and where FLINT sees too few bits for
    that it goes another way, which takes dozens of times as long as the same series with more bits."""
    lost = 6 * ceil(float(x)) + 32 if x < _FAR * ctx.prec else 0
    with ctx.workprec(ctx.prec + lost):
        found: arb = x.bessel_k(order, scaled=True)
    return +found


class _Rule(NamedTuple):
    """h, pairs of s^2 and 2 e^(-s^2), and what the rule leaves out of the integral at most."""

    step: arb
    terms: list[tuple[arb, arb]]
    missed: arb


@lru_cache(maxsize=256)
def _rule(eighths: int, bits: int) -> _Rule:
    """The rule for a = eighths/8 that leaves out about 2**-bits."""
    a, wanted = eighths / 8, bits * log(2.0) + 8.0
    h = floor(2.0**20 * 2 * pi * a / (a * a + wanted)) / 2.0**20
    count = ceil(max(2.0, sqrt(wanted)) / h)
    with ctx.workprec(bits + 16):
        step, square = arb(h), arb(a) * arb(a)
        places = [(step * j) ** 2 for j in range(1, count)]
        size = square.exp() * (2 + 1 / (2 * square)) * arb.pi().sqrt()
        missed = 2 * size / ((2 * arb.pi() * arb(a) / step).exp() - 1)
        end = step * count
        last = (-end * end).exp() * (1 + end * end / square)
        missed += 2 * step * last / (1 - (-end * step).exp())
        return _Rule(step, [(at, 2 * (-at).exp()) for at in places], missed.abs_upper())


def scaled_k1_beside_the_axis(z: acb) -> acb:
    """e^z K_1(z), for Re z > 0."""
    eighths = min(floor(8 * sqrt(float(z.real.abs_lower()))), ceil(8 * sqrt(ctx.prec * log(2.0))))
    while eighths >= 8 and not z.real * 64 >= eighths * eighths:
        eighths -= 1
    if eighths < 8 or (z.real > _FAR * ctx.prec and z.rel_accuracy_bits() > _NARROW):
        return z.bessel_k(1, scaled=True)
    rule = _rule(eighths, ctx.prec)
    at = z.real if z.imag.is_zero() else z  # where Arb's integrals place their nodes
    inverse = 1 / at
    total = at * 0 + arb(0.5).sqrt()
    for square, weight in rule.terms:
        w = square * inverse
        total += weight * (1 + w) * (2 + w).rsqrt()
    unknown = arb(0, rule.missed)
    return (rule.step * acb(total) + acb(unknown, unknown)) / z.sqrt()
