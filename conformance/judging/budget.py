"""How many events of a large case are asked, and which quantities are too large to be asked at all.

What one event costs is told from the definition (``oracle.cost``), never by a clock: a fast machine and a slow one ask
the same events and print the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.definitions.declared import spaces_of
from conformance.definitions.registry import functions_of, takes_events
from conformance.judging.profile import Profile
from conformance.oracle.cost import seconds_per_event

OVER_BUDGET = "too large for the budget"

SMALL = 16
"""Events of so many entries and fewer are not counted: none of the catalogue's comes near a budget, and counting takes
longer than most of them do. A map whose log-det is dense may take a minute at sixteen entries."""

SHARES = 4
"""Quantities of a case: values and log-dets in two directions."""


def affordable(subject: str, quantity: str, profile: Profile) -> int | None:
    """How many events are asked within the profile's budget for a case, of which a quantity has its share; one, where
    the whole of it pays for no more. None where events are so small that nobody counts."""
    space = spaces_of(subject)[variable(quantity) == "y"]
    if space is None or space.size <= SMALL:
        return None
    each = seconds_per_event(subject, quantity, space.shape)
    if each == 0:
        return None
    return int(min(max(profile.budget / SHARES / each, float(each <= profile.budget)), 1e9))


def too_large(subject: str, quantities: Sequence[str], profile: Profile) -> dict[str, str]:
    """Those of ``quantities`` of which the budget does not pay for one event, each with a line that says so."""
    found = {}
    for quantity in quantities:
        if affordable(subject, quantity, profile) == 0:
            space = spaces_of(subject)[variable(quantity) == "y"]
            assert space is not None
            each = seconds_per_event(subject, quantity, space.shape)
            found[quantity] = (
                f"{OVER_BUDGET}: the truth at one event takes about {each:.0f} s, and this run has "
                f"{profile.budget:g} s for a case of it"
            )
    return found


def large_quantities(subjects: Sequence[str], profile_of: Callable[[str], Profile]) -> dict[tuple[str, str], str]:
    """(subject, quantity) -> why it is too large, over all of ``subjects``."""
    return {
        (subject, quantity): why
        for subject in subjects
        if takes_events(subject)
        for quantity, why in too_large(subject, functions_of(subject), profile_of(subject)).items()
    }


def picked(region: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """``count`` of the rows, in their order: in turn from every region that occurs, evenly within each."""
    if count >= len(region):
        return np.arange(len(region))
    left = {one: np.flatnonzero(region == one) for one in np.unique(region).tolist()}
    shares = dict.fromkeys(left, 0)
    while sum(shares.values()) < count:
        for one in left:
            if shares[one] < len(left[one]) and sum(shares.values()) < count:
                shares[one] += 1
    chosen = [rows[np.linspace(0, len(rows) - 1, shares[one]).astype(int)] for one, rows in left.items()]
    return np.sort(np.concatenate(chosen))
