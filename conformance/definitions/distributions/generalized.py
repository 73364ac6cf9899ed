"""The generalised normal law, whose density falls as the exponential of a power."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition, standardised
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters


def generalized_normal(loc: float, scale: float, power: float) -> DistributionDefinition:
    """exp(-|z|^p)/(2 scale Gamma(1 + 1/p)), z = (x - loc)/scale.

    |z|^p follows a gamma law of concentration 1/p, so that half of Q(1/p, |z|^p) lies beyond z on its side."""
    parameters.finite("generalized_normal", loc=loc)
    parameters.positive("generalized_normal", scale=scale, power=power)
    z, inverse = standardised(loc, scale), 1 / Fraction(power)
    order: float | Fraction = float(inverse) if Fraction(float(inverse)) == inverse else inverse

    def height(ns: NumberSystem) -> Element:
        return -ns.log(ns.const(2.0)) - ns.log(ns.const(scale)) - ns.lgamma(1 + inverse)

    def raised(ns: NumberSystem, size: Element) -> Element:
        return ns.power(size, power)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return ns.piecewise(z(ns, x), lambda v: -raised(ns, -v), lambda v: -raised(ns, v)) + height(ns)

    def beyond(ns: NumberSystem, size: Element) -> Element:
        return ns.gamma_q(raised(ns, size), order) / ns.const(2.0)

    def log_beyond(ns: NumberSystem, size: Element) -> Element:
        return ns.log_gamma_q(raised(ns, size), order) - ns.log(ns.const(2.0))

    def below(ns: NumberSystem, at: Element) -> Element:
        return ns.piecewise(at, lambda v: beyond(ns, -v), lambda v: ns.const(1.0) - beyond(ns, v))

    def log_below(ns: NumberSystem, at: Element) -> Element:
        return ns.piecewise(at, lambda v: log_beyond(ns, -v), lambda v: ns.log1p(-beyond(ns, v)))

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""

        def size(share: Element) -> Element:
            log_raised = ns.log_gamma_q_inverse(ns.const(2.0) * share, order)
            return ns.exp(log_raised * ns.rational(inverse.numerator, inverse.denominator))

        at = ns.piecewise(q - ns.const(0.5), lambda _: -size(q), lambda _: size(rest))
        return ns.const(loc) + ns.const(scale) * at

    def tail(side: int) -> Tail:  # |z| = (t - side loc)/scale
        standard = Tail.of({power_term(power): -1}, constant=height)
        return standard.after_affine(1 / Fraction(scale), -side * Fraction(loc) / Fraction(scale), infinite_end=True)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """t (log p)' = -p |z|^p, and |z|^p rises without bound."""
        return DensityRate(None, -ns.const(power) * ns.power(length / ns.const(scale), power), power=True)

    return DistributionDefinition(
        name="generalized_normal",
        params={"loc": loc, "scale": scale, "power": power},
        log_density=log_density,
        cdf=lambda ns, x: below(ns, z(ns, x)),
        survival=lambda ns, x: below(ns, -z(ns, x)),
        support=REALS,
        formula="exp(-abs((x - loc)/scale)**power)/(2*scale*gamma(1 + 1/power))",
        reference="Subbotin, On the law of frequency of error, Matematicheskii Sbornik 31 (1923); "
        "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), section 24.6",
        ordinary=(loc - scale * 16.0 ** (1 / power), loc + scale * 16.0 ** (1 / power)),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        log_cdf=lambda ns, x: log_below(ns, z(ns, x)),
        log_survival=lambda ns, x: log_below(ns, -z(ns, x)),
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(rate=rate, kinked=True),
    )
