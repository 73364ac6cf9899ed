"""Lower triangular matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.product import Product, by_size, largest
from conformance.definitions.spaces.space import Rows, Shape, Space, generator_of
from conformance.floats.formats import Format
from conformance.floats.regions import Region

_THIN = 2.0**-6
"""A matrix whose diagonal has an entry below this share of 1 is near the boundary of the invertible ones."""


def row_share(n: int) -> float:
    """What normal entries below the diagonal of an n x n factor are multiplied by: 1, and of more than three rows so
    little that the longest row is as long as that of a 3 x 3 factor.

    Normal entries of one size at every n make factors whose condition number grows as 2^n (Viswanath & Trefethen,
    Condition numbers of random triangular matrices, 1998): a median of 20,000 at 20 rows, where the entries of the
    inverse, let alone of the inverse of the product, have no digit left in float32. Nobody computes with those.
    """
    return min(1.0, sqrt(2.0 / max(n - 1, 1)))


@dataclass(frozen=True)
class LowerTriangular(Space):
    """Lower triangular matrices with a positive diagonal; the coordinates are the lower entries, row by row."""

    measure: ClassVar[str] = "Lebesgue on the lower entries"

    def __post_init__(self) -> None:
        square(self.shape, "a lower triangular matrix")

    @property
    def free(self) -> tuple[int, ...]:
        return lower(self.shape[0])

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        entries = [ns.const(0.0)] * (n * n)
        for index, coordinate in zip(self.free, coordinates, strict=True):
            entries[index] = coordinate
        return entries

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        n = self.shape[0]
        return [entries[i * n + i] for i in range(n)]

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        return [(entries[index], Fraction(0)) for index in upper_zeros(self.shape[0])]

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Normal entries, times ``row_share``, under a diagonal of size e^normal; a third of them with a small entry on
        the diagonal (BOUNDARY), a third stretched as a whole by 2^k over the middle half of the format's range."""
        n = self.shape[0]
        generator = generator_of(entropy, n, 3)
        count = density + 2 * (density // 2)
        matrices = np.tril(np.clip(generator.standard_normal((count, n, n)), -4.0, 4.0)) * row_share(n)
        diagonal = np.exp(np.clip(generator.standard_normal((count, n)), -1.3, 1.3))
        thin = slice(density, density + density // 2)
        diagonal[thin, generator.integers(0, n)] *= np.exp2(-generator.uniform(8.0, 14.0, density // 2))
        matrices[:, np.arange(n), np.arange(n)] = diagonal
        reach = fmt.emax // 4
        matrices[density + density // 2 :] *= np.exp2(np.linspace(-reach, reach, density // 2))[:, None, None]
        values = matrices.astype(fmt.dtype)
        return np.asarray(values[self.holds(values, fmt.precision)])

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        return of_matrices(rows, np.diagonal(rows.astype(np.float64), axis1=1, axis2=2).min(axis=1), fmt)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        return super().mended(np.asarray(np.tril(rows.astype(np.float64)).astype(rows.dtype)), fmt)


@dataclass(frozen=True)
class TriangularReals(Space):
    """Triangular matrices with any entries on and below the diagonal (``upper``: on and above it)."""

    measure: ClassVar[str] = "Lebesgue on the triangle"
    upper: bool = False

    def __post_init__(self) -> None:
        square(self.shape, "a triangular matrix")

    @property
    def free(self) -> tuple[int, ...]:
        n = self.shape[0]
        return tuple(i * n + j for i in range(n) for j in (range(i, n) if self.upper else range(i + 1)))

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        entries = [ns.const(0.0)] * self.size
        for index, coordinate in zip(self.free, coordinates, strict=True):
            entries[index] = coordinate
        return entries

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        kept = set(self.free)
        return [(entries[index], Fraction(0)) for index in range(self.size) if index not in kept]

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """The triangle's entries as free reals are drawn, without infinities and NaN; zeros elsewhere."""
        rows = Product((len(self.free),)).draw(fmt, density, entropy)
        rows = rows[np.isfinite(rows.astype(np.float64)).all(axis=1)]
        flat = np.zeros((len(rows), self.size), rows.dtype)
        flat[:, list(self.free)] = rows
        return flat.reshape(-1, *self.shape)

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        return by_size(rows.reshape(len(rows), -1)[:, list(self.free)], fmt)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        wide = rows.astype(np.float64)
        kept = np.triu(wide) if self.upper else np.tril(wide)
        return super().mended(np.asarray(kept.astype(rows.dtype)), fmt)


def of_matrices(rows: Rows, least: NDArray[np.float64], fmt: Format, thin: float = _THIN) -> NDArray[np.uint8]:
    """By the largest entry; BOUNDARY where the ``least`` entry of the diagonal, or eigenvalue, is below ``thin`` beside
    an ordinary one."""
    wide = rows.reshape(len(rows), -1).astype(np.float64)
    region = largest(wide, fmt)
    region[(region == Region.ORDINARY) & (least < thin)] = Region.BOUNDARY
    return region


def square(shape: Shape, what: str, smallest: int = 1) -> int:
    """n of the n x n matrices of this ``shape``; ValueError for any other."""
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < smallest:
        raise ValueError(f"{what} is square and at least {smallest} x {smallest}, not of shape {list(shape)}")
    return shape[0]


def lower(n: int) -> tuple[int, ...]:
    """Flat indices of the lower entries of an n x n matrix, row by row, the diagonal among them."""
    return tuple(i * n + j for i in range(n) for j in range(i + 1))


def strictly_lower(n: int) -> tuple[int, ...]:
    """Flat indices of the entries below the diagonal, row by row."""
    return tuple(i * n + j for i in range(n) for j in range(i))


def upper_zeros(n: int) -> tuple[int, ...]:
    """Flat indices of the entries above the diagonal."""
    return tuple(i * n + j for i in range(n) for j in range(i + 1, n))


def triangle_size(entries: int, step: int) -> int:
    """n where a triangle of an n x n matrix has ``entries`` = n (n + step)/2 entries, with its diagonal (step 1) or
    without (step -1); ValueError where no n has."""
    n = (isqrt(8 * entries + 1) - step) // 2
    least = 2 if step < 0 else 1
    if n < least or n * (n + step) != 2 * entries:
        first = ", ".join(str(k * (k + step) // 2) for k in range(least, least + 4))
        raise ValueError(f"a triangle of a matrix has {first}, ... entries, not {entries}")
    return n
