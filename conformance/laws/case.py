"""One case under law: a subject in one framework, mode and dtype, and everything a law may ask about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, LOG_QUANTITIES, LOG_SUMS, TAILS
from conformance.definitions.declared import Declared
from conformance.definitions.registry import functions_of, result_event
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Enclosures, Kind, among
from conformance.floats.formats import Format
from conformance.floats.regions import Frame
from conformance.inputs.scalar_points import Points
from conformance.laws import attainable
from conformance.laws.everyday import Reach, find_reach
from conformance.laws.flushing import explained, lost_in_sums
from conformance.laws.left_open import left_open
from conformance.laws.measure import Measure, fits_shape, in_shape, not_offered
from conformance.scoring.distance import distances
from conformance.scoring.failures import ACCUSES_NOBODY, Failure, classify, usable, vanishing
from conformance.scoring.tolerance import Tolerance

CLOSING_FATES = {"crashed": Failure.CRASHED, "timed_out": Failure.TIMED_OUT, "raised": Failure.RAISED}
"""A reply without values is one failure for every row."""

_BY_THE_CDF = (*TAILS, "icdf")


class Framework(Protocol):
    """The part of a framework client that laws use."""

    def evaluate(self, request: Request) -> Reply: ...


class Truth(Protocol):
    """The part of the oracle that laws use."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...

    def roughly(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...

    def nearest(self, subject: str, quantity: str, got: NDArray[Any], fmt: Format) -> Enclosures: ...


@dataclass
class Case:
    """See the module's docstring. ``measure`` is memoised: several laws judge the same evaluation.

    points: quantity -> Points of that quantity. frame: quantity -> what its regions are cut by (scalar subjects).
    regions: (quantity, values) -> their regions. declared: what the definition says. terms: (quantity, inputs) -> size
    of the largest log-det that a log density or the log-det of a chain is a sum of. only: quantities beside which
    nothing is asked.
    """

    subject: str
    declared: Declared
    mode: str
    fmt: Format
    framework: Framework
    oracle: Truth
    points: Callable[[str], Points]
    frame: Callable[[str], Frame]
    regions: Callable[[str, NDArray[Any]], NDArray[np.uint8]]
    tolerance: Callable[[str], Tolerance]
    flushes: bool
    seed: int
    terms: Callable[[str, NDArray[Any]], NDArray[np.float64]] | None = None
    only: tuple[str, ...] = ()
    _measures: dict[str, Measure] = field(default_factory=dict)
    _reach: dict[str, Reach] = field(default_factory=dict)
    _absent: Reply | None = None

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities that are functions of one input, for this kind of subject; of those the ``only`` ones."""
        return tuple(one for one in functions_of(self.subject) if not self.only or one in self.only)

    def shaped(self, quantity: str, rows: Any) -> NDArray[Any]:
        """``rows`` of plain numbers, (N, entries), as inputs of ``quantity``: (N,) or (N, *event), in the dtype."""
        space = self.declared.home(quantity)
        values = np.asarray(rows).astype(self.fmt.dtype)
        return values.reshape(len(values), *space.shape) if space is not None else values.reshape(len(values))

    def ask(
        self,
        quantity: str,
        values: NDArray[Any] | None = None,
        count: int = 0,
        subject: str = "",
        again: int = 0,
        seed: int | None = None,
    ) -> Reply:
        """The framework's own answer, unscored; ``subject`` and ``seed`` default to the case's own. again: how often
        this very request was made before.

        Where it has said that it does not have the case's subject at all, it is not asked again. What the definition
        declares no distribution function for is not asked about one, whatever the framework has.
        """
        if self._absent is not None and not subject:
            return self._absent
        if quantity in _BY_THE_CDF and quantity not in functions_of(subject or self.subject):
            return Reply("not_offered", message=f"no {quantity} is declared of {subject or self.subject}")
        request = Request(
            subject=subject or self.subject,
            quantity=quantity,
            dtype=self.fmt.name,
            mode=self.mode,
            values=values,
            count=count,
            seed=self.seed if seed is None else seed,
            again=again,
        )
        reply = self.framework.evaluate(request)
        if reply.absent and not subject:
            self._absent = reply
        return reply

    def measure(self, quantity: str) -> Measure:
        """Evaluate and score ``quantity`` at its standard points."""
        if quantity not in self._measures:
            points = self.points(quantity)
            measured = self.measure_at(quantity, points.values, points.region)
            self._measures[quantity] = replace(measured, exhaustive=points.exhaustive)
        return self._measures[quantity]

    def forget(self) -> None:
        """Drop the memoised measures: a run has thousands of cases, and each may hold every 16-bit float four times."""
        self._measures.clear()
        self._reach.clear()

    def reach(self, quantity: str) -> Reach:
        """What this framework's map in the other direction gives: where inputs of ``quantity`` come from."""
        if quantity not in self._reach:
            self._reach[quantity] = find_reach(self, quantity)
        return self._reach[quantity]

    def runs_at(self, quantity: str, rows: NDArray[np.intp]) -> Measure:
        """Ask at these rows of its standard points once more, to see whether that runs: NONE wherever an answer of the
        right shape came, whatever its values are. What did not run is scored."""
        points, whole = self.points(quantity), self.measure(quantity)
        if not whole.offered:
            return whole
        values, region = points.values[rows], points.region[rows]
        reply = self.ask(quantity, values)
        components = np.arange(len(whole.truth)).reshape(len(points), -1)[rows].ravel()
        shape = (len(rows), *result_event(self.subject, quantity, values.shape[1:]))
        if reply.status == "ok" and fits_shape(reply.values, shape, quantity in LOG_DETS):
            measure = whole.where(components)
            return replace(measure, status=reply.status).with_failures(np.zeros(len(components), np.uint8))
        return self.score(quantity, values, region, reply, truth=whole.truth[components])

    def measure_at(self, quantity: str, values: NDArray[Any], region: NDArray[np.uint8], subject: str = "") -> Measure:
        """Evaluate and score ``quantity`` at ``values`` (dtype of the case), one region per row."""
        reply = self.ask(quantity, values, subject=subject)
        return self.score(quantity, values, region, reply, subject=subject)

    def score(
        self,
        quantity: str,
        values: NDArray[Any],
        region: NDArray[np.uint8],
        reply: Reply,
        subject: str = "",
        truth: Enclosures | None = None,
    ) -> Measure:
        """Score an answer that the framework has already given at ``values``. truth: there, where it is known."""
        if reply.status == "not_offered":
            return not_offered(quantity, reply, values, self.fmt)
        if truth is None:
            truth = self.oracle.truth(subject or self.subject, quantity, values, self.fmt)
        width = len(truth) // max(1, len(values))
        row = np.repeat(np.arange(len(values)), width)
        expected_shape = (len(values), *result_event(subject or self.subject, quantity, values.shape[1:]))
        got, shape_right = in_shape(reply.values, expected_shape, self.fmt, quantity in LOG_DETS)
        fate = None if reply.fate is None else np.repeat(reply.fate, width)
        scored = distances(got, truth, self.fmt)
        log_quantity, tolerance = quantity in LOG_QUANTITIES, self.tolerance(quantity)

        terms: NDArray[np.float64] | None = None
        flushed: NDArray[np.bool_] | None = None

        def judged(at: Any, rule: Tolerance = tolerance) -> NDArray[np.uint8]:
            return classify(
                got[at],
                truth[at],
                self.fmt,
                log_quantity=log_quantity,
                codomain=None if subject else self.declared.codomain(quantity),
                tolerance=rule,
                flush_to_zero=self.flushes,
                flushed_inputs=None if flushed is None else flushed[at],
                fate=None if fate is None else fate[at],
                terms=None if terms is None else terms[at],
                off=scored[at],
            )

        failures = judged(slice(None))
        if self.terms is not None and quantity in LOG_SUMS and not subject:
            terms = self._terms(quantity, values, truth, failures)
        elif self.declared.added.get(quantity) and not subject:
            terms = np.full(len(truth), self.declared.added[quantity])
        elif self.declared.normwise and not log_quantity and not subject:
            terms = np.repeat(_lengths(values), width)
        elif self.declared.sums and not log_quantity and not subject and (zero := vanishing(truth, self.fmt)).any():
            # At a 0 no condition number says how large the terms are that cancel there. The entries beside it do.
            terms = np.where(zero, np.repeat(_result_lengths(truth, values), width), 0.0)
        if self.flushes and not among(failures, ACCUSES_NOBODY).all():
            flushed = explained(self.oracle, subject or self.subject, quantity, values, got, self.fmt)
            if self.declared.sums and not log_quantity:
                flushed |= lost_in_sums(scored, self.fmt)
        if terms is not None or flushed is not None:
            # Both can only excuse or rename what failed.
            failed = np.flatnonzero(failures != Failure.NONE)
            failures[failed] = judged(failed)
        excused, attained = np.zeros(len(got), bool), np.full(len(got), "", "U16")
        if reply.values is not None and shape_right:
            plain = failures.copy()
            granted = np.flatnonzero((failures == Failure.NONE) & (scored.ulp > tolerance.ulp))
            if len(granted) and not self.declared.sums:
                plain[granted] = judged(granted, replace(tolerance, granted=0.0))
                excused = attainable.excused(failures, plain, got, scored, self.fmt, tolerance, terms)
            open_ended = left_open(self, quantity, subject, values, region, got, truth, failures, width)
            excused &= ~open_ended
            told = self._attained(quantity, subject, values, truth, excused)
            attained[told] = attainable.REFERENCE
            failures = np.where(told, plain, failures)
            failures[open_ended] = Failure.NONE
            excused &= ~told
        if reply.values is None:
            failures = np.full(len(got), CLOSING_FATES.get(reply.status, Failure.RAISED), np.uint8)
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
        self, quantity: str, subject: str, values: NDArray[Any], truth: Enclosures, excused: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Of the excused components those that the reference has right."""
        result = np.zeros(len(excused), bool)
        places = np.flatnonzero(excused)
        if not len(places):
            return result
        width = len(truth) // len(values)
        rows, back = np.unique(places // width, return_inverse=True)
        answers = attainable.reference_answers(subject or self.subject, quantity, values[rows], self.fmt)
        if answers is None or len(answers) != len(rows) * width:
            return result
        result[places] = attainable.plainly_right(
            answers[back * width + places % width],
            truth[places],
            self.fmt,
            self.tolerance(quantity),
            log_quantity=quantity in LOG_QUANTITIES,
        )
        return result

    def _terms(
        self, quantity: str, values: NDArray[Any], truth: Enclosures, failures: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        """The size of the largest log-det in a sum of logarithms, asked only where the error is judged by it; else 0.

        The logarithms are of size 700 where their sum is of size 1: their own rounding is not the framework's fault.
        """
        sizes = np.zeros(len(values))
        measured = (Failure.PRECISION_LOST, Failure.WRONG_SIGN, Failure.VALUE_WRONG)
        places = np.flatnonzero(np.isin(failures, measured) & (truth.kind == Kind.FINITE))
        if self.terms is not None and len(places):
            sizes[places] = self.terms(quantity, values[places])
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
