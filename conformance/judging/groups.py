"""Failing points gathered into groups: one group becomes one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, NO_FUNCTIONS
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.everyday import everyday, remote
from conformance.laws.law import Check
from conformance.laws.measure import Measure
from conformance.scoring.distance import rounded_infinity
from conformance.scoring.failures import Failure
from conformance.scoring.grades import Circumstances, Gravity, gravities

_OF_THE_CALL = (Failure.RAISED, Failure.SHAPE_WRONG, Failure.DTYPE_CHANGED)


@dataclass(frozen=True)
class Group:
    """Points of one quantity that fail in one way in one region.

    ``worst`` is the index (into ``measure``'s components) of the point that the finding shows, and ``grade`` its
    gravity: the gravest of all. ``total`` counts the components examined in the region, ``count`` the failing ones. low
    and high: the failing rows that lie farthest down and up the line (by their first element). blamed: see ``Check``.
    """

    law: str
    quantity: str
    kind: Failure
    region: Region
    count: int
    total: int
    measure: Measure
    worst: int
    grade: Gravity
    low: NDArray[Any]
    high: NDArray[Any]
    note: str
    blamed: tuple[str, str] | None = None

    @property
    def input(self) -> NDArray[Any]:
        """The input row of the worst point."""
        return np.asarray(self.measure.inputs[self.measure.row[self.worst]])


def groups_of(law: str, checks: Iterable[Check], case: Case) -> Iterator[Group]:
    """One group per quantity, kind of failure and region, in that order; the gravest of several checks' groups, and the
    largest of those."""
    best: dict[tuple[str, int, int], Group] = {}
    for check in checks:
        failed = check.failed
        measure = check.measure
        for kind in np.unique(measure.failures[failed]):
            # What befalls a call wherever its input lies is said once, at an everyday input if it befell one.
            everywhere = kind in _OF_THE_CALL
            regions = np.unique(measure.region[failed & (measure.failures == kind)])
            for region in regions[:1] if everywhere else regions:
                here = failed & (measure.failures == kind)
                members = np.flatnonzero(here if everywhere else here & (measure.region == region))
                worst, grade = shown_point(case, measure, members, drawn=law == "L14")
                rows = np.unique(measure.row[members])
                # Rows sort by their first element; NaN inputs sort to the top.
                first = measure.inputs[rows].reshape(len(rows), -1)[:, 0].astype(np.float64)
                order = rows[np.argsort(first, kind="stable")]
                group = Group(
                    law=law,
                    quantity=measure.quantity,
                    kind=Failure(kind),
                    region=Region(measure.region[worst]),
                    count=len(members),
                    total=len(measure.region) if everywhere else int(np.count_nonzero(measure.region == region)),
                    measure=measure,
                    worst=worst,
                    grade=grade,
                    low=np.asarray(measure.inputs[order[0]]),
                    high=np.asarray(measure.inputs[order[-1]]),
                    note=check.note,
                    blamed=check.blamed,
                )
                key = (measure.quantity, int(kind), int(group.region))
                if key not in best or (best[key].grade, best[key].count) < (grade, group.count):
                    best[key] = group
    yield from best.values()


def shown_point(case: Case, measure: Measure, members: NDArray[np.int64], drawn: bool = False) -> tuple[int, Gravity]:
    """Which of the failing components ``members`` a finding shows, and its gravity, the gravest of them all.

    Among the gravest: one whose truth is a number that the format holds before one whose truth is a limit, or beyond
    every float; then the most everyday input, to within four binades of its largest element; of those the one that is
    farthest off in nats (log-quantities) or ulp, and the smallest. drawn: the inputs are the framework's own samples.
    """
    part = measure.where(_mask(len(measure.row), members))
    grades, usual = graded(case, part, drawn)
    limit = (part.truth.kind != Kind.FINITE) | (rounded_infinity(part.truth, case.fmt) != 0)
    off = part.distances.nats if measure.quantity in LOG_QUANTITIES else part.distances.ulp
    finite = np.isfinite(part.got.astype(np.float64))
    distance = np.where(finite, np.nan_to_num(off, nan=np.inf, posinf=np.inf), np.inf)
    rows = measure.inputs[part.row]
    size = np.abs(rows.reshape(len(rows), -1).astype(np.float64)).max(axis=1)
    order = np.lexsort(
        (np.nan_to_num(size, nan=np.inf), -distance, _strangeness(size), ~usual, limit, -grades.astype(int))
    )
    return int(members[order[0]]), Gravity(int(grades[order[0]]))


def graded(case: Case, part: Measure, drawn: bool = False) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The Gravity of every component of ``part`` as a failure, and whether its input is an everyday one."""
    rows, back = np.unique(part.row, return_inverse=True)
    if drawn or part.quantity in NO_FUNCTIONS:
        usual, far = np.ones(len(part.row), bool), np.zeros(len(part.row), bool)
    else:
        values, region = part.inputs[rows], np.zeros(len(rows), np.uint8)
        region[back] = part.region
        usual = everyday(case, part.quantity, values, region)[back]
        far = remote(case, part.quantity, values)[back]
    at = Circumstances(
        everyday=usual,
        remote=far,
        outside=part.region == Region.OUTSIDE,
        at_limit=np.isin(part.truth.kind, (Kind.POS_INF, Kind.NEG_INF)),
        usable=part.usable,
        attained=part.attainable != "",
    )
    return gravities(part.failures, part.distances, at, case.fmt, log_quantity=part.quantity in LOG_QUANTITIES), usual


def _strangeness(size: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from 1 a magnitude is, in steps of four binades; 0 is as plain as 1, nothing is as strange as nan."""
    with np.errstate(divide="ignore"):
        binades = np.abs(np.log2(np.where(size == 0, 1.0, size)))
    return np.nan_to_num(np.floor((binades + 2.0) / 4.0), nan=np.inf, posinf=np.inf)


def _mask(count: int, members: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(count, bool)
    mask[members] = True
    return mask
