"""The frameworks of one pytest session: started once, asked by many tests, judged against their known failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.certification.attribution import Attribution, Attributor
from conformance.certification.judgement import Judgement, axes_of, judge, not_offered
from conformance.certification.messages import SHOWN, Accusation
from conformance.certification.ruling import baseline_entry, ruling
from conformance.certification.selection import Selection, offered
from conformance.certification.spans import failing_inputs
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.parameters import BeyondFormat
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.interpreters import choose
from conformance.execution.plain import one_line
from conformance.findings.baseline import merged, write_known_failures
from conformance.findings.expectations import (
    Asked,
    ExpectationError,
    KnownFailure,
    Stale,
    first_match,
    load_known_failures,
    stale,
)
from conformance.floats.regions import Region
from conformance.judging.cases import build_case
from conformance.judging.confirm import finding_of
from conformance.judging.groups import Group
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure


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
    """A framework that answers, and what the session has learnt about it. absent: words -> subject -> quantities.
    new: the entries of a baseline, by cause. mild: findings below the grade that fails a test, a line each."""

    client: FrameworkClient
    attributor: Attributor
    description: dict[str, Any]
    why: str
    known: list[KnownFailure]
    asked: list[Asked] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    absent: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    used: dict[KnownFailure, int] = field(default_factory=dict)
    new: dict[str, KnownFailure] = field(default_factory=dict)
    mild: dict[str, None] = field(default_factory=dict)

    @property
    def axes(self) -> dict[str, str]:
        """The axes that are the same for all its findings."""
        return {
            "framework": self.client.framework,
            "version": str(self.description["version"]),
            "device": str(self.description["devices"][0]),
        }


@dataclass
class Outcome:
    """What came of one unit. known: the entries that excuse a failure. findings: failures that nothing excuses, with
    their causes, the first few whole and ``others`` as a line each; unfaithful: those that the adapter's script does
    not show; written: causes that a baseline now lists; mild: below the grade that fails a test; unconfirmed: failures
    that the second opinion does not share."""

    judgement: Judgement
    absent: dict[str, str]
    known: list[KnownFailure] = field(default_factory=list)
    findings: list[Accusation] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    unfaithful: list[Accusation] = field(default_factory=list)
    written: list[KnownFailure] = field(default_factory=list)
    mild: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)


class Certification:
    """Starts the selected frameworks; ``run`` judges one unit. Close it to end the workers.

    Raises BadRequest, one line, where a framework cannot be started or its list of known failures is malformed. No
    reply is journalled: a framework's CI rebuilds it under an unchanged version, and must not see yesterday's answers.
    """

    def __init__(self, selection: Selection, shown: int = SHOWN) -> None:
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
            known = self.selection.known_failures(name)
        except ExpectationError as problem:
            raise BadRequest(str(problem)) from None
        client = FrameworkClient(chosen.environment, name, None, plan.timeout, file)
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            client.close()
            raise BadRequest(f"{name} at {chosen.environment.python}: {one_line(problem)}") from None
        attributor = Attributor(client, self.oracle, plan.seed)
        return Running(client, attributor, description, f"{chosen.environment.python}, {chosen.why}", known)

    def units(self) -> Iterator[Unit]:
        """Every test there is, in an order that lets neighbours share their evaluations."""
        plan = self.selection.plan
        for name, running in self.frameworks.items():
            for subject in plan.subjects:
                laws = [law for law in plan.laws if LAWS[law].applies(subject)]
                for mode, dtype in offered(plan, running.description):
                    for law in laws:
                        yield Unit(name, subject, law, dtype, mode)

    def run(self, unit: Unit) -> Outcome:
        """Judge one unit and remember what failed, for the summary and for stale entries."""
        running = self.frameworks[unit.framework]
        try:
            case = self._case_of(unit)
        except BeyondFormat as problem:
            return Outcome(Judgement(0, 0, (), (), ()), {"": str(problem)})
        judgement = judge(LAWS[unit.law], case)
        asked = Asked(unit.law, unit.subject, unit.dtype, unit.mode, judgement.quantities)
        running.asked.append(asked)
        # The groups that break the law are mostly those that fail, once more.
        groups = {_place(group): group for group in (*judgement.failing, *judgement.breaking)}
        causes = {place: running.attributor.of(group, case) for place, group in groups.items()}
        running.failed += [_axes(group, case, running, causes[_place(group)]) for group in judgement.failing]
        outcome = Outcome(judgement, not_offered(case))
        for quantity, words in outcome.absent.items():
            running.absent.setdefault(one_line(words), {}).setdefault(unit.subject, set()).add(quantity)
        for group in judgement.breaking:
            self._rule(group, case, running, asked, causes[_place(group)], outcome)
        return outcome

    def _rule(
        self, group: Group, case: Case, running: Running, asked: Asked, cause: Attribution, outcome: Outcome
    ) -> None:
        """Add one failing group to ``outcome``."""
        axes = _axes(group, case, running, cause)
        line = f"{axes['quantity']}: {axes['kind']} at {group.count} of {group.total} {axes['region']} points"
        entry = first_match(running.known, axes)
        if entry is not None:
            outcome.known.append(entry)
            running.used[entry] = running.used.get(entry, 0) + 1
            return
        if cause.key in running.new:
            running.new[cause.key] = _seen_again(running.new[cause.key], asked)
            outcome.written.append(running.new[cause.key])
            return
        if len(outcome.findings) >= self.shown:
            outcome.others.append(line)
            return
        finding = finding_of(group, case, running.axes, self.oracle, running.client)
        if running.attributor.refused_by_default(group, case):
            finding.caught_by_default, finding.severity = True, "minor"
        verdict = ruling(finding)
        better = "" if verdict == "doubted" else running.attributor.better(cause, case)
        accusation = Accusation(finding, cause, failing_inputs(group, case.fmt), better)
        if verdict == "doubted":
            outcome.unconfirmed.append(f"{line} ({finding.confirmed_by})")
        elif finding.severity not in self.selection.failing_grades:
            outcome.mild.append(f"{finding.severity}: {line}: {one_line(finding.summary)}")
            running.mild.setdefault(f"{asked.test}: {outcome.mild[-1]}")
        elif verdict == "not reproduced":
            outcome.unfaithful.append(accusation)
        elif self.selection.write_known is not None:
            entry = baseline_entry(finding, cause, asked.test, self.selection.plan.profile.name)
            running.new[cause.key] = entry
            outcome.written.append(entry)
        else:
            outcome.findings.append(accusation)

    def stale(self, framework: str) -> list[Stale]:
        """The known failures that no longer fail, as far as this session has examined them."""
        running = self.frameworks[framework]
        catalogue = [(law.id, subject) for subject in CATALOGUE for law in LAWS.values() if law.applies(subject)]
        profile = self.selection.plan.profile.name
        return stale(running.known, running.failed, running.asked, running.axes["version"], catalogue, profile)

    def write_baseline(self) -> tuple[Path, int]:
        """Write the file that ``--write-known`` names: its path and how many entries are new.

        What stands in the file already stays, reasons and links above all; what is stale goes. Raises BadRequest.
        """
        path = self.selection.write_known
        assert path is not None
        found = [entry for running in self.frameworks.values() for entry in running.new.values()]
        try:
            before = load_known_failures(path)
            gone = {one.entry for name in self.frameworks for one in self.stale(name)}
            write_known_failures(path, merged(before, found, gone))
        except ExpectationError as problem:
            raise BadRequest(str(problem)) from None
        except OSError as problem:
            raise BadRequest(f"--write-known {path}: {problem.strerror or problem}") from None
        return path, len(found)

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


def _axes(group: Group, case: Case, running: Running, cause: Attribution) -> dict[str, Any]:
    return {**axes_of(group, case, running.axes), "cause": cause.cause, "component": cause.component}


def _place(group: Group) -> tuple[str, Failure, Region, int]:
    return group.quantity, group.kind, group.region, int(group.measure.row[group.worst])


def _seen_again(entry: KnownFailure, asked: Asked) -> KnownFailure:
    """The entry with this test too, where it is the first of its dtype and mode."""
    known = {tuple(test.split()[-2:]) for test in entry.seen}
    return entry if (asked.dtype, asked.mode) in known else replace(entry, seen=(*entry.seen, asked.test))
