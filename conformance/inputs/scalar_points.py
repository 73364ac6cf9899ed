"""Which inputs a scalar quantity is evaluated at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import all_values, from_ordinal, to_ordinal
from conformance.floats.regions import Frame, Region, regions_of
from conformance.inputs.thresholds import floats_between, thresholds, with_neighbours

ROLES = ("expectation", "gate")
"""ACCEPTANCE A16: the report sets expectations on one set of points, and CI gates on another drawn apart from it."""


@dataclass(frozen=True)
class Points:
    """Inputs of one quantity: ``values`` (N,) or (N, event) in the format's dtype, one region per row.

    exhaustive: True where ``values`` holds every value of the format.
    """

    values: NDArray[Any]
    region: NDArray[np.uint8]
    exhaustive: bool

    def __len__(self) -> int:
        return len(self.values)


def scalar_points(
    fmt: Format, frame: Frame, *, density: int, seed: int, role: str, corpus: Sequence[float] = ()
) -> Points:
    """Every value of a 16-bit format; for wider ones about 4 * ``density`` points, the same for the same seed and role.

    Half of the drawn points are even in ordinals over the whole range, a quarter even in value and a quarter even in
    ordinals over the ordinary interval. Added to these, whatever the density: NaN, both infinities, both zeros, the
    thresholds and the ends of the domain with their neighbours, both ends of the range, subnormals, and ``corpus``.
    """
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}; valid: {', '.join(ROLES)}")
    if fmt.bits == 16:
        values = all_values(fmt)
        return Points(values, regions_of(values, fmt, frame), True)
    generator = np.random.default_rng([seed, ROLES.index(role)])
    top = int(to_ordinal(np.asarray([fmt.max_finite]).astype(fmt.dtype), fmt)[0])
    first_normal = int(to_ordinal(np.asarray([fmt.min_normal]).astype(fmt.dtype), fmt)[0])
    low, high = frame.ordinary_low, frame.ordinary_high
    drawn = [
        _jittered(generator, -top, top, 2 * density),
        _jittered(generator, *_ordinal_ends(low, high, fmt), density),
        to_ordinal(generator.uniform(low, high, density).astype(fmt.dtype), fmt),
    ]
    marks = [
        with_neighbours(thresholds(fmt), fmt, 2),
        floats_between(-fmt.min_normal, fmt.min_normal, 65, fmt),
        np.array([1, 2, 3, first_normal - 1, first_normal, first_normal + 1], np.int64),
        np.arange(top - 8, top + 1),
        with_neighbours(np.asarray(corpus, np.float64), fmt, 2) if len(corpus) else np.zeros(0, np.int64),
    ]
    ends = [end for end in (frame.domain_low, frame.domain_high) if np.isfinite(end)]
    if ends:
        marks.append(with_neighbours(np.array(ends), fmt, 16))
        marks.append(_approaching(ends, fmt))
    ordinals = np.concatenate([*drawn, *marks, -np.concatenate(marks)])
    ordinals = np.unique(np.clip(ordinals, -top, top))
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0]).astype(fmt.dtype)
    values = np.concatenate([special, from_ordinal(ordinals[ordinals != 0], fmt)])
    region = regions_of(values, fmt, frame)
    return _thin_outside(Points(values, region, False), density)


def _ordinal_ends(low: float, high: float, fmt: Format) -> tuple[int, int]:
    ends = to_ordinal(np.asarray([low, high]).astype(fmt.dtype), fmt)
    return int(ends[0]), int(ends[1])


def _jittered(generator: np.random.Generator, low: int, high: int, count: int) -> NDArray[np.int64]:
    """One ordinal drawn from each of ``count`` equal cells, so that no stretch of the range is left empty."""
    width = max(1, (high - low) // count)
    cells = low + width * np.arange(count, dtype=np.int64)
    return np.asarray(np.minimum(cells + generator.integers(0, width, count), high), np.int64)


def _approaching(ends: Sequence[float], fmt: Format) -> NDArray[np.int64]:
    """Floats at geometric distances from each end of the domain, from both sides: where a saturated value lives."""
    steps = 2.0 ** -np.arange(1.0, fmt.precision + 2.0)
    values = np.concatenate([np.concatenate([end + steps, end - steps]) for end in ends])
    return np.asarray(to_ordinal(values.astype(fmt.dtype), fmt), np.int64)


def _thin_outside(points: Points, density: int) -> Points:
    """Keep at most ``density`` // 2 points outside the domain: they show one thing only, that nothing comes out."""
    outside = np.flatnonzero(points.region == Region.OUTSIDE)
    allowed = max(1, density // 2)
    if len(outside) <= allowed:
        return points
    keep = np.ones(len(points), bool)
    keep[outside] = False
    keep[outside[:: -(-len(outside) // allowed)]] = True
    return Points(points.values[keep], points.region[keep], points.exhaustive)
