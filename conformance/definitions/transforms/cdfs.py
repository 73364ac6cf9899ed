"""Distribution functions as transforms onto (0, 1)."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.intervals import REALS, UNIT
from conformance.definitions.tails import Tail, exp_term, power_term
from conformance.definitions.transforms.definition import TransformDefinition


def gumbel_cdf(loc: float, scale: float) -> TransformDefinition:
    """y = exp(-exp(-(x - loc)/scale)), scale > 0. Source: Gumbel, Statistics of Extremes (1958), section 5.2."""
    s, m = Fraction(scale), Fraction(loc)
    # log f' = -z - exp(-z) - log(scale), z = (x - loc)/scale, and t = |x|.
    log_scale = Tail.of(constant=lambda ns: -ns.log(ns.const(scale)))
    drift = Tail.of(constant=lambda ns: ns.const(loc) / ns.const(scale))
    return TransformDefinition(
        name="gumbel_cdf",
        params={"loc": loc, "scale": scale},
        forward=lambda ns, x: ns.exp(-ns.exp((ns.const(loc) - x) / ns.const(scale))),
        inverse_candidate=lambda ns, y: ns.const(loc) - ns.const(scale) * ns.log(-ns.log(y)),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="exp(-exp(-(x - loc)/scale))",
        reference="Gumbel 1958, section 5.2",
        ordinary=(loc - 1.5 * scale, loc + 8.0 * scale),
        lower_tail=Tail.of({power_term(1): 1 / s, exp_term(1 / s, m / s): -1}) + drift + log_scale,
        upper_tail=Tail.of({power_term(1): -1 / s}) + drift + log_scale,
    )


def normal_cdf() -> TransformDefinition:
    """y = Phi(x) = erfc(-x / sqrt 2) / 2. Source: DLMF 7.2 and 7.18(i)."""
    slope = Tail.of(
        {power_term(2): Fraction(-1, 2)}, constant=lambda ns: -ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
    )
    return TransformDefinition(
        name="normal_cdf",
        params={},
        forward=lambda ns, x: ns.ndtr(x),
        inverse_candidate=lambda ns, y: ns.ndtri(y),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="erfc(-x/sqrt(2))/2",
        reference="DLMF 7.2",
        ordinary=(-4.0, 4.0),
        lower_tail=slope,
        upper_tail=slope,
    )
