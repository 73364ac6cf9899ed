"""Correlation matrices and their Cholesky factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.definite import PositiveDefinite, nearly_definite, pivots
from conformance.definitions.spaces.space import Rows, Space, generator_of, near_boundary
from conformance.definitions.spaces.triangular import of_matrices, square, strictly_lower, upper_zeros
from conformance.floats.formats import Format, format_named
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
        diagonal entry is below 2^-4. Of more than four rows they are those of a uniform correlation matrix
        (Lewandowski, Kurowicka & Joe 2009): rows that are uniform each by itself would leave a least eigenvalue of
        1e-12 at twenty, which no covariance that people hold in float32 has. Rounded to the format a row has length 1
        up to that, and its strictly lower entries alone always have less, in the format's own numbers."""
        n = self.shape[0]
        generator = generator_of(entropy, n * (n - 1) // 2, 2)
        count = density + density // 2
        steep = np.arange(count) >= density
        matrices = np.zeros((count, n, n))
        matrices[:, 0, 0] = 1.0
        inside = np.ones(count, bool)
        for i in range(1, n):
            row = generator.standard_normal((count, i + 1))
            row[:, -1] = np.abs(row[:, -1]) if n <= 4 else np.sqrt(generator.chisquare(n - i + 1, count))
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


@dataclass(frozen=True)
class RoundedFactors(ReadByDiagonal):
    """The same matrices as the draws of a law: what is drawn here has diagonal entries that are the nearest floats to
    what the rows leave, so that both readings are within half an ulp."""

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        return self.mended(super().draw(fmt, density, entropy), fmt)

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Rows whose squares add up to 1 within 8 n 2**-precision, of which the entries below the diagonal may have
        used up all: a sum of n squares has n roundings, and the entries have a few of their own. In 16-bit formats that
        would be more than a row of a matrix may be off (``SLACK``)."""
        matrix = np.reshape(row, self.shape)
        off = np.abs(np.square(matrix).sum(axis=1) - 1.0).max()
        slack = min(8.0 * len(matrix) * 2.0**-precision, float(SLACK))
        return bool(not np.triu(matrix, 1).any() and (np.diagonal(matrix) >= 0).all() and off <= slack)


@dataclass(frozen=True)
class Correlation(Space):
    """Symmetric positive definite matrices with ones on the diagonal; the coordinates are the entries below it, row by
    row."""

    measure: ClassVar[str] = "Lebesgue on the strictly lower entries"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        square(self.shape, "a correlation matrix", 2)

    @property
    def free(self) -> tuple[int, ...]:
        return strictly_lower(self.shape[0])

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        below = dict(zip(self.free, coordinates, strict=True))
        return [below.get(max(i, j) * n + min(i, j), ns.const(1.0)) for i in range(n) for j in range(n)]

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        """The pivots of Gaussian elimination: positive all where, and only where, the matrix is (Sylvester)."""
        return pivots(_rows(entries, self.shape[0]))

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        n = self.shape[0]
        apart = [entries[i * n + j] - entries[j * n + i] for i in range(n) for j in range(i)]
        return [(v, Fraction(0)) for v in [*apart, *(entries[i * n + i] - ns.const(1.0) for i in range(n))]]

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Up to a few roundings of its entries."""
        matrix = np.reshape(row, self.shape)
        off = np.abs(np.diagonal(matrix) - 1.0).max()
        return nearly_definite(matrix, precision) and bool(off <= 8.0 * len(matrix) * 2.0**-precision)

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        return PositiveDefinite(self.shape).thin(rows, fmt)

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """L L^T of what is drawn of the factors in float64, as the format rounds it."""
        factors = CorrelationCholesky(self.shape).draw(format_named("float64"), density, entropy)
        return self.mended((factors @ factors.transpose(0, 2, 1)).astype(fmt.dtype), fmt)

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        """BOUNDARY where an eigenvalue is below ``near_boundary``."""
        spread = np.linalg.eigvalsh(np.nan_to_num(rows.astype(np.float64)))
        return of_matrices(rows, spread[:, 0], fmt, near_boundary(self.shape[0]))

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        wide = np.tril(rows.astype(np.float64), -1)
        whole = wide + wide.transpose(0, 2, 1) + np.eye(self.shape[0])
        return super().mended(np.asarray(whole.astype(rows.dtype)), fmt)


def _rows(entries: Sequence[Element], n: int) -> list[list[Element]]:
    return [list(entries[i * n : i * n + n]) for i in range(n)]


def _left(ns: NumberSystem, entries: Sequence[Element]) -> Element:
    """What the squares of ``entries`` leave of 1."""
    rest = ns.const(1.0)
    for entry in entries:
        rest = rest - entry * entry
    return rest
