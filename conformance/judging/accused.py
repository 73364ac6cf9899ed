"""Whether what a script printed shows the failure that it was written for: when it is confirmed, and again later."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, NO_FUNCTIONS
from conformance.execution.request import SnippetReply
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.laws.case import Case
from conformance.laws.l24_order import shows
from conformance.scoring.failures import Failure, classify

OBSERVED = (
    Failure.RAISED,
    Failure.CRASHED,
    Failure.TIMED_OUT,
    Failure.SHAPE_WRONG,
    Failure.DTYPE_CHANGED,
    Failure.ORDER_BROKEN,
    Failure.POSITION,
    Failure.DECLARED_WRONG,
    Failure.DRAWS_REPEATED,
    Failure.SEED_IGNORED,
)
"""Failures that are seen, not computed: no second opinion on a value is needed."""

DYING = {"raised": Failure.RAISED, "crashed": Failure.CRASHED, "timed_out": Failure.TIMED_OUT}
"""What a script that did not end shows."""


@dataclass(frozen=True)
class Accused:
    """An input at which a framework is accused of ``kind``: what counts as seeing it again.

    got: the accused value, NaN where none came. truth: one enclosure per element of the result. component: the element
    that is accused; None for any. terms: see ``classify``, one per element. anywhere: the answer was given in another
    place than the long arrays of a run, so that what the script prints for one value alone counts as well. shape: the
    accused declaration, where that is a shape.
    """

    kind: Failure
    quantity: str
    fmt: Format
    got: float
    truth: Enclosures
    component: int | None
    codomain: tuple[float, float] | None
    tolerance: Any
    flushes: bool
    terms: NDArray[np.float64] | None = None
    anywhere: bool = False
    shape: tuple[int, ...] | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        quantity: str,
        kind: Failure,
        got: float,
        truth: Enclosures,
        component: int | None,
        terms: NDArray[np.float64] | None = None,
    ) -> Accused:
        """The accusation of ``kind`` in ``quantity`` of ``case``, judged by the case's own tolerance and codomain."""
        return cls(
            kind=kind,
            quantity=quantity,
            fmt=case.fmt,
            got=got,
            truth=truth,
            component=component,
            codomain=None if quantity in NO_FUNCTIONS else case.declared.codomain(quantity),
            tolerance=case.tolerance(quantity),
            flushes=case.flushes,
            terms=terms,
        )

    def shown_by(self, ran: SnippetReply) -> tuple[str, bool]:
        """What the script printed (or why it ended), and whether that shows the failure.

        A script prints several lines where equal calls have different answers: one that fails is enough.
        """
        if ran.status != "ok":
            unread = self.kind == Failure.DECLARED_WRONG and self.got != self.got
            return ran.message, DYING.get(ran.status) == self.kind or (unread and ran.status == "raised")
        printed = ran.stdout.strip()[-4000:]
        return printed, self._misbehaves(f"{printed}\n{ran.single.strip()[-4000:]}" if self.anywhere else printed)

    def failures(self, printed: str) -> NDArray[np.uint8]:
        """The verdict on every accused element of every line of ``printed`` that holds numbers."""
        verdicts = [self._judged(row) for row in _rows(printed)]
        return np.concatenate(verdicts) if verdicts else np.zeros(0, np.uint8)

    def _misbehaves(self, printed: str) -> bool:
        """Whether a printed line shows the accused value, or another one that fails in the same way."""
        if self.kind in OBSERVED:
            if self.kind == Failure.DTYPE_CHANGED:
                last = printed.splitlines()[-1:]
                return bool(last) and not re.search(rf"\b{self.fmt.name}\b", last[0])
            if self.kind == Failure.ORDER_BROKEN:
                return shows(_rows(printed))
            if self.kind == Failure.DECLARED_WRONG and self.shape is not None:
                # A number without axes has no sizes to print.
                return [list(self.shape)] == ([row.tolist() for row in _rows(printed)] or [[]])
            if self.kind == Failure.DECLARED_WRONG:
                return any(row[0] == self.got for row in _rows(printed))
            if self.kind == Failure.POSITION:
                return len({row[self._places(row)].tobytes() for row in _rows(printed)}) > 1
            # The script shows values; what is accused here is the form of the answer, seen in the evaluation itself.
            return self.kind == Failure.SHAPE_WRONG
        values = [value for row in _rows(printed) for value in row[self._places(row)]]
        if self.component is not None and any(
            value == self.got or (value != value and self.got != self.got) for value in values
        ):
            return True
        return bool((self.failures(printed) == self.kind).any())

    def _places(self, row: NDArray[np.float64]) -> list[int]:
        if self.component is None:
            return list(range(min(len(row), len(self.truth))))
        return [self.component if self.component < len(row) else 0]

    def _judged(self, row: NDArray[np.float64]) -> NDArray[np.uint8]:
        values = row[self._places(row)].astype(self.fmt.dtype)
        # Where one element is accused, ``truth`` holds that one.
        members = np.arange(len(values)) if self.component is None else np.zeros(len(values), int)
        return classify(
            values,
            self.truth[members],
            self.fmt,
            log_quantity=self.quantity in LOG_QUANTITIES,
            codomain=self.codomain,
            tolerance=self.tolerance,
            flush_to_zero=self.flushes,
            terms=None if self.terms is None else self.terms[members],
        )


def _rows(printed: str) -> list[NDArray[np.float64]]:
    """The lines of ``printed`` that are numbers throughout, as arrays."""
    rows = []
    for line in printed.splitlines():
        with suppress(ValueError, OverflowError):
            numbers = [float.fromhex(word) for word in line.split()]
            rows += [np.array(numbers)] if numbers else []
    return rows
