"""What a space is: the set that the events of a transform live in, with its chart.

A space says everything that is special about its points, so that no other room asks which transform it deals with.
Its conditions are written once, over a number system: exact fractions decide with them where a row of floats lies, and
running bounds over whole arrays prove the same in bulk.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from math import inf, isfinite, prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.exact import EXACT
from conformance.floats.formats import Format

Shape = tuple[int, ...]
Rows = NDArray[Any]

LEBESGUE = "Lebesgue"


class Place(IntEnum):
    """Where a row of floats lies: in the open set that a space is, on its boundary, or outside."""

    INSIDE = 0
    BOUNDARY = 1
    OUTSIDE = 2


@dataclass(frozen=True)
class Space(abc.ABC):
    """Events of ``shape``; entries are taken in C order wherever a flat sequence of them is meant.

    The chart: the entries ``free`` are the coordinates, and ``completed`` gives all entries from them. The base measure
    is Lebesgue measure in the chart times exp(``log_volume``), in words ``measure``.
    ``bounds`` is the closed interval that every entry of every point lies in.
    ValueError at construction where no such space has events of that shape; the message is one line.
    """

    shape: Shape
    measure: ClassVar[str] = LEBESGUE
    bounds: ClassVar[tuple[float, float]] = (-inf, inf)

    @property
    def size(self) -> int:
        """How many entries an event has."""
        return prod(self.shape)

    @property
    def free(self) -> tuple[int, ...]:
        """The flat indices of the coordinates of the chart, in the chart's order."""
        return tuple(range(self.size))

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        """All entries of the point with these coordinates."""
        return list(coordinates)

    def in_one_chart(self, entries: Sequence[Element], given: Sequence[Element]) -> bool:
        """Whether two points with the same coordinates are one, where they are no global chart; certainly so."""
        return True

    def log_volume(self, ns: NumberSystem, entries: Sequence[Element]) -> Element | None:
        """log of the base measure's density with respect to Lebesgue measure in the chart; None where that is 0."""
        return None

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        """Functions of the entries that are all > 0 on the open set, and of which one is 0 on its boundary."""
        return []

    def not_negative(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        """Functions of the entries that are >= 0 on the space, boundary or not."""
        return []

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        """Functions of the entries that are 0 on the space, each with what rounding to ``precision`` bits excuses."""
        return []

    def place(self, row: Sequence[float], precision: int) -> Place:
        """Where the flat ``row`` of floats lies, decided exactly. Rows that are not finite lie OUTSIDE."""
        if not all(isfinite(v) for v in row):
            return Place.OUTSIDE
        entries = [Fraction(v) for v in row]
        if any(abs(value) > slack for value, slack in self.vanishing(EXACT, entries, precision)):  # type: ignore[arg-type]
            return Place.OUTSIDE
        if any(value < 0 for value in self.not_negative(EXACT, entries)):  # type: ignore[arg-type]
            return Place.OUTSIDE
        try:
            conditions = self.positive(EXACT, entries)  # type: ignore[arg-type]
        except ZeroDivisionError:  # A pivot before the last is 0: what comes after it decides nothing.
            return Place.BOUNDARY
        least = min(conditions, default=Fraction(1))
        return Place.INSIDE if least > 0 else Place.BOUNDARY if least == 0 else Place.OUTSIDE

    def holds(self, rows: Rows, precision: int) -> NDArray[np.bool_]:
        """Which of ``rows`` (N, *shape) are points of the open set, as far as a float can say so."""
        flat = rows.reshape(len(rows), -1).astype(np.float64).tolist()
        return np.array([self.place(row, precision) == Place.INSIDE for row in flat], np.bool_)

    def first_held(self, rows: Rows, precision: int, count: int) -> NDArray[np.intp]:
        """Where the first ``count`` of ``rows`` lie that ``holds``; it asks about no more than it takes to find them,
        since it decides exactly, a tenth of a millisecond for each."""
        found = np.zeros(0, np.intp)
        for at in range(0, len(rows), count):
            if len(found) >= count:
                break
            found = np.concatenate([found, at + np.flatnonzero(self.holds(rows[at : at + count], precision))])
        return found[:count]

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Whether the flat ``row`` of floats may be a point of the closed set whose entries were rounded."""
        return self.place(row, precision) != Place.OUTSIDE

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        """Which of ``rows`` are so close to the boundary that their entries, rounded, contradict each other: there
        several answers of a map from this space are right."""
        return np.zeros(len(rows), np.bool_)

    @abc.abstractmethod
    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Points of the space in the dtype of ``fmt``, (N, *shape), ordinary ones and the rest; the same for the same
        ``entropy``. About 2 * ``density`` of them."""

    @abc.abstractmethod
    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        """The Region of every row."""

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        """``rows`` with the entries that are not free set to what the others leave, those that are points then."""
        return np.asarray(rows[self.holds(rows, fmt.precision)])

    def neighbours(self, rows: Rows, fmt: Format, generator: np.random.Generator) -> Rows | None:
        """One point near each of ``rows``, where moving single entries would leave the space; else None."""
        return None

    def __str__(self) -> str:
        return f"{type(self).__name__} {list(self.shape)}"


Family = Callable[[Shape], Space]
"""The spaces of one kind, by the shape of their events."""


def generator_of(entropy: Sequence[int], *more: int) -> np.random.Generator:
    """Random numbers that are the same wherever they are drawn."""
    return np.random.default_rng([*entropy, *more])


def near_boundary(count: int) -> float:
    """Below this the least of ``count`` positive numbers, of size 1 at most, is near 0 (BOUNDARY): 2^-6, and of more
    than four 2^-2/count^2, since one of many is always small."""
    return 2.0**-6 * min(1.0, 16.0 / count**2)
