"""L08: the density of Y = f(X) is the base density at the inverse plus the log-det of the inverse."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    if not case.declared.is_distribution:
        return
    for quantity in ("log_prob", "log_prob_from_base"):
        measure = case.measure(quantity)
        if measure.offered:
            yield Check(measure.in_regions(Region.ORDINARY))


LAW = Law(
    "L08",
    "log_prob of a transformed distribution equals base log_prob plus the inverse log-det",
    check,
    about="distribution",
)
