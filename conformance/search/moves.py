"""Where to look next: into the steps of the error, around the worst points, into the widest gaps, and anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from conformance.search.ledger import WINDOW, Seen, steps
from conformance.search.line import NEIGHBOURS, Line, Ordinals

STEP_BITS = 4.0
"""A jump of the error by fewer excess bits than this is not followed."""

_PARTS = (16, 256)
"""Into how many parts a gap is cut at least and at most: more when few jumps are being followed."""

_CELL_BITS = (45, 52, 48)
"""Sizes of the cells that each give one point to climb from, in turn: 128, 1 and 16 to a binade of float64."""


@dataclass
class Moves:
    """Proposes batches; remembers how often it has climbed from a cell, so that one peak does not take everything."""

    line: Line
    generator: np.random.Generator
    round: int = 0
    _visits: dict[tuple[int, int], int] = field(default_factory=dict)

    def next(self, seen: Seen, size: int) -> Ordinals:
        """About ``size`` ordinals on the line that have not been evaluated; empty when the line is exhausted."""
        self.round += 1
        wanted = [
            self._into_steps(seen, int(0.35 * size)),
            self._around_the_worst(seen, int(0.35 * size)),
            self._into_gaps(seen, int(0.15 * size)),
        ]
        known = np.concatenate(wanted)
        wanted.append(self.line.fresh(self.generator, max(size // 8, size - len(known))))
        new = seen.new(self.line.inside(np.concatenate(wanted)))
        if not len(new) and self.line.count <= 64 * len(seen):
            everything = np.arange(self.line.low, self.line.high + 1, dtype=np.int64)
            new = seen.new(everything)
        if len(new) > 2 * size:
            new = np.sort(self.generator.choice(new, 2 * size, replace=False))
        return new

    def _into_steps(self, seen: Seen, size: int) -> Ordinals:
        """Cut each gap across which the error jumps into equal parts, the highest steps first; narrow gaps into single
        floats, with their neighbours."""
        height = steps(seen.level)
        gap = np.diff(seen.ordinal)
        # A step between neighbours is followed until the floats around it are all known.
        around = np.full(len(gap), 0, np.int64)
        if len(gap) > 2 * WINDOW:
            around[WINDOW:-WINDOW] = seen.ordinal[2 * WINDOW : -1] - seen.ordinal[1 : -2 * WINDOW]
        candidates = np.flatnonzero((height >= STEP_BITS) & ((gap > 1) | (around > 2 * WINDOW - 1)))
        if not len(candidates):
            return np.zeros(0, np.int64)
        peak = candidates[_peaks(height, candidates)]
        order = peak[np.lexsort((gap[peak], -height[peak]))]
        each = int(np.clip(size // len(order), *_PARTS))
        room = max(1, size // each)
        # The highest first, but for a third that is drawn: many high steps must not starve a lower one.
        chosen = order[: room - room // 3]
        rest = order[room - room // 3 :]
        if len(rest):
            chosen = np.concatenate([chosen, self.generator.choice(rest, min(len(rest), room // 3), replace=False)])
        low, width = seen.ordinal[chosen], gap[chosen]
        parts = np.arange(1, each)
        inside = low[:, None] + (width[:, None] // each) * parts[None, :]
        inside = np.where(width[:, None] > each, inside, low[:, None] + parts[None, :])
        close = low[width <= each]
        beside = close[:, None] + np.arange(-NEIGHBOURS, each + NEIGHBOURS)[None, :]
        return np.concatenate([inside.ravel(), beside.ravel()])

    def _around_the_worst(self, seen: Seen, size: int) -> Ordinals:
        """Neighbours of the best point of each of the best cells, and points at geometric distances from it."""
        shift = _CELL_BITS[self.round % len(_CELL_BITS)]
        shift = max(0, shift - (64 - self.line.fmt.bits)) if self.line.fmt.bits < 64 else shift
        reach = np.arange(3, 51 if self.line.fmt.bits == 64 else self.line.fmt.precision)
        family = 2 * (NEIGHBOURS + len(reach))
        each = max(1, size // (3 * family))
        with np.errstate(divide="ignore"):
            goals = [np.log2(1.0 + seen.ulp), np.log2(seen.nats), seen.level]
        found = []
        for number, goal in enumerate(goals):
            tops = self._tops(seen, np.where(np.isfinite(goal), goal, -np.inf), number, shift, each)
            jitter = self.generator.uniform(1.0, 2.0, (2, len(tops), len(reach)))
            far = (2.0**reach * jitter).astype(np.int64)
            near = np.arange(1, NEIGHBOURS + 1)
            for sign, distance in zip((1, -1), far, strict=True):
                found += [(tops[:, None] + sign * near).ravel(), (tops[:, None] + sign * distance).ravel()]
        return np.concatenate(found)

    def _tops(self, seen: Seen, goal: NDArray[np.float64], number: int, shift: int, count: int) -> Ordinals:
        """The best point of each of the ``count`` best cells, cells that were visited before ranking lower."""
        pool = min(len(goal), 64 * count)
        if not pool:
            return np.zeros(0, np.int64)
        best = np.argpartition(-goal, pool - 1)[:pool]
        best = best[np.lexsort((seen.ordinal[best], -goal[best]))]
        best = best[goal[best] > -np.inf]
        cells = seen.ordinal[best] >> shift
        _, first = np.unique(cells, return_index=True)
        best = best[np.sort(first)]
        keys = [(10 * number + self.round % len(_CELL_BITS), int(cell)) for cell in seen.ordinal[best] >> shift]
        tired = np.array([self._visits.get(key, 0) for key in keys], np.float64)
        order = np.lexsort((seen.ordinal[best], -(goal[best] - tired)))[:count]
        for index in order:
            self._visits[keys[index]] = self._visits.get(keys[index], 0) + 1
        return seen.ordinal[best[order]]

    def _into_gaps(self, seen: Seen, size: int) -> Ordinals:
        """A point drawn from each of the widest gaps, those beside large errors first."""
        gap = np.diff(seen.ordinal)
        with np.errstate(divide="ignore"):
            worth = np.log2(gap.astype(np.float64)) + 0.5 * np.maximum(seen.level[1:], seen.level[:-1])
        worth[gap <= 1] = -np.inf
        count = min(size, len(gap))
        if not count:
            return np.zeros(0, np.int64)
        best = np.argpartition(-worth, count - 1)[:count]
        best = np.sort(best[gap[best] > 1])
        return np.asarray(seen.ordinal[best] + self.generator.integers(1, gap[best]), np.int64)


def _peaks(height: NDArray[np.float64], candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the candidates that no higher one lies within a window of: one step shows in several gaps."""
    padded = np.pad(height, WINDOW, constant_values=-np.inf)
    best = np.full(len(candidates), -np.inf)
    for offset in range(-WINDOW + 1, WINDOW):
        if offset:
            best = np.maximum(best, padded[candidates + WINDOW + offset])
    return np.flatnonzero(height[candidates] >= best)
