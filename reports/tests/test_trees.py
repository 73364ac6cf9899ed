"""What stands in the packed articles comes back as the trees that were packed, hostile texts and all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.tests.browser import Browser
from reports.tests.own_code import sources
from reports.trees import pack_trees

Tree = str | list[Any]
HOSTILE = [
    "0",
    "1",
    "",
    " ",
    "\n",
    "__proto__",
    "\u2028",
    "$&",
    "title",
    "a title of one",
    "</script><b>",
    "\\",
    '"',
    "!",
    "é😀",
]
CAUSE = {"title": "title", "id": "one", "component": "a.b", "example": ["tanh", "fldj", "eager", "float32", "1.0"]}
SAID = ["title", "one", "a.b", "tanh", "fldj", "float32"]


def articles() -> dict[str, list[list[Tree]]]:
    made: dict[str, list[list[Tree]]] = {}
    for at, text in enumerate(HOSTILE):
        other = HOSTILE[at - 1]
        row: Tree = [
            "dl",
            {"class": "values"},
            ["dt", {}, text],
            "\n",
            ["dd", {}, ["code", {"title": other}, other], text],
        ]
        lone: Tree = ["h3", {"id": text}, text]
        made[f"one{at}"] = [[text, lone, row, other], [["p", {"class": "x", "href": f"#{text}"}], "fldj of tanh"], []]
    return made


@pytest.mark.slow
def test_trees_come_back(browser: Browser) -> None:
    trees = articles()
    owners = [*reversed(trees)]
    packed = pack_trees(trees, dict.fromkeys(owners, SAID))
    assert packed["owners"] == owners
    assert not [text for column in packed["texts"] for text in column["texts"] if "tanh" in text]
    code = f"""(() => {{ {sources("10-unpack")} let PIECES, FINDINGS, LAW_RESULTS, CURVES, UNDRAWN, ISSUES, CELLS;
      const DERIVED = 0, labelOf = (subject) => subject, CAUSE = {json.dumps(CAUSE)}, CAUSES = {{ get: () => CAUSE }};
      {_function("unpackArticles")} unpackArticles({json.dumps(packed)});
      return JSON.stringify(Object.fromEntries(PIECES)); }})()"""
    assert json.loads(browser.run(code)) == trees


def _function(name: str) -> str:
    """It and what it calls, out of the script that has it."""
    text = sources("22-parts")
    start, end = text.index("const toldOf"), text.index("\n}\n", text.index(f"function {name}"))
    return text[start : end + 3]
