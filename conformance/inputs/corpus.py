"""Kept worst cases: inputs on which some implementation was once found at its worst, tried again by every comparison.

One text file per subject under ``corpus_files/``: a line per case, ``quantity dtype hex-float``, and ``#`` comments.
An event is its coordinates joined by commas: ``fldj float64 0x1p+0,-0x1p+1,0x1p-3``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import FORMATS, Format, format_named

FOLDER = Path(__file__).with_name("corpus_files")
LONGEST = 200
"""Characters of a file's name: most file systems take 255 bytes, those around the name while it is written included."""


@dataclass(frozen=True)
class Kept:
    """One case: the input as exact floats (one, or an event's coordinates), and where it came from."""

    quantity: str
    dtype: str
    value: tuple[float, ...]
    comment: str = ""

    @property
    def line(self) -> str:
        """As it stands in the file, its comment included."""
        numbers = ",".join(float(number).hex() for number in self.value)
        return f"{self.quantity} {self.dtype} {numbers}" + (f"  # {self.comment}" if self.comment else "")

    @property
    def key(self) -> tuple[str, int, tuple[float, ...]]:
        """What makes it one case, and its place in the file."""
        return self.quantity, list(FORMATS).index(self.dtype), self.value


def slug(subject: str) -> str:
    """A file name for ``subject``: letters, digits, dots, minus signs and underscores only. One that is longer than
    LONGEST ends in a digest of the subject, so that no two share one."""
    name = re.sub(r"[^A-Za-z0-9.\-]+", "_", subject).strip("_")
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(subject.encode()).hexdigest()[:16]
    return f"{name[: LONGEST - len(digest) - 1]}_{digest}"


def worst_cases(subject: str, quantity: str, fmt: Format) -> list[float]:
    """The kept inputs of ``quantity`` at this format or a narrower one (whose floats are floats of this one too)."""
    return [case.value[0] for case in _matching(subject, quantity, fmt) if len(case.value) == 1]


def worst_rows(subject: str, quantity: str, fmt: Format, event: int) -> NDArray[Any]:
    """The kept events of ``quantity`` with ``event`` coordinates, likewise; shape (N, event), dtype of ``fmt``."""
    rows = [case.value for case in _matching(subject, quantity, fmt) if len(case.value) == event]
    return np.array(rows, np.float64).reshape(len(rows), event).astype(fmt.dtype)


def keep(subject: str, cases: Iterable[Kept]) -> Path:
    """Add ``cases`` to the file of ``subject``, sorted, none twice; the file. Safe against interruption.

    A case that is there already gets the comment of the new one beside its own, unless it says the same.
    """
    path = FOLDER / f"{slug(subject)}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        _add(path, subject, cases)
    _read.cache_clear()
    return path


def _add(path: Path, subject: str, cases: Iterable[Kept]) -> None:
    known = {case.key: case for case in _cases(path)}
    for case in cases:
        before = known.get(case.key)
        said = [] if before is None else [text for text in before.comment.split("; ") if text]
        # What the same framework's same version said before is replaced: "torch 2.13.0 eager: ...".
        about = case.comment.partition(":")[0]
        said = [text for text in said if text.partition(":")[0] != about]
        comment = "; ".join(sorted(text for text in (*said, case.comment) if text))
        known[case.key] = Kept(case.quantity, case.dtype, case.value, comment)
    head = f"# Worst cases of {subject}: quantity, dtype, input; then who was found how far off there.\n"
    lines = [known[key].line + "\n" for key in sorted(known)]
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    aside.write_text(head + "".join(lines), encoding="ascii")
    os.replace(aside, path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other process adds to ``folder`` meanwhile: two searches that end together both keep what they found."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _matching(subject: str, quantity: str, fmt: Format) -> list[Kept]:
    return [
        case
        for case in _read(FOLDER, subject)
        if case.quantity == quantity and FORMATS[case.dtype].precision <= fmt.precision
    ]


@lru_cache(maxsize=512)
def _read(folder: Path, subject: str) -> tuple[Kept, ...]:
    return _cases(folder / f"{slug(subject)}.txt")


def _cases(path: Path) -> tuple[Kept, ...]:
    if not path.is_file():
        return ()
    cases = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        text, _, comment = line.partition("#")
        if not text.strip():
            continue
        try:
            quantity, dtype, values = text.split()
            value = tuple(float.fromhex(part) for part in values.split(","))
            cases.append(Kept(quantity, format_named(dtype).name, value, comment.strip()))
        except ValueError as problem:
            raise ValueError(f"{path.name}:{number}: not 'quantity dtype hex-float': {problem}") from None
    return tuple(cases)
