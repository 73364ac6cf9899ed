"""The law of a normal variable whose scale follows a half-Cauchy one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import LOG, Tail
from conformance.definitions.transforms import parameters


def horseshoe(scale: float) -> DistributionDefinition:
    """(2 pi^3)^(-1/2) e^u E_1(u)/s, u = x^2/(2 s^2); s is ``scale`` and E_1 the exponential integral.

    It is the law of s C N, N standard normal and C half-Cauchy. At 0 the density grows without bound; far out it is
    about a multiple of 1/x^2, so that there is no mean.
    """
    parameters.positive("horseshoe", scale=scale)

    def half_square(ns: NumberSystem, x: Element) -> Element:
        at = x / ns.const(scale)
        return at * at / ns.const(2.0)

    def far(ns: NumberSystem) -> Element:
        """e^u E_1(u) is about 1/u."""
        return standard_height(ns) + ns.log(ns.const(2.0)) + ns.log(ns.const(scale))

    tail = Tail.of({LOG: -2}, constant=far)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """t (log p)' = 2 u - 2/(e^u E_1(u)), and 1/(e^u E_1(u)) is between u (u + 2)/(u + 1) and u + 1 (DLMF 6.8.2)."""
        u = half_square(ns, length)
        return DensityRate(ns.const(-2.0), -2 * u / (u + 1), power=True)

    def centre_rate(ns: OrderedNumbers, distance: Element) -> tuple[Element, Element]:
        """By the same and, from log(1 + 2/u)/2 < e^u E_1(u) (DLMF 6.8.1), by a bound that falls to 0 with u."""
        return -4 / ns.log1p(2 / half_square(ns, distance)), ns.const(0.0)

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""
        at = ns.piecewise(q - ns.const(0.5), lambda _: -beyond(ns, q), lambda _: beyond(ns, rest))
        return ns.const(scale) * at

    return DistributionDefinition(
        name="horseshoe",
        params={"scale": scale},
        log_density=lambda ns, x: standard_log_density(ns, x / ns.const(scale)) - ns.log(ns.const(scale)),
        cdf=lambda ns, x: ns.horseshoe_cdf(x / ns.const(scale)),
        survival=lambda ns, x: ns.horseshoe_cdf(-x / ns.const(scale)),
        support=REALS,
        poles=(0.0,),
        formula="exp(u)*e1(u)/(scale*sqrt(2*pi**3)), u = x**2/(2*scale**2)",
        reference="Carvalho, Polson & Scott, The horseshoe estimator for sparse signals, Biometrika 97 (2010); "
        "NIST DLMF 6.2.1",
        ordinary=(-6 * scale, 6 * scale),
        lower_tail=tail,
        upper_tail=tail,
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(centre=Fraction(0), rate=rate, centre_rate=centre_rate),
    )


def standard_height(ns: NumberSystem) -> Element:
    """log (2 pi^3)^(-1/2)."""
    return -ns.log(ns.const(2.0) * ns.pi() * ns.pi() * ns.pi()) / ns.const(2.0)


def standard_log_density(ns: NumberSystem, x: Element) -> Element:
    """log((2 pi^3)^(-1/2) e^u E_1(u)), u = x^2/2: what the logarithm of the distribution function's slope is."""
    return ns.log_scaled_e1(x * x / ns.const(2.0)) + standard_height(ns)


def beyond(ns: CandidateNumbers, share: Element) -> Element:
    """The x >= 0 with ``share`` <= 1/2 beyond it by the standard law, by Newton's iteration in log x: for the logarithm
    of the share in the tail, for that of what lies between 0 and x next to the centre, where x may be 0."""
    half = ns.const(0.5)
    inner = half - share

    def found(start: Element, goal: Element, share_at: Callable[[Element], Element], sign: float) -> Element:
        """The x with share_at(x) = goal, a function with the slope ``sign`` times the density."""

        def step(v: Element) -> Element:
            x = ns.exp(v)
            log_slope = v + standard_log_density(ns, x)
            there = ns.log(share_at(x))
            return v - ns.const(sign) * (there - ns.log(goal)) * ns.exp(there - log_slope)

        return ns.exp(ns.iterated(start, step))

    def in_the_tail() -> Element:
        """From twice (2 pi^3)^(-1/2)/share: no more than the share lies beyond, and far out about as much."""
        start = standard_height(ns) + ns.log(ns.const(2.0)) - ns.log(share)
        return found(start, share, lambda x: ns.horseshoe_cdf(-x), -1.0)

    def near() -> Element:
        return found(ns.log(inner), inner, lambda x: half - ns.horseshoe_cdf(-x), 1.0)

    return ns.piecewise(
        share - ns.const(0.25),
        lambda _: in_the_tail(),
        lambda _: ns.piecewise(-inner, lambda _: near(), lambda _: ns.const(0.0)),
    )
