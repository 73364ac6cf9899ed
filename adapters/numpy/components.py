"""Where the reference implementation computes a quantity: the method of a map or of a base that is really defined."""

from __future__ import annotations

from adapters.interface.naming import Component, defined, turned
from adapters.interface.quantities import MIRROR, OF_PAIRS, TAILS, TRANSFORM_DECLARED
from adapters.numpy.bases import Base
from adapters.numpy.combinators import Chain, Independent, Inverse, SideBySide
from adapters.numpy.divergence import Both
from adapters.numpy.events.matrices import TransformDiagonal
from adapters.numpy.pushforward import Pushforward
from adapters.numpy.transforms import Map

_SAID = {"event_rank_in": "event_rank", "event_rank_out": "output_rank"}
_LAWS = {
    "log_prob": "log_density",
    "log_prob_from_base": "log_density",
    "prob": "log_density",
    "sample": "draw",
    "icdf": "quantile",
}


def of_map(built: Map, quantity: str) -> Component:
    """The component of ``quantity`` of a map; inverses are those of the map within."""
    if quantity in TRANSFORM_DECLARED:
        return Component(defined(type(built), [_SAID.get(quantity, quantity)]))
    if isinstance(built, Inverse):
        return of_map(built._part, MIRROR[quantity])
    parts: list[Component] = []
    if isinstance(built, Chain):
        parts = [of_map(part, quantity) for part in (reversed(built._parts) if turned(quantity) else built._parts)]
    elif isinstance(built, SideBySide):
        parts = [of_map(part, quantity) for part in built._parts]
    elif isinstance(built, Independent | TransformDiagonal):
        parts = [of_map(built._part, quantity)]
    return Component(defined(type(built), [quantity], [Map]), parts)


def of_law(law: Pushforward, quantity: str) -> Component:
    """The component of ``quantity`` of a distribution; a bare base answers for itself."""
    if quantity in OF_PAIRS:
        return Component(defined(Both, [quantity]))
    method = _LAWS.get(quantity, quantity)
    # What a base has no formula of its own for is a logarithm of what it has.
    base = Component(defined(type(law.base), [method], [Base]) or defined(Base, [method]))
    if law._map is None:
        return base
    steps = {
        "log_prob": ("inverse", "ildj"),
        "log_prob_from_base": ("fldj",),
        "prob": ("inverse", "ildj"),
        **dict.fromkeys(TAILS, ("inverse",)),
        "entropy": ("fldj",),
        "sample": (),
    }.get(quantity, ("forward",))
    parts = [*(of_map(law._map, step) for step in steps), base]
    if quantity == "sample":
        parts.append(of_map(law._map, "forward"))
    return Component(defined(type(law), ["forward" if quantity == "sample" else quantity]), parts)
