"""Exponential, affine, absolute value: maps of school algebra."""

from __future__ import annotations

from math import inf

from conformance.definitions.intervals import POSITIVE, REALS, Interval
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms.definition import TransformDefinition


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
    )


def affine(loc: float, scale: float) -> TransformDefinition:
    """y = loc + scale x, scale != 0."""
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
