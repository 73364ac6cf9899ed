"""The decisions beside the adapters: read whole, or refused in one line that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.coverage.decisions import DecisionError, load_decisions
from conformance.coverage.measuring import decisions_of
from conformance.execution.frameworks import FRAMEWORKS

ENTRY = """
[[decision]]
kind = "transform"
status = "uncovered"
reason = "needs a space"
release = "1.0"
classes = ["Ordered", "Sphere"]
"""


def test_an_entry_is_about_several_classes(tmp_path: Path) -> None:
    (tmp_path / "coverage.toml").write_text(ENTRY, encoding="utf-8")
    (decision,) = load_decisions(tmp_path / "coverage.toml")
    assert (decision.kind, decision.status, decision.classes) == ("transform", "uncovered", ("Ordered", "Sphere"))
    assert load_decisions(tmp_path / "none.toml") == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"transform"', '"map"', "entry 1: kind is 'map', none of: transform, distribution"),
        ('"uncovered"', '"covered"', "entry 1: status is 'covered', none of: uncovered, out_of_scope"),
        ('"needs a space"', '" "', "entry 1: reason is not a text"),
        ('reason = "needs a space"\n', "", "entry 1: reason is missing"),
        ('release = "1.0"\n', "", "entry 1: release is missing"),
        ('["Ordered", "Sphere"]', "[]", "entry 1: classes is not a list of names"),
        ('["Ordered", "Sphere"]', "[1]", "entry 1: classes is not a list of names"),
        ('"Sphere"', '"Ordered"', "entry 1: Ordered is named a second time (first in entry 1)"),
        ("classes", "link = 3\nclasses", "entry 1: unknown key 'link'"),
        ("[[decision]]", "[[failure]]", "something else than [[decision]] tables"),
        ("[[decision]]", "[decision]", "something else than [[decision]] tables"),
        ("[[decision]]", "[[decision]", "coverage.toml: "),
        (ENTRY, ENTRY + ENTRY, "entry 2: Ordered is named a second time (first in entry 1)"),
    ],
)
def test_what_is_malformed_is_one_line(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in ENTRY
    (tmp_path / "coverage.toml").write_text(ENTRY.replace(before, after), encoding="utf-8")
    with pytest.raises(DecisionError) as refused:
        load_decisions(tmp_path / "coverage.toml")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_shipped_ones_are_well_formed(framework: str) -> None:
    assert decisions_of(framework) or framework in ("numpy", "brax"), "only these two have no classes"
