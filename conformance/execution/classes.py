"""What a worker said of its framework's public classes, believed only in the form that it has to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.interface.classes import KINDS

MOST = 10_000
"""Classes that a framework may have: TFP, the largest, has two hundred."""

LONGEST = 300
"""Characters of a name."""

LONGEST_CALL = 2_000
"""Characters of a constructor call: TFP's longest is a chain of three bijectors, of 200."""


@dataclass(frozen=True)
class FoundClass:
    """A public class: what it is ("transform" or "distribution"), its documented name, and where it really stands.

    ``subjects``: those asked about whose objects are made of it.
    """

    kind: str
    name: str
    source: str
    subjects: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(".")[2]


def classes_of(header: dict[str, Any]) -> list[FoundClass] | None:
    """The classes that a reply lists, without subjects; None where it is no such list, whoever wrote it."""
    rows = header.get("classes")
    if not isinstance(rows, list) or len(rows) > MOST or not all(map(_is_class, rows)):
        return None
    return [FoundClass(*row) for row in rows]


def made_of(header: dict[str, Any], questions: int, classes: int) -> list[list[int]] | None:
    """Per question the places of classes in a reply; None where it is no such list."""
    rows = header.get("made_of")
    whole = isinstance(rows, list) and len(rows) == questions and all(isinstance(row, list) for row in rows)
    if not whole or not all(type(at) is int and 0 <= at < classes for row in rows or () for at in row):
        return None
    return rows


def calls_of(header: dict[str, Any], questions: int) -> list[str] | None:
    """Per question the constructor call of its object, "" where none is known or it is too long to be read; None where
    it is no such list."""
    rows = header.get("calls")
    if not isinstance(rows, list) or len(rows) != questions:
        return None
    if not all(isinstance(text, str) for text in rows):
        return None
    return [text if len(text) <= LONGEST_CALL else "" for text in rows]


def with_subjects(
    found: Sequence[FoundClass], asked: Sequence[str], places: Sequence[Sequence[int]]
) -> list[FoundClass]:
    """``found``, each with those of ``asked`` whose ``places`` have it."""
    by_place: dict[int, list[str]] = {}
    for subject, its in zip(asked, places, strict=True):
        for at in its:
            by_place.setdefault(at, []).append(subject)
    return [FoundClass(each.kind, each.name, each.source, tuple(by_place.get(at, ()))) for at, each in enumerate(found)]


def _is_class(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 3
        and all(isinstance(text, str) and 0 < len(text) <= LONGEST for text in row)
        and row[0] in KINDS
    )
