"""Facts on a terminal: names on the left, words on the right, whatever its width."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable

from conformance.execution.plain import one_line, whole

NARROWEST, WIDEST = 40, 160


def width() -> int:
    """Columns to write in: the terminal's, 80 where there is none. COLUMNS says otherwise."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def facts(rows: Iterable[tuple[str, str]], columns: int, indent: str = "  ", limit: int = 2000) -> str:
    """A line or a paragraph for each (name, words) of ``rows``; rows without words are left out.

    The words are made harmless: they may be a framework's.
    """
    kept = [(name, one_line(words, limit)) for name, words in rows if words]
    margin = max((len(name) for name, _ in kept), default=0) + 2
    return "\n".join(
        paragraph(words, columns, f"{indent}{name:<{margin}}", indent + " " * margin) for name, words in kept
    )


def paragraph(words: str, columns: int, first: str = "", others: str = "") -> str:
    """``words`` in lines of at most ``columns``, broken at spaces, or inside a word that is longer than a line."""
    lines = textwrap.wrap(
        words, columns, initial_indent=first, subsequent_indent=others, break_on_hyphens=False, drop_whitespace=True
    )
    return "\n".join(lines) or first.rstrip()


def quoted(text: str, indent: str = "    ") -> str:
    """Source code as it is, indented; harmless, never broken."""
    return "\n".join(f"{indent}{line}".rstrip() for line in whole(text).rstrip("\n").split("\n"))
