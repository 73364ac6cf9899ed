"""The exponential integral E_1 over balls, real and complex, times e^z, and its integral over roots.

GUARANTEE: every result encloses the exact value at every point of the ball; not-a-number where the ball does not lie to
the right of 0. On the real line e^x E_1(x) is its power series (DLMF 6.6.2 times e^x, or 13.2.9 with 13.6.6)

    sum_n x^n/n! (H_n - gamma - log x),  H_n = 1 + 1/2 + ... + 1/n,

whose sums grow to e^x and are asked for as many more bits, and where x is as large as the precision the expansion
sum_n (-1)^n n!/x^(n + 1), whose remainder has the sign of the first term left out and is smaller (DLMF 6.12(i)).
Integrated by y, x = y^2/2, from 0 to y or from y on, either is summed term by term (``roots``), with 1/(2 n + 1) in
every term and H_n + 2/(2 n + 1) in the place of H_n. The factors by which x^n/n! is multiplied grow by 3/2 at the most
from one to the next, from n = 1 on: so once n + 1 is 2 x or more, what a power series leaves out is at most four times
the next term.

Elsewhere e^z E_1(z) = U(1, 1, z) and minus its derivative is U(2, 2, z), Tricomi's function (DLMF 13.6.6, 13.3.22),
which FLINT encloses without cancelling. By 13.4.4, with averages by the weight e^(-x t)/(1 + t) on t > 0,

    h(x) = U(2, 2, x)/U(1, 1, x) = E[t] > 0, and h' = -Var[t].

Integrating by parts, x E[t] = E[1/(1 + t)] < 1 and x Var[t] = E[t] - Cov[t, t/(1 + t)] <= E[t], since both rise with t.
So on the real line log(e^x E_1(x)), whose derivative is -h, and log h fall, neither steeper than 1/x; and x h is
1/(e^x E_1(x)) - x, where of two numbers of size x one of size 1 is left.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from flint import acb, arb, arb_poly, ctx

from conformance.oracle.numbers.ball_bessel import between

_NAN = acb("nan")
_SPARE_BITS, _STEP = 24, 64
"""Bits beside those that the sums lose to e^x, and whole multiples of which a table has."""


def log_scaled_e1(x: arb) -> arb:
    """log(e^x E_1(x))."""
    return between(x, lambda at: _scaled(at).log())


def e1_fall(x: arb) -> arb:
    """h(x), minus the derivative of ``log_scaled_e1``."""
    return between(x, lambda at: _fall(at).log()).exp()


def scaled_e1(z: acb) -> acb:
    """e^z E_1(z), for Re z > 0; on the real line, where integrals have their nodes, as narrowly as there. Off it the
    integral over e^(-z t)/(1 + t) has a slope of at most h(x) times the function at x, the least Re z: see above."""
    if z.imag.is_zero():
        return acb(log_scaled_e1(z.real).exp())
    least = z.real.lower()
    if not (z.is_finite() and least > 0):
        return _NAN
    centre = acb(z.real.mid(), z.imag.mid())
    away = (abs(acb(z.real.rad(), z.imag.rad())) * _fall(least) * _scaled(least)).abs_upper()
    with ctx.workprec(ctx.prec + ceil(1.5 * min(float(abs(centre).upper()), float(ctx.prec))) + _SPARE_BITS):
        value = centre.hypgeom_u(acb(1), acb(1))
    return value + acb(arb(0, away), arb(0, away))


def fall_beside_the_axis(z: acb) -> acb:
    """h(z), for Re z > 0."""
    return z.hypgeom_u(acb(2), acb(2)) / scaled_e1(z)


def is_far(x: arb) -> bool:
    """Whether ``expansion`` reaches the precision at the point x: its least term is about e^-x."""
    return bool(x > ctx.prec)


def _scaled(x: arb) -> arb:
    return expansion(x, roots=False) / x if is_far(x) else power_series(x, roots=False)


def _fall(x: arb) -> arb:
    if is_far(x):
        return x.hypgeom_u(arb(2), arb(2)) / _scaled(x)
    with ctx.workprec(ctx.prec + 2 * ceil(float(x)).bit_length() + _SPARE_BITS):
        return (1 / _scaled(x) - x) / x


def power_series(x: arb, *, roots: bool) -> arb:
    """The sum of the module's docstring at a point x > 0 that is not ``is_far``."""
    top = 1 << max(0, ceil(float(x)).bit_length())
    wanted = ctx.prec + ceil(1.5 * float(x)) + _SPARE_BITS
    with ctx.workprec(-(-wanted // _STEP) * _STEP):
        sums = _sums(top, ctx.prec, roots)
        logarithm = arb.const_euler() + x.log()
        found: arb = sums.harmonic(x) + sums.left_out - logarithm * (sums.plain(x) + sums.left_out)
    return +found


class _Sums(NamedTuple):
    """The sums without harmonic numbers and with them, up to a power, and a ball for what either leaves out."""

    plain: arb_poly
    harmonic: arb_poly
    left_out: arb


@lru_cache(maxsize=256)
def _sums(top: int, bits: int, roots: bool) -> _Sums:
    """For 0 < x <= top, up to about 2**-bits."""
    plain, harmonic = list[arb](), list[arb]()
    n, power, inverse, number = 0, arb(1), arb(1), arb(0)
    while True:
        shared, more = (arb(1) / (2 * n + 1), arb(2) / (2 * n + 1)) if roots else (arb(1), arb(0))
        if n + 1 >= 2 * top and power < arb(2) ** -bits:
            # Of the two factors that with the harmonic number is the larger.
            bound = 4 * power * (number + more) * shared
            return _Sums(arb_poly(plain), arb_poly(harmonic), arb(0).union(bound))
        plain.append(inverse * shared)
        harmonic.append(inverse * shared * (number + more))
        n += 1
        power, inverse, number = power * top / n, inverse / n, number + arb(1) / n


def expansion(x: arb, *, roots: bool) -> arb:
    """sum_n (-1)^n n!/x^n, with 1/(2 n + 1) in every term where ``roots``, at a point that ``is_far``."""
    inverse, term, total, n = 1 / x, arb(1), arb(0), 0
    while abs(term) > arb(2) ** -ctx.prec:
        total += term / (2 * n + 1) if roots else term
        n += 1
        term *= -n * inverse
    return total + term.union(arb(0))
