"""L10: the distribution function, its complement, their logarithms and the quantiles are right, far into both tails."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.interface.quantities import TAILS
from conformance.laws.case import Case
from conformance.laws.l13_support import values_inside
from conformance.laws.law import Check, Law


def check(case: Case) -> Iterator[Check]:
    for quantity in (*TAILS, "icdf") if case.declared.is_distribution and case.declared.target is None else ():
        yield from values_inside(case, quantity)


LAW = Law("L10", "cdf, survival function, their logarithms and quantiles equal the oracle's, in both tails", check)
