"""Cholesky factors of correlation matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Rows, Space, generator_of
from conformance.definitions.spaces.triangular import square, strictly_lower, upper_zeros
from conformance.floats.formats import Format
from conformance.floats.regions import Region

SLACK = Fraction(1, 64)
"""The diagonal is what the other entries leave, and is not read: rounded to any format the squares of a row of length 1
still add up to 1 within this (2**-8 for bfloat16). Rows that are further off belong to no such matrix."""


@dataclass(frozen=True)
class CorrelationCholesky(Space):
    """Lower triangular matrices whose rows have length 1 and whose diagonal is positive.

    The coordinates are the strictly lower entries, row by row; each row's diagonal entry is what they leave.
    """

    measure: ClassVar[str] = "Lebesgue on the strictly lower entries"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        square(self.shape, "a Cholesky factor of a correlation matrix", 2)

    @property
    def free(self) -> tuple[int, ...]:
        return strictly_lower(self.shape[0])

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        entries = [ns.const(0.0)] * (n * n)
        for index, coordinate in zip(self.free, coordinates, strict=True):
            entries[index] = coordinate
        for i in range(n):
            entries[i * n + i] = ns.sqrt(_left(ns, entries[i * n : i * n + i]))
        return entries

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        return [_left(ns, entries[i * n : i * n + i]) for i in range(1, n)]

    def not_negative(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        return [entries[i * n + i] for i in range(n)]

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        n = self.shape[0]
        rows = [(_left(ns, entries[i * n : i * n + i + 1]), SLACK) for i in range(n)]
        return rows + [(entries[index], Fraction(0)) for index in upper_zeros(n)]

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        """Rows that have less left than 4 ulp of their entries amount to: the remainder says one thing and the
        diagonal, which is rounded too, another; an infinite coordinate is right for a matrix within a rounding."""
        wide = rows.astype(np.float64)
        thin = np.zeros(len(wide), np.bool_)
        for i in range(self.shape[0]):
            with np.errstate(invalid="ignore", over="ignore"):
                squares = np.square(np.abs(wide[:, i, :i])).sum(axis=1)
                # An ulp of l is at most 2^(1-p) l, and the square changes by 2 l times as much.
                thin |= 1.0 - squares < 4.0 * 2.0 * 2.0 ** (1 - fmt.precision) * squares
        return thin

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Rows of a matrix are uniform on half-spheres, or (BOUNDARY, a third) pulled towards the rim, so that a
        diagonal entry is below 2^-4. Rounded to the format a row has length 1 up to that, and its strictly lower
        entries alone always have less, in the format's own numbers."""
        n = self.shape[0]
        generator = generator_of(entropy, n * (n - 1) // 2, 2)
        count = density + density // 2
        steep = np.arange(count) >= density
        matrices = np.zeros((count, n, n))
        matrices[:, 0, 0] = 1.0
        inside = np.ones(count, bool)
        for i in range(1, n):
            row = generator.standard_normal((count, i + 1))
            row[:, -1] = np.abs(row[:, -1])
            row[steep, -1] *= np.exp2(-generator.uniform(4.0, 8.0, int(steep.sum())))
            row = (row / np.linalg.norm(row, axis=1, keepdims=True)).astype(fmt.dtype).astype(np.float64)
            inside &= np.sum(np.square(row[:, :-1].T), axis=0) < 1.0
            matrices[:, i, : i + 1] = row
        return np.asarray(matrices[inside].astype(fmt.dtype))

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        low = np.diagonal(rows.astype(np.float64), axis1=1, axis2=2).min(axis=1) < 2.0**-4
        return np.where(low, Region.BOUNDARY, Region.ORDINARY).astype(np.uint8)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        wide = np.tril(rows.astype(np.float64))
        for i in range(self.shape[0]):
            with np.errstate(all="ignore"):
                wide[:, i, i] = np.sqrt(1.0 - np.square(wide[:, i, :i]).sum(axis=1))
        return super().mended(np.asarray(wide.astype(rows.dtype)), fmt)


@dataclass(frozen=True)
class ReadByDiagonal(CorrelationCholesky):
    """The same matrices as the values of a map whose inverse may read the diagonal as well as what it leaves of 1."""

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        """Rows in which the two readings of a diagonal entry are more than half an ulp of it apart."""
        thin = []
        for matrix in rows.astype(np.float64).tolist():
            worst = Fraction(0)
            for i, row in enumerate(matrix):
                if all(isfinite(v) for v in row) and row[i] != 0:
                    left = 1 - sum((Fraction(v) ** 2 for v in row[:i]), Fraction(0))
                    worst = max(worst, abs(left / Fraction(row[i]) ** 2 - 1) / 2)
            thin.append(worst > Fraction(1, 2**fmt.precision))
        return super().thin(rows, fmt) | np.array(thin, np.bool_)


def _left(ns: NumberSystem, entries: Sequence[Element]) -> Element:
    """What the squares of ``entries`` leave of 1."""
    rest = ns.const(1.0)
    for entry in entries:
        rest = rest - entry * entry
    return rest
