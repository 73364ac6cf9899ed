"""L18: every offered method runs on valid input of small and odd sizes, and answers in the right shape.

Asked at one dtype, as shapes are (L07): what does not run at another dtype does not run on the standard points either,
which the laws about values tell. Every mode is asked, since compilers specialise on lengths.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conformance.floats.enclosures import among
from conformance.floats.regions import Region
from conformance.laws.batches import DTYPE
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.law import Check, Law
from conformance.scoring.failures import Failure

BROKEN = (Failure.RAISED, Failure.SHAPE_WRONG, Failure.CRASHED, Failure.TIMED_OUT)

SIZES = (1, 2, 7)
"""Batch lengths: one element, two, and one that leaves a tail behind every vector width."""


def check(case: Case) -> Iterator[Check]:
    if case.fmt.name != DTYPE:
        return
    for quantity in case.quantities:
        ordinary = np.flatnonzero(case.inputs.points(quantity).region == Region.ORDINARY)
        for size in SIZES:
            if len(ordinary) < size:
                continue
            measure = case.runs_at(quantity, inner(ordinary, size))
            if measure.offered:
                # Wrong values belong to the laws about values.
                ran = np.where(among(measure.failures, BROKEN), measure.failures, Failure.NONE).astype(np.uint8)
                yield Check(measure.with_failures(ran), f"a batch of {size}")


LAW = Law("L18", "every method runs on valid input of every batch length and answers in the right shape", check)
