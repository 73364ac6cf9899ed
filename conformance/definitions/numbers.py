"""The number system that every definition is written over.

A definition never looks at a value: it has no ``if x > 0``. Whatever depends on the sign or the size of an element
lives in a primitive of the number system, so that one definition runs unchanged over balls, Taylor series, dual
numbers, mpmath, double-double balls and NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

Element = Any
"""An element of a number system. Elements support + - * / and unary -, among themselves and with ``const`` results."""


class NumberSystem(Protocol):
    """Primitives over one kind of element, each accurate for EVERY real argument where its value is representable.

    "Tail-preserving" is the guarantee: no primitive may cancel. ``sigmoid(-1000)`` has full relative precision, and
    so has ``tanh(1e-300)``; a definition that needs 1 - f(x) asks for the complementary primitive instead. Values
    below the smallest number of the system may come back as an enclosure of 0.

    An argument outside a primitive's domain gives the system's own not-a-number, never an exception.
    """

    def const(self, value: float) -> Element:
        """The element equal to the float ``value``, exactly."""

    def rational(self, numerator: int, denominator: int) -> Element:
        """numerator / denominator."""

    def pi(self) -> Element:
        """The number pi."""

    def lgamma(self, value: float | Fraction) -> Element:
        """log Gamma of the exact ``value`` > 0: a constant of a definition, never a function of its variable."""

    def cos_pi(self, value: Fraction) -> Element:
        """cos(pi ``value``): a constant of a definition, never a function of its variable."""

    def log_bessel_i(self, order: Fraction, value: Fraction) -> Element:
        """log I_order(value), the modified Bessel function of the first kind (DLMF 10.25.2), of the exact ``value`` > 0
        and an order of 0 or more: a constant of a definition, never a function of its variable."""

    def once(self, constant: Callable[[NumberSystem], Element]) -> Element:
        """constant(self): a constant of a definition that takes long, worked out once for each precision."""

    def exp(self, x: Element) -> Element: ...

    def expm1(self, x: Element) -> Element: ...

    def log(self, x: Element) -> Element: ...

    def log1p(self, x: Element) -> Element: ...

    def sqrt(self, x: Element) -> Element: ...

    def power(self, x: Element, exponent: float) -> Element:
        """x**exponent for x > 0 and a constant real exponent."""

    def abs(self, x: Element) -> Element: ...

    def tanh(self, x: Element) -> Element: ...

    def sech(self, x: Element) -> Element:
        """1 / cosh x."""

    def sinh(self, x: Element) -> Element: ...

    def asinh(self, x: Element) -> Element: ...

    def sin(self, x: Element) -> Element: ...

    def atanh(self, x: Element) -> Element: ...

    def sigmoid(self, x: Element) -> Element:
        """1 / (1 + e^-x)."""

    def logit(self, x: Element) -> Element:
        """log(x / (1 - x))."""

    def softplus(self, x: Element) -> Element:
        """log(1 + e^x)."""

    def softplus_inverse(self, x: Element) -> Element:
        """log(e^x - 1)."""

    def ndtr(self, x: Element) -> Element:
        """The standard normal distribution function, erfc(-x / sqrt 2) / 2."""

    def ndtri(self, x: Element) -> Element:
        """The inverse of ``ndtr``."""

    def lambert_w(self, x: Element) -> Element:
        """The w >= 0 with w e^w = x, for x >= 0: the principal branch of Lambert's W."""

    def student_t_cdf(self, x: Element, df: float) -> Element:
        """The distribution function of Student's t with ``df`` degrees of freedom."""

    def von_mises_cdf(self, x: Element, concentration: float) -> Element:
        """The integral of exp(k cos t)/(2 pi I_0(k)) from -pi to x, k the concentration: at an angle between -pi and pi
        the distribution function of von Mises' law about 0. It counts 1 for every turn beyond."""

    def erf(self, x: Element) -> Element:
        """2/sqrt(pi) int_0^x exp(-t^2) dt (DLMF 7.2.1). Its complement is 2 ``ndtr``(-sqrt(2) x)."""

    def log_erfc(self, x: Element) -> Element:
        """log(1 - ``erf``), which does not underflow where 1 - erf does."""

    def log_erfcx_ratio(self, x: Element, more: Element) -> Element:
        """log(erfcx(x + more) / erfcx(x)) for x, more >= 0, erfcx(x) = e^(x^2) (1 - ``erf``(x)), which falls: what two
        tails of the normal law are to one another but for their exponentials."""

    def log_scaled_bessel_k1(self, x: Element) -> Element:
        """log(e^x K_1(x)) for x > 0, K_1 the modified Bessel function of the second kind (DLMF 10.25.3). It falls."""

    def log_scaled_e1(self, x: Element) -> Element:
        """log(e^x E_1(x)) for x > 0, E_1 the exponential integral (DLMF 6.2.1). It falls."""

    def horseshoe_cdf(self, x: Element) -> Element:
        """The distribution function of the standard horseshoe law, of a normal variable whose scale follows the
        standard half-Cauchy law."""

    def gamma_p(self, x: Element, a: float | Fraction) -> Element:
        """The regularised lower incomplete gamma function P(a, x) for x >= 0 (DLMF 8.2.4)."""

    def gamma_q(self, x: Element, a: float | Fraction) -> Element:
        """The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x) for x >= 0 (DLMF 8.2.4)."""

    def log_gamma_q(self, x: Element, a: float | Fraction) -> Element:
        """log of ``gamma_q``, which does not underflow where it does."""

    def betainc(self, x: Element, a: float, b: float) -> Element:
        """The regularised incomplete beta function I_x(a, b) for 0 <= x <= 1 (DLMF 8.17.2): next to 1 its complement is
        wanted, I_(1 - x)(b, a)."""

    def piecewise(
        self, x: Element, below: Callable[[Element], Element], above: Callable[[Element], Element]
    ) -> Element:
        """below(x) where x < 0, above(x) where x >= 0; the two branches agree at 0."""


class CandidateNumbers(NumberSystem, Protocol):
    """What candidates for an inverse may use beside: these are certified or thrown away, and no series is needed."""

    def student_t_quantile(self, q: Element, df: float) -> Element:
        """The inverse of ``student_t_cdf`` in its first argument, on (0, 1)."""

    def erfinv(self, q: Element) -> Element:
        """The inverse of ``erf``, on (0, 1)."""

    def log_gamma_p_inverse(self, q: Element, a: float | Fraction) -> Element:
        """The logarithm of the x with ``gamma_p`` (x) = q, for q in (0, 1)."""

    def log_gamma_q_inverse(self, q: Element, a: float | Fraction) -> Element:
        """The logarithm of the x with ``gamma_q`` (x) = q, for q in (0, 1)."""

    def logit_betainc_inverse(self, q: Element, a: float, b: float) -> Element:
        """The logit of the x with ``betainc`` (x) = q, for q in (0, 1): either of x and 1 - x may be tiny."""

    def iterated(self, start: Element, step: Callable[[Element], Element]) -> Element:
        """What x, step(x), step(step(x)), ... settles at, from ``start``."""


class ClosedFormNumbers(NumberSystem, Protocol):
    """What closed forms of statistics may use beside."""

    def digamma(self, value: float | Fraction) -> Element:
        """The derivative of log Gamma at the exact ``value`` > 0: a constant, never a function of a variable."""


def exact(ns: NumberSystem, value: Fraction) -> Element:
    """The element equal to ``value``."""
    return ns.rational(value.numerator, value.denominator)
