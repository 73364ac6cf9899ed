"""What random points alone would have found, to measure a search by."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.floats.ordinals import to_ordinal
from conformance.judging.confirm import json_number
from conformance.laws.case import Case
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.search.ledger import HOPELESS_BITS, levels
from conformance.search.line import Line
from conformance.search.scalar_search import scored

_BLOCK = 20_000


def random_document(case: Case, quantity: str, line: Line, count: int, seed: int) -> dict[str, Any]:
    """The largest finite ulp and excess bits among ``count`` random points, and how many failed.

    Half of them even in ordinals over the line, half even in value over the ordinary inputs: what a careful test
    without thresholds would draw.
    """
    generator = np.random.default_rng([seed, 67])
    low, high = line.frame.ordinary_low, line.frame.ordinary_high
    drawn = np.concatenate(
        [
            generator.integers(line.low, line.high, count - count // 2, endpoint=True),
            line.inside(to_ordinal(generator.uniform(low, high, count // 2).astype(line.fmt.dtype), line.fmt)),
        ]
    )
    ordinals = np.unique(drawn)
    worst_ulp = worst_bits = 0.0
    failed: set[str] = set()
    for at in range(0, len(ordinals), _BLOCK):
        measure = scored(case, quantity, line, ordinals[at : at + _BLOCK])
        ulp, level = measure.distances.ulp, levels(measure)
        worst_ulp = max(worst_ulp, float(np.max(ulp[np.isfinite(ulp)], initial=0.0)))
        worst_bits = max(worst_bits, float(np.max(level[level < HOPELESS_BITS], initial=0.0)))
        codes = set(np.unique(measure.failures).tolist()) - {int(one) for one in ACCUSES_NOBODY}
        failed |= {Failure(code).label for code in codes}
    return {
        "points": len(ordinals),
        "worst_ulp": json_number(worst_ulp),
        "excess_bits": json_number(worst_bits),
        "kinds": sorted(failed),
    }
