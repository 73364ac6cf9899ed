"""Maps that make tails heavier."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition


def lambert_w_tail(shift: float, scale: float, tailweight: float) -> TransformDefinition:
    """y = shift + scale u exp(tailweight u^2/2), u = (x - shift)/scale, tailweight > 0.

    Source: Goerg, The Lambert way to Gaussianize heavy-tailed data with the inverse of Tukey's h transformation (2015).
    """
    parameters.finite("lambert_w_tail", shift=shift)
    parameters.positive("lambert_w_tail", scale=scale, tailweight=tailweight)

    def standardised(ns: NumberSystem, value: Element) -> Element:
        return (value - ns.const(shift)) / ns.const(scale)

    def forward(ns: NumberSystem, x: Element) -> Element:
        u = standardised(ns, x)
        grown = u * ns.exp(ns.const(tailweight) * (u * u) / ns.const(2.0))
        return ns.const(shift) + ns.const(scale) * grown

    def candidate(ns: NumberSystem, y: Element) -> Element:
        """With z for the standardised y, tailweight u^2 = W(tailweight z^2), so that u = z exp(-W/2)."""
        z = standardised(ns, y)
        w = ns.lambert_w(ns.const(tailweight) * (z * z))
        return ns.const(shift) + ns.const(scale) * (z * ns.exp(-(w / ns.const(2.0))))

    d, s, m = Fraction(tailweight), Fraction(scale), Fraction(shift)

    def tail(side: int) -> Tail:
        # log f' = log(1 + d u^2) + d u^2/2, |u| = (t - side m)/s
        away = -side * m
        rest = d * away * away / (2 * s * s)
        return Tail.of(
            {power_term(2): d / (2 * s * s), power_term(1): d * away / (s * s), LOG: 2},
            constant=lambda ns: (
                ns.rational(rest.numerator, rest.denominator)
                + ns.log(ns.const(tailweight) / (ns.const(scale) * ns.const(scale)))
            ),
        )

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """log f' = log(1 + d u^2) + d u^2/2, whose derivative by u, d u + 2 d u/(1 + d u^2), lies between d u, which
        grows, and d u + 2/u; and u + t <= u e^(t/u)."""
        heavy, wide = ns.const(tailweight), ns.const(scale)
        u = side * (x - ns.const(shift)) / wide
        if not u > 0:
            return None
        return SlopeRate(heavy * u / wide, ns.const(inf), (heavy * u + 2 / u) / wide, 1 / (u * wide), None)

    def gaussian_rate(ns: OrderedNumbers, loc: float, wide: float, length: Element, moment: int) -> Element | None:
        """Around its own centre: -z^2/2 + k (log(1 + d z^2) + d z^2/2) has the derivative -(1 - k d) z
        + 2 k d z/(1 + d z^2) by z, and the last term is at most 2 k/z: both fall where k d < 1."""
        if (loc, wide) != (shift, scale) or moment * d >= 1:
            return None
        z = length / ns.const(scale)
        return ((moment * ns.const(tailweight) - 1) * z + 2 * moment / z) / ns.const(scale)

    def log_slope(ns: NumberSystem, x: Element) -> Element:
        """log(1 + d u^2) + d u^2/2."""
        u = standardised(ns, x)
        bent = ns.const(tailweight) * u * u
        return ns.log1p(bent) + bent / 2

    return TransformDefinition(
        name="lambert_w_tail",
        params={"shift": shift, "scale": scale, "tailweight": tailweight},
        forward=forward,
        inverse_candidate=candidate,
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="shift + (x - shift)*exp(tailweight*((x - shift)/scale)**2/2)",
        reference="Goerg 2015",
        ordinary=(shift - 4.0 * scale, shift + 4.0 * scale),
        added=(abs(shift), abs(shift)),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        lemmas=SlopeLemmas(rate=rate, gaussian_rate=gaussian_rate, log_slope=log_slope),
    )
