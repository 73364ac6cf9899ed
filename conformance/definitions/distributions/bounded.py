"""Laws on a bounded interval: uniform, triangular and continuous Bernoulli."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import Interval
from conformance.definitions.lemmas import DensityLemmas, Vanishing
from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail
from conformance.definitions.transforms import parameters


def uniform(low: float, high: float) -> DistributionDefinition:
    """1/(high - low) on [low, high]. At ``high`` conventions differ (half-open supports), so that end is free."""
    parameters.ascending("uniform", low=low, high=high)
    width = Fraction(high) - Fraction(low)

    def wide(ns: NumberSystem) -> Element:
        return ns.rational(width.numerator, width.denominator)

    # 0*x keeps the element's own shape: a series stays a series, an array stays an array.
    constant = Tail.of(constant=lambda ns: -ns.log(wide(ns)))
    return DistributionDefinition(
        name="uniform",
        params={"low": low, "high": high},
        log_density=lambda ns, x: ns.const(0.0) * x - ns.log(wide(ns)),
        cdf=lambda ns, x: (x - ns.const(low)) / wide(ns),
        survival=lambda ns, x: (ns.const(high) - x) / wide(ns),
        support=Interval(low, high, closed_lo=True, closed_hi=True),
        formula="1/(high - low)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 26",
        ordinary=(low, high),
        lower_tail=constant,
        upper_tail=constant,
        free_ends=(high,),
        quantile=lambda ns, q: ns.const(low) + wide(ns) * q,
        lemmas=DensityLemmas(constant_score=Fraction(0)),
    )


def triangular(low: float, high: float, peak: float) -> DistributionDefinition:
    """A density that rises in a line from 0 at ``low`` to 2/(high - low) at ``peak`` and falls in one to 0 at ``high``.

    At an end that is the peak it has no other side. The mass beside an end is a square of the distance from it.
    """
    parameters.ascending("triangular", low=low, high=high)
    parameters.finite("triangular", peak=peak)
    if not low <= peak <= high:
        raise parameters.BadParameter("triangular", "peak", peak, f"between low = {low:g} and high = {high:g}")
    width = Fraction(high) - Fraction(low)
    sides = {-1: width * (Fraction(peak) - Fraction(low)), 1: width * (Fraction(high) - Fraction(peak))}

    def distance(ns: NumberSystem, x: Element, side: int) -> Element:
        return x - ns.const(low) if side < 0 else ns.const(high) - x

    def by_side(ns: NumberSystem, x: Element, of: Callable[[int], Element]) -> Element:
        """of(-1) below the peak, of(1) above it, and the only side where there is one."""
        if not sides[-1] or not sides[1]:
            return of(1 if sides[1] else -1)
        return ns.piecewise(x - ns.const(peak), lambda _: of(-1), lambda _: of(1))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return by_side(ns, x, lambda side: ns.log(distance(ns, x, side) * exact(ns, 2 / sides[side])))

    def beside(ns: NumberSystem, x: Element, side: int) -> Element:
        return distance(ns, x, side) * distance(ns, x, side) / exact(ns, sides[side])

    def share(ns: NumberSystem, x: Element, of: int) -> Element:
        one = ns.const(1.0)
        return by_side(ns, x, lambda side: beside(ns, x, side) if side == of else one - beside(ns, x, side))

    def tail(side: int) -> Tail:
        if not sides[side]:
            return Tail.of(constant=lambda ns: ns.log(exact(ns, 2 / width)))
        return Tail.of({LOG: 1}, constant=lambda ns: ns.log(exact(ns, 2 / sides[side])))

    def placed(ns: NumberSystem, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""

        def at(side: int) -> Element:
            away = ns.sqrt((q if side < 0 else rest) * exact(ns, sides[side]))
            return ns.const(low) + away if side < 0 else ns.const(high) - away

        if not sides[-1] or not sides[1]:
            return at(1 if sides[1] else -1)
        return ns.piecewise(q - exact(ns, sides[-1] / width**2), lambda _: at(-1), lambda _: at(1))

    return DistributionDefinition(
        name="triangular",
        params={"low": low, "high": high, "peak": peak},
        log_density=log_density,
        cdf=lambda ns, x: share(ns, x, -1),
        survival=lambda ns, x: share(ns, x, 1),
        support=Interval(low, high, closed_lo=not sides[-1], closed_hi=not sides[1]),
        formula="2*(x - low)/((high - low)*(peak - low)) if x < peak else 2*(high - x)/((high - low)*(high - peak))",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), section 26.9",
        ordinary=(low, high),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(
            centre=Fraction(peak),
            vanishing={side: Vanishing(Fraction(1), sides[side] / width) for side in (-1, 1) if sides[side]},
            kinked=True,
        ),
    )


def continuous_bernoulli(probs: float) -> DistributionDefinition:
    """C p^x (1 - p)^(1 - x) on [0, 1]: e^(l x) l/(e^l - 1), l the log odds of p, which is the uniform law for l = 0."""
    parameters.between_zero_and_one("continuous_bernoulli", probs=probs)
    if probs == 0.5:
        return replace(uniform(0.0, 1.0), name="continuous_bernoulli", params={"probs": probs}, free_ends=())
    odd = 2 * Fraction(probs) - 1

    def log_odds(ns: NumberSystem) -> Element:
        return ns.log(ns.const(probs)) - ns.log1p(ns.const(-probs))

    def at_zero(ns: NumberSystem) -> Element:  # log(l/(e^l - 1)), and (e^l - 1)(1 - p) = 2p - 1
        return ns.log(log_odds(ns) / ns.rational(odd.numerator, odd.denominator)) + ns.log1p(ns.const(-probs))

    def share(ns: NumberSystem, x: Element, rise: Element) -> Element:
        return ns.expm1(rise * x) / ns.expm1(rise)

    return DistributionDefinition(
        name="continuous_bernoulli",
        params={"probs": probs},
        log_density=lambda ns, x: log_odds(ns) * x + at_zero(ns),
        cdf=lambda ns, x: share(ns, x, log_odds(ns)),
        survival=lambda ns, x: share(ns, ns.const(1.0) - x, -log_odds(ns)),
        support=Interval(0.0, 1.0, closed_lo=True, closed_hi=True),
        formula="C*probs**x*(1 - probs)**(1 - x), C = 2*atanh(1 - 2*probs)/(1 - 2*probs)",
        reference="Loaiza-Ganem & Cunningham, The continuous Bernoulli, NeurIPS (2019)",
        ordinary=(0.0, 1.0),
        lower_tail=Tail.of(constant=at_zero),
        upper_tail=Tail.of(constant=lambda ns: log_odds(ns) + at_zero(ns)),
        quantile=lambda ns, q: ns.log1p(q * ns.expm1(log_odds(ns))) / log_odds(ns),
        upper_quantile=lambda ns, q: ns.const(1.0) + ns.log1p(q * ns.expm1(-log_odds(ns))) / log_odds(ns),
    )
