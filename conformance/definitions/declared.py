"""What the definition of a subject says, in the form in which laws and scoring ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, MIRROR, TABLE, variable
from adapters.interface.spec import parse
from conformance.definitions.ready_made import SILENT_OUTSIDE
from conformance.definitions.registry import (
    distribution_definition,
    event_law,
    is_distribution,
    is_event_law,
    transform_definition,
)
from conformance.definitions.spaces import Space
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.formats import Format


@dataclass(frozen=True)
class Declared:
    """source, target: the spaces of events on either side, of a law those of base values and of its own; None for
    subjects whose inputs are numbers. sums: results are sums of products of inputs. normwise: quantities whose
    results are known to roundoffs of the length of the whole event, as fast orthogonal transforms compute them
    (definition.isometry), which come last. jumps:
    finite ends of the support at which the density falls from a nonzero value to 0 all the way along. support: the ends
    of the support of a distribution of numbers, the whole line for others. added: quantity -> size of the constant that
    is added last. silent: nan is as right as a density of 0 outside the support. circular: an angle, whose support is
    one turn of the circle.
    """

    subject: str
    is_distribution: bool
    source: Space | None
    target: Space | None
    sums: bool
    normwise: frozenset[str]
    jumps: tuple[float, ...]
    support: tuple[float, float]
    added: Mapping[str, float]
    silent: bool
    circular: bool

    def home(self, quantity: str) -> Space | None:
        """The space that events of inputs of ``quantity`` live in; None where inputs are numbers."""
        return self.target if variable(quantity) == "y" else self.source

    def codomain(self, quantity: str) -> tuple[float, float] | None:
        """The closed interval that finite results lie in, or None where there is no bound."""
        return codomain_of(self.subject, quantity)

    def left_open(self) -> list[str]:
        """What the definition of a law leaves open at the ends of its support and beyond, in words."""
        ends = " and ".join(f"{end:g}" for end in self.jumps)
        return [
            *["nan is as right as a density of 0 outside"] * self.silent,
            *["an angle: its support is one turn, whose ends are no floats"] * self.circular,
            *[f"next to {ends}, where a uniform base ends, 0 is as right as the density"] * bool(self.jumps),
        ]

    def on_codomain(self, rows: NDArray[np.generic], fmt: Format) -> NDArray[np.bool_]:
        """Rows of results that lie exactly on the codomain, and so are inputs of the inverse as defined.

        Rounding may push a point off a thin space, such as a simplex, or out of an open one.
        """
        if self.target is None or rows.shape[1:] != self.target.shape:
            return np.ones(len(rows), bool)
        return self.target.holds(rows, fmt.precision)


@lru_cache(maxsize=1024)
def declared(subject: str) -> Declared:
    """What the definition of ``subject`` says. Raises SpecError and the like, as the registry does."""
    law = is_distribution(subject)
    source, target = spaces_of(subject)
    return Declared(
        subject=subject,
        is_distribution=law,
        source=source,
        target=target,
        sums=_sums(subject),
        normwise=frozenset() if law else _normwise(transform_definition(subject)),
        jumps=_jumps(subject) if law else (),
        support=_support(subject) if law and source is None else (-np.inf, np.inf),
        added={} if law else _added(subject),
        silent=parse(subject).name in SILENT_OUTSIDE,
        circular=law and source is None and distribution_definition(subject).circular,
    )


@lru_cache(maxsize=1024)
def spaces_of(subject: str) -> tuple[Space | None, Space | None]:
    """The spaces of input and of output events, of a law those of base values and of its own; None twice for subjects
    whose inputs are numbers."""
    if is_event_law(subject):
        law = event_law(subject)
        return law.source, law.space
    if is_distribution(subject) or not transform_definition(subject).event:
        return None, None
    definition = transform_definition(subject)
    return definition.source_at(definition.event), definition.target_at(definition.output_event(definition.event))


def codomain_of(subject: str, quantity: str) -> tuple[float, float] | None:
    """The closed interval that finite results lie in, or None where there is no bound."""
    if TABLE[quantity].tail:
        return (-np.inf, 0.0) if quantity in LOG_QUANTITIES else (0.0, 1.0)
    if quantity == "prob":
        return (0.0, np.inf)
    if quantity == "icdf":
        return _support(subject)
    if is_distribution(subject) or quantity not in ("forward", "inverse"):
        return None
    space = spaces_of(subject)[quantity == "forward"]
    if space is not None:
        return space.bounds
    definition = transform_definition(subject)
    interval = definition.codomain if quantity == "forward" else definition.domain
    if definition.has_neighbours and isfinite(float(interval.lo)) and isfinite(float(interval.hi)):
        return None  # One step of many, whose neighbours lie beyond its ends: nothing escapes there.
    return float(interval.lo), float(interval.hi)


def _normwise(definition: TransformDefinition) -> frozenset[str]:
    if definition.kind == "inverse":
        return frozenset(MIRROR[quantity] for quantity in _normwise(definition.parts[0]))
    if definition.kind == "chain":
        first, last = _normwise(definition.parts[0]), _normwise(definition.parts[-1])
        return (last & {"forward"}) | (first & {"inverse"})
    return frozenset(("forward", "inverse")) if definition.isometry else frozenset()


def _added(subject: str) -> dict[str, float]:
    sizes = zip(("forward", "inverse"), transform_definition(subject).added, strict=True)
    return {quantity: size for quantity, size in sizes if size}


def _sums(subject: str) -> bool:
    if is_distribution(subject):
        return is_event_law(subject) and event_law(subject).sums
    return transform_definition(subject).has_sums


def _support(subject: str) -> tuple[float, float]:
    support = distribution_definition(subject).support
    return float(support.lo), float(support.hi)


def _jumps(subject: str) -> tuple[float, ...]:
    if is_event_law(subject):
        return tuple(sorted({end for member in event_law(subject).members for end in _jumps(member)}))
    definition = distribution_definition(subject)
    if (definition.base or definition).name != "uniform":
        return ()
    return tuple(float(end) for end in (definition.support.lo, definition.support.hi) if isfinite(float(end)))
