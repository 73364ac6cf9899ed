"""L12: what is offered as the density is the exponential of the log density, also where either leaves the range."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.laws.case import Case
from conformance.laws.l13_support import values_inside
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    if case.declared.is_distribution:
        yield from values_inside(case, "prob")


LAW = Law("L12", "the density equals the oracle's", check)
