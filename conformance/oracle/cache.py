"""Truth on disk: never trusted without its checksum, never found under a key that something has outgrown.

A key is a digest of the definitions' and the oracle's own source, the subject, the quantity, the format, the exact
bytes of the inputs and the oracle's version. Files are written beside their final name and moved into place.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format

ORACLE_VERSION = "1"
"""Raised by hand when truth changes for a reason that no source digest sees."""

_MAGIC = b"conformance truth 1\n"
_UNRELATED = ("sweep", "statistics", "second_opinion", "mp_numbers", "mp_complex", "cache", "oracle")


class TruthCache:
    """Enclosures by key under ``folder``, one file each. ``folder`` None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def load(self, key: str) -> Enclosures | None:
        """The enclosures under ``key``; None where there are none, or where the file does not match its checksum.

        A damaged file is named on stderr and set aside as ``*.corrupt``.
        """
        if self.folder is None:
            return None
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            print(f"oracle cache: cannot read {path}: {problem}", file=sys.stderr)
            return None
        try:
            return _unpack(content)
        except Exception as problem:
            aside = path.with_name(path.name + ".corrupt")
            print(f"oracle cache: {path} is corrupt ({problem}); set aside as {aside.name}", file=sys.stderr)
            try:
                os.replace(path, aside)
            except OSError:
                path.unlink(missing_ok=True)
            return None

    def store(self, key: str, truth: Enclosures) -> None:
        """Keep ``truth`` under ``key``. A full or read-only disk costs the cache, never the run."""
        if self.folder is None:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
            with os.fdopen(handle, "wb") as stream:
                stream.write(_pack(truth))
            os.replace(name, path)
        except OSError as problem:
            print(f"oracle cache: cannot write {path}: {problem}", file=sys.stderr)

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.truth"


def key_of(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> str:
    """The key of one request. ``subject`` must be canonical text."""
    about = {
        "source": source_digest(),
        "version": ORACLE_VERSION,
        "flint": str(flint.__version__),
        "subject": subject,
        "quantity": quantity,
        "format": [fmt.name, fmt.precision, fmt.emin, fmt.emax],
        "shape": list(x.shape),
        "dtype": str(x.dtype),
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(x).tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def source_digest() -> str:
    """A digest of every module that truth depends on."""
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for folder in (here.parent / "definitions", here):
        for path in sorted(folder.glob("*.py")):
            if folder != here or not path.stem.startswith(_UNRELATED):
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _pack(truth: Enclosures) -> bytes:
    arrays = {name: getattr(truth, name) for name in truth.__dataclass_fields__}
    # Exponents and errors repeat: stored small, they halve the file.
    low, high = (int(truth.exponent.min()), int(truth.exponent.max())) if len(truth) else (0, 0)
    if low > -(2**31) and high < 2**31:
        arrays["exponent"] = truth.exponent.astype(np.int32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    payload = buffer.getvalue()
    return _MAGIC + hashlib.sha256(payload).digest() + payload


def _unpack(content: bytes) -> Enclosures:
    if not content.startswith(_MAGIC):
        raise ValueError("not a truth file")
    start = len(_MAGIC) + 32
    payload = content[start:]
    if hashlib.sha256(payload).digest() != content[len(_MAGIC) : start]:
        raise ValueError("checksum mismatch")
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        fields = {name: arrays[name] for name in Enclosures.__dataclass_fields__}
    fields["exponent"] = fields["exponent"].astype(np.int64)
    return Enclosures(**fields)
