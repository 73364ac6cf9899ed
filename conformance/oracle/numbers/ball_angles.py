"""The distribution function of von Mises' law about 0 in ball arithmetic: its Fourier series, with a proved remainder.

Guarantee: the result encloses the integral of exp(k cos t)/(2 pi I_0(k)) from -pi to x for every x of the ball. It is
1/2 + x/(2 pi) + sum of q_j sin(j x)/(pi j) over j >= 1, q_j = I_j(k)/I_0(k) (Mardia & Jupp, Directional Statistics
(2000), section 3.5.4), since q_j is the mean of cos(j t).

Remainder. From I_(j-1) - I_(j+1) = (2 j/k) I_j (DLMF 10.29.1) and I_(j+1) > 0 follows q_j < q_(j-1) k/(2 j), and so
q_j < r_j = (k/2)^j/j!. From N >= k on these fall by a half at every step, so that all terms beyond N together are below
2 r_(N+1)/(pi (N+1)).

A tail is far smaller than the terms that it is left over from: the density at -pi is e^(-2k) of that at 0. So as many
more bits are carried.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from flint import acb, acb_poly, arb, ctx

_BITS_PER_NAT = 1.4426950408889634
_STEP = 64
"""Precisions are rounded up to a multiple of this, so that few series are made."""


class _Series(NamedTuple):
    """terms: the polynomial in e^(i x) whose imaginary part is the sum; rest: a bound of what is left out."""

    terms: acb_poly
    rest: arb


def cdf(x: arb, concentration: float) -> arb:
    """See the module's docstring. x: a ball of finite radius, in radians."""
    middle, precision = x.mid(), ctx.prec
    guard = 24 + int(2 * _BITS_PER_NAT * concentration)
    with ctx.workprec(-(-(precision + guard) // _STEP) * _STEP):
        series = _series(concentration, ctx.prec)
        turned = acb(middle.cos(), middle.sin())
        value = arb(0.5) + (middle / 2 + series.terms(turned).imag) / arb.pi() + series.rest.union(-series.rest)
    with ctx.workprec(precision):
        if x.is_exact():
            return +value
        return value + arb(0, (x.rad() * density(x, concentration)).upper())


def density(x: arb, concentration: float) -> arb:
    """exp(k (cos x - 1))/(2 pi I_0(k) e^-k)."""
    k, half = arb(concentration), (x / 2).sin()
    return (-2 * k * half * half).exp() / (2 * arb.pi() * k.bessel_i(arb(0), scaled=True))


@lru_cache(maxsize=64)
def _series(concentration: float, precision: int) -> _Series:
    """Good to 2^-precision."""
    k, count, most = arb(concentration), 0, arb(1)
    while not (count >= concentration and most < arb(2) ** -precision):
        count += 1
        most = most * k / (2 * count)
    whole = k.bessel_i(arb(0), scaled=True)
    shares = [k.bessel_i(arb(j), scaled=True) / whole / j for j in range(1, count)]
    # ``most`` is r_count, the first term left out.
    return _Series(acb_poly([0, *shares]), (2 * most / (arb.pi() * count)).upper())
