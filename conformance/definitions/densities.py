"""Laws of events that have a density of their own, written as the terms that its logarithm is the sum of."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem
from conformance.definitions.spaces import Simplex
from conformance.definitions.transforms.parameters import BadParameter, vector


def dirichlet(concentration: tuple[float, ...]) -> EventLaw:
    """Gamma(a_0 + ... + a_n) prod_i y_i^(a_i - 1)/Gamma(a_i) on the simplex of n + 1 weights, a the concentration, with
    respect to Lebesgue measure on the first n weights.

    Source: Kotz, Balakrishnan & Johnson, Continuous Multivariate Distributions 1 (2000), equation (49.1).
    """
    weights = vector("dirichlet", "concentration", concentration)
    if len(weights) < 2 or min(weights) <= 0:
        raise BadParameter("dirichlet", "concentration", concentration, "two or more positive numbers")
    exact = [Fraction(a) for a in weights]
    whole = sum(exact, Fraction(0))

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        powers = [
            ns.rational((a - 1).numerator, (a - 1).denominator) * ns.log(v)
            for a, v in zip(exact, y, strict=True)
            if a != 1  # Whatever the weight is.
        ]
        return [*powers, ns.lgamma(whole), *(-ns.lgamma(a) for a in exact)]

    def entropy(ns: ClosedFormNumbers) -> Element:
        # E log y_i is the derivative of log B(a) with respect to a_i, as in every exponential family.
        total = -ns.lgamma(whole)
        for a in exact:
            mean_log = ns.digamma(a) - ns.digamma(whole)
            total = total + ns.lgamma(a) - ns.rational((a - 1).numerator, (a - 1).denominator) * mean_log
        return total

    return EventLaw(
        name="dirichlet",
        space=Simplex((len(weights),)),
        formula="gamma(sum(concentration)) * prod(y**(concentration - 1) / gamma(concentration))",
        reference="Kotz, Balakrishnan & Johnson 2000, equation (49.1)",
        log_terms=log_terms,
        entropy=entropy,
    )
