"""Known failures of every framework, marked in findings and in law results."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.findings.expectations import KnownFailure, first_match, load_known_failures
from conformance.findings.records import Finding, Known
from conformance.findings.results import LawResult


def mark_known(findings: Sequence[Finding], law_results: Sequence[LawResult]) -> None:
    """Fill ``known`` of every finding that an entry beside its adapter names, in place.

    A failing law result becomes "known" where all its findings are known, minor ones about log-quantities apart: those
    can be used all the same and broke nothing.
    """
    entries: dict[str, list[KnownFailure]] = {}
    unknown: set[tuple[str, ...]] = set()
    for finding in findings:
        name = finding.framework
        if name not in entries:
            entries[name] = load_known_failures(ADAPTERS_DIR / name / "known_failures.toml")
        entry = first_match(entries[name], asdict(finding))
        if entry is not None:
            finding.known = Known(reason=entry.reason, link=entry.link, versions=entry.versions)
        elif finding.severity != "minor" or finding.quantity not in LOG_QUANTITIES:
            unknown.add(_axes(finding))
    for result in law_results:
        if result.status == "fail" and _axes(result) not in unknown:
            result.status = "known"


def _axes(record: Finding | LawResult) -> tuple[str, ...]:
    return (record.framework, record.mode, record.dtype, record.subject, record.law)
