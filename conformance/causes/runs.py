"""Runs of failing inputs: where along the line a component begins to fail, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.causes.lines import Line
from conformance.floats.regions import Region
from conformance.scoring.failures import Failure

GAP = 3
"""Right answers in a row that do not end a run: an error that is large on average is small here and there."""

CALLS = (Failure.RAISED, Failure.CRASHED, Failure.TIMED_OUT, Failure.SHAPE_WRONG, Failure.DTYPE_CHANGED)


@dataclass(frozen=True)
class Run:
    """Failing points of one line that belong together. part: "call" (what befalls a call), "outside" (outside the
    domain), "flushed", "special" (infinite and NaN inputs alone) or "values". low and high: indices of the line between
    which a run of values lies."""

    line: Line
    part: str
    rows: NDArray[np.int64]
    low: int
    high: int

    @property
    def points(self) -> Line:
        """The failing points as a line of their own."""
        return self.line.at(self.rows)

    @property
    def asked(self) -> int:
        """Points of the line between the ends of the run."""
        return self.high - self.low + 1 if self.line.scalar else len(self.rows)

    def before(self) -> Line:
        """The right neighbour below and above the run, where there are such."""
        size = len(self.line.code)
        rows = [row for row in (self.low - 1, self.high + 1) if self.line.scalar and 0 <= row < size]
        return self.line.at(np.array(rows, dtype=int))


def runs_of(line: Line) -> Iterator[Run]:
    """Every run of a line. Each failing point lies in exactly one."""
    rest = np.array(line.bad)
    outside = np.asarray(rest & (line.region == Region.OUTSIDE))
    flushed = np.asarray(rest & (line.code == Failure.FLUSHED_TO_ZERO))
    calls = np.asarray(rest & np.isin(line.code, CALLS))
    for part, mask in (("call", calls), ("outside", outside & ~calls), ("flushed", flushed & ~calls & ~outside)):
        rows = np.flatnonzero(mask)
        if part == "call":
            for kind in np.unique(line.code[rows]):
                some = rows[line.code[rows] == kind]
                yield Run(line, part, some, int(some[0]), int(some[-1]))
        elif len(rows):
            yield Run(line, part, rows, int(rows[0]), int(rows[-1]))
        rest = np.asarray(rest & ~mask)
    rows = np.flatnonzero(rest)
    if not line.scalar:
        finite = np.asarray(np.isfinite(line.x.astype(np.float64)).reshape(len(line.x), -1).all(axis=1))
        part = "values" if finite[rows].any() else "special"
        if len(rows):
            yield Run(line, part, rows, int(rows[0]), int(rows[-1]))
        return
    # Right answers to flushed inputs and inputs outside the domain say nothing about what lies on both sides of them.
    counted = np.flatnonzero(~(flushed | outside | calls))
    place = {int(row): index for index, row in enumerate(counted)}
    start = 0
    for index in range(1, len(rows) + 1):
        if index < len(rows) and place[int(rows[index])] - place[int(rows[index - 1])] <= GAP + 1:
            continue
        some = rows[start:index]
        finite = np.isfinite(line.x[some].astype(np.float64))
        yield Run(line, "values" if finite.any() else "special", some, int(some[0]), int(some[-1]))
        start = index
