"""What a law on the line has between two points: the truncated normal and the truncated Cauchy law."""

from __future__ import annotations

from conformance.definitions.distributions.definition import DistributionDefinition, ScalarMap
from conformance.definitions.distributions.location_scale import normal, student_t
from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import Constant, Tail
from conformance.definitions.transforms import parameters


def truncated_normal(loc: float, scale: float, low: float, high: float) -> DistributionDefinition:
    """A normal law on [low, high]: phi(z)/(scale (Phi(b) - Phi(a))), z = (x - loc)/scale, a and b the ends' z."""
    parameters.ascending("truncated_normal", low=low, high=high)
    return _truncated(
        normal(loc, scale),
        low,
        high,
        name="truncated_normal",
        params={"loc": loc, "scale": scale, "low": low, "high": high},
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 13, section 10.1",
    )


def truncated_cauchy(loc: float, scale: float, low: float, high: float) -> DistributionDefinition:
    """A Cauchy law, Student's t of one degree of freedom, on [low, high]."""
    parameters.ascending("truncated_cauchy", low=low, high=high)
    return _truncated(
        student_t(1.0, loc, scale),
        low,
        high,
        name="truncated_cauchy",
        params={"loc": loc, "scale": scale, "low": low, "high": high},
        reference="Nadarajah & Kotz, A truncated Cauchy distribution, International Journal of Mathematical Education "
        "in Science and Technology 37 (2006)",
    )


def _truncated(
    whole: DistributionDefinition,
    low: float,
    high: float,
    *,
    name: str,
    params: dict[str, float],
    reference: str,
) -> DistributionDefinition:
    """``whole``, which is symmetric about ``loc``, between two points: what it has there is told by the tail on
    whose side it lies, since the other one is next to 1 there."""
    density, below, above = whole.log_density, whole.cdf, whole.survival
    assert density is not None
    assert below is not None
    assert above is not None
    own, under, over, loc = density, below, above, params["loc"]

    def mass(side: ScalarMap, end: float) -> Constant:
        return lambda ns: side(ns, ns.const(end))

    under_ends, over_ends = (tuple(mass(side, end) for end in (low, high)) for side in (under, over))

    def from_low(ns: NumberSystem, x: Element) -> Element:
        if low >= loc:
            return ns.once(over_ends[0]) - over(ns, x)
        return under(ns, x) - ns.once(under_ends[0])

    def to_high(ns: NumberSystem, x: Element) -> Element:
        if high <= loc:
            return ns.once(under_ends[1]) - under(ns, x)
        return over(ns, x) - ns.once(over_ends[1])

    def total(ns: NumberSystem) -> Element:
        return from_low(ns, ns.const(high))

    def log_total(ns: NumberSystem) -> Element:
        return ns.log(total(ns))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return own(ns, x) - ns.once(log_total)

    def at(end: float) -> Constant:
        return lambda ns: log_density(ns, ns.const(end))

    def candidate(ns: CandidateNumbers, share: Element, *, lower: bool) -> Element:
        """The point with ``share`` of the mass on its lower side, or on its upper one: a quantile of the whole law, of
        the tail that is the smaller at the end in question."""
        quantile, far, end = whole.quantile, (low >= loc if lower else high > loc), (0 if lower else 1)
        assert quantile is not None
        beyond, inside = ns.once((over_ends if far else under_ends)[end]), share * ns.once(total)
        p = beyond - inside if far == lower else beyond + inside
        return ns.const(2.0) * ns.const(loc) - quantile(ns, p) if far else quantile(ns, p)

    return DistributionDefinition(
        name=name,
        params=params,
        log_density=log_density,
        cdf=lambda ns, x: from_low(ns, x) / ns.once(total),
        survival=lambda ns, x: to_high(ns, x) / ns.once(total),
        support=Interval(low, high, closed_lo=True, closed_hi=True),
        formula=f"p(x)/(P(high) - P(low)), low <= x <= high, P the cdf of p(x) = {whole.formula}",
        reference=reference,
        ordinary=(low, high),
        lower_tail=Tail.of(constant=at(low)),
        upper_tail=Tail.of(constant=at(high)),
        quantile=lambda ns, q: candidate(ns, q, lower=True),
        upper_quantile=lambda ns, q: candidate(ns, q, lower=False),
    )
