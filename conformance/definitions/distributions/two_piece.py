"""Laws whose two sides are symmetric laws of different scales: the two-piece normal and the two-piece Student's t."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition, standardised
from conformance.definitions.distributions.location_scale import normal, student_rate, student_t
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import Tail
from conformance.definitions.transforms import parameters


def two_piece_normal(loc: float, scale: float, skewness: float) -> DistributionDefinition:
    """2 g/((1 + g^2) scale) phi(w), g the skewness, w = g z below ``loc`` and z/g above it, z = (x - loc)/scale."""
    parameters.finite("two_piece_normal", loc=loc)
    parameters.positive("two_piece_normal", scale=scale, skewness=skewness)
    given = {"loc": loc, "scale": scale, "skewness": skewness}

    def rate(ns: OrderedNumbers, length: Element, wide: Element) -> DensityRate:
        """As a normal law of that side's scale."""
        return DensityRate(None, -length / (wide * wide))

    return _two_piece("two_piece_normal", given, normal(0.0, 1.0), 4.0, rate)


def two_piece_student_t(df: float, loc: float, scale: float, skewness: float) -> DistributionDefinition:
    """The same of Student's t law."""
    parameters.finite("two_piece_student_t", loc=loc)
    parameters.positive("two_piece_student_t", df=df, scale=scale, skewness=skewness)
    given = {"df": df, "loc": loc, "scale": scale, "skewness": skewness}

    def rate(ns: OrderedNumbers, length: Element, wide: Element) -> DensityRate:
        return student_rate(ns, df, length / wide)

    return _two_piece("two_piece_student_t", given, student_t(df, 0.0, 1.0), 8.0, rate)


def _two_piece(
    name: str,
    params: dict[str, float],
    whole: DistributionDefinition,
    reach: float,
    rate: Callable[[OrderedNumbers, Element, Element], DensityRate],
) -> DistributionDefinition:
    """``whole`` is symmetric about 0. Below ``loc`` lies 1/(1 + g^2) of the mass, and each side has twice what
    ``whole`` has of it on its own. ``rate`` is asked with the scale of a side."""
    density, share, quantile, tail = whole.log_density, whole.cdf, whole.quantile, whole.upper_tail
    assert density is not None
    assert share is not None
    assert quantile is not None
    assert tail is not None
    own, below, inverse, falls = density, share, quantile, tail
    loc, scale, g = params["loc"], Fraction(params["scale"]), Fraction(params["skewness"])
    z = standardised(loc, params["scale"])
    twice = {-1: 2 / (1 + g * g), 1: 2 * g * g / (1 + g * g)}

    def height(ns: NumberSystem) -> Element:
        return ns.log(exact(ns, 2 * g / ((1 + g * g) * scale)))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        at = z(ns, x)
        inner = ns.piecewise(at, lambda v: own(ns, exact(ns, g) * v), lambda v: own(ns, v / exact(ns, g)))
        return inner + height(ns)

    def beyond(ns: NumberSystem, at: Element, side: int) -> Element:
        """What lies beyond a point on that side of ``loc``, ``at`` being the point's distance from it, negated."""
        return exact(ns, twice[side]) * below(ns, at * exact(ns, g if side < 0 else 1 / g))

    def cdf(ns: NumberSystem, x: Element) -> Element:
        one = ns.const(1.0)
        return ns.piecewise(z(ns, x), lambda v: beyond(ns, v, -1), lambda v: one - beyond(ns, -v, 1))

    def survival(ns: NumberSystem, x: Element) -> Element:
        one = ns.const(1.0)
        return ns.piecewise(z(ns, x), lambda v: one - beyond(ns, v, -1), lambda v: beyond(ns, -v, 1))

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""

        def left(_: Element) -> Element:
            return inverse(ns, q / exact(ns, twice[-1])) / exact(ns, g)

        def right(_: Element) -> Element:
            return -inverse(ns, rest / exact(ns, twice[1])) * exact(ns, g)

        return ns.const(loc) + exact(ns, scale) * ns.piecewise(q - exact(ns, twice[-1] / 2), left, right)

    def rate_of(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        wide, skewed = exact(ns, scale), exact(ns, g)
        return rate(ns, length, wide * skewed if side > 0 else wide / skewed)

    def tail_of(side: int) -> Tail:  # |w| = (t - side loc)/(scale of that side)
        wide = scale / g if side < 0 else scale * g
        return falls.after_affine(1 / wide, -side * Fraction(loc) / wide, infinite_end=True) + Tail.of(constant=height)

    return DistributionDefinition(
        name=name,
        params=params,
        log_density=log_density,
        cdf=cdf,
        survival=survival,
        support=REALS,
        formula=f"2*g/((1 + g**2)*scale)*p(w), g = skewness, w = g*z if z < 0 else z/g, z = (x - loc)/scale, "
        f"p(x) = {whole.formula}",
        reference="Fernandez & Steel, On Bayesian modeling of fat tails and skewness, Journal of the American "
        "Statistical Association 93 (1998)",
        ordinary=(loc - reach * float(scale / g), loc + reach * float(scale * g)),
        lower_tail=tail_of(-1),
        upper_tail=tail_of(1),
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(rate=rate_of, kinked=True),
    )
