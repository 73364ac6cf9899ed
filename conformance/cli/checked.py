"""What came of a check, in words: where the function can be used, what is wrong with it, and what to write instead."""

from __future__ import annotations

import re

from conformance.causes.markdown import counted, where
from conformance.causes.records import Cause, CausesDocument, Verdict
from conformance.causes.verdicts import MEASURED
from conformance.cli.recorded import ranked
from conformance.cli.wrapping import facts, paragraph, quoted
from conformance.execution.plain import one_line
from conformance.findings.results import ResultsDocument
from conformance.formulas.asked import Asked
from conformance.formulas.grid import written
from conformance.formulas.quantities import MEANINGS

MOST_INTERVALS = 3


def outcome_text(
    asked: Asked, version: str, results: ResultsDocument, causes: CausesDocument, doubt: str, columns: int
) -> str:
    """The whole outcome. doubt: a word of warning that comes first; version: of the framework."""
    formula = asked.formula
    head = f"{formula.component}, as {formula.quantity} ({MEANINGS[formula.quantity]}), {_parameters(asked)}on {version}"
    parts = [paragraph(one_line(head, 1000), columns)]
    if doubt:
        parts.append(paragraph(one_line(f"But first: {doubt}", 1000), columns))
    parts.append("\n".join(_point(asked, subject, causes, columns) for subject in asked.subjects))
    points = [cell.points for cell in results.cells if cell.status == "scored"]
    if points:
        parts.append(paragraph(_promise(points), columns))
    order = ranked(causes.causes)
    loose = causes.confirmed - sum(cause.breaks.findings for cause in order)
    if not order and not loose:
        parts.append("Nothing to mend.")
    parts += [_cause(cause, columns) for cause in order]
    return "\n\n".join(parts)


def _parameters(asked: Asked) -> str:
    if not asked.formula.names:
        return ""
    kind = "numbers" if asked.formula.numbers else "tensors"
    return f"parameters as {kind}, "


def _point(asked: Asked, subject: str, causes: CausesDocument, columns: int) -> str:
    """One point of the grid: a line with its parameters, and a verdict for each dtype."""
    verdicts = [one for one in causes.verdicts if one.subject == subject]
    rows = [(one.dtype, _said(one)) for one in verdicts] or [("", "not judged: the reason is above")]
    return f"{written(asked.formula.points[subject]) or subject}\n{facts(rows, columns)}"


def _said(verdict: Verdict) -> str:
    """The verdict without what is said once for all of them."""
    text = re.sub(rf"{re.escape(MEASURED)}[^.]*\. ?", "", verdict.text).strip()
    return text.replace(f" in {verdict.dtype}", "", 1)


def _promise(points: list[int]) -> str:
    many = f"{min(points):,}" if min(points) == max(points) else f"{min(points):,} to {max(points):,}"
    return f"{MEASURED}{many} inputs were tried at each of them, and inside a range every one of them can be used."


def _cause(cause: Cause, columns: int) -> str:
    breaks = cause.breaks
    rows = [
        ("by", cause.mechanism),
        *(
            ("where" if not at else "", f"{one.subject}, {one.dtype}: {where(one)}")
            for at, one in enumerate(cause.intervals[:MOST_INTERVALS])
        ),
        ("breaks", f"{breaks.points:,} inputs in all: {counted(breaks.kinds)}"),
    ]
    parts = [paragraph(one_line(f"{cause.grade}: {cause.title}", 1000), columns), facts(rows, columns)]
    for remedy in cause.remedies[:1]:
        many = "the failing input" if len(remedy.inputs) == 1 else f"{len(remedy.inputs)} failing inputs"
        parts.append(
            paragraph(one_line(f"Write this instead (run at {many}, and right there): {remedy.words}", 2000), columns)
        )
        parts += [quoted(remedy.code)] if remedy.code else []
    if not cause.remedies and cause.better is not None:
        parts.append(paragraph(one_line(f"Write this instead, here in NumPy: {cause.better.words}", 2000), columns))
        parts += [quoted(cause.better.code)] if cause.better.code else []
    return "\n".join(parts)
