"""Truth on disk: never trusted without its checksum, never found under a key that something has outgrown.

A key is a digest of the definitions' and the oracle's own source, the subject, the quantity, the format, the exact
bytes of the inputs and the oracle's version. Files are written beside their final name and moved into place.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.oracle.kept.files import CheckedFiles
from conformance.oracle.kept.sources import TRUTH, source_digest

ORACLE_VERSION = "1"
"""Raised by hand when truth changes for a reason that no source digest sees."""

_MAGIC = b"conformance truth 2\n"
_HEAD = struct.Struct("<Q?")
_LAYOUT = (
    ("hi", "<f8"),
    ("lo", "<f8"),
    ("err", "<f8"),
    ("condition", "<f8"),
    ("exponent", "<i8"),
    ("kind", "|u1"),
    ("certificate", "|u1"),
    ("tier", "|u1"),
)
_EXPONENT = 4


class TruthCache:
    """Enclosures by key under ``folder``, one file each. ``folder`` None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._files = CheckedFiles(folder, ".truth", _MAGIC)

    def load(self, key: str) -> Enclosures | None:
        """The enclosures under ``key``; None where there are none, or where the file does not match its checksum.

        A damaged file is named on stderr and set aside as ``*.corrupt``.
        """
        return self._files.load(key, _unpack)

    def store(self, key: str, truth: Enclosures) -> None:
        """Keep ``truth`` under ``key``. A full or read-only disk costs the cache, never the run."""
        if self._files.folder is not None:
            self._files.store(key, _pack(truth))


def key_of(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> str:
    """The key of one request. ``subject`` must be canonical text."""
    about = {
        "layout": _MAGIC.decode(),
        "source": source_digest(TRUTH),
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


def _pack(truth: Enclosures) -> bytes:
    arrays = [np.ascontiguousarray(getattr(truth, name), kind) for name, kind in _LAYOUT]
    # Exponents and errors repeat: stored small and compressed, they halve the file.
    low, high = (int(truth.exponent.min()), int(truth.exponent.max())) if len(truth) else (0, 0)
    small = low > -(2**31) and high < 2**31
    if small:
        arrays[_EXPONENT] = arrays[_EXPONENT].astype("<i4")
    # Level 1: the others take up to twice the time to save two percent.
    return _HEAD.pack(len(truth), small) + zlib.compress(b"".join(array.tobytes() for array in arrays), 1)


def _unpack(payload: bytes) -> Enclosures:
    # A format of our own, since a comparison opens tens of thousands of these and an archive of eight members takes
    # longer to open than its numbers to read.
    count, small = _HEAD.unpack_from(payload)
    content = bytearray(zlib.decompress(payload[_HEAD.size :]))  # A bytearray, so that the arrays can be written to.
    fields: dict[str, NDArray[Any]] = {}
    at = 0
    for name, kind in _LAYOUT:
        stored = np.dtype("<i4" if small and name == "exponent" else kind)
        fields[name] = np.frombuffer(content, stored, count, at)
        at += count * stored.itemsize
    if at != len(content):
        raise ValueError(f"{len(content)} bytes for {count} elements")
    fields["exponent"] = fields["exponent"].astype(np.int64)
    return Enclosures(**fields)
