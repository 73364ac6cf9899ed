"""L02: log-dets and log densities at saturation, at both ends of the range, at subnormals, zeros, infinities, NaN."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.interface.quantities import LOG_SUMS
from conformance.floats.regions import EXTREMES
from conformance.laws.case import Case
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    for quantity in case.quantities:
        if quantity in LOG_SUMS:
            measure = case.measure(quantity)
            if measure.offered:
                yield Check(measure.in_regions(*EXTREMES))


LAW = Law("L02", "log-determinants and log densities equal the oracle's at extreme inputs", check)
