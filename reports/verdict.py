"""What a cell says in a word, and how far it goes: made once, here; the page's script only shows it."""

from __future__ import annotations

from typing import Any

from adapters.interface.quantities import variable
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
FAR = {"subnormal": "subnormal", "range end": "the format's ends", "special": "nan, ±inf"}
"""Regions that few computations get to, as a cell names them where only they are unusable."""
JUDGED = ("near zero", "saturation", "boundary", *FAR)


def _regions(cell: Json) -> Json:
    return {name.replace("_", " ").lower(): region for name, region in (cell.get("regions") or {}).items()}


def _unusable(region: Json) -> int:
    return int(region.get("unusable", region.get("failed")) or 0)


def word_of(cell: Json) -> str:
    """One of WORDS for a scored cell, empty for every other. Inputs outside the domain are not part of it."""
    if cell["status"] != "scored":
        return ""
    regions = _regions(cell)
    if _unusable(regions.get("ordinary", {})):
        return "wrong"
    if any(_unusable(regions[name]) for name in JUDGED if name in regions):
        return "inside"
    failed = any(regions[name].get("failed") for name in ("ordinary", *JUDGED) if name in regions)
    return "usable" if failed else "right"


def _only_far(cell: Json) -> list[str]:
    """The far regions that are unusable, where no other is; empty where another is."""
    bad = [name for name, region in _regions(cell).items() if name in JUDGED and _unusable(region)]
    return [FAR[name] for name in FAR if name in bad] if set(bad) <= set(FAR) else []


def style_of(cell: Json, word: str) -> str:
    """The CSS class. Paler where only subnormal numbers, nan, infinities and the ends of the format are unusable."""
    return "v-far" if word == "inside" and _only_far(cell) else STYLES.get(word, "")


def verdicts_by_axes(document: CausesDocument | None) -> dict[tuple[str, str, str, str], Verdict]:
    """(framework, mode, dtype, subject) to the verdict in words."""
    verdicts = document.verdicts if document else []
    return {(row.framework, row.mode, row.dtype, row.subject): row for row in verdicts}


def reach_of(cell: Json, word: str, verdict: Verdict | None) -> str:
    """For a cell that is safe inside a range, that range: ``|x| < 9.01``; or the few places that are not safe.

    The verdict's, which is in the variable that people hold, where there is one for the density; else the cell's own.
    Empty where there is none to tell.
    """
    if word != "inside":
        return ""
    if far := _only_far(cell):
        return "except " + ", ".join(far)
    if verdict and verdict.safe == "inside" and cell["quantity"] == "log_prob":
        low, high = (_float(side.value) if side else None for side in (verdict.low, verdict.high))
        return _range(low, high, verdict.variable)
    own = cell.get("safe_range") or {}
    return _range(number(own.get("low")), number(own.get("high")), variable(cell["quantity"]))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def end(value: float) -> str:
    """Three digits; just below 1 the distance from it: ``1−6e-8``."""
    if 0.995 < abs(value) < 1:
        return ("−" if value < 0 else "") + f"(1−{short(1 - abs(value))})"
    return f"{value + 0.0:.3g}".replace("-", "−").replace("e+", "e")


def _range(low: float | None, high: float | None, variable: str) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{variable} ≤ {end(high)}" if high is not None else f"{variable} ≥ {end(low or 0.0)}"
    if low == -high:
        return f"|{variable}| ≤ {end(high)}"
    return f"{end(low)} … {end(high)}"
