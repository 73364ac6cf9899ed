"""Ball arithmetic (Arb, through python-flint) as a number system: every result encloses the exact value.

Elements are ``flint.arb``; the precision is ``flint.ctx.prec`` at the time of the call. Where a ball straddles a
branch the result encloses both branches. Not-a-number is ``arb("nan")``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq
from scipy.special import stdtrit

_FAR = 2.0**15
"""Beyond this |x| Arb's erfc of an inexact argument may converge at no precision; U(1/2, 1/2, x^2/2) does."""

_NEWTON_STEPS = 100
"""From SciPy's float half a dozen are needed, from far out two dozen."""

_SPARE_BITS = 64
_NAN = arb("nan")


class BallNumbers:
    """See the module's docstring. ``NumberSystem`` over flint.arb."""

    def const(self, value: float) -> arb:
        return arb(value)

    def rational(self, numerator: int, denominator: int) -> arb:
        return arb(numerator) / denominator

    def pi(self) -> arb:
        return arb.pi()

    def lgamma(self, value: float | Fraction) -> arb:
        return _lgamma(value, ctx.prec)

    def digamma(self, value: float | Fraction) -> arb:
        exact = Fraction(value)
        return (arb(exact.numerator) / exact.denominator).digamma()

    def cos_pi(self, value: Fraction) -> arb:
        return _cos_pi(value, ctx.prec)

    def exp(self, x: arb) -> arb:
        return x.exp()

    def expm1(self, x: arb) -> arb:
        return x.expm1()

    def log(self, x: arb) -> arb:
        return x.log()

    def log1p(self, x: arb) -> arb:
        return x.log1p()

    def sqrt(self, x: arb) -> arb:
        return x.sqrt()

    def power(self, x: arb, exponent: float) -> arb:
        return x ** arb(exponent)

    def abs(self, x: arb) -> arb:
        return abs(x)

    def tanh(self, x: arb) -> arb:
        return x.tanh()

    def sech_squared(self, x: arb) -> arb:
        """1 - tanh^2, without cancellation: the derivative of tanh."""
        slope = x.sech()  # squared by a product: ** 2 is nan where a tiny ball contains 0
        return slope * slope

    def sech(self, x: arb) -> arb:
        return x.sech()

    def sinh(self, x: arb) -> arb:
        return x.sinh()

    def cosh(self, x: arb) -> arb:
        """The derivative of ``sinh``."""
        return x.cosh()

    def asinh(self, x: arb) -> arb:
        return x.asinh()

    def atanh(self, x: arb) -> arb:
        return x.atanh()

    def sigmoid(self, x: arb) -> arb:
        if x > 0:
            return 1 / (1 + (-x).exp())
        if x < 0:
            # e/(1 + e), with e at one place only, so that a wide ball is not widened twice
            small = x.exp()
            return small / (1 + small) if small.is_exact() or small < 2.0**-30 else 1 / (1 + (-x).exp())
        return 1 / (1 + (-x).exp())

    def logit(self, x: arb) -> arb:
        if x < 0.25:
            return x.log() - (-x).log1p()
        if x > 0.75:
            return x.log() - (1 - x).log()
        return 2 * (2 * x - 1).atanh()

    def softplus(self, x: arb) -> arb:
        if x > 0:
            return x + (-x).exp().log1p()
        return x.exp().log1p()

    def softplus_inverse(self, x: arb) -> arb:
        if x > 1:
            return x + (-(-x).exp()).log1p()
        return x.expm1().log()

    def ndtr(self, x: arb) -> arb:
        if x > _FAR:
            return 1 - self.ndtr(-x)
        if x < -_FAR:
            square = x * x / 2
            half = arb(0.5)
            return (-square).exp() * square.hypgeom_u(half, half) / (2 * arb.pi().sqrt())
        return (-x / arb(2).sqrt()).erfc() / 2

    def ndtri(self, x: arb) -> arb:
        root = arb(2).sqrt()
        if x < 0.25:
            return -root * (2 * x).erfcinv()
        if x > 0.75:
            return root * (2 * (1 - x)).erfcinv()
        return root * (2 * x - 1).erfinv()

    def normal_density(self, x: arb) -> arb:
        """exp(-x^2/2) / sqrt(2 pi): the derivative of ``ndtr``."""
        return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()

    def lambert_w(self, x: arb) -> arb:
        return x.lambertw()

    def student_t_cdf(self, x: arb, df: float) -> arb:
        nu, half = arb(df), arb(0.5)
        square = x * x
        if square < nu:  # x = 0 included: I(0) = 0
            inner = (square / (nu + square)).beta_lower(half, nu / 2, regularized=True) / 2
            return half + inner if x >= 0 else half - inner if x <= 0 else half + inner.union(-inner)
        outer = (nu / (nu + square)).beta_lower(nu / 2, half, regularized=True) / 2
        return outer if x < 0 else 1 - outer if x > 0 else outer.union(1 - outer)

    def student_t_quantile(self, q: arb, df: float) -> arb:
        """A candidate to about the working precision, which the caller certifies through ``student_t_cdf``."""
        if not 0 < q < 1:
            return _NAN
        upper = q > 0.5
        precision = ctx.prec
        ctx.prec += _SPARE_BITS
        try:
            found = self._lower_quantile(1 - q if upper else q, df)
        finally:
            ctx.prec = precision
        return found if upper else -found

    def _lower_quantile(self, q: arb, df: float) -> arb:
        """The t > 0 with F(-t) = q <= 1/2, by Newton's iteration for log F(-e^u) = log q: nearly straight in the tail,
        where F(-e^u) = c e^(-df u), and falling ever faster, so that an iteration begun on the far side stays there."""
        if q >= 0.5:
            return arb(0)
        nu = arb(df)
        log_scale = (nu / 2 + 0.5).lgamma() - (nu / 2).lgamma() - (arb.pi() * nu).log() / 2
        near = abs(float(stdtrit(df, float(q))))
        # The density is below c (t^2/nu)^(-(nu + 1)/2), so this t lies too far out.
        far = (log_scale + nu.log() * (nu - 1) / 2 - q.log()) / nu
        u = (arb(near).log() if 0 < near < 1e100 else far).mid()
        for _ in range(_NEWTON_STEPS):
            t = u.exp()
            share = self.student_t_cdf(-t, df).mid()
            density = (log_scale - (nu + 1) / 2 * (t * t / nu).log1p()).exp().mid()
            step = ((share.log() - q.log()) * share / (density * t)).mid()
            if not step.is_finite():
                return _NAN
            u = (u + step).mid()
            if abs(step) < arb(2) ** (8 - ctx.prec):
                break
        return u.exp().mid()

    def piecewise(self, x: arb, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        if x >= 0:
            return above(x)
        if x < 0:
            return below(x)
        return below(x).union(above(x))


@lru_cache(maxsize=4096)
def _cos_pi(value: Fraction, precision: int) -> arb:
    return arb.cos_pi_fmpq(fmpq(value.numerator, value.denominator))


@lru_cache(maxsize=256)
def _lgamma(value: float | Fraction, precision: int) -> arb:
    exact = Fraction(value)
    return (arb(exact.numerator) / exact.denominator).lgamma()
