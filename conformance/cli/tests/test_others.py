"""What ``conformance explain ... --framework`` says of an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.numpy import Adapter as Reference
from conformance.cli.others import Answer, _scored
from conformance.execution.request import Reply, Request, fates_of
from conformance.floats.regions import Region
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

WHY = "1 input is not asked: its loop never ends"


class Sparing(InProcess):
    """The reference, which makes no call with nan."""

    def evaluate(self, request: Request) -> Reply:
        reply = super().evaluate(request)
        assert request.values is not None
        out = np.flatnonzero(np.isnan(request.values)).tolist()
        return replace(reply, fate=fates_of(request.rows, out), message=WHY if out else "")


def _said(x: float) -> Answer:
    case = build_case(Sparing(Reference), Oracle(), "tanh", "float32", "eager", PROFILES["quick"], 1)
    values = np.array([x], np.float32)
    return _scored(
        "numpy", "1.0", "eager", "fldj", case.measure_at("fldj", values, np.zeros(1, np.uint8) + Region.ORDINARY)
    )


def test_where_no_call_is_made_it_is_said_why_and_no_answer_is_shown() -> None:
    left_out, asked = _said(float("nan")), _said(0.5)
    assert (left_out.status, left_out.text()) == ("not_asked", f"1.0: {WHY}")
    assert (asked.status, asked.verdict) == ("ok", "right")
    assert "ulp off" in asked.text()
