"""Candidates for the quantiles of Student's t, beta and gamma laws: Newton's iteration over the midpoints of balls.

Nothing is claimed of them but that they are good to about the working precision: whoever asks certifies them through
the distribution function. The iteration runs for log F(e^u) = log q, which is nearly straight in the tail, where F is a
power, and bends down everywhere: so one that begins on the far side stays there.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import scipy
from flint import arb, ctx

from conformance.oracle.numbers import ball_student as student
from conformance.oracle.numbers.exact import ratio

_STEPS = 100
"""From SciPy's float half a dozen are needed, from far out two dozen."""

_SPARE_BITS = 64
_IDLE, _SMALL_BITS = 3, 32
"""Steps that are no smaller than one before them, and how small they have to be, before they count as rounding."""

_SQUARED_BITS, _MOST_TIMES = 16, 4
"""What one of Newton's steps leaves is its square times some number: so one that is this many bits below the root of
the working precision is the last. So is a small one that is no smaller than the one before it, which is rounding.
Where the ball of the distribution function leaves too much open, more bits are worked with, up to _MOST_TIMES as many:
FLINT's Q(a, x) loses most of 160 bits for an x of some dozens."""

_FAR_OUT = -40
"""Where the first term of a series is a better start than SciPy's answer."""

_NAN = arb("nan")

Real = Callable[[arb], arb]
Order = float | Fraction
Share = Callable[[arb, Any], arb]
BetaShare = Callable[[arb, float, float], arb]


def student_t(q: arb, df: float, cdf: Callable[[arb, float], arb]) -> arb:
    """The t with F(t) = q, F being ``cdf``; as wide as a ``q`` that is no exact number makes it."""
    if not 0 < q < 1:
        return _NAN
    upper = q > 0.5
    with ctx.workprec(ctx.prec + _SPARE_BITS):
        found = _student_t_tail(1 - q if upper else q, df, cdf)
        if not q.is_exact():
            found += arb(0, (q.rad() / student.density(found, df)).abs_upper())
    return found if upper else -found


def _student_t_tail(q: arb, df: float, cdf: Callable[[arb, float], arb]) -> arb:
    """The t > 0 with F(-t) = q <= 1/2."""
    if q >= 0.5:
        return arb(0)
    nu = arb(df)
    near = abs(float(scipy.special.stdtrit(df, float(q))))
    # The density is below c (t^2/nu)^(-(nu + 1)/2), so this t lies too far out.
    far = (student.log_peak(df) + nu.log() * (nu - 1) / 2 - q.log()) / nu

    def falling(t: arb) -> arb:
        return -student.density(t, df)

    return _newton(q, lambda t: cdf(-t, df), falling, arb(near).log() if 0 < near < 1e100 else far).exp().mid()


def logit_beta(q: arb, a: float, b: float, share: BetaShare) -> arb:
    """The logit of the x with I_x(a, b) = q, I being ``share``."""
    if not 0 < q < 1:
        return _NAN
    with ctx.workprec(ctx.prec + _SPARE_BITS):
        if q < share(arb(a) / (arb(a) + arb(b)), a, b):
            return _logit_beta_below(q, a, b, share)
        return -_logit_beta_below(1 - q, b, a, share)


def _logit_beta_below(q: arb, a: float, b: float, share: BetaShare) -> arb:
    """For x below a/(a + b)."""
    first, second = arb(a), arb(b)
    log_beta = first.lgamma() + second.lgamma() - (first + second).lgamma()
    near = float(scipy.special.betaincinv(a, b, float(q)))
    far = (q.log() + log_beta + first.log()) / first  # I_x = x^a/(a B(a, b)) (1 + O(x))

    def density(x: arb) -> arb:
        return ((first - 1) * x.log() + (second - 1) * (-x).log1p() - log_beta).exp()

    u = _newton(q, lambda x: share(x, a, b), density, arb(near).log() if far > _FAR_OUT and 0 < near < 1 else far)
    return (u - (-(u.exp())).log1p()).mid()


def log_gamma(q: arb, a: Order, lower: Share, upper: Share) -> arb:
    """The logarithm of the x with P(a, x) = q, P and its complement being ``lower`` and ``upper``."""
    if not 0 < q < 1:
        return _NAN
    with ctx.workprec(ctx.prec + _SPARE_BITS):
        return _gamma_above(1 - q, a, upper) if q > 0.5 else _gamma_below(q, a, lower)


def log_gamma_of_rest(q: arb, a: Order, lower: Share, upper: Share) -> arb:
    """The logarithm of the x with 1 - P(a, x) = q."""
    if q == 1:
        return arb("-inf")
    if not 0 < q < 1:
        return _NAN
    with ctx.workprec(ctx.prec + _SPARE_BITS):
        return _gamma_below(1 - q, a, lower) if q > 0.5 else _gamma_above(q, a, upper)


def _gamma_below(q: arb, a: Order, lower: Share) -> arb:
    order, near = ratio(a), float(scipy.special.gammaincinv(float(a), float(q)))
    far = (q.log() + (order + 1).lgamma()) / order  # P = x^a/Gamma(a + 1) (1 + O(x))
    start = arb(near).log() if near > 1e-280 else far
    return _newton(q, lambda x: lower(x, a), lambda x: _gamma_density(x, order), start)


def _gamma_above(q: arb, a: Order, upper: Share) -> arb:
    order, near = ratio(a), float(scipy.special.gammainccinv(float(a), float(q)))
    start = arb(near) if 0 < near < 1e100 else -q.log()
    return _newton(q, lambda x: upper(x, a), lambda x: -_gamma_density(x, order), start.log())


def _gamma_density(x: arb, order: arb) -> arb:
    return ((order - 1) * x.log() - x - order.lgamma()).exp()


def iterated(start: arb, step: Real) -> arb:
    """What repeated steps settle at, with the last step for a radius, since that may be 0; not a number where they lead
    nowhere. Where steps stop shrinking before the precision is reached, as next to a point that the function hardly
    tells from its neighbours, a few of them are the radius."""
    x, least, idle = start.mid(), arb("inf"), 0
    with ctx.workprec(ctx.prec + _SPARE_BITS):
        enough = arb(2) ** (8 + _SPARE_BITS // 2 - ctx.prec)
        for _ in range(_STEPS):
            last, x = x, step(x).mid()
            moved = abs(x - last)
            if not x.is_finite():
                break
            if moved < enough:
                return x + arb(0, enough)
            idle = idle + 1 if moved >= least else 0
            if idle == _IDLE and moved < arb(2) ** -_SMALL_BITS:
                return x + arb(0, 16 * moved)
            least = least.min(moved)
    return _NAN


def _newton(q: arb, share: Real, slope: Real, u: arb) -> arb:
    """The u with share(e^u) = q, from a first one; not a number where the iteration leads nowhere."""
    u, size, working = u.mid(), arb("inf"), ctx.prec
    enough, small = arb(2) ** (-_SQUARED_BITS - ctx.prec // 2), arb(2) ** -_SMALL_BITS
    good = arb(2) ** (_SPARE_BITS // 2 - ctx.prec)
    for _ in range(_STEPS):
        with ctx.workprec(working):
            at = u.exp().mid()
            found, steep = share(at), slope(at).mid() * at
            step = ((q.log() - found.mid().log()) * found.mid() / steep).mid()
            unknown = abs(found.rad() / steep)
            further = (u + step).mid()
        more = 2 * working <= _MOST_TIMES * ctx.prec
        if not step.is_finite():
            if not more:
                return _NAN
            working *= 2
            continue
        u, last, size = further, size, abs(step)
        settled = size < enough or (size >= last and size < small)
        if (settled or size < unknown) and unknown > good and more:
            size, working = arb("inf"), 2 * working
        elif settled:
            break
    return u
