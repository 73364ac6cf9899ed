"""Known failures of every framework, marked in findings and in law results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.findings.expectations import KnownFailure, first_match, load_known_failures
from conformance.laws.case import LOG_QUANTITIES


def mark_known(findings: Sequence[dict[str, Any]], law_results: Sequence[dict[str, Any]]) -> None:
    """Fill ``known`` of every finding that an entry beside its adapter names, in place.

    A failing law result becomes "known" where all its findings are known, minor ones about log-quantities apart: those
    can be used all the same and broke nothing.
    """
    entries: dict[str, list[KnownFailure]] = {}
    unknown: set[tuple[str, ...]] = set()
    for finding in findings:
        name = finding["framework"]
        if name not in entries:
            entries[name] = load_known_failures(ADAPTERS_DIR / name / "known_failures.toml")
        entry = first_match(entries[name], finding)
        if entry is not None:
            finding["known"] = entry.to_json()
        elif finding["severity"] != "minor" or finding["quantity"] not in LOG_QUANTITIES:
            unknown.add(_axes(finding))
    for result in law_results:
        if result["status"] == "fail" and _axes(result) not in unknown:
            result["status"] = "known"


def _axes(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(record[key]) for key in ("framework", "mode", "dtype", "subject", "law"))
