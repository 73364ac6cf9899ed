"""Which of the standard points feed a law that needs a second question about the first answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.measure import Measure

PER_REGION = 96
"""Points taken per region: the second question lands on inputs that no other framework shares, so nothing of the
oracle's work on them is reused."""


def answers(measure: Measure, width: int) -> NDArray[Any]:
    """Finite answers of ``measure`` (rows of ``width`` components; width 1 gives shape (N,)).

    At most PER_REGION per region of the inputs that they answer, evenly picked; inputs outside the domain are left
    out. The arrays are fresh copies, so that no cache keyed on the tensor that produced them can answer.
    """
    got = measure.got.reshape(-1, width) if width > 1 else measure.got
    region = measure.region[::width]
    finite = np.isfinite(got.astype(np.float64))
    usable = (finite.all(axis=1) if width > 1 else finite) & (region != Region.OUTSIDE)
    picked = []
    for one in Region:
        rows = np.flatnonzero(usable & (region == one))
        if len(rows):
            picked.append(rows[np.unique(np.linspace(0, len(rows) - 1, PER_REGION).astype(int))])
    rows = np.concatenate(picked) if picked else np.zeros(0, int)
    return np.array(got[rows], copy=True)


def inner(places: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """``count`` of the places, evenly picked and away from the first and the last where there are more."""
    return places[np.linspace(0, len(places) - 1, count + 2).astype(int)[1:-1]] if len(places) else places


def asked_at(case: Case, quantity: str, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Those of ``values`` (events in rows of plain entries) at which ``quantity`` can be asked, and their regions.

    The regions are those of the values themselves, not of what they answer: y = 1 is a boundary, whichever x gave it.
    What lies outside the domain was an escape of the first answer, which L13 names. Of large events as many are taken
    as the budget pays for: a map whose values are cheap may have a log-det that is not.
    """
    values = case.shaped(quantity, values)
    if variable(quantity) == "y":
        values = values[case.declared.on_codomain(values, case.fmt)]
    region = case.inputs.regions(quantity, values)
    inside = region != Region.OUTSIDE
    values, region = values[inside], region[inside]
    if case.inputs.paid is None:
        return values, region
    rows = case.inputs.paid(quantity, region)
    return values[rows], region[rows]
