"""One case under law: a subject in one framework, mode and dtype, and everything a law may ask about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import result_event
from conformance.definitions.spaces import Space
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Enclosures, Kind, among
from conformance.floats.formats import Format
from conformance.floats.ordinals import to_ordinal
from conformance.floats.regions import Frame, Region
from conformance.inputs.scalar_points import Points
from conformance.laws import attainable
from conformance.laws.everyday import Reach, find_reach
from conformance.laws.flushing import explained, lost_in_sums
from conformance.scoring.distance import Distances, distances, rounded_infinity
from conformance.scoring.failures import ACCUSES_NOBODY, Failure, classify, usable
from conformance.scoring.tolerance import Tolerance

LOG_QUANTITIES = frozenset({"fldj", "ildj", "log_prob", "log_prob_from_base"})
"""Quantities measured in nats as well as in ulp (ACCEPTANCE A7)."""

CONSTANT = ("fldj", "ildj")
"""What may come in the parameters' shape, where it is one number everywhere."""

JUMP_ORDINALS = 4
"""This near to a jump of the density (the end of a uniform base, seen through a transform) either side is right."""

CLOSING_FATES = {"crashed": Failure.CRASHED, "timed_out": Failure.TIMED_OUT, "raised": Failure.RAISED}
"""A reply without values is one failure for every row."""


class Framework(Protocol):
    """The part of a framework client that laws use."""

    def evaluate(self, request: Request) -> Reply: ...


class Truth(Protocol):
    """The part of the oracle that laws use."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...

    def roughly(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...


@dataclass(frozen=True)
class Measure:
    """One quantity, evaluated by the framework and by the oracle at the same inputs, and scored.

    ``inputs`` has one row per point. ``got``, ``truth``, ``failures``, ``usable``, ``distances`` and ``row`` have one
    entry per component: vector results are flattened, ``row`` says which input a component belongs to and
    ``component`` which element of its result it is. ``terms``: see ``classify``. ``excused``: only the condition number
    excuses it, and nobody who was asked does better; ``attainable``: who does, else "" (see ``laws.attainable``).
    ``calls``: per component what was really asked, and a clause about it, where that was not its row alone.
    ``status`` is the reply's; where it is "not_offered" everything else is empty.
    """

    quantity: str
    status: str
    message: str
    inputs: NDArray[Any]
    region: NDArray[np.uint8]
    row: NDArray[np.int64]
    component: NDArray[np.int64]
    got: NDArray[Any]
    truth: Enclosures
    failures: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    distances: Distances
    excused: NDArray[np.bool_]
    attainable: NDArray[np.str_]
    terms: NDArray[np.float64] | None = None
    calls: tuple[tuple[Request, str], ...] | None = None
    exhaustive: bool = False
    returned_dtype: str = ""
    returned_shape: tuple[int, ...] = ()
    seconds: float = 0.0

    @property
    def offered(self) -> bool:
        return self.status != "not_offered"

    def where(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Measure:
        """The same measure at the components where ``mask`` holds, or that it names."""
        return replace(
            self,
            row=self.row[mask],
            component=self.component[mask],
            region=self.region[mask],
            got=self.got[mask],
            truth=self.truth[mask],
            failures=self.failures[mask],
            usable=self.usable[mask],
            distances=self.distances[mask],
            excused=self.excused[mask],
            attainable=self.attainable[mask],
            terms=None if self.terms is None else self.terms[mask],
            calls=None if self.calls is None else tuple(self.calls[at] for at in np.arange(len(self.row))[mask]),
            exhaustive=False,
        )

    def in_regions(self, *regions: Region) -> Measure:
        return self.where(among(self.region, regions))

    def with_failures(self, failures: NDArray[np.uint8]) -> Measure:
        """The same measure under other verdicts: what a law clears is usable, what it newly accuses is not."""
        changed = failures != self.failures
        cleared = np.where(changed, among(failures, ACCUSES_NOBODY), self.usable)
        return replace(self, failures=failures, usable=cleared)


@dataclass
class Case:
    """See the module's docstring. ``measure`` is memoised: several laws judge the same evaluation.

    points: quantity -> Points of that quantity. frame: quantity -> what its regions are cut by (scalar subjects).
    regions: (quantity, values) -> their regions. codomain: quantity -> closed interval of possible results, or None.
    support: the ends of the support of a distribution. terms: (quantity, inputs) -> size of the largest log-det that
    a log density or the log-det of a chain is a sum of. added: quantity -> size of the constant that is added last.
    source, target: the spaces of events on either side; None for subjects whose inputs are numbers.
    sums: results are sums of products of inputs (definition.sums). normwise: each is known to roundoffs of the length
    of the whole event, as fast orthogonal transforms compute it (definition.isometry).
    """

    subject: str
    is_distribution: bool
    mode: str
    fmt: Format
    framework: Framework
    oracle: Truth
    points: Callable[[str], Points]
    frame: Callable[[str], Frame]
    regions: Callable[[str, NDArray[Any]], NDArray[np.uint8]]
    codomain: Callable[[str], tuple[float, float] | None]
    tolerance: Callable[[str], Tolerance]
    flushes: bool
    seed: int
    source: Space | None = None
    target: Space | None = None
    sums: bool = False
    normwise: bool = False
    jumps: tuple[float, ...] = ()
    support: tuple[float, float] = (-inf, inf)
    terms: Callable[[str, NDArray[Any]], NDArray[np.float64]] | None = None
    added: Mapping[str, float] = field(default_factory=dict)
    _measures: dict[str, Measure] = field(default_factory=dict)
    _reach: dict[str, Reach] = field(default_factory=dict)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities that are functions of one input, for this kind of subject."""
        if self.is_distribution:
            return ("log_prob", "log_prob_from_base", "cdf")
        return ("forward", "inverse", "fldj", "ildj")

    def home(self, quantity: str) -> Space | None:
        """The space that events of inputs of ``quantity`` live in; None where inputs are numbers."""
        return self.target if quantity in ("inverse", "ildj") else self.source

    def shaped(self, quantity: str, rows: Any) -> NDArray[Any]:
        """``rows`` of plain numbers, (N, entries), as inputs of ``quantity``: (N,) or (N, *event), in the dtype."""
        space = self.home(quantity)
        values = np.asarray(rows).astype(self.fmt.dtype)
        return values.reshape(len(values), *space.shape) if space is not None else values.reshape(len(values))

    def ask(self, quantity: str, values: NDArray[Any] | None = None, count: int = 0, subject: str = "") -> Reply:
        """The framework's own answer, unscored; ``subject`` defaults to the case's own."""
        request = Request(
            subject=subject or self.subject,
            quantity=quantity,
            dtype=self.fmt.name,
            mode=self.mode,
            values=values,
            count=count,
            seed=self.seed,
        )
        return self.framework.evaluate(request)

    def measure(self, quantity: str) -> Measure:
        """Evaluate and score ``quantity`` at its standard points."""
        if quantity not in self._measures:
            points = self.points(quantity)
            measured = self.measure_at(quantity, points.values, points.region)
            self._measures[quantity] = replace(measured, exhaustive=points.exhaustive)
        return self._measures[quantity]

    def on_codomain(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        """Rows of results that lie exactly on the codomain, and so are inputs of the inverse as defined.

        Rounding may push a point off a thin space, such as a simplex, or out of an open one.
        """
        if self.target is None or rows.shape[1:] != self.target.shape:
            return np.ones(len(rows), bool)
        return self.target.holds(rows, self.fmt.precision)

    def forget(self) -> None:
        """Drop the memoised measures: a run has thousands of cases, and each may hold every 16-bit float four times."""
        self._measures.clear()
        self._reach.clear()

    @staticmethod
    def is_log(quantity: str) -> bool:
        """Whether the quantity is measured in nats as well."""
        return quantity in LOG_QUANTITIES

    def reach(self, quantity: str) -> Reach:
        """What this framework's map in the other direction gives: where inputs of ``quantity`` come from."""
        if quantity not in self._reach:
            self._reach[quantity] = find_reach(self, quantity)
        return self._reach[quantity]

    def runs_at(self, quantity: str, rows: NDArray[np.intp]) -> Measure:
        """Ask at these rows of its standard points once more, to see whether that runs: NONE wherever an answer of the
        right shape came, whatever its values are. What did not run is scored."""
        points, whole = self.points(quantity), self.measure(quantity)
        values, region = points.values[rows], points.region[rows]
        reply = self.ask(quantity, values)
        if not whole.offered:
            return self.score(quantity, values, region, reply)
        components = np.arange(len(whole.truth)).reshape(len(points), -1)[rows].ravel()
        shape = (len(rows), *result_event(self.subject, quantity, values.shape[1:]))
        if reply.status == "ok" and _fits(reply.values, shape, quantity in CONSTANT):
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
            return _empty(quantity, reply, values, self.fmt)
        if truth is None:
            truth = self.oracle.truth(subject or self.subject, quantity, values, self.fmt)
        width = len(truth) // max(1, len(values))
        row = np.repeat(np.arange(len(values)), width)
        expected_shape = (len(values), *result_event(subject or self.subject, quantity, values.shape[1:]))
        got, shape_right = _broadcast(reply.values, expected_shape, self.fmt, quantity in CONSTANT)
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
                codomain=None if subject else self.codomain(quantity),
                tolerance=rule,
                flush_to_zero=self.flushes,
                flushed_inputs=None if flushed is None else flushed[at],
                fate=None if fate is None else fate[at],
                terms=None if terms is None else terms[at],
                off=scored[at],
            )

        failures = judged(slice(None))
        if self.terms is not None and log_quantity and not subject:
            terms = self._terms(quantity, values, truth, failures)
        elif self.added.get(quantity) and not subject:
            terms = np.full(len(truth), self.added[quantity])
        elif self.normwise and not log_quantity and not subject:
            terms = np.repeat(_lengths(values), width)
        if self.flushes and not among(failures, ACCUSES_NOBODY).all():
            flushed = explained(self.oracle, subject or self.subject, quantity, values, got, self.fmt)
            if self.sums and not log_quantity:
                flushed |= lost_in_sums(scored, self.fmt)
        if terms is not None or flushed is not None:
            # Both can only excuse or rename what failed.
            failed = np.flatnonzero(failures != Failure.NONE)
            failures[failed] = judged(failed)
        excused, attained = np.zeros(len(got), bool), np.full(len(got), "", "U16")
        if reply.values is not None and shape_right:
            plain = failures.copy()
            granted = np.flatnonzero((failures == Failure.NONE) & (scored.ulp > tolerance.ulp))
            if len(granted) and not self.sums:
                plain[granted] = judged(granted, replace(tolerance, granted=0.0))
                excused = attainable.excused(failures, plain, got, scored, self.fmt, tolerance, terms)
            open_ended = self._excused(quantity, subject, values, region, got, truth, failures, width)
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
            log_quantity=self.is_log(quantity),
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

    def _excused(
        self,
        quantity: str,
        subject: str,
        values: NDArray[Any],
        region: NDArray[np.uint8],
        got: NDArray[Any],
        truth: Enclosures,
        failures: NDArray[np.uint8],
        width: int,
    ) -> NDArray[np.bool_]:
        """Components at which the definition leaves more than one answer open, and one of them came."""
        wide = got.astype(np.float64)
        # Refusing an input that is outside the domain is as right as any number could be.
        excused = (failures == Failure.RAISED) & (np.repeat(region, width) == Region.OUTSIDE)
        if self.jumps and quantity in LOG_QUANTITIES and not subject:
            excused |= self.at_jump(values) & ~np.isnan(wide)
        if quantity == "log_prob" and not subject:
            # The end of an open support is not in it, so a density of 0 is as right there as the limit from within.
            end = np.isin(values.astype(np.float64), self.support)
            excused |= end & (truth.kind == Kind.POS_INF) & (wide == -inf)
        blind = (truth.kind == Kind.NAN) & (failures == Failure.VALUE_WRONG)
        if width > 1:
            # One NaN coordinate need not spoil the others of an elementwise or triangular map: no claim is made.
            excused |= blind
        elif blind.any() and quantity in ("fldj", "ildj"):
            # log|f'| of an affine map is known without looking at the input.
            excused |= blind & self._constant(quantity, subject, values)
            rows = np.flatnonzero(blind & ~excused)
            if values.ndim > 1 and len(rows):
                excused[rows] = self._unread(quantity, subject, values[rows])
        if self.sums:
            # inf - inf, or 0 inf beside an entry that is absent: an event with an infinite entry is lost either way.
            beyond = np.isinf(rounded_infinity(truth, self.fmt)).reshape(-1, width).any(axis=1)
            excused |= (failures == Failure.SPURIOUS_NAN) & np.repeat(beyond, width)
        if self.target is not None and quantity in ("inverse", "ildj") and not subject:
            excused |= np.repeat(self.target.thin(values, self.fmt), width)
        return np.asarray(excused)

    def _constant(self, quantity: str, subject: str, values: NDArray[Any]) -> bool:
        """Whether the log-det is the same everywhere, seen at three inputs that every such map takes."""
        probes = np.stack([np.full(values.shape[1:], at) for at in (0.25, 0.5, 0.75)]).astype(self.fmt.dtype)
        truth = self.oracle.truth(subject or self.subject, quantity, probes, self.fmt)
        same = (truth.hi == truth.hi[0]) & (truth.exponent == truth.exponent[0])
        return bool(((truth.kind == Kind.FINITE) & same & (truth.condition == 0)).all())

    def _unread(self, quantity: str, subject: str, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Events whose log-det is the same whatever stands in the place of their NaN: it need not be looked at."""
        unknown = np.isnan(values.astype(np.float64))
        probes = [np.where(unknown, at, values).astype(self.fmt.dtype) for at in (0.25, 0.5, 0.75)]
        found = self.oracle.truth(subject or self.subject, quantity, np.concatenate(probes), self.fmt)
        same = found.kind.reshape(3, -1) == Kind.FINITE
        for part in (found.hi, found.exponent):
            same &= part.reshape(3, -1) == part[: len(values)]
        return np.asarray(same.all(axis=0))

    def at_jump(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Inputs within JUMP_ORDINALS of a jump of the density: one rounding of the inverse decides the side."""
        known = np.isfinite(values.astype(np.float64))
        near = np.zeros(len(values), bool)
        for end in self.jumps:
            place = to_ordinal(np.asarray([end]).astype(self.fmt.dtype), self.fmt)[0]
            near[known] |= np.abs(to_ordinal(values[known], self.fmt) - place) <= JUMP_ORDINALS
        return near


def _lengths(values: NDArray[Any]) -> NDArray[np.float64]:
    """The Euclidean length of every row; 0 where an entry is not finite, or the length beyond float64."""
    wide = np.abs(values.astype(np.float64).reshape(len(values), -1))
    largest = wide.max(axis=1)
    with np.errstate(all="ignore"):
        lengths = largest * np.sqrt(((wide / np.where(largest > 0, largest, 1.0)[:, None]) ** 2).sum(axis=1))
    return np.where(np.isfinite(lengths), lengths, 0.0)


def _fits(values: NDArray[Any] | None, shape: tuple[int, ...], constant: bool) -> bool:
    """Whether an answer has the expected shape. A ``constant`` log-det in the parameter's shape is legitimate."""
    return values is not None and (values.shape == shape or (values.size == 1 and constant))


def _broadcast(
    values: NDArray[Any] | None, shape: tuple[int, ...], fmt: Format, constant: bool
) -> tuple[NDArray[Any], bool]:
    """The answer in the expected shape, flattened, and whether it ``_fits``; nan where it does not, or none came."""
    if values is None or not _fits(values, shape, constant):
        return np.full(shape, np.nan).astype(fmt.dtype).ravel(), values is None
    with np.errstate(all="ignore"):
        full = values if values.shape == shape else np.broadcast_to(values.reshape(()), shape)
        return np.ascontiguousarray(full.astype(fmt.dtype)).ravel(), True


def _empty(quantity: str, reply: Reply, values: NDArray[Any], fmt: Format) -> Measure:
    nothing = np.zeros(0, fmt.dtype)
    truth = Enclosures.empty(0)
    return Measure(
        quantity=quantity,
        status=reply.status,
        message=reply.message,
        inputs=values[:0],
        region=np.zeros(0, np.uint8),
        row=np.zeros(0, np.int64),
        component=np.zeros(0, np.int64),
        got=nothing,
        truth=truth,
        failures=np.zeros(0, np.uint8),
        usable=np.zeros(0, bool),
        distances=distances(nothing, truth, fmt),
        excused=np.zeros(0, bool),
        attainable=np.zeros(0, "U16"),
    )
