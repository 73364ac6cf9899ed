"""Vectors whose entries increase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.product import by_size
from conformance.definitions.spaces.space import Rows, Space, generator_of
from conformance.floats.formats import Format
from conformance.floats.regions import Region


@dataclass(frozen=True)
class Ordered(Space):
    """y_0 < y_1 < ... < y_(n-1); every entry is a coordinate."""

    def __post_init__(self) -> None:
        if len(self.shape) != 1:
            raise ValueError(f"an ordered event is a vector, not of shape {list(self.shape)}")

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        return [after - before for before, after in pairwise(entries)]

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Sorted normal entries; a third with two entries within 2^-8 of each other (BOUNDARY), a third stretched by
        2^k over the middle half of the format's range."""
        n = self.size
        generator = generator_of(entropy, n, 5)
        count = density + 2 * (density // 2)
        rows = np.clip(generator.standard_normal((count, n)), -4.0, 4.0)
        if n > 1:
            near = np.arange(density, density + density // 2)
            gap = np.exp2(-generator.uniform(8.0, fmt.precision, len(near))) * np.maximum(np.abs(rows[near, 0]), 0.25)
            rows[near, 1] = rows[near, 0] + gap
        reach = fmt.emax // 2
        rows[density + density // 2 :] *= np.exp2(np.linspace(-reach, reach, density // 2))[:, None]
        values = np.sort(rows, axis=1).astype(fmt.dtype)
        return np.asarray(values[self.holds(values, fmt.precision)])

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        region = by_size(rows, fmt)
        wide = rows.astype(np.float64)
        with np.errstate(invalid="ignore"):
            gaps = np.diff(wide, axis=1).min(axis=1, initial=np.inf)
            near = gaps < 2.0**-8 * np.maximum(np.abs(wide).max(axis=1), 2.0**-8)
        region[(region == Region.ORDINARY) & near] = Region.BOUNDARY
        return region
