"""A finding in words: what was asked, what came, what is true, how far apart, and how to see it oneself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.interface.quantities import variable
from conformance.certification.attribution import Attribution
from conformance.certification.ruling import UNFAITHFUL
from conformance.execution.plain import block, one_line
from conformance.findings.names import elided
from conformance.findings.records import Finding, Worst
from conformance.floats.formats import format_named

SHOWN = 5
"""Findings spelled out per test; the others are counted."""


@dataclass(frozen=True)
class Accusation:
    """A finding, the cause that it is laid to, and in words where on the line of inputs it fails and how the reference
    computes the same ("" where there is no formula that is right there)."""

    finding: Finding
    cause: Attribution
    where: str
    better: str = ""


def failure_text(title: str, accusations: Sequence[Accusation], others: Sequence[str] = ()) -> str:
    """The message of a failing test. title: what the law demands. others: further failures, a line each."""
    return "\n\n".join([_head(accusations[0], f"is broken: {title}"), *_all(accusations), *_more(others)])


def unfaithful_text(accusations: Sequence[Accusation]) -> str:
    """The message where values are wrong and the adapter's own scripts print others."""
    about = (
        f"cannot be judged: {UNFAITHFUL}.\nThe oracle and mpmath agree against what was answered. Either the script is "
        "not what the adapter evaluates, or the answer depends on what is asked beside it"
    )
    return "\n\n".join([_head(accusations[0], about), *_all(accusations)])


def _head(first: Accusation, words: str) -> str:
    finding = first.finding
    version = one_line(finding.version)
    return f"{finding.law} {words}\nby {finding.framework} {version} ({finding.mode}, {one_line(finding.device)})"


def _all(accusations: Sequence[Accusation]) -> list[str]:
    texts, scripts = [], set[str]()
    for one in accusations:
        code = one.finding.reproduction.code
        texts.append(finding_text(one, script=code not in scripts))
        scripts.add(code)
    return texts


def finding_text(accusation: Accusation, script: bool = True) -> str:
    """One finding, a line for every fact, and the script that reproduces it (or a word that it stands above)."""
    finding, cause = accusation.finding, accusation.cause
    worst = finding.worst
    lines = [
        ("asked", f"{finding.quantity} of {finding.subject}, {finding.dtype}"),
        (f"at {variable(finding.quantity)} =", f"{elided(worst.input)} ({elided(worst.input_hex)})"),
        ("got", f"{worst.got} ({worst.got_hex})"),
        ("exact", worst.exact),
        ("expected", f"{worst.expected} ({worst.expected_hex})"),
        ("distance", _distance(finding)),
        ("failure", f"{finding.kind} ({finding.severity})"),
        ("where", _where(accusation)),
        ("component", one_line(cause.words)),
    ]
    if cause.cause:
        lines.append(("cause", f"{cause.cause} ({cause.mechanism})"))
    if accusation.better:
        lines.append(("better", one_line(accusation.better)))
    if finding.blame:
        lines.append(("blame", str(finding.blame)))
    lines.append(("confirmed", f"by {one_line(finding.confirmed_by)}; truth is {finding.certificate}"))
    text = "\n".join(f"  {name:<10} {value}" for name, value in lines)
    reproduction = finding.reproduction
    if not reproduction.code:
        return text
    if not script:
        return f"{text}\n  reproduce  with the script above"
    code = "\n".join(f"    {line}" for line in block(reproduction.code.rstrip(), lines=60).splitlines())
    seen = "misbehaves" if reproduction.confirmed else "does not show it by itself"
    introduction = f"  reproduce  (run in the environment of {finding.framework}, it {seen})"
    return f"{text}\n{introduction}\n\n{code}\n\n{_printed(finding)}"


def _printed(finding: Finding) -> str:
    printed = block(finding.reproduction.printed.strip(), lines=6).replace("\n", "\n             ")
    return f"  printed    {printed or '(nothing)'}"


def _distance(finding: Finding) -> str:
    worst = finding.worst
    precision = format_named(finding.dtype).precision
    parts = [_off(worst), f"{_short(worst.bits)} of {precision} bits lost"]
    if worst.excess_bits is not None and not math.isnan(float(worst.excess_bits)):
        parts[-1] += f" ({_short(worst.excess_bits)} beyond what conditioning forces)"
    if worst.nats is not None:
        parts.append(f"{_short(worst.nats)} nats")
    return ", ".join(parts)


def _off(worst: Worst) -> str:
    """The distance in ulp; at an exact 0, where an ulp is the smallest subnormal and tells nothing, the plain one."""
    if worst.exact == "0" and math.isfinite(float(worst.got)):
        return f"{_short(abs(float(worst.got)))} away from exactly 0"
    return f"{_short(worst.ulp)} ulp"


def _where(accusation: Accusation) -> str:
    finding = accusation.finding
    note = f"; {one_line(finding.note)}" if finding.note else ""
    return f"{finding.count} of {finding.points} {finding.region} results; {accusation.where}{note}"


def _more(others: Sequence[str]) -> list[str]:
    if not others:
        return []
    return ["\n".join([f"  and {len(others)} more:", *(f"    {line}" for line in others[:20])])]


def _short(value: Any) -> str:
    return f"{float(value):.3g}"
