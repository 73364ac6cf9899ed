"""One framework at one dtype in one mode, beside the oracle and the scoring: what attribution asks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.causes.lines import NOT_A_FAULT, Line, line_of
from conformance.execution.request import Fate, Reply, Request
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import format_named
from conformance.floats.regions import Region, regions_of
from conformance.judging.cases import build_case, frame_of
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case, Framework, Truth
from conformance.laws.measure import Measure

Array = NDArray[Any]


class FrameworkAsker:
    """See ``conformance.causes.attribution.Asker``. Cases are made once per subject; a question once asked is kept."""

    def __init__(self, client: Framework, oracle: Truth, dtype: str, mode: str, flushes: bool, seed: int) -> None:
        self.fmt = format_named(dtype)
        self.mode = mode
        self._client, self._oracle, self._flushes, self._seed = client, oracle, flushes, seed
        self._cases: dict[str, Case] = {}
        self._replies: dict[tuple[str, str, bytes], Reply] = {}
        self._measures: dict[tuple[str, str, bytes, bytes], Measure] = {}
        self._lines: dict[tuple[str, str], Line | None] = {}

    def case(self, subject: str) -> Case:
        """The case of ``subject`` here, with the tolerance, domain and excuses that the comparison judges by."""
        if subject not in self._cases:
            self._cases[subject] = build_case(
                self._client,
                self._oracle,
                subject,
                self.fmt.name,
                self.mode,
                PROFILES["quick"],
                self._seed,
                flushes=self._flushes,
            )
        return self._cases[subject]

    def line(self, subject: str, quantity: str) -> Line | None:
        """The line of ``quantity`` over the case's own points; None where nothing failed. The measure is let go of: of
        a 16-bit format it holds every float."""
        key = (subject, quantity)
        if key not in self._lines:
            case = self.case(subject)
            measure = case.measure(quantity)
            self._lines[key] = line_of(measure, subject, self.fmt.name, self.mode) if measure.offered else None
            case.forget()
        return self._lines[key]

    def ask(self, subject: str, quantity: str, x: Array) -> Reply:
        """The framework's answer at the rows of ``x``."""
        x = np.ascontiguousarray(x)
        key = (subject, quantity, x.tobytes())
        if key not in self._replies:
            request = Request(subject=subject, quantity=quantity, dtype=self.fmt.name, mode=self.mode, values=x)
            self._replies[key] = self._client.evaluate(request)
        return self._replies[key]

    def truth(self, subject: str, quantity: str, x: Array) -> Enclosures:
        """The oracle's enclosures at the rows of ``x``."""
        return self._oracle.truth(subject, quantity, np.ascontiguousarray(x), self.fmt)

    def measure(self, subject: str, quantity: str, x: Array, got: Array) -> Measure:
        """The answers ``got``, scored as the comparison scores them."""
        key = (subject, quantity, x.tobytes(), got.tobytes())
        if key not in self._measures:
            reply = Reply("ok", got, np.full(len(x), Fate.OK, np.uint8))
            self._measures[key] = self.case(subject).score(quantity, x, self.regions(subject, quantity, x), reply)
        return self._measures[key]

    def judge(self, subject: str, quantity: str, x: Array, got: Array) -> NDArray[np.uint8]:
        """A Failure per row: that of a component which accuses, where one does."""
        measure = self.measure(subject, quantity, x, got)
        codes = measure.failures.reshape(len(x), -1)
        accusing = ~np.isin(codes, NOT_A_FAULT)
        return np.asarray(codes[np.arange(len(codes)), accusing.argmax(axis=1)])

    def ulp(self, subject: str, quantity: str, x: Array, got: Array) -> NDArray[np.float64]:
        """The distance from the truth per row, of the farthest component; 0 where there is no truth."""
        off = self.measure(subject, quantity, x, got).distances.ulp.reshape(len(x), -1)
        return np.asarray(np.nan_to_num(off, nan=0.0, posinf=np.inf).max(axis=1))

    def regions(self, subject: str, quantity: str, x: Array) -> NDArray[np.uint8]:
        """The Region of every row; ordinary for events, whose regions the points of a case carry."""
        if x.ndim > 1:
            finite = np.isfinite(x.reshape(len(x), -1).astype(np.float64)).all(axis=1)
            return np.where(finite, Region.ORDINARY, Region.SPECIAL).astype(np.uint8)
        return regions_of(x, self.fmt, frame_of(self._oracle, subject, quantity))
