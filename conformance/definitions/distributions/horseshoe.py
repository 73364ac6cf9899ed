"""The law of a normal variable whose scale follows a half-Cauchy one."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail
from conformance.definitions.transforms import parameters


def horseshoe(scale: float) -> DistributionDefinition:
    """(2 pi^3)^(-1/2) e^u E_1(u)/s, u = x^2/(2 s^2); s is ``scale`` and E_1 the exponential integral.

    It is the law of s C N, N standard normal and C half-Cauchy. At 0 the density grows without bound; far out it is
    about a multiple of 1/x^2, so that there is no mean. The distribution function has no closed form in these
    functions, so it is not declared.
    """
    parameters.positive("horseshoe", scale=scale)

    def half_square(ns: NumberSystem, x: Element) -> Element:
        at = x / ns.const(scale)
        return at * at / ns.const(2.0)

    def height(ns: NumberSystem) -> Element:
        return -ns.log(ns.const(scale)) - ns.log(ns.const(2.0) * ns.pi() * ns.pi() * ns.pi()) / ns.const(2.0)

    def far(ns: NumberSystem) -> Element:
        """e^u E_1(u) is about 1/u."""
        return height(ns) + ns.log(ns.const(2.0)) + ns.const(2.0) * ns.log(ns.const(scale))

    tail = Tail.of({LOG: -2}, constant=far)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """t (log p)' = 2 u - 2/(e^u E_1(u)), and 1/(e^u E_1(u)) is between u (u + 2)/(u + 1) and u + 1 (DLMF 6.8.2)."""
        u = half_square(ns, length)
        return DensityRate(ns.const(-2.0), -2 * u / (u + 1), power=True)

    return DistributionDefinition(
        name="horseshoe",
        params={"scale": scale},
        log_density=lambda ns, x: height(ns) + ns.log_scaled_e1(half_square(ns, x)),
        cdf=None,
        survival=None,
        support=REALS,
        poles=(0.0,),
        formula="exp(u)*e1(u)/(scale*sqrt(2*pi**3)), u = x**2/(2*scale**2)",
        reference="Carvalho, Polson & Scott, The horseshoe estimator for sparse signals, Biometrika 97 (2010); "
        "NIST DLMF 6.2.1",
        ordinary=(-6 * scale, 6 * scale),
        lower_tail=tail,
        upper_tail=tail,
        lemmas=DensityLemmas(centre=Fraction(0), rate=rate),
    )
