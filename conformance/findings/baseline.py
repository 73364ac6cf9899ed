"""A list of known failures, written from what a run found: one entry per cause, to be looked at by somebody."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from conformance.findings.expectations import ANY_VERSION, KnownFailure

HEAD = """\
# Known failures, one entry per cause. One that no longer fails is an error ("stale"): delete it then.
# reason: one sentence that a reader can check. link: the thread upstream, or "none: found by this suite".
# conformance/findings/FORMAT.md says what each key means.
"""

_ORDER = ("framework", "cause", "component", "law", "subject", "quantity", "dtype", "mode", "kind")


def version_range(version: str) -> str:
    """From ``version`` on, so that the next release is held against the same list; "any" where it has no order."""
    for word in version.split():
        try:
            return f">={Version(word).public}"
        except InvalidVersion:
            continue
    return ANY_VERSION


def merged(
    before: Iterable[KnownFailure], found: Iterable[KnownFailure], stale: Iterable[KnownFailure]
) -> list[KnownFailure]:
    """The list after a run: what people wrote stays, what the run met is new or seen again, what is stale goes.

    An entry with the same axes as one that was met again keeps its reason, link and versions.
    """
    # By what they name, not by the path they were read from: the same file may have been named in two ways.
    gone, fresh = {_axes(entry) for entry in stale}, {_axes(entry): entry for entry in found}
    kept = []
    for entry in before:
        again = fresh.pop(_axes(entry), None)
        if again is not None:
            kept.append(replace(again, reason=entry.reason, link=entry.link, versions=entry.versions))
        elif _axes(entry) not in gone:
            kept.append(entry)
    return [*kept, *fresh.values()]


def write_known_failures(path: Path, entries: Sequence[KnownFailure]) -> None:
    """Write the list, so that ``load_known_failures`` reads the same entries back. Raises OSError.

    The file is replaced as a whole: one that is there stays what it was until the new one is complete.
    """
    text = HEAD + "".join(f"\n{_table(entry)}" for entry in entries)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def about(entry: KnownFailure) -> str:
    """What an entry names, in a few words: the cause and component, or the axes."""
    axes = [getattr(entry, axis) for axis in _ORDER[1:] if getattr(entry, axis) != "*"]
    return " ".join(axes) or "everything"


def _axes(entry: KnownFailure) -> tuple[str, ...]:
    return tuple(getattr(entry, axis) for axis in _ORDER)


def _table(entry: KnownFailure) -> str:
    lines = [(axis, _text(getattr(entry, axis))) for axis in _ORDER if getattr(entry, axis) != "*"]
    lines += [(word, _text(getattr(entry, word))) for word in ("reason", "link", "versions")]
    if entry.seen:
        lines.append(("seen", f"[{', '.join(map(_text, entry.seen))}]"))
    if entry.profile:
        lines.append(("profile", _text(entry.profile)))
    return "\n".join(["[[failure]]", *(f"{key} = {value}" for key, value in lines)]) + "\n"


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, except that TOML wants DEL escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
