"""L11: every statistic is that of the law, infinite ones and ones that do not exist included.

Of a law of events a mean, a variance, a standard deviation and a mode are events, and a covariance a matrix: first the
shape of the answer is held against that, then each entry is scored as a number by itself.

What a framework does not offer is not offered, and never a pass. Where several answers are right (the two modes of a
law that has two, any point of a support on which the density is constant) the nearest of them is the truth. Asked in
eager mode: one number, and no points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES
from adapters.interface.spec import parse
from conformance.definitions.registry import bases_of, entries_of, is_pair, statistic_event, statistics_of
from conformance.execution.request import Reply
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.regions import Region
from conformance.laws.batches import MODE
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.laws.scored import CLOSING_FATES
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure, classify, usable

Rows = NDArray[Any]


def check(case: Case) -> Iterator[Check]:
    if case.mode != MODE:
        return
    for quantity in statistics_of(case.subject):
        reply = case.ask(quantity)
        if reply.status != "not_offered" and not _said_not_to_exist(case, quantity, reply):
            found = Check(measured(case, case.subject, quantity, reply))
            yield replace(found, blamed=_base_to_blame(case, quantity)) if found.failed.any() else found


def _said_not_to_exist(case: Case, quantity: str, reply: Reply) -> bool:
    """Whether a framework raises where there is nothing to tell: the mean of a Cauchy variable does not exist."""
    if reply.status != "raised":
        return False
    nothing = _nowhere(case, prod(statistic_event(case.subject, quantity)))
    return bool((_truth(case, case.subject, quantity, nothing).kind == Kind.NAN).all())


def _truth(case: Case, subject: str, quantity: str, got: Rows) -> Enclosures:
    return case.oracle.nearest(subject, quantity, got, case.fmt)


def _nowhere(case: Case, count: int = 1) -> Rows:
    return np.full(count, np.nan).astype(case.fmt.dtype)


def _base_to_blame(case: Case, quantity: str) -> tuple[str, str] | None:
    """The base of a transformed law, or an entry of independent ones, where its own statistic, which the law's is made
    of, is wrong already."""
    bases = bases_of(case.subject) if is_pair(case.subject) else None
    spec = parse(case.subject)
    parts = entries_of(spec) if spec.name == "independent" else spec.parts[:1]
    if bases is not None:  # Two bare laws have nothing below them.
        parts = (parse(f"pair({bases[0]},{bases[1]})"),)
    for part in parts:
        if str(part) == str(parse(case.subject)):
            continue
        reply = case.ask(quantity, subject=str(part))
        if reply.status != "not_offered" and Check(measured(case, str(part), quantity, reply)).failed.any():
            return str(part), quantity
    return None


def measured(case: Case, subject: str, quantity: str, reply: Reply) -> Measure:
    """The reply as scored components, one for each entry of the statistic, at an input that is not a number: nothing is
    asked of any point."""
    event, tolerance, message = statistic_event(subject, quantity), case.tolerance(quantity, subject), reply.message
    count = prod(event)
    # One number may come in an array of one.
    answered = reply.values is not None and (reply.values.shape == event or (not event and reply.values.size == 1))
    got = _nowhere(case, count)
    if answered:
        got = reply.values.reshape(count).astype(case.fmt.dtype)  # type: ignore[union-attr]
    truth = _truth(case, subject, quantity, got)
    failures = np.full(count, Failure.SHAPE_WRONG, np.uint8)
    # Sums of terms of about the size of 1: an entropy near 0 is not known to its last digit.
    log_quantity = quantity in LOG_QUANTITIES
    terms = np.ones(count) if log_quantity else None
    if reply.values is None:
        failures = np.full(count, CLOSING_FATES.get(reply.status, Failure.RAISED), np.uint8)
    elif not answered and event:
        message = f"an array of shape {list(reply.values.shape)} came, and not of {list(event)}"
    elif answered:
        failures = classify(
            got,
            truth,
            case.fmt,
            log_quantity=log_quantity,
            codomain=None,
            tolerance=tolerance,
            flush_to_zero=case.flushes,
            terms=terms,
        )
    off = distances(got, truth, case.fmt)
    return Measure(
        quantity=quantity,
        status=reply.status,
        message=message,
        inputs=_nowhere(case),
        region=np.full(count, Region.ORDINARY, np.uint8),
        row=np.zeros(count, np.int64),
        component=np.arange(count),
        got=got,
        truth=truth,
        failures=failures,
        usable=usable(failures, off, log_quantity=log_quantity, tolerance=tolerance, terms=terms),
        distances=off,
        excused=np.zeros(count, bool),
        attainable=np.full(count, "", "U16"),
        terms=terms,
    )


LAW = Law("L11", "statistics are the law's", check, about="distribution", pairs=True)
