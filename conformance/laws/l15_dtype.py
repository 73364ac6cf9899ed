"""L15: the dtype is kept, and ITS accuracy is reached."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.scoring.failures import Failure

NARROW_ULP = 2.0**26
"""A median error above this many float64 ulp on ordinary inputs is what float32 arithmetic leaves (2^29 ulp of
float64 are one of float32); nothing that computes in float64 comes near it on well-conditioned inputs."""


def check(case: Case) -> Iterator[Check]:
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if not measure.offered or not measure.returned_dtype:
            continue
        failures = np.zeros(len(measure.failures), np.uint8)
        ordinary = measure.region == Region.ORDINARY
        if measure.returned_dtype != case.fmt.name:
            failures[ordinary] = Failure.DTYPE_CHANGED
        elif case.fmt.name == "float64" and ordinary.any():
            # A value that is wrong altogether says nothing about the precision that it was computed in, and where
            # most are, neither do the few that come near.
            meant = ordinary & np.isin(measure.failures, (Failure.NONE, Failure.PRECISION_LOST))
            with np.errstate(invalid="ignore"):
                excess = measure.distances.ulp[meant] / np.maximum(1.0, measure.truth.condition[meant])
            finite = excess[np.isfinite(excess)]
            if 2 * len(finite) > int(np.count_nonzero(ordinary)) and np.median(finite) > NARROW_ULP:
                failures[meant & (measure.distances.ulp > NARROW_ULP)] = Failure.PRECISION_LOST
        yield Check(measure.with_failures(failures).where(ordinary))


LAW = Law("L15", "the dtype is kept and its own accuracy is reached", check)
