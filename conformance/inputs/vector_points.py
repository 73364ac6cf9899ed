"""Which inputs a quantity of an event (a vector) is evaluated at: rows of shape (event,)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.inputs.scalar_points import ROLES, Points


def real_rows(fmt: Format, event: int, *, density: int, seed: int, role: str) -> Points:
    """Rows of R^event: standard normal ones (ORDINARY), and normal ones stretched by 2^k over the format's range.

    The region of a row is that of its largest element: at most 4, ORDINARY; below 2^-10, NEAR_ZERO; below the
    normal range, SUBNORMAL; above 4, SATURATION; within four binades of the end, RANGE_END; a row with one zero,
    infinite or NaN element is SPECIAL. The order of columns is random, so that no column is always the largest.
    """
    generator = np.random.default_rng([seed, ROLES.index(role), event])
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
    return Points(values, row_regions(values, fmt), False)


def row_regions(values: NDArray[Any], fmt: Format) -> NDArray[np.uint8]:
    """The Region of every row of R^event, as ``real_rows`` says."""
    wide = values.astype(np.float64)
    largest = np.max(np.abs(wide), axis=1)
    region = np.full(len(values), Region.SATURATION, np.uint8)
    region[largest <= 4.0] = Region.ORDINARY
    region[largest < 2.0**-10] = Region.NEAR_ZERO
    region[largest < fmt.min_normal] = Region.SUBNORMAL
    region[largest >= fmt.max_finite / 16.0] = Region.RANGE_END
    region[~np.isfinite(wide).all(axis=1) | (wide == 0).any(axis=1)] = Region.SPECIAL
    return region


def simplex_rows(fmt: Format, event: int, *, density: int, seed: int, role: str) -> Points:
    """Points of the open simplex with ``event`` coordinates whose sum is EXACTLY 1 in the format.

    Coordinates are whole multiples of 2^-m (m at most the precision), so rounding cannot push a row off the simplex
    and the last coordinate says the same as the first ones. Rows with a coordinate under 2^-6 are BOUNDARY.
    """
    generator = np.random.default_rng([seed, ROLES.index(role), event, 1])
    parts = 2 ** min(fmt.precision, 20)
    weights = generator.dirichlet(np.ones(event), density)
    peaked = generator.dirichlet(np.full(event, 0.15), density // 2)
    counts = np.maximum(1, np.floor(np.concatenate([weights, peaked]) * (parts - event))).astype(np.int64)
    counts[:, -1] += parts - counts.sum(axis=1)
    for row in counts:
        generator.shuffle(row)
    counts = counts[(counts > 0).all(axis=1)]
    values = (counts / parts).astype(fmt.dtype)
    return Points(values, simplex_regions(values), False)


def simplex_regions(values: NDArray[Any]) -> NDArray[np.uint8]:
    """The Region of every row of a simplex, as ``simplex_rows`` says."""
    least = values.astype(np.float64).min(axis=1)
    return np.where(least < 2.0**-6, Region.BOUNDARY, Region.ORDINARY).astype(np.uint8)


def correlation_rows(fmt: Format, event: int, *, density: int, seed: int, role: str) -> Points:
    """Cholesky factors of correlation matrices: ``event`` strictly lower entries by row, then the diagonal.

    Rows are uniform on half-spheres, or (BOUNDARY, a third) pulled towards its rim, so that a diagonal entry is below
    2^-4. Entries are rounded to the format: a row has length 1 up to that, and its strictly lower entries alone always
    have less, in the format's own numbers.
    """
    generator = np.random.default_rng([seed, ROLES.index(role), event, 2])
    n = round((2 * event + 0.25) ** 0.5 + 0.5)
    count = density + density // 2
    steep = np.arange(count) >= density
    below, diagonal = [], [np.ones(count)]
    for i in range(1, n):
        row = generator.standard_normal((count, i + 1))
        row[:, -1] = np.abs(row[:, -1])
        row[steep, -1] *= np.exp2(-generator.uniform(4.0, 8.0, int(steep.sum())))
        row = (row / np.linalg.norm(row, axis=1, keepdims=True)).astype(fmt.dtype).astype(np.float64)
        below += list(row[:, :-1].T)
        diagonal.append(row[:, -1])
    inside = np.ones(count, bool)
    at = 0
    for i in range(1, n):
        inside &= np.sum(np.square(below[at : at + i]), axis=0) < 1.0
        at += i
    values = np.stack([*below, *diagonal], axis=1).astype(fmt.dtype)[inside]
    return Points(values, correlation_regions(values), False)


def completed(rows: NDArray[Any]) -> NDArray[Any]:
    """``rows`` (as ``correlation_rows`` has them) with the diagonals that their other entries leave, rounded; NaN where
    a row of the matrix is longer than 1."""
    n = round((2 * rows.shape[1] + 0.25) ** 0.5 - 0.5)
    wide = rows.astype(np.float64)
    at = 0
    for i in range(n):
        with np.errstate(all="ignore"):
            wide[:, rows.shape[1] - n + i] = np.sqrt(1.0 - np.square(wide[:, at : at + i]).sum(axis=1))
        at += i
    return np.asarray(wide.astype(rows.dtype))


def correlation_regions(values: NDArray[Any]) -> NDArray[np.uint8]:
    """The Region of every row of ``correlation_rows``, as it says."""
    n = round((2 * values.shape[1] + 0.25) ** 0.5 - 0.5)
    low = values[:, -n:].astype(np.float64).min(axis=1) < 2.0**-4
    return np.where(low, Region.BOUNDARY, Region.ORDINARY).astype(np.uint8)
