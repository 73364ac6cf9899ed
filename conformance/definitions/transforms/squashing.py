"""Maps that squeeze the reals into an interval or a half-line."""

from __future__ import annotations

from conformance.definitions.intervals import POSITIVE, REALS, UNIT, Interval
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms.definition import TransformDefinition


def sigmoid() -> TransformDefinition:
    """y = 1 / (1 + e^-x). Source: the logistic function, DLMF 4.2 and 4.28."""
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
    )


def tanh() -> TransformDefinition:
    """y = tanh x. Source: DLMF 4.28."""
    slope = Tail.of({power_term(1): -2}, constant=lambda ns: ns.log(ns.const(4.0)))
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
    )


def softplus() -> TransformDefinition:
    """y = log(1 + e^x). Source: Dugas et al., Incorporating second-order functional knowledge (2001)."""
    return TransformDefinition(
        name="softplus",
        params={},
        forward=lambda ns, x: ns.softplus(x),
        inverse_candidate=lambda ns, y: ns.softplus_inverse(y),
        domain=REALS,
        codomain=POSITIVE,
        increasing=True,
        formula="log(1 + exp(x))",
        reference="Dugas et al. 2001",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of(),
    )
