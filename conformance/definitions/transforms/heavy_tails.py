"""Maps that make tails heavier."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.intervals import REALS
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
    )
