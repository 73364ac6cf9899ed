"""L03: forward and inverse have the right values, through every threshold."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.laws.case import Case
from conformance.laws.l13_support import values_inside
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    for quantity in () if case.declared.is_distribution else ("forward", "inverse"):
        yield from values_inside(case, quantity)


LAW = Law("L03", "forward and inverse equal the oracle's on a dense grid, through every threshold", check)
