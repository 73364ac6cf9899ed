"""A framework's text made harmless: what is printed to a terminal, written to JUnit and put into Markdown.

Messages, reasons, versions and outputs are the framework's own, and may hold anything: escape sequences that recolour
or retitle a terminal, marks that turn the reading order round, a megabyte of one line. Every text passes here once more
where it is shown, whatever was done where it came in.
"""

from __future__ import annotations

import unicodedata

LINE = 300
"""Characters of a message that are shown on one line."""

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, invisible marks (those that turn the reading order included), halves of pairs, unassigned, separators."""


def one_line(text: object, limit: int = LINE) -> str:
    """``text`` on one line of at most ``limit`` characters, whatever it holds.

    White space, newlines included, becomes single spaces; what a reader cannot see becomes an escape such as ``\\x1b``;
    what is too long loses its middle, since the end of a message often says the most.
    """
    return _cut("".join(map(_visible, " ".join(_capped(text, limit).split()))), limit)


def block(text: object, lines: int = 12, limit: int = LINE) -> str:
    """``text`` in at most ``lines`` lines, each as ``one_line`` would show it, its leading blanks kept."""
    every = _capped(text, lines * limit).splitlines()
    kept = every if len(every) <= lines else [*every[: lines - 1], f"… {len(every) - lines + 1} more lines"]
    indents = [line[: len(line) - len(line.lstrip(" "))] for line in kept]
    return "\n".join(
        f"{indent[: limit // 2]}{one_line(line, limit)}" for indent, line in zip(indents, kept, strict=True)
    )


def whole(text: object) -> str:
    """``text`` with its lines and blanks as they are and whatever a reader cannot see escaped: for source code."""
    return "\n".join("".join(map(_visible, line.expandtabs(4))) for line in str(text).split("\n"))


def _capped(text: object, limit: int) -> str:
    """No more of ``text`` than can be shown: its beginning and its end, so that a gigabyte is never walked through."""
    whole = str(text)
    return whole if len(whole) <= 8 * limit else f"{whole[: 4 * limit]} … {whole[-4 * limit :]}"


def _visible(character: str) -> str:
    if character == " " or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = (limit - 3) * 2 // 3
    return f"{text[:head]} … {text[len(text) - (limit - 3 - head) :]}"
