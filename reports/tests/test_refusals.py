"""A report that would mislead is not printed: each reason, loudly, in one line, with exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import ReportRefused, build
from reports.tests import synthetic

Json = dict[str, Any]
Pair = tuple[Json, Json]


def attempt(folder: Path, pair: Pair, **options: Any) -> None:
    results, findings = synthetic.write(folder, *pair)
    build(results, findings, folder / "index.html", **options)


def unready(pair: Pair) -> None:
    for cell in pair[0]["cells"]:
        if cell["framework"] == "tfp":
            cell.update(status="raised", accuracy=None, stability=None)


def other_run(pair: Pair) -> None:
    pair[1]["run"] = {**pair[1]["run"], "started": "2026-11-24T00:00:00+00:00"}


def break_version(pair: Pair) -> None:
    pair[0]["format_version"] = 1


def break_format(pair: Pair) -> None:
    pair[1]["format"] = "something-else"


def drop_cells(pair: Pair) -> None:
    del pair[0]["cells"]


def drop_axis(pair: Pair) -> None:
    del pair[0]["cells"][3]["quantity"]


def repeat_cell(pair: Pair) -> None:
    pair[0]["cells"].append(pair[0]["cells"][0])


def strange_subject(pair: Pair) -> None:
    pair[1]["findings"][0]["subject"] = "nowhere"


def strange_dtype(pair: Pair) -> None:
    pair[0]["cells"][0]["dtype"] = "float128"


def strange_severity(pair: Pair) -> None:
    pair[1]["findings"][0]["severity"] = "catastrophic"


def repeat_finding(pair: Pair) -> None:
    pair[1]["findings"][1]["id"] = pair[1]["findings"][0]["id"]


def failed_yet_scored(pair: Pair) -> None:
    pair[0]["frameworks"][0]["status"] = "failed"


def text_points(pair: Pair) -> None:
    pair[0]["cells"][0]["points"] = "many"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (unready, "'tfp' was ready and scored nothing"),
        (other_run, "different runs"),
        (break_version, "format_version is 1; this release reads 2: run the comparison again"),
        (break_format, "'something-else'"),
        (drop_cells, "cells"),
        (drop_axis, "quantity"),
        (repeat_cell, "repeats "),
        (strange_subject, "'nowhere'"),
        (strange_dtype, "dtype"),
        (strange_severity, "catastrophic"),
        (repeat_finding, "findings[1] repeats "),
        (failed_yet_scored, "'numpy' is 'failed'"),
        (text_points, "cells[0].points"),
    ],
)
def test_refuses(damage: Callable[[Pair], None], told: str, small_pair: Pair, tmp_path: Path) -> None:
    damage(small_pair)
    with pytest.raises(ReportRefused) as refusal:
        attempt(tmp_path, small_pair)
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "index.html").exists()


def test_a_narrowed_run_may_ask_for_what_a_framework_lacks(small_pair: Pair, tmp_path: Path) -> None:
    for cell in small_pair[0]["cells"]:
        if cell["framework"] == "tfp":
            cell.update(status="not_offered", accuracy=None, stability=None)
    with pytest.raises(ReportRefused, match="'tfp' was ready and scored nothing"):
        attempt(tmp_path, small_pair)
    small_pair[0]["run"]["arguments"] = small_pair[1]["run"]["arguments"] = ["compare", "--transforms=tanh"]
    attempt(tmp_path, small_pair)
    assert "tfp offers nothing of what this run" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_undamaged_pair_prints(small_pair: Pair, tmp_path: Path) -> None:
    attempt(tmp_path, small_pair)
    assert (tmp_path / "index.html").stat().st_size > 10_000


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": NaN}', '"conformance-results"', "\ufeff{}", "[" * 100_000])
def test_garbage_is_refused(text: str, small_pair: Pair, tmp_path: Path) -> None:
    results, findings = synthetic.write(tmp_path, *small_pair)
    results.write_text(text, encoding="utf-8")
    with pytest.raises(ReportRefused, match=r"results\.json"):
        build(results, findings, tmp_path / "index.html")


def test_binary_and_missing_files_are_refused(small_pair: Pair, tmp_path: Path) -> None:
    results, findings = synthetic.write(tmp_path, *small_pair)
    findings.write_bytes(b"\x80\x81\xff")
    with pytest.raises(ReportRefused, match=r"findings\.json"):
        build(results, findings, tmp_path / "index.html")
    with pytest.raises(ReportRefused, match="cannot be read"):
        build(results, tmp_path / "absent.json", tmp_path / "index.html")


@pytest.mark.slow
def test_command_line(small_pair: Pair, tmp_path: Path) -> None:
    results, findings = synthetic.write(tmp_path, *small_pair)
    root = Path(__file__).resolve().parents[2]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "reports",
            str(results),
            str(findings),
            str(tmp_path / "out" / "a.html"),
            *more,
        ]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)

    fine = run()
    assert (fine.returncode, fine.stderr) == (0, "")
    assert "cells scored" in fine.stdout
    document = json.loads(results.read_text(encoding="utf-8"))
    document["cells"] = [cell for cell in document["cells"] if cell["framework"] != "paddle"]
    results.write_text(json.dumps(document), encoding="utf-8")
    refused = run()
    assert refused.returncode == 2
    assert refused.stderr.startswith("report refused: ")
    assert refused.stderr.count("\n") == 1


def test_a_refused_report_leaves_the_old_one(small_pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the old report", encoding="utf-8")
    unready(small_pair)
    with pytest.raises(ReportRefused):
        attempt(tmp_path, small_pair)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "the old report"
