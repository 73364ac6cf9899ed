"""The distribution function of the standard horseshoe law over balls: of C N, N normal and C half-Cauchy.

GUARANTEE: every result encloses the exact value at every point of the ball. With u = x^2/2 the density at x > 0 is
(2 pi^3)^(-1/2) e^u E_1(u) (Carvalho, Polson & Scott, Biometrika 97 (2010)). Its power series and its expansion in 1/u
are integrated term by term (``ball_expint``), the one from 0 on and the other from infinity, where it is enclosed by
its partial sums all the way: with H_n = 1 + 1/2 + ... + 1/n

    P(0 < C N < x) = (2 pi^3)^(-1/2) x sum_n u^n/(n! (2 n + 1)) (H_n + 2/(2 n + 1) - gamma - log u)
    P(C N > x) ~ (pi^3 u)^(-1/2) sum_n (-1)^n n!/((2 n + 1) u^n) .

The tail is of size 1/x, so that nothing cancels where it is 1/2 less the first. Of a ball both ends are asked, since
the function rises.
"""

from __future__ import annotations

from flint import arb, ctx

from conformance.oracle.numbers.ball_expint import expansion, is_far, power_series

_HALF = arb(0.5)


def cdf(x: arb) -> arb:
    """P(C N <= x); not-a-number where x is none."""
    return _at(x) if x.is_exact() else _at(x.lower()).union(_at(x.upper()))


def _at(x: arb) -> arb:
    """The same at a point."""
    if x.is_zero():
        return _HALF
    if not x.is_finite():
        return arb("nan")
    with ctx.workprec(2 * x.bits() + 2):
        u = x * x / 2  # exactly
    if is_far(u):
        tail = expansion(u, roots=True) / (arb.pi() ** 3 * u).sqrt()
    else:
        tail = _HALF - abs(x) * power_series(u, roots=True) / (2 * arb.pi() ** 3).sqrt()
    return tail if x < 0 else 1 - tail
