"""L24: a monotone map is monotone in floats, and so is a cdf: x1 < x2 never gives f(x1) > f(x2) beyond rounding.

Two answers may each be within what their laws allow and still stand in the wrong order, which breaks bisection and
sorting: where a formula is switched, its two branches meet a few ulp apart. Three floats are rounding. Only
answers that no other law accuses are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from adapters.interface.contract import Array
from adapters.interface.spec import parse
from conformance.definitions.registry import transform_definition
from conformance.execution.request import Request
from conformance.floats.enclosures import Kind
from conformance.floats.ordinals import to_ordinal
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure

ROUNDING = 3
"""How many floats the answer at the larger input may lie on the wrong side: two answers that are each off by less than
1.5 ulp, as those of a good library are, come no farther apart."""


def check(case: Case) -> Iterator[Check]:
    # Monotone floats through monotone floats are monotone: what is made of parts has the order of its parts.
    if case.declared.source is not None or (not case.declared.is_distribution and parse(case.subject).parts):
        return
    for quantity in ("cdf",) if case.declared.is_distribution else ("forward", "inverse"):
        rising = _rising(case, quantity)
        measure = case.measure(quantity)
        if rising is not None and measure.offered and len(measure.row):
            yield _in_order(case, measure, rising)


def _rising(case: Case, quantity: str) -> bool | None:
    if quantity == "cdf":
        return True
    return transform_definition(case.subject).increasing


def _in_order(case: Case, measure: Measure, rising: bool) -> Check:
    x = measure.inputs[measure.row]
    sound = (measure.failures == Failure.NONE) & (measure.truth.kind == Kind.FINITE)
    sound &= np.isfinite(x.astype(np.float64)) & np.isfinite(measure.got.astype(np.float64))
    places = np.flatnonzero(sound)
    places = places[np.argsort(x[places].astype(np.float64), kind="stable")]
    failures = np.zeros(len(measure.row), np.uint8)
    calls: list[tuple[Request, str]] = [(Request("", "", ""), "")] * len(measure.row)
    if len(places):
        heights = to_ordinal(measure.got[places], case.fmt) * (1 if rising else -1)
        before = np.maximum.accumulate(heights)
        # The highest answer so far, and where it stood.
        first = np.maximum.accumulate(np.where(heights == before, np.arange(len(heights)), 0))
        apart = x[places[first]].astype(np.float64) < x[places].astype(np.float64)
        for at in np.flatnonzero((before - heights > ROUNDING) & apart):
            place, earlier = places[at], places[first[at]]
            pair = np.stack([x[earlier], x[place]] if rising else [x[place], x[earlier]])
            failures[place] = Failure.ORDER_BROKEN
            calls[place] = (
                Request(case.subject, measure.quantity, case.fmt.name, case.mode, pair),
                f"below it, at {x[earlier]}, the answer is {measure.got[earlier]}: {before[at] - heights[at]} floats "
                f"{'above' if rising else 'below'} this one",
            )
    accused = replace(measure, calls=tuple(calls)).with_failures(failures)
    return Check(replace(accused, usable=measure.usable))  # A value that is right by itself can be used.


def shows(rows: list[Array]) -> bool:
    """Whether a printed pair of answers, the one that must not be larger first, stands in the wrong order."""
    return any(len(row) >= 2 and row[0] > row[1] for row in rows)


LAW = Law("L24", "a monotone map is monotone in floats, and so is a cdf", check)
