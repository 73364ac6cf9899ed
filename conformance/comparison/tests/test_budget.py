"""Large events: fewer are asked, or none, and a run says so; what is small is asked as ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from adapters.interface.quantities import variable
from adapters.numpy.adapter import Adapter
from conformance.causes.collecting import Collected
from conformance.cli.table import summary_table
from conformance.comparison.framework_run import FrameworkResult, failed_entry, run_case
from conformance.comparison.plan import make_plan
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.declared import spaces_of
from conformance.definitions.registry import functions_of, takes_events
from conformance.findings.records import TooLarge
from conformance.findings.tests.documents import cell, findings, results
from conformance.floats.formats import format_named
from conformance.judging.budget import OVER_BUDGET, affordable, large_quantities, picked, too_large
from conformance.judging.cases import build_case, standard_points
from conformance.judging.cells import cell_of
from conformance.judging.profile import PROFILES, Profile
from conformance.laws.chosen import asked_at
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess
from reports import build
from reports.matrix import entry

F64 = format_named("float64")
SUBJECT = "cholesky_to_inv_cholesky@20x20"
SMALLER = "softmax_centered@20"


def points(subject: str, quantity: str, profile: Profile) -> np.ndarray:
    return standard_points(Oracle(), subject, quantity, F64, profile, 1, "expectation").region


def test_of_large_events_as_many_are_asked_as_the_budget_pays_for() -> None:
    default, thorough = PROFILES["default"], PROFILES["thorough"]
    few, many = points(SMALLER, "fldj", default), points(SMALLER, "fldj", thorough)
    assert len(few) == affordable(SMALLER, "fldj", default)
    assert len(few) < len(many)
    assert set(few.tolist()) == set(points(SMALLER, "forward", thorough).tolist())


def test_rows_are_taken_from_every_region_in_turn() -> None:
    region = np.array([0] * 90 + [1] * 8 + [2] * 2, np.uint8)
    assert Counter(region[picked(region, 12)].tolist()) == {0: 5, 1: 5, 2: 2}
    assert len(picked(region, 12)) == len(set(picked(region, 12).tolist())) == 12
    assert picked(region, 100).tolist() == list(range(100))
    assert picked(region, 1).tolist() == [0]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_nothing_of_the_catalogue_is_asked_less_than_before(profile: Profile) -> None:
    for subject in filter(takes_events, CATALOGUE):
        for quantity in functions_of(subject):
            count = affordable(subject, quantity, profile)
            if count is not None:
                space = spaces_of(subject)[variable(quantity) == "y"]
                assert space is not None
                assert count >= len(space.draw(F64, profile.rows, (1,))), (subject, quantity)


def test_a_second_question_is_asked_at_as_many_large_events_as_the_budget_pays_for() -> None:
    lean = replace(PROFILES["default"], budget=1.0)
    for subject, most in (("ascending@20", affordable("ascending@20", "ildj", lean)), ("ascending", None)):
        space = spaces_of(subject)[1]
        assert space is not None
        case = build_case(InProcess(Adapter), Oracle(), subject, "float64", "eager", lean, 7)
        rows = space.draw(F64, 64, (1, 0))
        values, region = asked_at(case, "ildj", rows)
        assert len(values) == len(region) == (len(rows) if most is None else most)
        assert most is None or most < len(rows)
        assert set(map(bytes, values)) <= set(map(bytes, rows))


@pytest.mark.slow
def test_a_case_that_is_too_large_says_so_and_asks_what_it_can(tmp_path: Path) -> None:
    profile = PROFILES["quick"]
    large = too_large(SUBJECT, functions_of(SUBJECT), profile)
    assert set(large) == {"inverse", "fldj", "ildj"}
    assert all(why.startswith(OVER_BUDGET) for why in large.values())
    assert large_quantities((SUBJECT, "tanh"), lambda _: profile) == {
        (SUBJECT, quantity): why for quantity, why in large.items()
    }

    asked: list[str] = []

    class Watched(InProcess):
        def evaluate(self, request):  # type: ignore[no-untyped-def]
            asked.append(request.quantity)
            return super().evaluate(request)

    case = build_case(Watched(Adapter), Oracle(), SUBJECT, "float32", "eager", profile, 1)
    axes = {"framework": "numpy", "version": "1", "device": "cpu"}
    cells = {quantity: cell_of(case.measure(quantity), case, axes) for quantity in functions_of(SUBJECT)}
    assert {quantity: cell.status for quantity, cell in cells.items()} == {
        "forward": "scored",
        "inverse": "too_large",
        "fldj": "too_large",
        "ildj": "too_large",
    }
    assert cells["fldj"].message == large["fldj"]
    assert set(asked) == {"forward"}


@pytest.mark.slow
def test_a_run_counts_what_was_too_large_and_goes_on(tmp_path: Path) -> None:
    subject = "cholesky_to_inv_cholesky@30x30"
    plan = make_plan(home=tmp_path, subjects=[subject], dtypes=["float32"], laws=["L01", "L05"], profile="quick")
    case = build_case(InProcess(Adapter), Oracle(), subject, "float32", "eager", plan.profile, 1)
    result = FrameworkResult(failed_entry("numpy", ""))
    run_case(case, {"framework": "numpy", "version": "1", "device": "cpu"}, plan, Oracle(), result, Collected())
    assert [cell.status for cell in result.cells] == ["too_large"] * 4
    assert {one.status for one in result.law_results} == {"undecided"}
    assert not result.findings


def test_the_terminal_and_the_page_say_what_was_too_large() -> None:
    large = cell(subject=SUBJECT, quantity="fldj", status="too_large", message=f"{OVER_BUDGET}: 300 s", points=0)
    told = findings()
    told.too_large = [TooLarge(subject=SUBJECT, quantity="fldj", reason=large.message)]
    lines = summary_table(results(cell(), large), told).splitlines()
    assert lines[-2:] == [f"1 cell not judged: {OVER_BUDGET}", f"{SUBJECT} fldj: {OVER_BUDGET}: 300 s"]
    assert OVER_BUDGET not in summary_table(results(cell()), findings())
    shown = entry(msgspec.to_builtins(large), SUBJECT)
    assert (shown.text, shown.style, shown.wrong) == ("too large", "st-absent", False)


def test_a_run_of_what_is_too_large_has_a_page_that_accuses_nobody(tmp_path: Path) -> None:
    large = cell(quantity="fldj", status="too_large", message=f"{OVER_BUDGET}: 300 s", points=0)
    shown = msgspec.to_builtins(results(large))
    shown["run"]["arguments"] = ["compare", "--subjects", large.subject]
    told = msgspec.to_builtins(findings())
    paths = []
    for name, document in (("results.json", shown), ("findings.json", told)):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(msgspec.json.encode(document))
    page = build(paths[0], paths[1], tmp_path / "index.html").out.read_text(encoding="utf-8")
    assert "1 cell was not judged" in page
    assert "offers nothing of what this run was narrowed to" not in page
