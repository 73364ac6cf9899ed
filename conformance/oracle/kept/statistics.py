"""Statistics on disk: a certified integral takes up to seconds, and every framework's process asks for the same ones.

A key is a digest of everything that a statistic depends on: the source of the oracle, of the definitions and of the
float formats, FLINT's and mpmath's versions, the subject and the quantity.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import flint
import mpmath

from conformance.floats.enclosures import Certificate
from conformance.oracle.kept.files import CheckedFiles
from conformance.oracle.statistics.truth import Statistic, statistic

_MAGIC = b"conformance statistic 1\n"


class Statistics:
    """``statistic`` with a memory under ``folder``; None remembers nothing.

    Guarantee: the answer is that of ``statistic``, and so are its errors, which are not kept. A damaged file is named
    on stderr, set aside and computed anew.
    """

    def __init__(self, folder: Path | None) -> None:
        self._files = CheckedFiles(folder, ".statistic", _MAGIC)

    def statistic(self, subject: str, quantity: str) -> Statistic:
        """What ``statistic`` says; ``subject`` must be canonical text."""
        if self._files.folder is None:
            return statistic(subject, quantity)
        about = {"source": source_digest(), "subject": subject, "quantity": quantity}
        about |= {"flint": str(flint.__version__), "mpmath": mpmath.__version__}
        key = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        kept = self._files.load(key, _read)
        if kept is None:
            kept = statistic(subject, quantity)
            record = {**vars(kept), "certificate": int(kept.certificate)}
            self._files.store(key, json.dumps(record).encode())
        return kept


@lru_cache(maxsize=1)
def source_digest() -> str:
    """A digest of every module that a statistic may depend on."""
    room = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for folder in (room, room.parent / "definitions", room.parent / "floats"):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(payload: bytes) -> Statistic:
    record = json.loads(payload)
    return Statistic(**{**record, "certificate": Certificate(record["certificate"])})
