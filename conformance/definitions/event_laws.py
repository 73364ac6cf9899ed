"""Laws of events: densities of vectors and matrices, with respect to the base measure of the space that they live in.

There are three kinds. Entries that are independent of each other have the product of their own densities, each that of
a law of numbers. The image of such a law under a map of events has the density that follows from the change of
variables, which the oracle derives and nobody writes down. And a few laws have a density of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.definitions.combinators import CannotCombine, written
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.intervals import REALS, Interval
from conformance.definitions.moments import Family, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem
from conformance.definitions.spaces import Product, Shape, Space
from conformance.definitions.spaces.product import Box, hull
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.weights import Shares

LogTerms = Callable[[NumberSystem, Sequence[Element]], list[Element]]


@dataclass(frozen=True)
class EventLaw:
    """A law of events with a density on ``space``, which says their shape, their chart and their base measure.

    Exactly one of three is set: ``members``, the subjects that the entries are laws of, in C order; ``base`` and
    ``transform``, of which it is the image; or ``log_terms``(ns, entries), whose sum is the log density in the space.
    ``marginals``: for each entry a law of numbers, as a subject, that it follows up to the rounding of parameters to
    float64; "" where none is known. ``moments`` and ``peak``: its means and covariances, and where its density is
    largest, where they are worked out. ``family``: within which divergences have a closed form. ``other``: of two laws
    that are asked together, the second. Of a density of its own ``entropy``: in closed form, where there is one; and
    ``sums``: whether it is a function of sums of products of the entries, as a determinant is. ``shares``: of which
    independent entries its own are the shares, where they are.
    """

    name: str
    space: Space
    formula: str
    reference: str
    members: tuple[str, ...] = ()
    base: EventLaw | None = None
    transform: TransformDefinition | None = None
    log_terms: LogTerms | None = None
    marginals: tuple[str, ...] = ()
    entropy: Callable[[ClosedFormNumbers], Element] | None = None
    sums: bool = False
    moments: Moments | None = None
    peak: Peak | None = None
    family: Family | None = None
    other: EventLaw | None = None
    shares: Shares | None = None

    @property
    def event(self) -> Shape:
        """The shape of a draw."""
        return self.space.shape

    @property
    def source(self) -> Space:
        """The space of base values; of a law that is no image, its own."""
        return self.space if self.base is None else self.base.space


def independent_law(
    shape: Shape, members: Sequence[str], laws: Sequence[DistributionDefinition], ndims: int
) -> EventLaw:
    """Entries that are independent of each other: entry i, in C order, follows ``laws``[i], which ``members``[i] names.

    ``shape`` is that of the array of laws, all of whose axes have to become those of an event.
    """
    if not shape or len(shape) != ndims:
        raise CannotCombine(
            f"independent() with ndims={ndims} takes a law whose parameters are arrays with {_axes(ndims)}, one entry "
            f"for each of an event's, not of shape {list(shape)}"
        )
    if any(law.circular for law in laws):
        raise CannotCombine("independent() takes laws of numbers, and no angles, each of which has a turn of its own")
    formulas = list(dict.fromkeys(law.formula for law in laws))
    return EventLaw(
        name="independent",
        space=_entries_in(shape, [law.support for law in laws]),
        formula=f"the product over the entries of {' or '.join(formulas)}",
        reference="; ".join(dict.fromkeys(law.reference for law in laws)),
        members=tuple(members),
        marginals=tuple(members),
    )


def _axes(count: int) -> str:
    return f"{count} axis" if count == 1 else f"{count} axes"


def _entries_in(shape: Shape, supports: Sequence[Interval]) -> Space:
    if set(supports) == {REALS}:
        return Product(shape, REALS)
    return Box(shape, hull(supports), tuple(supports))  # It draws rows inside, where a Product would leave out most.


def transformed_law(base: EventLaw, transform: TransformDefinition) -> EventLaw:
    """The law of f(X) for X with independent entries on the whole line: p_X(f^-1(y)) |det J_f^-1(y)|."""
    if base.base is not None or not base.members:
        raise CannotCombine("transformed() needs a base with independent entries; join transforms with chain()")
    if len(transform.event) != len(base.event):
        raise CannotCombine(
            f"transformed() needs a map of events with {_axes(len(base.event))}, as its base has them, and "
            f"{transform.name} takes {f'events with {_axes(len(transform.event))}' if transform.event else 'numbers'}"
        )
    if not transform.bijective or not transform.has_log_det:
        raise CannotCombine(f"transformed() needs a map with an inverse and a log-det, which {transform.name} has not")
    if base.space != Product(base.event, REALS):
        raise CannotCombine("transformed() needs a base of events whose entries are any real numbers")
    try:
        source, target = transform.source_at(base.event), transform.target_at(transform.output_event(base.event))
    except ValueError as problem:
        raise CannotCombine(f"{transform.name}: {problem}") from None
    if source != base.space:
        raise CannotCombine(f"{transform.name} takes a {source}, and the base gives a {base.space}")
    return EventLaw(
        name="transformed",
        space=target,
        formula=f"X with density {base.formula}, Y = {written(transform, 'X')}",
        reference="; ".join(dict.fromkeys((base.reference, transform.reference))),
        base=base,
        transform=transform,
    )
