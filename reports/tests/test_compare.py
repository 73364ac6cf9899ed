"""Two runs are compared only over the same cells; improvements and regressions are counted apart."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from reports import ReportRefused, build
from reports.tests import synthetic

Json = dict[str, Any]
Pair = tuple[Json, Json]


def against(folder: Path, pair: Pair, other: Json, **options: Any) -> Any:
    results, findings = synthetic.write(folder, *pair)
    (folder / "earlier.json").write_text(json.dumps(other), encoding="utf-8")
    return build(results, findings, folder / "index.html", against=folder / "earlier.json", **options)


def scored(results: Json) -> list[Json]:
    return [cell for cell in results["cells"] if cell["status"] == "scored"]


@pytest.mark.slow
def test_changes_do_not_cancel(small_pair: Pair, tmp_path: Path) -> None:
    other = copy.deepcopy(small_pair[0])
    first, second, third, fourth = scored(small_pair[0])[:4]
    before = scored(other)
    before[0]["accuracy"]["worst_ulp"], first["accuracy"]["worst_ulp"] = 1000.0, 2.0
    before[1]["accuracy"]["worst_ulp"], second["accuracy"]["worst_ulp"] = 2.0, "inf"
    before[2]["stability"]["usable"] = third["stability"]["total"] - 5
    third["stability"]["usable"] = third["stability"]["total"] - 9
    fourth.update(status="crashed", accuracy=None, stability=None)
    summary = against(tmp_path, small_pair, other)
    assert (summary.improvements, summary.regressions) == (1, 3)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "1 figures improved, 3 regressed" in page
    assert "1 figures improved, 3 regressed" in str(summary)


def test_equal_runs_show_no_change(small_pair: Pair, tmp_path: Path) -> None:
    summary = against(tmp_path, small_pair, small_pair[0])
    assert (summary.improvements, summary.regressions) == (0, 0)


def test_changed_cells_are_refused_unless_allowed(small_pair: Pair, tmp_path: Path) -> None:
    other = copy.deepcopy(small_pair[0])
    gone = scored(other)[5]
    other["cells"].remove(gone)
    with pytest.raises(ReportRefused, match="1 only in this run: " + gone["framework"]):
        against(tmp_path, small_pair, other)
    against(tmp_path, small_pair, other, allow_changed_cells=True)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "did not measure the same cells" in page
    assert " / ".join([gone["framework"], gone["device"], gone["mode"], gone["dtype"], gone["subject"]]) in page


def test_a_moved_denominator_is_refused(small_pair: Pair, tmp_path: Path) -> None:
    other = copy.deepcopy(small_pair[0])
    scored(other)[0]["points"] += 1
    with pytest.raises(ReportRefused, match="1 other numbers of points"):
        against(tmp_path, small_pair, other)
