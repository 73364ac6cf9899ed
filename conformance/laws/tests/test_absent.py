"""A framework that lacks a subject is asked for it once, and one that lacks a quantity is not asked for it twice."""

from __future__ import annotations

import numpy as np

from conformance.execution.request import Reply, Request
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle

QUANTITIES = ("forward", "inverse", "fldj", "ildj")


class Lacking:
    """It offers forward maps at most."""

    def __init__(self, absent: bool) -> None:
        self.absent = absent
        self.asked: list[str] = []

    def evaluate(self, request: Request) -> Reply:
        self.asked.append(request.quantity)
        if self.absent or request.quantity != "forward":
            return Reply("not_offered", message="not here", absent=self.absent)
        assert request.values is not None
        with np.errstate(all="ignore"):
            return Reply("ok", np.exp(request.values), np.zeros(len(request.values), np.uint8))


def case_of(framework: Lacking) -> Case:
    return build_case(framework, Oracle(), "exp", "float32", "eager", profile_named("quick"), 1)


def test_a_subject_that_is_lacking_is_asked_for_once() -> None:
    framework = Lacking(absent=True)
    case = case_of(framework)
    for quantity in QUANTITIES:
        assert not case.measure(quantity).offered
        assert case.measure(quantity).message == "not here"
    assert list(LAWS["L18"].check(case)) == []
    assert framework.asked == ["forward"]
    case.ask("forward", case.inputs.points("forward").values[:1], subject="sigmoid")
    assert framework.asked == ["forward"] * 2, "of another subject nothing was said"


def test_a_quantity_that_is_lacking_is_not_tried_in_small_batches() -> None:
    framework = Lacking(absent=False)
    case = case_of(framework)
    checks = list(LAWS["L18"].check(case))
    assert checks
    assert {check.measure.quantity for check in checks} == {"forward"}
    assert [framework.asked.count(quantity) for quantity in QUANTITIES] == [1 + 3, 1, 1, 1]


def test_small_batches_are_tried_at_one_dtype() -> None:
    other = build_case(Lacking(absent=False), Oracle(), "exp", "float64", "eager", profile_named("quick"), 1)
    assert list(LAWS["L18"].check(other)) == []
