"""Von Mises' law of an angle."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nextafter

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail
from conformance.definitions.transforms import parameters

_PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494459")


def von_mises(loc: float, concentration: float) -> DistributionDefinition:
    """exp(k cos(x - loc))/(2 pi I_0(k)), k the concentration, at the angles x from loc - pi to loc + pi, in radians.

    Written as exp(-2 k sin((x - loc)/2)^2) over its integral, in which no two numbers of size k cancel. BadParameter
    where loc is no number, or the concentration is not positive. Source: Mardia & Jupp, Directional Statistics (2000),
    section 3.5.4.
    """
    parameters.finite("von_mises", loc=loc)
    parameters.positive("von_mises", concentration=concentration)
    k = Fraction(concentration)

    def away(ns: NumberSystem, x: Element) -> Element:
        return x - ns.const(loc)

    def height(ns: NumberSystem) -> Element:
        return ns.const(concentration) - ns.log_bessel_i(Fraction(0), k) - ns.log(ns.const(2.0) * ns.pi())

    def log_density(ns: NumberSystem, x: Element) -> Element:
        half = ns.sin(away(ns, x) / ns.const(2.0))
        return ns.once(height) - ns.const(2.0) * ns.const(concentration) * half * half

    at_end = Tail.of(constant=lambda ns: height(ns) - ns.const(2.0) * ns.const(concentration))
    low, high = _within(loc)
    return DistributionDefinition(
        name="von_mises",
        params={"loc": loc, "concentration": concentration},
        log_density=log_density,
        cdf=lambda ns, x: ns.von_mises_cdf(away(ns, x), concentration),
        survival=lambda ns, x: ns.von_mises_cdf(-away(ns, x), concentration),
        support=Interval(low, high),
        formula="exp(concentration*cos(x - loc))/(2*pi*besseli(0, concentration)), loc - pi <= x <= loc + pi",
        reference="Mardia & Jupp, Directional Statistics (2000), section 3.5.4",
        ordinary=(low, high),
        lower_tail=at_end,
        upper_tail=at_end,
        free_ends=(low, high),
        circular=True,
    )


def _within(loc: float) -> tuple[float, float]:
    """The outermost float64 inside (loc - pi, loc + pi): a float lies strictly between the exact ends if and only if it
    lies between these, or is one of them."""
    low, high = Fraction(loc) - _PI, Fraction(loc) + _PI
    inner_low, inner_high = float(low), float(high)
    if inner_low < low:
        inner_low = nextafter(inner_low, inf)
    if inner_high > high:
        inner_high = nextafter(inner_high, -inf)
    return inner_low, inner_high
