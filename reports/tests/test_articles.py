"""A page too large for its articles keeps the worst whole, and its script makes of the packed ones what stood there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from reports import build
from reports.articles import ABSENT, Article, Articles, grown
from reports.tests import synthetic, synthetic_causes
from reports.tests.browser import Browser

Json = dict[str, Any]
LONG = "long " * 40
PIECE = "What it breaks"
TABLE = '<dl class="values">'
TITLE = '<h2 id="cause-title-'
NOT_EVEN_A_TITLE = "><p class=static><code>conformance explain "
BODY = f"<i>table</i><!--piece--><p>{LONG}</p><!--/piece--><b>line</b><!--piece--><p>two</p><!--/piece-->"
WHOLE = f"<!--rest--><u>up</u><!--/rest--><b>head</b><!--rest-->{BODY}<!--/rest-->"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, few: Json) -> tuple[list[Path], list[str]]:
    """One page with everything whole, one whose articles have heads alone, then titles alone, then not even these, and
    the causes, worst first: of few cells, since a dozen pages are made to meet the four."""
    folder = tmp_path_factory.mktemp("articles")
    findings = synthetic.findings(few)
    document = synthetic_causes.document(few, findings)
    paths = synthetic.write(folder, few, findings, document)
    whole = build(*paths, folder / "whole.html")
    with pytest.MonkeyPatch.context() as patch:
        made = [whole]
        for gone in (PIECE, TABLE, TITLE):
            smaller = made[-1]
            while smaller.out.read_text(encoding="utf-8").count(gone) == whole.out.read_text(encoding="utf-8").count(
                gone
            ):
                patch.setattr(importlib.import_module("reports.build"), "SIZE_LIMIT", smaller.size - 1)
                smaller = build(*paths, folder / f"{len(made)}.html")
            made.append(smaller)
    sizes = [each.size for each in made]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)
    assert not any(each.details_left_out for each in made)
    causes = re.findall(r'<article[^>]* id="cause/([^"]*)"', whole.out.read_text(encoding="utf-8"))
    return [each.out for each in made], causes


def test_what_the_script_makes_is_what_stood_there(browser: Browser, pages: tuple[list[Path], list[str]]) -> None:
    made, causes = pages
    for page, place, pieces in zip(made[1:], (ABSENT, ABSENT, NOT_EVEN_A_TITLE), (3, 2, 1), strict=True):
        packed, rest = divmod(page.read_text(encoding="utf-8").count(place), pieces)
        assert not rest
        assert 0 < packed <= len(causes)
    told = []
    for page in made:
        browser.scripts(True)
        browser.open(page)
        found = {}
        for cause in causes:
            browser.visit(f"#cause/{cause}")
            found[cause] = browser.run(f"document.getElementById('cause/{cause}').outerHTML")
        assert browser.problems == []
        told.append(found)
    for found in told[1:]:
        said = {cause: re.sub(r'<p class="static">.*?</p>', "", text) for cause, text in found.items()}
        assert said == told[0]
        assert said != found


def test_without_scripts_a_head_says_where_the_rest_is(browser: Browser, pages: tuple[list[Path], list[str]]) -> None:
    (_whole, heads, brief, listed), causes = pages
    browser.scripts(False)
    for page in (heads, brief, listed):
        browser.open(page)
        for cause in causes:
            shown = browser.run(f"document.getElementById('cause/{cause}').innerText")
            whole = PIECE in shown
            assert whole != (f"conformance explain {cause}" in shown)
            assert ("What comes, and what is true" in shown) == (whole or page == heads)
            title = browser.run(f"document.querySelector('a[href=\"#cause/{cause}\"] .title').textContent")
            assert (title in shown) == (whole or page != listed)
    browser.scripts(True)


def test_the_worst_stay_whole_as_far_as_there_is_room() -> None:
    each = [Article(name, WHOLE) for name in "abc"]
    saved = each[0].saved()
    articles = Articles(each, ["b", "c", "a"], 3)
    assert [articles.fitting(room).kept for room in (0, saved - 1, saved, 2 * saved, 9 * saved)] == [0, 0, 1, 2, 3]
    shown = articles.fitting(saved)
    assert list(shown.packed()) == ["a", "c"]
    assert shown.packed()["a"] == [[["p", {}, LONG]], [["p", {}, "two"]]]
    assert shown.markup()[1] == f"<u>up</u><b>head</b><i>table</i><p>{LONG}</p><b>line</b><p>two</p>"
    assert "<i>table</i>" in shown.markup()[0]
    brief = articles.keeping("title")
    brief = brief.fitting(brief.all[0].saved())
    assert brief.markup()[1] == shown.markup()[1]
    assert brief.markup()[0].startswith(f"{ABSENT}<b>head</b><p class=static>")
    first, second = shown.packed()["a"]
    assert brief.packed()["a"] == [[["u", {}, "up"]], [["i", {}, "table"], *first, ["b", {}, "line"], *second]]
    listed = Articles([Article("a", f"<article id=a>{WHOLE}</article>")], ["a"], 1).keeping("nothing")
    assert listed.markup() == ["<article id=a><p class=static><code>conformance explain a</code></p></article>\n"]
    assert listed.listed
    assert not brief.listed
    assert listed.packed()["a"] == [[*brief.packed()["a"][0], ["b", {}, "head"], *brief.packed()["a"][1]]]
    assert "explain a<" in shown.markup()[0]
    assert LONG not in shown.markup()[0]


def test_a_text_is_no_markup_and_what_is_not_closed_is_refused() -> None:
    assert grown('<a href="#x&quot;y">&lt;b&gt; &amp;</a>!') == [["a", {"href": '#x"y'}, "<b> &"], "!"]
    for markup in ("<p><b>one</p>", "<p>one", "one</p>"):
        with pytest.raises(ValueError, match="clos"):
            grown(markup)


def test_why_a_statistic_is_not_offered_leaves_before_any_script(
    browser: Browser, pages: tuple[list[Path], list[str]]
) -> None:
    made, _causes = pages
    browser.scripts(True)
    told = []
    for page in made:
        cells = re.findall(r"<td class=absent[^>]*>", page.read_text(encoding="utf-8"))
        assert cells
        assert any("title=" in cell for cell in cells) == (page == made[0])
        columns = """[...document.querySelectorAll('#statistics-table tbody tr')].map((row) =>
          [...row.querySelectorAll('.offer, .absent')].reduce((sum, cell) => sum + cell.colSpan, 0))"""
        browser.scripts(False)
        browser.open(page, "#statistics")
        wide = browser.run(columns)
        assert len(set(wide)) == 1
        browser.scripts(True)
        browser.open(page, "#statistics")
        assert browser.run(columns) == wide
        told.append(
            browser.run("[...document.querySelectorAll('#statistics-table td.absent')].map((cell) => cell.title)")
        )
    assert any(told[0])
    assert told[1:] == told[:1] * (len(made) - 1)


def test_addresses_and_readings_of_the_matrix_come_with_the_script(
    browser: Browser, pages: tuple[list[Path], list[str]]
) -> None:
    read = """[...document.querySelectorAll('#matrix-table tbody tr')].map((row) => [...row.cells].map((cell) =>
      [cell.className, cell.textContent.trim(), ...[...cell.querySelectorAll('a')].map((link) =>
      [link.title, link.getAttribute('href'), link.tabIndex])]))"""
    made, _causes = pages
    told = []
    for page in made:
        assert ("<td class=v-right><a>" in page.read_text(encoding="utf-8")) == (page != made[0])
        browser.scripts(True)
        browser.open(page)
        told.append(browser.run(read))
    assert len(told[0]) > 2
    assert told[1:] == told[:1] * (len(made) - 1)
