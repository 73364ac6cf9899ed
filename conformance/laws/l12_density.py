"""L12: a density integrates to 1, and what is offered as the density is the exponential of the log density, also where
either leaves the range."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.laws.case import Case
from conformance.laws.l13_support import values_inside
from conformance.laws.law import Check, Law
from conformance.laws.mass import normalised


def check(case: Case) -> Iterator[Check]:
    if case.declared.is_distribution:
        yield from values_inside(case, "prob")
        yield from normalised(case)


LAW = Law("L12", "the density integrates to 1 and equals the oracle's", check)
