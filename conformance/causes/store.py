"""Reading and writing ``causes.json``; see ``conformance.findings.store``."""

from __future__ import annotations

from pathlib import Path

from conformance.causes.records import CausesDocument
from conformance.findings.store import read_document, write_document


def read_causes(path: Path, *, set_aside: bool = False) -> CausesDocument:
    """The document at ``path``. Raises CorruptFile, one line, where it is missing, damaged or of another version."""
    return read_document(path, CausesDocument, set_aside=set_aside)


def write_causes(path: Path, document: CausesDocument) -> None:
    """The whole new file or the old one, as ``write_document``."""
    write_document(path, document)
