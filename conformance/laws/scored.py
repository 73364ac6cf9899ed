"""An answer held against the truth: from what a framework said to a verdict for every component."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, LOG_QUANTITIES, LOG_SUMS
from conformance.definitions.registry import result_event
from conformance.execution.frameworks import REFERENCE
from conformance.execution.request import Fate, Reply
from conformance.floats.enclosures import Enclosures, Kind, among
from conformance.laws import attainable
from conformance.laws.flushing import explained, lost_in_sums
from conformance.laws.left_open import left_open
from conformance.laws.measure import TOO_LARGE, UNANSWERED, Measure, in_shape, unanswered
from conformance.scoring.distance import distances
from conformance.scoring.failures import ACCUSES_NOBODY, FATES, Failure, classify, usable, vanishing
from conformance.scoring.tolerance import Tolerance

if TYPE_CHECKING:
    from conformance.laws.case import Case

CLOSING_FATES = {"crashed": Failure.CRASHED, "timed_out": Failure.TIMED_OUT, "raised": Failure.RAISED}
"""A reply without values is one failure for every row that a call was made with."""


def score(
    case: Case,
    quantity: str,
    values: NDArray[Any],
    region: NDArray[np.uint8],
    reply: Reply,
    subject: str = "",
    truth: Enclosures | None = None,
) -> Measure:
    """Score an answer that the framework has already given at ``values``. truth: there, where it is known."""
    if quantity in case.inputs.too_large and not subject:
        reply = Reply(TOO_LARGE, message=case.inputs.too_large[quantity])
    if reply.status in UNANSWERED:
        return unanswered(quantity, reply, values, case.fmt)
    if truth is None:
        truth = case.oracle.truth(subject or case.subject, quantity, values, case.fmt)
    width = len(truth) // max(1, len(values))
    row = np.repeat(np.arange(len(values)), width)
    expected_shape = (len(values), *result_event(subject or case.subject, quantity, values.shape[1:]))
    got, shape_right = in_shape(reply.values, expected_shape, case.fmt, quantity in LOG_DETS)
    fate = None if reply.fate is None else np.repeat(reply.fate, width)
    scored = distances(got, truth, case.fmt)
    log_quantity, tolerance = quantity in LOG_QUANTITIES, case.tolerance(quantity, subject)

    terms: NDArray[np.float64] | None = None
    flushed: NDArray[np.bool_] | None = None

    def judged(at: Any, rule: Tolerance = tolerance) -> NDArray[np.uint8]:
        return classify(
            got[at],
            truth[at],
            case.fmt,
            log_quantity=log_quantity,
            codomain=None if subject else case.declared.codomain(quantity),
            tolerance=rule,
            flush_to_zero=case.flushes,
            flushed_inputs=None if flushed is None else flushed[at],
            fate=None if fate is None else fate[at],
            terms=None if terms is None else terms[at],
            off=scored[at],
        )

    failures = judged(slice(None))
    if case.inputs.terms is not None and quantity in LOG_SUMS and not subject:
        terms = _terms(case, quantity, values, truth, failures)
    elif case.declared.added.get(quantity) and not subject:
        terms = np.full(len(truth), case.declared.added[quantity])
    elif (quantity in case.declared.normwise and not subject) or (tolerance.promise and tolerance.promise.of_event):
        terms = np.repeat(_result_lengths(truth, values), width)
    elif case.declared.sums and not log_quantity and not subject and (zero := vanishing(truth, case.fmt)).any():
        # At a 0 no condition number says how large the terms are that cancel there. The entries beside it do.
        terms = np.where(zero, np.repeat(_result_lengths(truth, values), width), 0.0)
    if case.flushes and not among(failures, ACCUSES_NOBODY).all():
        flushed = explained(case.oracle, subject or case.subject, quantity, values, got, case.fmt)
        if case.declared.sums and not log_quantity:
            flushed |= lost_in_sums(scored, case.fmt)
    if terms is not None or flushed is not None:
        # Both can only excuse or rename what failed.
        failed = np.flatnonzero(failures != Failure.NONE)
        failures[failed] = judged(failed)
    excused, attained = np.zeros(len(got), bool), np.full(len(got), "", "U16")
    if reply.values is not None and shape_right:
        plain = failures.copy()
        granted = np.flatnonzero((failures == Failure.NONE) & (scored.ulp > tolerance.ulp))
        if len(granted) and not case.declared.sums:
            plain[granted] = judged(granted, replace(tolerance, granted=0.0))
            excused = attainable.excused(failures, plain, got, scored, case.fmt, tolerance, terms)
        open_ended = left_open(case, quantity, subject, values, region, got, truth, failures, width)
        excused &= ~open_ended
        told = _attained(case, quantity, subject, values, truth, excused)
        attained[told] = REFERENCE
        failures = np.where(told, plain, failures)
        failures[open_ended] = Failure.NONE
        excused &= ~told
    if reply.values is None:
        failures = np.full(len(got), CLOSING_FATES.get(reply.status, Failure.RAISED), np.uint8)
        if fate is not None:
            failures[fate == Fate.LEFT_OUT] = FATES[Fate.LEFT_OUT]
    elif not shape_right:
        failures = np.full(len(got), Failure.SHAPE_WRONG, np.uint8)
    return Measure(
        quantity=quantity,
        status=reply.status,
        message=reply.message,
        inputs=values,
        region=np.repeat(region, width),
        row=row,
        component=np.tile(np.arange(width), len(values)),
        got=got,
        truth=truth,
        failures=failures,
        usable=usable(
            failures,
            scored,
            log_quantity=log_quantity,
            tolerance=tolerance,
            terms=terms,
        ),
        distances=scored,
        excused=excused,
        attainable=attained,
        terms=terms,
        returned_dtype="" if reply.values is None else str(reply.values.dtype),
        returned_shape=() if reply.values is None else reply.values.shape,
        seconds=reply.seconds,
        of=subject,
    )


def _attained(
    case: Case, quantity: str, subject: str, values: NDArray[Any], truth: Enclosures, excused: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Of the excused components those that the reference has right."""
    result = np.zeros(len(excused), bool)
    places = np.flatnonzero(excused)
    if not len(places):
        return result
    width = len(truth) // len(values)
    rows, back = np.unique(places // width, return_inverse=True)
    answers = attainable.reference_answers(subject or case.subject, quantity, values[rows], case.fmt)
    if answers is None or len(answers) != len(rows) * width:
        return result
    result[places] = attainable.plainly_right(
        answers[back * width + places % width],
        truth[places],
        case.fmt,
        case.tolerance(quantity, subject),
        log_quantity=quantity in LOG_QUANTITIES,
    )
    return result


def _terms(
    case: Case, quantity: str, values: NDArray[Any], truth: Enclosures, failures: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """The size of the largest log-det in a sum of logarithms, asked only where the error is judged by it; else 0.

    The logarithms are of size 700 where their sum is of size 1: their own rounding is not the framework's fault.
    """
    sizes = np.zeros(len(values))
    measured = (Failure.PRECISION_LOST, Failure.WRONG_SIGN, Failure.VALUE_WRONG)
    places = np.flatnonzero(np.isin(failures, measured) & (truth.kind == Kind.FINITE))
    if case.inputs.terms is not None and len(places):
        sizes[places] = case.inputs.terms(quantity, values[places])
    return sizes


def _result_lengths(truth: Enclosures, values: NDArray[Any]) -> NDArray[np.float64]:
    """The length of each exact result; where all of it vanishes, that of the input."""
    with np.errstate(over="ignore", under="ignore"):
        exact = np.ldexp(truth.hi, np.clip(truth.exponent, -1100, 1100).astype(np.int32))
    lengths = _lengths(exact.reshape(len(values), -1))
    return np.where(lengths > 0, lengths, _lengths(values))


def _lengths(values: NDArray[Any]) -> NDArray[np.float64]:
    """The Euclidean length of every row; 0 where an entry is not finite, or the length beyond float64."""
    wide = np.abs(values.astype(np.float64).reshape(len(values), -1))
    largest = wide.max(axis=1)
    with np.errstate(all="ignore"):
        lengths = largest * np.sqrt(((wide / np.where(largest > 0, largest, 1.0)[:, None]) ** 2).sum(axis=1))
    return np.where(np.isfinite(lengths), lengths, 0.0)
