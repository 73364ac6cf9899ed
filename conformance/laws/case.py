"""One case under law: a subject in one framework, mode and dtype, and everything a law may ask about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, TAILS
from conformance.definitions.declared import Declared, declared
from conformance.definitions.parameters import in_format
from conformance.definitions.registry import functions_of, result_event
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.laws.everyday import Reach, find_reach
from conformance.laws.inputs import Inputs
from conformance.laws.measure import TOO_LARGE, Measure, fits_shape
from conformance.laws.promises import promise_of
from conformance.laws.scored import score
from conformance.scoring.tolerance import Tolerance, tolerance_for

_BY_THE_CDF = (*TAILS, "icdf")


class Framework(Protocol):
    """The part of a framework client that laws use. One that has a name, ``framework``, is held to its promises."""

    def evaluate(self, request: Request) -> Reply: ...


class Truth(Protocol):
    """The part of the oracle that laws use."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...

    def roughly(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...

    def nearest(self, subject: str, quantity: str, got: NDArray[Any], fmt: Format) -> Enclosures: ...


@dataclass
class _Told:
    """What a case has been told so far. absent: that the framework does not have the subject at all."""

    measures: dict[str, Measure] = field(default_factory=dict)
    reach: dict[str, Reach] = field(default_factory=dict)
    absent: Reply | None = None


@dataclass
class Case:
    """See the module's docstring. ``measure`` is memoised: several laws judge the same evaluation.

    inputs: where the subject's inputs lie. flushes: the framework flushes subnormal numbers in this dtype, as it says.
    only: quantities beside which nothing is asked.
    """

    subject: str
    mode: str
    fmt: Format
    framework: Framework
    oracle: Truth
    inputs: Inputs
    flushes: bool
    seed: int
    only: tuple[str, ...] = ()
    _told: _Told = field(default_factory=_Told)

    @cached_property
    def declared(self) -> Declared:
        """What the definition says, of the subject with the numbers that it has in this dtype."""
        return declared(in_format(self.subject, self.fmt))

    def tolerance(self, quantity: str, subject: str = "") -> Tolerance:
        """What counts as right, with what the framework promises of ``subject``, the case's own by default."""
        promise = promise_of(getattr(self.framework, "framework", ""), subject or self.subject, quantity)
        known = tolerance_for(quantity, self.fmt)
        return known if promise is None else replace(known, promise=promise)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities that are functions of one input, for this kind of subject; of those the ``only`` ones, and
        those that are not ``too_large``."""
        return tuple(one for one in self._wanted if one not in self.inputs.too_large)

    @property
    def unasked(self) -> tuple[str, ...]:
        """The quantities beside ``quantities`` that are ``too_large``."""
        return tuple(one for one in self._wanted if one in self.inputs.too_large)

    @property
    def _wanted(self) -> tuple[str, ...]:
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
        if self._told.absent is not None and not subject:
            return self._told.absent
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
            self._told.absent = reply
        return reply

    def measure(self, quantity: str) -> Measure:
        """Evaluate and score ``quantity`` at its standard points."""
        if quantity not in self._told.measures:
            points = self.inputs.points(quantity)
            measured = self.measure_at(quantity, points.values, points.region)
            self._told.measures[quantity] = replace(measured, exhaustive=points.exhaustive)
        return self._told.measures[quantity]

    def forget(self) -> None:
        """Drop the memoised measures: a run has thousands of cases, and each may hold every 16-bit float four times."""
        self._told = _Told(absent=self._told.absent)

    def reach(self, quantity: str) -> Reach:
        """What this framework's map in the other direction gives: where inputs of ``quantity`` come from."""
        if quantity not in self._told.reach:
            self._told.reach[quantity] = find_reach(self, quantity)
        return self._told.reach[quantity]

    def runs_at(self, quantity: str, rows: NDArray[np.intp]) -> Measure:
        """Ask at these rows of its standard points once more, to see whether that runs: NONE wherever an answer of the
        right shape came, whatever its values are. What did not run is scored."""
        points, whole = self.inputs.points(quantity), self.measure(quantity)
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
        large = quantity in self.inputs.too_large and not subject
        reply = Reply(TOO_LARGE) if large else self.ask(quantity, values, subject=subject)
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
        return score(self, quantity, values, region, reply, subject, truth)
