"""Whether flushing subnormal inputs to zero explains a result (ACCEPTANCE A23)."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.floats.rounding import round_enclosures
from conformance.scoring.distance import Distances

FLUSHED_PRODUCTS = 8
"""As many smallest normal numbers a sum may lack in a framework that flushes: each product below the normal numbers is
a 0, and what is divided by afterwards may be less than 1."""


class Truth(Protocol):
    """The part of the oracle that is asked."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...


def has_subnormal(values: NDArray[Any], fmt: Format) -> NDArray[np.bool_]:
    """Rows of ``values`` with a subnormal element."""
    size = np.abs(values.astype(np.float64)).reshape(len(values), -1)
    return np.asarray(((size > 0) & (size < fmt.min_normal)).any(axis=1))


def without_subnormals(values: NDArray[Any], fmt: Format) -> NDArray[Any]:
    """The values as hardware that flushes reads them: each subnormal number is a zero of its sign."""
    tiny = np.abs(values.astype(np.float64)) < fmt.min_normal
    return np.where(tiny, np.copysign(np.zeros_like(values), values), values)


def explained(
    oracle: Truth, subject: str, quantity: str, values: NDArray[Any], got: NDArray[Any], fmt: Format
) -> NDArray[np.bool_]:
    """Where ``got`` (flattened components of the rows ``values``) is to the last bit the truth at the flushed input.

    Both zeros are one number here; and where the flushed input has no truth, nan is right. False for rows without a
    subnormal element.
    """
    result = np.zeros(len(got), bool)
    rows = np.flatnonzero(has_subnormal(values, fmt))
    if not len(rows):
        return result
    width = len(got) // len(values)
    places = (rows[:, None] * width + np.arange(width)).ravel()
    if values.ndim == 1:
        # There are two zeros only, and a sweep has sixteen million subnormal inputs.
        at_zeros, _ = round_enclosures(oracle.truth(subject, quantity, _zeros(fmt), fmt), fmt)
        right = at_zeros[np.signbit(values[rows].astype(np.float64)).astype(int)]
    else:
        right, _ = round_enclosures(oracle.truth(subject, quantity, without_subnormals(values[rows], fmt), fmt), fmt)
    given, wanted = got[places].astype(np.float64), right.astype(np.float64)
    result[places] = (given == wanted) | (np.isnan(given) & np.isnan(wanted))
    return result


def lost_in_sums(off: Distances, fmt: Format) -> NDArray[np.bool_]:
    """Where a sum of products is off by no more than a handful of products that were flushed."""
    return np.asarray(off.nats <= FLUSHED_PRODUCTS * fmt.min_normal)


def at_zero(oracle: Truth, subject: str, quantity: str, fmt: Format) -> tuple[float, float]:
    """What ``explained`` compares with at positive and at negative subnormal inputs of a scalar subject."""
    right, _ = round_enclosures(oracle.truth(subject, quantity, _zeros(fmt), fmt), fmt)
    return float(right[0]), float(right[1])


def _zeros(fmt: Format) -> NDArray[Any]:
    return np.array([0.0, -0.0]).astype(fmt.dtype)
