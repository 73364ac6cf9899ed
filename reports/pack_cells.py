"""The cells of the matrix as columns: axes, accuracy, safe range and regions."""

from __future__ import annotations

from typing import Any

from conformance.causes.records import CausesDocument
from reports.columns import columns
from reports.derived import DERIVED, carried, hex_of, trimmed
from reports.numbers import six_digits
from reports.verdict import reach_of, style_of, verdicts_by_axes, word_of

Json = dict[str, Any]
AXES = ("framework", "mode", "device", "dtype", "subject", "quantity")
REGION_FIELDS = ("points", "failed", "unusable", "worst_ulp", "worst_nats", "worst_input_hex")


def pack_cells(results: Json, document: CausesDocument | None) -> Json:
    """``cells``, and ``regions`` and ``safe`` as columns of their own: a cell says how many of these rows are its."""
    verdicts = verdicts_by_axes(document)
    cells, regions, safe = [], [], []
    for cell in results["cells"]:
        verdict = verdicts.get((cell["framework"], cell["mode"], cell["dtype"], cell["subject"]))
        own, held = _regions(cell), cell.get("safe_range")
        word = word_of(cell)
        shown = {"word": word, "style": style_of(cell, word), "reach": reach_of(cell, word, verdict)}
        cells.append({**_cell(cell), **shown, "regions": len(own), "safe_range": int(held is not None)})
        regions += own
        if held is not None:
            safe.append(_safe(held))
    return {"cells": columns(cells), "regions": columns(regions), "safe": columns(safe)}


def _cell(cell: Json) -> Json:
    accuracy, stability = cell["accuracy"] or {}, cell["stability"] or {}
    packed: Json = {key: cell.get(key) for key in (*AXES, "status", "message")}
    packed |= {"points": cell["points"], "exact": int(cell.get("coverage") == "exact maximum")}
    packed |= {key: six_digits(accuracy.get(key)) for key in ("worst_ulp", "p99_ulp", "mean_ulp", "kept_percent")}
    at = accuracy.get("worst_input")
    packed["worst_input"] = at
    packed["worst_input_hex"] = carried(accuracy.get("worst_input_hex"), hex_of(at, cell["dtype"]))
    packed |= {key: six_digits(stability.get(key)) for key in ("usable", "total", "share")}
    packed["failures"] = {kind: count for kind, count in (cell.get("failures") or {}).items() if count}
    return packed | {key: cell.get(key) or None for key in ("undecided", "inherent", "certificates", "tiers")}


def _regions(cell: Json) -> list[Json]:
    """What was met; the worst input of the cell is that of one of its regions, and stands there once."""
    worst = (cell["accuracy"] or {}).get("worst_input_hex")
    made = []
    for name, record in (cell.get("regions") or {}).items():
        if record.get("points"):
            row = {
                "name": name.replace("_", " ").lower(),
                **{key: six_digits(record.get(key)) for key in REGION_FIELDS},
            }
            at = record.get("worst_input_hex")
            made.append({**row, "worst_input_hex": DERIVED if at is not None and at == worst else trimmed(at)})
    return made


def _safe(held: Json) -> Json:
    ends: Json = {}
    for end in ("low", "high"):
        ends[end] = held.get(end)
        ends[f"{end}_hex"] = carried(held.get(f"{end}_hex"), _hex(held.get(end)))
    return ends | {key: six_digits(held.get(key)) for key in ("bound_ulp", "bound_nats")}


def _hex(value: object) -> str | None:
    if isinstance(value, str):
        return hex_of(value, "float64")
    return None if value is None else float(str(value)).hex()
