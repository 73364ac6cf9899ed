"""Complex balls (Arb's acb) as a number system, for certified integration along the real line.

``ComplexNumbers(analytic=True)`` is for the calls in which ``acb.integral`` asks whether the integrand is
holomorphic on a ball: every primitive then answers not-a-number where the ball touches a branch cut or a point at
which the real function is not the restriction of one holomorphic function. Forgetting that flag is silently wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import acb, arb

from conformance.oracle.numbers import ball_bessel as bessel
from conformance.oracle.numbers import ball_expint as expint
from conformance.oracle.numbers.balls import BallNumbers

_NAN = acb("nan")


class ComplexNumbers:
    """See the module's docstring. ``NumberSystem`` over flint.acb.

    ndtri, lambert_w, student_t_cdf, von_mises_cdf, horseshoe_cdf and the incomplete gamma and beta functions are
    offered at real balls only.
    """

    def __init__(self, analytic: bool = False) -> None:
        self.analytic = analytic
        self._real = BallNumbers()

    def const(self, value: float) -> acb:
        return acb(value)

    def rational(self, numerator: int, denominator: int) -> acb:
        return acb(numerator) / denominator

    def pi(self) -> acb:
        return acb(arb.pi())

    def lgamma(self, value: float | Fraction) -> acb:
        return acb(self._real.lgamma(value))

    def cos_pi(self, value: Fraction) -> acb:
        return acb(self._real.cos_pi(value))

    def log_bessel_i(self, order: Fraction, value: Fraction) -> acb:
        return acb(self._real.log_bessel_i(order, value))

    def once(self, constant: Callable[[Any], arb]) -> acb:
        return acb(self._real.once(constant))

    def exp(self, x: acb) -> acb:
        return x.exp()

    def expm1(self, x: acb) -> acb:
        return x.expm1()

    def log(self, x: acb) -> acb:
        return x.log(analytic=self.analytic)

    def log1p(self, x: acb) -> acb:
        shifted = 1 + x
        return x.log1p() if shifted.real > 0 else shifted.log(analytic=self.analytic)

    def sqrt(self, x: acb) -> Any:
        return x.sqrt(analytic=self.analytic)

    def power(self, x: acb, exponent: float) -> Any:
        return x.pow(acb(exponent), analytic=self.analytic)

    def abs(self, x: acb) -> Any:
        return self.piecewise(x, lambda v: -v, lambda v: v)

    def tanh(self, x: acb) -> acb:
        return x.tanh()

    def sech_squared(self, x: acb) -> acb:
        """1 - tanh^2."""
        slope = x.sech()  # squared by a product: ** 2 is nan where a tiny ball contains 0
        return slope * slope

    def sech(self, x: acb) -> acb:
        return x.sech()

    def sinh(self, x: acb) -> acb:
        return x.sinh()

    def cosh(self, x: acb) -> acb:
        """The derivative of ``sinh``."""
        return x.cosh()

    def sin(self, x: acb) -> acb:
        return x.sin()

    def cos(self, x: acb) -> acb:
        """The derivative of ``sin``."""
        return x.cos()

    def asinh(self, x: acb) -> acb:
        if self.analytic and x.real.contains(0) and not abs(x.imag) < 1:
            return _NAN
        return x.asinh()

    def atanh(self, x: acb) -> acb:
        if self.analytic and x.imag.contains(0) and not abs(x.real) < 1:
            return _NAN
        return x.atanh()

    def sigmoid(self, x: acb) -> acb:
        if x.real < 0:
            small = x.exp()
            return small / (1 + small)
        return 1 / (1 + (-x).exp())

    def logit(self, x: acb) -> acb:
        return self.log(x) - self.log(1 - x)

    def softplus(self, x: acb) -> acb:
        if not self._from_the_real_line(x):
            return _NAN
        return x + self.log1p((-x).exp()) if x.real > 0 else self.log1p(x.exp())

    def softplus_inverse(self, x: acb) -> acb:
        if not self._from_the_real_line(x):
            return _NAN
        return x + self.log1p(-(-x).exp()) if x.real > 1 else self.log(x.expm1())

    def _from_the_real_line(self, x: acb) -> bool:
        """Whether what is holomorphic on the ball and real on the real line is the function. The two forms of each
        continue one another where |Im x| < pi only; on a ball that meets the real line either of them is told by that.
        """
        return not self.analytic or bool(abs(x.imag) < 3.140625) or bool(x.imag.contains(0))

    def ndtr(self, x: acb) -> acb:
        return (-x / arb(2).sqrt()).erfc() / 2

    def ndtri(self, x: acb) -> acb:
        return acb(self._real.ndtri(x.real)) if x.imag.is_zero() and not self.analytic else _NAN

    def normal_density(self, x: acb) -> acb:
        """exp(-x^2/2) / sqrt(2 pi)."""
        return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()

    def lambert_w(self, x: acb) -> acb:
        return acb(self._real.lambert_w(x.real)) if x.imag.is_zero() and not self.analytic else _NAN

    def student_t_cdf(self, x: acb, df: float) -> acb:
        return acb(self._real.student_t_cdf(x.real, df)) if x.imag.is_zero() and not self.analytic else _NAN

    def von_mises_cdf(self, x: acb, concentration: float) -> acb:
        return acb(self._real.von_mises_cdf(x.real, concentration)) if x.imag.is_zero() and not self.analytic else _NAN

    def erf(self, x: acb) -> acb:
        return x.erf()

    def log_erfc(self, x: acb) -> acb:
        return self.log(x.erfc())

    def log_erfcx_ratio(self, x: acb, more: acb) -> acb:
        return self.log_erfcx(x + more) - self.log_erfcx(x)

    def log_erfcx(self, x: acb) -> acb:
        """log(e^(x^2) erfc(x)) for Re x >= 0, where the product has a positive real part; each factor turns fast."""
        return self.log((x * x).exp() * x.erfc())

    def erfc_hazard(self, x: acb) -> acb:
        """2/sqrt(pi) exp(-x^2) / erfc(x)."""
        return 2 * (-(x * x)).exp() / (arb.pi().sqrt() * x.erfc())

    def log_scaled_bessel_k1(self, x: acb) -> acb:
        return self.log(bessel.scaled_k1_beside_the_axis(x)) if x.real > 0 else _NAN

    def bessel_k_ratio(self, x: acb) -> acb:
        """K_0/K_1."""
        return acb(self._real.bessel_k_ratio(x.real)) if x.imag.is_zero() and not self.analytic else _NAN

    def log_scaled_e1(self, x: acb) -> acb:
        return self.log(expint.scaled_e1(x)) if x.real > 0 else _NAN

    def e1_fall(self, x: acb) -> acb:
        """Minus the derivative of ``log_scaled_e1``."""
        return expint.fall_beside_the_axis(x) if x.real > 0 else _NAN

    def horseshoe_cdf(self, x: acb) -> acb:
        return acb(self._real.horseshoe_cdf(x.real)) if x.imag.is_zero() and not self.analytic else _NAN

    def gamma_p(self, x: acb, a: float | Fraction) -> acb:
        return acb(self._real.gamma_p(x.real, a)) if x.imag.is_zero() and not self.analytic else _NAN

    def gamma_q(self, x: acb, a: float | Fraction) -> acb:
        return acb(self._real.gamma_q(x.real, a)) if x.imag.is_zero() and not self.analytic else _NAN

    def log_gamma_q(self, x: acb, a: float | Fraction) -> acb:
        return acb(self._real.log_gamma_q(x.real, a)) if x.imag.is_zero() and not self.analytic else _NAN

    def gamma_hazard(self, x: acb, a: float | Fraction) -> acb:
        """x^(a - 1) e^-x / Gamma(a, x)."""
        return acb(self._real.gamma_hazard(x.real, a)) if x.imag.is_zero() and not self.analytic else _NAN

    def betainc(self, x: acb, a: float, b: float) -> acb:
        return acb(self._real.betainc(x.real, a, b)) if x.imag.is_zero() and not self.analytic else _NAN

    def piecewise(self, x: acb, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        if x.real > 0 or (x.real >= 0 and not self.analytic):
            return above(x)
        if x.real < 0:
            return below(x)
        return _NAN if self.analytic else below(x).union(above(x))
