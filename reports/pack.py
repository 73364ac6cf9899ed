"""Pack the run into little JSON, compressed: rows under one list of field names, repeated texts stored once.

What the front page needs is one part; findings, curves and issues are parts of their own, unpacked when a view asks.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from typing import Any

import msgspec

from conformance.causes.records import CausesDocument
from reports.causes import issues, light
from reports.coverage import counts
from reports.load import Loaded
from reports.numbers import DIGITS, FORMATS
from reports.summary import badness
from reports.text import is_tanh_normal, safe_link, subject_label
from reports.verdict import TOLD, reach_of, style_of, verdicts_by_axes, word_of
from reports.versions import install_line
from reports.vocabulary import API, WORDS

Json = dict[str, Any]
CELL_FIELDS = (
    "framework", "mode", "device", "dtype", "subject", "quantity", "status", "message", "points", "exact",
    "worst_ulp", "worst_input_hex", "worst_input", "p99_ulp", "mean_ulp", "kept_percent",
    "usable", "total", "share", "safe_range", "regions", "failures", "undecided", "inherent", "certificates", "tiers",
    "word", "style", "reach",
)  # fmt: skip
FINDING_FIELDS = (
    "id", "law", "framework", "version", "device", "mode", "dtype", "subject", "quantity", "region", "kind",
    "severity", "count", "points", "from_hex", "to_hex", "worst", "blame", "certificate", "confirmed_by", "confirmed",
    "code", "printed", "reproduced", "known", "link", "known_versions", "summary", "note",
    "cause", "component", "caught", "attainable", "single", "ran",
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


def _cell(cell: Json, texts: Texts, reach: str) -> list[object]:
    accuracy, stability = cell["accuracy"] or {}, cell["stability"] or {}
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
    packed |= {key: cell.get(key) or None for key in ("undecided", "inherent", "certificates", "tiers")}
    word = word_of(cell)
    packed |= {"word": texts(word), "style": texts(style_of(cell, word)), "reach": texts(reach)}
    return [packed[field] for field in CELL_FIELDS]


def _curve(cell: Json, texts: Texts) -> list[object] | None:
    """Bits and conditioning over all floats; axis, bits and unusable share of the close view."""
    curve = cell.get("curve")
    if not curve:
        return None
    close = curve.get("closeup")
    axis = texts(json.dumps({key: close[key] for key in ("centre", "low", "high")})) if close else None
    rest = [axis, texts(close["bits"]), texts(close["unusable"])] if close else [None, None, None]
    return [texts(curve.get("bits")), texts(curve.get("condition")), *rest]


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
    packed |= {"note": finding.get("note") or None, "cause": texts(finding.get("cause") or None)}
    packed |= {
        "component": texts(finding.get("component") or None),
        "attainable": texts(finding.get("attainable") or None),
    }
    packed |= {"caught": finding.get("caught_by_default") or None, "single": finding.get("single") or None}
    packed["ran"] = reproduction.get("ran", True)
    return [packed[field] for field in FINDING_FIELDS]


def _core(loaded: Loaded, document: CausesDocument | None) -> Json:
    """Everything that the front page and the matrix need."""
    texts, results = Texts(), loaded.results
    subjects = []
    for subject in results["subjects"]:
        main, small = subject_label(subject["id"])
        extra = {
            "label": main,
            "small": small,
            "tanh_normal": is_tanh_normal(subject["id"]),
            "link": safe_link(subject.get("reference")),
        }
        subjects.append({**subject, **extra})
    verdicts = verdicts_by_axes(document)
    cells = []
    for cell in results["cells"]:
        own = verdicts.get((cell["framework"], cell["mode"], cell["dtype"], cell["subject"]))
        cells.append(_cell(cell, texts, reach_of(cell, word_of(cell), own)))
    return {
        "formats": FORMATS,
        "digits": DIGITS,
        "words": WORDS,
        "api": API,
        "told": TOLD,
        "frameworks": [
            {**row, "install": install_line(row.get("packages") or {}), "classes": counts(row.get("classes"))}
            for row in results["frameworks"]
        ],
        "subjects": subjects,
        "laws": results.get("laws") or [],
        "cell_fields": CELL_FIELDS,
        "cells": cells,
        "region_fields": REGION_FIELDS,
        "safe_fields": SAFE_FIELDS,
        "statistics": results.get("statistics") or [],
        "law_results": [
            [texts(row[key]) for key in ("framework", "mode", "dtype", "subject", "law", "status")]
            + [row.get("checks"), row.get("failed")]
            for row in results.get("law_results") or []
        ],
        "clusters": results.get("clusters") or [],
        "causes": light(document),
        "has_causes": document is not None,
        "verdicts": msgspec.to_builtins(document.verdicts) if document else [],
        "texts": list(texts.numbers),
    }


def _findings(loaded: Loaded, details: int) -> Json:
    texts = Texts()
    rows = sorted(loaded.findings, key=badness)
    packed = [_finding(row, texts, at < details) for at, row in enumerate(rows)]
    return {"fields": FINDING_FIELDS, "worst": WORST_FIELDS, "rows": packed, "texts": list(texts.numbers)}


def _curves(loaded: Loaded, kept: bool) -> Json:
    texts = Texts()
    rows = [_curve(cell, texts) for cell in loaded.results["cells"]] if kept else []
    return {"rows": rows, "texts": list(texts.numbers)}


def parts(
    loaded: Loaded, document: CausesDocument | None = None, details: int | None = None, curves: bool = True
) -> dict[str, Json]:
    """The parts by name. Only the ``details`` worst findings keep their scripts; None: all."""
    return {
        "core": _core(loaded, document),
        "findings": _findings(loaded, len(loaded.findings) if details is None else details),
        "curves": _curves(loaded, curves),
        "issues": issues(document, loaded) if document else {},
    }


def squeezed(value: Json) -> str:
    """The JSON of ``value`` as raw deflate in base64: letters, digits, ``+``, ``/``, ``=``; it can leave no element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return base64.b64encode(packer.compress(text.encode("utf-8")) + packer.flush()).decode("ascii")
