"""Planted defects: each gives exactly one cause, at the component where it was planted (ACCEPTANCE A30)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adapters.interface import Spec
from conformance.causes.naming import FAMILIES
from conformance.causes.planted import read_planted
from conformance.causes.tests.planted import library
from conformance.causes.tests.planted.adapter import Adapter, Array, Plant, Right
from conformance.causes.tests.planted.defects import PLANTS
from conformance.causes.tests.planted.matrix import kernel_under, row_of, subjects_of, told_of
from conformance.causes.writing import cause_of
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


def _lost_below_single(right: Right, value: Array, spec: Spec) -> Array:
    """A square of 2^-80 of the scale, brought back: in float32 it is 0 on the way."""
    tiny = np.asarray(2.0**-80, right().dtype)
    return right() * tiny * tiny / tiny / tiny


def _lost_in_both(right: Right, value: Array, spec: Spec) -> Array:
    """In float64 to what float32 could hold as well, where float32 has lost far more."""
    large = np.asarray(2.0**28 if right().dtype == np.float64 else 2.0**20, right().dtype)
    return right() + large - large


def _kept_in_single(right: Right, value: Array, spec: Spec) -> Array:
    return (right() * np.float64(1 + 3e-8)).astype(right().dtype)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (_lost_below_single, {"float32": "underflow of an intermediate"}),
        (_lost_in_both, {"float64": "cancellation"}),
        (_kept_in_single, {"float64": "constant in a narrower dtype"}),
    ],
)
def test_a_statistic_is_told_by_what_both_dtypes_show(
    wrong: Callable[[Right, Array, Spec], Array], told: dict[str, str], oracle: Oracle, answers: ReferenceAnswers
) -> None:
    """0 is no number that lost its digits, and digits of which float32 has none were not lost to a short constant."""
    subject = "logistic(loc=0.25,scale=1.5)"
    mechanisms, about = tuple(told.values()), "another answer in one dtype or two"
    plant = Plant("wrong", "logistic.variance", mechanisms, (subject,), about, wrong, dtypes=tuple(told))
    drafts = told_of(plant, [subject], oracle, answers)
    assert {one.suspect.finding.dtype: draft.mechanism for draft in drafts for one in draft.members} == told


def _clamped_and_not_masked(right: Right, y: Array, spec: Spec) -> Array:
    """log(y/(1 - y)) of y clamped next to 1, and a number below 0."""
    inside = np.minimum(y, 1 - np.finfo(y.dtype).eps)
    return np.where(y < 0, np.asarray(-3, y.dtype), np.where(y < 0.5, right(), np.log(inside) - np.log1p(-inside)))


def _nan_from_the_last_float_on(right: Right, y: Array, spec: Spec) -> Array:
    return np.where(y >= np.nextafter(np.asarray(1.5, y.dtype), np.asarray(0, y.dtype)), np.nan, right()).astype(
        y.dtype
    )


def _single_in_float64_and_worse_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    if x.dtype == np.float64:
        return right().astype(np.float32).astype(np.float64)
    return np.where((x > 0.3) & (x < 2.0), right() + np.float32(3e5) - np.float32(3e5), right())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "subject", "wrong", "phrase"),
    [
        ("sigmoid.inverse", "sigmoid", _clamped_and_not_masked, "switches its formula where the error is still large"),
        # Nan at the end of a support beyond which nan comes has no other reason.
        ("uniform.log_prob", "uniform(low=-0.5,high=1.5)", _nan_from_the_last_float_on, "does not mask inputs outside"),
    ],
)
def test_a_cause_is_told_by_what_its_own_example_shows(
    place: str,
    subject: str,
    wrong: Callable[[Right, Array, Spec], Array],
    phrase: str,
    oracle: Oracle,
    answers: ReferenceAnswers,
) -> None:
    """Most inputs that fail lie outside the support, and the gravest inside: it was told to lie outside."""
    plant = Plant("outside", place, ("missing support mask",), (subject,), "the gravest lies inside", wrong)
    (draft,) = told_of(plant, [subject], oracle, answers)
    cause = cause_of(draft, [], "1")
    assert cause.mechanism == "missing support mask"
    assert float(cause.example.exact) in (pytest.approx(16.6355322738), pytest.approx(-0.69314718056))
    assert f" {phrase}" in cause.title
    told = cause.evidence[0].endswith(" at the input shown, missing support mask elsewhere")
    assert told is (place == "sigmoid.inverse")


@pytest.mark.slow
def test_a_narrower_dtype_is_told_of_float64_alone(oracle: Oracle, answers: ReferenceAnswers) -> None:
    """MindSpore's log_prob that is -inf in float16 was told to be computed in a narrower dtype, as in float64 it is."""
    plant = Plant("single", "softplus.fldj", (), ("softplus",), "", _single_in_float64_and_worse_in_float32)
    (draft,) = told_of(plant, ["softplus"], oracle, answers)
    assert draft.mechanism == "constant in a narrower dtype"
    told = {(one.suspect.finding.dtype, draft.shown_by(one.suspect.finding)) for one in draft.members}
    assert ("float64", draft.mechanism) in told
    assert "float32" in {dtype for dtype, _ in told}
    assert ("float32", draft.mechanism) not in told


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
