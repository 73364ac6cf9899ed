"""The distribution functions among the primitives over array elements; see ``array_system``.

What parameters the series behind them are too long for is NotOffered, which leaves it to polynomials.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

import numpy as np
import scipy

from conformance.oracle.numbers import array_angles as angles
from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers import array_bessel as bessel
from conformance.oracle.numbers import array_beta as beta
from conformance.oracle.numbers import array_gamma as gamma
from conformance.oracle.numbers import array_normal as normal
from conformance.oracle.numbers import array_student as student
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_pulls import halved, pulled, scaled, unless_still
from conformance.oracle.numbers.arrays import Element, NotOffered, Pulls, applied, constant, enclosed_constant

_MOST_STEPS = 40
_PI = enclosed_constant(Ball(pi, 2.0**-52))


class LawNumbers:
    """Part of ``ArrayNumbers``."""

    def log1p(self, x: Element) -> Element:
        """Of the whole system."""
        raise NotImplementedError

    def ndtr(self, x: Element) -> Element:
        def growth() -> Pulls:
            return Pulls(True, unless_still(x.absolute, normal.hazard(x.ball.mid)))

        def log() -> Element:
            return Element(lambda: normal.log_ndtr(x.ball), lambda: Pulls(False, growth().by))

        def log_slope() -> Element:
            return -halved(x * x) - halved((constant(2.0) * _PI).log())

        return applied(x, lambda: normal.ndtr(x.ball), growth, log_slope, log)

    def ndtri(self, x: Element) -> Element:
        """A candidate for ``bulk.bracket`` to certify: of its value nothing is claimed, hence the radius."""

        def value() -> Ball:
            mid = normal.ndtri(x.ball.mid)
            return Ball(mid, np.full(np.shape(mid), np.inf))

        def pull() -> Pulls:
            return Pulls(False, scaled(x.absolute, 1.0 / normal.density(value_at.ball.mid)))

        value_at = Element(value)
        return applied(x, lambda: value_at.ball, pull, lambda: refuse("the slope of ndtri"))

    def lambert_w(self, x: Element) -> Element:
        """A candidate, as ``ndtri`` is one."""

        def value() -> Ball:
            mid = np.real(scipy.special.lambertw(x.ball.mid))
            return Ball(mid, np.full(np.shape(mid), np.inf))

        value_at = Element(value)

        def pull() -> Pulls:
            return Pulls(True, {j: p / (1.0 + value_at.ball.mid) for j, p in x.relative.items()})

        return applied(x, lambda: value_at.ball, pull, lambda: refuse("the slope of lambert_w"))

    def student_t_cdf(self, x: Element, df: float) -> Element:
        def log() -> Element:
            return Element(lambda: student.log_cdf(x.ball, df), lambda: Pulls(False, growth().by))

        def growth() -> Pulls:
            mid = x.ball.mid
            hazard = np.exp(student.log_density(mid, df) - student.log_cdf(x.ball, df).mid)
            return Pulls(True, unless_still(x.absolute, hazard))

        def log_slope() -> Element:
            power = enclosed_constant(student.power(df)) * self.log1p(x * x / constant(df))
            return -power - enclosed_constant(student.log_beta(df)) - halved(constant(df).log())

        return applied(x, lambda: student.cdf(x.ball, df), growth, log_slope, log)

    def student_t_quantile(self, q: Element, df: float) -> Element:
        """A candidate, as ``ndtri`` is one."""

        def value() -> Ball:
            mid = scipy.special.stdtrit(df, q.ball.mid)
            return Ball(mid, np.full(np.shape(mid), np.inf))

        value_at = Element(value)

        def pull() -> Pulls:
            return Pulls(False, scaled(q.absolute, np.exp(-student.log_density(value_at.ball.mid, df))))

        return applied(q, lambda: value_at.ball, pull, lambda: refuse("the slope of student_t_quantile"))

    def sin(self, x: Element) -> Element:
        """Of numbers between -pi/2 and pi/2, and of no others."""
        return applied(x, lambda: angles.sin(x.ball), pulled(x, np.cos), lambda: refuse("the slope of sin"))

    def von_mises_cdf(self, x: Element, concentration: float) -> Element:
        def log() -> Element:
            return Element(lambda: angles.log_cdf(x.ball, concentration), lambda: Pulls(False, growth().by))

        def growth() -> Pulls:
            return Pulls(True, unless_still(x.absolute, angles.hazard(x.ball.mid, concentration)))

        def log_slope() -> Element:
            return Element(lambda: angles.log_density(x.ball, concentration))

        return applied(x, lambda: angles.cdf(x.ball, concentration), growth, log_slope, log)

    def erf(self, x: Element) -> Element:
        """Within 2**-30 of 0 its logarithm is log(2/sqrt(pi)) + log x, to x^2."""

        def log() -> Element:
            plain, known = balls.log(balls.absolute(normal.erf(x.ball))), x.log().ball
            tiny = np.abs(x.ball.mid) < 2.0**-30
            mid = np.where(tiny, known.mid + normal.LOG_TWO_PER_ROOT, plain.mid)
            rad = np.where(tiny, known.rad + np.abs(known.mid) * 2.0**-52 + 2.0**-52, plain.rad)
            share = x.ball.mid * normal.erf_slope(x.ball.mid) / np.where(plain.mid == -np.inf, 1.0, np.exp(plain.mid))
            by = {j: p * np.where(tiny, 1.0, np.abs(share)) for j, p in x.relative.items()}
            return Element(lambda: Ball(mid, rad), lambda: Pulls(False, by))

        def log_slope() -> Element:
            return halved((constant(4.0) / _PI).log()) - x * x

        return applied(x, lambda: normal.erf(x.ball), pulled(x, normal.erf_slope), log_slope, log)

    def log_erfc(self, x: Element) -> Element:
        """Beyond 2**30 its own logarithm is 2 log x, to 2**-50; there x**2 may leave float64."""

        def value() -> Ball:
            return normal.log_erfc(x.ball)

        def log() -> Element:
            near, log = balls.log(balls.absolute(value())), balls.scaled(x.log().ball, 2.0)
            far = x.ball.mid > normal.FAR_OUT
            mid, rad = np.where(far, log.mid, near.mid), np.where(far, log.rad + 2.0**-50, near.rad)
            return Element(lambda: Ball(mid, rad), lambda: Pulls(False, growth().by))

        def growth() -> Pulls:
            far = x.ball.mid > normal.FAR_OUT
            by = {j: np.where(far, 2.0 * x.relative[j], p) for j, p in own().as_relative(value().mid).items()}
            return Pulls(True, by)

        def own() -> Pulls:
            return Pulls(False, scaled(x.absolute, -normal.erfc_hazard(x.ball.mid)))

        def log_slope() -> Element:  # The hazard; far out, where both squares are large, it is known to fewer bits.
            return halved((constant(4.0) / _PI).log()) - x * x - self.log_erfc(x)

        return applied(x, value, growth, log_slope, log, lambda: -1.0)

    def log_erfcx_ratio(self, x: Element, more: Element) -> Element:
        return self.log_erfcx(x + more) - self.log_erfcx(x)

    @staticmethod
    def log_erfcx(x: Element) -> Element:
        """log(e^(x^2) erfc(x))."""

        def refused() -> Any:
            return refuse("the slope of log_erfcx")

        return applied(x, lambda: normal.log_erfcx(x.ball), pulled(x, normal.log_erfcx_slope), refused)

    def log_scaled_bessel_k1(self, x: Element) -> Element:
        def value() -> Ball:
            return bessel.log_scaled_k1(x.ball)

        def refused() -> Any:
            return refuse("the slope of log_scaled_bessel_k1")

        return applied(x, value, pulled(x, bessel.k1_slope), refused)

    def log_scaled_e1(self, x: Element) -> Element:
        raise NotOffered("log_scaled_e1")

    def horseshoe_cdf(self, x: Element) -> Element:
        raise NotOffered("horseshoe_cdf")

    def erfinv(self, q: Element) -> Element:
        raise NotOffered("erfinv")

    def gamma_p(self, x: Element, a: Any) -> Element:
        return self._incomplete_gamma(x, a, gamma.lower, gamma.log_lower, gamma.growth_of_lower, 1.0)

    def gamma_q(self, x: Element, a: Any) -> Element:
        return self._incomplete_gamma(x, a, gamma.upper, gamma.log_upper, gamma.growth_of_upper, -1.0)

    @staticmethod
    def _incomplete_gamma(
        x: Element,
        a: float,
        value: Callable[[Ball, Ball, float], Ball],
        log_value: Callable[[Ball, Ball, float], Ball],
        growth_of: Callable[[Any, Ball, float], Any],
        sign: float,
    ) -> Element:
        gamma.refuse_beyond(a)

        def log() -> Element:
            return Element(lambda: log_value(x.ball, x.log().ball, a), lambda: Pulls(False, growth().by))

        def growth() -> Pulls:
            return Pulls(True, scaled(x.relative, growth_of(x.ball.mid, x.log().ball, a)))

        def density() -> Element:
            return _log_gamma_density(x, a)

        return applied(x, lambda: value(x.ball, x.log().ball, a), growth, density, log, lambda: sign)

    def log_gamma_q(self, x: Element, a: Any) -> Element:
        """Its own logarithm is log x beyond 2**70 and that of ``gamma_p`` where that is tiny, to 2**-50; x or that may
        leave float64 there."""
        gamma.refuse_beyond(a)

        def value() -> Ball:
            return gamma.log_upper(x.ball, x.log().ball, a)

        def log() -> Element:
            near, below = balls.log(balls.absolute(value())), gamma.log_lower(x.ball, x.log().ball, a)
            ends = balls.chosen(far(), x.log().ball, below)
            ends = Ball(ends.mid, ends.rad + 2.0**-50)
            return Element(lambda: balls.chosen(far() | tiny(), ends, near), lambda: Pulls(False, growth().by))

        def far() -> Any:
            return x.log().ball.mid > gamma.LOG_FAR_OUT

        def tiny() -> Any:
            return gamma.log_lower(x.ball, x.log().ball, a).mid < gamma.LOG_TINY

        def growth() -> Pulls:
            lower = gamma.growth_of_lower(x.ball.mid, x.log().ball, a)
            own = Pulls(False, scaled(x.relative, gamma.growth_of_upper(x.ball.mid, x.log().ball, a)))
            by = own.as_relative(value().mid)
            return Pulls(
                True,
                {j: np.where(far(), p, np.where(tiny(), p * lower, by[j])) for j, p in x.relative.items()},
            )

        return applied(x, value, growth, lambda: refuse("the slope of log_gamma_q"), log)

    def log_gamma_p_inverse(self, q: Element, a: Any) -> Element:
        """A candidate, as ``ndtri`` is one."""
        gamma.refuse_beyond(a)
        return self._gamma_candidate(q, a, gamma.log_lower_inverse(q.ball.mid, a), gamma.growth_of_lower)

    def log_gamma_q_inverse(self, q: Element, a: Any) -> Element:
        """A candidate, as ``ndtri`` is one."""
        gamma.refuse_beyond(a)
        return self._gamma_candidate(q, a, gamma.log_upper_inverse(q.ball.mid, a), gamma.growth_of_upper)

    @staticmethod
    def _gamma_candidate(q: Element, a: float, log_x: Any, growth: Callable[[Any, Ball, float], Any]) -> Element:
        def pull() -> Pulls:
            return Pulls(False, scaled(q.relative, 1.0 / growth(np.exp(log_x), Ball(log_x, 0.0), a)))

        unproved = Ball(log_x, np.full(np.shape(log_x), np.inf))
        return applied(q, lambda: unproved, pull, lambda: refuse("the slope of the quantile of a gamma law"))

    def iterated(self, start: Element, step: Callable[[Element], Element]) -> Element:
        """A candidate whose radius claims nothing, as ``logit_betainc_inverse``; the last step has the pulls."""
        mid = start.ball.mid
        for _ in range(_MOST_STEPS):
            last, mid = mid, step(_fixed(mid)).ball.mid
            with np.errstate(invalid="ignore"):
                if not np.any(np.abs(mid - last) > 2.0**-18 * np.maximum(np.abs(mid), 2.0**-8)):
                    break
        return step(_fixed(mid))

    def betainc(self, x: Element, a: float, b: float) -> Element:
        beta.sides(a, b)  # NotOffered here where the series are too long
        kept: list[tuple[Ball, Ball]] = []

        def both() -> tuple[Ball, Ball]:
            if not kept:
                kept.append(beta.shares(x.ball, x.log().ball, a, b))
            return kept[0]

        def log() -> Element:
            return Element(lambda: both()[1], lambda: Pulls(False, growth().by))

        def growth() -> Pulls:
            return Pulls(True, scaled(x.relative, beta.growth(x.ball.mid, x.log().ball.mid, both()[1].mid, a, b)))

        def log_slope() -> Element:
            power = (constant(a) - 1.0) * x.log() + (constant(b) - 1.0) * self.log1p(-x)
            return power - enclosed_constant(beta.log_beta(a, b))

        return applied(x, lambda: both()[0], growth, log_slope, log)

    def logit_betainc_inverse(self, q: Element, a: float, b: float) -> Element:
        """A candidate, as ``ndtri`` is one; but steps may follow, in which an infinite radius would take the middle
        along, and that is all that ``bulk.bracket`` reads."""

        def value() -> Ball:
            return Ball(beta.logit_inverse(q.ball.mid, a, b), 0.0)

        def pull() -> Pulls:
            logit = value_at.ball.mid
            log_x, log_rest = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
            return Pulls(False, scaled(q.absolute, np.exp(beta.log_beta(a, b).mid - a * log_x - b * log_rest)))

        value_at = Element(value)
        return applied(q, lambda: value_at.ball, pull, lambda: refuse("the slope of logit_betainc_inverse"))


def _fixed(mid: Any) -> Element:
    return Element(lambda: Ball(mid, np.zeros(np.shape(mid))), lambda: Pulls(False, {}))


def _log_gamma_density(x: Element, a: float) -> Element:
    return gamma.log_density(x.log(), x, a)


def refuse(name: str) -> Any:
    """NotOffered where an expression is wanted."""
    raise NotOffered(name)
