"""A finding in words: what was asked, what came, what is true, how far apart, and how to see it oneself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.floats.formats import format_named

SHOWN = 5
"""Findings spelled out per test; the others are counted."""


def failure_text(title: str, findings: Sequence[Mapping[str, Any]], others: Sequence[str] = ()) -> str:
    """The message of a failing test. title: what the law demands. others: further failures, a line each."""
    first = findings[0]
    head = (
        f"{first['law']} is broken: {title}\n"
        f"by {first['framework']} {first['version']} ({first['mode']}, {first['device']})"
    )
    texts, scripts = [], set[str]()
    for finding in findings:
        code = finding["reproduction"]["code"]
        texts.append(finding_text(finding, script=code not in scripts))
        scripts.add(code)
    return "\n\n".join([head, *texts, *_more(others)])


def finding_text(finding: Mapping[str, Any], script: bool = True) -> str:
    """One finding, a line for every fact, and the script that reproduces it (or a word that it stands above)."""
    worst = finding["worst"]
    variable = "y" if finding["quantity"] in ("inverse", "ildj", "log_prob", "cdf", "sample") else "x"
    lines = [
        ("asked", f"{finding['quantity']} of {finding['subject']}, {finding['dtype']}"),
        (f"at {variable} =", f"{worst['input']} ({worst['input_hex']})"),
        ("got", f"{worst['got']} ({worst['got_hex']})"),
        ("exact", worst["exact"]),
        ("expected", f"{worst['expected']} ({worst['expected_hex']})"),
        ("distance", _distance(finding)),
        ("failure", f"{finding['kind']} ({finding['severity']})"),
        ("where", _where(finding)),
    ]
    if finding["blame"]:
        lines.append(("blame", str(finding["blame"])))
    lines.append(("confirmed", f"by {finding['confirmed_by']}; truth is {finding['certificate']}"))
    text = "\n".join(f"  {name:<10} {value}" for name, value in lines)
    reproduction = finding["reproduction"]
    if not reproduction["code"]:
        return text
    if not script:
        return f"{text}\n  reproduce  with the script above"
    code = "\n".join(f"    {line}" for line in reproduction["code"].rstrip().splitlines())
    seen = "misbehaves" if reproduction["confirmed"] else "does not show it by itself"
    introduction = f"  reproduce  (run in the environment of {finding['framework']}, it {seen})"
    return f"{text}\n{introduction}\n\n{code}\n\n{_printed(finding)}"


def _printed(finding: Mapping[str, Any]) -> str:
    printed = finding["reproduction"]["printed"].strip()[-300:]
    return f"  printed    {printed or '(nothing)'}"


def _distance(finding: Mapping[str, Any]) -> str:
    worst = finding["worst"]
    precision = format_named(finding["dtype"]).precision
    parts = [_off(worst), f"{_short(worst['bits'])} of {precision} bits lost"]
    if worst["excess_bits"] is not None and not math.isnan(float(worst["excess_bits"])):
        parts[-1] += f" ({_short(worst['excess_bits'])} beyond what conditioning forces)"
    if worst["nats"] is not None:
        parts.append(f"{_short(worst['nats'])} nats")
    return ", ".join(parts)


def _off(worst: Mapping[str, Any]) -> str:
    """The distance in ulp; at an exact 0, where an ulp is the smallest subnormal and tells nothing, the plain one."""
    if worst["exact"] == "0" and math.isfinite(float(worst["got"])):
        return f"{_short(abs(float(worst['got'])))} away from exactly 0"
    return f"{_short(worst['ulp'])} ulp"


def _where(finding: Mapping[str, Any]) -> str:
    span = finding["inputs"]
    note = f", {finding['note']}" if finding.get("note") else ""
    return (
        f"{finding['count']} of {finding['points']} {finding['region']} results, "
        f"inputs from {span['from_hex']} to {span['to_hex']}{note}"
    )


def _more(others: Sequence[str]) -> list[str]:
    if not others:
        return []
    return ["\n".join([f"  and {len(others)} more:", *(f"    {line}" for line in others[:20])])]


def _short(value: Any) -> str:
    return f"{float(value):.3g}"
