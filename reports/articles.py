"""The causes' articles: each has a head and pieces below it, which a large page carries compressed.

A page holds its articles as markup, so that they read without JavaScript. In a run of four hundred causes that is more
than a page may have: there the worst causes keep theirs, and of the others the head stays (what comes, what is true),
while the rest lies packed beside the run's data until the page's script is asked for it. In a larger one still the
head keeps its title alone, which says what was asked, what comes and what is true, and what it is about; in the largest
the title stands in the list of causes alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html.parser import HTMLParser
from typing import Any, Literal

from markupsafe import Markup, escape

Tree = list[Any]
"""A tag, its attributes, and what it holds: texts and trees."""

PIECE = re.compile(r"<!--piece-->(.*?)<!--/piece-->", re.DOTALL)
"""What an article may leave to the script (templates/cause.html.j2). No text of a run can hold it: it is escaped."""
REST = re.compile(r"<!--rest-->(.*?)<!--/rest-->", re.DOTALL)
"""What is around the title; pieces lie in it."""
INSIDE = re.compile(r"^\s*(<article\b[^>]*>)(.*)(</article>)\s*$", re.DOTALL)
"""No attribute of an article holds a >: they are addresses and what Jinja has escaped."""
LABEL = re.compile(' aria-labelledby="[^"]*"')
"""Of the title, which an article without one does not have; the script names it again."""
ABSENT = "<i data-piece></i>"

Kept = Literal["head", "title", "nothing"]
"""What stays of an article that is not whole: what comes and what is true, its title, or what the list says of it."""


@dataclass(frozen=True)
class Article:
    """One cause as markup, which cause that is, and what stays where it is not whole."""

    cause: str
    markup: str
    kept: Kept = "head"

    @cached_property
    def _marked(self) -> str:
        if self.kept == "title":
            return REST.sub(lambda found: f"<!--piece-->{_plain(found[1])}<!--/piece-->", self.markup)
        marked = REST.sub(lambda found: found[1], self.markup)
        if self.kept == "nothing":
            return INSIDE.sub(lambda it: f"{it[1]}<!--piece-->{_plain(it[2])}<!--/piece-->{it[3]}", marked)
        return marked

    def whole(self) -> str:
        """Everything in place."""
        return _plain(self._marked)

    def head(self) -> str:
        """A place for each piece instead of the piece, and how to read the rest where no script runs."""
        command = f"<code>conformance explain {escape(self.cause)}</code>"
        if self.kept == "nothing" and (found := INSIDE.match(self.markup)):
            # Hundreds of them: no place but the article itself, and the page says once what the command is for.
            return f"{LABEL.sub('', found[1])}<p class=static>{command}</p>{found[3]}\n"
        told = f"<p class=static>The rest needs JavaScript, or {command}.</p>"
        before, first, after = PIECE.sub(lambda found: ABSENT, self._marked).partition(ABSENT)
        if self.kept == "title" and ABSENT in after:  # The first is what stands above the title.
            return before + first + after.replace(ABSENT, told + ABSENT, 1)
        return before + told + first + after

    @cached_property
    def pieces(self) -> list[list[Any]]:
        """The pieces as trees, from which the script makes elements: it never parses markup."""
        return [grown(found) for found in PIECE.findall(self._marked)]

    def saved(self) -> int:
        """So many bytes fewer the head has."""
        return len(self.whole().encode()) - len(self.head().encode())


def _plain(markup: str) -> str:
    return PIECE.sub(lambda found: found[1], markup)


@dataclass(frozen=True, eq=False)  # Whether it is the same one is what tells whether it was packed.
class Articles:
    """All of them, in the page's order, of which the worst ``kept`` are whole."""

    all: Sequence[Article]
    order: Sequence[str]
    """The causes, worst first."""
    kept: int

    @property
    def listed(self) -> bool:
        """Whether some have not even a title."""
        return any(each.kept == "nothing" for each in self.all)

    def markup(self) -> list[Markup]:
        """As they stand in the page."""
        whole = set(self.order[: self.kept])
        return [Markup(each.whole() if each.cause in whole else each.head()) for each in self.all]

    def packed(self) -> dict[str, list[list[Any]]]:
        """The pieces of those that are not whole, by cause."""
        whole = set(self.order[: self.kept])
        return {each.cause: each.pieces for each in self.all if each.cause not in whole}

    def keeping(self, kept: Kept) -> Articles:
        """None whole, and of each what ``kept`` says."""
        return Articles([replace(each, kept=kept) for each in self.all], self.order, 0)

    def fitting(self, room: int) -> Articles:
        """With as many of the worst whole as have ``room`` bytes more than their heads."""
        saved = {each.cause: each.saved() for each in self.all}
        kept = 0
        for cause in self.order:
            room -= saved[cause]
            if room < 0:
                break
            kept += 1
        return Articles(self.all, self.order, kept)


def grown(markup: str) -> list[Any]:
    """Texts and trees of a well-formed piece of markup without void elements.

    Raises ValueError where an element is not closed in its turn.
    """
    grower = _Grower()
    grower.feed(markup)
    grower.close()
    if len(grower.open) != 1:
        raise ValueError(f"<{grower.open[-1][0]}> is not closed")
    return grower.open[0][2:]


class _Grower(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Tree] = [["", {}]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tree: Tree = [tag, {name: "" if value is None else value for name, value in attrs}]
        self.open[-1].append(tree)
        self.open.append(tree)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1][0] != tag:
            raise ValueError(f"</{tag}> closes <{self.open[-1][0]}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)
