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
TABLE = '<dl class="values">'
BODY = f"<i>table</i><!--piece--><p>{LONG}</p><!--/piece--><b>line</b><!--piece--><p>two</p><!--/piece-->"
WHOLE = f"<!--rest--><u>up</u><!--/rest--><b>head</b><!--rest-->{BODY}<!--/rest-->"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, run_pair: tuple[Json, Json]) -> tuple[list[Path], list[str]]:
    """One page with everything whole, one that may have a few bytes less, one that may have titles alone, and
    the causes, worst first."""
    folder = tmp_path_factory.mktemp("articles")
    document = synthetic_causes.document(*run_pair)
    paths = synthetic.write(folder, *run_pair, document)
    whole = build(*paths, folder / "whole.html")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("reports.build"), "SIZE_LIMIT", whole.size)
        heads = build(*paths, folder / "heads.html")
        brief = heads
        while brief.out.read_text(encoding="utf-8").count(TABLE) == whole.out.read_text(encoding="utf-8").count(TABLE):
            patch.setattr(importlib.import_module("reports.build"), "SIZE_LIMIT", brief.size - 200)
            brief = build(*paths, folder / "brief.html")
    assert brief.size < heads.size < whole.size
    assert heads.details_left_out == brief.details_left_out == 0
    causes = re.findall(r'data-cause="([^"]*)"', whole.out.read_text(encoding="utf-8"))
    return [whole.out, heads.out, brief.out], causes


def test_what_the_script_makes_is_what_stood_there(browser: Browser, pages: tuple[list[Path], list[str]]) -> None:
    made, causes = pages
    for page, pieces in zip(made[1:], (3, 2), strict=True):
        packed, rest = divmod(page.read_text(encoding="utf-8").count(ABSENT), pieces)
        assert not rest
        assert 0 < packed <= len(causes)
    told = []
    for page in made:
        browser.scripts(True)
        found = {}
        for cause in causes:
            browser.open(page, f"#cause/{cause}")
            found[cause] = browser.run(f"document.querySelector('article[data-cause=\"{cause}\"]').outerHTML")
        assert browser.problems == []
        told.append(found)
    for found in told[1:]:
        said = {cause: re.sub(r'<p class="static">The rest needs .*?</p>', "", text) for cause, text in found.items()}
        assert said == told[0]
        assert said != found


def test_without_scripts_a_head_says_where_the_rest_is(browser: Browser, pages: tuple[list[Path], list[str]]) -> None:
    (_whole, heads, brief), causes = pages
    browser.scripts(False)
    for page in (heads, brief):
        browser.open(page)
        for cause in causes:
            shown = browser.run(f"document.querySelector('article[data-cause=\"{cause}\"]').innerText")
            whole = "How the suite knows" in shown
            assert whole != (f"conformance explain {cause}" in shown)
            assert ("What comes, and what is true" in shown) == (whole or page == heads)
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
    brief = articles.in_brief()
    brief = brief.fitting(brief.all[0].saved())
    assert brief.markup()[1] == shown.markup()[1]
    assert brief.markup()[0].startswith(f"{ABSENT}<b>head</b><p class=static>")
    first, second = shown.packed()["a"]
    assert brief.packed()["a"] == [[["u", {}, "up"]], [["i", {}, "table"], *first, ["b", {}, "line"], *second]]
    assert "explain a<" in shown.markup()[0]
    assert LONG not in shown.markup()[0]


def test_a_text_is_no_markup_and_what_is_not_closed_is_refused() -> None:
    assert grown('<a href="#x&quot;y">&lt;b&gt; &amp;</a>!') == [["a", {"href": '#x"y'}, "<b> &"], "!"]
    for markup in ("<p><b>one</p>", "<p>one", "one</p>"):
        with pytest.raises(ValueError, match="clos"):
            grown(markup)
