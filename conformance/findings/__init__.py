"""What a run leaves behind: two documented files, the known failures, and the comparison of two runs (FORMAT.md)."""

from conformance.findings.compare import CellsDiffer, Change, Comparison, compare
from conformance.findings.expectations import (
    Asked,
    ExpectationError,
    KnownFailure,
    Stale,
    first_match,
    load_known_failures,
    match,
    stale,
)
from conformance.findings.records import FORMAT_VERSION
from conformance.findings.schema import FormatError
from conformance.findings.store import CorruptFile, read_document, read_findings, read_results, write_document

__all__ = [
    "FORMAT_VERSION",
    "Asked",
    "CellsDiffer",
    "Change",
    "Comparison",
    "CorruptFile",
    "ExpectationError",
    "FormatError",
    "KnownFailure",
    "Stale",
    "compare",
    "first_match",
    "load_known_failures",
    "match",
    "read_document",
    "read_findings",
    "read_results",
    "stale",
    "write_document",
]
