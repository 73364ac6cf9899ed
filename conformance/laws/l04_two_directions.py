"""L04: fldj(x) = -ildj(f(x)), judged against the truth at the y that the framework itself returned.

Comparing the two directions with each other would blame nobody and would pass where both share a defect. The
inverse direction is asked at y = f(x) as rounded by the framework, and the oracle's log-det of the inverse at exactly
that y is what it must equal; the forward direction has been judged at x by L01 and L02.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.laws.case import Case
from conformance.laws.chosen import answers, asked_at
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    if case.declared.is_distribution:
        return
    forward = case.measure("forward")
    if not forward.offered or not len(forward.row):
        return
    width = len(forward.row) // len(forward.inputs)
    y, region = asked_at(case, "ildj", answers(forward, width))
    if len(y):
        measure = case.measure_at("ildj", y, region)
        if measure.offered:
            yield Check(measure, "at y = f(x) as the framework returned it")


LAW = Law(
    "L04", "the log-det of the inverse at f(x) is minus the log-det of the forward map at x", check, about="transform"
)
