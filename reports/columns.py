"""Records as columns: what is alike lies side by side, where deflate finds it, and no field is named twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


def columns(rows: Sequence[Json]) -> Json:
    """``{"count": so many, "columns": {field: column}}`` of records that have the same fields.

    A column is a list of values, or, where all of them are texts or None, what ``folded`` makes of them; texts of one
    length of which none comes twice, as digests are, lie in one text, which takes a quarter less than a list of them.
    """
    fields = list(rows[0]) if rows else []
    return {"count": len(rows), "columns": {field: _column([row[field] for row in rows]) for field in fields}}


def _column(values: list[Any]) -> list[Any] | Json:
    if values and all(isinstance(value, str) for value in values):
        width = len(values[0])
        # As JavaScript counts: what it takes for two characters is none of one length.
        if width > 1 and len(set(values)) == len(values) and all(len(one) == width and one.isascii() for one in values):
            return {"width": width, "joined": "".join(values)}
    return folded(values) if all(value is None or isinstance(value, str) for value in values) else values


def folded(values: Sequence[str | None]) -> Json:
    """``texts``: every text once, as they appear; ``at``: a number for each value, 0 for the next new text, n for the
    n-th before the newest, None for None, as ``characters``.

    Counted back from the newest, since a text comes again soon after it came or never.
    """
    numbers: dict[str, int] = {}
    at: list[int | None] = []
    for value in values:
        if value is None:
            at.append(None)
        elif value in numbers:
            at.append(len(numbers) - numbers[value])
        else:
            numbers[value] = len(numbers)
            at.append(0)
    return {"texts": list(numbers), "at": characters(at)}


NOTHING = "!"
FIRST = ord("#")
"""The character of 0: printable, and behind the quote, which JSON would escape."""
_SURROGATES = range(0xD800, 0xE000)


def characters(numbers: Sequence[int | None]) -> str:
    """One character for each number from 0 to a million, or None: a list in JSON is a tenth larger, deflated."""
    return "".join(NOTHING if each is None else _character(FIRST + each) for each in numbers)


def _character(code: int) -> str:
    """Surrogates, which no UTF-8 has, are left out."""
    return chr(code if code < _SURROGATES.start else code + len(_SURROGATES))
