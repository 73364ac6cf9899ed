"""What counts as seeing a failure again."""

from dataclasses import replace

import numpy as np
import pytest

from adapters.interface.quantities import DECLARED, TABLE
from conformance.execution.request import SnippetReply
from conformance.judging.accused import Accused
from conformance.judging.tests.test_judging import Altered, case_of
from conformance.laws.truths import exactly
from conformance.scoring.failures import Failure


def accused(kind: Failure, got: float, component: int | None = 0) -> Accused:
    case = case_of(Altered("tanh", "fldj", lambda x, y: y), "tanh")
    truth = case.oracle.truth("tanh", "fldj", np.array([2.0], np.float32), case.fmt)
    return Accused.of(case, "fldj", kind, got, truth, component)


RIGHT = float(np.float32(-2.6500057)).hex()


@pytest.mark.parametrize("component", [0, None])
@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("nan", True),
        (RIGHT, False),
        (f"{RIGHT}\nnan", True),
        ("inf", False),
        ("", False),
        ("deprecated: use another class", False),
        (f"deprecated\n{RIGHT}", False),
    ],
)
def test_a_value_is_seen_again_in_any_line_that_a_script_prints(
    printed: str, seen: bool, component: int | None
) -> None:
    told, misbehaves = accused(Failure.SPURIOUS_NAN, float("nan"), component).shown_by(SnippetReply("ok", printed))
    assert (told, misbehaves) == (printed, seen)


def test_another_failure_than_the_accused_one_is_named() -> None:
    assert list(accused(Failure.SPURIOUS_NAN, float("nan")).failures(f"inf\n{RIGHT}")) == [
        Failure.SPURIOUS_INF,
        Failure.NONE,
    ]


@pytest.mark.parametrize(("status", "kind"), [("raised", Failure.RAISED), ("crashed", Failure.CRASHED)])
def test_a_script_that_ends_as_accused_shows_it(status: str, kind: Failure) -> None:
    assert accused(kind, float("nan")).shown_by(SnippetReply(status, message="why")) == ("why", True)
    assert accused(Failure.SPURIOUS_NAN, float("nan")).shown_by(SnippetReply(status, message="why")) == ("why", False)


@pytest.mark.parametrize(("printed", "seen"), [("torch.float64", True), ("torch.float32", False)])
def test_the_last_line_tells_the_dtype(printed: str, seen: bool) -> None:
    ran = SnippetReply("ok", f"0x1p-1\n{printed}")
    assert accused(Failure.DTYPE_CHANGED, 0.0).shown_by(ran)[1] is seen


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("0x1.2p-1 0x1.1p-1", True),
        ("0x1.1p-1 0x1.2p-1", False),
        ("0x1.1p-1 0x1.1p-1", False),
        ("0x1.1p-1 0x1.2p-1\n0x1.2p-1 0x1.1p-1", True),
        ("0x1.2p-1", False),
        ("", False),
    ],
)
def test_a_broken_order_is_seen_in_a_pair_that_stands_the_wrong_way_round(printed: str, seen: bool) -> None:
    assert accused(Failure.ORDER_BROKEN, 0.5).shown_by(SnippetReply("ok", printed))[1] is seen


@pytest.mark.parametrize(
    ("printed", "alone", "seen"),
    [(RIGHT, "nan", True), ("nan", RIGHT, True), (RIGHT, RIGHT, False), (RIGHT, "", False)],
)
def test_what_depends_on_the_place_is_seen_for_one_value_alone_too(printed: str, alone: str, seen: bool) -> None:
    ran = SnippetReply("ok", printed, single=alone)
    wrong = replace(accused(Failure.SPURIOUS_NAN, float("nan")), anywhere=True)
    assert wrong.shown_by(ran) == (printed, seen)
    assert accused(Failure.SPURIOUS_NAN, float("nan")).shown_by(ran)[1] is (printed == "nan")


@pytest.mark.parametrize(("alone", "seen"), [("0x1.2p-1", True), (RIGHT, False), ("", False)])
def test_right_answers_that_differ_are_seen_to_differ(alone: str, seen: bool) -> None:
    apart = replace(accused(Failure.POSITION, 0.5), anywhere=True)
    assert apart.shown_by(SnippetReply("ok", RIGHT, single=alone))[1] is seen


@pytest.mark.parametrize(("status", "printed", "seen"), [("ok", "0x0.0p+0", True), ("ok", "0x1.0p+0", False)])
def test_a_declaration_is_seen_in_the_number_that_it_prints(status: str, printed: str, seen: bool) -> None:
    assert accused(Failure.DECLARED_WRONG, 0.0).shown_by(SnippetReply(status, printed))[1] is seen


@pytest.mark.parametrize(("got", "seen"), [(float("nan"), True), (0.0, False)])
def test_a_declaration_that_cannot_be_read_is_seen_to_raise(got: float, seen: bool) -> None:
    assert accused(Failure.DECLARED_WRONG, got).shown_by(SnippetReply("raised", message="why"))[1] is seen


@pytest.mark.parametrize("quantity", [name for name, row in {**TABLE, **DECLARED}.items() if row.of == "transform"])
def test_whatever_a_law_asks_of_a_map_can_be_accused(quantity: str) -> None:
    case = case_of(Altered("tanh", "fldj", lambda x, y: y), "tanh")
    one = Accused.of(case, quantity, Failure.DECLARED_WRONG, 0.0, exactly(np.ones(1)), 0)
    assert one.codomain == {"forward": (-1.0, 1.0), "inverse": (-np.inf, np.inf)}.get(quantity)
    assert one.tolerance == case.tolerance("forward")
