"""Transforms whose parts take different slices of an event: concatenate and stack.

Every entry is mapped by itself, by the part whose slice it lies in: the inverse is that of each entry, log|det J| the
sum over the entries. The spaces are boxes, one interval for each entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from math import prod
from typing import Any

from conformance.definitions.combinators import CannotCombine, written
from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape, Space
from conformance.definitions.spaces.product import box, hull
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.parameters import whole, whole_numbers

MOST_AXES = 2
"""With two axes at most the number of entries says which slice an entry lies in, whatever the other axis is long."""
_OTHER = 2
"""Entries of the axis that is not cut, of events whose shape nobody named."""


def concatenate(
    *parts: TransformDefinition, lengths: tuple[float, ...], dim: float = -1.0, ndims: float = 1.0
) -> TransformDefinition:
    """Part i on the next ``lengths``[i] entries along the axis ``dim`` of an event with ``ndims`` axes.

    dim: an axis of the event, from the front or, where it is negative, from the back. CannotCombine, BadParameter.
    """
    sizes = whole_numbers("concatenate", "lengths", lengths)
    if len(sizes) != len(parts) or min(sizes) < 1:
        raise CannotCombine(f"concatenate() takes a length of at least 1 for each of its {len(parts)} parts")
    return _side_by_side("concatenate", parts, sizes, dim, ndims, {"lengths": lengths})


def stack(*parts: TransformDefinition, dim: float = -1.0, ndims: float = 1.0) -> TransformDefinition:
    """Part i on place i of the axis ``dim`` of an event with ``ndims`` axes; see ``concatenate``."""
    return _side_by_side("stack", parts, (1,) * len(parts), dim, ndims, {})


def _side_by_side(
    name: str,
    parts: tuple[TransformDefinition, ...],
    sizes: tuple[int, ...],
    dim: float,
    ndims: float,
    params: dict[str, Any],
) -> TransformDefinition:
    if not parts:
        raise CannotCombine(f"{name}() needs at least one part")
    unfit = next((part for part in parts if part.event or not part.bijective), None)
    if unfit is not None:
        raise CannotCombine(f"{name}() needs maps of numbers that have an inverse, not {unfit.name}")
    axes, axis = whole(name, "ndims", ndims), whole(name, "dim", dim)
    if not 1 <= axes <= MOST_AXES:
        raise CannotCombine(f"{name}() takes ndims from 1 to {MOST_AXES}, not {axes}")
    if not -axes <= axis < axes:
        raise CannotCombine(f"{name}() takes dim from {-axes} to {axes - 1} for ndims = {axes}, not {axis}")
    axis %= axes
    places = [index for index, size in enumerate(sizes) for _ in range(size)]

    def kept(shape: Shape) -> Shape:
        if len(shape) != axes or shape[axis] != len(places):
            raise ValueError(
                f"takes events with {axes} axes and {len(places)} entries along axis {axis}, not of shape {list(shape)}"
            )
        return shape

    def which(entries: int) -> Sequence[int]:
        other = entries // len(places)
        return places * other if axis == axes - 1 else [index for index in places for _ in range(other)]

    def entry_by_entry(maps: Sequence[Callable[[NumberSystem, Element], Element]]) -> Callable[..., list[Element]]:
        return lambda ns, x: [maps[index](ns, v) for index, v in zip(which(len(x)), x, strict=True)]

    def boxes(intervals: Sequence[Interval]) -> Callable[[Shape], Space]:
        return lambda shape: box(kept(shape), [intervals[index] for index in which(prod(shape))])

    domains, codomains = [part.domain for part in parts], [part.codomain for part in parts]
    ends = list(accumulate(sizes))
    slices = [f"{written(part)} on {end - size}:{end}" for part, size, end in zip(parts, sizes, ends, strict=True)]
    return TransformDefinition(
        name=name,
        params={**params, "dim": dim, "ndims": ndims},
        forward=entry_by_entry([part.forward for part in parts]),
        inverse_candidate=entry_by_entry([part.inverse_candidate for part in parts]),
        domain=hull(domains),
        codomain=hull(codomains),
        increasing=None,
        formula=f"{', '.join(slices)} of axis {axis}",
        reference="; ".join(dict.fromkeys(part.reference for part in parts)),
        ordinary=_ordinary(parts),
        # The largest of them: what a sum with it costs one part is granted to all.
        added=(max(part.added[0] for part in parts), max(part.added[1] for part in parts)),
        event=(len(places),) if axes == 1 else (len(places), _OTHER) if axis == 0 else (_OTHER, len(places)),
        source=boxes(domains),
        target=boxes(codomains),
        output_shape=kept,
        input_shape=kept,
        kind="entrywise",
        parts=parts,
        which=which,
    )


def _ordinary(parts: Sequence[TransformDefinition]) -> tuple[float, float]:
    """Inputs that are ordinary for every part, where there are any; the first part's own otherwise."""
    low, high = (
        choose(end) for choose, end in zip((max, min), zip(*(p.ordinary for p in parts), strict=True), strict=True)
    )
    return (low, high) if low < high else parts[0].ordinary
