"""The search finds what no list of thresholds holds, says where, and does the same thing twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import conformance
from conformance.comparison.plan import BadRequest
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import from_ordinal, to_ordinal
from conformance.judging.cases import build_case, frame_of
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.oracle.oracle import Oracle
from conformance.search.budget import Budget
from conformance.search.ledger import Seen
from conformance.search.line import Line
from conformance.search.pick import thresholds_found, to_keep
from conformance.search.random_points import random_document
from conformance.search.run import Outcome, Search, checked, run_search
from conformance.search.scalar_search import Found, asked_again, search_line
from conformance.search.tests.narrow_adapter import CUT, NARROW, STEP, Adapter
from conformance.search.vector_search import search_rows
from conformance.tests.in_process import InProcess

FLOAT64 = FORMATS["float64"]
FILE = Path(__file__).with_name("narrow_adapter.py")
SLOPPY = Path(conformance.__file__).parent / "sweeps" / "tests" / "sloppy_adapter.py"


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(tmp_path_factory.mktemp("oracle"))


def case_of(oracle: Oracle, subject: str, dtype: str = "float64") -> Case:
    return build_case(InProcess(Adapter), oracle, subject, dtype, "eager", PROFILES["quick"], 1)


def line_of(case: Case, quantity: str) -> Line:
    return Line.of(case.fmt, frame_of(case.oracle, case.subject, quantity))


def ordinal(value: float) -> int:
    return int(to_ordinal(np.array([value]), FLOAT64)[0])


def test_a_step_at_an_odd_place_is_found_to_the_float(oracle: Oracle) -> None:
    case = case_of(oracle, "exp")
    line = line_of(case, "forward")
    assert np.abs(line.seeds((), many=True) - ordinal(STEP)).min() > 1000, "the seeds must not give it away"
    found = search_line(case, "forward", line, Budget(evaluations=12_000), 1)
    highest = thresholds_found(found.seen, line)[0]
    assert highest.low == ordinal(STEP) - 1
    assert highest.rising
    assert found.coverage == "lower bound"


@pytest.mark.slow
def test_five_wrong_floats_behind_a_cut_are_found_and_random_points_miss_them(oracle: Oracle) -> None:
    case = case_of(oracle, "sigmoid")
    line = line_of(case, "forward")
    assert np.abs(line.seeds((), many=True) - ordinal(CUT)).min() > 1000
    found = search_line(case, "forward", line, Budget(evaluations=16_000), 1)
    worst = int(np.argmax(np.where(np.isfinite(found.seen.ulp), found.seen.ulp, -1.0)))
    assert 0 <= found.seen.ordinal[worst] - ordinal(CUT) < NARROW
    assert found.seen.ulp[worst] > 0.9e6
    kept = to_keep(found.seen, line, thresholds_found(found.seen, line), 6, log_quantity=False)
    assert np.abs(kept - ordinal(CUT)).min() < NARROW
    by_chance = random_document(case, "forward", line, 8_000, 1)
    assert by_chance["worst_ulp"] < 100


@pytest.mark.slow
def test_all_of_a_16_bit_line_is_an_exact_maximum(oracle: Oracle) -> None:
    case = build_case(InProcess(_reference), oracle, "exp", "float16", "eager", PROFILES["quick"], 1)
    line = line_of(case, "forward")
    found = search_line(case, "forward", line, Budget(evaluations=100_000), 1)
    assert (found.ended, found.coverage) == ("exhausted", "exact maximum")
    assert len(found.seen) == line.count


def _reference() -> Any:
    from adapters.numpy import Adapter as Reference

    return Reference()


def test_the_same_seed_and_evaluations_give_the_same_points_and_another_seed_others(oracle: Oracle) -> None:
    case = case_of(oracle, "exp")
    line = line_of(case, "forward")
    first, second, other = (search_line(case, "forward", line, Budget(3_000), seed).seen for seed in (1, 1, 2))
    assert len(first) == 3_000
    assert np.array_equal(first.ordinal, second.ordinal)
    assert np.array_equal(first.ulp, second.ulp)
    assert not np.array_equal(first.ordinal, other.ordinal)


def test_an_interrupted_search_returns_what_it_has_seen(oracle: Oracle) -> None:
    def third(rounds: int, seen: Seen) -> None:
        if rounds == 3:
            raise KeyboardInterrupt

    case = case_of(oracle, "exp")
    found = search_line(case, "forward", line_of(case, "forward"), Budget(6_000), 1, progress=third)
    assert found.ended == "interrupted"
    assert 0 < len(found.seen) < 6_000


@pytest.mark.slow
def test_ties_of_coordinates_are_tried(oracle: Oracle) -> None:
    case = case_of(oracle, "stick_breaking")
    found = search_rows(case, "fldj", Budget(evaluations=1_200), 1)
    assert "precision lost" in found.best or "value wrong" in found.best
    _, index, _ = found.best["value wrong" if "value wrong" in found.best else "precision lost"]
    assert found.rows[index][0] == found.rows[index][1]
    assert found.points == 1_200


def test_a_point_asked_again_meets_the_vector_code_too(oracle: Oracle) -> None:
    case = case_of(oracle, "tanh")
    values = np.array([0.5, 1.5])
    region = np.zeros(2, np.uint8)
    assert case.measure_at("forward", values[:1], region[:1]).distances.ulp[0] < 1
    again = asked_again(case, "forward", values, region)
    assert (again.distances.ulp > 99).all()
    assert np.array_equal(again.inputs[again.row], values)


def searched(home: Path, subject: str, quantity: str = "forward", **more: Any) -> Outcome:
    asked = Search("narrow", subject, quantity, "float64", "eager", 1, home, adapter_file=FILE, **more)
    return run_search(asked, lambda text: None)


@pytest.mark.slow
def test_a_finding_is_explained_and_shown_by_the_framework_itself(tmp_path: Path) -> None:
    outcome = searched(tmp_path, "sigmoid", evaluations=16_000)
    document = json.loads(json.dumps(outcome.document, allow_nan=False))
    (part,) = document["subjects"]
    worst = part["worst"][0]
    assert worst["why"][0] == "largest ulp"
    assert worst["ulp"] > 0.9e6
    assert CUT <= float.fromhex(worst["input_hex"]) <= CUT + 1e-14
    assert worst["confirmed"]
    assert worst["confirmed_by"] == "mpmath"
    assert worst["reproduction"]["confirmed"]
    # 1/(1 + exp(-3.371234567891)) = 0.9667...
    assert worst["exact"].startswith("0.966")
    (kept, *_) = outcome.kept["sigmoid"]
    assert kept.value == (float.fromhex(worst["input_hex"]),)
    assert kept.comment.startswith("narrow 1.0 eager: 1e+06 ulp")


@pytest.mark.slow
def test_parameters_are_searched_and_named(tmp_path: Path) -> None:
    outcome = searched(tmp_path, "affine(loc=0.75,scale=-2.5)", evaluations=9_000, parameters=True)
    parts = outcome.document["subjects"]
    assert parts[0]["subject"] == "affine(loc=0.75,scale=-2.5)"
    worst = max(parts, key=lambda part: part["worst"][0]["excess_bits"] if part["worst"] else 0.0)
    assert worst["subject"] == "affine(loc=100.0,scale=-2.5)"
    assert len({part["subject"] for part in parts}) == len(parts) > 5


@pytest.mark.slow
def test_the_line_ends_where_the_framework_s_own_floats_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest float to 0.1 lies beyond it."""
    ends = []

    def seen(case: Case, quantity: str, line: Line, *more: Any) -> Found:
        ends.append((line.frame.domain_low, line.frame.domain_high))
        return search_line(case, quantity, line, *more)

    monkeypatch.setattr("conformance.search.run.search_line", seen)
    subject = "uniform(high=0.1,low=-0.7)"
    asked = Search("sloppy", subject, "log_prob", "bfloat16", "eager", 1, tmp_path, 3_000, adapter_file=SLOPPY)
    (part,) = run_search(asked, lambda text: None).document["subjects"]
    assert ends == [tuple(np.array([-0.7, 0.1]).astype(FORMATS["bfloat16"].dtype).astype(float).tolist())]
    assert (part["subject"], set(part["failures"])) == (subject, {"right"})


def test_a_subject_is_checked_with_the_numbers_that_the_dtype_has_of_it(tmp_path: Path) -> None:
    asked = Search("numpy", "uniform(high=1.001,low=1.0)", "log_prob", "float32", "eager", 1, tmp_path, 10)
    assert checked(asked) == asked
    with pytest.raises(BadRequest, match="uniform"):
        checked(replace(asked, dtype="bfloat16"))


def test_the_largest_float_of_an_open_line_is_on_it(oracle: Oracle) -> None:
    line = line_of(case_of(oracle, "exp"), "forward")
    assert from_ordinal(np.array([line.low, line.high]), FLOAT64).tolist() == [-np.inf, np.inf]


def test_points_outside_the_domain_do_not_make_a_maximum_exact(oracle: Oracle) -> None:
    fmt = FORMATS["bfloat16"]
    line = Line(fmt, frame_of(oracle, "exp", "inverse"), 0, 100)
    tried = np.arange(-20, 100)
    nothing = np.zeros(len(tried))
    seen = Seen(tried, nothing, nothing, nothing, np.zeros(len(tried), np.uint8))
    assert Found(line, seen, 1, "evaluations").coverage == "lower bound"
    assert Found(line, replace(seen, ordinal=tried + 1), 1, "evaluations").coverage == "exact maximum"
