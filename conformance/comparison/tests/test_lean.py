"""Of some subjects less is asked than of the others: their cases, laws and truths, what is kept, and what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.comparison import kept, truths
from conformance.comparison.plan import Asked, Lean, Plan, make_plan
from conformance.comparison.run import compare
from conformance.execution.interpreters import choose
from conformance.execution.parallel import Outcome

FULL, LEAN = "transformed(normal(loc=0.25,scale=1.5),exp)", "affine(loc=0.75,scale=-2.5)"
LESS = Asked(("float32",), ("eager",), ("L01", "L03"))


def plan_of(home: Path) -> Plan:
    """Two subjects in two dtypes, of the second of which less is asked."""
    plan = make_plan(
        home=home,
        frameworks=["numpy"],
        subjects=[FULL, LEAN],
        dtypes=["float32", "float64"],
        laws=["L01", "L03", "L20"],
        profile="quick",
        jobs=1,
    )
    return replace(plan, lean=Lean((LEAN,), LESS))


@pytest.mark.slow
def test_a_run_asks_what_it_says_that_it_asked(tmp_path: Path) -> None:
    results, _, _ = compare(plan_of(tmp_path), [])
    cells = {(cell.subject, cell.dtype) for cell in results.cells}
    assert cells == {(FULL, "float32"), (FULL, "float64"), (LEAN, "float32")}
    laws = {(one.subject, one.dtype, one.law) for one in results.law_results}
    assert {one for one in laws if one[0] == LEAN} == {(LEAN, "float32", law) for law in ("L01", "L03")}
    assert (FULL, "float64", "L20") in laws
    asked = {one.id: one.asked for one in results.subjects}
    assert asked == {FULL: "", LEAN: "float32; eager; laws L01, L03"}


@pytest.mark.slow
def test_of_what_is_dear_still_less_is_asked_and_no_other_quantity(tmp_path: Path) -> None:
    less = Asked(("float64",), ("eager",), ("L01", "L03"), ("forward",))
    plan = replace(plan_of(tmp_path), lean=Lean((LEAN,), LESS, dear=(LEAN,), of_dear=less))
    results, _, _ = compare(plan, [])
    own = {(cell.dtype, cell.quantity) for cell in results.cells if cell.subject == LEAN}
    assert own == {("float64", "forward")}
    assert {cell.quantity for cell in results.cells if cell.subject == FULL} > {"log_prob", "log_prob_from_base"}
    asked = {one.id: one.asked for one in results.subjects}
    assert asked == {FULL: "", LEAN: "float64; eager; laws L01, L03; of forward"}


def test_truths_are_prepared_of_what_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def note(tasks: list[Any], *_: object) -> list[Outcome[int]]:
        asked.extend(task.args[1:] for task in tasks)
        return [Outcome(at, value=0) for at in range(len(tasks))]

    monkeypatch.setattr(truths, "run_parallel", note)
    truths.prepare(plan_of(tmp_path), None)  # type: ignore[arg-type]
    assert asked == [(FULL, "float32"), (LEAN, "float32"), (FULL, "float64")]


def test_what_was_asked_leanly_is_not_found_as_the_whole(tmp_path: Path) -> None:
    lean, own = plan_of(tmp_path), choose("numpy", tmp_path, None).environment
    other = replace(lean, lean=Lean((LEAN,), replace(LESS, laws=("L01",))))
    keys = {kept.key_of(plan, own) for plan in (lean, other, replace(lean, lean=None))}
    assert len(keys) == 3
