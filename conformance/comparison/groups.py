"""Failing points gathered into groups: one group becomes one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.inputs.regions import Region
from conformance.laws.case import LOG_QUANTITIES, Measure
from conformance.laws.law import Check
from conformance.scoring.failures import Failure

_OF_THE_CALL = (Failure.RAISED, Failure.SHAPE_WRONG, Failure.DTYPE_CHANGED)


@dataclass(frozen=True)
class Group:
    """Points of one quantity that fail in one way in one region.

    ``worst`` is the index (into ``measure``'s components) of the point that the finding shows. ``total`` counts the
    components examined in the region, ``count`` the failing ones. low and high: the failing rows that lie farthest
    down and up the line (by their first element).
    """

    law: str
    quantity: str
    kind: Failure
    region: Region
    count: int
    total: int
    measure: Measure
    worst: int
    low: NDArray[Any]
    high: NDArray[Any]
    note: str

    @property
    def input(self) -> NDArray[Any]:
        """The input row of the worst point."""
        return np.asarray(self.measure.inputs[self.measure.row[self.worst]])


def groups_of(law: str, checks: Iterable[Check]) -> Iterator[Group]:
    """One group per quantity, kind of failure and region, in that order; the largest of several checks' groups."""
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
                shown = np.flatnonzero(here & (measure.region == region))
                rows = np.unique(measure.row[members])
                # Rows sort by their first element; NaN inputs sort to the top.
                first = measure.inputs[rows].reshape(len(rows), -1)[:, 0].astype(np.float64)
                order = rows[np.argsort(first, kind="stable")]
                group = Group(
                    law=law,
                    quantity=measure.quantity,
                    kind=Failure(kind),
                    region=Region(region),
                    count=len(members),
                    total=len(measure.region) if everywhere else int(np.count_nonzero(measure.region == region)),
                    measure=measure,
                    worst=_worst(measure, shown),
                    low=np.asarray(measure.inputs[order[0]]),
                    high=np.asarray(measure.inputs[order[-1]]),
                    note=check.note,
                )
                key = (measure.quantity, int(kind), int(region))
                if key not in best or best[key].count < group.count:
                    best[key] = group
    yield from best.values()


def _worst(measure: Measure, members: NDArray[np.int64]) -> int:
    """The failing component to show: farthest off in nats (log-quantities) or ulp; among equals the smallest input.

    Where the result is not finite every member is equally far off, so the smallest, most ordinary input is shown.
    """
    off = measure.distances.nats if measure.quantity in LOG_QUANTITIES else measure.distances.ulp
    distance = np.nan_to_num(off[members], nan=np.inf, posinf=np.inf)
    finite = np.isfinite(measure.got[members].astype(np.float64))
    distance = np.where(finite, distance, np.inf)
    rows = measure.row[members]
    size = np.abs(measure.inputs[rows].reshape(len(rows), -1).astype(np.float64)).max(axis=1)
    size = np.nan_to_num(size, nan=np.inf)
    order = np.lexsort((size, -distance))
    return int(members[order[0]])
