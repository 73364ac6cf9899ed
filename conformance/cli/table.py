"""Tables on a terminal, and the summary that ``conformance compare`` prints."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from conformance.findings.records import FindingsDocument
from conformance.findings.results import ResultsDocument


def summary_table(results: ResultsDocument, findings: FindingsDocument) -> str:
    """A line per framework: cells, points, bits kept (ordinary inputs), usable share (extremes), confirmed findings."""
    head = ("framework", "version", "cells", "points", "bits kept", "usable", "grave", "serious", "minor")
    rows: list[tuple[str, ...]] = [head]
    for framework in results.frameworks:
        name = framework.name
        cells = [cell for cell in results.cells if cell.framework == name and cell.status == "scored"]
        counts = Counter(one.severity for one in findings.findings if one.framework == name and one.confirmed)
        if framework.status != "ready":
            rows.append((name, "failed", *[""] * 7))
            continue
        kept = [float(c.accuracy.kept_percent) for c in cells if c.accuracy]
        kept = [share for share in kept if math.isfinite(share)]
        usable = sum(c.stability.usable for c in cells if c.stability)
        total = sum(c.stability.total for c in cells if c.stability)
        rows.append(
            (
                name,
                framework.version or "",
                str(len(cells)),
                f"{sum(cell.points for cell in cells):,}",
                f"{sum(kept) / len(kept):.1f} %" if kept else "-",
                f"{100 * usable / total:.1f} %" if total else "-",
                *(str(counts[severity]) for severity in ("grave", "serious", "minor")),
            )
        )
    lines = aligned(rows, names=2)
    lines += [f"{one.name}: {one.reason}" for one in results.frameworks if one.status != "ready"]
    undecided = sum(cell.undecided for cell in results.cells)
    unconfirmed = sum(not one.confirmed for one in findings.findings)
    lines.append(f"{undecided} points undecided, {unconfirmed} findings not confirmed (they accuse nobody)")
    large = sum(cell.status == "too_large" for cell in results.cells)
    lines += [f"{large} cell{'' if large == 1 else 's'} not judged: too large for the budget"] if large else []
    lines += [f"{one.subject} {one.quantity}: {one.reason}" for one in findings.too_large]
    return "\n".join(lines)


def aligned(rows: Sequence[Sequence[str]], names: int) -> list[str]:
    """The lines of a table, the first of ``rows`` its head; ``names`` columns are aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            text.ljust(width) if at < names else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
