"""Replies on disk, so that an interrupted run loses at most the request in flight.

One file per request, named by a digest of all that the reply depends on. A file appears whole or not at all (it is
written aside and renamed) and carries a checksum; one that does not check is named, set aside as ``*.corrupt``, and
treated as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adapters.interface.wire import WireError, receive, send
from conformance.execution.request import Array
from conformance.whole import write_whole

_MAGIC = b"conformance journal 1\n"


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


class Journal:
    """A folder of frames (header, arrays) under hexadecimal keys. Several processes may share it."""

    def __init__(self, folder: Path, log: Callable[[str], None] = _to_stderr) -> None:
        self._folder = folder
        self._log = log

    def path(self, key: str) -> Path:
        """Where the record of ``key`` lies, whether or not it exists."""
        return self._folder / key[:2] / f"{key}.reply"

    def load(self, key: str) -> tuple[dict[str, Any], list[Array]] | None:
        """The record exactly as it was stored, or None. Never raises for a damaged or unreadable file."""
        path = self.path(key)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            self._log(f"journal: cannot read {path}: {problem.strerror}; computing anew")
            return None
        body = raw[len(_MAGIC) + 32 :]
        if raw[: len(_MAGIC)] == _MAGIC and raw[len(_MAGIC) : len(_MAGIC) + 32] == _checksum(key, body):
            with contextlib.suppress(WireError):
                return receive(io.BytesIO(body))
        self._set_aside(path)
        return None

    def store(self, key: str, header: dict[str, Any], arrays: Sequence[Array]) -> None:
        """Keep a record. A disk that is full or read-only costs the record, with a line that says so, never the run."""
        body = io.BytesIO()
        send(body, header, arrays)
        path, content = self.path(key), body.getvalue()
        try:
            write_whole(str(path), _MAGIC, _checksum(key, content), content)
        except OSError as problem:
            self._log(f"journal: cannot write {path}: {problem.strerror}")

    def _set_aside(self, path: Path) -> None:
        corrupt = path.with_name(path.name + ".corrupt")
        self._log(f"journal: {path} is corrupt; set aside as {corrupt.name} and computed anew")
        with contextlib.suppress(OSError):
            os.replace(path, corrupt)


def _checksum(key: str, body: bytes) -> bytes:
    # The key is covered too: a whole record under another record's name is as wrong as a damaged one.
    return hashlib.sha256(key.encode() + b"\n" + body).digest()
