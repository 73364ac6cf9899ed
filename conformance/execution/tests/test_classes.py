"""What a worker says of classes is believed in one form only, whoever wrote the frame."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.execution.classes import (
    LONGEST,
    LONGEST_CALL,
    MOST,
    FoundClass,
    calls_of,
    classes_of,
    made_of,
    with_subjects,
)

EXP = ["transform", "lib.Exp", "lib._exp.Exp"]


def test_a_list_of_classes_is_read() -> None:
    (found,) = classes_of({"classes": [EXP]}) or []
    assert found == FoundClass("transform", "lib.Exp", "lib._exp.Exp")
    assert found.short == "Exp"
    both = with_subjects([found, found], ["exp", "chain(exp,tanh)", "tanh"], [[0], [0, 1], []])
    assert [each.subjects for each in both] == [("exp", "chain(exp,tanh)"), ("chain(exp,tanh)",)]


@pytest.mark.parametrize(
    "rows",
    [
        None,
        "classes",
        {"transform": "lib.Exp"},
        ["lib.Exp"],
        [EXP[:2]],
        [[*EXP, "more"]],
        [["map", *EXP[1:]]],
        [["transform", "", "lib._exp.Exp"]],
        [["transform", "lib.Exp", 3]],
        [["transform", "l" * (LONGEST + 1), "lib._exp.Exp"]],
        [EXP] * (MOST + 1),
    ],
)
def test_anything_else_is_no_list_of_classes(rows: Any) -> None:
    assert classes_of({"classes": rows}) is None


@pytest.mark.parametrize("rows", [None, [], [[0]], [[0], [2]], [[0], [-1]], [[0], [True]], [[0], ["1"]], [[0], 1]])
def test_places_have_to_exist(rows: Any) -> None:
    assert made_of({"made_of": rows}, 2, 2) is None
    assert made_of({"made_of": [[0], [0, 1]]}, 2, 2) == [[0], [0, 1]]


@pytest.mark.parametrize("rows", [None, ["Exp()"], ["Exp()", 3], "ab"])
def test_a_call_is_a_text_for_each_question(rows: Any) -> None:
    assert calls_of({"calls": rows}, 2) is None
    assert calls_of({"calls": ["Exp()", ""]}, 2) == ["Exp()", ""]
    assert calls_of({"calls": ["Exp()", "x" * (LONGEST_CALL + 1)]}, 2) == ["Exp()", ""]
