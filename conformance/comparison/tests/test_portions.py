"""The reference's part in portions is the part that one process comes to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.comparison import kept, portions, run
from conformance.comparison.framework_run import FrameworkResult, failed_entry, run_framework
from conformance.comparison.plan import Asked, Lean, Plan, make_plan
from conformance.execution.environments import Environment
from conformance.execution.frameworks import USUAL_SHARE
from conformance.execution.interpreters import choose
from conformance.execution.parallel import Outcome
from conformance.judging.profile import LEANLY

SUBJECTS = ["exp", "tanh", "normal(loc=0.25,scale=1.5)", "sigmoid", "logistic(loc=0.25,scale=1.5)"]


def plan_of(home: Path, **changes: Any) -> Plan:
    options: dict[str, Any] = {
        "frameworks": ["numpy"],
        "subjects": SUBJECTS,
        "dtypes": ["float16"],
        "profile": "quick",
        "home": home,
    }
    return make_plan(**(options | changes))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "LEAST", 2)


def environment(home: Path) -> Environment:
    return choose("numpy", home, None).environment


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_portions_come_to_what_one_process_comes_to(tmp_path: Path) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    tasks = portions.tasks_of(plan, own)
    assert len(tasks) == 2
    whole = portions.joined(plan, own, [task() for task in tasks])
    assert whole is not None
    assert whole.settled
    assert kept.found(plan, own) == whole
    alone = run_framework(plan, own)
    assert whole == alone
    for name in ("offers", "remedies", "ranges"):
        assert list(getattr(whole, name)) == list(getattr(alone, name)), "in another order"


@pytest.mark.usefixtures("small")
def test_what_is_divided_tells_how_far_each_portion_is(tmp_path: Path) -> None:
    both = {"frameworks": ["numpy", "torch"]}
    stages = portions.stages_of(plan_of(tmp_path, **both))
    assert list(stages) == ["oracle", "numpy 1/2", "numpy 2/2", "torch"]
    assert stages["numpy 1/2"] + stages["numpy 2/2"] == USUAL_SHARE["numpy"]
    assert list(portions.stages_of(plan_of(tmp_path, jobs=1))) == ["oracle", "numpy"]
    assert list(portions.stages_of(plan_of(tmp_path, subjects=SUBJECTS[:3]))) == ["oracle", "numpy"]


def test_a_portion_that_failed_is_the_part(tmp_path: Path) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    results = [FrameworkResult(failed_entry("numpy", reason)) for reason in ("no disk", "")]
    assert portions.joined(plan, own, results) is results[0]
    assert kept.found(plan, own) is None


def test_a_finding_takes_the_whole_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    ready = msgspec.structs.replace(failed_entry("numpy", ""), status="ready")
    finding: Any = "a finding"
    parts = [FrameworkResult(ready, settled=True), FrameworkResult(ready, findings=[finding], settled=True)]
    assert portions.joined(plan, own, parts) is None
    whole = FrameworkResult(ready)
    asked = []

    def run_whole(*about: Any) -> FrameworkResult:
        asked.append(about)
        return whole

    monkeypatch.setattr(run, "result_of", run_whole)
    assert run._result(plan, own, [Outcome(at, part) for at, part in enumerate(parts)], None) is whole
    assert asked == [(plan, own)]
    assert kept.found(plan, own) is None


def test_portions_have_as_much_to_do_where_less_is_asked_of_some(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, subjects=None, dtypes=None, jobs=2)
    plan = replace(plan, lean=Lean(plan.subjects[-80:], Asked(("float32", "float64"), ("eager",), LEANLY["laws"])))
    tasks: list[Any] = portions.tasks_of(plan, environment(tmp_path))
    work = [[plan.asked(subject) for subject in task.args[0].subjects] for task in tasks]
    assert [asked for portion in work for asked in portion] == [plan.asked(subject) for subject in plan.subjects]
    sizes = [sum(len(asked.dtypes) * len(asked.laws) for asked in portion) for portion in work]
    assert max(sizes) < 1.05 * min(sizes)
