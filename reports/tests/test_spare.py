"""Markup without what a parser does not need gives the same elements, attributes and visible text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markupsafe import escape

from reports.spare import spare
from reports.tests.browser import Browser

HOSTILE = [
    "</td><td>",
    'a="b">',
    "x=y",
    "'",
    "a/b",
    "&amp;",
    " </li> <li> ",
    "</tr>\n",
    "",
    "é b",
    "a b",
    "<!--",
    "a&b",
]
TABLE = "\n".join(
    f'<tr class="first">\n<th scope="row" title="{escape(text)}"><a href="#{escape(text)}">{escape(text)}</a></th>\n'
    f'<td class="n" data-x="{escape(text)}">{escape(text)}</td>\n<td colspan="2"></td>\n</tr>'
    for text in HOSTILE
)
ITEMS = "\n".join(f'<li class="one"><b>{escape(text)}</b>\n<i>{escape(text)}</i></li>' for text in HOSTILE)
PRE = '<pre class="own">\n a  <b class="x">b</b> </pre>\n<script type="text/plain">"</td> <td>" class="x"</script>'
MARKUP = (
    f'<div><table class="a b" id="t">\n<thead>\n{TABLE}\n</thead>\n<tbody>\n{TABLE}\n</tbody>\n</table>\n'
    f"<ol>\n{ITEMS}\n</ol>\n{PRE}</div>"
)
READ = """(() => {
  const blank = (node) => node.nodeType === 3 && /^\\s*$/.test(node.data);
  const attributes = (node) => [...node.attributes].map(({ name, value }) => [name, value]);
  const of = (node) => (node.nodeType === 3 ? node.data
    : [node.localName, attributes(node), ...[...node.childNodes].filter((each) => !blank(each)).map(of)]);
  const made = new DOMParser().parseFromString(MARKUP, "text/html").body;
  return JSON.stringify([of(made), ...["pre", "script"].map((tag) => made.querySelector(tag).textContent)]); })()"""


@pytest.mark.slow
def test_a_browser_makes_the_same_of_it(browser: Browser, tmp_path: Path) -> None:
    less = spare(MARKUP)
    assert len(less) < 0.9 * len(MARKUP)
    for gone in ("<td class=n ", "<tr class=first><th scope=row", "<td colspan=2><", "<li class=one>"):
        assert gone in less
    empty = tmp_path / "empty.html"
    empty.write_text("<!doctype html><html data-ready=1><title>x</title></html>", encoding="utf-8")
    browser.open(empty)
    whole, spared = (browser.run(READ.replace("MARKUP", json.dumps(each))) for each in (MARKUP, less))
    assert spared == whole


def test_scripts_styles_articles_and_programs_stay() -> None:
    for tag in ("script", "style", "article", "pre"):
        inside = f'<{tag} class="x"><td class="y">1</td>\n<td></td>\n</{tag}>'
        assert spare(f'<p class="z">{inside}</p>') == f"<p class=z>{inside}</p>"
