"""Maxwell's law on both sides of its location."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition, standardised
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters

_ORDER = 1.5


def doublesided_maxwell(loc: float, scale: float) -> DistributionDefinition:
    """z^2 exp(-z^2/2)/(scale sqrt(2 pi)), z = (x - loc)/scale: +-|V|, V three standard normal variables.

    z^2/2 follows a gamma law of concentration 3/2, so that half of Q(3/2, z^2/2) lies beyond z on its side. At ``loc``
    the density is 0.
    """
    parameters.finite("doublesided_maxwell", loc=loc)
    parameters.positive("doublesided_maxwell", scale=scale)
    z, m, s = standardised(loc, scale), Fraction(loc), Fraction(scale)

    def half_square(ns: NumberSystem, at: Element) -> Element:
        return at * at / ns.const(2.0)

    def height(ns: NumberSystem) -> Element:
        return -ns.log(ns.const(scale)) - ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        at = z(ns, x)
        return ns.log(at * at) - half_square(ns, at) + height(ns)

    def beyond(ns: NumberSystem, at: Element) -> Element:
        return ns.gamma_q(half_square(ns, at), _ORDER) / ns.const(2.0)

    def log_beyond(ns: NumberSystem, at: Element) -> Element:
        return ns.log_gamma_q(half_square(ns, at), _ORDER) - ns.log(ns.const(2.0))

    def below(ns: NumberSystem, at: Element) -> Element:
        return ns.piecewise(at, lambda v: beyond(ns, v), lambda v: ns.const(1.0) - beyond(ns, v))

    def log_below(ns: NumberSystem, at: Element) -> Element:
        return ns.piecewise(at, lambda v: log_beyond(ns, v), lambda v: ns.log1p(-beyond(ns, v)))

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""

        def size(share: Element) -> Element:
            log_half_square = ns.log_gamma_q_inverse(ns.const(2.0) * share, _ORDER)
            return ns.sqrt(ns.const(2.0)) * ns.exp(log_half_square / ns.const(2.0))

        at = ns.piecewise(q - ns.const(0.5), lambda _: -size(q), lambda _: size(rest))
        return ns.const(loc) + ns.const(scale) * at

    def tail(side: int) -> Tail:  # |z| = (t - side m)/s
        standard = Tail.of({power_term(2): Fraction(-1, 2), LOG: 2}, constant=height)
        return standard.after_affine(1 / s, -side * m / s, infinite_end=True)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = 2/t - t/s^2, which falls."""
        wide = ns.const(scale)
        return DensityRate(None, 2 / length - length / wide / wide)

    def centre_rate(ns: OrderedNumbers, distance: Element) -> tuple[Element, Element]:
        """t (log p)' = 2 - t^2/s^2."""
        at = distance / ns.const(scale)
        return 2 - at * at, ns.const(2.0)

    return DistributionDefinition(
        name="doublesided_maxwell",
        params={"loc": loc, "scale": scale},
        log_density=log_density,
        cdf=lambda ns, x: below(ns, z(ns, x)),
        survival=lambda ns, x: below(ns, -z(ns, x)),
        support=REALS,
        zeros=(loc,),
        formula="z**2*exp(-z**2/2)/(scale*sqrt(2*pi)), z = (x - loc)/scale",
        reference="Heidergott, Vazquez-Abad & Volk-Makarewicz, Sensitivity estimation for Gaussian systems, European "
        "Journal of Operational Research 187 (2008)",
        ordinary=(loc - 4.5 * scale, loc + 4.5 * scale),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        log_cdf=lambda ns, x: log_below(ns, z(ns, x)),
        log_survival=lambda ns, x: log_below(ns, -z(ns, x)),
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(rate=rate, centre_rate=centre_rate),
    )
