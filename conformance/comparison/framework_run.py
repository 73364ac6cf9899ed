"""One framework through every case and every law: cells, findings, law results and statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from conformance.causes.collecting import Collected, collect, suspect_at
from conformance.causes.investigation import investigate
from conformance.causes.records import Cause, Remedy
from conformance.causes.remedies import remedies_of_subjects
from conformance.causes.suspects import Suspect
from conformance.causes.verdicts import Axes, Range, ranges_of
from conformance.comparison.plan import DEFAULT_MODES, Plan
from conformance.comparison.statistics import offers_of
from conformance.comparison.swept import Swept, merge
from conformance.coverage.decisions import DecisionError
from conformance.coverage.judging import Coverage
from conformance.coverage.measuring import decisions_of, measure
from conformance.definitions.parameters import BeyondFormat
from conformance.execution import progress
from conformance.execution.bisection import Limits
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment
from conformance.findings.names import StatisticName
from conformance.findings.records import Finding
from conformance.findings.results import Cell, FrameworkEntry, LawResult, LawStatus, Offer
from conformance.judging.cases import build_case
from conformance.judging.cells import cell_of
from conformance.laws.case import Case, Framework, Truth
from conformance.laws.law import Check
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure


@dataclass
class FrameworkResult:
    """What one framework contributes to the results. ``offers`` maps (subject, statistic) to its offers,
    ``remedies`` (subject, dtype) to what is written instead, ``ranges`` cells to where they are safe. settled: asked
    again, the same would come out."""

    entry: FrameworkEntry
    cells: list[Cell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    law_results: list[LawResult] = field(default_factory=list)
    offers: dict[tuple[str, StatisticName], list[Offer]] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)
    remedies: dict[tuple[str, str], list[Remedy]] = field(default_factory=dict)
    ranges: dict[Axes, Range] = field(default_factory=dict)
    settled: bool = False


def run_framework(plan: Plan, environment: Environment, stage: str = "") -> FrameworkResult:
    """Put one framework under law. A framework that cannot be started is a "failed" entry with its reason.

    stage: the name under which it tells how far it is; empty: the framework's.
    """
    name = environment.framework
    if environment.python is None:
        return _failed(name, stage, environment.reason)
    client, oracle = client_and_oracle(plan.home, plan.timeout, environment)
    with client:
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            return _failed(name, stage, str(problem))
        result = FrameworkResult(_entry(name, description, _classes(client, environment)))
        missing = [mode for mode in plan.modes if mode not in description["modes"]]
        if missing and plan.modes != DEFAULT_MODES:
            # Asked for by name, it must not be missing without a word: torch.compile needs a C++ compiler, for one.
            has = ", ".join(description["modes"])
            progress.say(f"{name}: mode {', '.join(missing)} is not available here; available: {has}")
        cases = list(build_cases(client, description, oracle, plan))
        axes = {"framework": name, "version": description["version"], "device": description["devices"][0]}
        swept = None if plan.sweeps is None else plan.sweeps(plan.home, environment)
        collected = Collected()
        for index, case in enumerate(cases, 1):
            run_case(case, axes, plan, oracle, result, collected, swept)
            if client.unusable is not None:
                # It started before and does not any more (a disk that is full, a package that went): what it was asked
                # since has no answer, which is not its fault. What it answered is in the journal.
                return _failed(name, stage, f"could not be started again: {client.unusable}")
            case.forget()
            if index == len(cases) or cases[index].subject != case.subject:
                progress.step(stage or name, index, len(cases), case.subject)
                client.rest()
        result.causes = investigate(
            client,
            oracle,
            name,
            description["version"],
            collected.suspects,
            collected.lines,
            description["flush_to_zero"],
            plan.seed,
            environment.dialect,
        )
        dialect = environment.dialect
        result.remedies = remedies_of_subjects(dialect or name, result.findings, client, oracle, bool(dialect))
        # Here, where frameworks are judged side by side, and not at the end, when only one core has anything to do.
        result.ranges = ranges_of(result.cells, oracle)
        result.settled = not oracle.failed and client.unusable is None
    return result


def _failed(name: str, stage: str, reason: str) -> FrameworkResult:
    progress.skip(stage or name)
    return FrameworkResult(failed_entry(name, reason))


def build_cases(client: Framework, description: Mapping[str, Any], oracle: Truth, plan: Plan) -> Iterator[Case]:
    """Every case of one framework: the plan's subjects by modes by dtypes, of those that its description names."""
    for subject in plan.subjects:
        asked = plan.asked(subject)
        modes = [name for name in asked.modes if name in description["modes"]]
        dtypes = [name for name in asked.dtypes if name in description["dtypes"]]
        for mode, dtype in product(modes, dtypes):
            flushes = bool(description.get("flush_to_zero", {}).get(dtype, False))
            axes = (subject, dtype, mode, plan.profile_of(subject), plan.seed, plan.role)
            try:
                yield build_case(client, oracle, *axes, flushes, plan.only(axes[0]), plan.inside)
            except BeyondFormat as problem:
                progress.say(f"left out: {problem}")


def run_case(
    case: Case,
    axes: Mapping[str, str],
    plan: Plan,
    oracle: Oracle,
    result: FrameworkResult,
    collected: Collected,
    swept: Swept | None = None,
) -> None:
    """Judge one case and add to ``result`` what came of it, and of the sweeps that were finished before.

    Its findings have no scripts yet: those are run once per cause, when every case of the framework was judged.
    """
    cells = [cell_of(case.measure(quantity), case, axes) for quantity in (*case.quantities, *case.unasked)]
    own = Collected()
    checked = collect(case, plan.asked(case.subject).laws, axes, oracle, own)
    law_results = [_law_result(law, checks, case, axes) for law, checks in checked.items()]
    findings = [suspect.finding for suspect in own.suspects]
    if swept is not None:
        merge(swept.of(case), axes, cells, law_results, findings)
        own.suspects = _suspects(findings, own, case)
    result.cells += cells
    result.findings += findings
    result.law_results += law_results
    collected.suspects += own.suspects
    collected.lines |= own.lines
    if case.declared.is_distribution and not plan.quantities:
        for quantity, offer in offers_of(case, axes, oracle):
            result.offers.setdefault((case.subject, quantity), []).append(offer)


def _suspects(findings: Sequence[Finding], own: Collected, case: Case) -> list[Suspect]:
    """The suspects of the findings as they stand: those of sweeps have taken the place of sampled ones, or came new."""
    known = {suspect.finding.id: suspect for suspect in own.suspects}
    suspects = []
    for finding in findings:
        if finding.id in known:
            suspects.append(replace(known[finding.id], finding=finding))
        else:
            suspect = suspect_at(finding, case)
            suspects += [] if suspect is None else [suspect]
    return suspects


def _law_result(law: str, checks: Sequence[Check], case: Case, axes: Mapping[str, str]) -> LawResult:
    components = sum(len(check.measure.failures) for check in checks)
    undecided = sum(int(np.count_nonzero(check.measure.failures == Failure.UNDECIDED)) for check in checks)
    broken = sum(int(np.count_nonzero(check.broken)) for check in checks)
    status: LawStatus = "fail" if broken else "pass"
    if not components:
        status = "undecided" if case.unasked else "not_offered"
    elif undecided == components:
        status = "undecided"
    return LawResult(
        framework=axes["framework"],
        mode=case.mode,
        dtype=case.fmt.name,
        subject=case.subject,
        law=law,
        status=status,
        checks=components,
        failed=broken,
    )


def oracle_dir(home: Path) -> Path:
    """Where certified values are kept between runs."""
    return home / "oracle"


def client_and_oracle(home: Path, timeout: float, environment: Environment) -> tuple[FrameworkClient, Oracle]:
    """What a framework is asked through, and what it is held against, with all that earlier runs kept.

    A function that somebody wrote may refuse a whole row for one value in it: there every value is asked by itself.
    """
    limits = Limits(evaluations=20_000, seconds=4 * timeout, alone=True) if environment.dialect else None
    client = FrameworkClient(environment, environment.framework, home / "journal", timeout=timeout, limits=limits)
    return client, Oracle(oracle_dir(home))


def failed_entry(name: str, reason: str) -> FrameworkEntry:
    """The entry of a framework that is not there, with the reason."""
    return FrameworkEntry(
        name=name,
        version=None,
        status="failed",
        reason=reason,
        packages={},
        dtypes=[],
        modes=[],
        devices=[],
        flush_to_zero={},
    )


def _entry(name: str, description: Mapping[str, Any], coverage: Coverage | None) -> FrameworkEntry:
    return FrameworkEntry(
        name=name,
        version=description["version"],
        status="ready",
        packages=description["packages"],
        dtypes=description["dtypes"],
        modes=description["modes"],
        devices=description["devices"],
        flush_to_zero=description["flush_to_zero"],
        classes=None if coverage is None else coverage.entries,
        calls={} if coverage is None else coverage.calls,
    )


def _classes(client: FrameworkClient, environment: Environment) -> Coverage | None:
    """The framework's public classes, and how objects are constructed; None where they cannot be had, which costs the
    comparison nothing else."""
    name = environment.framework
    try:
        coverage = measure(client, decisions_of(name, environment.adapter_file))
    except (FrameworkUnusable, DecisionError) as problem:
        progress.say(f"{name}: which classes are covered is not known: {problem}")
        return None
    if coverage.problems:
        progress.say(f"{name}: {len(coverage.problems)} classes are to be decided: conformance coverage says which")
    return coverage
