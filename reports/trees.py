"""Trees of many articles as shapes and columns of texts: what stands in the same place of each lies side by side.

A tree is a text, or a tag, its attributes, and trees. ``static/js/22-parts.js`` makes the same trees again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.columns import folded
from reports.marks import marked

Json = dict[str, Any]
Tree = str | list[Any]
OF_THE_SHAPE = frozenset({"class", "tabindex", "rel", "type", "open"})
"""Attributes that say what an element is, and not what it is about."""
HEADINGS = ("h3", "dt")
"""What follows them until the next is about one thing."""


def pack_trees(trees: Mapping[str, Sequence[Sequence[Tree]]], said: Mapping[str, Sequence[str]]) -> Json:
    """The lists of trees of every owner, in the order of ``said``: what the page's script has of an owner without them.

    ``owners``, and of each the ``shapes`` of its lists of trees, in which a number is the place of a text. ``texts``
    has a column for each place: where a shape names a place, there comes the next text of its column, with marks for
    what was said. White space alone stays in the shape, as do the attributes that make it one.
    """
    shaper = _Shaper()
    shapes = []
    owners = [owner for owner in said if owner in trees]
    for owner in owners:
        shaper.said = said[owner]
        shapes.append([shaper.shapes(piece, "", "") for piece in trees[owner]])
    return {"owners": owners, "shapes": shapes, "texts": [folded(texts) for texts in shaper.columns]}


class _Shaper:
    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.columns: list[list[str]] = []
        self.said: Sequence[str] = ()

    def shapes(self, trees: Sequence[Tree], around: str, under: str) -> list[Any]:
        """The trees with places for their texts; the element around them and the heading above tell which."""
        made = []
        for tree in trees:
            made.append(self._shape(tree, around, under))
            if not isinstance(tree, str) and tree[0] in HEADINGS:
                under = "".join(map(str, tree[2:3])).split("(")[0]
        return made

    def _shape(self, tree: Tree, around: str, under: str) -> Any:
        if isinstance(tree, str):
            return self._place(f"{under}>{around}", tree) if tree.strip() else tree
        tag, attributes, *children = tree
        here = f"{around.rpartition('>')[2]}>{tag}.{attributes.get('class', '')}"
        kept = {
            name: value if name in OF_THE_SHAPE else self._place(f"{under}>{here}@{name}", value)
            for name, value in attributes.items()
        }
        return [tag, kept, *self.shapes(children, here, under)]

    def _place(self, where: str, text: str) -> int:
        place = self.places.setdefault(where, len(self.places))
        if place == len(self.columns):
            self.columns.append([])
        self.columns[place].append(marked(text, self.said))
        return place
