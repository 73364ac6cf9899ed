"""What a cell says in a word, and how far it goes: made once, here; the page's script only shows it."""

from __future__ import annotations

from typing import Any

from conformance.causes.records import CausesDocument, Verdict
from reports.numbers import number, short

Json = dict[str, Any]
WORDS = {"right": 0, "usable": 1, "inside": 2, "wrong": 3}
"""right: within tolerance wherever tried. usable: digits lost, nothing unusable. inside: unusable only at extremes.
wrong: unusable at some ordinary input."""
STYLES = {"right": "v-right", "usable": "v-usable", "inside": "v-inside", "wrong": "v-wrong"}
TOLD = {
    "right": "right at every input that was tried",
    "usable": "loses digits, and yet every result can be used",
    "inside": "safe inside a range, unusable at some extreme inputs",
    "wrong": "unusable at some ordinary inputs",
}
X_QUANTITIES = frozenset({"forward", "fldj", "log_prob_from_base"})
JUDGED = frozenset({"ordinary", "near zero", "subnormal", "saturation", "range end", "boundary"})


def word_of(cell: Json) -> str:
    """One of WORDS for a scored cell, empty for every other."""
    if cell["status"] != "scored":
        return ""
    regions = {name.replace("_", " ").lower(): region for name, region in (cell.get("regions") or {}).items()}
    ordinary = regions.get("ordinary", {})
    if ordinary.get("unusable", ordinary.get("failed")):
        return "wrong"
    stability = cell["stability"] or {}
    if (number(stability.get("usable")) or 0) < (number(stability.get("total")) or 0):
        return "inside"
    failed = sum(region.get("failed") or 0 for name, region in regions.items() if name in JUDGED)
    return "usable" if failed else "right"


def verdicts_by_axes(document: CausesDocument | None) -> dict[tuple[str, str, str, str], Verdict]:
    """(framework, mode, dtype, subject) to the verdict in words."""
    verdicts = document.verdicts if document else []
    return {(row.framework, row.mode, row.dtype, row.subject): row for row in verdicts}


def reach_of(cell: Json, word: str, verdict: Verdict | None) -> str:
    """For a cell that is safe inside a range, that range: ``|x| < 9.01``; empty where there is none to tell.

    The verdict's, which is in the variable that people hold, where there is one for the density; else the cell's own.
    """
    if word != "inside":
        return ""
    if verdict and verdict.safe == "inside" and cell["quantity"].startswith("log_prob"):
        low, high = (number(side.value) or _float(side.value) if side else None for side in (verdict.low, verdict.high))
        return _range(low, high, verdict.variable)
    own = cell.get("safe_range") or {}
    return _range(number(own.get("low")), number(own.get("high")), "x" if cell["quantity"] in X_QUANTITIES else "y")


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def end(value: float) -> str:
    """Three digits; just below 1 the distance from it: ``1−6e-8``."""
    if 0.995 < abs(value) < 1:
        return ("−" if value < 0 else "") + f"(1−{short(1 - abs(value))})"
    return f"{value:.3g}".replace("-", "−").replace("e+", "e")


def _range(low: float | None, high: float | None, variable: str) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{variable} ≤ {end(high)}" if high is not None else f"{variable} ≥ {end(low or 0.0)}"
    if low == -high:
        return f"|{variable}| ≤ {end(high)}"
    return f"{end(low)} … {end(high)}"
