"""Compare the bulk tiers with Arb, exactly: what CI runs at events of every region, and at floats of every binade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.oracle.bulk import scalars
from conformance.oracle.bulk.tier import enclose
from conformance.oracle.piecewise.audit import overlap
from conformance.oracle.pointwise.blocks import block_truth

_LARGE = 2.0**20


@dataclass(frozen=True)
class BulkAudit:
    """What ``audit`` saw, counted in components.

    ``violations``: indices at which the tier's enclosure and Arb's have nothing in common. ``undecided``: answered by
    the tier, not by Arb. ``condition_gap``: the largest difference of the two condition numbers, over 1 + Arb's.
    """

    components: int
    answered: int
    undecided: int
    violations: tuple[int, ...]
    condition_gap: float


def audit(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> BulkAudit:
    """Compare at ``x``: (N,) inputs of a scalar subject or (N, event) rows of a vector one.

    Arb is asked for the digits of float64, far more than the tier claims.

    ValueError where the tier has nothing to say about the subject or the format.
    """
    tier = scalars.enclose if x.ndim == 1 else enclose
    got = tier(subject, quantity, x, fmt, worth=1)
    if got is None:
        raise ValueError(f"no bulk tier for {quantity} of {subject} in {fmt.name}")
    want = block_truth(subject, quantity, x.astype(np.float64), FORMATS["float64"])
    answered = got.kind != Kind.UNDECIDED
    known = answered & (want.kind != Kind.UNDECIDED)
    at = np.flatnonzero(known)
    wrong = at[~overlap(got[at], want[at])]
    return BulkAudit(
        components=len(got),
        answered=int(answered.sum()),
        undecided=int((answered & ~known).sum()),
        violations=tuple(wrong.tolist()),
        condition_gap=_condition_gap(got[at], want[at]),
    )


def _condition_gap(got: Enclosures, want: Enclosures) -> float:
    # Beyond a million an error of the input is all that there is to see; how far beyond decides nothing.
    mine, arbs = (np.minimum(part.condition, _LARGE) for part in (got, want))
    gap = np.abs(mine - arbs) / (1.0 + arbs)
    # Where Arb sees no more of the value than that it is tiny, it cannot tell its condition either.
    untold = (np.isinf(want.condition) | (want.condition == 0)) & (want.hi == 0)
    gap = gap[~(np.isnan(mine) & np.isnan(arbs)) & ~untold]
    gap = np.nan_to_num(gap, nan=np.inf)
    return float(gap.max()) if gap.size else 0.0
