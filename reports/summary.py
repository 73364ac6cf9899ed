"""The figures that stand in the page as plain text: headline, frameworks, laws, statistics."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.load import SEVERITIES, Loaded
from reports.numbers import DIGITS, FORMATS, number, percent, readable, short
from reports.text import fragment, subject_label

Json = dict[str, Any]
NO_FAILURE = frozenset({"none", "undecided", "not offered"})
_DIGITS_OF_ENTRIES = 9

STATISTIC_SIGN = {"right": "✓", "undecided": "?", "not offered": ""}  # any other verdict names a failure: ✗
_UNBIASED = "estimate: unbiased"
"""How the verdict begins on an average of estimates that is as near to the truth as chance lets it be."""
LAW_STATUSES = ("pass", "fail", "known", "undecided", "not_offered")


@dataclass(frozen=True)
class ReportSummary:
    """What was printed. ``size`` in bytes; improvements and regressions are None without a comparison."""

    out: Path
    size: int
    cells: int
    scored: int
    findings: dict[str, int]
    frameworks: dict[str, str]
    details_left_out: int
    improvements: int | None = None
    regressions: int | None = None

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {severity}" for severity, count in self.findings.items())
        text = f"{self.out}: {self.size / 1e6:.2f} MB, {self.scored} of {self.cells} cells scored, findings: {counts}"
        if self.improvements is not None:
            text += f"; {self.improvements} figures improved, {self.regressions} regressed"
        return text


def run_facts(run: Json) -> Json:
    """The run's facts with a blank for whatever optional one is missing, and the command that repeats it."""
    machine = {**dict.fromkeys(("cpu", "cores", "platform", "python"), "?"), **(run.get("machine") or {})}
    arguments = [str(argument) for argument in run.get("arguments") or []]
    arguments = arguments[1:] if arguments[:1] == ["compare"] else arguments
    return {"seconds": None, **run, "machine": machine, "command": shlex.join(["./ci/compare", *arguments])}


def failed_points(cell: Json) -> int:
    """Points of a cell that failed in any way; undecided ones are not failures."""
    return sum(count for kind, count in (cell.get("failures") or {}).items() if kind not in NO_FAILURE)


def accused(findings: list[Json]) -> list[Json]:
    """The findings that were confirmed independently; the others are shown, and accuse nobody (ACCEPTANCE A18)."""
    return [finding for finding in findings if finding.get("confirmed") is not False]


def severities(findings: list[Json]) -> dict[str, int]:
    """Counts of confirmed findings by severity, gravest first, zeros included."""
    counted = Counter(finding["severity"] for finding in accused(findings))
    return {severity: counted[severity] for severity in SEVERITIES}


def headline(loaded: Loaded) -> Json:
    """The numbers at the top of the page."""
    cells = loaded.results["cells"]
    scored = [cell for cell in cells if cell["status"] == "scored"]
    certificates: Counter[str] = Counter()
    for cell in scored:
        certificates.update(cell.get("certificates") or {})
    verdicts = sum(certificates.values())
    return {
        "ready": [row for row in loaded.results["frameworks"] if row["status"] == "ready"],
        "failed": [row for row in loaded.results["frameworks"] if row["status"] != "ready"],
        "silent": sorted(
            {row["name"] for row in loaded.results["frameworks"] if row["status"] == "ready"}
            - {cell["framework"] for cell in cells if cell["status"] in ("scored", "too_large")}
        ),
        "subjects": len(loaded.results["subjects"]),
        "lean": Counter(row["asked"] for row in loaded.results["subjects"] if row.get("asked")),
        "cells": len(cells),
        "scored": len(scored),
        "clean": sum(failed_points(cell) == 0 for cell in scored),
        "exact": sum(cell.get("coverage") == "exact maximum" for cell in scored),
        "points": sum(cell["points"] for cell in scored),
        "undecided": sum(cell.get("undecided") or 0 for cell in scored),
        "too_large": sum(cell["status"] == "too_large" for cell in cells),
        "inherent": sum(cell.get("inherent") or 0 for cell in scored),
        "certified": certificates["certified"] / verdicts if verdicts else None,
        "severities": severities(loaded.findings),
        "findings": len(loaded.findings),
        "unconfirmed": len(loaded.findings) - len(accused(loaded.findings)),
    }


def frameworks(loaded: Loaded) -> list[Json]:
    """One record per framework: what it is, how many cells, how many of them clean, findings by severity."""
    made = []
    for row in loaded.results["frameworks"]:
        own = [cell for cell in loaded.results["cells"] if cell["framework"] == row["name"]]
        scored = [cell for cell in own if cell["status"] == "scored"]
        usable = sum(number((cell["stability"] or {}).get("usable")) or 0 for cell in scored)
        total = sum(number((cell["stability"] or {}).get("total")) or 0 for cell in scored)
        flushing = [dtype for dtype, flushes in (row.get("flush_to_zero") or {}).items() if flushes]
        clean = sum(failed_points(cell) == 0 for cell in scored)
        made.append(
            {
                "name": row["name"],
                "version": row.get("version") or "",
                "status": row["status"],
                "reason": row.get("reason") or "",
                "modes": row.get("modes") or [],
                "dtypes": row.get("dtypes") or [],
                "flushing": flushing,
                "href": fragment("framework", row["name"]),
                "scored": len(scored),
                "not_offered": sum(cell["status"] == "not_offered" for cell in own),
                "broken": sum(cell["status"] in ("raised", "crashed", "timed_out") for cell in own),
                "clean": f"{clean} of {len(scored)}" if scored else "–",
                "usable": percent(usable / total) if total else "–",
                "severities": severities([f for f in loaded.findings if f["framework"] == row["name"]]),
            }
        )
    return made


def laws(loaded: Loaded) -> list[Json]:
    """Law × framework: how many results passed, failed, are known failures, were undecided or not offered."""
    counted: Counter[tuple[str, str, str]] = Counter(
        (row["law"], row["framework"], row["status"]) for row in loaded.results.get("law_results") or []
    )
    names = [row["name"] for row in loaded.results["frameworks"] if row["status"] == "ready"]
    titles = {law["id"]: law.get("title", "") for law in loaded.results.get("laws") or []}
    for law, _, _ in counted:
        titles.setdefault(law, "")
    return [
        {
            "id": law,
            "title": title,
            "frameworks": [
                {"name": name, **{status: counted[(law, name, status)] for status in LAW_STATUSES}} for name in names
            ],
        }
        for law, title in titles.items()
    ]


def badness(finding: Json) -> tuple[bool, int, bool, float, float]:
    """Sort key: confirmed, severity, ordinary inputs before extreme ones, share of the bits lost, share of points."""
    worst = finding.get("worst") or {}
    lost = number(worst.get("excess_bits"))
    if lost is None or math.isnan(lost):
        lost = number(worst.get("bits"))
    precision = FORMATS[finding["dtype"]][0]
    lost = precision if lost is None or math.isnan(lost) else min(precision, lost)
    often = (finding.get("count") or 0) / max(1, finding.get("points") or 1)
    unconfirmed = finding.get("confirmed") is False
    return (
        unconfirmed,
        SEVERITIES.index(finding["severity"]),
        finding.get("region") != "ordinary",
        -lost / precision,
        -often,
    )


def statistics(loaded: Loaded, dtype: str) -> list[Json]:
    """Oracle's certified statistics beside each ready framework's offer at ``dtype``.

    ``span`` is the number of rows of one distribution, on the first of them; 0 on the others.
    """
    names = [row["name"] for row in loaded.results["frameworks"] if row["status"] == "ready"]
    rows = loaded.results.get("statistics") or []
    made: list[Json] = []
    for at, row in enumerate(rows):
        main, small = subject_label(row["subject"])
        first = at == 0 or rows[at - 1]["subject"] != row["subject"]
        same = next((n for n, other in enumerate(rows[at:]) if other["subject"] != row["subject"]), len(rows) - at)
        own = [offer for offer in row.get("offers") or [] if offer["dtype"] == dtype]
        offers = [_offer([offer for offer in own if offer["framework"] == name]) for name in names]
        shown = {"label": main, "small": small, "href": fragment("subject", row["subject"]), "exact": exact_text(row)}
        made.append({**row, **shown, "offers": offers, "joined": _joined(offers), "span": same if first else 0})
    return made


def _joined(offers: list[Json]) -> list[Json]:
    """The offers without reasons, ``width`` columns each: neighbours that say alike that there is none are one cell."""
    cells: list[Json] = []
    for offer in offers:
        if offer["absent"] and cells and cells[-1]["absent"] and cells[-1]["text"] == offer["text"]:
            cells[-1]["width"] += 1
        else:
            cells.append({**offer, "told": ""})
    return cells


def exact_text(row: Json) -> str:
    """The exact value; of a statistic of events every entry, to fewer digits, and one word where that is all."""
    text = str(row["exact"])
    words = text.split()
    if len(words) < 2 or len(set(words) & {"undecided", "nan"}) == len(set(words)):
        return words[0] if words else text
    try:
        return ", ".join(readable(float(word), _DIGITS_OF_ENTRIES) for word in words)
    except ValueError:  # Several right answers, in words.
        return text


def _offer(own: list[Json]) -> Json:
    """The first offer that is a value stands for the framework; the modes that disagree in verdict are named."""
    values = [offer for offer in own if offer["status"] == "ok"]
    if not values:
        told = str(own[0]["status"]).replace("_", " ") if own else "not asked"
        message = str(own[0].get("message") or "") if own else ""
        return {"text": told, "sign": "", "told": message, "absent": True, "width": 1}
    first = values[0]
    verdict = first.get("verdict") or "not offered"
    sign = "≈" if verdict.startswith(_UNBIASED) else STATISTIC_SIGN.get(verdict, "✗")
    ulp, got = number(first.get("ulp")), number(first.get("got"))
    told = f"{first.get('verdict')}" + ("" if ulp is None else f", {short(ulp)} ulp")
    told += f", {first['message']}" if first.get("message") else ""
    other = [offer["mode"] for offer in values if offer.get("verdict") != first.get("verdict")]
    if other:
        told += f"; otherwise in {', '.join(other)}"
    text = readable(got, DIGITS[first["dtype"]]) if got is not None else str(first.get("got"))
    return {"text": text, "sign": sign, "told": told, "absent": False, "width": 1}
