"""What maps of vectors and matrices have in common: their declarations, the vectors that they take, sums of entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from conformance.definitions.intervals import REALS
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import EVENT, AnyMap, TransformDefinition


def event_map(
    name: str, forward: AnyMap, inverse: AnyMap, formula: str, reference: str, **declared: Any
) -> TransformDefinition:
    """The definition of a leaf between spaces of events. ``declared``: fields of ``TransformDefinition``; where they
    do not say otherwise, it has no parameters and takes events of ``EVENT`` with any real entries to such."""
    usual: dict[str, Any] = {
        "params": {},
        "domain": REALS,
        "codomain": REALS,
        "increasing": None,
        "ordinary": (-4.0, 4.0),
        "event": EVENT,
    }
    return TransformDefinition(
        name=name,
        forward=forward,
        inverse_candidate=inverse,
        formula=formula,
        reference=reference,
        **(usual | declared),
    )


def length_of(shape: Shape, size: int | None = None) -> int:
    """How many entries a vector has. ValueError, on one line, for matrices, and for another number than ``size``."""
    if len(shape) != 1 or size not in (None, shape[0]):
        vectors = "vectors" if size is None else f"vectors of {size} entries"
        raise ValueError(f"takes {vectors}, not events of shape {list(shape)}")
    return shape[0]


def same_length(size: int | None = None) -> Callable[[Shape], Shape]:
    """A vector keeps its length, which is ``size`` where that is given."""
    return lambda shape: (length_of(shape, size),)


def total(ns: NumberSystem, terms: Sequence[Element]) -> Element:
    """The sum of the terms from the left; 0 without any."""
    found = terms[0] if terms else ns.const(0.0)
    for term in terms[1:]:
        found = found + term
    return found
