"""Maps that squeeze the reals into an interval or a half-line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf

from conformance.definitions.intervals import REALS, UNIT, End, Interval
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate, bounded_rate
from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition


def sigmoid(low: float | None = None, high: float | None = None) -> TransformDefinition:
    """y = 1 / (1 + e^-x), or low + (high - low) / (1 + e^-x). Source: the logistic function, DLMF 4.2 and 4.28."""
    parameters.together("sigmoid", low=low, high=high)
    parameters.ascending("sigmoid", low=low, high=high)
    if low is not None and high is not None:
        return replace(between(low, high), params={"low": low, "high": high})
    return TransformDefinition(
        name="sigmoid",
        params={},
        forward=lambda ns, x: ns.sigmoid(x),
        inverse_candidate=lambda ns, y: ns.logit(y),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="1/(1 + exp(-x))",
        reference="logistic function",
        ordinary=(-6.0, 6.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of({power_term(1): -1}),
        lemmas=SlopeLemmas(rate=_logistic_rate),
    )


def _logistic_rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
    """(log f')' = -tanh(x/2)."""
    return bounded_rate(ns, ns.const(-1.0), -ns.tanh(abs(x) / 2)) if side * x > 0 else None


def between(low: End, high: End) -> TransformDefinition:
    """The logistic function stretched onto (low, high), finite ends that need not be floats; without ``params``."""
    bottom, top = Fraction(low), Fraction(high)
    extent = top - bottom

    def forward(ns: NumberSystem, x: Element) -> Element:
        """From the nearer end, so that nothing cancels where that end is 0."""
        return ns.piecewise(
            x,
            lambda v: exact(ns, bottom) + exact(ns, extent) * ns.sigmoid(v),
            lambda v: exact(ns, top) - exact(ns, extent) * ns.sigmoid(-v),
        )

    slope = Tail.of({power_term(1): -1}, constant=lambda ns: ns.log(exact(ns, extent)))
    return TransformDefinition(
        name="sigmoid",
        params={},
        forward=forward,
        inverse_candidate=lambda ns, y: ns.log((y - exact(ns, bottom)) / (exact(ns, top) - y)),
        domain=REALS,
        codomain=Interval(low, high),
        increasing=True,
        formula="low + (high - low)/(1 + exp(-x))",
        reference="logistic function",
        ordinary=(-6.0, 6.0),
        added=(float(min(abs(bottom), abs(top))), 0.0),
        lower_tail=slope,
        upper_tail=slope,
        lemmas=SlopeLemmas(rate=_logistic_rate),
    )


def tanh() -> TransformDefinition:
    """y = tanh x. Source: DLMF 4.28."""
    slope = Tail.of({power_term(1): -2}, constant=lambda ns: ns.log(ns.const(4.0)))

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = -2 tanh x."""
        return bounded_rate(ns, ns.const(-2.0), -2 * ns.tanh(abs(x))) if side * x > 0 else None

    return TransformDefinition(
        name="tanh",
        params={},
        forward=lambda ns, x: ns.tanh(x),
        inverse_candidate=lambda ns, y: ns.atanh(y),
        domain=REALS,
        codomain=Interval(-1.0, 1.0),
        increasing=True,
        formula="tanh(x)",
        reference="DLMF 4.28",
        ordinary=(-4.0, 4.0),
        lower_tail=slope,
        upper_tail=slope,
        lemmas=SlopeLemmas(rate=rate),
    )


def softsign() -> TransformDefinition:
    """y = x / (1 + |x|).

    Source: Bergstra et al., Quadratic polynomials learn better image features (2009). Written as 1 - 1/(1 + x) for
    x >= 0 by exponentials, which neither cancel nor meet x twice.
    """
    return TransformDefinition(
        name="softsign",
        params={},
        forward=lambda ns, x: ns.piecewise(x, lambda v: ns.expm1(-ns.log1p(-v)), lambda v: -ns.expm1(-ns.log1p(v))),
        inverse_candidate=lambda ns, y: y / (ns.const(1.0) - ns.abs(y)),
        domain=REALS,
        codomain=Interval(-1.0, 1.0),
        increasing=True,
        formula="x/(1 + abs(x))",
        reference="Bergstra et al. 2009",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({LOG: -2}),
        upper_tail=Tail.of({LOG: -2}),
    )


def softplus(hinge_softness: float | None = None, low: float | None = None) -> TransformDefinition:
    """y = low + c log(1 + e^(x/c)), c = hinge_softness != 0; 0 and 1 where they are not given.

    With c < 0 it is low minus what -c gives at -x: it stays below ``low``. Source: Dugas et al., Incorporating
    second-order functional knowledge (2001).
    """
    parameters.nonzero("softplus", hinge_softness=hinge_softness)
    parameters.finite("softplus", low=low)
    given = {"hinge_softness": hinge_softness, "low": low}
    c = 1.0 if hinge_softness is None else hinge_softness

    def forward(ns: NumberSystem, x: Element) -> Element:
        y = ns.softplus(x) if hinge_softness is None else ns.const(c) * ns.softplus(x / ns.const(c))
        return y if low is None else ns.const(low) + y

    def candidate(ns: NumberSystem, y: Element) -> Element:
        above = y if low is None else y - ns.const(low)
        return (
            ns.softplus_inverse(above)
            if hinge_softness is None
            else ns.const(c) * ns.softplus_inverse(above / ns.const(c))
        )

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = sigmoid(-x/c)/c, and f' = sigmoid(x/c) rises to 1. For c > 0."""
        if c < 0:
            return None
        hinge = ns.const(c)
        at = ns.sigmoid(-x / hinge) / hinge
        if side > 0:
            return bounded_rate(ns, ns.const(0.0), at, rise=ns.softplus(-x / hinge))
        return bounded_rate(ns, -1 / hinge, -at)

    formula = "log(1 + exp(x))" if hinge_softness is None else "hinge_softness*log(1 + exp(x/hinge_softness))"
    vanishing = Tail.of({power_term(1): -1 / abs(Fraction(c))})
    end = 0.0 if low is None else low
    return TransformDefinition(
        name="softplus",
        params={name: value for name, value in given.items() if value is not None},
        forward=forward,
        inverse_candidate=candidate,
        domain=REALS,
        codomain=Interval(end, inf) if c > 0 else Interval(-inf, end),
        increasing=True,
        formula=formula if low is None else f"low + {formula}",
        reference="Dugas et al. 2001",
        ordinary=(-8.0 * abs(c), 8.0 * abs(c)),
        added=(abs(low or 0.0), 0.0),
        lower_tail=vanishing if c > 0 else Tail.of(),
        upper_tail=Tail.of() if c > 0 else vanishing,
        lemmas=SlopeLemmas(rate=rate),
    )
