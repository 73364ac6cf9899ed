"""L09 scores a member's answers once where the batch gives the very same, and says what scoring them twice would."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from conformance.causes.tests.planted.adapter import Adapter
from conformance.causes.tests.planted.defects import PLANTS
from conformance.execution.request import Fate, Reply
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws import l09_independence
from conformance.laws.law import Check
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

LINE, POWER, NORMAL = "affine(loc=0.75,scale=-2.5)", "power(exponent=2.5)", "normal(loc=0.25,scale=1.5)"


def checks(defect: str, subject: str, oracle: Oracle) -> list[Check]:
    framework = InProcess(lambda: Adapter(PLANTS.get(defect)))
    case = build_case(framework, oracle, subject, "float32", "eager", profile_named("quick"), 1)
    return list(LAWS["L09"].check(case))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("defect", "subject", "accused"),
    [
        ("", LINE, False),
        ("", NORMAL, False),
        ("affine_log_det_of_a_negative_scale", LINE, False),
        ("the_first_member_for_all", LINE, True),
        ("members_in_the_opposite_order", POWER, True),
    ],
)
def test_what_is_said_of_members_does_not_depend_on_the_short_cut(
    defect: str, subject: str, accused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle, taken = Oracle(), []

    def noted(alone: Reply, answers: l09_independence.Rows) -> bool:
        taken.append(same(alone, answers))
        return taken[-1]

    same = l09_independence.same
    monkeypatch.setattr(l09_independence, "same", noted)
    short = checks(defect, subject, oracle)
    assert any(taken)
    assert not (accused and all(taken))
    monkeypatch.setattr(l09_independence, "same", lambda alone, answers: False)
    full = checks(defect, subject, oracle)
    assert len(short) == len(full)
    assert any(check.failed.any() for check in full) == accused
    for one, other in zip(short, full, strict=True):
        for field in fields(one.measure):
            if field.name != "seconds":
                assert _text(getattr(one.measure, field.name)) == _text(getattr(other.measure, field.name)), field.name


def _text(value: object) -> str:
    with np.printoptions(threshold=10**6, floatmode="unique"):
        return repr(value)


def test_another_bit_dtype_shape_or_fate_is_not_the_same() -> None:
    values, fine = np.array([0.0, np.nan], np.float32), np.zeros(2, np.uint8)
    alone = Reply("ok", values, fine)
    assert l09_independence.same(alone, values.copy())
    for other in (-values, values.astype(np.float64), values[:, None], values[:1]):
        assert not l09_independence.same(alone, other)
    assert not l09_independence.same(Reply("ok", values, np.array([0, Fate.RAISED], np.uint8)), values)
    assert not l09_independence.same(Reply("ok", values, None), values)
    assert not l09_independence.same(Reply("raised", None, fine), values)
