"""Laws on a bounded interval: uniform."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail
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
    )
