"""Two runs: four counts that never cancel, and a refusal where the cells differ."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from conformance.findings import CellsDiffer, compare
from conformance.findings.records import Finding, FindingsDocument
from conformance.findings.results import Cell, ResultsDocument, Stability
from conformance.findings.tests.documents import ACCURACY, WORST, cell, finding, findings, results

Run = tuple[ResultsDocument, FindingsDocument]


def run(*rows: Finding, cells: tuple[Cell, ...] = ()) -> Run:
    return results(*cells), findings(*rows)


def test_the_same_run_has_no_changes() -> None:
    one = run(finding())
    assert compare(one, one).counts == {"added": 0, "removed": 0, "worsened": 0, "improved": 0}


def test_a_new_version_of_the_framework_is_compared_not_refused() -> None:
    after = run(finding(version="2.14", id="f" * 12), cells=(cell(version="2.14"),))
    assert compare(run(finding()), after).counts == {"added": 0, "removed": 0, "worsened": 0, "improved": 0}


def test_added_and_removed_do_not_cancel() -> None:
    result = compare(run(finding()), run(finding(kind="spurious nan")))
    assert result.counts == {"added": 1, "removed": 1, "worsened": 0, "improved": 0}
    assert "spurious nan" in result.added[0].place


def test_worsened_and_improved_do_not_cancel() -> None:
    worse = replace(WORST, bits=5.0)
    before, after = run(finding(worst=worse, count=50)), run(finding(worst=replace(worse, bits=9.0), count=10))
    forth, back = compare(before, after), compare(after, before)
    assert forth.counts == back.counts == {"added": 0, "removed": 0, "worsened": 1, "improved": 1}
    assert (forth.worsened[0].what, forth.improved[0].what) == ("distance", "share")
    assert (back.worsened[0].what, back.improved[0].what) == ("share", "distance")


def test_severity_moves() -> None:
    result = compare(run(finding(severity="minor")), run(finding(severity="grave")))
    assert [(one.what, one.before, one.after) for one in result.worsened] == [("severity", "minor", "grave")]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"accuracy": replace(ACCURACY, worst_ulp="inf")}, "accuracy"),
        ({"accuracy": replace(ACCURACY, worst_ulp=40.0)}, "accuracy"),
        ({"stability": Stability(usable=8, total=10, share=0.8)}, "stability"),
        ({"status": "crashed", "accuracy": None, "stability": None}, "status"),
        ({"status": "not_offered", "accuracy": None, "stability": None}, "status"),
    ],
)
def test_cells_worsen_and_improve(change: dict[str, Any], what: str) -> None:
    before, after = run(), run(cells=(cell(**change),))
    assert [one.what for one in compare(before, after).worsened] == [what]
    assert [one.what for one in compare(after, before).improved] == [what]


def test_a_hair_of_accuracy_is_no_change() -> None:
    close = cell(accuracy=replace(ACCURACY, worst_ulp=3.1))
    assert not any(compare(run(), run(cells=(close,))).counts.values())


def test_other_cells_are_refused_with_their_names() -> None:
    with pytest.raises(CellsDiffer) as caught:
        compare(run(), run(cells=(cell(subject="exp"),)))
    assert caught.value.only_before == ["torch / cpu / eager / float32 / tanh / fldj"]
    assert caught.value.only_after == ["torch / cpu / eager / float32 / exp / fldj"]
    assert "\n" not in str(caught.value)


def test_another_number_of_points_is_refused() -> None:
    with pytest.raises(CellsDiffer, match=r"120 and 121"):
        compare(run(), run(cells=(cell(points=121),)))
