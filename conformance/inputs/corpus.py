"""Kept worst cases: inputs on which some implementation was once found at its worst, tried again by every comparison.

One text file per subject under ``corpus_files/``: a line per case, ``quantity dtype hex-float``, and ``#`` comments.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from conformance.floats.formats import Format

FOLDER = Path(__file__).with_name("corpus_files")


def slug(subject: str) -> str:
    """A file name for ``subject``: letters, digits, dots, minus signs and underscores only."""
    return re.sub(r"[^A-Za-z0-9.\-]+", "_", subject).strip("_")


def worst_cases(subject: str, quantity: str, fmt: Format) -> list[float]:
    """The kept inputs of ``quantity`` at this format or a narrower one (whose floats are floats of this one too)."""
    return [value for kept, precision, value in _read(subject) if kept == quantity and precision <= fmt.precision]


@lru_cache(maxsize=512)
def _read(subject: str) -> tuple[tuple[str, int, float], ...]:
    from conformance.floats.formats import format_named

    path = FOLDER / f"{slug(subject)}.txt"
    if not path.is_file():
        return ()
    cases = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        text = line.partition("#")[0].split()
        if not text:
            continue
        try:
            quantity, dtype, value = text
            cases.append((quantity, format_named(dtype).precision, float.fromhex(value)))
        except ValueError as problem:
            raise ValueError(f"{path.name}:{number}: not 'quantity dtype hex-float': {problem}") from None
    return tuple(cases)
