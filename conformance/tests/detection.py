"""Which law catches which deliberately broken framework: the rows of the matrix, and the table.

``python -m conformance.tests.detection`` prints the table.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.certification.judgement import judge
from conformance.judging.cases import build_case
from conformance.judging.profile import Profile
from conformance.laws.case import Framework, Truth
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.broken.adapter import DEFECTS, Adapter, Defect
from conformance.tests.in_process import InProcess
from conformance.tests.reference_answers import ReferenceAnswers

PROFILE = Profile("matrix", 64, "as many points as the quick profile draws")
SEED = 1


@dataclass
class Row:
    """What the laws said of one framework. broken, found: law -> labels of the failures that break it, that it found
    (the harmless ones included). told: law -> a line per breaking group."""

    broken: dict[str, set[str]] = field(default_factory=dict)
    found: dict[str, set[str]] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    points: int = 0

    def caught(self, defect: Defect) -> bool:
        """Whether the planted law names the planted kind; of a minor defect, without being broken by it."""
        if defect.minor:
            return defect.kind in self.found.get(defect.law, ()) and defect.law not in self.broken
        return defect.kind in self.broken.get(defect.law, ())


def row_of(framework: Framework, oracle: Truth, subject: str, dtype: str, flushes: bool = False) -> Row:
    """Every law on one subject at one dtype."""
    case = build_case(framework, oracle, subject, dtype, "eager", PROFILE, SEED, "gate", flushes)
    row = Row()
    for law in LAWS.values():
        if not law.applies(subject):
            continue
        judgement = judge(law, case)
        row.points += judgement.points
        if judgement.breaking:
            row.broken[law.id] = {group.kind.label for group in judgement.breaking}
            row.told[law.id] = [
                f"{group.quantity}: {group.kind.label} at {group.count} of {group.total} {group.region.label} points, "
                f"worst at {group.input}: {group.measure.got[group.worst]} {group.measure.message}"
                for group in judgement.breaking
            ]
        if judgement.failing:
            row.found[law.id] = {group.kind.label for group in judgement.failing}
    return row


def defect_row(defect: Defect, oracle: Truth, answers: ReferenceAnswers) -> Row:
    """The row of one broken framework, in this process."""
    return row_of(
        InProcess(lambda: Adapter(defect.name, answers)), oracle, defect.subject, defect.dtype, defect.flushes
    )


def reference_row(subject: str, dtype: str, oracle: Truth, answers: ReferenceAnswers) -> Row:
    """The row of the framework with no defect."""
    return row_of(InProcess(lambda: Adapter("", answers)), oracle, subject, dtype)


def table(rows: Mapping[str, Row]) -> str:
    """The matrix as text. ``#`` the planted law caught it, ``x`` so did this one, ``o`` found and harmless, ``!``
    missed where it was planted, ``.`` nothing seen, blank: no business of this law's."""
    width = max(len(name) for name in DEFECTS)
    lines = [f"{'':<{width}}  {' '.join(LAWS)}"]
    for name, row in rows.items():
        defect = DEFECTS[name]
        marks = []
        for law in LAWS.values():
            if not law.applies(defect.subject):
                mark = " "
            elif law.id == defect.law and row.caught(defect):
                mark = "#"
            elif law.id == defect.law:
                mark = "-" if defect.escapes else "!"
            else:
                mark = "x" if law.id in row.broken else "o" if law.id in row.found else "."
            marks.append(f"{mark:<3}")
        lines.append(f"{name:<{width}}  {' '.join(marks)} {defect.kind}")
    return "\n".join(lines)


def main() -> int:
    """Print the matrix of all defects that need no process of their own; 1 where one is missed."""
    with tempfile.TemporaryDirectory() as folder:
        oracle, answers = Oracle(Path(folder)), ReferenceAnswers()
        rows = {name: defect_row(defect, oracle, answers) for name, defect in DEFECTS.items() if not defect.process}
    print(table(rows))
    return int(any(row.caught(DEFECTS[name]) == DEFECTS[name].escapes for name, row in rows.items()))


if __name__ == "__main__":
    sys.exit(main())
