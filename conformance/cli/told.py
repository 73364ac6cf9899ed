"""A cause and a finding in words, for a terminal."""

from __future__ import annotations

from adapters.interface.quantities import NO_FUNCTIONS, STATISTICS
from conformance.causes.markdown import counted, distance, kernel_text, nowhere, number, peer_text, shown_script, where
from conformance.causes.records import Cause, Example
from conformance.certification.attribution import Attribution
from conformance.certification.messages import Accusation, finding_text
from conformance.cli.wrapping import facts, paragraph, quoted
from conformance.execution.plain import one_line, whole
from conformance.findings.names import elided
from conformance.findings.records import Finding
from conformance.floats.formats import format_named
from conformance.scoring.tolerance import tolerance_for

MOST_INTERVALS = 8


def cause_text(cause: Cause, columns: int) -> str:
    """All that is known about a cause: the whole record in words, and what to do with its id."""
    example, breaks, kernel = cause.example, cause.breaks, cause.kernel
    head = paragraph(one_line(f"{cause.framework} {cause.version}: {cause.title}", 1000), columns)
    default = "; the framework's default validation refuses these inputs" if cause.caught_by_default else ""
    rows = [
        ("id", cause.id),
        ("also", ", ".join(cause.also)),
        ("in", cause.component),
        ("by", cause.mechanism),
        ("grade", f"{cause.grade}{default}"),
        ("asked", f"{example.quantity} of {example.subject}, {example.dtype}, {example.mode}"),
        ("at", "" if nowhere(example) else f"{elided(example.input)} ({elided(example.input_hex)})"),
        *(_numbers(example) if example.exact != "nan" or not nowhere(example) else []),
        ("kernel", f"{kernel.name} {kernel_text(kernel)}" if kernel else ""),
        ("shared by", ", ".join(kernel.shared) if kernel else ""),
        *(("evidence" if not at else "", text) for at, text in enumerate(cause.evidence)),
        *(
            ("where" if not at else "", f"{one.subject} {one.quantity} {one.dtype}: {where(one)}")
            for at, one in enumerate(cause.intervals[:MOST_INTERVALS])
        ),
        (
            "",
            f"and {len(cause.intervals) - MOST_INTERVALS} more intervals"
            if len(cause.intervals) > MOST_INTERVALS
            else "",
        ),
        ("breaks", f"{_several(breaks.findings, 'finding')}, {_several(breaks.points, 'input')}"),
        *(
            (name, counted(getattr(breaks, name), 8))
            for name in ("subjects", "quantities", "laws", "modes", "dtypes", "regions", "kinds")
        ),
        *(("others" if not at else "", peer_text(peer)) for at, peer in enumerate(cause.peers)),
        ("linked", ", ".join(cause.linked)),
        ("thread", cause.thread),
        ("known", f"{cause.known.reason} ({cause.known.versions})" if cause.known else ""),
    ]
    parts = [head, facts(rows, columns)]
    if cause.better is not None:
        better = cause.better
        parts.append(f"A formula that holds\n{paragraph(one_line(better.words, 2000), columns, '  ', '  ')}")
        parts += [quoted(better.code)] if better.code else []
        bound = tolerance_for(example.quantity, format_named(example.dtype)).ulp
        granted = ", within what is granted at this input" if float(better.ulp) > bound else ""
        parts.append(f"  gives {one_line(better.printed)} at the same input, {number(better.ulp)} ulp off{granted}")
    for remedy in cause.remedies:
        right = "right" if remedy.right else "not right"
        many = "the failing input" if len(remedy.inputs) == 1 else f"{len(remedy.inputs)} failing inputs"
        head = f"Write this instead (run at {many}: {right} there)"
        parts.append(f"{head}\n{paragraph(one_line(remedy.words, 2000), columns, '  ', '  ')}")
        parts += [quoted(remedy.code)] if remedy.code else []
    script = shown_script(cause)
    if script is not None:
        file = "" if script.mode == "eager" else "; run it from a file, since a compiled mode looks for the source"
        parts.append(f"The script ({script.mode}, {script.dtype}{file})\n{quoted(script.code)}")
        parts.append(f"It printed\n{quoted(script.printed or '(nothing)')}")
        if script.single:
            parts.append(f"One value alone printed\n{quoted(script.single)}")
    again = "" if script is None else f"conformance reproduce {cause.id}; "
    parts.append(paragraph(f"Next: {again}conformance issue {cause.id}", columns))
    return "\n\n".join(parts)


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _numbers(example: Example) -> list[tuple[str, str]]:
    """What came, and what is true; how far apart, where both are numbers of one kind."""
    off = example.quantity in NO_FUNCTIONS and example.quantity not in STATISTICS
    return [
        ("got", f"{example.got} ({example.got_hex})"),
        ("exact", example.exact),
        ("expected", f"{example.expected} ({example.expected_hex})"),
        ("off by", "" if off else distance(example)),
    ]


def told_finding(finding: Finding, cause: Cause | None) -> str:
    """A finding in words, and the cause that explains it."""
    lines = [
        one_line(f"{finding.framework} {finding.version}: {finding.summary}", 1000),
        whole(finding_text(_accusation(finding, cause))),
    ]
    if not finding.confirmed:
        lines.append("It is not confirmed, and accuses nobody.")
    elif cause is not None:
        lines.append(
            f"Explained by the cause {cause.id} ({cause.grade}): {one_line(cause.component)}, {cause.mechanism}.\n"
            f"Next: conformance explain {cause.id}; conformance reproduce {finding.id}"
        )
    return "\n\n".join(lines)


def _accusation(finding: Finding, cause: Cause | None) -> Accusation:
    """The finding with what the run's files know of its cause."""
    named = Attribution(
        component=finding.component or (cause.component if cause else ""),
        subject=finding.subject,
        quantity=finding.quantity,
        mechanism=cause.mechanism if cause else "",
        cause=cause.id if cause else "",
    )
    better = cause.better.words if cause and cause.better else ""
    low, high = elided(finding.inputs.from_hex), elided(finding.inputs.to_hex)
    return Accusation(finding, named, f"inputs from {low} to {high}", better)
