"""Laws on a half-line: exponential."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import POSITIVE, Interval
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters


def exponential(rate: float) -> DistributionDefinition:
    """rate exp(-rate x) on [0, inf)."""
    parameters.positive("exponential", rate=rate)
    log_rate = Tail.of(constant=lambda ns: ns.log(ns.const(rate)))
    return DistributionDefinition(
        name="exponential",
        params={"rate": rate},
        log_density=lambda ns, x: ns.log(ns.const(rate)) - ns.const(rate) * x,
        cdf=lambda ns, x: -ns.expm1(-(ns.const(rate) * x)),
        survival=lambda ns, x: ns.exp(-(ns.const(rate) * x)),
        support=Interval(POSITIVE.lo, POSITIVE.hi, closed_lo=True),
        formula="rate*exp(-rate*x)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 19",
        ordinary=(0.0625 / rate, 8.0 / rate),
        lower_tail=log_rate,
        upper_tail=Tail.of({power_term(1): -Fraction(rate)}) + log_rate,
        quantile=lambda ns, q: -ns.log1p(-q) / ns.const(rate),
    )
