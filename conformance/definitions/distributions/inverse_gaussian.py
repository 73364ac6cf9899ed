"""The law of the logarithm of an inverse Gaussian variable."""

from __future__ import annotations

from fractions import Fraction
from math import log

from conformance.definitions.distributions.definition import DistributionDefinition, ScalarMap
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import Tail, exp_term, power_term
from conformance.definitions.transforms import parameters


def exp_inverse_gaussian(loc: float, concentration: float) -> DistributionDefinition:
    """log X, X inverse Gaussian of mean m and shape c: sqrt(c/(2 pi e^x)) exp(-2 c/m sinh^2 h), h = (x - log m)/2.

    The cdf is Phi(2 r sinh h) + e^(2 c/m) Phi(-2 r cosh h), r = sqrt(c/m). On the line both ends of the density are
    entire functions; on the half-line it is no analytic function at 0. (2 r cosh h)^2 is (2 r sinh h)^2 + 4 c/m: of the
    quotient of the two terms e^(2 c/m) leaves that of two scaled complementary error functions.
    """
    parameters.positive("exp_inverse_gaussian", loc=loc, concentration=concentration)
    ratio = Fraction(concentration) / Fraction(loc)

    def half(ns: NumberSystem, x: Element) -> Element:
        return (x - ns.log(ns.const(loc))) / ns.const(2.0)

    def constant(ns: NumberSystem) -> Element:
        return (ns.log(ns.const(concentration)) - ns.log(ns.const(2.0) * ns.pi())) / ns.const(2.0)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        rise = ns.sinh(half(ns, x))
        return constant(ns) - x / ns.const(2.0) - exact(ns, 2 * ratio) * (rise * rise)

    def near(ns: NumberSystem, x: Element) -> Element:
        return ns.sqrt(exact(ns, 4 * ratio)) * ns.sinh(half(ns, x))

    def size(ns: NumberSystem, x: Element) -> Element:
        return ns.sqrt(exact(ns, ratio)) * (ns.exp(half(ns, x)) + ns.exp(-half(ns, x)))

    def far(ns: NumberSystem, x: Element) -> Element:
        """e^(2 c/m) times what a normal variable has beyond 2 r cosh h."""
        return ns.exp(exact(ns, 2 * ratio)) * ns.ndtr(-size(ns, x))

    def log_beyond(ns: NumberSystem, at: Element) -> Element:
        """The logarithm of what a normal variable has beyond a point."""
        return ns.log_erfc(at / ns.sqrt(ns.const(2.0))) - ns.log(ns.const(2.0))

    def log_share(ns: NumberSystem, x: Element, side: int) -> Element:
        """The logarithm of ``far`` over what a normal variable has beyond ``near`` on that side."""
        root = ns.sqrt(ns.const(2.0))
        at = near(ns, x) if side > 0 else -near(ns, x)
        more = ns.sqrt(exact(ns, 4 * ratio)) * ns.exp(-half(ns, x) if side > 0 else half(ns, x))
        return ns.log_erfcx_ratio(at / root, more / root)

    def log_cdf(ns: NumberSystem, x: Element) -> Element:
        def low(_: Element) -> Element:
            return log_beyond(ns, -near(ns, x)) + ns.log1p(ns.exp(log_share(ns, x, -1)))

        return ns.piecewise(near(ns, x), low, lambda _: ns.log1p(far(ns, x) - ns.ndtr(-near(ns, x))))

    def log_survival(ns: NumberSystem, x: Element) -> Element:
        def high(_: Element) -> Element:
            return log_beyond(ns, near(ns, x)) + ns.log(-ns.expm1(log_share(ns, x, 1)))

        return ns.piecewise(near(ns, x), lambda _: ns.log1p(-far(ns, x) - ns.ndtr(near(ns, x))), high)

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above, by Newton's iteration for the logarithm of the smaller.

        That is concave and at most -2 c/m sinh^2 h on its side (Chernoff's bound), so it begins on the far side of the
        point and stays there.
        """

        centre, half = ns.log(ns.const(loc)), ns.const(0.5)

        def smaller(share: Element) -> Element:
            """Beyond one half the other side's answer is taken."""
            return ns.piecewise(share - half, lambda _: share, lambda _: half)

        def at(log_share: Element, tail: ScalarMap, sign: float) -> Element:
            side = ns.const(sign)
            outermost = ns.const(2.0) * ns.asinh(ns.sqrt(-log_share / exact(ns, 2 * ratio)))

            def step(x: Element) -> Element:
                here = tail(ns, x)
                return x - side * (here - log_share) * ns.exp(here - log_density(ns, x))

            return ns.iterated(centre - side * outermost, step)

        return ns.piecewise(
            q - half,
            lambda _: at(ns.log(smaller(q)), log_cdf, 1.0),
            lambda _: at(ns.log(smaller(rest)), log_survival, -1.0),
        )

    limit = Tail.of(constant=lambda ns: constant(ns) + exact(ns, ratio))
    c, m = Fraction(concentration), Fraction(loc)
    spread = (loc / concentration) ** 0.5

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = -1/2 - c/m sinh(x - log m), which falls."""
        steep, middle = ns.const(concentration) / ns.const(loc), ns.log(ns.const(loc))
        return DensityRate(None, -ns.const(side) / 2 - steep * ns.sinh(length - side * middle))

    return DistributionDefinition(
        name="exp_inverse_gaussian",
        params={"loc": loc, "concentration": concentration},
        log_density=log_density,
        cdf=lambda ns, x: ns.ndtr(near(ns, x)) + far(ns, x),
        survival=lambda ns, x: ns.ndtr(-near(ns, x)) - far(ns, x),
        support=REALS,
        formula="sqrt(concentration/(2*pi*exp(x)))*exp(-concentration*(exp(x) - loc)**2/(2*loc**2*exp(x)))",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 15",
        ordinary=(log(loc / (1 + 3 * spread) ** 2), log(loc * (1 + 3 * spread) ** 2)),
        lower_tail=Tail.of({exp_term(1): -c / 2, power_term(1): Fraction(1, 2)}) + limit,
        upper_tail=Tail.of({exp_term(1): -c / (2 * m * m), power_term(1): Fraction(-1, 2)}) + limit,
        log_cdf=log_cdf,
        log_survival=log_survival,
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        logarithm=True,
        lemmas=DensityLemmas(centre=Fraction(0), rate=rate),  # ``loc`` is that of the exponential.
    )
