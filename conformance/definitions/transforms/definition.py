"""What a transform is as mathematics: its forward map, and what is declared beside it.

The forward map is the only formula that truth rests on (ACCEPTANCE A3). ``inverse_candidate`` is a guess that the
oracle certifies through the forward map; the tails are audited against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from conformance.definitions.intervals import Interval
from conformance.definitions.lemmas import SlopeLemmas
from conformance.definitions.moments import ClosedMoments
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Family, Product, Shape, Space
from conformance.definitions.tails import Tail
from conformance.definitions.weights import OfEntries
from conformance.floats.enclosures import Kind

ScalarMap = Callable[[NumberSystem, Element], Element]
AnyMap = Callable[[NumberSystem, Any], Any]

EVENT: Shape = (3,)
"""The event of a vector map whose subject names no other."""


def same(shape: Shape) -> Shape:
    """An event keeps its shape."""
    return shape


@dataclass(frozen=True)
class TransformDefinition:
    """A transform y = f(x) with its parameters.

    forward(ns, x): for scalar maps an element in, an element out; for others the entries of an event in C order in, a
    list of entries out. ``inverse_candidate`` likewise; its result is never trusted.
    ``domain`` and ``codomain`` are intervals that every entry lies in; for scalar maps the codomain is exactly the
    image of the domain.
    ``source`` and ``target`` are the spaces of events, by shape; where they are None, products of those intervals.
    ``event`` is the shape of an input event, () for scalar maps; leaves that take others as well are asked with them.
    ``output_shape`` and ``input_shape``: the shape of an event's image, and of its preimage; ValueError, on one line,
    for a shape that the map doesn't take.
    ``increasing`` is None where the map is not monotone on its whole domain, or not scalar.
    ``lower_tail`` and ``upper_tail`` expand log|f'| at the two ends of the domain (None: not known).
    ``inverse_tails`` expand log|g'| of the inverse g at the two ends of the codomain, where that is known by itself.
    ``value_limits`` are the limits of f at the two ends, needed where it is not monotone.
    ``log_det_at_infinity`` is the limit of a vector map's log|det J| as any coordinate tends to +-inf, and
    ``extends_to_infinity`` says that its forward map takes infinite entries as limits.
    ``boundary_inverse``, of a row on the boundary of the target: per coordinate of the source the kind of its limit,
    FINITE where it has an ordinary one. None: no limits are known there.
    ``branch`` says that the formula holds outside the domain as well, as another branch, which is a subject of its own:
    nothing is claimed there, nor of a value at a finite end, where they part, unless it is the zero of the own sign.
    ``goes_on`` says of a branch that its image goes on beyond its finite ends, where those of its neighbours lie: a
    value there has escaped nothing.
    ``isometry`` says that lengths are kept and log|det J| = 0, as by an orthogonal matrix that no number system holds
    exactly; what a fast transform rounds is measured by the length of the whole event.
    ``one_sided`` says that the map is no injection: its inverse is a right inverse, f(inverse(y)) = y, which the
    candidate is by definition; and it has no log-det.
    ``log_density``, of a distribution function or a survival function: log|f'| as the law's own definition has it.
    ``law``, of a distribution function: closed forms of what is known of its law, where integrals do not reach.
    ``weights``, of a map onto weights: how these are made of the entries.
    ``moderate`` says that of its events ordinary ones alone are asked: whoever computes it by steps that depend on the
    size of an error, of a whole batch, takes ever smaller ones for an event whose square leaves the format's range.
    ``sums`` says that its entries are sums of products of several inputs, as those of a linear map are.
    ``lemmas``: how log|f'| grows, for proofs about integrals through the map.
    ``batched`` are the parameters, vectors or matrices, that come in batches too, by axes in front of their own.
    ``ordinary`` is the closed interval of everyday inputs, per entry.
    ``added``: the size of the constant that the map adds last, and the same for the inverse; 0 where there is none, or
    where conditioning shows it. What is left where it cancels is known to roundoffs of the constant only.
    ``kind`` is "leaf", "chain", "inverse" or "entrywise"; ``parts`` are the definitions it is made of.
    ``which``, of an entrywise map of events: for events of so many entries, the part that maps each entry, by number.
    """

    name: str
    params: Mapping[str, Any]
    forward: AnyMap
    inverse_candidate: AnyMap
    domain: Interval
    codomain: Interval
    increasing: bool | None
    formula: str
    reference: str
    ordinary: tuple[float, float]
    added: tuple[float, float] = (0.0, 0.0)
    lower_tail: Tail | None = None
    upper_tail: Tail | None = None
    inverse_tails: tuple[Tail, Tail] | None = None
    value_limits: tuple[float, float] | None = None
    log_det_at_infinity: float | None = None
    bijective: bool = True
    event: Shape = ()
    source: Family | None = None
    target: Family | None = None
    output_shape: Callable[[Shape], Shape] = same
    input_shape: Callable[[Shape], Shape] = same
    extends_to_infinity: bool = False
    branch: bool = False
    goes_on: bool = False
    isometry: bool = False
    one_sided: bool = False
    log_density: ScalarMap | None = None
    law: ClosedMoments | None = None
    lemmas: SlopeLemmas = field(default=SlopeLemmas())
    weights: OfEntries | None = None
    moderate: bool = False
    sums: bool = False
    batched: tuple[str, ...] = ()
    boundary_inverse: Callable[[Sequence[float]], list[Kind]] | None = None
    kind: str = "leaf"
    parts: tuple[TransformDefinition, ...] = field(default=())
    which: Callable[[int], Sequence[int]] | None = None

    @property
    def event_rank_in(self) -> int:
        """How many axes an input event has."""
        return len(self.event)

    @property
    def event_rank_out(self) -> int:
        """How many axes an output event has."""
        return len(self.output_event(self.event))

    @property
    def line(self) -> tuple[Fraction, Fraction] | None:
        """(loc, scale) of a map that is loc + scale x, itself, as the inverse of one or as a chain; None for others."""
        if self.kind == "inverse":
            line = self.parts[0].line
            return None if line is None else (-line[0] / line[1], 1 / line[1])
        if self.kind != "chain":
            return self.lemmas.line
        loc, scale = Fraction(0), Fraction(1)
        for part in self.parts:
            if part.line is None:
                return None
            loc, scale = part.line[0] + part.line[1] * loc, part.line[1] * scale
        return loc, scale

    @property
    def has_sums(self) -> bool:
        """``sums``, of the map or of a part of it."""
        return self.sums or any(part.has_sums for part in self.parts)

    @property
    def needs_moderate(self) -> bool:
        """``moderate``, of the map or of a part of it."""
        return self.moderate or any(part.needs_moderate for part in self.parts)

    @property
    def has_branches(self) -> bool:
        """``branch``, of the map or of a part of it."""
        return self.branch or any(part.has_branches for part in self.parts)

    @property
    def has_neighbours(self) -> bool:
        """``goes_on``, of the map or of a part of it."""
        return self.goes_on or any(part.has_neighbours for part in self.parts)

    @property
    def has_log_det(self) -> bool:
        """Whether the map and all of its parts have one: none is ``one_sided``."""
        return not self.one_sided and all(part.has_log_det for part in self.parts)

    def each(self, entries: int) -> tuple[TransformDefinition, ...]:
        """Of an entrywise map: the map of numbers that acts on each entry of an event of so many."""
        assert self.which is not None
        return tuple(self.parts[index] for index in self.which(entries))

    @property
    def base_measure(self) -> str:
        """What the log-det of the map is taken with respect to: the measure of its target."""
        space = self.target_at(self.output_event(self.event))
        return self.source_at(self.event).measure if self.kind == "inverse" else space.measure

    def source_at(self, shape: Shape) -> Space:
        """The space of input events of this shape. ValueError, on one line, where there is none."""
        if self.kind == "chain":
            return self.parts[0].source_at(shape)
        if self.kind == "inverse":
            return self.parts[0].target_at(shape)
        return Product(shape, self.domain) if self.source is None else self.source(shape)

    def target_at(self, shape: Shape) -> Space:
        """The space of output events of this shape. ValueError likewise."""
        if self.kind == "chain":
            return self.parts[-1].target_at(shape)
        if self.kind == "inverse":
            return self.parts[0].source_at(shape)
        return Product(shape, self.codomain) if self.target is None else self.target(shape)

    def output_event(self, shape: Shape) -> Shape:
        """The shape that an event of this shape is mapped to."""
        if self.kind == "chain":
            for part in self.parts:
                shape = part.output_event(shape)
            return shape
        if self.kind == "inverse":
            return self.parts[0].input_event(shape)
        return self.output_shape(shape)

    def input_event(self, shape: Shape) -> Shape:
        """The shape that is mapped to an event of this shape."""
        if self.kind == "chain":
            for part in reversed(self.parts):
                shape = part.input_event(shape)
            return shape
        if self.kind == "inverse":
            return self.parts[0].output_event(shape)
        return self.input_shape(shape)
