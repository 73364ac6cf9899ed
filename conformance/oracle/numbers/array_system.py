"""The primitives of the number system over array elements: value, logarithm, log-slope and pull of each.

GUARANTEE: values, logarithms and log-slopes are rigorous balls (``array_balls``). Derivatives in ``pulls`` are plain
float64 estimates. A primitive without a proved array version raises NotOffered; its subjects stay with Arb.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import pi as PI
from operator import attrgetter
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_laws import LawNumbers
from conformance.oracle.numbers.array_pulls import doubled, enclosed, halved, pulled, scaled, unless_still
from conformance.oracle.numbers.arrays import (
    LOG_2,
    Element,
    Pulls,
    Slope,
    Steepness,
    applied,
    constant,
    enclosed_constant,
)
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio

_LEAST, _MOST = 2.0**-900, 2.0**1000
"""Beyond these a value that is put together from factors is better known by its logarithm."""


class ArrayNumbers(LawNumbers):
    """``NumberSystem`` over Element."""

    def const(self, value: float) -> Element:
        return constant(value)

    def rational(self, numerator: int, denominator: int) -> Element:
        mid = numerator / denominator
        if Fraction(mid) == Fraction(numerator, denominator):
            return constant(mid)
        return enclosed_constant(Ball(mid, abs(mid) * 2.0**-52 + balls.TINY))

    def pi(self) -> Element:
        return enclosed_constant(Ball(PI, 2.0**-52))

    def lgamma(self, value: float | Fraction) -> Element:
        with ctx.workprec(128):
            return enclosed(ratio(value).lgamma())

    def cos_pi(self, value: Fraction) -> Element:
        with ctx.workprec(128):
            return enclosed(arb.cos_pi_fmpq(fmpq(value.numerator, value.denominator)))

    def log_bessel_i(self, order: Fraction, value: Fraction) -> Element:
        with ctx.workprec(128):
            return enclosed(BallNumbers().log_bessel_i(order, value))

    def once(self, number: Callable[[Any], Any]) -> Element:
        """By balls of 128 bits, since a sum of logarithms of Gamma cancels more than float64 has to spare; as it stands
        where float64 does not hold the number."""
        with ctx.workprec(128):
            exact = BallNumbers().once(number)
        if exact.is_finite() and _LEAST < abs(exact) < _MOST:
            return enclosed(exact)
        found: Element = number(self)
        return found

    def exp(self, x: Element) -> Element:
        def own() -> Element:
            return x

        return applied(x, lambda: balls.exp(x.ball), lambda: Pulls(True, x.absolute), own, own)

    def expm1(self, x: Element) -> Element:
        def value() -> Ball:
            return balls.expm1(x.ball)

        def log() -> Element:
            """Far up it is x + log(1 - e**-x), which does not overflow."""

            def ball() -> Ball:
                near = balls.log(balls.absolute(value()))
                far = balls.add(x.ball, balls.log1p(balls.neg(balls.exp(balls.neg(x.ball)))))
                return balls.chosen(x.ball.mid > 1.0, far, near)

            return Element(ball, pulled(x, lambda m: -1.0 / np.expm1(-m)))

        def pull() -> Pulls:
            return Pulls(True, unless_still(x.absolute, -1.0 / np.expm1(-x.ball.mid)))

        return applied(x, value, pull, lambda: x, log)

    def log(self, x: Element) -> Element:
        def value() -> Ball:
            plain = balls.log(x.ball)
            size = np.abs(x.ball.mid)
            far = (size < _LEAST) | (size > _MOST)
            if not x.factored or not np.any(far):
                return plain
            return balls.chosen(far & (x.sign > 0), x.log().ball, plain)

        return applied(x, value, lambda: Pulls(False, x.relative), lambda: -x.log())

    def log1p(self, x: Element) -> Element:
        def value() -> Ball:
            return balls.log1p(x.ball)

        def log() -> Element:
            """Near 0, log(1 + x) lies between x - x^2 and x."""

            def ball() -> Ball:
                plain, own = balls.log(balls.absolute(value())), x.log().ball
                near = np.abs(x.ball.mid) < 2.0**-500
                return balls.chosen(near, Ball(own.mid, own.rad + 2.0**-499), plain)

            return Element(ball, lambda: Pulls(False, pull().by))

        def pull() -> Pulls:
            mid = x.ball.mid
            share = np.where(np.abs(mid) < 2.0**-500, 1.0, mid / ((1.0 + mid) * np.log1p(mid)))
            return Pulls(True, {j: p * share for j, p in x.relative.items()})

        if not x.factored:  # Then a value near 0 has no better logarithm than its own.
            plain = pulled(x, lambda m: 1.0 / (1.0 + m))
            return applied(x, value, plain, lambda: -self.log1p(x))
        return applied(x, value, pull, lambda: -self.log1p(x), log)

    def sqrt(self, x: Element) -> Element:
        def log() -> Element:
            return halved(x.log())

        return applied(
            x,
            lambda: balls.sqrt(x.ball),
            lambda: Pulls(True, {j: 0.5 * p for j, p in x.relative.items()}),
            lambda: -(LOG_2 + log()),
            log,
        )

    def power(self, x: Element, exponent: float) -> Element:
        def log() -> Element:
            return constant(exponent) * self.log(x)

        return applied(
            x,
            lambda: balls.exp(log().ball),
            lambda: Pulls(True, {j: exponent * p for j, p in x.relative.items()}),
            lambda: constant(exponent).log() + (constant(exponent) - 1.0) * x.log(),
            log,
            lambda: 1.0 if exponent > 0 else -1.0,
        )

    def abs(self, x: Element) -> Element:
        return applied(
            x, lambda: balls.absolute(x.ball), pulled(x, np.sign), lambda: constant(0.0), x.log, lambda: x.sign
        )

    def tanh(self, x: Element) -> Element:
        return applied(
            x,
            lambda: balls.tanh(x.ball, x.tail),
            lambda: Pulls(True, unless_still(x.absolute, 2.0 / np.sinh(2.0 * x.ball.mid))),
            lambda: -doubled(self._log_cosh(x)),
        )

    def sech(self, x: Element) -> Element:
        return applied(
            x,
            lambda: balls.sech(x.ball, x.tail),
            lambda: Pulls(True, {j: -p * np.tanh(x.ball.mid) for j, p in x.absolute.items()}),
            lambda: self.tanh(x).log() - self._log_cosh(x),
            lambda: -self._log_cosh(x),
            lambda: -x.sign,
        )

    def sinh(self, x: Element) -> Element:
        return applied(
            x,
            lambda: balls.sinh(x.ball),
            lambda: Pulls(True, unless_still(x.absolute, 1.0 / np.tanh(x.ball.mid))),
            lambda: self._log_cosh(x),
            lambda: self.tanh(x).log() + self._log_cosh(x),
        )

    def asinh(self, x: Element) -> Element:
        def log_slope() -> Element:
            return -halved(self.log1p(x * x))

        return applied(x, lambda: balls.asinh(x.ball), pulled(x, lambda m: 1.0 / np.hypot(1.0, m)), log_slope)

    def _log_cosh(self, x: Element) -> Element:
        if "log_cosh" not in x.even:
            x.even["log_cosh"] = Element(lambda: balls.log_cosh(x.ball, x.tail), pulled(x, np.tanh))
        return x.even["log_cosh"]

    def atanh(self, x: Element) -> Element:
        def log_slope() -> Element:
            return -(self.log1p(x) + self.log1p(-x))

        def value() -> Ball:
            return balls.scaled(balls.add(balls.log1p(x.ball), balls.neg(balls.log1p(balls.neg(x.ball)))), 0.5)

        return applied(x, value, pulled(x, lambda m: 1.0 / ((1.0 - m) * (1.0 + m))), log_slope)

    def sigmoid(self, x: Element) -> Element:
        return applied(
            x,
            lambda: balls.sigmoid(x.ball, x.tail),
            lambda: Pulls(True, scaled(x.absolute, _complement(x))),
            lambda: Element(
                lambda: balls.log_sigmoid_slope(x.ball, x.spread),
                pulled(x, lambda m: -np.tanh(0.5 * m)),
            ),
            lambda: -self.softplus(-x),
        )

    def logit(self, x: Element) -> Element:
        def value() -> Ball:
            log, other = balls.log(x.ball), balls.log1p(balls.neg(x.ball))
            outer = balls.add(log, balls.neg(other))
            centred = balls.add(balls.scaled(x.ball, 2.0), Ball(-1.0, 0.0))
            inner = balls.add(balls.log1p(centred), balls.neg(balls.log1p(balls.neg(centred))))
            near = np.abs(centred.mid) < 0.5
            return Ball(np.where(near, inner.mid, outer.mid), np.where(near, inner.rad, outer.rad))

        return applied(x, value, pulled(x, lambda m: 1.0 / (m * (1.0 - m))), lambda: -(x.log() + self.log1p(-x)))

    def softplus(self, x: Element) -> Element:
        def pull() -> Pulls:
            return Pulls(True, scaled(x.absolute, _softplus_growth(x)))

        def value() -> Ball:
            return balls.softplus(x.ball, x.spread)

        def log() -> Element:
            return Element(lambda: balls.log_softplus(x.ball, value()), lambda: Pulls(False, pull().by))

        return applied(x, value, pull, lambda: -self.softplus(-x), log)

    def softplus_inverse(self, x: Element) -> Element:
        def value() -> Ball:
            low = balls.log(balls.expm1(x.ball))
            high = balls.add(x.ball, balls.log1p(balls.neg(balls.exp(balls.neg(x.ball)))))
            far = x.ball.mid > 1.0
            return Ball(np.where(far, high.mid, low.mid), np.where(far, high.rad, low.rad))

        return applied(x, value, pulled(x, lambda m: -1.0 / np.expm1(-m)), lambda: -self.expm1(-x).log())

    def piecewise(self, x: Element, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Element:
        """The value, and the slopes that are told in both branches, each from the branch that holds."""
        low, high = below(x), above(x)

        def either(below: Ball, above: Ball) -> Ball:
            right = x.ball.mid >= 0
            # A ball that holds 0 belongs to both branches, unless it is 0 itself.
            told = (np.abs(x.ball.mid) > x.ball.rad) | ((x.ball.mid == 0) & (x.ball.rad == 0))
            return Ball(
                np.where(right, above.mid, below.mid), np.where(told, np.where(right, above.rad, below.rad), np.inf)
            )

        def picked(
            under: Element,
            over: Element,
            slopes: dict[int, Slope | None] | None = None,
            log: Callable[[], Element] | None = None,
        ) -> Element:
            def pull() -> Pulls:
                # What may have underflowed is pulled relative to its value, as its factors are.
                of = attrgetter("relative" if log else "absolute")
                a, b, right = of(under), of(over), x.ball.mid >= 0
                return Pulls(log is not None, {j: np.where(right, b.get(j, 0.0), a.get(j, 0.0)) for j in {**a, **b}})

            return Element(lambda: either(under.ball, over.ball), pull, slopes, log)

        def slope(j: int) -> Slope | None:
            under, over = low.slopes.get(j), high.slopes.get(j)
            if under is None or over is None:
                return None
            first, second = under, over

            def chosen() -> Steepness:
                a, b = first(), second()
                return Steepness(picked(a.log, b.log), np.where(x.ball.mid >= 0, b.sign, a.sign))

            return chosen

        def log() -> Element:
            return picked(low.log(), high.log())

        slopes = {j: slope(j) for j in x.slopes}
        return picked(low, high, slopes, log if low.factored or high.factored else None)


def _complement(x: Element) -> Any:
    """sigmoid(-x)."""
    return np.where(x.ball.mid >= 0, x.tail, 1.0) / (1.0 + x.tail)


def _softplus_growth(x: Element) -> Any:
    """d log softplus(x) / dx: sigmoid(x)/softplus(x), which tends to 1 below."""
    mid = x.ball.mid
    return np.where(mid < -40.0, 1.0, _complement(-x) / (np.maximum(mid, 0.0) + x.spread))
