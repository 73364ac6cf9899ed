"""Vectors some of whose entries are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.product import Product, by_size
from conformance.definitions.spaces.space import Rows, Space
from conformance.floats.formats import Format


@dataclass(frozen=True)
class Padded(Space):
    """The first ``before`` and the last ``after`` entries are ``value``; those between are the coordinates."""

    measure: ClassVar[str] = "Lebesgue on the entries that are not padding"
    before: int = 0
    after: int = 1
    value: float = 0.0

    def __post_init__(self) -> None:
        if len(self.shape) != 1 or self.shape[0] <= self.before + self.after:
            raise ValueError(
                f"a padded vector has more than {self.before + self.after} entries, not {list(self.shape)}"
            )

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(range(self.before, self.size - self.after))

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        front = [ns.const(self.value) for _ in range(self.before)]
        return [*front, *coordinates, *(ns.const(self.value) for _ in range(self.after))]

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        given = [*entries[: self.before], *entries[self.size - self.after :]]
        return [(entry - ns.const(self.value), Fraction(0)) for entry in given]

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        inner = Product((len(self.free),)).draw(fmt, density, entropy)
        inner = inner[np.isfinite(inner.astype(np.float64)).all(axis=1)]
        rows = np.full((len(inner), self.size), self.value).astype(fmt.dtype)
        rows[:, self.before : self.size - self.after] = inner
        return rows

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        return by_size(rows[:, self.before : self.size - self.after], fmt)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        filled = rows.copy()
        filled[:, : self.before] = self.value
        filled[:, self.size - self.after :] = self.value
        return super().mended(filled, fmt)
