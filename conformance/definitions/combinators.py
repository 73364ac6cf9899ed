"""Transforms made of transforms: chain, inline, inverse, independent."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

from adapters.interface import spec
from conformance.definitions.float_numbers import float_at, image_of
from conformance.definitions.intervals import End, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape
from conformance.definitions.tails import Tail
from conformance.definitions.transforms.definition import EVENT, TransformDefinition

MOST_AXES = 3
"""Axes that ``independent`` joins at most."""


class CannotCombine(ValueError):
    """The parts do not fit together. The message says why, on one line."""


def chain(*parts: TransformDefinition) -> TransformDefinition:
    """The FIRST part is applied first. log|det J| is the sum over the parts, each at its own input.

    A scalar part among others acts on every entry of the event, as ``independent`` does. What a part gives must be what
    the next one takes, in the same chart: a log-det in between would have no base measure that all would agree on.
    """
    if not parts:
        raise CannotCombine("chain() needs at least one part")
    first = next((part for part in parts if part.event), None)
    event = first.event if first is not None else ()
    lifted = _lifted(parts, event)
    scalar = not event
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
        ordinary=_ordinary(lifted, domain),
        added=(lifted[-1].added[0], lifted[0].added[1]),
        lower_tail=lower,
        upper_tail=upper,
        bijective=all(part.bijective for part in parts),
        event=event,
        kind="chain",
        parts=lifted,
    )


def inline(part: TransformDefinition) -> TransformDefinition:
    """The part itself, in a class that is handed its functions: what such a class makes of them is what is asked."""
    return replace(chain(part), name="inline")


def inverse(part: TransformDefinition) -> TransformDefinition:
    """The inverse map. Its ``forward`` runs the part's candidate; the oracle certifies it through the part itself."""
    ordinary = part.ordinary
    if not part.event:
        ordinary = image_of(part.forward, part.ordinary)
    return TransformDefinition(
        name="inverse",
        params={},
        forward=part.inverse_candidate,
        inverse_candidate=part.forward,
        domain=part.codomain,
        codomain=part.domain,
        increasing=part.increasing,
        lower_tail=part.inverse_tails[0] if part.inverse_tails else None,
        upper_tail=part.inverse_tails[1] if part.inverse_tails else None,
        formula=f"the inverse of {written(part)}",
        reference=part.reference,
        ordinary=ordinary,
        added=part.added[::-1],
        bijective=part.bijective,
        isometry=part.isometry,
        event=part.output_event(part.event),
        kind="inverse",
        parts=(part,),
    )


def independent(part: TransformDefinition, ndims: int = 1) -> TransformDefinition:
    """The scalar ``part`` on every entry of an event with ``ndims`` axes; log|det J| is the sum over the event."""
    if not 1 <= ndims <= MOST_AXES:
        raise CannotCombine(f"independent() takes ndims from 1 to {MOST_AXES}, not {ndims}")
    if part.event:
        raise CannotCombine("independent() needs a scalar part")
    event = (2,) * (ndims - 1) + EVENT

    def kept(shape: Shape) -> Shape:
        if len(shape) != ndims:
            raise ValueError(f"takes events with {ndims} axes, not of shape {list(shape)}")
        return shape

    def forward(ns: NumberSystem, x: Any) -> list[Element]:
        return [part.forward(ns, coordinate) for coordinate in x]

    def candidate(ns: NumberSystem, y: Any) -> list[Element]:
        return [part.inverse_candidate(ns, coordinate) for coordinate in y]

    return TransformDefinition(
        name="independent",
        params={"ndims": float(ndims)},
        forward=forward,
        inverse_candidate=candidate,
        domain=part.domain,
        codomain=part.codomain,
        increasing=None,
        formula=f"{written(part)} on every coordinate",
        reference=part.reference,
        ordinary=part.ordinary,
        added=part.added,
        bijective=part.bijective,
        event=event,
        output_shape=kept,
        input_shape=kept,
        kind="entrywise",
        parts=(part,),
        which=lambda entries: [0] * entries,
    )


def _lifted(parts: tuple[TransformDefinition, ...], shape: Shape) -> tuple[TransformDefinition, ...]:
    """The parts as maps of events, scalar ones on every entry. CannotCombine where one does not fit the next."""
    lifted: list[TransformDefinition] = []
    for part in parts:
        part = independent(part, len(shape)) if shape and not part.event else part
        if len(part.event) != len(shape):
            raise CannotCombine(f"{part.name} takes events with {len(part.event)} axes, and gets some of {list(shape)}")
        try:
            space, shape = part.source_at(shape), part.output_event(shape)
        except ValueError as problem:
            raise CannotCombine(f"{part.name}: {problem}") from None
        if lifted:
            before = lifted[-1].target_at(space.shape)
            if before.free != space.free or before.measure != space.measure:
                raise CannotCombine(
                    f"{lifted[-1].name} gives a {before}, and {part.name} takes a {space}: measured otherwise, so that "
                    "a log-det of both has no meaning"
                )
        lifted.append(part)
    return tuple(lifted)


def written(part: TransformDefinition, inner: str = "x") -> str:
    """The part's formula with its parameters' values in place and ``inner`` for x."""
    text = re.sub(r"\bx\b", inner if inner == "x" or inner.endswith(")") else f"({inner})", part.formula)
    for name, value in part.params.items():
        if part.kind == "leaf":
            plain = isinstance(value, (int, float)) and not isinstance(value, bool)
            shown = f"{value:g}" if plain else spec.written(value)
            text = re.sub(rf"\b{name}\b", f"({shown})" if shown.startswith("-") else shown, text)
    return text


def _image(part: TransformDefinition, interval: Interval) -> Interval:
    """The image of a sub-interval of the part's domain; exact at the domain's own ends."""
    if part.increasing is None:
        return part.codomain
    clipped = [max(interval.lo, part.domain.lo), min(interval.hi, part.domain.hi)]
    ends: list[End] = []
    exact = True
    line = part.line if interval.exact else None
    for end, own, low in zip(clipped, (part.domain.lo, part.domain.hi), (True, False), strict=True):
        if end == own:
            ends.append(part.codomain.lo if low == part.increasing else part.codomain.hi)
        elif line is not None:
            ends.append(_end(line[0] + line[1] * Fraction(end)))
        else:
            ends.append(float_at(part.forward, float(end)))
            exact = False
    closed = [interval.closed_lo and clipped[0] == interval.lo, interval.closed_hi and clipped[1] == interval.hi]
    if not part.increasing:
        ends.reverse()
        closed.reverse()
    return Interval(ends[0], ends[1], closed[0], closed[1], exact)


def _end(value: Fraction) -> End:
    """The float where that is exact."""
    try:
        return float(value) if Fraction(float(value)) == value else value
    except OverflowError:
        return value


def _pushed_forward(domain: Interval, parts: tuple[TransformDefinition, ...]) -> Interval:
    for part in parts:
        domain = _image(part, domain)
    return domain


def _pulled_back(parts: tuple[TransformDefinition, ...]) -> Interval:
    """The largest interval on which every stage stays inside the next one's domain."""
    wanted = parts[-1].domain
    for part in reversed(parts[:-1]):
        if max(part.codomain.lo, wanted.lo) >= min(part.codomain.hi, wanted.hi):
            raise CannotCombine(f"chain() is defined nowhere: what {part.name} gives is outside {wanted}")
        if part.codomain.within(wanted):
            wanted = part.domain
        elif part.increasing is None:
            raise CannotCombine(f"the range of {part.name} leaves the next part's domain {wanted}")
        else:
            wanted = _image(inverse(part), wanted)
    return wanted


def _ordinary(parts: tuple[TransformDefinition, ...], domain: Interval) -> tuple[float, float]:
    """Inputs that are ordinary for every part, where there are any; the first part's own otherwise, as far as the chain
    is defined there."""
    if parts[0].event:
        return parts[0].ordinary
    lo, hi = parts[-1].ordinary
    for part in reversed(parts[:-1]):
        if part.increasing is not None:
            codomain = part.codomain
            lo, hi = max(lo, _inside(codomain.lo, 1)), min(hi, _inside(codomain.hi, -1))
            lo, hi = image_of(part.inverse_candidate, (lo, hi))
        lo, hi = max(lo, part.ordinary[0]), min(hi, part.ordinary[1])
    if lo < hi:
        return lo, hi
    lo, hi = parts[0].ordinary
    within = max(lo, _inside(domain.lo, 1)), min(hi, _inside(domain.hi, -1))
    if within[0] >= within[1] and domain.lo > -inf and domain.hi < inf:
        width = float(domain.hi) - float(domain.lo)
        return float(domain.lo) + width / 4, float(domain.hi) - width / 4
    return within if within[0] < within[1] else (lo, hi)


def _inside(end: End, direction: int) -> float:
    return float(end) if abs(end) == inf else float(end) + direction * 2.0**-10


def _chain_tails(parts: tuple[TransformDefinition, ...], domain: Interval) -> tuple[Tail | None, Tail | None]:
    """Exact where all parts but one are lines, and where factors follow that; None otherwise."""
    constant = Tail.of()
    while len(parts) > 1 and (parts[-1].name == "scale" or parts[-1].line is not None):
        constant, parts = constant + (parts[-1].upper_tail or Tail.of()), parts[:-1]
    stretch, offset = Fraction(1), Fraction(0)
    for part in parts[:-1]:
        if part.line is None:
            return None, None
        stretch, offset = stretch * part.line[1], offset * part.line[1] + part.line[0]
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
