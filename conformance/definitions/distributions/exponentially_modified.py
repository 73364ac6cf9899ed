"""The law of a normal variable and an exponential one together."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition, standardised
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters


def exponentially_modified_gaussian(loc: float, scale: float, rate: float) -> DistributionDefinition:
    """N + E, N normal, E exponential: rate e^(w^2/2 - w z) Phi(z - w), z = (x - loc)/scale and w = rate scale.

    Below x lies Phi(z) less the density over the rate, a share of Phi(z) that in the tail is a quotient of two scaled
    complementary error functions; above it lies Phi(-z) and the same, where nothing cancels.
    """
    parameters.finite("exponentially_modified_gaussian", loc=loc)
    parameters.positive("exponentially_modified_gaussian", scale=scale, rate=rate)
    z, w = standardised(loc, scale), Fraction(rate) * Fraction(scale)
    m, s, r = Fraction(loc), Fraction(scale), Fraction(rate)

    def log_ndtr(ns: NumberSystem, at: Element) -> Element:
        return ns.log_erfc(-at / ns.sqrt(ns.const(2.0))) - ns.log(ns.const(2.0))

    def log_tilted(ns: NumberSystem, x: Element) -> Element:
        """The logarithm of the density over the rate."""
        at = z(ns, x)
        return exact(ns, w * w / 2) - exact(ns, w) * at + log_ndtr(ns, at - exact(ns, w))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return ns.log(ns.const(rate)) + log_tilted(ns, x)

    def left(ns: NumberSystem, x: Element) -> Element:
        """What of Phi(z) lies below x."""
        return -ns.expm1(log_share(ns, x))

    def log_share(ns: NumberSystem, x: Element) -> Element:
        """The logarithm of what does not: of the density over the rate, by Phi(z). In the tail both have e^(-z^2/2)."""
        root = ns.sqrt(ns.const(2.0))
        return ns.piecewise(
            z(ns, x),
            lambda at: ns.log_erfcx_ratio(-at / root, exact(ns, w) / root),
            lambda at: log_tilted(ns, x) - log_ndtr(ns, at),
        )

    def cdf(ns: NumberSystem, x: Element) -> Element:
        return ns.ndtr(z(ns, x)) * left(ns, x)

    def survival(ns: NumberSystem, x: Element) -> Element:
        return ns.ndtr(-z(ns, x)) + ns.exp(log_tilted(ns, x))

    def log_cdf(ns: NumberSystem, x: Element) -> Element:
        return ns.piecewise(
            z(ns, x),
            lambda at: log_ndtr(ns, at) + ns.log(left(ns, x)),
            lambda _: ns.log1p(-survival(ns, x)),
        )

    def log_survival(ns: NumberSystem, x: Element) -> Element:
        def above(at: Element) -> Element:
            own = log_tilted(ns, x)
            return own + ns.log1p(ns.exp(log_ndtr(ns, -at) - own))

        return ns.piecewise(z(ns, x), lambda _: ns.log1p(-cdf(ns, x)), above)

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above, by Newton's iteration for the logarithm of the smaller.

        Both logarithms are concave, as that of the density is, so an iteration that begins on the far side of the point
        stays there: at the normal variable's own quantile, below which less lies here, and where Chernoff's bound of
        half the rate puts ``rest``.
        """
        half, log_rate = ns.const(0.5), ns.log(ns.const(rate))

        def smaller(share: Element) -> Element:
            """Beyond one half the other side's answer is taken."""
            return ns.piecewise(share - half, lambda _: share, lambda _: half)

        def lower(share: Element) -> Element:
            goal = ns.log(share)

            def step(x: Element) -> Element:
                left_out = log_share(ns, x)
                beside = ns.log(-ns.expm1(left_out))
                here = log_ndtr(ns, z(ns, x)) + beside
                return x - (here - goal) * ns.exp(beside - left_out - log_rate)

            return ns.iterated(ns.const(loc) + ns.const(scale) * ns.ndtri(share), step)

        def upper(share: Element) -> Element:
            goal = ns.log(share)

            def step(x: Element) -> Element:
                own = log_tilted(ns, x)
                here = own + ns.log1p(ns.exp(log_ndtr(ns, -z(ns, x)) - own))
                return x + (here - goal) * ns.exp(here - own - log_rate)

            bound = exact(ns, m + r * s * s / 4) + (ns.log(ns.const(2.0)) - goal) / exact(ns, r / 2)
            return ns.iterated(bound, step)

        return ns.piecewise(q - half, lambda _: lower(smaller(q)), lambda _: upper(smaller(rest)))

    def lower_constant(ns: NumberSystem) -> Element:
        """log(w - z) is that of t/scale, and the squares leave -z^2/2."""
        square = exact(ns, -m * m / (2 * s * s)) - ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
        return square + ns.log(ns.const(rate)) + ns.log(ns.const(scale))

    def falls(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = (h(w - z) - w)/s, h = phi/Phi(-.), which rises."""
        wide, root, shift = ns.const(scale), ns.sqrt(ns.const(2.0)), exact(ns, w)
        at_end = (ns.erfc_hazard((shift - side * (length / wide)) / root) / root - shift) / wide
        return DensityRate(-shift / wide, at_end) if side > 0 else DensityRate(None, -at_end)

    return DistributionDefinition(
        name="exponentially_modified_gaussian",
        params={"loc": loc, "scale": scale, "rate": rate},
        log_density=log_density,
        cdf=cdf,
        survival=survival,
        support=REALS,
        formula="rate*exp(w**2/2 - w*z)*ndtr(z - w), z = (x - loc)/scale, w = rate*scale",
        reference="Grushka, Characterization of exponentially modified Gaussian peaks in chromatography, Analytical "
        "Chemistry 44 (1972)",
        ordinary=(loc - 4 * scale, loc + 4 * scale + 6 / rate),
        lower_tail=Tail.of(
            {power_term(2): -1 / (2 * s * s), power_term(1): -m / (s * s), LOG: -1}, constant=lower_constant
        ),
        upper_tail=Tail.of(
            {power_term(1): -r}, constant=lambda ns: ns.log(ns.const(rate)) + exact(ns, w * w / 2 + r * m)
        ),
        log_cdf=log_cdf,
        log_survival=log_survival,
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(rate=falls),
    )
