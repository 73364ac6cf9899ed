"""What the laws find in one case, as suspects, with the lines along which something failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from conformance.causes.drafts import Key
from conformance.causes.lines import Line, line_of
from conformance.causes.suspects import Suspect, suspect_of
from conformance.findings.records import Finding
from conformance.floats.regions import Region
from conformance.judging.confirm import Opinions, finding_of
from conformance.judging.groups import Group, groups_of, shown_point
from conformance.laws.case import Case
from conformance.laws.law import Check
from conformance.laws.registry import LAWS
from conformance.scoring.failures import Failure


@dataclass
class Collected:
    """Suspects and lines of some cases of one framework."""

    suspects: list[Suspect] = field(default_factory=list)
    lines: dict[Key, Line] = field(default_factory=dict)


def collect(
    case: Case, laws: Iterable[str], axes: Mapping[str, str], oracle: Opinions, into: Collected
) -> dict[str, list[Check]]:
    """Put the case under the laws that apply to it; their checks by law. axes: framework, version, device."""
    checked: dict[str, list[Check]] = {}
    for name in laws:
        law = LAWS[name]
        if not law.applies(case.subject):
            continue
        checks = checked[name] = list(law.check(case))
        for group in groups_of(name, checks, case):
            into.suspects.append(suspect_of(finding_of(group, case, axes, oracle), group, _failing(group)))
    for quantity in case.quantities:
        measure = case.measure(quantity)
        line = line_of(measure, case.subject, case.fmt.name, case.mode) if measure.offered else None
        if line is not None:
            into.lines[(case.subject, quantity, case.fmt.name, case.mode)] = line
    return checked


def _failing(group: Group) -> np.ndarray:
    """The components of the group's measure that fail in its way, wherever they lie."""
    return np.flatnonzero(group.measure.failures == group.kind)


def suspect_at(finding: Finding, case: Case) -> Suspect | None:
    """The suspect of a finding that came without its points, such as one of a sweep: its shown input, asked again.

    None where that input does not fail in its way any more.
    """
    words = [float.fromhex(word) for word in finding.worst.input_hex.split()]
    rows = case.shaped(finding.quantity, [words])
    region = np.array([next(one for one in Region if one.label == finding.region)], np.uint8)
    measure = case.measure_at(finding.quantity, rows, region)
    failing = np.flatnonzero([Failure(code).label == finding.kind for code in measure.failures])
    if not len(failing):
        return None
    group = Group(
        law=finding.law,
        quantity=finding.quantity,
        kind=Failure(measure.failures[failing[0]]),
        region=Region(region[0]),
        count=finding.count,
        total=finding.points,
        measure=measure,
        worst=int(failing[0]),
        grade=shown_point(case, measure, failing)[1],
        low=rows[0],
        high=rows[0],
        note=finding.note,
    )
    return suspect_of(finding, group, failing)
