"""What was decided about the classes that no subject constructs: ``adapters/<framework>/coverage.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from conformance.findings.results import ClassStatus, SubjectKind

DECIDED = ("uncovered", "out_of_scope")
FILE = "coverage.toml"
_TEXTS = ("kind", "status", "reason", "release")
_CLOSED = {"kind": get_args(SubjectKind), "status": DECIDED}


class DecisionError(ValueError):
    """The file is malformed; the message is one line that names it and the entry."""


@dataclass(frozen=True)
class Decision:
    """One entry: ``classes`` (without their namespace) of one ``kind`` have this ``status``, for this ``reason``.

    uncovered: the reason says what covering them needs. out_of_scope: why the suite will never judge them. ``release``:
    the framework's, that somebody looked at.
    """

    source: Path
    number: int
    kind: SubjectKind
    status: ClassStatus
    reason: str
    release: str
    classes: tuple[str, ...]

    @property
    def place(self) -> str:
        """The file and the number of the entry in it, counted from 1."""
        return f"{self.source}, entry {self.number}"


def load_decisions(path: Path) -> list[Decision]:
    """The entries of ``path``, an array of tables called ``decision``; none where there is no such file.

    Raises DecisionError for anything else, and where two entries, or one twice, name the same class.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as problem:
        raise DecisionError(f"{path}: {' '.join(str(problem).split())}") from None
    tables = document.get("decision", [])
    if set(document) - {"decision"} or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise DecisionError(f"{path}: holds something else than [[decision]] tables")
    decisions = [_decision(path, number, table) for number, table in enumerate(tables, 1)]
    named: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        for name in decision.classes:
            other = named.setdefault((decision.kind, name), decision)
            if other is not decision or decision.classes.count(name) > 1:
                raise DecisionError(f"{decision.place}: {name} is named a second time (first in entry {other.number})")
    return decisions


def _decision(path: Path, number: int, table: dict[str, Any]) -> Decision:
    def wrong(reason: str) -> DecisionError:
        return DecisionError(f"{path}, entry {number}: {reason}")

    for key in (*_TEXTS, "classes"):
        if key not in table:
            raise wrong(f"{key} is missing")
    for key, value in table.items():
        if key == "classes":
            if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
                raise wrong("classes is not a list of names")
        elif key not in _TEXTS:
            raise wrong(f"unknown key {key!r}; known: {', '.join((*_TEXTS, 'classes'))}")
        elif not isinstance(value, str) or not value.strip():
            raise wrong(f"{key} is not a text")
        elif key in _CLOSED and value not in _CLOSED[key]:
            raise wrong(f"{key} is {value!r}, none of: {', '.join(_CLOSED[key])}")
    return Decision(
        path,
        number,
        kind=cast(SubjectKind, table["kind"]),
        status=cast(ClassStatus, table["status"]),
        reason=table["reason"],
        release=table["release"],
        classes=tuple(table["classes"]),
    )
