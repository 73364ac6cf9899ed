"""Sweeps that were finished earlier, for a comparison: exact where it has samples only."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from conformance.execution.environments import Environment
from conformance.findings.schema import FormatError
from conformance.findings.store import decoded
from conformance.findings.sweeps import SweepDocument
from conformance.laws.case import Case
from conformance.sweeps.request import base_of, key_of, writer_digest


def document_path(home: Path, key: str) -> Path:
    """Where the document of a finished sweep lies."""
    return home / "sweeps" / f"{key}.json"


def write(path: Path, document: SweepDocument | dict[str, Any]) -> None:
    """Strict JSON (non-finite numbers are text), the whole file or the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(msgspec.to_builtins(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # A device or a pipe is written to, not replaced.
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


class _Writer(msgspec.Struct):
    written_by: str


def finished(home: Path, key: str) -> SweepDocument | None:
    """The document of a finished sweep, or None. A damaged one is named, set aside, and as good as absent; one that
    other code wrote is absent too, since it is quickly written anew from the chapters."""
    path = document_path(home, key)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        if msgspec.json.decode(content, type=_Writer).written_by != writer_digest():
            return None
        return decoded(content, SweepDocument)
    except (msgspec.MsgspecError, UnicodeDecodeError, FormatError, RecursionError) as problem:
        aside = path.with_name(path.name + ".corrupt")
        print(f"{path} is corrupt ({problem}); set aside as {aside.name}", file=sys.stderr)
        with contextlib.suppress(OSError):
            path.replace(aside)
        return None


class Finished:
    """The finished sweeps of one framework under ``home``, for a comparison (``comparison/swept.py``). Costs nothing
    where there are none."""

    def __init__(self, home: Path, environment: Environment) -> None:
        self._home = home
        self._any = any((home / "sweeps").glob("*.json"))
        self._base = base_of(environment.framework, environment, environment.adapter_file) if self._any else ""

    def of(self, case: Case) -> list[SweepDocument]:
        """The documents about this case, one per quantity at most."""
        # The 16-bit formats are exhaustive in every comparison.
        if not self._any or case.declared.source is not None or case.fmt.name != "float32":
            return []
        keys = (key_of(self._base, case.subject, one, case.fmt.name, case.mode) for one in case.quantities)
        found = (finished(self._home, key) for key in keys)
        return [document for document in found if document is not None]
