"""L01: the log-determinants are right where people use them."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.interface.quantities import LOG_DETS
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    if case.declared.is_distribution:
        return
    for quantity in LOG_DETS:
        measure = case.measure(quantity)
        if measure.offered:
            yield Check(measure.in_regions(Region.ORDINARY))


LAW = Law("L01", "forward and inverse log|det J| equal the oracle's on ordinary inputs", check, about="transform")
