"""The exponential integral E_1 over balls, real and complex, times e^z.

GUARANTEE: every result encloses the exact value at every point of the ball; not-a-number where the ball does not lie to
the right of 0. e^z E_1(z) = U(1, 1, z) and minus its derivative is U(2, 2, z), Tricomi's function (DLMF 13.6.6,
13.3.22), which FLINT encloses without cancelling. By 13.4.4, with averages by the weight e^(-x t)/(1 + t) on t > 0,

    h(x) = U(2, 2, x)/U(1, 1, x) = E[t] > 0, and h' = -Var[t].

Integrating by parts, x E[t] = E[1/(1 + t)] < 1 and x Var[t] = E[t] - Cov[t, t/(1 + t)] <= E[t], since both rise with t.
So on the real line log(e^x E_1(x)), whose derivative is -h, and log h fall, neither steeper than 1/x.
"""

from __future__ import annotations

from flint import acb, arb

from conformance.oracle.numbers.ball_bessel import between


def log_scaled_e1(x: arb) -> arb:
    """log(e^x E_1(x))."""
    return between(x, lambda at: _scaled(at).log())


def e1_fall(x: arb) -> arb:
    """h(x), minus the derivative of ``log_scaled_e1``."""
    return between(x, lambda at: (at.hypgeom_u(arb(2), arb(2)) / _scaled(at)).log()).exp()


def scaled_e1(z: acb) -> acb:
    """e^z E_1(z), for Re z > 0."""
    return z.hypgeom_u(acb(1), acb(1))


def fall_beside_the_axis(z: acb) -> acb:
    """h(z), for Re z > 0."""
    return z.hypgeom_u(acb(2), acb(2)) / scaled_e1(z)


def _scaled(x: arb) -> arb:
    return x.hypgeom_u(arb(1), arb(1))
