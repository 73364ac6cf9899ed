"""What three people come for stands within two clicks; Back, the address and the plots do what people expect."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from reports import ReportRefused, build
from reports.tests import synthetic, synthetic_causes
from reports.tests.browser import Browser

pytestmark = pytest.mark.slow

Json = dict[str, Any]
TANH = "#subject/transformed(normal(loc%3D0.25%2Cscale%3D1.5)%2Ctanh)/float32/log_prob"
SHOWN = "document.querySelector('.view.shown')"


@pytest.fixture(autouse=True)
def fresh(browser: Browser) -> None:
    browser.problems.clear()
    browser.scripts(True)


def click(browser: Browser, selector: str, then: str) -> None:
    """Click what people see, and wait for ``then``."""
    seen = browser.run(
        f"(() => {{ const node = document.querySelector({selector!r}), box = node && node.getBoundingClientRect();"
        " if (!box || !box.width) return false; node.click(); return true; })()"
    )
    assert seen is True, selector
    assert browser.wait(then), then


def test_a_practitioner_reads_the_answer_without_a_click(browser: Browser, page: Path) -> None:
    browser.open(page)
    told = browser.run("document.getElementById('ask-answer').innerText")
    assert "Safe for |x| < 9.01 in float32" in told
    assert "cache_size=1" in told
    assert browser.run("document.getElementById('ask-answer').getBoundingClientRect().bottom") < 1000
    browser.run(
        "(() => { const box = document.querySelectorAll('#ask-controls select')[1]; box.value = 'paddle';"
        " box.dispatchEvent(new Event('change')); })()"
    )
    assert "cache_size" not in browser.run("document.getElementById('ask-answer').innerText")


def test_a_maintainer_reaches_the_issue_in_two_clicks(browser: Browser, page: Path) -> None:
    browser.open(page)
    click(browser, ".views a[href='#framework/paddle']", f"{SHOWN}.id === 'view-framework'")
    grades = browser.run(f"[...{SHOWN}.querySelectorAll('ol.causes .sev')].map((each) => each.textContent)")
    assert len(grades) >= 2
    assert grades == sorted(grades, key=["grave", "serious", "minor"].index)
    click(browser, "#view-framework ol.causes a", f"{SHOWN}.id === 'view-cause'")
    browser.run(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText: async (t) => {"
        " window.copied = t; }}})"
    )
    click(browser, "article.cause:not([hidden]) button.issue", "window.copied")
    issue = browser.run("window.copied")
    for heading in ("# ", "### Environment", "### Reproduction", "### Expected", "### Actual", "### Analysis"):
        assert heading in issue
    assert browser.run("[...document.querySelectorAll('article.cause')].filter((each) => !each.hidden).length") == 1
    assert browser.run(f"{SHOWN}.querySelectorAll('.plot svg[role=img]').length") == 1


def test_the_issue_is_the_same_with_a_finding_open(browser: Browser, page: Path) -> None:
    """What an opened finding shows was taken for the cause's own numbers, and an issue said others' words."""
    browser.open(page)
    browser.run(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText: async (t) => {"
        " window.copied = t; }}})"
    )
    article, told = "article.cause:not([hidden])", []
    causes = browser.run("[...document.querySelectorAll('article.cause')].map((each) => each.id)")
    for cause in causes[:4]:
        browser.run(f"location.hash = {cause!r}")
        assert browser.wait(f"document.querySelector({article!r})?.id === {cause!r} && {SHOWN}.id === 'view-cause'")
        click(browser, f"{article} button.issue", "window.copied")
        before = browser.run("window.copied")
        click(browser, f"{article} .own-findings > summary", f"!!document.querySelector('{article} details.finding')")
        opened = f"!!document.querySelector('{article} details.finding dl')"
        click(browser, f"{article} details.finding > summary", opened)
        browser.run("window.copied = ''")
        click(browser, f"{article} button.issue", "window.copied")
        assert browser.run("window.copied") == before
        told.append(before)
        browser.run("window.copied = ''")
    assert len(set(told)) == len(told) > 1


def test_whoever_ports_sees_where_two_differ_in_one_click(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run("document.querySelector('.go').textContent") == "Where do tfp and torch differ? →"
    click(browser, ".go", f"{SHOWN}.id === 'view-pair'")
    told = browser.run(f"{SHOWN}.innerText")
    assert "In float32, tfp is better at" in told
    rows = browser.run(
        f"[...{SHOWN}.querySelector('table').tBodies[0].rows].map((row) =>"
        " [...row.querySelectorAll('.key')].map((each) => each.textContent))"
    )
    assert rows
    assert all(left != right for left, right in rows)


def test_back_to_an_empty_address_is_the_front_page(browser: Browser, page: Path) -> None:
    browser.open(page)
    click(browser, "#matrix-table td a", f"{SHOWN}.id === 'view-subject'")
    browser.run("history.back()")
    assert browser.wait("location.hash === ''")
    assert browser.wait(f"{SHOWN}.id === 'view-matrix'")


def test_the_settings_of_the_matrix_are_in_the_address(browser: Browser, page: Path) -> None:
    heads = "[...document.querySelectorAll('#matrix-table thead .mode')].map((each) => each.textContent)"
    browser.open(page)
    every = browser.run(heads)
    browser.run("document.querySelectorAll('.columns input')[1].click()")
    browser.run(
        "(() => { const box = document.querySelector('#matrix-controls select'); box.value = 'float64';"
        " box.dispatchEvent(new Event('change')); })()"
    )
    address = browser.run("location.hash")
    assert "dtype=float64" in address
    fewer = browser.run(heads)
    assert len(fewer) == len(every) - 1
    browser.open(page, address)
    assert browser.run(heads) == fewer
    assert "float64" in browser.run("document.getElementById('matrix-caption').textContent")


def test_a_cell_says_a_verdict(browser: Browser, page: Path) -> None:
    browser.open(page)
    words = browser.run(
        "[...new Set([...document.querySelectorAll('#matrix-table td b')].map((b) => b.firstChild.data))]"
    )
    assert set(words) - {"–", "·", "raised", "crashed", "timed out"} <= {"right", "usable", "inside", "wrong"}
    assert {"right", "inside", "wrong"} & set(words)
    reach = browser.run("document.querySelector('.tanh-normal td.v-inside small')?.textContent")
    assert reach is None or reach == "|x| ≤ 9.01"


def test_a_plot_opens_on_the_ordinary_inputs(browser: Browser, page: Path) -> None:
    browser.open(page, TANH)
    ticks = browser.run("[...document.querySelectorAll('.plot svg text')].map((each) => each.textContent)")
    assert {"0.9", "1−10⁻³", "−1+10⁻³"} <= set(ticks)
    # At the upper end some results are unusable, and the finite ones beside them are drawn.
    boxes = "[...document.querySelectorAll('.plot {}')].map((each) => each.getBBox())"
    drawn = browser.run(boxes.format(".line:not(.bridge)") + ".map((b) => b.x + b.width)")
    bad = browser.run(boxes.format(".bad") + ".filter((b) => b.width).map((b) => b.x)")
    assert bad
    assert max(drawn) > min(bad)
    click(
        browser, ".plot-choice button", "document.querySelector('.plot-choice button').textContent.includes('ordinary')"
    )
    assert "0.9" not in browser.run("[...document.querySelectorAll('.plot svg text')].map((each) => each.textContent)")


def test_a_line_of_a_subject_s_finding_repeats_nothing_and_is_whole(browser: Browser, page: Path) -> None:
    browser.open(page, TANH)
    lines = browser.run("[...document.querySelectorAll('.view.shown .finding summary')].map((each) => each.innerText)")
    assert lines
    assert not any("normal(loc" in line for line in lines)
    cut = ".filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert browser.run("[...document.querySelectorAll('.finding .told')]" + cut) == 0


def test_wide_windows_are_used(browser: Browser, page: Path) -> None:
    try:
        browser.size(2560, 1300)
        browser.open(page)
        assert browser.run("document.getElementById('main').getBoundingClientRect().width") > 2300
        tops = ".map((each) => document.querySelector(each).getBoundingClientRect().top)"
        sides = browser.run("['.front-causes', '.front-matrix']" + tops)
        assert sides[0] == sides[1]
    finally:
        browser.size(1400, 1000)


def test_a_run_without_causes_says_how_to_get_them(small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    page = build(*synthetic.write(tmp_path, *small_pair), tmp_path / "index.html").out
    assert "there is no <code>causes.json</code>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["garbage", "run", "version", "finding", "twice", "framework"])
def test_causes_that_do_not_belong_are_refused(damage: str, small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    causes = copy.deepcopy(synthetic_causes.document(*small_pair))
    if damage == "run":
        causes["run"]["seed"] += 1
    elif damage == "version":
        causes["format_version"] = 1
    elif damage == "finding":
        causes["causes"][0]["findings"].append("0" * 12)
    elif damage == "twice":
        causes["causes"].append(causes["causes"][0])
    elif damage == "framework":
        causes["causes"][0]["framework"] = "nobody"
    results, findings = synthetic.write(tmp_path, *small_pair, causes)
    if damage == "garbage":
        (tmp_path / "causes.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportRefused, match=r"causes\.json.*compare again") as refusal:
        build(results, findings, tmp_path / "index.html")
    assert "\n" not in str(refusal.value)


def test_versions_can_be_installed_as_printed() -> None:
    from reports.versions import beside, install_line

    packages = {"torch": "2.13.0+cpu", "numpy": "2.4.6", "formulas": "notebook training of brax"}
    assert install_line(packages) == "pip install torch==2.13.0 numpy==2.4.6"
    assert beside(packages) == "torch: the cpu build; formulas: notebook training of brax"
