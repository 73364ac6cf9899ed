"""How fast the page answers in a real browser: ``ci/bench page [FOLDER] [--twice] [--repeats N]``.

FOLDER holds results.json, findings.json and, where there is one, causes.json of a run; without it the tests' made-up
run is taken. ``--twice`` gives every framework a twin, so that cells, findings and causes are twice as many. A time
ends when the browser has drawn: two animation frames after the page says that the view stands.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import importlib
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from reports import build
from reports.tests import synthetic, synthetic_causes
from reports.tests.browser import Browser

Json = dict[str, Any]
DRAWN = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
VIEW = """const root = document.documentElement; location.hash = %s;
  while (root.dataset.shown !== location.hash) await new Promise((done) => setTimeout(done));"""
SET = """const box = document.querySelector(%s); box.value = %s;
  box.dispatchEvent(new Event(box.tagName === "INPUT" ? "input" : "change"));"""


def twins(results: Json, findings: Json, causes: Json | None) -> tuple[Json, Json, Json | None]:
    """The run with every framework twice, under another name; nothing else is invented."""

    def twin(row: Json) -> Json:
        made = copy.deepcopy(row)
        for key in ("framework", "name"):
            if key in made:
                made[key] += "-twin"
        if "id" in made:
            made["id"] = _other(made["id"])
        for key in ("findings", "causes", "linked"):
            if isinstance(made.get(key), list):
                made[key] = [_other(id) for id in made[key]]
        if made.get("cause"):
            made["cause"] = _other(made["cause"])
        return made

    def both(document: Json, *keys: str) -> Json:
        return {**document, **{key: document[key] + [twin(row) for row in document.get(key) or []] for key in keys}}

    return (
        both(results, "frameworks", "cells", "law_results"),
        both(findings, "findings"),
        None if causes is None else both(causes, "causes", "verdicts"),
    )


def _other(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()[: len(id)]


def made_page(folder: Path | None, twice: bool, out: Path) -> Path:
    """The page of the run, written to ``out``."""
    if folder is None:
        results = synthetic.results()
        findings = synthetic.findings(results)
        causes: Json | None = synthetic_causes.document(results, findings)
    else:
        results, findings = (json.loads((folder / name).read_text()) for name in ("results.json", "findings.json"))
        path = folder / "causes.json"
        causes = json.loads(path.read_text()) if path.exists() else None
    if twice:
        results, findings, causes = twins(results, findings, causes)
    # A page of twice as much may be too large to be printed; how fast it would be is still worth knowing.
    vars(importlib.import_module("reports.build"))["SIZE_LIMIT"] = 1 << 30
    summary = build(*synthetic.write(out, results, findings, causes), out / "index.html")
    print(f"{summary}; {summary.details_left_out} scripts left out")
    return summary.out


def steps(browser: Browser) -> list[tuple[str, str]]:
    """(what, script) in an order that a reader could follow; what a view unpacks is unpacked by the first that asks."""
    cause = browser.run("document.querySelector('article.cause')?.id.slice(6) ?? 'none'")
    subject = browser.run("document.querySelector('#matrix-table tbody th a').hash")
    own = browser.run("document.querySelector('.group-card a')?.hash ?? '#matrix'")
    label = "[...document.querySelectorAll('#finding-list label')].find((each) => each.textContent.startsWith(%s))"
    field = f"const box = {label}.querySelector('select, input'); box.value = %s; box.dispatchEvent(new Event(%s));"
    views = ["#findings", "#findings?severity=grave", "#matrix", "#findings", subject, f"#cause/{cause}", own]
    views += ["#matrix?dtype=float64", "#statistics", "#policies", "#laws", "#coverage", "#matrix", "#findings"]
    found = [(f"view {view[:40]}", VIEW % json.dumps(view)) for view in views]
    found += [
        ("findings: dtype", field % ('"dtype"', '"float32"', '"change"')),
        ("findings: words", field % ('"words"', '"tanh"', '"input"')),
        ("findings: no words", field % ('"words"', '""', '"input"')),
        ("findings: 120 more", "document.querySelector('#finding-list button.more').click();"),
        ("findings: open one", "document.querySelector('#finding-list details').open = true;"),
        ("matrix again", VIEW % '"#matrix"'),
        ("matrix: dtype", SET % ('"#matrix-controls select"', '"float16"')),
        ("matrix: rows with", SET % ('"#matrix-controls input[type=search]"', '"tanh"')),
        ("matrix: all rows", SET % ('"#matrix-controls input[type=search]"', '""')),
        ("is it safe?", "document.querySelectorAll('#ask-controls select')[1]?.dispatchEvent(new Event('change'));"),
    ]
    return found


def measure(page: Path, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of every step: from opening to interactive as the page itself tells it, then each interaction."""
    took: dict[str, list[float]] = {}
    with Browser() as browser:
        browser.size(1400, 1000)
        for _ in range(repeats):
            browser.open(page)
            took.setdefault("interactive", []).append(float(browser.run("document.documentElement.dataset.ready")))
            for what, script in steps(browser):
                timed = f"const start = performance.now(); {script} {DRAWN} return performance.now() - start;"
                took.setdefault(what, []).append(browser.run(f"(async () => {{ {timed} }})()"))
        assert browser.problems == [], browser.problems
    return took


def main() -> None:
    """Print each step: the first time in a browser that has just started, then the median."""
    parser = argparse.ArgumentParser(prog="ci/bench page", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        took = measure(made_page(given.folder, given.twice, Path(folder)), given.repeats)
    print(f"{'ms, of ' + str(given.repeats):46}{'first':>8}{'median':>8}")
    for what, times in took.items():
        print(f"{what:46}{times[0]:8.0f}{statistics.median(times):8.0f}")


if __name__ == "__main__":
    main()
