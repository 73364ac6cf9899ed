"""Compare a run with an earlier one, only where the same thing was measured (ACCEPTANCE A19)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports.load import cell_key, load_results
from reports.numbers import bits_lost, number
from reports.refusal import ReportRefused

Json = dict[str, Any]
BITS_STEP = 0.1
"""A change of accuracy counts when the bits lost move by at least this much."""


@dataclass
class Change:
    """One figure of one cell that moved."""

    cell: str
    what: str
    before: str
    after: str
    better: bool


@dataclass
class Comparison:
    """What moved between two runs. Improvements and regressions are kept apart, since they cancel in a sum."""

    other_started: str
    only_here: list[str] = field(default_factory=list)
    only_there: list[str] = field(default_factory=list)
    moved_denominators: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    compared: int = 0

    @property
    def improvements(self) -> list[Change]:
        """Figures that got better."""
        return [change for change in self.changes if change.better]

    @property
    def regressions(self) -> list[Change]:
        """Figures that got worse."""
        return [change for change in self.changes if not change.better]

    @property
    def same_cells(self) -> bool:
        """True when both runs measured the same cells at the same points."""
        return not (self.only_here or self.only_there or self.moved_denominators)


def compare(results: Json, other_path: Path, allow_changed_cells: bool) -> Comparison:
    """``results`` against an earlier results file.

    Raises ReportRefused, with the difference, when the sets of cells or their numbers of points differ, unless
    ``allow_changed_cells``; then only the cells that both runs have are compared and the difference is kept.
    """
    other = load_results(other_path)
    here = {cell_key(cell): cell for cell in results["cells"]}
    there = {cell_key(cell): cell for cell in other["cells"]}
    comparison = Comparison(other_started=str(other["run"].get("started", "")))
    comparison.only_here = [" / ".join(key) for key in sorted(here.keys() - there.keys())]
    comparison.only_there = [" / ".join(key) for key in sorted(there.keys() - here.keys())]
    for key in sorted(here.keys() & there.keys()):
        before, after = there[key], here[key]
        name = " / ".join(key)
        comparison.compared += 1
        if before["points"] != after["points"] and before["status"] == after["status"] == "scored":
            comparison.moved_denominators.append(f"{name}: {before['points']} points, now {after['points']}")
        comparison.changes.extend(_changes(name, before, after))
    if not comparison.same_cells and not allow_changed_cells:
        raise ReportRefused(
            f"the cells differ from those of {other_path.name} (A19): "
            + _told("only in this run", comparison.only_here)
            + _told("only in the other", comparison.only_there)
            + _told("other numbers of points", comparison.moved_denominators)
            + "--allow-changed-cells prints the difference instead"
        )
    return comparison


def _told(what: str, names: list[str], most: int = 5) -> str:
    if not names:
        return ""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{len(names)} {what}: {', '.join(names[:most])}{rest}; "


def _changes(name: str, before: Json, after: Json) -> list[Change]:
    if before["status"] != after["status"]:
        if "scored" in (before["status"], after["status"]):
            better = after["status"] == "scored"
            return [Change(name, "status", before["status"], after["status"], better)]
        return []
    if after["status"] != "scored":
        return []
    changes = []
    was, now = (number((cell["accuracy"] or {}).get("worst_ulp")) for cell in (before, after))
    if was is not None and now is not None:
        bits = [bits_lost(ulp, after["dtype"]) for ulp in (was, now)]
        if abs(bits[0] - bits[1]) >= BITS_STEP:
            texts = [f"{value:.1f} bits lost" for value in bits]
            changes.append(Change(name, "accuracy", texts[0], texts[1], bits[1] < bits[0]))
    was, now = (number((cell["stability"] or {}).get("usable")) for cell in (before, after))
    if (
        was is not None
        and now is not None
        and was != now
        and before["stability"]["total"] == after["stability"]["total"]
    ):
        total = after["stability"]["total"]
        changes.append(Change(name, "stability", f"{was:.0f} of {total}", f"{now:.0f} of {total}", now > was))
    return changes
