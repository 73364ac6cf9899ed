"""The distribution of f(X): its support and its everyday values; the oracle derives the rest."""

from __future__ import annotations

from math import inf, isfinite

from conformance.definitions.combinators import CannotCombine, written
from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.float_numbers import image_of
from conformance.definitions.intervals import UNIT, End, Interval
from conformance.definitions.moments import ClosedMoments
from conformance.definitions.transforms.definition import TransformDefinition


def transformed(base: DistributionDefinition, transform: TransformDefinition) -> DistributionDefinition:
    """The distribution of f(X): density p_X(f^-1(y)) / |f'(f^-1(y))|, derived by the oracle and not written here."""
    if base.base is not None:
        raise CannotCombine("transformed() needs a bare base distribution; join transforms with chain()")
    if base.circular:
        raise CannotCombine(f"transformed() of {base.name}: which turn of an angle a map is asked on is a convention")
    if transform.event_rank_in != 0 or transform.increasing is None:
        raise CannotCombine(f"transformed() needs a monotone scalar transform, which {transform.name} is not")
    if not base.support.within(transform.domain):
        raise CannotCombine(
            f"the support {base.support} of {base.name} leaves the domain {transform.domain} of {transform.name}"
        )
    return DistributionDefinition(
        name="transformed",
        params={},
        log_density=None,
        cdf=None,
        survival=None,
        support=_image_support(base, transform),
        formula=f"X with density {base.formula}, Y = {written(transform, 'X')}",
        reference=f"{base.reference}; {transform.reference}",
        ordinary=_ordinary_image(base, transform),
        base=base,
        transform=transform,
        moments=_closed(base, transform),
    )


def _closed(base: DistributionDefinition, transform: TransformDefinition) -> ClosedMoments | None:
    """What a distribution function declares of its law: that of a uniform variable seen through its inverse."""
    uniform = base.name == "uniform" and (base.support.lo, base.support.hi) == (UNIT.lo, UNIT.hi)
    return transform.parts[0].law if uniform and transform.kind == "inverse" else None


_SPARED = 2.0**-10
"""The share of an interval of everyday values that is left out at either end where its image would be infinite."""


def _ordinary_image(base: DistributionDefinition, transform: TransformDefinition) -> tuple[float, float]:
    low, high = image_of(transform.forward, base.ordinary)
    if isfinite(low) and isfinite(high):
        return low, high
    margin = _SPARED * (base.ordinary[1] - base.ordinary[0])
    return image_of(transform.forward, (base.ordinary[0] + margin, base.ordinary[1] - margin))


def _image_support(base: DistributionDefinition, transform: TransformDefinition) -> Interval:
    support, domain, codomain = base.support, transform.domain, transform.codomain
    ends: list[End] = list(image_of(transform.forward, (float(support.lo), float(support.hi))))
    exact = [transform.name == "affine" or abs(end) == inf for end in ends]
    increasing = bool(transform.increasing)
    closed = [support.closed_lo and support.lo != domain.lo, support.closed_hi and support.hi != domain.hi]
    if not increasing:
        closed.reverse()
    # Where the support reaches the domain's end its image reaches the codomain's end, exactly.
    if support.lo == domain.lo:
        at = 0 if increasing else 1
        ends[at], exact[at] = (codomain.lo if increasing else codomain.hi), True
    if support.hi == domain.hi:
        at = 1 if increasing else 0
        ends[at], exact[at] = (codomain.hi if increasing else codomain.lo), True
    return Interval(ends[0], ends[1], closed[0], closed[1], exact=all(exact))
