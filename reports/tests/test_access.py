"""axe-core finds no violation on any view, by day and by night, wide and narrow.

axe-core is no part of the project: it is taken from the folder named by AXE_CORE, or from ``node_modules`` in the home
of the caches (``npm install --prefix .conformance axe-core``); where it is in neither place the test is skipped and
says so.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reports.tests.browser import Browser

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PLACES = [Path(os.environ.get("AXE_CORE", "nowhere")), ROOT / ".conformance" / "node_modules" / "axe-core"]
SUBJECT = "#subject/" + "transformed(normal(loc%3D0.25%2Cscale%3D1.5)%2Ctanh)/float32/log_prob"
VIEWS = [
    "#matrix",
    SUBJECT,
    "#framework/torch",
    "#pair/tfp/torch",
    "#findings?severity=grave",
    "#statistics",
    "#policies",
    "#laws",
    "#coverage",
]
VIEWS += ["#known", "#guide", "#reproduce"]


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    found = [place / "axe.min.js" for place in PLACES if (place / "axe.min.js").exists()]
    if not found:
        pytest.skip("axe-core is not here: npm install --prefix .conformance axe-core")
    return found[0].read_text(encoding="utf-8")


AUDIT = """(async () => {
    const away = [...document.querySelectorAll('section.view')]
        .filter((view) => getComputedStyle(view).display === 'none')
        .map((view) => [view, document.createComment('')]);
    away.forEach(([view, mark]) => view.replaceWith(mark));
    try {
        const found = await axe.run(document, {resultTypes: ['violations']});
        return JSON.stringify(found.violations.map((each) => [each.id, each.nodes.length,
            each.nodes[0].html.slice(0, 160), each.nodes[0].any.map((a) => a.message)].join(' ')));
    } finally {
        away.forEach(([view, mark]) => mark.replaceWith(view));
    }
})()"""
"""Without the views that are not displayed, which axe-core judges nothing in, but walks through: the visits before
leave thousands of elements."""


def violations(browser: Browser, axe: str) -> list[str]:
    """Rule, and the first element that breaks it, of every violation on the view that is shown."""
    browser.run(
        "document.querySelectorAll('details:not(.columns)').forEach((each, at) => { if (at < 40) each.open = true; })"
    )
    browser.run(axe + "; null")
    return [str(each) for each in json.loads(browser.run(AUDIT))]


@pytest.mark.parametrize(("dark", "width"), [(False, 1400), (True, 1400), (False, 360)])
def test_no_violation(browser: Browser, page: Path, axe: str, dark: bool, width: int) -> None:
    browser.problems.clear()
    browser.scripts(True)
    browser.dark(dark)
    browser.size(width, 1000)
    try:
        browser.open(page)
        cause = browser.run("document.querySelector('article.cause').id.slice(6)")
        found = {}
        for view in [*VIEWS, f"#cause/{cause}"]:
            browser.visit(view)
            found[view] = violations(browser, axe)
        assert {view: told for view, told in found.items() if told} == {}
    finally:
        browser.dark(False)
        browser.size(1400, 1000)


def test_a_page_with_a_violation_is_found_out(browser: Browser, page: Path, axe: str) -> None:
    browser.open(page)
    browser.run("var button = document.getElementById('theme'); button.replaceChildren(); button.title = ''")
    browser.run("document.querySelector('h1').style.color = '#ddd'")
    told = " ".join(violations(browser, axe))
    assert "button-name" in told
    assert "color-contrast" in told


def test_a_violation_counts_on_the_view_that_is_shown(browser: Browser, page: Path, axe: str) -> None:
    browser.open(page)
    views = "[...document.querySelectorAll('section.view')].map((view) => view.id)"
    before = browser.run(views)
    browser.run("document.getElementById('view-guide').append(document.createElement('button')); null")
    browser.visit("#laws")
    assert violations(browser, axe) == []
    browser.visit("#guide")
    (told,) = violations(browser, axe)
    assert told.startswith("button-name 1")
    assert browser.run(views) == before, "the other views are where they were"
