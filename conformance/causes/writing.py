"""A draft written down: the example that people meet first, the sentence, the intervals, what it breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from adapters.interface.quantities import STATISTICS
from conformance.causes.drafts import PLAIN, Draft
from conformance.causes.naming import SUBNORMAL, UNATTRIBUTED, cause_key, other_keys
from conformance.causes.records import Breaks, Cause, Example, Interval, Script
from conformance.causes.runs import Run
from conformance.causes.tracing import Traced
from conformance.findings.names import asked_at
from conformance.findings.records import Finding, Grade
from conformance.judging.confirm import decimal_text, hex_text, shortened

GRADES: tuple[Grade, ...] = ("grave", "serious", "minor")

MOST_INTERVALS = 24

_PHRASES = {
    "cancellation": "loses its digits to cancellation",
    "overflow of an intermediate": "overflows in an intermediate step",
    "underflow of an intermediate": "underflows in an intermediate step",
    "clamp": "answers with one clamped value",
    "missing direction": "takes no account of the direction of the map",
    "missing support mask": "does not mask inputs outside the support",
    "wrong constant": "is off by a constant",
    "constant in a narrower dtype": "computes in a narrower dtype than it was asked for",
    "threshold where a formula is switched": "switches its formula where the error is still large",
    "kernel accuracy": "is less accurate than its kernel could be",
    "flush to zero": "flushes subnormal numbers to zero",
    "limit at a special value": "misses the limit at a special value",
    "closed form outside its range": "uses a closed form where it does not hold",
    "wrong formula": "computes another value",
    "dtype of the result": "answers in another dtype",
    "shape of the result": "answers in another shape",
    "order of the results": "is not monotone in floats",
    "position in the array": "answers the same input otherwise in another place of an array",
    "exception": "raises",
    "crash": "ends the process",
    "time-out": "does not answer in time",
    "what is declared": "declares what does not hold",
    "parameters in a narrower dtype": "keeps its parameters in a narrower dtype than it was given",
    "sampling": "draws what its cdf does not say",
    UNATTRIBUTED: "is wrong in a way that could not be attributed",
}


OF_THE_CALL = (
    "exception",
    "crash",
    "time-out",
    "dtype of the result",
    "shape of the result",
    "order of the results",
    "position in the array",
    "what is declared",
    "parameters in a narrower dtype",
    "sampling",
)
"""Mechanisms that are told by more than one number and the exact one."""


def ranked(members: Iterable[Traced]) -> list[Traced]:
    """The members, the one to show first: the gravest, of those with the most everyday input (ACCEPTANCE A31).

    Confirmed ones come before others, eager before other modes, the wide formats before the narrow ones, and the
    component's own subject before what is composed of it.
    """
    return sorted(members, key=_rank)


def cause_of(draft: Draft, scripts: Sequence[Script], version: str) -> Cause:
    """The cause as it is before other frameworks were asked: no peers, no links, no better formula."""
    members = ranked(draft.members)
    shown = members[0].suspect.finding
    findings = [one.suspect.finding for one in members]
    return Cause(
        id=cause_key(draft.framework, draft.component, draft.mechanism),
        also=other_keys(draft.framework, draft.component, draft.mechanism, draft.families),
        framework=draft.framework,
        version=version,
        component=draft.component,
        mechanism=draft.mechanism,  # type: ignore[arg-type]
        grade=shown.severity,
        title=_title(draft, shown),
        evidence=[*_apart(draft, shown), *draft.evidence, *_steps(members)],
        caught_by_default=all(finding.caught_by_default for finding in findings),
        example=_example(shown),
        scripts=list(scripts),
        intervals=intervals_of(draft.runs),
        breaks=_breaks(findings),
        peers=[],
        better=None,
        remedies=[],
        linked=[],
        thread="",
        known=None,
        findings=[finding.id for finding in findings],
    )


def everyday(text: str) -> float:
    """How far an input, as decimal text, is from an everyday one: binades between it and 1, at its worst element."""
    sizes = [abs(float(word)) for word in text.split()]
    return max(
        (abs(np.log2(size)) if 0 < size < np.inf else (0.0 if size == 0 else np.inf) for size in sizes), default=np.inf
    )


def _rank(member: Traced) -> tuple[object, ...]:
    finding = member.suspect.finding
    own = (finding.subject, finding.quantity) == (member.leaf.subject, member.leaf.quantity)
    dtypes = ("float32", "float64", "float16", "bfloat16")
    return (
        not finding.confirmed,
        GRADES.index(finding.severity),
        finding.mode != "eager",
        finding.dtype in dtypes[2:],
        not own,
        round(everyday(finding.worst.input), 1),
        dtypes.index(finding.dtype),
        finding.id,
    )


def _apart(draft: Draft, shown: Finding) -> list[str]:
    """That what is shown, the gravest, goes wrong in another way than something else that the cause explains."""
    own = draft.shown_by(shown)
    where = f"in {shown.dtype}" if shown.quantity in STATISTICS else "at the input shown"
    return [] if own == draft.mechanism else [f"{own} {where}, {draft.mechanism} elsewhere"]


def _title(draft: Draft, shown: Finding) -> str:
    # A function in a user's own file is called by the file and its name already.
    name = draft.component if ":" in draft.component else ".".join(draft.component.split(".")[-2:])
    if draft.mechanism == "flush to zero" and draft.component.endswith(SUBNORMAL):
        name = draft.framework
    if draft.component == f"{draft.framework}: {PLAIN}":
        name = f"{draft.framework}, given {PLAIN},"
    worst = shown.worst
    mechanism = draft.shown_by(shown)
    phrase = _PHRASES[mechanism]
    place = asked_at(shown.quantity, shown.subject, worst.input)
    if mechanism in OF_THE_CALL:
        return f"{name} {phrase}: {shown.summary}"
    return f"{name} {phrase}: {place} is {worst.got}, exactly {shortened(worst.exact)} ({shown.dtype})."


def _example(finding: Finding) -> Example:
    worst = finding.worst
    return Example(
        subject=finding.subject,
        quantity=finding.quantity,
        mode=finding.mode,
        dtype=finding.dtype,
        input=worst.input,
        input_hex=worst.input_hex,
        got=worst.got,
        got_hex=worst.got_hex,
        exact=worst.exact,
        expected=worst.expected,
        expected_hex=worst.expected_hex,
        ulp=worst.ulp,
        bits=worst.bits,
        nats=worst.nats,
        excess_bits=0.0 if worst.excess_bits is None else worst.excess_bits,
    )


def _steps(members: Sequence[Traced]) -> list[str]:
    """How composites were traced to the component, the commonest ways first."""
    said = Counter(step for member in members for step in member.leaf.steps[:1])
    return [f"{text} ({count} findings)" for text, count in said.most_common(4)]


def intervals_of(runs: Sequence[Run]) -> list[Interval]:
    """The runs of scalar inputs, those with most failing points first; modes that fail alike are one row."""
    rows = []
    for run in runs:
        if not run.line.scalar:
            continue
        low, high = run.line.x[run.low], run.line.x[run.high]
        rows.append(
            Interval(
                subject=run.line.subject,
                quantity=run.line.quantity,
                dtype=run.line.dtype,
                low=decimal_text(low),
                low_hex=hex_text(low),
                high=decimal_text(high),
                high_hex=hex_text(high),
                failing=len(run.rows),
                asked=run.asked,
            )
        )
    rows = list(dict.fromkeys(rows))  # Two modes may fail alike.
    rows.sort(key=lambda row: (-row.failing, row.subject, row.quantity, row.dtype, row.low_hex))
    return rows[:MOST_INTERVALS]


def _breaks(findings: Sequence[Finding]) -> Breaks:
    def counted(axis: str) -> dict[str, int]:
        return dict(sorted(Counter(str(getattr(finding, axis)) for finding in findings).items()))

    return Breaks(
        findings=len(findings),
        points=sum(finding.count for finding in findings),
        subjects=counted("subject"),
        quantities=counted("quantity"),
        laws=counted("law"),
        modes=counted("mode"),
        dtypes=counted("dtype"),
        regions=counted("region"),
        kinds=counted("kind"),
    )
