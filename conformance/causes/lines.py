"""The answers of one quantity along its inputs: what mechanisms are told from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind, as_float
from conformance.floats.formats import Format, format_named
from conformance.floats.regions import Region
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure

MOST = 4096
"""Points kept of a line; the runs of failing points keep their ends and their right neighbours."""

NOT_A_FAULT = tuple(
    Failure[name] for name in ("NONE", "UNDECIDED", "NOT_OFFERED", "INHERENT") if name in Failure.__members__
)


@dataclass(frozen=True)
class Line:
    """One framework's answers to one quantity of one subject, at one dtype in one mode.

    x: (N,) or (N, event) in the dtype; got, exact, error, ulp: float64 (N,), of the worst component of a vector
    result; code: the Failure of each; region: its Region. error is |got - exact|, in nats where it is a log-quantity.
    Scalar inputs are sorted.
    """

    subject: str
    quantity: str
    dtype: str
    mode: str
    x: NDArray[Any]
    got: NDArray[np.float64]
    exact: NDArray[np.float64]
    error: NDArray[np.float64]
    ulp: NDArray[np.float64]
    code: NDArray[np.uint8]
    region: NDArray[np.uint8]

    @property
    def fmt(self) -> Format:
        return format_named(self.dtype)

    @property
    def bad(self) -> NDArray[np.bool_]:
        """The points that accuse."""
        return ~np.isin(self.code, NOT_A_FAULT)

    @property
    def scalar(self) -> bool:
        return self.x.ndim == 1

    def at(self, rows: NDArray[Any]) -> Line:
        """The same line at some of its points."""
        arrays = ("x", "got", "exact", "error", "ulp", "code", "region")
        return Line(self.subject, self.quantity, self.dtype, self.mode, *(getattr(self, name)[rows] for name in arrays))


def line_of(measure: Measure, subject: str, dtype: str, mode: str) -> Line | None:
    """The line of a measure that has values; None where it has none or nothing in it failed."""
    if not len(measure.got) or not (~np.isin(measure.failures, NOT_A_FAULT)).any():
        return None
    rows = _one_per_row(measure)
    truth = measure.truth[rows]
    line = Line(
        subject=subject,
        quantity=measure.quantity,
        dtype=dtype,
        mode=mode,
        x=measure.inputs[measure.row[rows]],
        got=measure.got[rows].astype(np.float64),
        exact=middle(truth),
        error=measure.distances.nats[rows],
        ulp=measure.distances.ulp[rows],
        code=measure.failures[rows].astype(np.uint8),
        region=measure.region[rows],
    )
    return _thinned(_sorted(line))


def joined(first: Line, second: Line) -> Line:
    """The points of both, of the same subject, quantity, dtype and mode."""
    arrays = ("x", "got", "exact", "error", "ulp", "code", "region")
    both = (np.concatenate([getattr(first, name), getattr(second, name)]) for name in arrays)
    return _sorted(Line(first.subject, first.quantity, first.dtype, first.mode, *both))


def middle(truth: Enclosures) -> NDArray[np.float64]:
    """The middle of each enclosure as float64; limits as infinities, nan where there is no number.

    A number beyond float64 is the largest float64, since an infinity stands for a limit here.
    """
    largest = np.finfo(np.float64).max
    value = as_float(truth)
    return np.where(truth.kind == Kind.FINITE, np.clip(value, -largest, largest), value)


def _one_per_row(measure: Measure) -> NDArray[np.int64]:
    """One component per input row: a failing one, the farthest off, where there is one."""
    width = max(1, len(measure.row) // max(1, int(np.count_nonzero(np.diff(measure.row))) + 1))
    if width == 1 or len(measure.row) % width:
        return np.arange(len(measure.row))
    failing = ~np.isin(measure.failures, NOT_A_FAULT).reshape(-1, width)
    off = np.nan_to_num(measure.distances.ulp.reshape(-1, width), nan=0.0, posinf=np.finfo(float).max)
    return np.arange(len(failing)) * width + np.where(failing, 1.0 + off, 0.0).argmax(axis=1)


def _sorted(line: Line) -> Line:
    if not line.scalar:
        return line
    return line.at(np.argsort(line.x.astype(np.float64), kind="stable"))


def _thinned(line: Line) -> Line:
    """At most about MOST points: the ends of every run of failing points and their neighbours, and an even choice."""
    if len(line.code) <= MOST:
        return line
    bad = line.bad
    change = np.flatnonzero(bad[1:] != bad[:-1])
    ends = np.unique(np.concatenate([change, change + 1]))
    # Where failing and right points alternate throughout, the choice alone says so.
    ends = ends[:: max(1, len(ends) // (MOST // 2))]
    even = np.linspace(0, len(bad) - 1, MOST // 2).astype(int)
    inside = np.flatnonzero(bad)
    some = inside[np.linspace(0, len(inside) - 1, min(len(inside), MOST // 4)).astype(int)]
    special = np.flatnonzero(line.region == Region.SPECIAL)
    return line.at(np.unique(np.concatenate([ends, even, some, special])))
