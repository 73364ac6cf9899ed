"""The cells of the matrix as columns: axes, accuracy, safe range and regions."""

from __future__ import annotations

from typing import Any

from conformance.causes.records import CausesDocument, Verdict
from reports.columns import columns
from reports.derived import DERIVED, carried, hex_of, trimmed
from reports.matrix import region
from reports.numbers import rounded, seen
from reports.verdict import reach_of, style_of, verdicts_by_axes, word_of

Json = dict[str, Any]
AXES = ("framework", "mode", "device", "dtype", "subject", "quantity")
REGION_FIELDS = ("points", "failed", "unusable", "worst_ulp", "worst_nats", "worst_input_hex")


def pack_cells(results: Json, document: CausesDocument | None) -> tuple[Json, Json]:
    """What the matrix shows of every cell, and what only the page of a subject does.

    The latter are ``details``, one for each cell, and ``regions`` and ``safe``: a detail says how many of them it has.
    """
    verdicts = verdicts_by_axes(document)
    cells, details, regions, safe = [], [], [], []
    for cell in results["cells"]:
        own, held = _regions(cell), cell.get("safe_range")
        verdict = verdicts.get((cell["framework"], cell["mode"], cell["dtype"], cell["subject"]))
        cells.append(_cell(cell, verdict))
        details.append({**_detail(cell), "regions": len(own), "safe_range": int(held is not None)})
        regions += own
        if held is not None:
            safe.append(_safe(held))
    return columns(cells), {"details": columns(details), "regions": columns(regions), "safe": columns(safe)}


def _cell(cell: Json, verdict: Verdict | None) -> Json:
    accuracy, word = cell["accuracy"] or {}, word_of(cell)
    packed: Json = {key: cell.get(key) for key in (*AXES, "status", "message")}
    packed |= {"word": word, "style": style_of(cell, word), "reach": reach_of(cell, word, verdict)}
    packed["exact"] = int(cell.get("coverage") == "exact maximum")
    packed |= {key: rounded(accuracy.get(key)) for key in ("worst_ulp", "p99_ulp", "kept_percent")}
    packed["nats"] = rounded(region(cell, "ordinary").get("worst_nats"))
    packed["share"] = rounded((cell["stability"] or {}).get("share"))
    return packed


def _detail(cell: Json) -> Json:
    accuracy = cell["accuracy"] or {}
    at, bits = accuracy.get("worst_input"), accuracy.get("worst_input_hex")
    packed: Json = {"points": cell["points"], "mean_ulp": seen(accuracy.get("mean_ulp"))}
    packed |= {"worst_input": at, "worst_input_hex": carried(bits, hex_of(at, cell["dtype"]))}
    packed["failures"] = {kind: count for kind, count in (cell.get("failures") or {}).items() if count}
    return packed | {key: cell.get(key) or None for key in ("undecided", "inherent", "certificates", "promise")}


def _regions(cell: Json) -> list[Json]:
    """What was met; the worst input of the cell is that of one of its regions, and stands there once.

    That of a region in which nothing failed stays in results.json: in a run over everything they would be a twentieth
    of the page."""
    worst = (cell["accuracy"] or {}).get("worst_input_hex")
    made = []
    for name, record in (cell.get("regions") or {}).items():
        if record.get("points"):
            row = {
                "name": name.replace("_", " ").lower(),
                **{key: record.get(key) for key in REGION_FIELDS},
                "worst_ulp": seen(record.get("worst_ulp"), cell["dtype"]),
                "worst_nats": seen(record.get("worst_nats")),
            }
            at = record.get("worst_input_hex") if record.get("failed") else None
            made.append({**row, "worst_input_hex": DERIVED if at is not None and at == worst else trimmed(at)})
    return made


def _safe(held: Json) -> Json:
    ends: Json = {}
    for end in ("low", "high"):
        ends[end] = held.get(end)
        ends[f"{end}_hex"] = carried(held.get(f"{end}_hex"), _hex(held.get(end)))
    return ends | {key: seen(held.get(key)) for key in ("bound_ulp", "bound_nats")}


def _hex(value: object) -> str | None:
    if isinstance(value, str):
        return hex_of(value, "float64")
    return None if value is None else float(str(value)).hex()
