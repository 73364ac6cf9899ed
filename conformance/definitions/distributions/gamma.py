"""The law of the logarithm of a gamma variable, which the gamma family is made of."""

from __future__ import annotations

from fractions import Fraction
from math import log

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail, exp_term, power_term
from conformance.definitions.transforms import parameters


def exp_gamma(concentration: float, rate: float) -> DistributionDefinition:
    """log G, G gamma: rate^a exp(a x - rate e^x)/Gamma(a), a the concentration; the cdf is P(a, rate e^x).

    The line has no end at which a density is infinite, as that of G is at 0 for a below 1, and no small G underflows on
    it: so this is the base, and G is its exponential.
    """
    parameters.positive("exp_gamma", concentration=concentration, rate=rate)
    a = concentration

    def scaled(ns: NumberSystem, x: Element) -> Element:
        return ns.const(rate) * ns.exp(x)

    def constant(ns: NumberSystem) -> Element:
        return ns.const(a) * ns.log(ns.const(rate)) - ns.lgamma(a)

    def falls(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = a - rate e^x, which falls."""
        at_end = ns.const(a) - ns.const(rate) * ns.exp(side * length)
        return DensityRate(None, at_end) if side > 0 else DensityRate(-ns.const(a), -at_end)

    def score(ns: OrderedNumbers, side: int, t: Element) -> tuple[Element, Element]:
        """(log p)' lies between -rate e^x and a on the left, and is no larger than either e^t' on the right."""
        size = ns.larger(ns.const(a), ns.const(rate) * ns.exp(side * t))
        return size, ns.const(1.0 if side > 0 else 0.0)

    return DistributionDefinition(
        name="exp_gamma",
        params={"concentration": concentration, "rate": rate},
        log_density=lambda ns, x: ns.const(a) * x - scaled(ns, x) + constant(ns),
        cdf=lambda ns, x: ns.gamma_p(scaled(ns, x), a),
        survival=lambda ns, x: ns.gamma_q(scaled(ns, x), a),
        support=REALS,
        formula="rate**concentration*exp(concentration*x - rate*exp(x))/gamma(concentration)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 17; "
        "2 (1995), section 22.3 (log gamma)",
        ordinary=(log(0.0625 * min(a, 1.0) / rate), log((a + 8.0 * max(a, 1.0) ** 0.5) / rate)),
        lower_tail=Tail.of({power_term(1): -Fraction(a)}, constant=constant),
        upper_tail=Tail.of({exp_term(1): -Fraction(rate), power_term(1): Fraction(a)}, constant=constant),
        log_survival=lambda ns, x: ns.log_gamma_q(scaled(ns, x), a),
        quantile=lambda ns, q: ns.log_gamma_p_inverse(q, a) - ns.log(ns.const(rate)),
        logarithm=True,
        lemmas=DensityLemmas(rate=falls, score=score),
        upper_quantile=lambda ns, q: ns.log_gamma_q_inverse(q, a) - ns.log(ns.const(rate)),
    )
