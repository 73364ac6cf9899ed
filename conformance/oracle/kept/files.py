"""Small files that are never trusted without their checksum: what the oracle and the sweeps keep between runs."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from conformance.whole import write_whole

T = TypeVar("T")

CHECKSUM_BYTES = 32


class CheckedFiles:
    """Payloads by key under ``folder``, one file each: ``magic``, a sha256 of the payload, the payload.

    Guarantee: a file appears whole or not at all (it is written aside and moved into place), and one that is not what
    was stored is named on stderr, set aside as ``*.corrupt`` and treated as absent. ``folder`` None keeps nothing.
    Several processes may share a folder.
    """

    def __init__(self, folder: Path | None, suffix: str, magic: bytes) -> None:
        self.folder, self._suffix, self._magic = folder, suffix, magic

    def load(self, key: str, read: Callable[[bytes], T]) -> T | None:
        """``read`` of the payload under ``key``; None where there is none. What ``read`` raises means corrupt."""
        if self.folder is None:
            return None
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            print(f"conformance: cannot read {path}: {problem}", file=sys.stderr)
            return None
        try:
            return read(self._payload(content))
        except Exception as problem:
            aside = path.with_name(path.name + ".corrupt")
            print(f"conformance: {path} is corrupt ({problem}); set aside as {aside.name}", file=sys.stderr)
            try:
                os.replace(path, aside)
            except OSError:
                path.unlink(missing_ok=True)
            return None

    def store(self, key: str, payload: bytes) -> None:
        """Keep ``payload`` under ``key``. A full or read-only disk costs the cache, never the run."""
        if self.folder is None:
            return
        path = self._path(key)
        try:
            write_whole(str(path), self._magic, hashlib.sha256(payload).digest(), payload)
        except OSError as problem:
            print(f"conformance: cannot write {path}: {problem}", file=sys.stderr)

    def _payload(self, content: bytes) -> bytes:
        if not content.startswith(self._magic):
            raise ValueError("another kind of file")
        start = len(self._magic) + CHECKSUM_BYTES
        payload = content[start:]
        if hashlib.sha256(payload).digest() != content[len(self._magic) : start]:
            raise ValueError("checksum mismatch")
        return payload

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}{self._suffix}"
