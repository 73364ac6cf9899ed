"""The unit sphere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log1p
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Place, Rows, Space, generator_of
from conformance.floats.formats import Format
from conformance.floats.regions import Region


@dataclass(frozen=True)
class Sphere(Space):
    """Vectors of length 1 whose last entry is positive or negative; the first n entries are the coordinates of either
    half. Surface measure is Lebesgue measure on them divided by the last entry's size."""

    measure: ClassVar[str] = "surface measure of the sphere"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.shape) != 1 or self.shape[0] < 2:
            raise ValueError(f"a point of a sphere has two entries or more, not shape {list(self.shape)}")

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(range(self.size - 1))

    def in_one_chart(self, entries: Sequence[Element], given: Sequence[Element]) -> bool:
        """In the same half."""
        return bool((entries[-1] > 0 and given[-1] > 0) or (entries[-1] < 0 and given[-1] < 0))

    def log_volume(self, ns: NumberSystem, entries: Sequence[Element]) -> Element | None:
        return -ns.log(ns.abs(entries[-1]))

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        rest = ns.const(1.0)
        for entry in entries:
            rest = rest - entry * entry
        return [(rest, Fraction(8 * len(entries), 2**precision))]

    def holds(self, rows: Rows, precision: int) -> NDArray[np.bool_]:
        """Rows of length EXACTLY 1, of which floats have next to none."""
        flat = rows.reshape(len(rows), -1).astype(np.float64).tolist()
        return np.array([sum(Fraction(v) ** 2 for v in row) == 1 for row in flat], np.bool_)

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        """Rows in which the two readings of the last entry, itself and what the others leave of 1, are more than an ulp
        of its distance from the pole apart, or of that distance's logarithm: either may be right."""
        thin = []
        for row in rows.astype(np.float64).tolist():
            off = float(abs(sum(Fraction(v) ** 2 for v in row) - 1)) if all(map(isfinite, row)) else 0.0
            last = row[-1]
            room = 2.0 * abs(last) * (1.0 - last) * min(1.0, abs(log1p(-last))) if isfinite(last) and last < 1 else 0.0
            thin.append(off > 2.0 ** (1 - fmt.precision) * room)
        return np.array(thin, np.bool_)

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Uniform on the sphere, as the format rounds them; a third within 2^-8 of the pole or its antipode."""
        generator = generator_of(entropy, self.size, 6)
        rows = generator.standard_normal((density + density // 2, self.size))
        rows[density:, :-1] *= np.exp2(-generator.uniform(8.0, 12.0, density // 2))[:, None]
        return np.asarray((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(fmt.dtype))

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        polar = np.abs(rows[:, -1].astype(np.float64)) > 1 - 2.0**-14
        return np.where(polar, Region.BOUNDARY, Region.ORDINARY).astype(np.uint8)


@dataclass(frozen=True)
class RoundedSphere(Sphere):
    """Vectors of length 1 up to the rounding of their entries, of which a law's density reads all as they stand: next
    to no row of floats has length 1 exactly."""

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(range(self.size))

    def log_volume(self, ns: NumberSystem, entries: Sequence[Element]) -> Element | None:
        """None: with all entries free there is no half whose chart the measure is taken in, and a density that is
        taken in surface measure itself stands as it is written."""
        return None

    def holds(self, rows: Rows, precision: int) -> NDArray[np.bool_]:
        flat = rows.reshape(len(rows), -1).astype(np.float64).tolist()
        return np.array([self.place(row, precision) == Place.INSIDE for row in flat], np.bool_)

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        return np.zeros(len(rows), np.bool_)
