"""Which part of a framework a failing group is laid at the door of: found by running the parts (ACCEPTANCE A29)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import NO_FUNCTIONS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import Leaf, Tracer, observed_in
from conformance.causes.better import better_for
from conformance.causes.tracing import calls
from conformance.execution.client import FrameworkClient
from conformance.execution.request import Request
from conformance.judging.groups import Group
from conformance.laws.case import Case
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure

_SEEN_AS = {
    Failure.RAISED: "raised",
    Failure.CRASHED: "crashed",
    Failure.TIMED_OUT: "timed_out",
    Failure.DTYPE_CHANGED: "dtype",
    Failure.SHAPE_WRONG: "shape",
}


@dataclass(frozen=True)
class Attribution:
    """component: in the framework's own words, "" where it has none. mechanism, cause: what goes wrong there, and the
    id of the two together, the same in every run, mode, profile and version (ACCEPTANCE A31); "" as long as only a
    whole run can tell. subject, quantity, x: what the component was asked, and where.
    """

    component: str
    subject: str
    quantity: str
    mechanism: str = ""
    cause: str = ""
    x: NDArray[Any] | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """What one entry of a baseline is about."""
        return self.cause or self.component or f"{self.quantity} of {self.subject}"

    @property
    def words(self) -> str:
        """The component, or what was asked of it, for a reader."""
        return self.component or f"{self.quantity} of {self.subject}"


class Attributor:
    """Attributes the failing groups of one framework. Answers are kept: laws share their points."""

    def __init__(self, client: FrameworkClient, oracle: Oracle, seed: int) -> None:
        self._client, self._oracle, self._seed = client, oracle, seed
        self._askers: dict[tuple[str, str], FrameworkAsker] = {}
        self._known: dict[tuple[str, ...], Attribution] = {}

    def of(self, group: Group, case: Case) -> Attribution:
        """The component whose own answer, at the exact value that it receives, explains the group's worst point."""
        key = (case.subject, group.quantity, case.fmt.name, case.mode, group.kind.label, group.input.tobytes().hex())
        if key not in self._known:
            leaf = self._leaf(group, case)
            # A compiled mode runs the same source, and compiling every part to be told its name would take minutes.
            asked = ((leaf.subject, leaf.quantity), (case.subject, group.quantity))
            part, whole = self._client.components([Request(*one, case.fmt.name, "eager", count=1) for one in asked])
            if calls(case.subject, whole, part, leaf.quantity):
                self._known[key] = Attribution(str(part), leaf.subject, leaf.quantity, x=leaf.x)
            else:
                self._known[key] = Attribution(str(whole), case.subject, group.quantity, x=group.input)
        return self._known[key]

    def better(self, cause: Attribution, case: Case) -> str:
        """How the reference computes what ``cause`` was asked, in words, where that was run and is right there."""
        if cause.x is None or cause.quantity in NO_FUNCTIONS:
            return ""
        found = better_for(cause.subject, cause.quantity, cause.x, case.fmt.name, self._oracle)
        return "" if found is None else found.words

    def refused_by_default(self, group: Group, case: Case) -> bool:
        """Whether the framework, its arguments validated as users have it, refuses the group's worst input (A21)."""
        if group.kind == Failure.RAISED or group.quantity not in case.quantities:
            return False
        row = np.ascontiguousarray(group.input[np.newaxis])
        (refused,) = self._client.refuses([Request(case.subject, group.quantity, case.fmt.name, case.mode, row)])
        return bool(refused) and all(refused)

    def _leaf(self, group: Group, case: Case) -> Leaf:
        x = np.ascontiguousarray(group.input[np.newaxis])
        measure = group.measure
        own = Leaf(case.subject, group.quantity, x[0], measure.got[group.worst])
        if group.blamed is not None:
            return Leaf(*group.blamed, x[0], measure.got[group.worst])
        if group.quantity not in case.quantities:
            return own
        asker = self._asker(case)
        if group.kind in _SEEN_AS:
            return observed_in(asker, case.subject, group.quantity, x, _SEEN_AS[group.kind], measure.message)
        mine = measure.row == measure.row[group.worst]
        got = measure.got[mine]
        return Tracer(asker).trace(case.subject, group.quantity, x, got if len(got) == 1 else got[np.newaxis])[0]

    def _asker(self, case: Case) -> FrameworkAsker:
        key = (case.fmt.name, case.mode)
        if key not in self._askers:
            self._askers[key] = FrameworkAsker(self._client, self._oracle, *key, case.flushes, self._seed)
        return self._askers[key]
