"""The frameworks of one pytest session: started once, asked by many tests, judged against their known failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.certification.interpreters import choose
from conformance.certification.judgement import Judgement, axes_of, judge, not_offered
from conformance.certification.selection import Selection, offered
from conformance.comparison.cases import build_case
from conformance.comparison.confirm import finding_of
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import is_distribution
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.findings.expectations import (
    Asked,
    ExpectationError,
    KnownFailure,
    Stale,
    first_match,
    load_known_failures,
    stale,
)
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle


@dataclass(frozen=True)
class Unit:
    """One test: one law on one case."""

    framework: str
    subject: str
    law: str
    dtype: str
    mode: str

    @property
    def id(self) -> str:
        """Such as ``torch-tanh-L02-float32``; the mode is appended where it is not eager."""
        parts = [self.framework, self.subject, self.law, self.dtype, *[self.mode] * (self.mode != "eager")]
        return "-".join(parts)


@dataclass
class Running:
    """A framework that answers, and what the session has learnt about it."""

    client: FrameworkClient
    description: dict[str, Any]
    why: str
    known: list[KnownFailure]
    asked: list[Asked] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    absent: dict[str, set[str]] = field(default_factory=dict)
    used: dict[KnownFailure, int] = field(default_factory=dict)

    @property
    def axes(self) -> dict[str, str]:
        """The axes that are the same for all its findings."""
        return {
            "framework": self.client.framework,
            "version": str(self.description["version"]),
            "device": str(self.description["devices"][0]),
        }


@dataclass(frozen=True)
class Outcome:
    """known: the entries that excuse it; findings: confirmed failures that nothing excuses, the first few whole and
    ``others`` as a line each; unconfirmed: failures that the second opinion does not share."""

    judgement: Judgement
    known: tuple[KnownFailure, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    others: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)


class Certification:
    """Starts the selected frameworks; ``run`` judges one unit. Close it to end the workers.

    Raises BadRequest, one line, where a framework cannot be started or its list of known failures is malformed. No
    reply is journalled: a framework's CI rebuilds it under an unchanged version, and must not see yesterday's answers.
    """

    def __init__(self, selection: Selection, shown: int) -> None:
        self.selection = selection
        self.shown = shown
        self.frameworks: dict[str, Running] = {}
        self.oracle = Oracle(oracle_dir(selection.plan.home))
        self._case: tuple[tuple[str, str, str, str], Case] | None = None
        try:
            for name in selection.plan.frameworks:
                self.frameworks[name] = self._start(name)
        except BaseException:
            self.close()
            raise

    def _start(self, name: str) -> Running:
        plan, file = self.selection.plan, self.selection.adapter_file
        chosen = choose(name, plan.home, file)
        if chosen.environment.python is None:
            raise BadRequest(chosen.environment.reason)
        try:
            known = load_known_failures(self.selection.known_failures(name))
        except ExpectationError as problem:
            raise BadRequest(str(problem)) from None
        client = FrameworkClient(chosen.environment, name, None, plan.timeout, file)
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            client.close()
            raise BadRequest(f"{name} at {chosen.environment.python}: {problem}") from None
        return Running(client, description, f"{chosen.environment.python}, {chosen.why}", known)

    def units(self) -> Iterator[Unit]:
        """Every test there is, in an order that lets neighbours share their evaluations."""
        plan = self.selection.plan
        for name, running in self.frameworks.items():
            for subject in plan.subjects:
                laws = [law for law in plan.laws if LAWS[law].applies(is_distribution(subject))]
                for mode, dtype in offered(plan, running.description):
                    for law in laws:
                        yield Unit(name, subject, law, dtype, mode)

    def run(self, unit: Unit) -> Outcome:
        """Judge one unit and remember what failed, for the summary and for stale entries."""
        running = self.frameworks[unit.framework]
        case = self._case_of(unit)
        judgement = judge(LAWS[unit.law], case)
        running.asked.append(Asked(unit.law, unit.subject, unit.dtype, unit.mode, judgement.quantities))
        running.failed += [axes_of(group, case, running.axes) for group in judgement.failing]
        absent = not_offered(case)
        for quantity, message in absent.items():
            running.absent.setdefault(message, set()).add(f"{quantity} of {unit.subject}")
        known: list[KnownFailure] = []
        findings: list[dict[str, Any]] = []
        others: list[str] = []
        unconfirmed: list[str] = []
        for group in judgement.breaking:
            axes = axes_of(group, case, running.axes)
            line = f"{axes['quantity']}: {axes['kind']} at {group.count} of {group.total} {axes['region']} points"
            entry = first_match(running.known, axes)
            if entry is not None:
                known.append(entry)
                running.used[entry] = running.used.get(entry, 0) + 1
            elif len(findings) >= self.shown:
                others.append(line)
            else:
                finding = finding_of(group, case, running.axes, self.oracle, running.client)
                if finding["confirmed"]:
                    findings.append(finding)
                else:
                    unconfirmed.append(f"{line} ({finding['confirmed_by']})")
        return Outcome(judgement, tuple(known), tuple(findings), tuple(others), tuple(unconfirmed), absent)

    def stale(self, framework: str) -> list[Stale]:
        """The known failures that no longer fail, as far as this session has examined them."""
        running = self.frameworks[framework]
        catalogue = [
            (law.id, subject) for subject in CATALOGUE for law in LAWS.values() if law.applies(is_distribution(subject))
        ]
        return stale(running.known, running.failed, running.asked, running.axes["version"], catalogue)

    def close(self) -> None:
        """End the workers."""
        for running in self.frameworks.values():
            running.client.close()
        self.oracle.close()

    def _case_of(self, unit: Unit) -> Case:
        key = (unit.framework, unit.subject, unit.dtype, unit.mode)
        if self._case is None or self._case[0] != key:
            running, plan = self.frameworks[unit.framework], self.selection.plan
            flushes = bool(running.description.get("flush_to_zero", {}).get(unit.dtype, False))
            case = build_case(
                running.client,
                self.oracle,
                unit.subject,
                unit.dtype,
                unit.mode,
                plan.profile,
                plan.seed,
                plan.role,
                flushes,
            )
            self._case = key, case
        return self._case[1]
