"""Pack the run into little JSON: rows under one list of field names, repeated texts and curves stored once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from reports.load import Loaded
from reports.numbers import DIGITS, FORMATS
from reports.summary import badness
from reports.text import is_tanh_normal, safe_link, subject_label

Json = dict[str, Any]
CELL_FIELDS = (
    "framework", "mode", "device", "dtype", "subject", "quantity", "status", "message", "points", "exact",
    "worst_ulp", "worst_input_hex", "worst_input", "p99_ulp", "mean_ulp", "kept_percent",
    "usable", "total", "share", "safe_range", "regions", "failures", "undecided", "certificates", "tiers",
    "curve", "condition",
)  # fmt: skip
FINDING_FIELDS = (
    "id", "law", "framework", "version", "device", "mode", "dtype", "subject", "quantity", "region", "kind",
    "severity", "count", "points", "from_hex", "to_hex", "worst", "blame", "certificate", "confirmed_by", "confirmed",
    "code", "printed", "reproduced", "known", "link", "known_versions", "summary",
)  # fmt: skip
WORST_FIELDS = ("input", "input_hex", "got", "got_hex", "exact", "expected", "expected_hex", "ulp", "bits", "nats",
                "excess_bits")  # fmt: skip
REGION_FIELDS = ("points", "failed", "unusable", "worst_ulp", "worst_nats", "worst_input_hex")
SAFE_FIELDS = ("low", "low_hex", "high", "high_hex", "bound_ulp", "bound_nats")


class Texts:
    """Every text once; rows hold its number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, text: object) -> int | None:
        return None if text is None else self.numbers.setdefault(str(text), len(self.numbers))


def _rounded(value: object) -> object:
    """Six significant digits are more than any figure of the page shows."""
    if isinstance(value, float):
        short = float(f"{value:.6g}")
        return int(short) if short == int(short) and abs(short) < 1e15 else short
    return value


def _take(record: Json | None, fields: Iterable[str], plain: frozenset[str] = frozenset()) -> list[object] | None:
    if record is None:
        return None
    return [record.get(field) if field in plain else _rounded(record.get(field)) for field in fields]


def _cell(cell: Json, texts: Texts, curves: bool) -> list[object]:
    accuracy, stability, curve = (
        cell["accuracy"] or {},
        cell["stability"] or {},
        (cell.get("curve") if curves else None) or {},
    )
    packed: Json = {key: texts(cell.get(key)) for key in CELL_FIELDS[:8]}
    packed |= {"points": cell["points"], "exact": int(cell.get("coverage") == "exact maximum")}
    packed |= {key: _rounded(accuracy.get(key)) for key in ("worst_ulp", "p99_ulp", "mean_ulp", "kept_percent")}
    packed |= {key: accuracy.get(key) for key in ("worst_input_hex", "worst_input")}
    packed |= {key: _rounded(stability.get(key)) for key in ("usable", "total", "share")}
    packed["safe_range"] = _take(cell.get("safe_range"), SAFE_FIELDS, frozenset({"low", "high"}))
    packed["regions"] = {
        texts(name.replace("_", " ").lower()): _take(record, REGION_FIELDS)
        for name, record in (cell.get("regions") or {}).items()
        if record.get("points")
    }
    packed["failures"] = {texts(kind): count for kind, count in (cell.get("failures") or {}).items() if count}
    packed |= {key: cell.get(key) or None for key in ("undecided", "certificates", "tiers")}
    packed["curve"], packed["condition"] = texts(curve.get("bits")), texts(curve.get("condition"))
    return [packed[field] for field in CELL_FIELDS]


def _finding(finding: Json, texts: Texts, detailed: bool) -> list[object]:
    worst, span = finding.get("worst"), finding.get("inputs") or {}
    reproduction, known = finding.get("reproduction") or {}, finding.get("known") or {}
    packed: Json = {key: texts(finding.get(key)) for key in FINDING_FIELDS[1:12]}
    packed |= {"id": finding["id"], "count": finding.get("count"), "points": finding.get("points")}
    packed |= {"from_hex": span.get("from_hex"), "to_hex": span.get("to_hex")}
    packed["worst"] = _take(worst, WORST_FIELDS, frozenset({"input", "got", "expected"}))
    packed |= {key: texts(finding.get(key)) for key in ("blame", "certificate", "confirmed_by")}
    packed |= {"confirmed": finding.get("confirmed"), "reproduced": reproduction.get("confirmed")}
    code = reproduction.get("code")
    packed["code"] = [texts(line) for line in code.split("\n")] if detailed and code else None
    packed["printed"] = reproduction.get("printed") if detailed else None
    packed |= {"known": texts(known.get("reason")), "link": texts(safe_link(known.get("link")))}
    packed |= {"known_versions": texts(known.get("versions")), "summary": finding.get("summary")}
    packed["note"] = finding.get("note") or None
    return [packed[field] for field in FINDING_FIELDS]


def packed(loaded: Loaded, details: int | None = None, curves: bool = True) -> Json:
    """Everything that the page's script needs. Only the ``details`` worst findings keep their scripts; None: all."""
    texts = Texts()
    findings = sorted(loaded.findings, key=badness)
    limit = len(findings) if details is None else details
    subjects = []
    for subject in loaded.results["subjects"]:
        main, small = subject_label(subject["id"])
        reference = subject.get("reference")
        extra = {
            "label": main,
            "small": small,
            "tanh_normal": is_tanh_normal(subject["id"]),
            "link": safe_link(reference),
        }
        subjects.append({**subject, **extra})
    results = loaded.results
    return {
        "formats": FORMATS,
        "digits": DIGITS,
        "frameworks": results["frameworks"],
        "subjects": subjects,
        "laws": results.get("laws") or [],
        "cell_fields": CELL_FIELDS,
        "cells": [_cell(cell, texts, curves) for cell in results["cells"]],
        "finding_fields": FINDING_FIELDS,
        "findings": [_finding(row, texts, at < limit) for at, row in enumerate(findings)],
        "worst_fields": WORST_FIELDS,
        "region_fields": REGION_FIELDS,
        "safe_fields": SAFE_FIELDS,
        "statistics": results.get("statistics") or [],
        "law_results": [
            [texts(row[key]) for key in ("framework", "mode", "dtype", "subject", "law", "status")]
            + [row.get("checks"), row.get("failed")]
            for row in results.get("law_results") or []
        ],
        "clusters": results.get("clusters") or [],
        "texts": list(texts.numbers),
    }


def script_safe(value: Json) -> str:
    """JSON that cannot leave its script element whatever its strings hold: no ``<``, no ``>``, no ``&``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
