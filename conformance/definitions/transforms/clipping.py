"""Smooth bounds: the reals into an interval whose ends they approach by softplus, and what TFP makes of that."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf

from conformance.definitions.intervals import REALS, End, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.squashing import between, softplus


def soft_clip(
    low: float | None = None, high: float | None = None, hinge_softness: float | None = None
) -> TransformDefinition:
    """A smooth bound of x. Source: the documentation of TensorFlow Probability's SoftClip.

    With s(x) = c log(1 + e^(x/c)), c = hinge_softness: where low alone is given, y = low + s(x - low); where high alone
    is, y = high - s(high - x). Both, with w = high - low: y = high - (w/s(w)) s(w - s(x - low)), the upper bound of the
    lower bound, rescaled so that the image begins at low.

    With u = (x - low)/c, v = w/c and the logistic function S, s(w - s(x - low)) = s(w) + c log(1 - S(v) S(u)), so that
    y = low - w log(1 - S(v) S(u))/log(1 + e^v), and from the other end y = high - w log(1 + e^v S(-u))/log(1 + e^v).
    """
    parameters.ascending("soft_clip", low=low, high=high)
    parameters.positive("soft_clip", hinge_softness=hinge_softness)
    if low is None and high is None:
        raise parameters.BadChoice("soft_clip", "takes low, high or both")
    given = {"low": low, "high": high, "hinge_softness": hinge_softness}
    shape = {name: value for name, value in given.items() if value is not None}
    c = 1.0 if hinge_softness is None else hinge_softness
    if low is not None and high is not None:
        return _both(low, high, c, shape)
    return _one(low, high, c, shape)


def _one(low: float | None, high: float | None, c: float, given: dict[str, float]) -> TransformDefinition:
    side, end = (1.0, low) if low is not None else (-1.0, high)
    assert end is not None

    def forward(ns: NumberSystem, x: Element) -> Element:
        inside = ns.const(side) * (x - ns.const(end)) / ns.const(c)
        return ns.const(end) + ns.const(side * c) * ns.softplus(inside)

    def candidate(ns: NumberSystem, y: Element) -> Element:
        inside = ns.const(side) * (y - ns.const(end)) / ns.const(c)
        return ns.const(end) + ns.const(side * c) * ns.softplus_inverse(inside)

    # log f' = -log(1 + e^-u), u = side (x - end)/c
    rate = 1 / Fraction(c)
    vanishing = Tail.of({power_term(1): -rate}, constant=lambda ns: -(ns.const(side * end) / ns.const(c)))
    soft = "log(1 + exp((x - low)/{0}))" if low is not None else "log(1 + exp((high - x)/{0}))"
    soft = "hinge_softness*" + soft.format("hinge_softness") if "hinge_softness" in given else soft.format("1")
    return TransformDefinition(
        name="soft_clip",
        params=given,
        forward=forward,
        inverse_candidate=candidate,
        domain=REALS,
        codomain=Interval(end, inf) if side > 0 else Interval(-inf, end),
        increasing=True,
        formula=f"low + {soft}" if low is not None else f"high - {soft}",
        reference="TensorFlow Probability, SoftClip",
        ordinary=(end - 8.0 * c, end + 8.0 * c),
        added=(abs(end), abs(end)),
        lower_tail=vanishing if side > 0 else Tail.of(),
        upper_tail=Tail.of() if side > 0 else vanishing,
    )


def _both(low: float, high: float, c: float, given: dict[str, float]) -> TransformDefinition:
    exact_width = Fraction(high) - Fraction(low)
    exact_v = exact_width / Fraction(c)

    def width(ns: NumberSystem) -> Element:
        return ns.rational(exact_width.numerator, exact_width.denominator)

    def v(ns: NumberSystem) -> Element:
        return ns.rational(exact_v.numerator, exact_v.denominator)

    def forward(ns: NumberSystem, x: Element) -> Element:
        """From the nearer end, so that nothing cancels where that end is 0."""
        slope = width(ns) / ns.softplus(v(ns))
        return ns.piecewise(
            (x - ns.const(low)) / ns.const(c),
            lambda u: ns.const(low) - slope * ns.log1p(-(ns.sigmoid(v(ns)) * ns.sigmoid(u))),
            lambda u: ns.const(high) - slope * ns.log1p(ns.exp(v(ns)) * ns.sigmoid(-u)),
        )

    def candidate(ns: NumberSystem, y: Element) -> Element:
        """u = log(S(u)/S(-u)), each from its own form."""
        slope = width(ns) / ns.softplus(v(ns))
        above, below = (y - ns.const(low)) / slope, (ns.const(high) - y) / slope
        u = ns.log(-ns.expm1(-above) / ns.expm1(below)) + ns.softplus(v(ns))
        return ns.const(low) + ns.const(c) * u

    softness = "hinge_softness"
    soft = f"{softness}*log(1 + exp(t/{softness}))" if softness in given else "log(1 + exp(t))"
    # f' = w/(c s) S'(u) S(v)/(1 - S(v) S(u)) with s = log(1 + e^v); far up S(v)/(1 - S(v) S(u)) tends to e^v.
    rate = 1 / Fraction(c)

    def constant(ns: NumberSystem) -> Element:
        return ns.log(width(ns) / (ns.const(c) * ns.softplus(v(ns))))

    return TransformDefinition(
        name="soft_clip",
        params=given,
        forward=forward,
        inverse_candidate=candidate,
        domain=REALS,
        codomain=Interval(low, high),
        increasing=True,
        formula=f"high - (high - low)*s(high - low - s(x - low))/s(high - low), s(t) = {soft}",
        reference="TensorFlow Probability, SoftClip",
        ordinary=(low - 8.0 * c, high + 8.0 * c),
        added=(min(abs(low), abs(high)), abs(low)),
        lower_tail=Tail.of(
            {power_term(1): -rate},
            constant=lambda ns: constant(ns) - ns.softplus(-v(ns)) - ns.const(low) / ns.const(c),
        ),
        upper_tail=Tail.of({power_term(1): -rate}, constant=lambda ns: constant(ns) + ns.const(high) / ns.const(c)),
    )


def generalized_pareto(loc: float, scale: float, concentration: float) -> TransformDefinition:
    """The reals onto the support of a generalized Pareto distribution: y = loc + log(1 + e^x) where concentration >= 0,
    y = loc + w / (1 + e^-x), w = scale/|concentration|, where it is negative.

    Source: TensorFlow Probability's bijector of that name. It is not the distribution function.
    """
    parameters.finite("generalized_pareto", loc=loc, concentration=concentration)
    parameters.positive("generalized_pareto", scale=scale)
    params = {"loc": loc, "scale": scale, "concentration": concentration}
    if concentration >= 0:
        plain = softplus(low=loc)
        return replace(
            plain,
            name="generalized_pareto",
            params=params,
            formula="loc + log(1 + exp(x))",
            reference="TensorFlow Probability, GeneralizedPareto",
        )
    width = Fraction(scale) / abs(Fraction(concentration))
    top = Fraction(loc) + width
    high: End = float(top) if Fraction(float(top)) == top else top
    return replace(
        between(loc, high),
        name="generalized_pareto",
        params=params,
        formula="loc + scale/abs(concentration)/(1 + exp(-x))",
        reference="TensorFlow Probability, GeneralizedPareto",
    )
