"""Stability over the extreme regions (ACCEPTANCE A13)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Stability:
    """How many results are usable, of how many."""

    usable: int
    total: int

    @property
    def share(self) -> float:
        """Usable results as a share of all, between 0 and 1."""
        return self.usable / self.total


def stability(usable: NDArray[np.bool_], mask: NDArray[np.bool_]) -> Stability | None:
    """Stability over the components where ``mask`` holds; None where there are none."""
    total = int(np.count_nonzero(mask))
    return Stability(int(np.count_nonzero(usable & mask)), total) if total else None
