"""Second opinions on disk: mpmath needs up to seconds for one, and the same accusation comes back in every run.

A key is a digest of everything that an opinion depends on: the source of the definitions, of the float formats and of
the second opinion itself, mpmath's version and backend, the question, and every byte of the enclosure it is held
against. An opinion that is kept is the one that would be formed again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.oracle.kept.files import CheckedFiles
from conformance.oracle.kept.sources import OPINION, source_digest
from conformance.oracle.opinion.second_opinion import SecondOpinion, second_opinion

_MAGIC = b"conformance opinion 1\n"


class SecondOpinions:
    """``second_opinion`` with a memory under ``folder``; None remembers nothing.

    Guarantee: the answer is that of ``second_opinion``. A damaged file is named on stderr, set aside and formed anew.
    """

    def __init__(self, folder: Path | None) -> None:
        self._files = CheckedFiles(folder, ".opinion", _MAGIC)

    def opinion(self, subject: str, quantity: str, x: Any, truth: Enclosures, fmt: Format) -> SecondOpinion:
        """What ``second_opinion`` says of the same arguments; ``subject`` must be canonical text."""
        if self._files.folder is None:
            return second_opinion(subject, quantity, x, truth, fmt)
        key = opinion_key(subject, quantity, x, truth, fmt)
        kept = self._files.load(key, _read)
        if kept is None:
            kept = second_opinion(subject, quantity, x, truth, fmt)
            self._files.store(key, json.dumps(vars(kept)).encode())
        return kept


def opinion_key(subject: str, quantity: str, x: Any, truth: Enclosures, fmt: Format) -> str:
    """The key of one question (64 hexadecimal digits)."""
    values = np.ascontiguousarray(np.asarray(x, np.float64))
    about = {
        "source": source_digest(OPINION),
        "mpmath": [mpmath.__version__, mpmath.libmp.BACKEND],
        "subject": subject,
        "quantity": quantity,
        "format": [fmt.name, fmt.precision, fmt.emin, fmt.emax],
        "shape": list(values.shape),
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode() + values.tobytes())
    for name in truth.__dataclass_fields__:
        digest.update(name.encode() + np.ascontiguousarray(getattr(truth, name)).tobytes())
    return digest.hexdigest()


def _read(payload: bytes) -> SecondOpinion:
    return SecondOpinion(**json.loads(payload))
