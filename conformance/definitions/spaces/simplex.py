"""Weights that add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, fsum, inf, isfinite
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces.space import Place, Rows, Space, generator_of, near_boundary
from conformance.floats.formats import Format, format_named
from conformance.floats.regions import Region

_UNIT = 2.0**-53
"""Coordinates of neighbours stay whole multiples of this, so that their sum stays exactly 1."""


@dataclass(frozen=True)
class Simplex(Space):
    """n + 1 positive weights whose sum is 1; the first n are the coordinates, and the last is what they leave.

    A row whose weights add up to 1 only within 64 (n + 1) 2**-precision still stands for a point.
    """

    measure: ClassVar[str] = "Lebesgue on the first n coordinates"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.shape) != 1 or self.shape[0] < 2:
            raise ValueError(f"a simplex has events of two weights or more, not of shape {list(self.shape)}")

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(range(self.size - 1))

    def completed(self, ns: NumberSystem, coordinates: Sequence[Element]) -> list[Element]:
        return [*coordinates, _rest(ns, coordinates)]

    def positive(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        return [*entries[:-1], _rest(ns, entries[:-1])]

    def not_negative(self, ns: NumberSystem, entries: Sequence[Element]) -> list[Element]:
        return [entries[-1]]

    def vanishing(self, ns: NumberSystem, entries: Sequence[Element], precision: int) -> list[tuple[Element, Fraction]]:
        return [(_rest(ns, entries), Fraction(64 * len(entries), 2**precision))]

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Weights of which none is negative and whose sum is off 1 by what 8 roundings of each of them leave: the first
        n may add up to more than 1 where the last is small."""
        most = 8 * len(row) * 2.0**-precision
        # One weight alone is too much beyond that, and fsum raises where the sum of such overflows.
        if min(row) < 0 or not max(row) <= 1.0 + most:
            return False
        # fsum rounds once, and rounding keeps order: only where it meets the bound, which is a float, may it mislead.
        off = abs(fsum([*row, -1.0]))
        return off < most or (off == most and abs(sum(map(Fraction, row), Fraction(-1))) <= Fraction(most))

    def holds(self, rows: Rows, precision: int) -> NDArray[np.bool_]:
        """Rows of positive weights whose sum is EXACTLY 1: off it one implementation reads the remainder and another
        the last weight, and both may be right."""
        wide = rows.astype(np.float64)
        inside = np.asarray(((wide > 0) & (wide <= 1)).all(axis=1))
        # fsum rounds the exact sum once, and what it rounds to 0 is 0.
        inside[inside] = [fsum([*row, -1.0]) == 0 for row in wide[inside].tolist()]
        return inside

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """Rows whose sum is exactly 1 in the format: weights are whole multiples of 2^-m (m at most the precision), so
        rounding cannot push a row off the simplex. BOUNDARY: a weight under ``near_boundary``."""
        event = self.size
        generator = generator_of(entropy, event, 1)
        parts = 2 ** min(fmt.precision, 20)
        weights = generator.dirichlet(np.ones(event), density)
        peaked = generator.dirichlet(np.full(event, 0.15), density // 2)
        counts = np.maximum(1, np.floor(np.concatenate([weights, peaked]) * (parts - event))).astype(np.int64)
        counts[:, -1] += parts - counts.sum(axis=1)
        for row in counts:
            generator.shuffle(row)
        counts = counts[(counts > 0).all(axis=1)]
        return np.asarray((counts / parts).astype(fmt.dtype))

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        least = rows.astype(np.float64).min(axis=1)
        return np.where(least < near_boundary(self.size), Region.BOUNDARY, Region.ORDINARY).astype(np.uint8)

    def neighbours(self, rows: Rows, fmt: Format, generator: np.random.Generator) -> Rows | None:
        """A share of one weight, a multiple of the smallest unit, handed to another."""
        count = len(rows)
        wide = rows.astype(np.float64)
        at = np.arange(count)
        source = generator.integers(0, wide.shape[1], count)
        target = (source + generator.integers(1, wide.shape[1], count)) % wide.shape[1]
        unit = max(_UNIT, 2.0**-fmt.precision)
        share = wide[at, source] * np.exp2(-generator.uniform(0.0, fmt.precision, count))
        share = np.maximum(unit, np.floor(share / unit) * unit)
        # All but the smallest units: the weight that is left nearly empty.
        drained = generator.random(count) < 0.25
        share = np.where(drained, wide[at, source] - unit * generator.integers(1, 65, count), share)
        wide[at, source] -= share
        wide[at, target] += share
        moved = wide[(wide > 0).all(axis=1)].astype(fmt.dtype)
        return np.asarray(moved[self.holds(moved, fmt.precision)])


@dataclass(frozen=True)
class SurfaceSimplex(Simplex):
    """The simplex with its own surface measure, which is sqrt(n + 1) times Lebesgue measure on n of the coordinates."""

    measure: ClassVar[str] = "surface measure of the simplex"

    def log_volume(self, ns: NumberSystem, entries: Sequence[Element]) -> Element | None:
        return ns.log(ns.const(float(len(entries)))) / ns.const(2.0)


@dataclass(frozen=True)
class LogSimplex(Space):
    """The logarithms of n positive weights whose sum is 1, known up to a constant that is added to all of them.

    No row of floats lies there exactly, and every row of numbers stands for one such point, y - log(sum(exp(y))). So
    all entries are read, and whatever is asked of them must not change with that constant. The base measure, Lebesgue
    measure on the differences, is Lebesgue measure on the first n - 1 weights divided by the product of all n.
    """

    measure: ClassVar[str] = "Lebesgue on the differences to the last entry"
    bounds: ClassVar[tuple[float, float]] = (-inf, 0.0)

    def __post_init__(self) -> None:
        Simplex(self.shape)

    def place(self, row: Sequence[float], precision: int) -> Place:
        """INSIDE where the weights add up to 1 within 64 (n + 1) 2**-precision: what rounding its entries leaves."""
        inside = all(isfinite(v) for v in row) and self.reached(row, precision)
        return Place.INSIDE if inside else Place.OUTSIDE

    def reached(self, row: Sequence[float], precision: int) -> bool:
        """Also where a logarithm is that of 0."""
        if not max(row) < 1.0:
            return False
        return abs(fsum(map(exp, row)) - 1.0) <= 64 * (len(row) + 1) * 2.0**-precision

    def draw(self, fmt: Format, density: int, entropy: Sequence[int]) -> Rows:
        """The logarithms of what is drawn from the simplex in float64, each rounded to the format."""
        rows = np.log(Simplex(self.shape).draw(format_named("float64"), density, entropy)).astype(fmt.dtype)
        return np.asarray(rows[self.holds(rows, fmt.precision)])

    def regions(self, rows: Rows, fmt: Format) -> NDArray[np.uint8]:
        with np.errstate(over="ignore", invalid="ignore"):
            return Simplex(self.shape).regions(np.exp(rows.astype(np.float64)), fmt)


def _rest(ns: NumberSystem, weights: Sequence[Element]) -> Element:
    rest = ns.const(1.0)
    for weight in weights:
        rest = rest - weight
    return rest
