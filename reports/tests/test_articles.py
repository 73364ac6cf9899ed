"""A page too large for its articles keeps the worst whole, and its script makes of the packed ones what stood there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from reports import build
from reports.articles import Article, Articles, grown
from reports.tests import synthetic, synthetic_causes
from reports.tests.browser import Browser

Json = dict[str, Any]
LONG = "long " * 40
WHOLE = f"<b>head</b><!--piece--><p>{LONG}</p><!--/piece--><hr><!--piece--><p>two</p><!--/piece-->"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, run_pair: tuple[Json, Json]) -> tuple[Path, Path, list[str]]:
    """One page with everything whole, one that may have a few bytes less, and the causes, worst first."""
    folder = tmp_path_factory.mktemp("articles")
    document = synthetic_causes.document(*run_pair)
    paths = synthetic.write(folder, *run_pair, document)
    whole = build(*paths, folder / "whole.html")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("reports.build"), "SIZE_LIMIT", whole.size)
        heads = build(*paths, folder / "heads.html")
    assert heads.size < whole.size
    assert heads.details_left_out == 0
    return whole.out, heads.out, re.findall(r'data-cause="([^"]*)"', whole.out.read_text(encoding="utf-8"))


def test_what_the_script_makes_is_what_stood_there(browser: Browser, pages: tuple[Path, Path, list[str]]) -> None:
    whole, heads, causes = pages
    packed = heads.read_text(encoding="utf-8").count("<i data-piece></i>") // 3
    assert 0 < packed < len(causes)
    told = []
    for page in (whole, heads):
        browser.scripts(True)
        found = {}
        for cause in causes:
            browser.open(page, f"#cause/{cause}")
            found[cause] = browser.run(f"document.querySelector('article[data-cause=\"{cause}\"]').outerHTML")
        assert browser.problems == []
        told.append(found)
    said = {cause: re.sub(r'<p class="static">The rest needs .*?</p>', "", text) for cause, text in told[1].items()}
    assert said == told[0]
    assert said != told[1]


def test_without_scripts_a_head_says_where_the_rest_is(browser: Browser, pages: tuple[Path, Path, list[str]]) -> None:
    _whole, heads, causes = pages
    browser.scripts(False)
    browser.open(heads)
    for cause in causes:
        shown = browser.run(f"document.querySelector('article[data-cause=\"{cause}\"]').innerText")
        assert "What comes, and what is true" in shown
        assert ("How the suite knows" in shown) != (f"conformance explain {cause}" in shown)
    browser.scripts(True)


def test_the_worst_stay_whole_as_far_as_there_is_room() -> None:
    each = [Article(name, WHOLE) for name in "abc"]
    saved = each[0].saved()
    articles = Articles(each, ["b", "c", "a"], 3)
    assert [articles.fitting(room).kept for room in (0, saved - 1, saved, 2 * saved, 9 * saved)] == [0, 0, 1, 2, 3]
    shown = articles.fitting(saved)
    assert list(shown.packed()) == ["a", "c"]
    assert shown.packed()["a"] == [[["p", {}, LONG]], [["p", {}, "two"]]]
    assert shown.markup()[1] == f"<b>head</b><p>{LONG}</p><hr><p>two</p>"
    assert "explain a<" in shown.markup()[0]
    assert LONG not in shown.markup()[0]


def test_a_text_is_no_markup_and_what_is_not_closed_is_refused() -> None:
    assert grown('<a href="#x&quot;y">&lt;b&gt; &amp;</a>!') == [["a", {"href": '#x"y'}, "<b> &"], "!"]
    for markup in ("<p><b>one</p>", "<p>one", "one</p>"):
        with pytest.raises(ValueError, match="clos"):
            grown(markup)
