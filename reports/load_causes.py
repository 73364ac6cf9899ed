"""Read causes.json of the same run, believing nothing: damaged or of another run, it refuses the report."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from conformance.causes.records import Cause, CausesDocument
from reports.load import RUN_IDENTITY, Loaded
from reports.refusal import ReportRefused
from reports.text import visible_everywhere

WAY_OUT = "compare again: a comparison writes it beside the two other files"


def load_causes(path: Path, loaded: Loaded) -> CausesDocument | None:
    """The document, every string made visible; None where there is no such file, which the page then says.

    Raises ReportRefused, one line with the way out: the file is damaged, of another version, of another run, or names
    frameworks or findings that the run does not have.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReportRefused(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ReportRefused(f"{path} is not JSON: {error}; {WAY_OUT}") from None
    try:
        causes = msgspec.convert(visible_everywhere(document), CausesDocument)
    except msgspec.ValidationError as error:
        raise ReportRefused(f"{path} is malformed: {error}; {WAY_OUT}") from None
    run = msgspec.to_builtins(causes.run)
    differing = [key for key in RUN_IDENTITY if run.get(key) != loaded.run.get(key)]
    if differing:
        told = "; ".join(f"{key} {run.get(key)!r} against {loaded.run.get(key)!r}" for key in differing)
        raise ReportRefused(f"{path.name} comes from another run than results.json (A19): {told}; {WAY_OUT}")
    _belongs(path, causes, loaded)
    return causes


def _belongs(path: Path, document: CausesDocument, loaded: Loaded) -> None:
    frameworks = {row["name"] for row in loaded.results["frameworks"]}
    seen: set[str] = set()
    for at, cause in enumerate(document.causes):
        where = f"{path.name}: causes[{at}]"
        if cause.framework not in frameworks:
            raise ReportRefused(f"{where} names framework {cause.framework!r}, which the run does not have; {WAY_OUT}")
        if cause.id in seen:
            raise ReportRefused(f"{where}.id {cause.id!r} stands twice; {WAY_OUT}")
        seen.add(cause.id)
    known = {finding["id"] for finding in loaded.findings}
    lost = [(cause, finding) for cause in document.causes for finding in cause.findings if finding not in known]
    if lost:
        cause, finding = lost[0]
        raise ReportRefused(
            f"{path.name}: cause {cause.id} has finding {finding}, which findings.json lacks; {WAY_OUT}"
        )


def worst_first(causes: list[Cause]) -> list[Cause]:
    """Grave before serious before minor, accused before caught by default, then by how many findings they explain."""
    order = ("grave", "serious", "minor")
    return sorted(
        causes,
        key=lambda cause: (
            order.index(cause.grade),
            cause.mechanism == "unattributed",
            cause.caught_by_default,
            -cause.breaks.findings,
            cause.id,
        ),
    )
