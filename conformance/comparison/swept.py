"""Finished sweeps in a comparison: where every float was tried, the cell says so and shows the exact maximum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from conformance.execution.environments import Environment
from conformance.findings.records import Finding
from conformance.findings.results import Cell, LawResult
from conformance.findings.sweeps import SweepDocument
from conformance.laws.case import Case


class Swept(Protocol):
    """The finished sweeps of one framework."""

    def of(self, case: Case) -> list[SweepDocument]:
        """The documents about this case, one per quantity at most."""


Sweeps = Callable[[Path, Environment], Swept]
"""From what is kept, and where a framework runs, to its finished sweeps. A function that can be carried to another
process: whoever plans a comparison that takes sweeps in provides it (``Plan.sweeps``)."""


def merge(
    documents: list[SweepDocument],
    axes: Mapping[str, str],
    cells: list[Cell],
    law_results: list[LawResult],
    findings: list[Finding],
) -> None:
    """Put what the sweeps of one case found in the place of what samples showed of it.

    A swept finding replaces the sampled one of the same id; the others are added, and so are those that only samples
    show (the same input in a block of another size may meet another code path). Laws that were not asked for stay out.
    """
    results = {result.law: result for result in law_results}
    for document in documents:
        swept = document.cell
        if swept.version != axes["version"] or swept.device != axes["device"]:
            continue
        for at, cell in enumerate(cells):
            if cell.quantity == swept.quantity and cell.status == "scored":
                curve = swept.curve
                if curve is not None and cell.curve is not None:
                    # The close view needs an axis of its own, which a sweep does not tally: the samples' stays.
                    curve = replace(curve, closeup=cell.curve.closeup)
                cells[at] = replace(swept, seconds=cell.seconds, curve=curve)
        for law, counts in document.laws.items():
            if law in results:
                results[law].checks += counts.checks
                results[law].failed += counts.failed
                if counts.failed:
                    results[law].status = "fail"
        found = {finding.id: finding for finding in document.findings if finding.law in results}
        for at, finding in enumerate(findings):
            findings[at] = found.pop(finding.id, finding)
        findings += found.values()
