"""What a quantity of a composite subject is made of: the parts that compute it, and how their answers are joined.

The change of variables is the only mathematics here: log p_Y(y) = log p_X(f^-1(y)) + log|det J_f^-1(y)|, the chain rule
for log-determinants, and log|det J_f^-1(y)| = -log|det J_f(f^-1(y))|.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from adapters.interface.quantities import LOG_DETS, LOG_QUANTITIES, MIRROR, OTHER_TAIL, TAILS, variable
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import (
    composed_of,
    entries_of,
    is_distribution,
    is_event_law,
    is_ready_made,
    transform_definition,
)
from conformance.definitions.tables import DIAGONAL, MIXTURES, SLICED

DENSITIES = ("log_prob", "log_prob_from_base", "prob")


@dataclass(frozen=True)
class Node:
    """One part: ``quantity`` of ``subject`` at the answer of node ``at`` (None: at the input itself).

    sign: how its answer enters the sum of a log-quantity; 0 where it only feeds other nodes.
    """

    subject: str
    quantity: str
    at: int | None = None
    sign: int = 0


@dataclass(frozen=True)
class Anatomy:
    """joined: how the last answers make the whole: "last" (the last node's answer), "sum" (of the signed nodes),
    "complement" (one minus the last node's answer), "average" (of all nodes, by ``weights``), "log-sum" (the logarithm
    of the average of what they are logarithms of) or "exp-log-sum" (that average). each: nodes work on the coordinates
    of an event one by one (diagonal: on those of a matrix's diagonal alone); which: for events of so many coordinates,
    the node that works on each, by number (None: the only one on all).

    guess: the framework may compute it by a formula of its own; the anatomy holds only where it reproduces the
    framework's answer bit for bit. instead: another way to make it, which is looked at where no node of this one is to
    blame.
    """

    nodes: tuple[Node, ...]
    joined: str
    each: bool = False
    which: Callable[[int], Sequence[int]] | None = None
    diagonal: bool = False
    guess: bool = False
    weights: tuple[float, ...] = ()
    instead: Anatomy | None = None


@lru_cache(maxsize=4096)
def anatomy_of(subject: str, quantity: str) -> Anatomy | None:
    """The anatomy of ``quantity`` of ``subject``; None where there are no parts to speak of."""
    spec = parse(subject)
    if is_ready_made(spec):
        anatomy = _distribution(composed_of(spec), quantity)
        return anatomy and replace(anatomy, guess=True)
    if is_distribution(spec) and spec.name == "independent":
        nodes = tuple(Node(str(member), "log_prob", sign=1) for member in entries_of(spec))
        return Anatomy(nodes, "last", each=True, which=range)
    if spec.name in MIXTURES:
        return _mixture(spec, quantity)
    if is_distribution(spec):
        return _distribution(spec, quantity)
    if spec.name == "inverse":
        return Anatomy((Node(str(spec.parts[0]), MIRROR[quantity], sign=1),), "last")
    if spec.name == "independent":
        inner = str(spec.parts[0])
        if transform_definition(inner).event_rank_in or spec.params.get("ndims") != 1.0:
            return None
        return Anatomy((Node(inner, quantity, sign=1),), "last", each=True)
    if spec.name in SLICED:
        nodes = tuple(Node(str(part), quantity, sign=1) for part in spec.parts)
        return Anatomy(nodes, "last", each=True, which=transform_definition(spec).which)
    if spec.name in DIAGONAL:
        definition = transform_definition(spec)
        if definition.kind == "chain":
            steps = [f"{one.name}({spec.parts[0]})" if one.parts else one.name for one in definition.parts]
            return _chain(steps, quantity)
        return Anatomy((Node(str(spec.parts[0]), quantity, sign=1),), "last", each=True, diagonal=True)
    if spec.name in ("chain", "inline"):
        return _chain(_lifted(spec), quantity)
    if quantity == "ildj":
        inner = str(spec)
        return Anatomy((Node(inner, "inverse"), Node(inner, "fldj", 0, -1)), "sum", guess=True)
    return None


def composed(subject: str, quantity: str) -> bool:
    """Whether the quantity is put together from others beyond doubt."""
    anatomy = anatomy_of(subject, quantity)
    return anatomy is not None and not anatomy.guess


def _lifted(spec: Spec) -> list[str]:
    """The parts of a chain as it uses them: among maps of events a map of numbers acts on every entry."""
    parts = []
    for part, used in zip(spec.parts, transform_definition(spec).parts, strict=True):
        alone = used.event and not transform_definition(part).event
        parts.append(f"independent({part},ndims={len(used.event)})" if alone else str(part))
    return parts


def _chain(parts: list[str], quantity: str) -> Anatomy:
    backwards = variable(quantity) == "y"
    order = parts[::-1] if backwards else parts
    move = "inverse" if backwards else "forward"
    nodes: list[Node] = []
    place: int | None = None
    for index, part in enumerate(order):
        if quantity in LOG_DETS:
            nodes.append(Node(part, quantity, place, 1))
            if index == len(order) - 1:
                break
        nodes.append(Node(part, move, place))
        place = len(nodes) - 1
    return Anatomy(tuple(nodes), "sum" if quantity in LOG_DETS else "last")


def _mixture(spec: Spec, quantity: str) -> Anatomy | None:
    """Densities and tails of a mixture, by those of its parts or, beside a tail and a density, by their logarithms."""
    if quantity not in (*DENSITIES, *TAILS):
        return None
    weights = spec.params["weights"]

    def nodes(own: str) -> tuple[Node, ...]:
        return tuple(Node(str(part), own, sign=1) for part in spec.parts)

    if quantity in LOG_QUANTITIES:
        own = "log_prob" if quantity == "log_prob_from_base" else quantity
        return Anatomy(nodes(own), "log-sum", weights=weights)
    by_logarithms = Anatomy(nodes(f"log_{quantity}"), "exp-log-sum", weights=weights)
    return Anatomy(nodes(quantity), "average", weights=weights, instead=by_logarithms)


def _distribution(spec: Spec, quantity: str) -> Anatomy | None:
    if spec.name != "transformed":
        return None
    base, transform = str(spec.parts[0]), str(spec.parts[1])
    if quantity == "log_prob":
        return Anatomy(
            (Node(transform, "inverse"), Node(base, "log_prob", 0, 1), Node(transform, "ildj", None, 1)), "sum"
        )
    if quantity == "log_prob_from_base":
        return Anatomy((Node(base, "log_prob", None, 1), Node(transform, "fldj", None, -1)), "sum")
    if is_event_law(base):
        return None
    falling = transform_definition(transform).increasing is False
    if quantity == "cdf":
        return Anatomy((Node(transform, "inverse"), Node(base, "cdf", 0, 1)), "complement" if falling else "last")
    if quantity in TAILS:
        own = OTHER_TAIL[quantity] if falling else quantity
        return Anatomy((Node(transform, "inverse"), Node(base, own, 0, 1)), "last")
    if quantity == "icdf" and not falling:
        return Anatomy((Node(base, "icdf"), Node(transform, "forward", 0, 1)), "last")
    return None
