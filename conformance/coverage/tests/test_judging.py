"""What was constructed against what was decided: everything has a status, and what nobody settled is a problem."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conformance.coverage.decisions import Decision
from conformance.coverage.judging import judge
from conformance.execution.classes import FoundClass

EXP = FoundClass("transform", "lib.maps.Exp", "lib._exp.Exp", ("exp", "chain(exp,tanh)"))
SORT = FoundClass("transform", "lib.maps.Sort", "lib._sort.Sort")
UNCOVERED = Decision(Path("coverage.toml"), 1, "transform", "uncovered", "needs a space", "1.4", ("Sort",))


def test_every_class_has_its_status() -> None:
    coverage = judge([EXP, SORT], [UNCOVERED], "1.4")
    assert coverage.problems == []
    exp, sort = coverage.entries
    assert (exp.status, exp.subjects, exp.reason) == ("covered", ["exp", "chain(exp,tanh)"], "")
    assert (sort.status, sort.reason, sort.release) == ("uncovered", "needs a space", "1.4")
    assert (sort.name, sort.source) == ("lib.maps.Sort", "lib._sort.Sort")


def test_a_class_that_nobody_decided_about_is_a_problem() -> None:
    coverage = judge([EXP, SORT], [], "2.0")
    assert coverage.entries[1].status == "undecided"
    (problem,) = coverage.problems
    assert problem.startswith("undecided: transform lib.maps.Sort of 2.0")


def test_a_decision_is_about_one_kind() -> None:
    law = replace(SORT, kind="distribution", name="lib.laws.Sort")
    assert judge([law], [UNCOVERED], "1.4").entries[0].status == "undecided"


def test_a_decision_about_a_covered_class_is_stale() -> None:
    coverage = judge([replace(SORT, subjects=("sort",))], [UNCOVERED], "1.4")
    assert coverage.entries[0].status == "covered"
    (problem,) = coverage.problems
    assert "stale: transform lib.maps.Sort" in problem
    assert "coverage.toml, entry 1" in problem
    assert "sort constructs it" in problem


def test_a_decision_about_a_class_that_is_gone_is_stale_where_the_release_is_not_older() -> None:
    for version in ("1.4", "1.4+cpu", "1.10", "of this morning"):
        (problem,) = judge([EXP], [UNCOVERED], version).problems
        assert problem == f"stale: transform Sort, coverage.toml, entry 1, is not in {version}: delete the decision"
    assert judge([EXP], [UNCOVERED], "1.3.9").problems == [], "it came with 1.4"
