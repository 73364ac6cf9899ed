"""Which frameworks there are, and what each one's environment is made of.

A framework is a folder under ``adapters/`` with a ``requirements.txt``; nothing else needs to be registered. The file
is an ordinary pip requirements file, with three conventions:

- a line that ends in the comment ``# --no-deps`` is installed after the others, without its dependencies;
- frameworks with the same requirements share one environment (brax runs on torch's);
- ``numpy``, the reference, runs in the project's own interpreter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

import adapters

ADAPTERS_DIR = Path(adapters.__file__).resolve().parent
REFERENCE = "numpy"
_IN_ORDER = ("numpy", "torch", "brax", "tfp", "paddle", "mindspore")
USUAL_SHARE = {"oracle": 7.0, "tfp": 12.0, "mindspore": 8.0, "numpy": 6.0, "torch": 1.3, "paddle": 1.1, "brax": 0.2}
"""Minutes of one process that a part of ``conformance compare`` over everything took, nothing kept, by what it says of
its progress; it orders the work and estimates what is left. Another machine changes all of them alike, roughly."""

_NOT_FRAMEWORKS = ("interface", "tests")


def _discover() -> tuple[str, ...]:
    found = {path.parent.name for path in ADAPTERS_DIR.glob("*/requirements.txt")} - set(_NOT_FRAMEWORKS)
    return _IN_ORDER + tuple(sorted(found - set(_IN_ORDER)))


FRAMEWORKS: tuple[str, ...] = _discover()


def slowest_first(frameworks: Iterable[str]) -> list[str]:
    """The same names in the order in which to start them: a long run that begins last is waited for alone.

    Of a framework that ``USUAL_SHARE`` does not list nothing is known; it begins at once.
    """
    return sorted(frameworks, key=lambda name: -USUAL_SHARE.get(name, math.inf))


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
    """The framework whose environment ``framework`` uses: the first one with the same requirements, mostly itself."""
    wanted = requirements(framework)
    if framework == REFERENCE or not any(wanted):
        return framework
    return next(name for name in FRAMEWORKS if name != REFERENCE and requirements(name) == wanted)


def requirements(framework: str) -> tuple[list[str], list[str]]:
    """What is installed for ``framework``: (with their dependencies, without them)."""
    return requirement_lines(ADAPTERS_DIR / framework / "requirements.txt")
