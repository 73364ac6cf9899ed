"""Taylor coefficients of log f, f = e^x E_1 or e^x K_1, at a point however far out and over a ball however wide.

GUARANTEE: every coefficient encloses that of the function's series at every point of the ball; not-a-number where the
ball does not lie to the right of 0.

Both are Stieltjes functions, a constant >= 0 over x more than an integral of a weight >= 0 over x + t, t > 0:

    e^x E_1(x) = int e^(-t)/(x + t) dt (DLMF 6.2.2),  e^x K_1(x) = 1/x + int e^(-t) I_1(t)/(x + t) dt,

the latter by Cauchy's integral around the cut, across which K_1 jumps by 2 pi i I_1 (DLMF 10.34.2). In the upper half
plane the imaginary part of such an f is negative, so that of log f lies between -pi and 0, and by Nevanlinna's integral
of such functions (Schilling, Song and Vondracek, Bernstein Functions, chapter 6) -(log f)' is a constant >= 0 more than
the integral of rho(t)/(x + t)^2 over t > 0, 0 <= rho <= 1. So from the first on the coefficients of log f alternate in
sign, and each falls in size as x grows: over a ball it lies between what it is at the two ends, as log f itself does.
Term by term, a recurrence between coefficients takes differences over the ball of what cancels at every point of it, of
which nothing is left where the ball spans a part of a binade.

Far out these differences cancel at a point, too, once more for every coefficient. There those of f itself are taken,
from Tricomi's function, for which FLINT has an expansion of its own: U(1, 1, x) and pi^(1/2) z U(3/2, 3, z), z = 2 x
(DLMF 13.6.6, 13.6.10), the n-th derivative of U(a, b, z) being (-1)^n (a)_n U(a + n, b + n, z) (DLMF 13.3.23).
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series, ctx

from conformance.oracle.numbers.ball_expint import is_far

Coefficients = Callable[[arb, int], list[arb]]
"""Of a function at a point, so many of them."""

_NARROW = 30
"""Bits of a ball that may be taken for its middle: what its own width then adds is no more than what rounding may."""


def is_hard(x: arb) -> bool:
    """Whether the ball is too wide, or too far out, for the recurrence between coefficients."""
    return bool(x.rel_accuracy_bits() < _NARROW or is_far(x))


def log_coefficients(x: arb, terms: int, near: Coefficients, far: Coefficients) -> list[arb]:
    """``terms`` coefficients of log f, which ``near`` has at points that are not far out; ``far``: those of f there."""
    if not x > 0:
        return [arb("nan")] * terms
    if x.rel_accuracy_bits() < _NARROW:
        ends = [log_coefficients(end, terms, near, far) for end in (x.lower(), x.upper())]
        return [low.union(high) for low, high in zip(*ends, strict=True)]
    if not is_far(x):
        return near(x, terms)
    cap, ctx.cap = ctx.cap, terms
    try:
        logs = arb_series(far(x, terms), prec=terms).log()
        return [logs[n] for n in range(terms)]
    finally:
        ctx.cap = cap


def far_e1(x: arb, terms: int) -> list[arb]:
    """The coefficients of e^x E_1(x), far out."""
    return _tricomi(arb(1), 1, x, terms)


def far_k1(x: arb, terms: int) -> list[arb]:
    """The coefficients of e^x K_1(x), far out. Each is a sum of two, of which one part in 2 n + 1 is left."""
    own = _tricomi(arb(1.5), 3, 2 * x, terms)
    product = [2 * x * own[n] + (own[n - 1] if n else 0) for n in range(terms)]
    return [arb.pi().sqrt() * one * arb(2) ** n for n, one in enumerate(product)]


def _tricomi(a: arb, b: int, z: arb, terms: int) -> list[arb]:
    """The coefficients of U(a, b, z)."""
    found, factor = list[arb](), arb(1)
    for n in range(terms):
        found.append(factor * z.hypgeom_u(a + n, arb(b + n)))
        factor *= -(a + n) / (n + 1)
    return found
