"""Probabilities too small for any ball, as the Taylor series of their logarithm: what log_cdf and log_survival need.

Over a run that spans many binades the ball of a probability contains 0, and has no logarithm, while that logarithm is
an ordinary series. Here each primitive whose values vanish gives the logarithm at once (``Huge`` elements, see
``huge``, of whatever size), and what is no larger than a ball holds goes back to being one where that is what is added
to or taken a function of.

Guarantee, as of any number system of series: every coefficient is enclosed at every point of the ball.
Sources: DLMF 7.11.1, 8.5.1, 8.6.5, 8.17.8 and 13.4.4; e^v - 1 = v 1F1(1; 2; v) is the series of exp.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, arb_series

from conformance.oracle.numbers.ball_quantiles import Order
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.numbers.series_coefficients import (
    composed,
    is_far_out,
    log_erfcx_fall,
    of_gamma_tail,
    of_gauss,
    of_kummer,
)
from conformance.oracle.piecewise.huge import Huge, HugeNumbers

_FITS = 64
"""Logarithms up to which a number is an ordinary series too; beyond it e^(-x) is below the last bit of 1."""


class SmallNumbers(HugeNumbers):
    """See the module's docstring."""

    def __getattr__(self, name: str) -> Any:
        primitive = getattr(self.plain, name)

        def guarded(*args: Any) -> Any:
            known = [self.ordinary(a) for a in args]
            return self.nothing if any(isinstance(a, Huge) for a in known) else primitive(*known)

        return guarded if callable(primitive) else primitive

    def ordinary(self, x: Any) -> Any:
        """A number as a series of its own, where it is no larger than one holds; itself where it is."""
        return x.sign * x.log.exp() if isinstance(x, Huge) and x.log[0] < _FITS else x

    def sum(self, x: Huge, other: Any) -> Any:
        if isinstance(other, Huge) and other.sign == x.sign:
            most, least = (x.log, other.log) if x.log[0].mid() >= other.log[0].mid() else (other.log, x.log)
            return Huge(x.sign, most + self.plain.softplus(least - most), self)
        known, others = self.ordinary(x), self.ordinary(other)
        if isinstance(known, Huge):
            return super().sum(known, others)
        return others + known

    def exp(self, x: Any) -> Any:
        known = self.ordinary(x)
        return known.exp() if isinstance(x, Huge) and known is not x else super().exp(x)

    def expm1(self, x: Any) -> Any:
        """e^v - 1 = v 1F1(1; 2; v) of a number that may be tiny."""
        if not isinstance(x, Huge) or not x.log[0] < 0:
            return super().expm1(self.ordinary(x))
        v = self.ordinary(x)
        return Huge(x.sign, x.log + self._log(of_kummer(v[0], arb(2), self.length), v), self)

    def sqrt(self, x: Any) -> Any:
        return self.power(x, 0.5)

    def sigmoid(self, x: Any) -> Any:
        known = self.ordinary(x)
        if isinstance(known, arb_series) and known[0] < -1:
            return Huge(1, -self.plain.softplus(-known), self)
        return self.nothing if isinstance(known, Huge) else self.plain.sigmoid(known)

    def ndtr(self, x: Any) -> Any:
        known = self.ordinary(x)
        if isinstance(known, arb_series) and known[0] < -1:
            return Huge(1, self.plain.log_erfc(-known / arb(2).sqrt()) - arb(2).log(), self)
        return super().ndtr(known)

    def erf(self, x: Any) -> Any:
        """sign(x) P(1/2, x^2) of a number that may be tiny (DLMF 7.11.1)."""
        if isinstance(x, Huge) and x.log[0] < 0:
            return x.sign * self.gamma_p(x * x, 0.5)
        return super().erf(self.ordinary(x))

    def log_erfc(self, x: Any) -> Any:
        known = self.ordinary(x)
        if isinstance(known, Huge):
            return self.log_gamma_q(known * known, 0.5) if known.sign > 0 else self.nothing  # DLMF 7.11.2
        return self.plain.log_erfc(known)

    def log_erfcx_ratio(self, x: Any, more: Any) -> Any:
        """As ``log_erfcx_fall`` has it where a difference leaves nothing: far out, and over whatever is wide there."""
        at = self.ordinary(x)
        far = at.sign > 0 if isinstance(at, Huge) else isinstance(at, arb_series) and is_far_out(at[0])
        if not far:
            step = self.ordinary(more)
            return (
                self.nothing if isinstance(at, Huge) or isinstance(step, Huge) else self.plain.log_erfcx_ratio(at, step)
            )
        share = more / x
        part = self.ordinary(share)
        if isinstance(part, Huge):
            return self.nothing
        fall = log_erfcx_fall(self._series(self.ordinary(self.reciprocal(x))), self._series(part), self.length)
        return Huge(-1, self.log(share) + self.plain.log(fall), self)

    def gamma_p(self, x: Any, a: Order) -> Any:
        """x^a e^-x 1F1(1; a + 1; x)/Gamma(a + 1) of a number that may be tiny."""
        known = self.ordinary(x)
        if isinstance(known, Huge):
            return 1 - self.gamma_q(known, a)
        if isinstance(x, Huge) and x.log[0] < 0 and x.sign > 0:
            order = ratio(a)
            rest = self._log(of_kummer(known[0], order + 1, self.length), known) - known
            return Huge(1, order * x.log + rest - order.log() - self.lgamma(a), self)
        return self.plain.gamma_p(known, a)

    def gamma_q(self, x: Any, a: Order) -> Any:
        known = self.ordinary(x)
        if isinstance(known, Huge):
            return self.exp(self.log_gamma_q(known, a))
        if isinstance(x, Huge) and x.log[0] < 0:
            return 1 - self.gamma_p(x, a)
        if isinstance(known, arb_series) and known[0] > ratio(a) + 1:
            return Huge(1, self.plain.log_gamma_q(known, a), self)
        return self.plain.gamma_q(known, a)

    def log_gamma_q(self, x: Any, a: Order) -> Any:
        """(a - 1) log x - x + log G - log Gamma(a), of any size; see ``series_coefficients``."""
        known = self.ordinary(x)
        if isinstance(x, Huge) and x.log[0] < 0:
            return self.log1p(-self.gamma_p(x, a))
        if not isinstance(known, Huge):
            return self.plain.log_gamma_q(known, a)
        if known.sign < 0 or not known.log[0] > _FITS - 1:
            return self.nothing
        bounds = of_gamma_tail(arb(_FITS - 1).exp().lower(), None, a, self.length)
        rest = (ratio(a) - 1) * known.log + self._log(bounds, (-known.log).exp()) - self.lgamma(a)
        return -known + rest

    def betainc(self, x: Any, a: float, b: float) -> Any:
        """x^a (1 - x)^b 2F1(1, a + b; a + 1; x)/(a B(a, b)) below the mean, however tiny x is."""
        known, whole, first = self.ordinary(x), arb(a) + arb(b), arb(a)
        if isinstance(known, Huge):
            return self.nothing
        if not (isinstance(known, arb_series) and known[0] < 0.75 and known[0] * whole < first):
            return self.plain.betainc(known, a, b)
        log = x.log if isinstance(x, Huge) else self.plain.log(x)
        series = self._log(of_gauss(known[0], whole, first + 1, self.length), known)
        log_beta = self.lgamma(a) + self.lgamma(b) - self.lgamma(Fraction(a) + Fraction(b))
        return Huge(1, first * log + arb(b) * self.plain.log1p(-known) + series - first.log() - log_beta, self)

    def _log(self, coefficients: list[arb], v: arb_series) -> arb_series:
        """log f(v) of a function that is positive at the series v, from its coefficients there."""
        return self.plain.log(composed(coefficients, v))
