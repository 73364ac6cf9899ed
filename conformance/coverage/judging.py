"""Which of a framework's classes the suite covers: what was constructed, held against what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from packaging.version import InvalidVersion, Version

from conformance.coverage.decisions import Decision
from conformance.execution.classes import FoundClass
from conformance.findings.results import ClassEntry, SubjectKind


@dataclass(frozen=True)
class Coverage:
    """Every class with its status, and what somebody has to settle, one line each. calls: by subject without parts how
    its object is constructed."""

    entries: list[ClassEntry]
    problems: list[str]
    calls: dict[str, str] = field(default_factory=dict)


def judge(found: Sequence[FoundClass], decisions: Sequence[Decision], version: str) -> Coverage:
    """A class that subjects construct is covered, whatever was decided; the others are what was decided.

    Problems: a class that is neither covered nor decided, and a decision about a class that is covered, or that is not
    there; an installation older than the release that was decided for may lack it.
    """
    decided: dict[tuple[str, str], Decision] = {
        (decision.kind, name): decision for decision in decisions for name in decision.classes
    }
    entries, problems = [], []
    for each in found:
        decision = decided.get((each.kind, each.short))
        entries.append(_entry(each, decision))
        if entries[-1].status == "undecided":
            problems.append(
                f"undecided: {each.kind} {each.name} of {version}: no subject constructs it and nobody has decided"
            )
        elif each.subjects and decision is not None:
            problems.append(
                f"stale: {each.kind} {each.name} is {decision.status.replace('_', ' ')} by {decision.place}, and "
                f"{each.subjects[0]} constructs it: delete the decision"
            )
    there = {(each.kind, each.short) for each in found}
    for (kind, name), decision in decided.items():
        if (kind, name) not in there and not _older(version, decision.release):
            problems.append(f"stale: {kind} {name}, {decision.place}, is not in {version}: delete the decision")
    return Coverage(entries, problems)


def _entry(each: FoundClass, decision: Decision | None) -> ClassEntry:
    kind = cast(SubjectKind, each.kind)
    if each.subjects:
        return ClassEntry(kind=kind, name=each.name, source=each.source, status="covered", subjects=list(each.subjects))
    if decision is None:
        return ClassEntry(kind=kind, name=each.name, source=each.source, status="undecided")
    return ClassEntry(
        kind=kind,
        name=each.name,
        source=each.source,
        status=decision.status,
        reason=decision.reason,
        release=decision.release,
    )


def _older(version: str, release: str) -> bool:
    """Whether an installation of ``version`` is older than ``release``; False where either follows no order."""
    try:
        return Version(version) < Version(release)
    except InvalidVersion:
        return False
