"""The curves of the plots, of as many subjects as a page has room for: those that most is asked about first."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from reports.columns import columns
from reports.text import is_tanh_normal

Json = dict[str, Any]


def drawable(results: Json) -> list[str]:
    """The subjects of which a cell has a curve, in the order in which they are kept: policies of reinforcement
    learning, then what the most frameworks offer, then the order of the run. None of which less is asked than of
    others: their maps and laws have plots elsewhere on the page."""
    lean = {row["id"] for row in results["subjects"] if row.get("asked")}
    offered: dict[str, set[str]] = {}
    for cell in results["cells"]:
        if cell.get("curve") and cell["subject"] not in lean:
            offered.setdefault(cell["subject"], set()).add(cell["framework"])
    return sorted(offered, key=lambda subject: (not is_tanh_normal(subject), -len(offered[subject])))


def pack_curves(results: Json, kept: Collection[str], left_out: Collection[str] = ()) -> Json:
    """``curves``, one for each cell, empty but for the subjects ``kept``, and the subjects whose curves stay in
    results.json for want of room."""
    rows = [_curve(cell.get("curve") or {} if cell["subject"] in kept else {}) for cell in results["cells"]]
    return {"curves": columns(rows) if kept else columns([]), "left_out": list(left_out)}


def _curve(curve: Json) -> Json:
    """Bits and conditioning over all floats; axis, bits and unusable share of the close view."""
    close = curve.get("closeup")
    return {
        "bits": curve.get("bits"),
        "condition": curve.get("condition"),
        "axis": json.dumps({key: close[key] for key in ("centre", "low", "high")}) if close else None,
        "close": close["bits"] if close else None,
        "unusable": close["unusable"] if close else None,
    }
