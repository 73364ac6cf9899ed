"""What confirms an accusation: mpmath, and a script that shows it where a reader would run it."""

import numpy as np
import pytest

from adapters.numpy import Adapter as Reference
from conformance.execution.request import Request, SnippetReply
from conformance.judging.confirm import finding_of
from conformance.judging.groups import groups_of
from conformance.judging.tests.test_judging import AXES, Altered, case_of
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle


def coarse(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return y - np.where((x > 1.0) & (x < 1.5), np.float32(2.0**-17), np.float32(0.0))


class Forgetful:
    """A framework whose answer depends on what ran before: ``worker`` and ``fresh`` are off by as many units."""

    def __init__(self, worker: int, fresh: int) -> None:
        self.off = {False: worker, True: fresh}
        self.asked: list[bool] = []

    def reproduction(self, request: Request) -> SnippetReply:
        assert request.values is not None
        self._right = Reference().transform("tanh", "float32").log_det_jacobian(request.values[None])[0]
        return SnippetReply("ok", code="tanh")

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply:
        self.asked.append(fresh)
        return SnippetReply("ok", stdout=float(self._right + self.off[fresh] * np.spacing(self._right)).hex())


@pytest.mark.parametrize(
    ("worker", "fresh", "confirmed", "asked"),
    [(128, 0, True, [False]), (0, 128, True, [False, True]), (0, 0, False, [False, True])],
)
def test_a_minor_finding_too_is_confirmed_where_a_reader_would_run_its_script(
    worker: int, fresh: int, confirmed: bool, asked: list[bool]
) -> None:
    case = case_of(Altered("tanh", "fldj", coarse), "tanh")
    group = next(iter(groups_of("L01", LAWS["L01"].check(case), case)))
    framework = Forgetful(worker, fresh)
    finding = finding_of(group, case, AXES, Oracle(), framework)
    assert finding.severity == "minor"
    assert finding.confirmed is confirmed
    assert framework.asked == asked
