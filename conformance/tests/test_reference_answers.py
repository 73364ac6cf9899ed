"""What is shared by the tests of a session is the untouched reference's, and no defect is answered from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from adapters.interface import NotOffered, Spec, evaluate
from adapters.numpy import Adapter as Reference
from conformance.causes.tests.planted.adapter import Adapter as Planted
from conformance.causes.tests.planted.adapter import Array, Plant, Right
from conformance.causes.tests.planted.matrix import row_of
from conformance.oracle.oracle import Oracle
from conformance.tests.broken.adapter import Adapter as Broken
from conformance.tests.reference_answers import ReferenceAnswers

AFFINE = "affine(loc=0.75,scale=-2.5)"
NORMAL = "normal(loc=0.25,scale=1.5)"
QUESTIONS: list[tuple[str, str, str, Any]] = [
    ("tanh", "fldj", "float32", [0.25, -30.0, np.nan]),
    ("tanh", "fldj", "float64", [0.25, -30.0, np.nan]),
    ("tanh", "forward", "bfloat16", [[0.25, 3.0], [-0.0, np.inf]]),
    ("tanh", "codomain", "float32", [0.25, 3.0]),
    ("tanh", "increasing", "float32", None),
    ("exp", "forward", "float32", 0.25),
    ("affine(loc=0.75,scale=[-2.5,1.0])", "inverse", "float32", [0.25, 0.5]),
    ("stick_breaking", "forward", "float64", [[0.25, -1.0], [2.0, 3.0]]),
    (NORMAL, "log_prob", "float32", [0.25, np.inf]),
    (NORMAL, "entropy", "float64", None),
]


def array(value: Any, dtype: str) -> Array | None:
    return None if value is None else np.array(value).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def same(one: Array, other: Array) -> bool:
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@pytest.mark.parametrize(("subject", "quantity", "dtype", "value"), QUESTIONS)
def test_an_answer_is_the_references_now_and_from_the_folder(
    subject: str, quantity: str, dtype: str, value: Any, tmp_path: Path
) -> None:
    bind: Any = Reference().distribution if subject == NORMAL else Reference().transform
    right = evaluate(bind(subject, dtype), quantity, array(value, dtype))
    assert same(ReferenceAnswers(tmp_path)(subject, quantity, dtype, array(value, dtype)), right)
    assert len(list(tmp_path.glob("*/*.answer"))) == 1
    assert same(ReferenceAnswers(tmp_path)(subject, quantity, dtype, array(value, dtype)), right)
    assert len(list(tmp_path.glob("*/*"))) == 1


def test_it_is_read_from_the_folder_and_damage_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.array([0.25, 0.5], np.float32)
    right = ReferenceAnswers(tmp_path)("tanh", "forward", "float32", x)
    (file,) = tmp_path.glob("*/*.answer")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert same(ReferenceAnswers(tmp_path)("tanh", "forward", "float32", x), right)
    assert "corrupt" in capsys.readouterr().err


def test_draws_belong_to_their_count_and_seed(tmp_path: Path) -> None:
    answers = ReferenceAnswers(tmp_path)
    for count, seed in ((3, 1), (4, 1), (3, 2)):
        right = Reference().distribution(NORMAL, "float32").sample(count, seed)
        for _ in range(2):
            assert same(answers(NORMAL, "sample", "float32", np.array([count, seed])), right)


def test_no_two_questions_have_one_answer(tmp_path: Path) -> None:
    """Not those of two dtypes, shapes, subjects, quantities or signs of zero either."""
    x, answers = np.array([[0.0, 0.5]], np.float32), ReferenceAnswers(tmp_path)
    asked: list[tuple[str, str, str, Array]] = [
        ("tanh", "forward", "float32", x),
        ("tanh", "forward", "float32", x[0]),
        ("tanh", "forward", "float32", -x),
        ("tanh", "forward", "float64", x.astype(np.float64)),
        ("tanh", "fldj", "float32", x),
        ("sigmoid", "forward", "float32", x),
    ]
    for _ in range(2):
        for subject, quantity, dtype, value in asked:
            right = evaluate(Reference().transform(subject, dtype), quantity, value)
            assert same(answers(subject, quantity, dtype, value), right)
    assert len(list(tmp_path.glob("*/*.answer"))) == len(asked)


def test_nobody_spoils_the_answer_of_the_next(tmp_path: Path) -> None:
    answers, x = ReferenceAnswers(tmp_path), np.array([0.25], np.float32)
    first = answers("exp", "forward", "float32", x)
    right = first.copy()
    first[:] = 7.0
    second = answers("exp", "forward", "float32", x)
    second[:] = 8.0
    assert same(answers("exp", "forward", "float32", x), right)


def test_what_the_reference_lacks_is_lacking_every_time(tmp_path: Path) -> None:
    answers = ReferenceAnswers(tmp_path)
    for _ in range(2):
        with pytest.raises(NotOffered):
            answers("tanh", "map_bits", "float32", None)


def test_a_changed_defect_is_not_answered_from_what_is_known(tmp_path: Path) -> None:
    """Two defects of one name and place, and none, one after the other on one store."""
    answers, x = ReferenceAnswers(tmp_path), np.array([0.25, 0.5], np.float32)
    right = evaluate(Reference().transform("tanh", "float32"), "fldj", x)
    for change in (1.0, 2.0, 0.0, 1.0):
        planted = Planted(_shifted("tanh.fldj", change), answers=answers).transform("tanh", "float32")
        assert same(evaluate(planted, "fldj", x), right + np.float32(change))
    for name, wanted in (("log_det_with_the_wrong_sign", -right), ("", right), ("log_det_with_the_wrong_sign", -right)):
        broken = Broken(name, answers).transform("tanh", "float32")
        assert same(evaluate(broken, "fldj", x), wanted)


class _Mislabelled(Plant):
    """Said to sit in the log-det, wherever it is."""

    @property
    def component(self) -> str:
        return "planted.affine.fldj"


def _shifted(place: str, change: float, kind: type[Plant] = Plant) -> Plant:
    def wrong(right: Right, x: Array, spec: Spec) -> Array:
        return (right() + np.asarray(change, x.dtype)).astype(x.dtype)

    return kind("shifted", place, ("wrong constant", "wrong formula"), (AFFINE,), "", wrong)


def _raises_too(right: Right, x: Array, spec: Spec) -> Array:
    if x.size == 1:
        raise IndexError("index 1 is out of bounds")
    return (right() + np.asarray(1.0, x.dtype)).astype(x.dtype)


@pytest.mark.slow
def test_a_row_fails_where_its_defect_is_missing_elsewhere_or_split(tmp_path: Path) -> None:
    """All on what the row of the right defect left behind."""
    oracle, answers = Oracle(tmp_path / "truth"), ReferenceAnswers(tmp_path / "answers")
    for _ in range(2):
        assert row_of(_shifted("affine.fldj", 1.0), oracle, answers).caught
        missing = row_of(_shifted("affine.fldj", 0.0), oracle, answers)
        assert (missing.found, missing.caught) == ([], False)
    misplaced = row_of(_shifted("affine.forward", 1.0, _Mislabelled), oracle, answers)
    assert misplaced.found
    assert not misplaced.caught
    split = row_of(
        Plant("split", "affine.fldj", ("exception", "wrong constant"), (AFFINE,), "", _raises_too), oracle, answers
    )
    assert len(split.found) > 1
    assert not split.caught
