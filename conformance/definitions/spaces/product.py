"""Events whose entries are free of each other: the reals of a shape, and products of intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.intervals import REALS, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Rows, Space, generator_of
from conformance.floats.formats import Format
from conformance.floats.regions import Region


@dataclass(frozen=True)
class Product(Space):
    """Every entry lies in ``interval``; Reals where that is the whole line."""

    interval: Interval = REALS

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return float(self.interval.lo), float(self.interval.hi)

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        low, high = self.bounds
        above = [] if np.isinf(low) else [entry - ns.const(low) for entry in entries]
        below = [] if np.isinf(high) else [ns.const(high) - entry for entry in entries]
        return above + below

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Standard normal rows (ORDINARY), normal ones stretched by 2^k over the format's range, steep ones up to 160,
        and for every entry a row in which it is 0, -0, infinite or NaN; of those, the ones in the product.

        The order of entries is random, so that no entry is always the largest.
        """
        event = self.size
        generator = generator_of(entropy, event)
        ordinary = np.clip(generator.standard_normal((density, event)), -4.0, 4.0)
        lowest, highest = fmt.emin - fmt.precision + 4, fmt.emax - 3
        scales = np.exp2(np.linspace(lowest, highest, density // 2))[:, None]
        stretched = np.clip(generator.standard_normal((density // 2, event)), -4.0, 4.0) * scales
        steep = generator.uniform(-1.0, 1.0, (density // 2, event)) * np.linspace(4.0, 160.0, density // 2)[:, None]
        rows = np.concatenate([ordinary, stretched, steep])
        special = np.array(generator.standard_normal((5 * event, event)))
        for column in range(event):
            for index, value in enumerate((0.0, -0.0, np.inf, -np.inf, np.nan)):
                special[5 * column + index, column] = value
        with np.errstate(over="ignore"):
            values = np.concatenate([rows, special]).astype(fmt.dtype)
        wide = values.astype(np.float64)
        low, high = self.bounds
        values = values[((wide >= low) & (wide <= high) | ~np.isfinite(wide)).all(axis=1)]
        if len(values) < density // 2 and np.isfinite(low) and np.isfinite(high):
            # A narrow interval holds few of them: uniform ones, which rounding may push onto its ends.
            some = np.clip(
                generator.uniform(low, high, (density, event)).astype(fmt.dtype).astype(np.float64), low, high
            )
            values = np.concatenate([values, some.astype(fmt.dtype)])
        return np.asarray(values.reshape(-1, *self.shape))

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        return by_size(rows, fmt)

    def holds(self, rows: Rows, precision: int) -> NDArray[np.bool_]:
        """Every row: an entry on an end of the interval, where results of finite inputs round to, is an input too."""
        return np.ones(len(rows), np.bool_)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        wide = rows.reshape(len(rows), -1).astype(np.float64)
        low, high = self.bounds
        return np.asarray(rows[((wide >= low) & (wide <= high)).all(axis=1)])


Reals = Product
"""The reals of a shape."""


def by_size(rows: NDArray[Any], fmt: Format) -> NDArray[np.uint8]:
    """The Region of every row, by its largest entry: at most 4, ORDINARY; below 2^-10, NEAR_ZERO; below the normal
    range, SUBNORMAL; above 4, SATURATION; within four binades of the end, RANGE_END; a row with a zero, infinite or
    NaN entry is SPECIAL."""
    wide = rows.reshape(len(rows), -1).astype(np.float64)
    region = largest(wide, fmt)
    region[~np.isfinite(wide).all(axis=1) | (wide == 0).any(axis=1)] = Region.SPECIAL
    return region


def largest(wide: NDArray[np.float64], fmt: Format) -> NDArray[np.uint8]:
    """As ``by_size``, zeros among the entries notwithstanding."""
    top = np.max(np.abs(wide), axis=1)
    region = np.full(len(wide), Region.SATURATION, np.uint8)
    region[top <= 4.0] = Region.ORDINARY
    region[top < 2.0**-10] = Region.NEAR_ZERO
    region[top < fmt.min_normal] = Region.SUBNORMAL
    region[top >= fmt.max_finite / 16.0] = Region.RANGE_END
    region[~np.isfinite(wide).all(axis=1)] = Region.SPECIAL
    return region
