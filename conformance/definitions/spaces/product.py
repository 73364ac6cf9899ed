"""Events whose entries are free of each other: the reals of a shape, and products of intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.intervals import REALS, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Rows, Shape, Space, generator_of
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
        values = _free_rows(event, fmt, density, generator)
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


@dataclass(frozen=True)
class Box(Product):
    """Entry i lies in ``intervals[i]``; ``interval`` holds them all. See ``box``."""

    intervals: tuple[Interval, ...] = ()

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        ends = [(entry, float(i.lo), float(i.hi)) for entry, i in zip(entries, self.intervals, strict=True)]
        above = [entry - ns.const(low) for entry, low, _ in ends if not np.isinf(low)]
        below = [ns.const(high) - entry for entry, _, high in ends if not np.isinf(high)]
        return above + below

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """As for free reals; an entry that lies outside a half-line is reflected at its end, one outside a finite
        interval replaced by a uniform one inside. (Rows that lie in all intervals by themselves would be few.)"""
        generator = generator_of(entropy, self.size)
        values = _free_rows(self.size, fmt, density, generator)
        for column, interval in enumerate(self.intervals):
            low, high = float(interval.lo), float(interval.hi)
            wide = values[:, column].astype(np.float64)
            inside = wide
            if np.isfinite(low) and np.isfinite(high):
                inside = np.where((wide < low) | (wide > high), generator.uniform(low, high, len(wide)), wide)
            elif np.isfinite(low):
                inside = np.where(wide < low, 2.0 * low - wide, wide)
            elif np.isfinite(high):
                inside = np.where(wide > high, 2.0 * high - wide, wide)
            with np.errstate(over="ignore"):
                rounded = np.where(np.isfinite(wide), np.clip(inside, low, high), wide).astype(fmt.dtype)
            values[:, column] = rounded
        # Rounding may pass an end that is no float of the format.
        return self._within(values, not_finite=True).reshape(-1, *self.shape)

    def mended(self, rows: Rows, fmt: Format) -> Rows:
        return self._within(rows, not_finite=False)

    def _within(self, rows: Rows, not_finite: bool) -> Rows:
        """The rows whose entries lie in the closed intervals, or are ``not_finite`` where those are kept."""
        wide = rows.reshape(len(rows), -1).astype(np.float64)
        low, high = np.array([[float(i.lo), float(i.hi)] for i in self.intervals]).T
        inside = (wide >= low) & (wide <= high) | (not_finite & ~np.isfinite(wide))
        return np.asarray(rows[inside.all(axis=1)])


def box(shape: Shape, intervals: Sequence[Interval]) -> Product:
    """Events whose entries lie in these intervals, in C order: a plain Product where they are all one."""
    if len(set(intervals)) == 1:
        return Product(shape, intervals[0])
    return Box(shape, hull(intervals), tuple(intervals))


def hull(intervals: Sequence[Interval]) -> Interval:
    """The smallest open interval that holds all of these."""
    exact = all(interval.exact for interval in intervals)
    return Interval(min(i.lo for i in intervals), max(i.hi for i in intervals), exact=exact)


def _free_rows(event: int, fmt: Format, density: int, generator: np.random.Generator) -> Rows:
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
        return np.asarray(np.concatenate([rows, special]).astype(fmt.dtype))


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
