"""Read results.json and findings.json, believing nothing: whatever is malformed or mismatched refuses the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from conformance.findings.records import GRADES, FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.findings.store import CorruptFile, read_document
from reports.refusal import ReportRefused
from reports.text import visible_everywhere

Json = dict[str, Any]
SEVERITIES = GRADES
RUN_IDENTITY = ("started", "seed", "profile", "suite_version", "oracle_version")
CELL_AXES = ("framework", "device", "mode", "dtype", "subject", "quantity")


@dataclass(frozen=True)
class Loaded:
    """One run: the results and findings files, validated, every string made visible."""

    results: Json
    findings: list[Json]

    @property
    def run(self) -> Json:
        """The facts of the run."""
        run: Json = self.results["run"]
        return run


def cell_key(cell: Json) -> tuple[str, ...]:
    """The axes of a cell, version left out: a new version is what a comparison compares."""
    return tuple(str(cell[axis]) for axis in CELL_AXES)


def load(results_path: Path, findings_path: Path) -> Loaded:
    """Both files of ONE run. Raises ReportRefused, one line: a file is malformed, or they do not belong together."""
    results = load_results(results_path)
    document = _document(findings_path, FindingsDocument)
    findings: list[Json] = document["findings"]
    differing = [key for key in RUN_IDENTITY if results["run"].get(key) != document["run"].get(key)]
    if differing:
        told = "; ".join(f"{key} {results['run'].get(key)!r} against {document['run'].get(key)!r}" for key in differing)
        raise ReportRefused(f"{results_path.name} and {findings_path.name} come from different runs (A19): {told}")
    frameworks = {row["name"] for row in results["frameworks"]}
    subjects = {row["id"] for row in results["subjects"]}
    for at, finding in enumerate(findings):
        if finding["framework"] not in frameworks or finding["subject"] not in subjects:
            raise ReportRefused(
                f"{findings_path.name}: findings[{at}] names framework {finding['framework']!r} or subject "
                f"{finding['subject']!r}, which {results_path.name} does not have"
            )
    return Loaded(results, findings)


def load_results(path: Path) -> Json:
    """results.json, validated. Raises ReportRefused, one line, naming the file and the place."""
    results = _document(path, ResultsDocument)
    frameworks = {row["name"]: row for row in results["frameworks"]}
    subjects = {row["id"] for row in results["subjects"]}
    seen: set[tuple[str, ...]] = set()
    scored: set[str] = set()
    for at, cell in enumerate(results["cells"]):
        where = f"{path.name}: cells[{at}]"
        if cell["framework"] not in frameworks or cell["subject"] not in subjects:
            raise ReportRefused(f"{where} names an unknown framework or subject")
        key = cell_key(cell)
        if key in seen:
            raise ReportRefused(f"{where} repeats the axes {' / '.join(key)}")
        seen.add(key)
        if cell["status"] == "scored":
            scored.add(cell["framework"])
    for name, framework in frameworks.items():
        if framework["status"] == "ready" and name not in scored and not _offers_nothing_asked(name, results):
            raise ReportRefused(
                f"{path.name}: framework {name!r} was ready and scored nothing (A19); no report is printed"
            )
        if framework["status"] != "ready" and name in scored:
            raise ReportRefused(f"{path.name}: framework {name!r} is {framework['status']!r} and yet has scored cells")
    if not scored and not any(cell["status"] == "too_large" for cell in results["cells"]):
        raise ReportRefused(f"{path.name}: no framework scored anything (A19); no report is printed")
    return results


NARROWING = ("--subject", "--transform", "--dtype", "--mode", "--law")


def _offers_nothing_asked(name: str, results: Json) -> bool:
    """True where the run was narrowed by its arguments to things that this framework simply does not have, or that are
    too large for the run's budget.

    In a run that was not narrowed a framework that offers nothing at all is an artefact, whatever it says.
    """
    narrowed = any(str(argument).startswith(NARROWING) for argument in results["run"].get("arguments") or [])
    unasked = ("not_offered", "too_large")
    return narrowed and all(c["status"] in unasked for c in results["cells"] if c["framework"] == name)


def _document(path: Path, kind: type[msgspec.Struct]) -> Json:
    """The file as plain values, held against its type, every string made visible."""
    try:
        document = msgspec.to_builtins(read_document(path, kind))
    except CorruptFile as problem:
        raise ReportRefused(str(problem)) from None
    clean: Json = visible_everywhere(document)
    return clean
