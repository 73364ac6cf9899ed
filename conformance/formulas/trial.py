"""A function tried at a few ordinary inputs before it is judged: what cannot be judged is said in one line.

A function that raises there, draws random numbers, answers in another dtype, or looks at a value's neighbours would
come out as wrong everywhere, with thousands of findings and no word of why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.formula import FormulaError
from adapters.interface.quantities import LOG_DETS, variable
from conformance.comparison.plan import BadRequest, Plan
from conformance.definitions.parameters import BeyondFormat
from conformance.definitions.registry import result_event
from conformance.execution.client import FrameworkClient
from conformance.execution.plain import one_line
from conformance.execution.request import Reply, Request
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region
from conformance.formulas.asked import Asked
from conformance.formulas.grid import written
from conformance.formulas.quantities import MEANINGS, other_reading
from conformance.judging.cases import build_case
from conformance.laws.case import Case
from conformance.oracle.oracle import Oracle

INPUTS = 33
"""Ordinary inputs per subject and dtype: odd, and more than a vector register holds."""

CALLS = 3
"""Equal calls that have to be answered alike."""

_FORMULA = f"{FormulaError.__name__}: "


@dataclass
class _Reading:
    """How often answers could be used, read as one quantity."""

    usable: int = 0
    total: int = 0

    def add(self, case: Case, quantity: str, values: NDArray[Any], reply: Reply) -> None:
        measure = case.score(quantity, values, np.full(len(values), Region.ORDINARY, np.uint8), reply)
        self.usable += int(np.count_nonzero(measure.usable))
        self.total += len(measure.usable)

    @property
    def share(self) -> float:
        return self.usable / self.total if self.total else 0.0


def try_out(client: FrameworkClient, oracle: Oracle, asked: Asked, plan: Plan, description: Mapping[str, Any]) -> str:
    """A word of warning, or "". Raises BadRequest, one line, where there is nothing to judge; FrameworkUnusable."""
    formula = asked.formula
    quantity, other = formula.quantity, other_reading(formula.quantity)
    unknown = [dtype for dtype in plan.dtypes if dtype not in description["dtypes"]]
    if unknown:
        has = ", ".join(description["dtypes"])
        raise BadRequest(f"{formula.framework} has no {', '.join(unknown)} here; it has {has}")
    plain, turned = _Reading(), _Reading()
    tried = 0
    for case, point in _cases(client, oracle, asked, plan):
        tried += 1
        values = _ordinary(case, quantity)
        where = ", ".join(filter(None, (written(point), case.fmt.name)))
        reply = _Trial(client, asked, case, values, where).passed()
        plain.add(case, quantity, values, reply)
        if other and case.declared.home(quantity) is None:
            turned.add(case, other, values, reply)
    if not tried:
        raise BadRequest(f"no point of the grid is a number of {', '.join(plan.dtypes)}; --grid says which to take")
    return _doubt(asked, plain, turned, other)


def _doubt(asked: Asked, plain: _Reading, turned: _Reading, other: str) -> str:
    formula = asked.formula
    if plain.share > 0.5:
        return ""
    share = f"{plain.total - plain.usable} of {plain.total} ordinary answers of {formula.component}"
    if other and turned.share > 0.9:
        said = (
            f"{share} are not {formula.quantity} ({MEANINGS[formula.quantity]}), and {turned.usable} are {other} "
            f"({MEANINGS[other]}): --quantity {other}"
        )
        if asked.guessed:
            raise BadRequest(f"{said} (or --quantity {formula.quantity}, if that is what it means to compute)")
        return said
    return f"{share} cannot be used: is it {formula.quantity} ({MEANINGS[formula.quantity]}) of what --as says?"


def _cases(
    client: FrameworkClient, oracle: Oracle, asked: Asked, plan: Plan
) -> Iterator[tuple[Case, Mapping[str, float]]]:
    for subject, point in asked.formula.points.items():
        for dtype in plan.dtypes:
            try:
                yield build_case(client, oracle, subject, dtype, "eager", plan.profile, plan.seed, plan.role), point
            except BeyondFormat:
                continue  # Said when it is judged.


def _ordinary(case: Case, quantity: str) -> NDArray[Any]:
    points = case.inputs.points(quantity)
    rows = points.values[points.region == Region.ORDINARY]
    if rows.ndim == 1:
        rows = np.sort(rows)
    places = np.linspace(0, len(rows) - 1, min(INPUTS, len(rows))).round().astype(int)
    return np.ascontiguousarray(rows[places])


@dataclass(frozen=True)
class _Trial:
    """One set of parameters at one dtype. ``where`` says which."""

    client: FrameworkClient
    asked: Asked
    case: Case
    values: NDArray[Any]
    where: str

    def passed(self) -> Reply:
        """The answer to the values. Raises BadRequest where it cannot be judged."""
        first = self._ask(self.values)
        self._answered(first)
        self._formed(first)
        assert first.values is not None
        for _ in range(CALLS - 1):
            self._alike(first.values, self._ask(self.values))
        if first.values.shape[:1] == self.values.shape[:1]:
            half = len(self.values) // 2
            self._alone(first.values[:half], self._ask(self.values[:half]))
        return first

    @property
    def _name(self) -> str:
        return self.asked.formula.component

    def _ask(self, values: NDArray[Any]) -> Reply:
        request = Request(self.case.subject, self.asked.formula.quantity, self.case.fmt.name, "eager", values)
        return self.client.evaluate(request)

    def _answered(self, reply: Reply) -> None:
        if reply.values is not None and (reply.fate is None or reply.fate.any()):
            return  # Some of the rows: which, the laws say.
        if self.client.unusable is not None:
            raise self.client.unusable
        if reply.status == "ok":
            return
        if reply.status == "mixed":
            said = one_line(reply.message.partition(" as a block")[0])
            raise BadRequest(
                f"{self._name} answers one value at a time, and for {len(self.values)} of them ({self.where}): {said}; "
                "values come as a row, and torch.where or its like takes the place of if"
            )
        # Of one value alone, without how many of a block it befell.
        alone = reply.message if reply.status == "timed_out" else self._ask(self.values[:1]).message or reply.message
        if alone.startswith(_FORMULA):
            raise BadRequest(alone.removeprefix(_FORMULA))
        verb = {"crashed": "takes the process down", "timed_out": "does not end"}.get(reply.status, "raises")
        raise BadRequest(f"{self._name} {verb} at ordinary inputs ({self.where}): {one_line(alone)}")

    def _formed(self, reply: Reply) -> None:
        values = reply.values
        if values is None:
            raise BadRequest(f"{self._name} answers in another shape for each value ({self.where})")
        quantity, fmt = self.asked.formula.quantity, self.case.fmt
        shape = (len(self.values), *result_event(self.case.subject, quantity, self.values.shape[1:]))
        if values.shape != shape and not (values.size == 1 and quantity in LOG_DETS):
            raise BadRequest(
                f"{self._name} answers in the shape {list(values.shape)} to a row of {len(self.values)} values, where "
                f"{list(shape)} belongs{self._way_out(values)}"
            )
        if values.dtype.name != fmt.name:
            meant = f"; if that is meant, --dtypes {values.dtype.name}" if values.dtype.name in FORMATS else ""
            said = f"answers in {values.dtype.name} where {fmt.name} came in"
            raise BadRequest(f"{self._name} {said}: a number of another dtype takes part{meant}")

    def _way_out(self, values: NDArray[Any]) -> str:
        if self.asked.formula.column or self.values.ndim > 1:
            return ""
        if values.ndim == 0:
            return "; if it adds up its last axis, as policies do over actions, --column gives it rows of one value"
        return "; --column gives it rows of one value, (N, 1)" if values.ndim > 1 else ""

    def _alike(self, first: NDArray[Any], reply: Reply) -> None:
        again = reply.values
        if again is None or again.shape != first.shape:
            raise BadRequest(f"{self._name} answers one call and not the next ({self.where}): {reply.message}")
        one, two = first.ravel().astype(np.float64), again.ravel().astype(np.float64)
        apart = np.flatnonzero((one != two) & ~(np.isnan(one) & np.isnan(two)))
        if len(apart):
            at = int(apart[0])
            place = self._input(at, len(self.values), one.size)
            raise BadRequest(
                f"{self._name} gives equal calls different answers ({self.where}): at {place} first "
                f"{first.ravel()[at]}, then {again.ravel()[at]}; it keeps a state, or draws random numbers"
            )

    def _alone(self, first: NDArray[Any], reply: Reply) -> None:
        """Whether a value's answer is the same among fewer others, to half the digits: lanes of a vector may differ."""
        if reply.values is None or reply.values.shape != first.shape:
            return
        one, two = first.astype(np.float64), reply.values.astype(np.float64)
        scale = np.maximum(np.abs(one), np.abs(two)) + 1.0
        with np.errstate(invalid="ignore"):
            near = np.abs(one - two) <= scale * 2.0 ** (-self.case.fmt.precision / 2)
        apart = np.flatnonzero((~near & np.isfinite(one) & np.isfinite(two)).ravel())
        if len(apart):
            at = int(apart[0])
            place, whole = self._input(at, len(first), one.size), len(self.values)
            raise BadRequest(
                f"{self._name} lets a value's answer depend on the others of its row ({self.where}): at {place} it is "
                f"{first.ravel()[at]} among {whole} values, and {reply.values.ravel()[at]} among {len(first)}"
            )

    def _input(self, at: int, rows: int, count: int) -> str:
        """The input that entry ``at`` of ``count`` entries in ``rows`` rows is about."""
        row = self.values[at * rows // count]
        axis = variable(self.asked.formula.quantity)
        return f"{axis} = {' '.join(str(value) for value in np.atleast_1d(row).ravel())}"
