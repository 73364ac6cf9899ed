"""Symmetric positive definite matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Rows, Space, generator_of, near_boundary
from conformance.definitions.spaces.triangular import lower, of_matrices, row_share, square
from conformance.floats.formats import Format


@dataclass(frozen=True)
class PositiveDefinite(Space):
    """Symmetric matrices all of whose pivots are positive; the coordinates are the lower entries, row by row."""

    measure: ClassVar[str] = "Lebesgue on the lower entries"

    def __post_init__(self) -> None:
        square(self.shape, "a positive definite matrix")

    @property
    def free(self) -> tuple[int, ...]:
        return lower(self.shape[0])

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        by_index = dict(zip(self.free, coordinates, strict=True))
        return [by_index[max(i, j) * n + min(i, j)] for i in range(n) for j in range(n)]

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        """The pivots of Gaussian elimination: positive all where, and only where, the matrix is (Sylvester)."""
        n = self.shape[0]
        return pivots([[entries[max(i, j) * n + min(i, j)] for j in range(n)] for i in range(n)])

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        n = self.shape[0]
        return [(entries[i * n + j] - entries[j * n + i], Fraction(0)) for i in range(n) for j in range(i)]

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Up to a few roundings of its entries, which a product of a factor and its transpose has."""
        return nearly_definite(np.reshape(row, self.shape), precision)

    def thin(self, rows: Rows, fmt: Format) -> NDArray[np.bool_]:
        """Matrices that, scaled to a diagonal of ones, are within a few roundings of their entries of a singular one:
        no factorisation in the format's own numbers need succeed there (Demmel 1989; Higham, Accuracy and Stability of
        Numerical Algorithms, theorem 10.7)."""
        wide = rows.astype(np.float64)
        n = self.shape[0]
        with np.errstate(all="ignore"):
            scale = 1.0 / np.sqrt(np.diagonal(wide, axis1=1, axis2=2))
            scaled = wide * scale[:, :, None] * scale[:, None, :]
        known = np.asarray(np.isfinite(scaled).all(axis=(1, 2)))
        least = np.linalg.eigvalsh(np.where(known[:, None, None], scaled, np.eye(n)))[:, 0]
        return np.asarray(known & (least < 8.0 * n * 2.0 ** (1 - fmt.precision)))

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """L L^T of factors with normal entries, times ``row_share``, under a diagonal of size e^normal, as the format
        rounds them; a quarter of the factors have a small entry on the diagonal, a quarter of the matrices is stretched
        by 2^k. Of more than three rows half of that, since the largest of many entries is larger."""
        n = self.shape[0]
        generator = generator_of(entropy, n, 4)
        count = density + 2 * (density // 2)
        factors = np.tril(np.clip(generator.standard_normal((count, n, n)), -1.5, 1.5)) * row_share(n)
        diagonal = np.exp(np.clip(0.5 * generator.standard_normal((count, n)), -0.7, 0.7))
        thin = slice(density, density + density // 2)
        diagonal[thin, generator.integers(0, n)] *= np.exp2(-generator.uniform(2.0, fmt.precision / 3, density // 2))
        factors[:, np.arange(n), np.arange(n)] = diagonal
        matrices = factors @ factors.transpose(0, 2, 1) * (1.0 if n <= 3 else 0.5)
        reach = fmt.emax // 4
        matrices[density + density // 2 :] *= np.exp2(np.linspace(-reach, reach, density // 2))[:, None, None]
        return self.mended(matrices.astype(fmt.dtype), fmt)

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        wide = rows.astype(np.float64)
        with np.errstate(all="ignore"):
            scale = np.abs(wide).reshape(len(wide), -1).max(axis=1)
            spread = np.linalg.eigvalsh(np.nan_to_num(wide / np.where(scale > 0, scale, 1.0)[:, None, None]))
        return of_matrices(rows, spread[:, 0], fmt, near_boundary(self.shape[0]))

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        wide = np.tril(rows.astype(np.float64))
        both = wide + np.tril(wide, -1).transpose(0, 2, 1)
        return super().mended(np.asarray(both.astype(rows.dtype)), fmt)


def pivots(rows: Sequence[Sequence[Element]]) -> list[Element]:
    """Those of Gaussian elimination of a symmetric matrix, of which the lower triangle is read; their product is the
    determinant."""
    left, found = [list(row) for row in rows], []
    for k, row in enumerate(left):
        pivot = row[k]
        found.append(pivot)
        for i in range(k + 1, len(left)):
            factor = left[i][k] / pivot
            for j in range(k + 1, i + 1):
                left[i][j] = left[i][j] - factor * left[j][k]
    return found


def nearly_definite(matrix: Rows, precision: int) -> bool:
    """Whether a matrix may be a symmetric one without negative eigenvalues whose entries were rounded: where it is
    scaled to a diagonal of ones, both hold up to 8 n 2**-precision."""
    diagonal = np.diagonal(matrix)
    if not (diagonal >= 0).all():
        return False
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = matrix / scale[:, None] / scale
    slack = 8.0 * len(matrix) * 2.0**-precision
    return bool(np.abs(scaled - scaled.T).max() <= slack and np.linalg.eigvalsh(scaled).min() >= -slack)
