"""Every encoding of a format cut into blocks, and blocks into stretches that are scored alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.regions import BOUNDARY_ORDINALS, NEAR_ZERO, RANGE_END_BINADES, Frame, Region, regions_of
from conformance.oracle.piecewise.table import FIRST_BLOCK, Table
from conformance.scoring.curve import BINS

BLOCK_BITS = 20
"""2**20 inputs to a request: results and intermediate values of a framework stay in the processor's caches."""


@dataclass(frozen=True)
class Block:
    """The ``count`` values with encodings (unsigned integers, *patterns*) from ``first`` on; all of one sign.

    Blocks cover every pattern of a format exactly once: zeros, subnormals, infinities and every NaN included.
    """

    first: int
    count: int

    def values(self, fmt: Format) -> NDArray[Any]:
        """The values, in the order of their patterns."""
        return values_at(np.arange(self.first, self.first + self.count, dtype=np.uint32), fmt)


def values_at(patterns: NDArray[Any], fmt: Format) -> NDArray[Any]:
    """The values with these encodings."""
    return patterns.astype(fmt.unsigned, copy=False).view(fmt.dtype)


def block_count(fmt: Format) -> int:
    """How many blocks the format has."""
    return 1 << max(fmt.bits - BLOCK_BITS, 1)


def block_at(index: int, fmt: Format) -> Block:
    """The ``index``-th block."""
    count = (1 << fmt.bits) // block_count(fmt)
    return Block(index * count, count)


def ordinals_of(patterns: NDArray[np.int64], fmt: Format) -> NDArray[np.int64]:
    """Ordinals of finite or infinite values by pattern; both zeros have ordinal 0."""
    sign = 1 << (fmt.bits - 1)
    return np.where(patterns >= sign, sign - patterns, patterns)


def cuts(fmt: Format, frame: Frame, centre: float, jumps: Iterable[float], jump_width: int) -> NDArray[np.int64]:
    """Patterns at which a region, a bin of the curve, the side of ``centre`` or nearness to a jump may change, sorted.

    Too many do no harm: a stretch that is cut in two gives the same sums.
    """
    near: list[tuple[float, int]] = [(value, 1) for value in (frame.ordinary_low, frame.ordinary_high, centre)]
    near += [(sign * value, 1) for value in (NEAR_ZERO, fmt.min_normal) for sign in (1, -1)]
    near += [(sign * fmt.max_finite / 2.0**RANGE_END_BINADES, 1) for sign in (1, -1)]
    near += [(value, BOUNDARY_ORDINALS + 1) for value in (frame.domain_low, frame.domain_high)]
    near += [(value, jump_width + 1) for value in jumps]
    top = infinity_ordinal(fmt)
    marks = {0, 1, -1, top, top + 1, -top, -top - 1}
    for value, width in near:
        with np.errstate(over="ignore"):
            rounded = np.asarray([value]).astype(fmt.dtype)
        if np.isfinite(rounded.astype(np.float64))[0]:
            place = int(to_ordinal(rounded, fmt)[0])
            for side in (place - width, place, place + width):
                marks |= {side - 1, side, side + 1, side + 2}
    for edge in range(BINS + 1):
        # See ``conformance.scoring.curve.encode``; two to either side for its rounding.
        place = round(edge / BINS * (2 * top - 1)) - (top - 1)
        marks |= set(range(place - 2, place + 3))
    sign = 1 << (fmt.bits - 1)
    patterns = {mark for mark in marks if 0 <= mark < sign} | {sign - mark for mark in marks if -sign < mark <= 0}
    # Going down from zero, what begins at ordinal o upwards ends there: the cut is one pattern further.
    patterns |= {pattern + 1 for pattern in patterns if pattern >= sign}
    return np.array(sorted(patterns), np.int64)


def curve_bins(values: NDArray[Any], fmt: Format) -> NDArray[np.int64]:
    """The bin of the curve that every finite value belongs to."""
    top = infinity_ordinal(fmt) - 1
    place = (to_ordinal(values, fmt).astype(np.float64) + top) / (2.0 * top + 1.0) * BINS
    return np.clip(place.astype(np.int64), 0, BINS - 1)


@dataclass(frozen=True)
class Stretch:
    """Places ``start`` to ``stop`` of a block: one region, one bin of the curve, one piece (negative: not covered)."""

    start: int
    stop: int
    region: Region
    bin: int
    piece: int


def stretches(block: Block, fmt: Format, frame: Frame, marks: NDArray[np.int64], table: Table | None) -> list[Stretch]:
    """The block cut wherever region, bin or piece changes; NaNs have bin -1. Without a table every piece is -1."""
    inner = marks[(marks > block.first) & (marks < block.first + block.count)] - block.first
    edges = {0, block.count, *inner.tolist()}
    if table is not None:
        edges |= set(_piece_edges(block, fmt, table))
    bounds = sorted(edges)
    first = values_at(block.first + np.array(bounds[:-1]), fmt)
    with np.errstate(invalid="ignore"):  # Signalling NaNs are widened here.
        region = regions_of(first, fmt, frame)
        known = np.isfinite(first.astype(np.float64))
    bins = np.full(len(first), -1, np.int64)
    bins[known] = curve_bins(first[known], fmt)
    result = []
    for i, (a, b) in enumerate(pairwise(bounds)):
        value = float(first[i])
        piece = _locate(table, value)[0] if table is not None and known[i] and value != 0 else -1
        result.append(Stretch(a, b, Region(int(region[i])), int(bins[i]), piece))
    return result


def _piece_edges(block: Block, fmt: Format, table: Table) -> list[int]:
    """Places in the block at which a piece of ``table`` begins."""
    edges = []
    base = block.first % (1 << (fmt.bits - 1))  # the ordinal by size
    at, count = 0, min(block.count, infinity_ordinal(fmt) - base)
    while at < count:
        value = float(values_at(np.array([block.first + at]), fmt)[0])
        if value == 0:
            at += 1
        else:
            boundary = _locate(table, value)[1]
            at = max(at + 1, size_ordinal(boundary, fmt) - base)
        if at < count:
            edges.append(at)
    return edges


def size_ordinal(value: float, fmt: Format) -> int:
    """The ordinal of the least value of the format that is not below ``value`` >= 0."""
    if value > fmt.max_finite:
        return infinity_ordinal(fmt)
    place = int(to_ordinal(np.asarray([value]).astype(fmt.dtype), fmt)[0])
    return place + int(float(from_ordinal(np.array([place]), fmt)[0]) < value)


def _locate(table: Table, value: float) -> tuple[int, float]:
    """The entry that covers ``value``, and the magnitude at which the next one begins."""
    bits = int(np.float64(value).view(np.int64)) & (2**64 - 1)
    entry, shift = int(table.root[bits >> 52]), 52
    while entry <= FIRST_BLOCK:
        shift -= 4
        entry = int(table.blocks[FIRST_BLOCK - entry, (bits >> shift) & 15])
    following = (((bits & (2**63 - 1)) >> shift) + 1) << shift
    return entry, float(np.int64(following).view(np.float64))
