"""Maps of school algebra: identity, shift and scale, exponential and logarithm, absolute value."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf

from conformance.definitions.combinators import inverse
from conformance.definitions.intervals import POSITIVE, REALS, Interval
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate, bounded_rate
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition

_BEYOND_MINUS_ONE = Interval(-1.0, inf)


def identity() -> TransformDefinition:
    """y = x."""
    return TransformDefinition(
        name="identity",
        params={},
        forward=lambda ns, x: x,
        inverse_candidate=lambda ns, y: y,
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="x",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of(),
        upper_tail=Tail.of(),
    )


def shift(shift: float) -> TransformDefinition:
    """y = x + shift."""
    parameters.finite("shift", shift=shift)
    return TransformDefinition(
        name="shift",
        params={"shift": shift},
        forward=lambda ns, x: x + ns.const(shift),
        inverse_candidate=lambda ns, y: y - ns.const(shift),
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="x + shift",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of(),
        upper_tail=Tail.of(),
        inverse_tails=(Tail.of(), Tail.of()),
        lemmas=SlopeLemmas(line=(Fraction(shift), Fraction(1)), algebraic=True),
    )


def scale(scale: float | None = None, log_scale: float | None = None) -> TransformDefinition:
    """y = scale x, scale != 0; or y = e^log_scale x. One of the two is given."""
    parameters.one_of("scale", scale=scale, log_scale=log_scale)
    parameters.nonzero("scale", scale=scale)
    parameters.finite("scale", log_scale=log_scale)

    given = {"scale": scale, "log_scale": log_scale}
    size = abs(scale) if scale is not None else 1.0
    exponent = log_scale if log_scale is not None else 0.0

    def factor(ns: NumberSystem) -> Element:
        return ns.exp(ns.const(exponent)) if scale is None else ns.const(scale)

    slope = Tail.of(constant=lambda ns: ns.const(exponent) if scale is None else ns.log(ns.const(size)))
    return TransformDefinition(
        name="scale",
        params={name: value for name, value in given.items() if value is not None},
        forward=lambda ns, x: factor(ns) * x,
        inverse_candidate=lambda ns, y: y / factor(ns),
        domain=REALS,
        codomain=REALS,
        increasing=scale is None or scale > 0,
        formula="exp(log_scale)*x" if scale is None else "scale*x",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=slope,
        upper_tail=slope,
        inverse_tails=(-slope, -slope),
        lemmas=SlopeLemmas(line=None if scale is None else (Fraction(0), Fraction(scale)), algebraic=scale is not None),
    )


def exponential_rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate:
    """Of log f' = x + const."""
    return bounded_rate(ns, ns.const(side), ns.const(side))


def exp() -> TransformDefinition:
    """y = e^x. Source: DLMF 4.2."""
    return TransformDefinition(
        name="exp",
        params={},
        forward=lambda ns, x: ns.exp(x),
        inverse_candidate=lambda ns, y: ns.log(y),
        domain=REALS,
        codomain=POSITIVE,
        increasing=True,
        formula="exp(x)",
        reference="DLMF 4.2",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of({power_term(1): 1}),
        lemmas=SlopeLemmas(rate=exponential_rate),
    )


def log() -> TransformDefinition:
    """y = log x on (0, inf). Source: DLMF 4.2."""
    return TransformDefinition(
        name="log",
        params={},
        forward=lambda ns, x: ns.log(x),
        inverse_candidate=lambda ns, y: ns.exp(y),
        domain=POSITIVE,
        codomain=REALS,
        increasing=True,
        formula="log(x)",
        reference="DLMF 4.2",
        ordinary=(2.0**-8, 256.0),
        lower_tail=Tail.of({LOG: -1}),
        upper_tail=Tail.of({LOG: -1}),
    )


def expm1() -> TransformDefinition:
    """y = e^x - 1, onto (-1, inf). Source: DLMF 4.2."""
    return TransformDefinition(
        name="expm1",
        params={},
        forward=lambda ns, x: ns.expm1(x),
        inverse_candidate=lambda ns, y: ns.log1p(y),
        domain=REALS,
        codomain=_BEYOND_MINUS_ONE,
        increasing=True,
        formula="exp(x) - 1",
        reference="DLMF 4.2",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of({power_term(1): 1}),
        lemmas=SlopeLemmas(rate=exponential_rate),
    )


def log1p() -> TransformDefinition:
    """y = log(1 + x) on (-1, inf), by what it inverts: next to -1 no x tells apart what y does. Source: DLMF 4.2."""
    return replace(inverse(expm1()), name="log1p", formula="log(1 + x)", ordinary=(-0.96875, 256.0))


def reciprocal(negative: bool = False) -> TransformDefinition:
    """y = 1/x on (0, inf), or on (-inf, 0) where ``negative``: its own inverse. Each half-line is a branch."""
    if not isinstance(negative, bool):
        raise parameters.BadParameter("reciprocal", "negative", negative, "true or false")
    half = Interval(-inf, 0.0) if negative else POSITIVE
    slope = Tail.of({LOG: -2})
    return TransformDefinition(
        name="reciprocal",
        params={"negative": negative},
        forward=lambda ns, x: ns.const(1.0) / x,
        inverse_candidate=lambda ns, y: ns.const(1.0) / y,
        domain=half,
        codomain=half,
        increasing=False,
        formula="1/x",
        reference="elementary",
        ordinary=(-8.0, -0.125) if negative else (0.125, 8.0),
        lower_tail=slope,
        upper_tail=slope,
        branch=True,
    )


def affine(loc: float, scale: float) -> TransformDefinition:
    """y = loc + scale x, scale != 0."""
    parameters.finite("affine", loc=loc)
    parameters.nonzero("affine", scale=scale)
    slope = Tail.of(constant=lambda ns: ns.log(ns.const(abs(scale))))
    return TransformDefinition(
        name="affine",
        params={"loc": loc, "scale": scale},
        forward=lambda ns, x: ns.const(loc) + ns.const(scale) * x,
        inverse_candidate=lambda ns, y: (y - ns.const(loc)) / ns.const(scale),
        domain=REALS,
        codomain=REALS,
        increasing=scale > 0,
        formula="loc + scale*x",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=slope,
        upper_tail=slope,
        inverse_tails=(-slope, -slope),
        lemmas=SlopeLemmas(line=(Fraction(loc), Fraction(scale)), algebraic=True),
    )


def absolute() -> TransformDefinition:
    """y = |x| on the reals: not bijective. Its inverse is the branch that is not negative; log|f'| = 0 away from 0.

    At 0, where f has two one-sided slopes -1 and +1, log|f'| = 0 is the limit from either side.
    """
    return TransformDefinition(
        name="abs",
        params={},
        forward=lambda ns, x: ns.abs(x),
        inverse_candidate=lambda ns, y: y,
        domain=REALS,
        codomain=Interval(0.0, inf, closed_lo=True),
        increasing=None,
        formula="abs(x)",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of(),
        upper_tail=Tail.of(),
        value_limits=(inf, inf),
        bijective=False,
    )
