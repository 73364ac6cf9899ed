"""Replies on disk, so that an interrupted run loses at most the request in flight.

Each record stands under a digest of all that the reply depends on, in packs that only grow
(``conformance.execution.packs``). Earlier releases kept a file for each record; those are still read.
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
from conformance.execution.packs import Packs
from conformance.execution.request import Array

_MAGIC = b"conformance journal 1\n"
"""With which a file of an earlier release begins."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


class Journal:
    """A folder of frames (header, arrays) under hexadecimal keys of 64 digits. Several processes may share it.

    name: whose records they are; journals of several names may lie in one folder, and each reads its own alone.
    """

    def __init__(self, folder: Path, log: Callable[[str], None] = _to_stderr, name: str = "journal") -> None:
        self._folder, self._log = folder, log
        self._packs = Packs(folder, name, log)
        # Looked at once: nobody makes them any more.
        self._files = {path.name for path in folder.glob("[0-9a-f][0-9a-f]")} if folder.is_dir() else set()

    def load(self, key: str) -> tuple[dict[str, Any], list[Array]] | None:
        """The record exactly as it was stored, or None. Never raises for a damaged or unreadable file."""
        try:
            body = self._packs.load(bytes.fromhex(key))
        except OSError as problem:
            self._log(f"journal: cannot read {problem.filename}: {problem.strerror}; computing anew")
            return None
        if body is None:
            return self._from_file(key) if key[:2] in self._files else None
        with contextlib.suppress(WireError):
            return receive(io.BytesIO(body))
        return None

    def store(self, key: str, header: dict[str, Any], arrays: Sequence[Array]) -> None:
        """Keep a record. A disk that is full or read-only costs the record, with a line that says so, never the run."""
        body = io.BytesIO()
        send(body, header, arrays)
        try:
            self._packs.store(bytes.fromhex(key), body.getvalue())
        except OSError as problem:
            self._log(f"journal: cannot write into {self._folder}: {problem.strerror}")

    def _from_file(self, key: str) -> tuple[dict[str, Any], list[Array]] | None:
        path = self._folder / key[:2] / f"{key}.reply"
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            self._log(f"journal: cannot read {path}: {problem.strerror}; computing anew")
            return None
        body = raw[len(_MAGIC) + 32 :]
        whole = hashlib.sha256(key.encode() + b"\n" + body).digest()
        if raw[: len(_MAGIC)] == _MAGIC and raw[len(_MAGIC) : len(_MAGIC) + 32] == whole:
            with contextlib.suppress(WireError):
                return receive(io.BytesIO(body))
        self._set_aside(path)
        return None

    def _set_aside(self, path: Path) -> None:
        corrupt = path.with_name(path.name + ".corrupt")
        self._log(f"journal: {path} is corrupt; set aside as {corrupt.name} and computed anew")
        with contextlib.suppress(OSError):
            os.replace(path, corrupt)
