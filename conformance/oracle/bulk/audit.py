"""Compare the bulk tier for vectors with Arb, exactly: what CI runs at events of every region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.oracle.bulk.tier import enclose
from conformance.oracle.piecewise.audit import overlap
from conformance.oracle.pointwise.blocks import block_truth


@dataclass(frozen=True)
class VectorAudit:
    """What ``audit`` saw, counted in components.

    ``violations``: indices at which the tier's enclosure and Arb's have nothing in common. ``undecided``: answered by
    the tier, not by Arb. ``condition_gap``: the largest difference of the two condition numbers, over 1 + Arb's.
    """

    components: int
    answered: int
    undecided: int
    violations: tuple[int, ...]
    condition_gap: float


def audit(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> VectorAudit:
    """Compare at the rows of ``x`` (N, event). Arb is asked for the digits of float64, far more than the tier claims.

    ValueError where the tier has nothing to say about the subject or the format.
    """
    got = enclose(subject, quantity, x, fmt, worth=1)
    if got is None:
        raise ValueError(f"no bulk tier for {quantity} of {subject} in {fmt.name}")
    want = block_truth(subject, quantity, x.astype(np.float64), FORMATS["float64"])
    answered = got.kind != Kind.UNDECIDED
    known = answered & (want.kind != Kind.UNDECIDED)
    at = np.flatnonzero(known)
    wrong = at[~overlap(got[at], want[at])]
    return VectorAudit(
        components=len(got),
        answered=int(answered.sum()),
        undecided=int((answered & ~known).sum()),
        violations=tuple(wrong.tolist()),
        condition_gap=_condition_gap(got[at], want[at]),
    )


def _condition_gap(got: Enclosures, want: Enclosures) -> float:
    with np.errstate(invalid="ignore"):
        gap = np.abs(got.condition - want.condition) / (1.0 + want.condition)
    gap = gap[got.condition != want.condition]
    gap = np.nan_to_num(gap, nan=np.inf)
    return float(gap.max()) if gap.size else 0.0
