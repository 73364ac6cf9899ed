"""From the y at which something ends to the x that people hold: through the exact forward map, rounded once.

Somebody who scores a sample holds the float nearest to f(x). So what is safe up to the float y is safe for every x
whose f(x) rounds to y or less, and what happens next to that x is a property of the map: f(x) rounds to the end of the
codomain, or is beyond the format.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import transform_definition
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format, format_named
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.rounding import round_enclosures
from conformance.oracle.alike import Alike
from conformance.oracle.bulk.scalars import MOST_PRECISION

_WAYS, _FEWER_WAYS = 64, 7
"""Points of one step of the bisection, one request to the oracle instead of six; and in float64, where every point
costs as much as a request."""


class Truths(Protocol):
    """The part of the oracle that knows the exact forward map."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...


@dataclass(frozen=True)
class Edge:
    """``x``: the last float whose exact image, rounded once, has not yet passed the y asked about. ``why``: what the
    image of the next one is, in words; empty where that is nothing special. ``unlimited``: no float passes it."""

    x: float
    why: str
    unlimited: bool


def edge_of(transform: str, fmt: Format, y: float, upper: bool, oracle: Truths) -> Edge | None:
    """The edge in x of the floats whose image rounds to at most ``y`` (``upper``) or to at least ``y``.

    For monotone maps of numbers; None for others, and where the oracle cannot tell. The x is found by bisection over
    the floats of the format, in which every step is decided by the certified forward map.
    """
    return _edge(transform, fmt.name, float(y), upper, Alike(oracle))


def saturation(transform: str, fmt: Format, upper: bool, oracle: Truths) -> float | None:
    """The first float, in the direction of the upper or the lower end of the codomain, whose exact image rounds to that
    end; None where the end is infinite or no float's does."""
    definition = transform_definition(transform)
    end = float(definition.codomain.hi if upper else definition.codomain.lo)
    if not math.isfinite(end) or definition.event_rank_in or definition.increasing is None:
        return None
    before = _stepped(float(np.array(end).astype(fmt.dtype)), -1 if upper else 1, fmt)
    edge = edge_of(transform, fmt, before, upper, oracle)
    if edge is None or edge.unlimited:
        return None
    return _stepped(edge.x, 1 if upper == definition.increasing else -1, fmt)


@lru_cache(maxsize=4096)
def _edge(transform: str, dtype: str, y: float, upper: bool, kept: Alike[Truths]) -> Edge | None:
    fmt = format_named(dtype)
    definition = transform_definition(transform)
    if definition.event_rank_in or definition.increasing is None:
        return None
    rising = bool(definition.increasing) == upper  # Whether x grows as its image goes towards y.
    low, high = _domain(transform, fmt)
    inside, outside = (low, high) if rising else (high, low)

    def passed(places: NDArray[np.int64]) -> NDArray[np.bool_]:
        images, decided = round_enclosures(kept.oracle.truth(transform, "forward", from_ordinal(places, fmt), fmt), fmt)
        wide = images.astype(np.float64)
        if not decided.all() and np.isnan(wide).any():
            raise _Undecided
        return np.asarray(wide > y if upper else wide < y)

    try:
        if passed(np.array([inside]))[0]:
            return None
        if not passed(np.array([outside]))[0]:
            return Edge(float(from_ordinal(np.array([outside]), fmt)[0]), "", True)
        while abs(outside - inside) > 1:
            gap = outside - inside
            ways = _WAYS if fmt.precision <= MOST_PRECISION else _FEWER_WAYS
            between = sorted({gap * k // (ways + 1) for k in range(1, ways + 1)} - {0, gap}, key=abs)
            places = np.array([inside + step for step in between], np.int64)
            beyond = np.flatnonzero(passed(places))
            first = int(beyond[0]) if len(beyond) else len(places)
            inside = int(places[first - 1]) if first else inside
            outside = int(places[first]) if first < len(places) else outside
    except _Undecided:
        return None
    x, after = (float(v) for v in from_ordinal(np.array([inside, outside]), fmt))
    image, _ = round_enclosures(kept.oracle.truth(transform, "forward", np.array([after]).astype(fmt.dtype), fmt), fmt)
    return Edge(x, _words(transform, float(image[0]), upper, fmt), False)


class _Undecided(Exception):
    """The oracle does not know the image of a float."""


def _domain(transform: str, fmt: Format) -> tuple[int, int]:
    """The ordinals of the first and the last float inside the domain."""
    domain = transform_definition(transform).domain
    top = infinity_ordinal(fmt) - 1
    ends = []
    for end, inwards in ((domain.lo, 1), (domain.hi, -1)):
        if math.isinf(float(end)):
            ends.append(-inwards * top)
            continue
        nearest = np.array([float(end)]).astype(fmt.dtype)
        place = int(to_ordinal(nearest, fmt)[0])
        ends.append(place if domain.contains(float(nearest[0])) else place + inwards)
    return ends[0], ends[1]


def _stepped(value: float, steps: int, fmt: Format) -> float:
    place = to_ordinal(np.array([value]).astype(fmt.dtype), fmt) + steps
    return float(from_ordinal(place, fmt)[0])


def image_name(transform: str) -> str:
    """How the image of x is called in a sentence: tanh(x), or y for maps with parameters or parts."""
    return f"{transform}(x)" if transform.isidentifier() else "y"


def _words(transform: str, image: float, upper: bool, fmt: Format) -> str:
    codomain = transform_definition(transform).codomain
    end = float(codomain.hi if upper else codomain.lo)
    if math.isinf(image):
        return f"there {image_name(transform)} is beyond {fmt.name}"
    if math.isfinite(end) and image == float(np.array(end).astype(fmt.dtype)):
        return f"there {image_name(transform)} rounds to {end:g}"
    return ""
