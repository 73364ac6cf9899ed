"""Points that the oracle's tests share: everyday ones, and those where oracles have been wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import functions_of, is_distribution, is_pair, takes_events

EXTREMES = (5e-324, 1e-300, 1e-30, 2.0**-20, 30.0, 745.5, 1e5, 1e30, 1.7e308)
EVERYDAY = (0.3, 0.9375, 1.0, 2.5, 7.75)
INSIDE_UNIT = (1 - 2.0**-53, 1 - 2.0**-24, 0.5, 0.625)

REAL = tuple(sign * x for x in (*EXTREMES, *EVERYDAY, *INSIDE_UNIT) for sign in (1, -1))


def scalar_cells() -> list[tuple[str, str]]:
    """Every scalar subject of the catalogue with every quantity it has."""
    cells: list[tuple[str, str]] = []
    for subject in CATALOGUE:
        if is_pair(subject) or takes_events(subject):
            continue
        if is_distribution(subject):
            asked = [one for one in ("log_prob", "log_prob_from_base", "cdf") if one in functions_of(subject)]
            cells += [(subject, quantity) for quantity in asked]
        else:
            cells += [(subject, quantity) for quantity in ("forward", "inverse", "fldj", "ildj")]
    return cells


def anywhere(seed: int, count: int) -> NDArray[np.float64]:
    """Finite floats of float32 of any bits, about ``count``, which hold them exactly."""
    patterns = np.random.default_rng(seed).integers(0, 2**32, count, np.uint64).astype(np.uint32)
    with np.errstate(invalid="ignore"):  # Signalling NaNs are among them.
        floats = patterns.view(np.float32).astype(np.float64)
    return np.ascontiguousarray(floats[np.isfinite(floats)])
