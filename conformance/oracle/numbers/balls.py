"""Ball arithmetic (Arb, through python-flint) as a number system: every result encloses the exact value.

Elements are ``flint.arb``; the precision is ``flint.ctx.prec`` at the time of the call. Where a ball straddles a
branch the result encloses both branches. Not-a-number is ``arb("nan")``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import frexp
from typing import Any

from flint import arb, ctx, fmpq

from conformance.oracle.numbers import ball_angles as angles
from conformance.oracle.numbers import ball_bessel as bessel
from conformance.oracle.numbers import ball_expint as expint
from conformance.oracle.numbers import ball_horseshoe as horseshoe
from conformance.oracle.numbers import ball_quantiles as quantiles
from conformance.oracle.numbers import ball_student as student
from conformance.oracle.numbers.ball_quantiles import Order
from conformance.oracle.numbers.exact import ratio

_STEEP = 2.0**7
"""Up to this x e^(x^2) loses at most 14 bits."""
_FAR = 2.0**15
"""Beyond this |x| Arb's erfc of an inexact argument may converge at no precision; U(1/2, 1/2, x^2/2) does."""

_FEW, _MANY_TERMS = 8.0, 512
"""Parameters of the incomplete beta function whose series is short, and bits that serve parameters of up to 256."""

_BROAD = 2.0**-20
"""Of a ball's middle, from which radius on a function that goes one way is asked at the two ends."""

_NAN = arb("nan")


def _wide(x: arb) -> bool:
    """Whether a ball is so wide that an exponential over it says nothing, where a function that rises does by its
    ends."""
    return bool(x.rad() > 1) and not (x > 0 or x < 0)


def _ends(x: arb) -> tuple[arb, arb] | None:
    """The ends of a wide ball of positive numbers, which are enough for a function that goes one way; else None.
    FLINT's incomplete gamma and beta functions take seconds over a ball a thirtieth as wide as it is large."""
    return (x.lower(), x.upper()) if x > 0 and x.rad() > x.mid() * _BROAD else None


class BallNumbers:
    """See the module's docstring. ``NumberSystem`` over flint.arb, and ``OrderedNumbers``, as balls compare."""

    def const(self, value: float) -> arb:
        return arb(value)

    def rational(self, numerator: int, denominator: int) -> arb:
        return arb(numerator) / denominator

    def pi(self) -> arb:
        return arb.pi()

    def lgamma(self, value: float | Fraction) -> arb:
        return _lgamma(value, ctx.prec)

    def digamma(self, value: float | Fraction) -> arb:
        return ratio(value).digamma()

    def cos_pi(self, value: Fraction) -> arb:
        return _cos_pi(value, ctx.prec)

    def log_bessel_i(self, order: Fraction, value: Fraction) -> arb:
        return _log_bessel_i(order, value, ctx.prec)

    def once(self, constant: Callable[[BallNumbers], arb]) -> arb:
        return _once(constant, ctx.prec)

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

    def larger(self, x: arb, y: arb) -> arb:
        return x.max(y)

    def hull(self, x: arb, y: arb) -> arb:
        return x.union(y)

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

    def sin(self, x: arb) -> arb:
        return x.sin()

    def cos(self, x: arb) -> arb:
        """The derivative of ``sin``."""
        return x.cos()

    def atanh(self, x: arb) -> arb:
        return x.atanh()

    def sigmoid(self, x: arb) -> arb:
        if _wide(x):
            return self.sigmoid(x.lower()).union(self.sigmoid(x.upper()))
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
        if _wide(x):
            return self.softplus(x.lower()).union(self.softplus(x.upper()))
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
        return student.cdf(x, df)

    def student_t_quantile(self, q: arb, df: float) -> arb:
        """A candidate to about the working precision, which the caller certifies through ``student_t_cdf``."""
        return quantiles.student_t(q, df, self.student_t_cdf)

    def von_mises_cdf(self, x: arb, concentration: float) -> arb:
        return angles.cdf(x, concentration)

    def erf(self, x: arb) -> arb:
        return x.erf()

    def log_erfc(self, x: arb) -> arb:
        if x > _FAR:
            return -(x * x) + (_scaled_erfc(x) / arb.pi().sqrt()).log()
        return x.erfc().log() if x > 0.5 else (-x.erf()).log1p()

    def log_erfcx_ratio(self, x: arb, more: arb) -> arb:
        return self.log_erfcx(x + more) - self.log_erfcx(x)

    def log_erfcx(self, x: arb) -> arb:
        """log(e^(x^2) erfc(x)), which falls."""
        ends = _ends(x)
        if ends is not None:
            return self.log_erfcx(ends[0]).union(self.log_erfcx(ends[1]))
        if x > _STEEP:  # Nearer by erfc takes a fraction of the time.
            return (_scaled_erfc(x) / arb.pi().sqrt()).log()
        return ((x * x).exp() * x.erfc()).log() if x > 0.5 else x * x + self.log_erfc(x)

    def erfc_hazard(self, x: arb) -> arb:
        """2/sqrt(pi) exp(-x^2) / erfc(x): minus the derivative of ``log_erfc``."""
        if x > _FAR:
            return 2 / _scaled_erfc(x)
        return 2 * (-(x * x)).exp() / (arb.pi().sqrt() * x.erfc())

    def erfinv(self, q: arb) -> arb:
        return q.erfinv() if q < 0.5 else (1 - q).erfcinv()

    def log_scaled_bessel_k1(self, x: arb) -> arb:
        return bessel.log_scaled_k1(x)

    def bessel_k_ratio(self, x: arb) -> arb:
        """K_0/K_1: 1 - 1/x less the derivative of ``log_scaled_bessel_k1``."""
        return bessel.k_ratio(x)

    def log_scaled_e1(self, x: arb) -> arb:
        return expint.log_scaled_e1(x)

    def e1_fall(self, x: arb) -> arb:
        """Minus the derivative of ``log_scaled_e1``."""
        return expint.e1_fall(x)

    def horseshoe_cdf(self, x: arb) -> arb:
        return horseshoe.cdf(x)

    def gamma_p(self, x: arb, a: Order) -> arb:
        ends = _ends(x)
        if ends is not None:
            return self.gamma_p(ends[0], a).union(self.gamma_p(ends[1], a))
        return 1 - self.gamma_q(x, a) if x > ratio(a) else x.gamma_lower(ratio(a), regularized=True)

    def gamma_q(self, x: arb, a: Order) -> arb:
        ends = _ends(x)
        if ends is not None:
            return self.gamma_q(ends[0], a).union(self.gamma_q(ends[1], a))
        if x > _FAR:
            return (-x).exp() * x ** (ratio(a) - 1) * self._gamma_mills(x, a) * ratio(a).rgamma()
        return (
            x.gamma_upper(ratio(a), regularized=True) if x > ratio(a) else 1 - x.gamma_lower(ratio(a), regularized=True)
        )

    def log_gamma_q(self, x: arb, a: Order) -> arb:
        if x > _FAR:
            return (ratio(a) - 1) * x.log() - x + self._gamma_mills(x, a).log() - _lgamma(a, ctx.prec)
        return self.gamma_q(x, a).log() if x > ratio(a) else (-self.gamma_p(x, a)).log1p()

    def gamma_hazard(self, x: arb, a: Order) -> arb:
        """x^(a - 1) e^-x / Gamma(a, x): minus the derivative of ``log_gamma_q``."""
        if x > _FAR:
            return 1 / self._gamma_mills(x, a)
        return x ** (ratio(a) - 1) * (-x).exp() * ratio(a).rgamma() / self.gamma_q(x, a)

    @staticmethod
    def _gamma_mills(x: arb, a: Order) -> arb:
        """Gamma(a, x) e^x x^(1 - a) (DLMF 8.5.3), which lies between 1 and x/(x + 1 - a), as ``array_gamma`` says."""
        away = abs(ratio(a) - 1)
        if x > away + arb(2) ** ctx.prec:
            return arb(1, (away / (x - away)).upper())
        return x * x.hypgeom_u(arb(1), ratio(a) + 1)

    def log_gamma_p_inverse(self, q: arb, a: Order) -> arb:
        """A candidate to about the working precision, which the caller certifies through ``gamma_p``."""
        return quantiles.log_gamma(q, a, self.gamma_p, self.gamma_q)

    def log_gamma_q_inverse(self, q: arb, a: Order) -> arb:
        """The same through ``gamma_q``."""
        return quantiles.log_gamma_of_rest(q, a, self.gamma_p, self.gamma_q)

    def iterated(self, start: arb, step: Callable[[arb], arb]) -> arb:
        """A candidate to about the working precision, as those of ``ball_quantiles``."""
        return quantiles.iterated(start, step)

    def betainc(self, x: arb, a: float, b: float) -> arb:
        ends = _ends(x)
        if ends is not None and ends[1] < 1:
            return self.betainc(ends[0], a, b).union(self.betainc(ends[1], a, b))
        # Where its series has about as many terms as there are bits or more, FLINT goes another way, which takes dozens
        # of times as long as the same series with more bits.
        with ctx.workprec(max(ctx.prec, _MANY_TERMS) if a + b > _FEW else ctx.prec):
            if x > 0.5 and x * (arb(a) + arb(b)) > arb(a):  # beyond the mean nothing cancels
                return 1 - (1 - x).beta_lower(arb(b), arb(a), regularized=True)
            return x.beta_lower(arb(a), arb(b), regularized=True)

    def logit_betainc_inverse(self, q: arb, a: float, b: float) -> arb:
        """A candidate to about the working precision, which the caller certifies through ``betainc``."""
        return quantiles.logit_beta(q, a, b, self.betainc)

    def piecewise(self, x: arb, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        if x >= 0:
            return above(x)
        if x < 0:
            return below(x)
        return below(x).union(above(x))


def _scaled_erfc(x: arb) -> arb:
    """sqrt(pi) exp(x^2) erfc(x) for x > 0 (DLMF 7.11.5), which is about 1/x far out."""
    half = arb(0.5)
    return (x * x).hypgeom_u(half, half)


@lru_cache(maxsize=4096)
def _cos_pi(value: Fraction, precision: int) -> arb:
    return arb.cos_pi_fmpq(fmpq(value.numerator, value.denominator))


@lru_cache(maxsize=256)
def _once(constant: Callable[[BallNumbers], arb], precision: int) -> arb:
    return constant(BallNumbers())


@lru_cache(maxsize=256)
def _log_bessel_i(order: Fraction, value: Fraction, precision: int) -> arb:
    at = ratio(value)
    return at.bessel_i(ratio(order), scaled=True).log() + at


@lru_cache(maxsize=256)
def _lgamma(value: float | Fraction, precision: int) -> arb:
    """To as many bits more as it has before the point: differences of two are what definitions ask for."""
    found = ratio(value).lgamma()
    grown = frexp(float(found))[1]
    if grown <= 0:
        return found
    with ctx.workprec(precision + grown):
        return ratio(value).lgamma()
