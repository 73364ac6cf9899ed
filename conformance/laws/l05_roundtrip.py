"""L05: a round trip comes back as far as conditioning allows.

inverse(forward(x)) is judged against the oracle's inverse at exactly the y that came out of forward, on a fresh copy
of it: what rounding y cost is then part of the truth, and no allowance has to be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.floats.enclosures import among
from conformance.laws.case import Case
from conformance.laws.chosen import answers, asked_at
from conformance.laws.l13_support import SUPPORT_FAILURES
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    if case.declared.is_distribution:
        return
    for first, second, note in (
        ("forward", "inverse", "at a fresh copy of y = f(x)"),
        ("inverse", "forward", "at a fresh copy of x = f^-1(y)"),
    ):
        start = case.measure(first)
        if not start.offered or not len(start.row):
            continue
        values, region = asked_at(case, second, answers(start, len(start.row) // len(start.inputs)))
        if len(values):
            measure = case.measure_at(second, values, region)
            if measure.offered:
                yield Check(measure.where(~among(measure.failures, SUPPORT_FAILURES)), note)


LAW = Law(
    "L05",
    "inverse(forward(x)) and forward(inverse(y)) within the bound that conditioning allows",
    check,
    about="transform",
)
