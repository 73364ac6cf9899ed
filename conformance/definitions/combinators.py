"""Transforms made of transforms: chain, inverse, independent."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf
from typing import Any

from conformance.definitions.float_numbers import FloatNumbers, image_of
from conformance.definitions.intervals import End, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail
from conformance.definitions.transforms.definition import TransformDefinition

EVENT = 6
"""A number of coordinates that every vector map takes: 6 = 4 * 3 / 2, as a correlation matrix needs."""


class CannotCombine(ValueError):
    """The parts do not fit together. The message says why, on one line."""


def chain(*parts: TransformDefinition) -> TransformDefinition:
    """The FIRST part is applied first. log|det J| is the sum over the parts, each at its own input.

    A scalar part among vector parts acts on every coordinate of the event, as ``independent`` does. A part that gives
    an event more coordinates comes last, and one that takes some away first: what lies between is no whole space, and
    a log-det there has no base measure that all would agree on.
    """
    if not parts:
        raise CannotCombine("chain() needs at least one part")
    for at, part in enumerate(parts):
        widens = part.event_rank_in > 0 and part.output_event(EVENT) > EVENT
        narrows = part.event_rank_in > 0 and part.input_event(EVENT) > EVENT
        if (widens and at < len(parts) - 1) or (narrows and at > 0):
            place = "last" if widens else "first"
            raise CannotCombine(f"{part.name} changes the number of coordinates: in a chain it has to come {place}")
    rank = max(part.event_rank_in for part in parts)
    lifted = tuple(independent(p) if p.event_rank_in < rank else p for p in parts)
    scalar = rank == 0
    domain = _pulled_back(lifted) if scalar else lifted[0].domain
    codomain = _pushed_forward(domain, lifted) if scalar else lifted[-1].codomain
    increasing: bool | None = None
    if scalar and all(part.increasing is not None for part in lifted):
        increasing = sum(not part.increasing for part in lifted) % 2 == 0
    lower, upper = _chain_tails(lifted, domain) if scalar else (None, None)
    formula = "x"
    for part in lifted:
        formula = written(part, formula)

    def forward(ns: NumberSystem, value: Any) -> Any:
        for part in lifted:
            value = part.forward(ns, value)
        return value

    def candidate(ns: NumberSystem, value: Any) -> Any:
        for part in reversed(lifted):
            value = part.inverse_candidate(ns, value)
        return value

    return TransformDefinition(
        name="chain",
        params={},
        forward=forward,
        inverse_candidate=candidate,
        domain=domain,
        codomain=codomain,
        increasing=increasing,
        formula=formula,
        reference="; ".join(dict.fromkeys(part.reference for part in parts)),
        ordinary=_ordinary(lifted),
        lower_tail=lower,
        upper_tail=upper,
        bijective=all(part.bijective for part in parts),
        event_rank_in=rank,
        event_rank_out=rank,
        base_measure=lifted[-1].base_measure,
        kind="chain",
        parts=lifted,
    )


def inverse(part: TransformDefinition) -> TransformDefinition:
    """The inverse map. Its ``forward`` runs the part's candidate; the oracle certifies it through the part itself."""
    ordinary = part.ordinary
    if part.event_rank_in == 0:
        ordinary = image_of(part.forward, part.ordinary)
    return TransformDefinition(
        name="inverse",
        params={},
        forward=part.inverse_candidate,
        inverse_candidate=part.forward,
        domain=part.codomain,
        codomain=part.domain,
        increasing=part.increasing,
        formula=f"the inverse of {written(part)}",
        reference=part.reference,
        ordinary=ordinary,
        bijective=part.bijective,
        event_rank_in=part.event_rank_out,
        event_rank_out=part.event_rank_in,
        base_measure=part.base_measure,
        kind="inverse",
        parts=(part,),
    )


def independent(part: TransformDefinition, ndims: int = 1) -> TransformDefinition:
    """The scalar ``part`` on every coordinate of an event; log|det J| is the sum over the event."""
    if ndims != 1:
        raise CannotCombine(f"independent() is defined for ndims=1, not ndims={ndims}")
    if part.event_rank_in != 0:
        raise CannotCombine("independent() needs a scalar part")

    def forward(ns: NumberSystem, x: Any) -> list[Element]:
        return [part.forward(ns, coordinate) for coordinate in x]

    def candidate(ns: NumberSystem, y: Any) -> list[Element]:
        return [part.inverse_candidate(ns, coordinate) for coordinate in y]

    return TransformDefinition(
        name="independent",
        params={"ndims": 1.0},
        forward=forward,
        inverse_candidate=candidate,
        domain=part.domain,
        codomain=part.codomain,
        increasing=None,
        formula=f"{written(part)} on every coordinate",
        reference=part.reference,
        ordinary=part.ordinary,
        bijective=part.bijective,
        event_rank_in=1,
        event_rank_out=1,
        kind="independent",
        parts=(part,),
    )


def written(part: TransformDefinition, inner: str = "x") -> str:
    """The part's formula with its parameters' values in place and ``inner`` for x."""
    text = re.sub(r"\bx\b", inner if inner == "x" or inner.endswith(")") else f"({inner})", part.formula)
    for name, value in part.params.items():
        if part.kind == "leaf":
            text = re.sub(rf"\b{name}\b", f"({value:g})" if value < 0 else f"{value:g}", text)
    return text


def _image(part: TransformDefinition, interval: Interval) -> Interval:
    """The image of a sub-interval of the part's domain; exact at the domain's own ends."""
    if part.increasing is None:
        return part.codomain
    clipped = [max(interval.lo, part.domain.lo), min(interval.hi, part.domain.hi)]
    ends: list[End] = []
    exact = True
    for end, own, low in zip(clipped, (part.domain.lo, part.domain.hi), (True, False), strict=True):
        if end == own:
            ends.append(part.codomain.lo if low == part.increasing else part.codomain.hi)
        else:
            ends.append(float(part.forward(FloatNumbers(), float(end))))
            exact = False
    closed = [interval.closed_lo and clipped[0] == interval.lo, interval.closed_hi and clipped[1] == interval.hi]
    if not part.increasing:
        ends.reverse()
        closed.reverse()
    return Interval(ends[0], ends[1], closed[0], closed[1], exact)


def _pushed_forward(domain: Interval, parts: tuple[TransformDefinition, ...]) -> Interval:
    for part in parts:
        domain = _image(part, domain)
    return domain


def _pulled_back(parts: tuple[TransformDefinition, ...]) -> Interval:
    """The largest interval on which every stage stays inside the next one's domain."""
    wanted = parts[-1].domain
    for part in reversed(parts[:-1]):
        if part.codomain.within(wanted):
            wanted = part.domain
        elif part.increasing is None:
            raise CannotCombine(f"the range of {part.name} leaves the next part's domain {wanted}")
        else:
            wanted = _image(inverse(part), wanted)
    return wanted


def _ordinary(parts: tuple[TransformDefinition, ...]) -> tuple[float, float]:
    """Inputs that are ordinary for every part, where there are any; the first part's own otherwise."""
    if parts[0].event_rank_in == 1:
        return parts[0].ordinary
    lo, hi = parts[-1].ordinary
    for part in reversed(parts[:-1]):
        if part.increasing is not None:
            codomain = part.codomain
            lo, hi = max(lo, _inside(codomain.lo, 1)), min(hi, _inside(codomain.hi, -1))
            lo, hi = image_of(part.inverse_candidate, (lo, hi))
        lo, hi = max(lo, part.ordinary[0]), min(hi, part.ordinary[1])
    return (lo, hi) if lo < hi else parts[0].ordinary


def _inside(end: End, direction: int) -> float:
    return float(end) if abs(end) == inf else float(end) + direction * 2.0**-10


def _chain_tails(parts: tuple[TransformDefinition, ...], domain: Interval) -> tuple[Tail | None, Tail | None]:
    """Exact where all parts but the last are affine; None otherwise."""
    if any(part.name != "affine" for part in parts[:-1]):
        return None, None
    stretch, offset = Fraction(1), Fraction(0)
    constant = Tail.of()
    for part in parts[:-1]:
        loc, scale = Fraction(part.params["loc"]), Fraction(part.params["scale"])
        stretch, offset = stretch * scale, offset * scale + loc
        constant = constant + (part.upper_tail or Tail.of())
    last = parts[-1]
    tails: list[Tail | None] = []
    for end in (domain.lo, domain.hi):
        low = (end == domain.lo) == (stretch > 0)
        tail = last.lower_tail if low else last.upper_tail
        target = last.domain.lo if low else last.domain.hi
        if tail is None:
            tails.append(None)
            continue
        infinite = abs(target) == inf
        # At an infinite end |u| = |stretch| t +- offset; at a finite one the distance is only stretched.
        shift = (offset if target > 0 else -offset) if infinite else Fraction(0)
        tails.append(tail.after_affine(abs(stretch), shift, infinite) + constant)
    return tails[0], tails[1]
