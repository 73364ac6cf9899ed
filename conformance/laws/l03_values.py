"""L03: forward and inverse (and a distribution's cdf) have the right values, through every threshold."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.floats.enclosures import among
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.l13_support import SUPPORT_FAILURES
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    for quantity in ("cdf",) if case.declared.is_distribution else ("forward", "inverse"):
        measure = case.measure(quantity)
        if measure.offered:
            inside = (measure.region != Region.OUTSIDE) & ~among(measure.failures, SUPPORT_FAILURES)
            yield Check(measure.where(inside))


LAW = Law("L03", "forward, inverse and cdf equal the oracle's on a dense grid, through every threshold", check)
