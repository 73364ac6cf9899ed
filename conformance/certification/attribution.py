"""Which part of a framework a failing group is laid at the door of: found by running the parts (ACCEPTANCE A29)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import Leaf, Tracer, observed_in
from conformance.comparison.groups import Group
from conformance.execution.client import FrameworkClient
from conformance.execution.request import Request
from conformance.laws.case import Case
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure

_SEEN_AS = {
    Failure.RAISED: "raised",
    Failure.CRASHED: "crashed",
    Failure.TIMED_OUT: "timed_out",
    Failure.DTYPE_CHANGED: "dtype",
}


@dataclass(frozen=True)
class Attribution:
    """component: in the framework's own words, "" where it has none. mechanism, cause: what goes wrong there, and the
    id of the two together, the same in every run, mode, profile and version (ACCEPTANCE A31); "" as long as only a
    whole run can tell. better: how the reference computes it, in words. subject, quantity: what the component was
    asked.
    """

    component: str
    subject: str
    quantity: str
    mechanism: str = ""
    cause: str = ""
    better: str = ""

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
            question = Request(leaf.subject, leaf.quantity, case.fmt.name, case.mode, count=1)
            (component,) = self._client.components([question])
            self._known[key] = Attribution(str(component), leaf.subject, leaf.quantity)
        return self._known[key]

    def _leaf(self, group: Group, case: Case) -> Leaf:
        x = np.ascontiguousarray(group.input[np.newaxis])
        measure = group.measure
        own = Leaf(case.subject, group.quantity, x[0], measure.got[group.worst])
        if group.quantity not in case.quantities or group.kind == Failure.SHAPE_WRONG:
            return own
        asker = self._asker(case)
        if group.kind in _SEEN_AS:
            return observed_in(asker, case.subject, group.quantity, x, [_SEEN_AS[group.kind]])
        mine = measure.row == measure.row[group.worst]
        got = measure.got[mine]
        return Tracer(asker).trace(case.subject, group.quantity, x, got if len(got) == 1 else got[np.newaxis])[0]

    def _asker(self, case: Case) -> FrameworkAsker:
        key = (case.fmt.name, case.mode)
        if key not in self._askers:
            self._askers[key] = FrameworkAsker(self._client, self._oracle, *key, case.flushes, self._seed)
        return self._askers[key]
