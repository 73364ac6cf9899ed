"""Finished sweeps in a comparison: where every float was tried, the cell says so and shows the exact maximum."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from conformance.execution.environments import Environment
from conformance.findings.records import Finding
from conformance.findings.results import Cell, LawResult
from conformance.findings.sweeps import SweepDocument
from conformance.laws.case import Case
from conformance.sweeps.known import finished
from conformance.sweeps.request import base_of, key_of


class Swept:
    """The finished sweeps of one framework under ``home``. Costs nothing where there are none."""

    def __init__(self, home: Path, environment: Environment) -> None:
        self._home = home
        self._any = any((home / "sweeps").glob("*.json"))
        self._base = base_of(environment.framework, environment, environment.adapter_file) if self._any else ""

    def of(self, case: Case) -> list[SweepDocument]:
        """The documents about this case, one per quantity at most."""
        # The 16-bit formats are exhaustive in every comparison.
        if not self._any or case.declared.source is not None or case.fmt.name != "float32":
            return []
        keys = (key_of(self._base, case.subject, one, case.fmt.name, case.mode) for one in case.quantities)
        found = (finished(self._home, key) for key in keys)
        return [document for document in found if document is not None]


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
