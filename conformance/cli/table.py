"""The summary that ``conformance compare`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any


def summary_table(results: Mapping[str, Any], findings: Mapping[str, Any]) -> str:
    """A line per framework: cells, points, bits kept (ordinary inputs), usable share (extremes), confirmed findings."""
    head = ("framework", "version", "cells", "points", "bits kept", "usable", "grave", "serious", "minor")
    rows = [head]
    for framework in results["frameworks"]:
        name = framework["name"]
        cells = [cell for cell in results["cells"] if cell["framework"] == name and cell["status"] == "scored"]
        counts = Counter(
            one["severity"] for one in findings["findings"] if one["framework"] == name and one["confirmed"]
        )
        if framework["status"] != "ready":
            rows.append((name, "failed", *[""] * 7))
            continue
        kept = [
            c["accuracy"]["kept_percent"] for c in cells if c["accuracy"] and _number(c["accuracy"]["kept_percent"])
        ]
        usable = sum(c["stability"]["usable"] for c in cells if c["stability"])
        total = sum(c["stability"]["total"] for c in cells if c["stability"])
        rows.append(
            (
                name,
                framework["version"],
                str(len(cells)),
                f"{sum(cell['points'] for cell in cells):,}",
                f"{sum(kept) / len(kept):.1f} %" if kept else "-",
                f"{100 * usable / total:.1f} %" if total else "-",
                *(str(counts[severity]) for severity in ("grave", "serious", "minor")),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(_pad(text, width, column) for column, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    lines += [f"{one['name']}: {one['reason']}" for one in results["frameworks"] if one["status"] != "ready"]
    undecided = sum(cell["undecided"] for cell in results["cells"])
    unconfirmed = sum(not one["confirmed"] for one in findings["findings"])
    lines.append(f"{undecided} points undecided, {unconfirmed} findings not confirmed (they accuse nobody)")
    return "\n".join(lines)


def _pad(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column < 2 else text.rjust(width)


def _number(value: Any) -> bool:
    return isinstance(value, int | float)
