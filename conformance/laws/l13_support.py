"""L13: nothing leaves the codomain, and nothing outside the support is scored as if it were inside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conformance.floats.enclosures import among
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.scoring.failures import Failure

SUPPORT_FAILURES = (Failure.OUT_OF_CODOMAIN, Failure.OUTSIDE_ACCEPTED)
"""The two kinds that break this law wherever they occur; L03 leaves them to it."""


def values_inside(case: Case, quantity: str) -> Iterator[Check]:
    """The values of ``quantity`` in its domain, less the two failures that are this law's wherever they occur."""
    measure = case.measure(quantity)
    if measure.offered:
        inside = (measure.region != Region.OUTSIDE) & ~among(measure.failures, SUPPORT_FAILURES)
        yield Check(measure.where(inside))


def check(case: Case) -> Iterator[Check]:
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if not measure.offered:
            continue
        outside = measure.region == Region.OUTSIDE
        # Inside the domain only the two support failures are this law's business; every other kind belongs to
        # the law that owns the quantity.
        judged = np.where(outside | among(measure.failures, SUPPORT_FAILURES), measure.failures, Failure.NONE)
        yield Check(measure.with_failures(judged.astype(np.uint8)))


LAW = Law(
    "L13", "results stay inside the codomain; outside the support the density is zero and nothing is accepted", check
)
