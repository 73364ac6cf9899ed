"""The page about policies: what it tells, what it refuses, and that a framework's words stay words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports import ReportRefused, build
from reports.tests import synthetic, synthetic_actions
from reports.tests.browser import Browser
from reports.tests.test_page import fine

Json = dict[str, Any]
ROWS = """[...document.querySelectorAll('table.policies tbody tr')].map((row) =>
          [...row.children].map((each) => each.textContent))"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_tables_stand_there(browser: Browser, page: Path, scripts: bool) -> None:
    browser.scripts(scripts)
    browser.open(page, "#policies")
    rows = browser.run(ROWS)
    assert rows[0] == [
        *("0.5, 0.5", "0.68789", "0.84395", "0.1641", "0.393469", "inf", "0.2984", "0.7258", "0.6036"),
        *("0.5123", "0", "-", "12.5 %", "2.8e-06"),
    ]
    assert rows[1][1:3] == ["-0.5 1 to 27 digits", "-0.55 40"]
    assert rows[2] == [
        *("torch", "4, 3", "not offered", "0.75 (1e-07)", "0.75 (2e-07)", "not offered", "0.5 (0.01)"),
        *("est. -4.5 (0.12)", "nan", "not offered"),
    ]
    assert rows[3][2].startswith("failed: did not start: <marquee")
    assert rows[4] == [
        *("torch", "4, 3", "10 %", "2.5 %", "5.0e-01", "2.5 %", "5.0e-01", "-1.2e-01"),
        *("0", "1.0e-07", "+1.0e-09", "0", "1.0e-07"),
    ]
    assert rows[5][2].startswith("failed: did not start: <marquee")
    shown = browser.run(
        "document.getElementById('policies')?.innerText ?? document.getElementById('view-policies').innerText"
    )
    assert "cache_size=1" in shown
    assert "one draw: the standard deviation of" in shown
    assert "Run for 1 of 1 policies and right for 1." in shown
    assert "Solve for x. Run for 1 of 1 policies and right for 0." in shown
    assert "# of <the mode>" in shown
    assert browser.run("document.querySelectorAll('main marquee').length") == 0
    if scripts:
        fine(browser)
    browser.scripts(True)


def test_a_run_without_it_says_how_to_get_it(small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    built = build(*synthetic.write(tmp_path, *small_pair), tmp_path / "index.html")
    assert "conformance actions --framework" in built.out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text[: len(text) // 2], "is not JSON"),
        (lambda text: text.replace('"format_version": 2', '"format_version": 1'), "is malformed"),
        (lambda text: text.replace('"conformance-actions"', '"conformance-causes"'), "is malformed"),
        (lambda text: text.replace('"format": "conformance-actions", ', ""), "does not say what it is"),
        (lambda text: text.replace('"entropy": 0.2984', '"entropy": "much"'), "is malformed"),
        (lambda text: "[]", "does not say what it is"),
    ],
    ids=["cut", "version", "format", "no format", "number", "list"],
)
def test_a_damaged_file_refuses_the_page(damage: Any, told: str, small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    files = synthetic.write(tmp_path, *small_pair)
    text = json.dumps(synthetic_actions.document())
    assert damage(text) != text
    (tmp_path / "actions.json").write_text(damage(text), encoding="utf-8")
    with pytest.raises(ReportRefused, match=told) as refused:
        build(*files, tmp_path / "index.html")
    assert "\n" not in str(refused.value)
    assert "conformance actions --out DIR" in str(refused.value)
