"""The files of a run and the report on them, written into a folder: what every comparison leaves behind."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path

from conformance.causes.records import CausesDocument
from conformance.causes.store import write_causes
from conformance.comparison.plan import BadRequest
from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.findings.store import write_document


def writable(folder: Path) -> None:
    """Make the folder and try it, before minutes of work rather than after. Raises BadRequest, one line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise BadRequest(f"--out {folder}: {problem.strerror or problem}") from None


def not_written(path: Path, problem: OSError) -> int:
    """3, with a line that says of ``--json`` why its file is not there."""
    print(f"conformance: --json {path}: {problem.strerror or problem}", file=sys.stderr)
    return 3


def write_files(folder: Path, results: ResultsDocument, findings: FindingsDocument, causes: CausesDocument) -> int:
    """``results.json``, ``findings.json`` and ``causes.json``; 0, or 3 with a line where they cannot be written."""
    try:
        write_document(folder / "results.json", results)
        write_document(folder / "findings.json", findings)
        write_causes(folder / "causes.json", causes)
    except OSError as problem:
        print(f"conformance: cannot write to {folder}: {problem.strerror or problem}", file=sys.stderr)
        return 3
    return 0


def write_report(folder: Path, against: Path | None = None, allow_changed_cells: bool = False) -> int:
    """``index.html`` from the files in ``folder``, and where everything lies; 0, 2 where the report refuses, or 3."""
    import reports

    results_path, findings_path, page = (folder / name for name in ("results.json", "findings.json", "index.html"))
    try:
        reports.build(results_path, findings_path, page, against=against, allow_changed_cells=allow_changed_cells)
    except reports.ReportRefused as refusal:
        page.unlink(missing_ok=True)  # One that an earlier run left would speak of other results.
        print(f"conformance: the report refuses to print: {refusal}", file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"conformance: cannot write {page}: {problem.strerror or problem}", file=sys.stderr)
        return 3
    print(f"\nreport:   {page}\nresults:  {results_path}\nfindings: {findings_path}")
    print(
        f"causes:   {folder / 'causes.json'}\n"
        f"what to mend, worst first: {shlex.join(['conformance', 'causes', *_from(folder)])}"
    )
    return 0


def _from(folder: Path) -> list[str]:
    return [] if folder == Path("reports/out") else ["--from", str(folder)]
