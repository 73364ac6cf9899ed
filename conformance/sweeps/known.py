"""Sweeps that were finished earlier, for a comparison: exact where it has samples only."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from conformance.sweeps.request import writer_digest


def document_path(home: Path, key: str) -> Path:
    """Where the document of a finished sweep lies."""
    return home / "sweeps" / f"{key}.json"


def write(path: Path, document: dict[str, Any]) -> None:
    """Strict JSON (non-finite numbers are text), the whole file or the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
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


def finished(home: Path, key: str) -> dict[str, Any] | None:
    """The document of a finished sweep, or None. A damaged one is named, set aside, and as good as absent; one that
    other code wrote is absent too, since it is quickly written anew from the chapters."""
    path = document_path(home, key)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        document: dict[str, Any] = json.loads(content.decode("utf-8"))
        if document["format"] != "conformance-sweep" or document["format_version"] != 1:
            raise ValueError("another format")
        if not all(isinstance(document[name], dict) for name in ("cell", "histogram")):
            raise ValueError("parts are missing")
        return document if document.get("written_by") == writer_digest() else None
    except (ValueError, KeyError, TypeError) as problem:
        aside = path.with_name(path.name + ".corrupt")
        print(f"{path} is corrupt ({problem}); set aside as {aside.name}", file=sys.stderr)
        with contextlib.suppress(OSError):
            path.replace(aside)
        return None
