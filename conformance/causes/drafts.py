"""From traced findings to drafts of causes: one per component and mechanism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from adapters.interface.quantities import DRAWN, SAMPLES, STATISTICS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.closed_forms import closed_form
from conformance.causes.lines import Line, joined, line_of
from conformance.causes.naming import NARROWED, SUBNORMAL, UNATTRIBUTED, family_of
from conformance.causes.runs import Run
from conformance.causes.sorting import Sorted, place_of, sort_out
from conformance.causes.tracing import AskerFor, Traced
from conformance.findings.records import Finding
from conformance.floats.formats import FORMATS
from conformance.scoring.failures import Failure

Key = tuple[str, str, str, str]
"""Subject, quantity, dtype and mode of a line."""

ORDER = "order of the results"
POSITION = "position in the array"
DECLARED = "what is declared"
PLAIN = "plain Python numbers"
"""What a framework does with parameters that are no arrays."""
_INACCURATE = ("accuracy", "range", "value")
"""Families of mechanisms beside which a broken order, or a dependence on the position, is no cause of its own."""

_ALONE = {
    Failure.RAISED.label: "exception",
    Failure.CRASHED.label: "crash",
    Failure.TIMED_OUT.label: "time-out",
    Failure.SHAPE_WRONG.label: "shape of the result",
    Failure.DTYPE_CHANGED.label: "dtype of the result",
    Failure.ORDER_BROKEN.label: ORDER,
    Failure.POSITION.label: POSITION,
    Failure.DECLARED_WRONG.label: DECLARED,
    Failure.PARAMETERS_NARROWED.label: NARROWED,
}
"""Failures of a call: what befell it is the mechanism, wherever its input lies."""


OF_NODES = "L12"
"""The law that asks a density at the nodes of an integral."""

OUTSIDE = "missing support mask"
NARROWER = "constant in a narrower dtype"
NARROW = ("flush to zero", OUTSIDE, "limit at a special value")
"""Mechanisms that explain the inputs at which they were seen, and no other."""


@dataclass
class Draft:
    """A component with one mechanism, the findings it explains and the runs of failing inputs that tell it.

    families: of mechanisms that single runs among them show; see ``naming.other_keys``. alone: what the run of a
    finding's worst input shows by itself, by the finding's id.
    """

    framework: str
    component: str
    mechanism: str
    evidence: tuple[str, ...]
    members: list[Traced] = field(default_factory=list)
    runs: tuple[Run, ...] = ()
    families: tuple[str, ...] = ()
    alone: dict[str, str] = field(default_factory=dict)

    def shown_by(self, finding: Finding) -> str:
        """The mechanism in whose words the finding is told.

        It is that of its own run where the draft's is one that explains the inputs at which it was seen and no other
        (outside the domain, flushed, infinite), or tells how digits or a range are lost and the run another thing, as
        nan is no digits lost; or where only float64 shows the draft's, and the finding is of a narrower dtype. Told as
        the draft are a run that no pattern fits where digits or a range are lost, whatever is part of another wrong
        formula, and nan next to a domain beyond which nan comes.
        """
        own = self.alone.get(finding.id, self.mechanism)
        narrow = self.mechanism in NARROW and not self.component.endswith(SUBNORMAL)
        if self.mechanism == NARROWER and finding.dtype != "float64":  # Only float64 shows that.
            return own
        if self.mechanism == OUTSIDE and own not in NARROW and finding.kind == Failure.SPURIOUS_NAN.label:
            return self.mechanism
        if not narrow and (family_of(self.mechanism) not in ("accuracy", "range") or own == "wrong formula"):
            return self.mechanism
        return own if family_of(own) != family_of(self.mechanism) else self.mechanism


def drafts_of(
    framework: str,
    traced: Sequence[Traced],
    lines: Mapping[Key, Line],
    asker_for: AskerFor,
    flushing: Mapping[str, bool],
) -> list[Draft]:
    """Every traced finding in exactly one draft.

    lines: what the comparison asked, where something failed. flushing: dtype -> whether the framework flushes subnormal
    numbers in all that it does; then flushing is one thing of the framework and not one of each component.
    """
    drafts: dict[tuple[str, str], Draft] = {}
    by_component: dict[str, list[Traced]] = {}
    for one in traced:
        by_component.setdefault(one.component, []).append(one)
    taken_back: dict[str, list[Traced]] = {}
    for component, members in by_component.items():
        loose = _of_component(drafts, framework, component, members, lines, asker_for, flushing)
        for one in loose:
            # A part that passes by itself, of a component that fails nowhere, is no explanation after all.
            back = one.taken_back()
            taken_back.setdefault(back.component, []).append(back)
    for component, members in taken_back.items():
        loose = _of_component(drafts, framework, component, members, lines, asker_for, flushing)
        if loose:
            said = "the failing input was right when it was asked again"
            _add(drafts, Draft(framework, UNATTRIBUTED, UNATTRIBUTED, (said,), loose))
    _noise_belongs_to_accuracy(drafts)
    return list(drafts.values())


def _noise_belongs_to_accuracy(drafts: dict[tuple[str, str], Draft]) -> None:
    """What stands in the wrong order, or comes otherwise in another place, at a component that is inaccurate as well is
    one thing to mend; unless it fails in another way there than it does elsewhere."""
    for key in [key for key in drafts if key[1] in (family_of(ORDER), family_of(POSITION))]:
        home = next((drafts[(key[0], family)] for family in _INACCURATE if (key[0], family) in drafts), None)
        if home is not None:
            known = {one.suspect.finding.kind for one in home.members} | {*_ALONE}
            if {one.suspect.finding.kind for one in drafts[key].members} <= known:
                noise = drafts.pop(key)
                home.members += noise.members
                home.alone |= noise.alone
                home.families += (key[1],)


def _of_component(
    drafts: dict[tuple[str, str], Draft],
    framework: str,
    component: str,
    members: Sequence[Traced],
    lines: Mapping[Key, Line],
    asker_for: AskerFor,
    flushing: Mapping[str, bool],
) -> list[Traced]:
    """Add the drafts of one component; the members that none of its mechanisms explains."""
    if not component:
        said = "no component could be named"
        _add(drafts, Draft(framework, UNATTRIBUTED, UNATTRIBUTED, (said,), list(members)))
        return []
    valued = [one for one in members if not _by_itself(one)]
    for one in members:
        if _by_itself(one):
            mechanism = POSITION if _elsewhere(one) else _ALONE.get(one.suspect.finding.kind, "sampling")
            told = ""
            if mechanism == "sampling" and one.leaf.quantity in STATISTICS:
                mechanism, told = closed_form(one, asker_for)
            elif mechanism == "sampling" and one.leaf.quantity not in SAMPLES:
                mechanism = "wrong formula"  # Of what comes with draws; they lie along no line that would tell more.
            # One convention of a framework, and not a defect of each component that takes parameters.
            named = f"{framework}: {PLAIN}" if _plain(one) else component
            said = told or one.suspect.group.measure.message or one.suspect.finding.note or one.suspect.finding.kind
            alone = {one.suspect.finding.id: mechanism}
            _add(drafts, Draft(framework, named, mechanism, (said,), [one], alone=alone))
    cast = (component, family_of("dtype of the result")) in drafts
    loose: list[Traced] = []
    for draft in _valued(framework, component, valued, lines, asker_for):
        if draft.mechanism == UNATTRIBUTED:
            loose += draft.members
            continue
        if cast:
            # What was computed in another dtype is as exact as that dtype, and ends where its range ends.
            draft.mechanism = "dtype of the result"
            draft.alone = {}
        if draft.mechanism == "flush to zero" and any(flushing.values()):
            draft.component = f"{framework}{SUBNORMAL}"
        _add(drafts, draft)
    return loose


def _by_itself(one: Traced) -> bool:
    return one.leaf.quantity in (*DRAWN, *STATISTICS) or one.suspect.finding.kind in _ALONE or _elsewhere(one)


def _plain(one: Traced) -> bool:
    """Whether the parameters were handed over as plain Python numbers."""
    group = one.suspect.group
    return group.measure.calls is not None and group.measure.calls[group.worst][0].form == "plain"


def _elsewhere(one: Traced) -> bool:
    """Whether the answer is right in one place of an array and not in another, which is all that can be said of it."""
    finding = one.suspect.finding
    return finding.law == "L22" and finding.kind != Failure.FLUSHED_TO_ZERO.label


def _add(drafts: dict[tuple[str, str], Draft], draft: Draft) -> None:
    known = drafts.setdefault((draft.component, family_of(draft.mechanism)), draft)
    if known is not draft:
        known.members += draft.members
        known.runs += draft.runs
        known.families += draft.families
        known.alone |= draft.alone
        known.evidence = tuple(dict.fromkeys((*known.evidence, *draft.evidence)))[:8]


def _valued(
    framework: str, component: str, members: Sequence[Traced], lines: Mapping[Key, Line], asker_for: AskerFor
) -> list[Draft]:
    """The drafts of one component whose answers are wrong."""
    if not members:
        return []
    gathered = _gathered(members, lines, asker_for)
    drafts = {
        id(one): Draft(framework, component, one.mechanism, one.evidence, runs=one.runs, families=one.families)
        for one in gathered[1]
    }
    spare = Draft(framework, component, UNATTRIBUTED, ("the failing input was right when it was asked again",))
    for member in members:
        line = gathered[0].get(member.axes)
        row = -1 if line is None else place_of(line, member.leaf.x)
        told = {id(one): one.at(line, row) for one in gathered[1] if line is not None and row >= 0}
        home = next((one for one in gathered[1] if told.get(id(one))), None)
        if home is not None:
            drafts[id(home)].alone[member.suspect.finding.id] = told[id(home)]
        home = home or _nearest([one for one in gathered[1] if one.mechanism not in NARROW], member)
        (drafts[id(home)] if home else spare).members.append(member)
    return [draft for draft in (*drafts.values(), spare) if draft.members]


def _nearest(mechanisms: Sequence[Sorted], member: Traced) -> Sorted | None:
    """The mechanism of the component with the most points of the same subject, or the most points at all."""

    def weight(one: Sorted) -> tuple[int, int]:
        same = sum(len(run.rows) for run in one.runs if run.line.subject == member.leaf.subject)
        return same, sum(len(run.rows) for run in one.runs)

    return max(mechanisms, key=weight, default=None)


def _gathered(
    members: Sequence[Traced], lines: Mapping[Key, Line], asker_for: AskerFor
) -> tuple[dict[Key, Line], list[Sorted]]:
    """The component's lines, with the members' own points in them, and the mechanisms that they show."""
    found: dict[Key, Line] = {}
    for subject, quantity, _, _ in dict.fromkeys(member.axes for member in members):
        for dtype in FORMATS:
            key = (subject, quantity, dtype, "eager")
            if key in lines:
                found[key] = lines[key]
    for member in members:
        key = member.axes
        if key not in found:
            # The comparison did not ask every part by itself, such as the base of a transformed distribution.
            line = lines.get(key) or asker_for(key[2], key[3]).line(*key[:2])
            if line is not None:
                found[key] = line
    groups: dict[Key, list[Traced]] = {}
    for member in members:
        groups.setdefault(member.axes, []).append(member)
    for key, some in groups.items():
        if key in lines and key[1] == "log_prob":
            # Nodes are many and lie where an integral wants them; what an error is like is told from the points of all.
            some = [member for member in some if member.suspect.finding.law != OF_NODES]
        points = _points(key, some, asker_for(key[2], key[3])) if some else []
        for line in points:
            found[key] = joined(found[key], line) if key in found else line
    return found, sort_out(found.values())


def _points(key: Key, members: Sequence[Traced], asker: FrameworkAsker) -> list[Line]:
    """The members' own points: those of their findings, or the leaf's where the finding is of a composite."""
    subject, quantity, dtype, mode = key
    lines, rest = [], []
    for member in members:
        finding = member.suspect.finding
        if (finding.subject, finding.quantity) == (subject, quantity):
            line = line_of(member.suspect.measure, subject, dtype, mode)
            if line is not None:
                lines.append(line)
        else:
            rest.append(member)
    if rest:
        x = np.stack([member.leaf.x for member in rest])
        got = np.stack([member.leaf.got for member in rest])
        line = line_of(asker.measure(subject, quantity, x, got), subject, dtype, mode)
        if line is not None:
            lines.append(line)
    return lines
