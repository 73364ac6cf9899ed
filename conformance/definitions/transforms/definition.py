"""What a transform is as mathematics: its forward map, and what is declared beside it.

The forward map is the only formula that truth rests on (ACCEPTANCE A3). ``inverse_candidate`` is a guess that the
oracle certifies through the forward map; the tails are audited against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import Tail

ScalarMap = Callable[[NumberSystem, Element], Element]
AnyMap = Callable[[NumberSystem, Any], Any]

LEBESGUE = "Lebesgue"


def _same(event: int) -> int:
    return event


@dataclass(frozen=True)
class TransformDefinition:
    """A transform y = f(x) with numeric parameters.

    forward(ns, x): for event_rank_in = 0 an element in, an element out; for rank 1 a sequence of elements (one per
    coordinate of the event) in, a list out. ``inverse_candidate`` likewise; its result is never trusted.
    ``domain`` and ``codomain`` are per coordinate; the codomain is exactly the image of the domain.
    ``increasing`` is None where the map is not monotone on its whole domain, or not scalar.
    ``lower_tail`` and ``upper_tail`` expand log|f'| at the two ends of the domain (None: not known).
    ``value_limits`` are the limits of f at the two ends, needed where it is not monotone.
    ``log_det_at_infinity`` is the limit of a vector map's log|det J| as any coordinate tends to +-inf.
    ``ordinary`` is the closed interval of everyday inputs, per coordinate.
    ``kind`` is "leaf", "chain", "inverse" or "independent"; ``parts`` are the definitions it is made of.
    ``base_measure`` is what log|det J| of a vector map is taken with respect to.
    ``output_width`` and ``input_width``: how many coordinates a leaf turns an event of so many into, and back.
    """

    name: str
    params: Mapping[str, float]
    forward: AnyMap
    inverse_candidate: AnyMap
    domain: Interval
    codomain: Interval
    increasing: bool | None
    formula: str
    reference: str
    ordinary: tuple[float, float]
    lower_tail: Tail | None = None
    upper_tail: Tail | None = None
    value_limits: tuple[float, float] | None = None
    log_det_at_infinity: float | None = None
    bijective: bool = True
    event_rank_in: int = 0
    event_rank_out: int = 0
    base_measure: str = LEBESGUE
    kind: str = "leaf"
    parts: tuple[TransformDefinition, ...] = field(default=())
    output_width: Callable[[int], int] = _same
    input_width: Callable[[int], int] = _same

    def output_event(self, event: int) -> int:
        """The number of coordinates that an event of ``event`` coordinates is mapped to."""
        if self.kind == "chain":
            for part in self.parts:
                event = part.output_event(event)
            return event
        if self.kind == "inverse":
            return self.parts[0].input_event(event)
        return self.output_width(event)

    def input_event(self, event: int) -> int:
        """The number of coordinates that is mapped to an event of ``event`` coordinates."""
        if self.kind == "chain":
            for part in reversed(self.parts):
                event = part.input_event(event)
            return event
        if self.kind == "inverse":
            return self.parts[0].output_event(event)
        return self.input_width(event)
