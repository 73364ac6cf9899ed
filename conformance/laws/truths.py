"""Truths that are whole numbers, of what an object declares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind


def exactly(values: NDArray[np.float64]) -> Enclosures:
    """Small whole numbers as truths."""
    truth = Enclosures.empty(len(values))
    truth.hi[:], truth.exponent[:] = np.frexp(values)
    truth.kind[:] = Kind.FINITE
    truth.condition[:] = 0.0
    return truth
