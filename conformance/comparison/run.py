"""A whole comparison: environments, truth, frameworks, laws, causes, and the files that everything else reads."""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

import conformance
from conformance.causes.conclusion import ask_peers, conclude
from conformance.causes.records import CausesDocument
from conformance.comparison.framework_run import (
    FrameworkResult,
    client_and_oracle,
    failed_entry,
    oracle_dir,
)
from conformance.comparison.kept import answers_of, found, result_of
from conformance.comparison.known import mark_known
from conformance.comparison.plan import Asked, Plan
from conformance.comparison.portions import joined, stages_of, tasks_of
from conformance.comparison.truths import prepare, process_pool
from conformance.coverage.measuring import leaves_of
from conformance.definitions.declared import declared, spaces_of
from conformance.definitions.registry import (
    UnknownSubject,
    distribution_definition,
    event_law,
    is_distribution,
    is_event_law,
    transform_definition,
)
from conformance.execution import progress
from conformance.execution.environments import Environment, ensure_all
from conformance.execution.frameworks import slowest_first
from conformance.execution.interpreters import choose
from conformance.execution.parallel import Outcome, run_parallel
from conformance.findings.names import StatisticName
from conformance.findings.records import GRADES, Finding, FindingsDocument, Machine, Run, TooLarge
from conformance.findings.results import (
    Accuracy,
    Cell,
    Cluster,
    LawEntry,
    Offer,
    ResultsDocument,
    Statistic,
    SubjectEntry,
)
from conformance.judging.budget import large_quantities
from conformance.laws.registry import LAWS
from conformance.oracle.kept.values import ORACLE_VERSION
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise import eval as piecewise_eval

SEVERITIES = GRADES


def compare(plan: Plan, arguments: Sequence[str]) -> tuple[ResultsDocument, FindingsDocument, CausesDocument]:
    """Run the plan; the results, the findings and their causes as documents.

    What was computed before is reused: certified values from the oracle's cache, replies from the journal. A framework
    that cannot be installed or started is an entry with its reason; the others go on.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    if not piecewise_eval.compiles():
        progress.say("numba is not installed: truth takes a slower certified path, with the same verdicts")
    with progress.shown(plan.jobs, stages_of(plan)) as channel:
        environments = environments_of(plan)
        executor = process_pool(plan.jobs, channel)
        try:
            results = _results(plan, environments, executor)
            entries = [result.entry for result in results]
            causes = [cause for result in results for cause in result.causes]
            make = partial(client_and_oracle, plan.home, plan.timeout)
            ask = partial(ask_peers, causes, environments, entries, make, executor, plan.jobs, plan.seed)
            settled = all(result.settled for result in results)
            answers = answers_of(plan, environments, ask) if settled else ask()
        except BaseException:
            end_pool(executor)
            raise
        executor.shutdown()
    run = Run(
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 1),
        seed=plan.seed,
        profile=plan.profile.name,
        suite_version=conformance.__version__,
        oracle_version=ORACLE_VERSION,
        machine=_machine(),
        arguments=list(arguments),
    )
    findings = [finding for result in results for finding in result.findings]
    law_results = [one for result in results for one in result.law_results]
    mark_known(findings, law_results)
    findings.sort(key=_gravity)
    cells = [cell for result in results for cell in result.cells]
    document = ResultsDocument(
        run=run,
        frameworks=entries,
        subjects=[_entry(plan, subject) for subject in plan.subjects],
        parts=list(part_entries(plan.subjects)),
        laws=[LawEntry(id=law.id, title=law.title) for law in LAWS.values() if law.id in plan.laws],
        cells=cells,
        statistics=_statistics(plan, results),
        law_results=law_results,
        clusters=clusters_of(cells),
    )
    oracle = Oracle(oracle_dir(plan.home))
    remedies = {(result.entry.name, *key): found for result in results for key, found in result.remedies.items()}
    ranges = {axes: found for result in results for axes, found in result.ranges.items()}
    concluded = conclude(run, entries, cells, findings, causes, answers, oracle, remedies, ranges)
    large = [
        TooLarge(subject=subject, quantity=quantity, reason=why)
        for (subject, quantity), why in large_quantities(plan.subjects, plan.profile_of).items()
        if not plan.quantities or quantity in plan.quantities
    ]
    return document, FindingsDocument(run=run, findings=findings, too_large=large), concluded


def environments_of(plan: Plan) -> dict[str, Environment]:
    """By framework; what is not there is installed. Somebody's own library runs in the running interpreter."""
    known = [name for name in plan.frameworks if name != plan.own]
    environments = ensure_all(known, plan.home / "environments", log=progress.say)
    if plan.adapter_file is not None:
        if plan.host:
            chosen = choose(plan.host, plan.home).environment
        else:
            chosen = choose(plan.own, plan.home, plan.adapter_file).environment
        own = replace(chosen, framework=plan.own, adapter_file=plan.adapter_file, dialect=plan.host)
        environments[plan.own] = own
    return environments


def _results(plan: Plan, environments: Mapping[str, Environment], executor: Any) -> list[FrameworkResult]:
    """What every framework comes to; those whose part is kept are not run again."""
    results = {}
    for name in plan.frameworks:
        kept = found(plan, environments[name])
        if kept is not None:
            progress.say(f"{name}: as it was judged before (journal/results)")
            progress.skip(name)
            results[name] = kept
    names = [name for name in slowest_first(plan.frameworks) if name not in results]
    if names:
        prepare(plan, executor)
    work = [(name, task) for name in names for task in tasks_of(plan, environments[name])]
    outcomes = run_parallel([task for _, task in work], plan.jobs, executor)
    for name in names:
        parts = [outcome for (each, _), outcome in zip(work, outcomes, strict=True) if each == name]
        results[name] = _result(plan, environments[name], parts, executor)
    return [results[name] for name in plan.frameworks]


def _result(
    plan: Plan, environment: Environment, parts: Sequence[Outcome[FrameworkResult]], executor: Any
) -> FrameworkResult:
    """What the parts of one framework's work come to."""
    problem = next((part.error for part in parts if part.error is not None), None)
    if problem is None:
        whole = joined(plan, environment, [part.value for part in parts if part.value is not None])
        if whole is not None:
            return whole
        (again,) = run_parallel([partial(result_of, plan, environment)], plan.jobs, executor)
        if again.value is not None:
            return again.value
        problem = again.error
    # A defect of the suite itself must not be mistaken for one of the framework, nor stop the others.
    reason = f"the suite itself failed: {problem!r}"
    progress.say(f"{environment.framework}: {reason}")
    return FrameworkResult(failed_entry(environment.framework, reason))


def _entry(plan: Plan, subject: str) -> SubjectEntry:
    asked = plan.asked(subject)
    less = asked != Asked(plan.dtypes, plan.modes, plan.laws)
    return msgspec.structs.replace(subject_entry(subject), asked=str(asked) if less else "")


def subject_entry(subject: str) -> SubjectEntry:
    """What the results say of a subject."""
    if is_event_law(subject):
        law = event_law(subject)
        return SubjectEntry(
            id=subject,
            kind="distribution",
            formula=law.formula,
            domain=str(law.space),
            codomain="R",
            base_measure=law.space.measure,
            reference=law.reference,
            event_rank=[len(law.event), 0],
            left_open=declared(subject).left_open(),
        )
    if is_distribution(subject):
        distribution = distribution_definition(subject)
        return SubjectEntry(
            id=subject,
            kind="distribution",
            formula=distribution.formula,
            domain=str(distribution.support),
            codomain="R",
            base_measure="Lebesgue",
            reference=distribution.reference,
            event_rank=[0, 0],
            left_open=declared(subject).left_open(),
        )
    transform = transform_definition(subject)
    source, target = spaces_of(subject)
    return SubjectEntry(
        id=subject,
        kind="transform",
        formula=transform.formula,
        domain=str(source or transform.domain),
        codomain=str(target or transform.codomain),
        base_measure=transform.base_measure,
        reference=transform.reference,
        event_rank=[transform.event_rank_in, transform.event_rank_out],
    )


def part_entries(subjects: Sequence[str]) -> Iterator[SubjectEntry]:
    """What is said of the maps and laws that subjects are made of, and that are none."""
    for part in leaves_of(subjects):
        with contextlib.suppress(UnknownSubject):  # A batch of laws, which is none.
            if part not in subjects:
                yield subject_entry(part)


def clusters_of(cells: Sequence[Cell]) -> list[Cluster]:
    """Cells of several frameworks that share a worst ordinary input and its error: probably they share a formula.

    Only errors of more than 2 ulp count: correctly rounded results tie by chance.
    """
    groups: dict[tuple[str, str, str, str, str], list[tuple[Cell, Accuracy]]] = {}
    for cell in cells:
        best = cell.accuracy
        if best and isinstance(best.worst_ulp, float) and best.worst_ulp > 2.0:
            key = (cell.subject, cell.quantity, cell.dtype, best.worst_input_hex, f"{best.worst_ulp:.3g}")
            groups.setdefault(key, []).append((cell, best))
    clusters = []
    for (subject, quantity, dtype, worst_hex, _), members in sorted(groups.items()):
        if len({cell.framework for cell, _ in members}) > 1:
            clusters.append(
                Cluster(
                    subject=subject,
                    quantity=quantity,
                    dtype=dtype,
                    worst_input_hex=worst_hex,
                    worst_input=members[0][1].worst_input,
                    worst_ulp=members[0][1].worst_ulp,
                    members=[f"{cell.framework} {cell.mode}" for cell, _ in members],
                )
            )
    return clusters


def _statistics(plan: Plan, results: Sequence[FrameworkResult]) -> list[Statistic]:
    oracle = Oracle(oracle_dir(plan.home))
    offers: dict[tuple[str, StatisticName], list[Offer]] = {}
    for result in results:
        for key, some in result.offers.items():
            offers.setdefault(key, []).extend(some)
    rows = []
    for (subject, quantity), some in offers.items():
        truths = oracle.statistics(subject, quantity)
        rows.append(
            Statistic(
                subject=subject,
                quantity=quantity,
                exact=" ".join(truth.shown for truth in truths),
                lo=" ".join(str(truth.lo) for truth in truths),
                hi=" ".join(str(truth.hi) for truth in truths),
                certificate=max(truth.certificate for truth in truths).name.lower(),
                offers=some,
            )
        )
    return rows


def _gravity(finding: Finding) -> tuple[Any, ...]:
    bits = finding.worst.excess_bits
    lost = bits if isinstance(bits, float) else 99.0
    axes = tuple(
        getattr(finding, key) for key in ("framework", "subject", "quantity", "dtype", "mode", "law", "region")
    )
    return (GRADES.index(finding.severity), not finding.confirmed, -lost, *axes, finding.region)


def _machine() -> Machine:
    return Machine(
        cpu=_cpu_name(),
        cores=os.cpu_count() or 0,
        platform=platform.platform(),
        python=platform.python_version(),
    )


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def end_pool(executor: Any) -> None:
    """Stop the pool at once: what its processes computed is in the caches already."""
    # The pool's own thread complains about futures that were cancelled while their processes died; nobody asked.
    threading.excepthook = lambda _: None
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.terminate()
    answers = getattr(executor, "_result_queue", None)
    executor.shutdown(wait=False, cancel_futures=True)
    # A process that was ended amid an answer leaves that thread waiting for the rest, and the interpreter, at its end,
    # for the thread. It comes to the end of what was written once nobody holds the writing end, and that is us.
    if answers is not None:
        answers._writer.close()
