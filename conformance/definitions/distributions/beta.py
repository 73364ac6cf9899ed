"""The law of the logit of a beta variable, which the beta family is made of."""

from __future__ import annotations

from fractions import Fraction
from math import log

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters


def logistic_beta(concentration1: float, concentration0: float) -> DistributionDefinition:
    """logit(B), B beta: p^a (1 - p)^b/B(a, b), p = sigmoid(x), a and b the concentrations; the cdf is I_p(a, b).

    The line has no end at which a density is infinite, as that of B is at 0 for a below 1 and at 1 for b below 1, and
    neither B nor 1 - B underflows on it: so this is the base, B is its sigmoid, and B/(1 - B) its exponential. It is
    the generalised logistic law of type IV.
    """
    parameters.positive("logistic_beta", concentration1=concentration1, concentration0=concentration0)
    a, b = concentration1, concentration0
    split = log((a + 1) / (b + 1))

    def constant(ns: NumberSystem) -> Element:
        return ns.lgamma(Fraction(a) + Fraction(b)) - ns.lgamma(a) - ns.lgamma(b)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return constant(ns) - ns.const(a) * ns.softplus(-x) - ns.const(b) * ns.softplus(x)

    def cdf(ns: NumberSystem, x: Element) -> Element:
        return ns.piecewise(
            x - ns.const(split),
            lambda _: ns.betainc(ns.sigmoid(x), a, b),
            lambda _: ns.const(1.0) - ns.betainc(ns.sigmoid(-x), b, a),
        )

    def survival(ns: NumberSystem, x: Element) -> Element:
        return ns.piecewise(
            x - ns.const(split),
            lambda _: ns.const(1.0) - ns.betainc(ns.sigmoid(x), a, b),
            lambda _: ns.betainc(ns.sigmoid(-x), b, a),
        )

    def quantile(ns: CandidateNumbers, q: Element) -> Element:
        return ns.logit_betainc_inverse(q, a, b)

    def upper_quantile(ns: CandidateNumbers, q: Element) -> Element:
        return -ns.logit_betainc_inverse(q, b, a)

    width = 4 * (1 / max(a, 1.0) + 1 / max(b, 1.0)) ** 0.5

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = a - (a + b) sigmoid(x), which falls from a to -b."""
        rises, falls = ns.const(a), ns.const(b)
        at_end = rises - (rises + falls) * ns.sigmoid(side * length)
        return DensityRate(-falls, at_end) if side > 0 else DensityRate(-rises, -at_end)

    return DistributionDefinition(
        name="logistic_beta",
        params={"concentration1": concentration1, "concentration0": concentration0},
        log_density=log_density,
        cdf=cdf,
        survival=survival,
        support=REALS,
        formula="sigmoid(x)**concentration1*sigmoid(-x)**concentration0/beta(concentration1, concentration0)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), section 23.10, ch. 25",
        ordinary=(log(a / max(b, 1.0)) - width, log(max(a, 1.0) / b) + width),
        lower_tail=Tail.of({power_term(1): -Fraction(a)}, constant=constant),
        upper_tail=Tail.of({power_term(1): -Fraction(b)}, constant=constant),
        quantile=quantile,
        upper_quantile=upper_quantile,
        lemmas=DensityLemmas(rate=rate, score=lambda ns, side, t: (ns.larger(ns.const(a), ns.const(b)), ns.const(0.0))),
    )
