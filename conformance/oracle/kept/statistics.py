"""Statistics on disk: a certified integral takes up to seconds, and every framework's process asks for the same ones.

A key is a digest of everything that a statistic depends on: the source of the oracle, of the definitions and of the
float formats, FLINT's and mpmath's versions, the subject and the quantity.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import flint
import mpmath

from conformance.floats.enclosures import Certificate
from conformance.oracle.kept.files import CheckedFiles
from conformance.oracle.kept.sources import STATISTICS, source_digest
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
        about = {"source": source_digest(STATISTICS), "subject": subject, "quantity": quantity}
        about |= {"flint": str(flint.__version__), "mpmath": mpmath.__version__}
        key = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        kept = self._files.load(key, _read)
        if kept is None:
            kept = statistic(subject, quantity)
            record = {**vars(kept), "certificate": int(kept.certificate)}
            self._files.store(key, json.dumps(record).encode())
        return kept


def _read(payload: bytes) -> Statistic:
    record = json.loads(payload)
    also = tuple((low, high) for low, high in record["also"])
    return Statistic(**{**record, "certificate": Certificate(record["certificate"]), "also": also})
