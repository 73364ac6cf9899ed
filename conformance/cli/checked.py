"""What came of a check, in words: where the function can be used, what is wrong with it, and what to write instead."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from adapters.interface.quantities import variable
from conformance.causes.markdown import distance
from conformance.causes.naming import SUBNORMAL
from conformance.causes.records import Cause, CausesDocument, Example, Interval, Verdict
from conformance.causes.verdicts import MEASURED
from conformance.causes.writing import OF_THE_CALL
from conformance.cli.recorded import ranked
from conformance.cli.wrapping import facts, paragraph, quoted
from conformance.definitions.registry import distribution_definition, is_distribution, is_event_law
from conformance.execution.plain import one_line
from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument
from conformance.formulas.asked import Asked
from conformance.formulas.grid import written
from conformance.formulas.quantities import MEANINGS
from conformance.judging.confirm import shortened

MOST_INTERVALS = 3


def outcome_text(
    asked: Asked,
    results: ResultsDocument,
    findings: FindingsDocument,
    causes: CausesDocument,
    doubt: str,
    columns: int,
) -> str:
    """The whole outcome. doubt: a word of warning that comes first."""
    formula = asked.formula
    head = f"{formula.component} as {formula.quantity} ({MEANINGS[formula.quantity]}), {_parameters(asked)}on "
    head += results.frameworks[0].version or formula.framework
    parts = [paragraph(one_line(head, 1000), columns)]
    if doubt:
        parts.append(paragraph(one_line(f"But first: {doubt}", 1000), columns))
    parts.append(_grid(asked, causes, columns))
    points = [cell.points for cell in results.cells if cell.status == "scored"]
    if points:
        parts.append(paragraph(_promise(points, len(asked.subjects)), columns))
    order = ranked(causes.causes)
    if not findings.findings:
        parts.append("Nothing to mend.")
    shown: set[str] = set()
    for cause in order:
        parts.append("\n".join(_cause(asked, cause, shown, columns)))
    loose = sum(not one.confirmed for one in findings.findings)
    if loose:
        said = f"{loose} findings are not confirmed: what was seen does not show when the input is asked by itself, or "
        parts.append(paragraph(f"{said}there is no second opinion. They accuse nobody.", columns))
    return "\n\n".join(parts)


def _parameters(asked: Asked) -> str:
    if not asked.formula.names:
        return ""
    return f"parameters as {'numbers' if asked.formula.numbers else 'tensors'}, "


def _grid(asked: Asked, causes: CausesDocument, columns: int) -> str:
    """For every point of the grid its parameters and a verdict for each dtype; once, where it is the same for all."""
    said: dict[str, list[str]] = {}
    for subject, point in asked.formula.points.items():
        verdicts = [one for one in causes.verdicts if one.subject == subject]
        rows = [(one.dtype, _said(one)) for one in verdicts] or [("", "not judged: the reason is above")]
        said.setdefault(facts(rows, columns), []).append(written(point) or subject)
    if len(said) == 1 and len(asked.subjects) > 1:
        [(text, names)] = said.items()
        return f"{paragraph(f'all {len(names)} points, from {names[0]} to {names[-1]}', columns)}\n{text}"
    order = {name: text for text, names in said.items() for name in names}
    names = [written(point) or subject for subject, point in asked.formula.points.items()]
    return "\n".join(f"{name}\n{order[name]}" for name in names)


def _said(verdict: Verdict) -> str:
    """The verdict without what is said once for all of them, and with what it means for the x that come."""
    text = re.sub(rf"{re.escape(MEASURED)}[^.]*\. ?", "", verdict.text).strip().replace(f" in {verdict.dtype}", "", 1)
    return f"{text} {_beyond(verdict)}".strip()


def _beyond(verdict: Verdict) -> str:
    """A sentence where the safe range does not hold the ordinary x of the base."""
    if verdict.variable != "x" or not is_distribution(verdict.subject) or is_event_law(verdict.subject):
        return ""
    base = distribution_definition(verdict.subject).base
    low = -math.inf if verdict.low is None else float(verdict.low.value)
    high = math.inf if verdict.high is None else float(verdict.high.value)
    if base is None or (low <= base.ordinary[0] and base.ordinary[1] <= high):
        return ""
    first, last = base.ordinary
    share = "All of its ordinary x" if last < low or first > high else "Some of its ordinary x"
    return f"{share}, {first:g} to {last:g}, lie beyond."


def _promise(points: list[int], subjects: int) -> str:
    many = f"{min(points):,}" if min(points) == max(points) else f"{min(points):,} to {max(points):,}"
    each = " at each of them" if subjects > 1 else ""
    return f"{MEASURED}{many} inputs were tried{each}, and inside a range every one of them can be used."


def _cause(asked: Asked, cause: Cause, shown: set[str], columns: int) -> Iterator[str]:
    """A cause, its lines, and what to write instead; what is in ``shown`` already is not written out again."""
    # What is off by no more than a roundoff in nats is not right either; the point that is shown comes first.
    intervals = sorted(cause.intervals, key=lambda one: not _holds(one, cause.example))
    more = len(intervals) - MOST_INTERVALS
    rows = [
        ("by", cause.mechanism),
        ("off by", "" if cause.mechanism in OF_THE_CALL else distance(cause.example)),
        *(("not right" if not at else "", _where(asked, one)) for at, one in enumerate(intervals[:MOST_INTERVALS])),
        ("", f"and {more} more intervals" if more > 0 else ""),
        ("kinds", ", ".join(sorted(cause.breaks.kinds))),
    ]
    yield paragraph(one_line(f"{cause.grade}: {_shown(asked, cause)}", 1000), columns)
    yield facts(rows, columns)
    if cause.component.endswith(SUBNORMAL):
        yield paragraph("The framework flushes such numbers in all that it does: no formula mends it.", columns)
        return
    for at, remedy in enumerate(cause.remedies):
        many = "the failing input" if len(remedy.inputs) == 1 else f"{len(remedy.inputs)} inputs"
        lead = f"{'Or' if at else 'Write'} this instead (run at {many}, and right there)"
        yield from _instead(lead, remedy.words, remedy.code, shown, columns)
    if not cause.remedies and cause.better is not None:
        yield from _instead("Write this instead (in NumPy)", cause.better.words, cause.better.code, shown, columns)


def _shown(asked: Asked, cause: Cause) -> str:
    """The example: log_prob is nan at y = 1.0 (LOC=0, SCALE=1, float32), exactly -inf."""
    one = cause.example
    if cause.mechanism in OF_THE_CALL:
        return cause.title
    names = ", ".join(filter(None, (written(asked.formula.points.get(one.subject, {})), one.dtype)))
    axis = variable(one.quantity)
    return f"{one.quantity} is {one.got} at {axis} = {one.input} ({names}), exactly {shortened(one.exact)}"


def _holds(interval: Interval, example: Example) -> bool:
    """Whether the example lies in the interval."""
    if any(getattr(interval, name) != getattr(example, name) for name in ("subject", "quantity", "dtype")):
        return False
    return float(interval.low) <= float(example.input) <= float(interval.high)


def _where(asked: Asked, one: Interval) -> str:
    axis = variable(one.quantity)
    place = f"{one.low} <= {axis} <= {one.high}" if one.low != one.high else f"{axis} = {one.low}"
    names = written(asked.formula.points.get(one.subject, {}))
    return f"{', '.join(filter(None, (names, one.dtype)))}: {place}, {one.failing:,} of {one.asked:,} inputs"


def _instead(lead: str, words: str, code: str, shown: set[str], columns: int) -> Iterator[str]:
    # The same advice differs by the inputs that it was run at.
    advice = words.partition(" It was run at")[0]
    if advice in shown:
        if lead.startswith("Write"):
            yield "Write instead what is said above."
        return
    shown.add(advice)
    yield paragraph(one_line(f"{lead}: {advice}", 2000), columns)
    if code:
        yield quoted(code)
