"""Which frameworks there are, and what each one's environment is made of.

A framework is a folder under ``adapters/`` with a ``requirements.txt``; nothing else needs to be registered. The file
is an ordinary pip requirements file, with three conventions:

- a line that ends in the comment ``# --no-deps`` is installed after the others, without its dependencies;
- a file that holds nothing but ``-r ../torch/requirements.txt`` means "I live in torch's environment";
- ``numpy``, the reference, runs in the project's own interpreter.
"""

from __future__ import annotations

import re
from pathlib import Path

import adapters

ADAPTERS_DIR = Path(adapters.__file__).resolve().parent
REFERENCE = "numpy"
_BORROWED = {"brax": "torch"}
_IN_ORDER = ("numpy", "torch", "brax", "tfp", "paddle", "mindspore")
_NOT_FRAMEWORKS = ("interface", "tests")


def _discover() -> tuple[str, ...]:
    found = {path.parent.name for path in ADAPTERS_DIR.glob("*/requirements.txt")} - set(_NOT_FRAMEWORKS)
    return _IN_ORDER + tuple(sorted(found - set(_IN_ORDER)))


FRAMEWORKS: tuple[str, ...] = _discover()


def requirement_lines(path: Path) -> tuple[list[str], list[str]]:
    """The effective lines of a requirements file: (ordinary ones, those marked ``# --no-deps``), comments removed.

    Both are empty when there is no such file.
    """
    ordinary: list[str] = []
    alone: list[str] = []
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(.*?)\s*(?:(?:^|\s)#\s*(.*))?", line)
        if match and match.group(1):
            (alone if (match.group(2) or "").startswith("--no-deps") else ordinary).append(match.group(1))
    return ordinary, alone


def environment_of(framework: str) -> str:
    """The name of the framework whose environment ``framework`` runs in (itself, or the one that it borrows from)."""
    lines, _ = requirement_lines(ADAPTERS_DIR / framework / "requirements.txt")
    borrowed = re.fullmatch(r"-r\s*\.\./(\w+)/requirements\.txt", lines[0]) if len(lines) == 1 else None
    return borrowed.group(1) if borrowed else _BORROWED.get(framework, framework)


def requirements(framework: str) -> tuple[list[str], list[str]]:
    """What is installed for ``framework``: (with their dependencies, without them)."""
    return requirement_lines(ADAPTERS_DIR / environment_of(framework) / "requirements.txt")
