"""A framework's part of a comparison is kept, and is found again only where the same would come out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.comparison import kept, portions, run
from conformance.comparison.framework_run import FrameworkResult, failed_entry
from conformance.comparison.plan import Plan, make_plan
from conformance.comparison.run import compare
from conformance.execution.environments import Environment
from conformance.execution.interpreters import choose


def plan_of(home: Path, **changes: Any) -> Plan:
    options: dict[str, Any] = {
        "frameworks": ["numpy"],
        "subjects": ["tanh"],
        "dtypes": ["float16"],
        "profile": "quick",
        "home": home,
    }
    return make_plan(**(options | changes))


def environment(home: Path) -> Environment:
    return choose("numpy", home, None).environment


def never(*asked: Any) -> FrameworkResult:
    raise AssertionError("it was computed again")


@pytest.mark.slow
def test_what_was_computed_is_found_again(tmp_path: Path) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    assert kept.found(plan, own) is None
    first = kept.result_of(plan, own)
    assert first.settled
    assert first.cells
    assert kept.found(plan, own) == first
    for changed in (plan_of(tmp_path, seed=7), plan_of(tmp_path, dtypes=["bfloat16"]), plan_of(tmp_path, laws=["L02"])):
        assert kept.found(changed, own) is None
    assert kept.found(plan, replace(own, fingerprint="other packages")) is None


def test_another_source_of_the_suite_is_another_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "conformance"
    for name in ("laws/case.py", "inputs/corpus_files/tanh.txt", "cli/main.py", "laws/tests/test_case.py"):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one")
    monkeypatch.setattr(kept, "PACKAGE", package)

    def digest() -> str:
        kept.suite_source.cache_clear()
        return kept.suite_source()

    try:
        before = digest()
        for name, counts in (
            ("laws/case.py", True),
            ("inputs/corpus_files/tanh.txt", True),
            ("cli/main.py", False),
            ("laws/tests/test_case.py", False),
        ):
            (package / name).write_text("two")
            assert (digest() != before) is counts, name
            (package / name).write_text("one")
    finally:
        kept.suite_source.cache_clear()


def test_a_finished_sweep_is_noticed(tmp_path: Path) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    before = kept.key_of(plan, own)
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "sweeps" / "one.json").write_text("{}")
    assert kept.key_of(plan, own) != before


@pytest.mark.slow
def test_a_damaged_one_is_set_aside(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    kept.result_of(plan, own)
    (file,) = (tmp_path / "journal" / "results").rglob("*.result")
    file.write_bytes(file.read_bytes()[:-3] + b"xyz")
    assert kept.found(plan, own) is None
    assert "is corrupt" in capfd.readouterr().err
    assert list((tmp_path / "journal" / "results").rglob("*.corrupt"))


def test_what_failed_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, own = plan_of(tmp_path), environment(tmp_path)
    monkeypatch.setattr(kept, "run_framework", lambda *asked: FrameworkResult(failed_entry("numpy", "no disk")))
    assert kept.result_of(plan, own).entry.status == "failed"
    assert kept.found(plan, own) is None


@pytest.mark.slow
def test_a_comparison_runs_nothing_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(tmp_path, jobs=1)
    before = compare(plan, [])
    monkeypatch.setattr(run, "prepare", never)
    monkeypatch.setattr(portions, "result_of", never)
    after = compare(plan, [])
    first: Any
    second: Any
    for first, second in zip(before, after, strict=True):
        assert msgspec.json.encode(msgspec.structs.replace(second, run=first.run)) == msgspec.json.encode(first)
