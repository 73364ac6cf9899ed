"""What the judging of a framework hands to the search for causes: findings with the points that they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.findings.records import Finding
from conformance.judging.groups import Group
from conformance.laws.measure import Measure

MOST_POINTS = 64
"""Failing points that a suspect carries: the shown one, and an even choice of the others."""


@dataclass(frozen=True)
class Suspect:
    """A finding before its script was run, and its group with a few of the failing points; fit to be pickled."""

    finding: Finding
    group: Group

    @property
    def x(self) -> NDArray[Any]:
        """The input of the shown point: shape () or (event,)."""
        return self.group.input

    @property
    def got(self) -> NDArray[Any]:
        """The accused component of the answer."""
        return np.asarray(self.group.measure.got[self.group.worst])

    @property
    def measure(self) -> Measure:
        return self.group.measure


def suspect_of(finding: Finding, group: Group, failing: NDArray[np.int64]) -> Suspect:
    """The suspect of a group. failing: the components of the group's measure that fail in its way."""
    some = failing[np.unique(np.linspace(0, len(failing) - 1, MOST_POINTS).astype(int))] if len(failing) else failing
    kept = np.unique(np.append(some, group.worst))
    measure = group.measure
    rows, row = np.unique(measure.row[kept], return_inverse=True)
    mask = np.zeros(len(measure.row), bool)
    mask[kept] = True
    if measure.terms is not None and len(measure.terms) != len(measure.row):
        measure = replace(measure, terms=None)
    part = replace(measure.where(mask), inputs=measure.inputs[rows], row=row.astype(np.int64))
    return Suspect(finding, replace(group, measure=part, worst=int(np.searchsorted(kept, group.worst))))
