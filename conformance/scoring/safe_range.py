"""The safe range (ACCEPTANCE A14): how far from the ordinary inputs a result can still be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SafeRange:
    """The widest interval of scored inputs, around ``centre``, in which every scored input is usable.

    low and high are inputs that were scored themselves. Between sampled inputs nothing is known; where the inputs are
    exhaustive the interval is exact.
    """

    low: float
    high: float


def safe_range(inputs: NDArray[Any], usable: NDArray[np.bool_], centre: float) -> SafeRange | None:
    """The safe range of scalar ``inputs`` (shape (N,); NaN and infinities are passed over) around ``centre``.

    ``usable`` has the same shape. None where the scored inputs nearest to the centre are themselves not usable.
    """
    wide = inputs.astype(np.float64)
    finite = np.isfinite(wide)
    wide, fine = wide[finite], usable[finite]
    order = np.argsort(wide, kind="stable")
    wide, fine = wide[order], fine[order]
    middle = int(np.searchsorted(wide, centre))
    up = np.flatnonzero(~fine[middle:])
    down = np.flatnonzero(~fine[:middle])
    # A value that occurs twice (the two zeros) is safe only where both are.
    last = middle + (int(up[0]) if len(up) else len(fine) - middle) - 1
    first = int(down[-1]) + 1 if len(down) else 0
    if last < first:
        return None
    return SafeRange(float(wide[first]), float(wide[last]))
