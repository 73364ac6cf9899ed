"""Planted defects: each gives exactly one cause, at the component where it was planted (ACCEPTANCE A30)."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.interface import Spec
from conformance.causes.naming import FAMILIES
from conformance.causes.planted import read_planted
from conformance.causes.tests.planted import library
from conformance.causes.tests.planted.adapter import Adapter, Array, Plant, Right
from conformance.causes.tests.planted.defects import PLANTS
from conformance.causes.tests.planted.matrix import kernel_under, row_of, subjects_of, told_of
from conformance.execution.in_process import InProcess
from conformance.execution.request import Request
from conformance.oracle.oracle import Oracle
from conformance.tests.reference_answers import ReferenceAnswers, session_folder

KEPT = {row.name: row for row in read_planted()}


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(session_folder(tmp_path_factory, "truth"))


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> ReferenceAnswers:
    return ReferenceAnswers(session_folder(tmp_path_factory, "answers"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_defect_is_one_cause_where_it_was_planted(
    name: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    plant = PLANTS[name]
    row = row_of(plant, oracle, answers)
    assert row.caught, f"{plant.component} ({', '.join(plant.mechanisms)}) came out as {row.found}"
    assert KEPT.get(name) == row, "run python -m conformance.causes.tests.planted.matrix --write"


@pytest.mark.slow
@pytest.mark.parametrize("subject", subjects_of(PLANTS.values()))
def test_the_untouched_reference_gives_no_cause(subject: str, oracle: Oracle, answers: ReferenceAnswers) -> None:
    drafts = told_of(None, [subject], oracle, answers)
    assert not drafts, [(draft.component, draft.mechanism) for draft in drafts]


def test_there_are_enough_of_them_and_no_mechanism_of_a_value_is_left_out() -> None:
    assert len(PLANTS) >= 30
    planted = {mechanism for plant in PLANTS.values() for mechanism in plant.mechanisms}
    assert set(FAMILIES) - planted <= {"crash", "time-out"}


def test_of_every_mechanism_some_defect_is_one_cause_in_two_dtypes_together() -> None:
    apart = {plant.mechanisms[0] for plant in PLANTS.values() if len(plant.dtypes) > 1}
    assert not {plant.mechanisms[0] for plant in PLANTS.values()} - apart


def test_the_kept_matrix_has_every_defect_and_no_other() -> None:
    assert set(KEPT) == set(PLANTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, plant in PLANTS.items() if plant.kernel])
def test_a_kernel_that_is_wrong_by_itself_is_named_under_the_component(
    name: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    plant = PLANTS[name]
    kernel = kernel_under(plant, oracle, answers)
    assert kernel is not None
    assert kernel.name == f"planted.{plant.kernel}"
    assert kernel.quantity == plant.place.split(".")[1]
    assert float(kernel.ulp) > 16
    assert kernel.explained >= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["softplus_by_exp", "tanh_log_det_by_the_square"])
def test_a_formula_over_kernels_that_are_right_has_no_kernel_to_blame(
    name: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    framework = InProcess(lambda: Adapter(PLANTS[name]))
    x = np.full(64, 0.5, np.float32)
    subject, quantity = PLANTS[name].place.split(".")
    seen = framework.operators(Request(subject, quantity, "float32", values=x), {})
    assert seen is not None
    assert seen.operators, "what is watched must be seen, or the test says nothing"
    assert kernel_under(PLANTS[name], oracle, answers) is None


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["laplace(loc=0.25,scale=1.5)", "logistic(loc=0.25,scale=1.5)"])
def test_a_statistic_that_cancels_is_one_cause_in_every_dtype(
    subject: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    """In float32 it is another number; in float64 digits of it are lost, or, of a number of few digits, none."""

    def wrong(right: Right, value: Array, spec: Spec) -> Array:
        return right() + np.asarray(2.5e7, right().dtype) - np.asarray(2.5e7, right().dtype)

    name = subject.split("(", 1)[0]
    plant = Plant("lost", f"{name}.variance", ("cancellation",), (subject,), "a difference of large numbers", wrong)
    (draft,) = told_of(plant, [subject], oracle, answers)
    assert draft.mechanism == "cancellation"
    dtypes = {one.suspect.finding.dtype for one in draft.members}
    assert dtypes == ({"float32"} if name == "laplace" else {"float32", "float64"})


@library.operator("exp")
def _slightly_sloppy_exp(x: Array) -> Array:
    return np.exp(x) * (1 + 20 * np.finfo(x.dtype).eps)


@pytest.mark.slow
def test_a_kernel_that_tips_a_formula_over_its_limit_does_not_explain_it(
    oracle: Oracle, answers: ReferenceAnswers
) -> None:
    def wrong(right: Right, x: Array, spec: Spec) -> Array:
        return _slightly_sloppy_exp(x) * (1 + 7.5 * np.finfo(x.dtype).eps)

    mended = ("exp.forward", ("kernel accuracy",), ("exp",), "two errors that are added")
    assert kernel_under(Plant("tipped", *mended, wrong), oracle, answers) is None
    alone = Plant("alone", *mended, lambda right, x, spec: _slightly_sloppy_exp(x))
    assert kernel_under(alone, oracle, answers) is not None, (
        "its own error is beyond the tolerance, or the test says nothing"
    )
