"""Accuracy over the ordinary region (ACCEPTANCE A12)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.scoring.distance import Distances


@dataclass(frozen=True)
class Accuracy:
    """worst_ulp with the index of its component, the 99th percentile and the mean of ulp, and the mean share of the
    format's bits that are kept, in percent. Non-finite errors count as all bits lost; they make worst and mean inf.
    """

    worst_ulp: float
    worst_index: int
    p99_ulp: float
    mean_ulp: float
    kept_percent: float


def accuracy(off: Distances, mask: NDArray[np.bool_], fmt: Format) -> Accuracy | None:
    """Accuracy over the components where ``mask`` holds and there is a truth; None where there are none."""
    members = np.flatnonzero(mask & ~np.isnan(off.ulp))
    if not len(members):
        return None
    ulp = off.ulp[members]
    worst = int(members[np.argmax(ulp)])
    with np.errstate(invalid="ignore", over="ignore"):
        return Accuracy(
            worst_ulp=float(ulp.max()),
            worst_index=worst,
            p99_ulp=float(np.quantile(ulp, 0.99, method="higher")),
            mean_ulp=float(ulp.mean()),
            kept_percent=float(100.0 * (1.0 - off.bits[members].mean() / fmt.precision)),
        )
