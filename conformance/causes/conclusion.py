"""What is known only when every framework was judged: peers, links, known threads, verdicts; and the document of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from msgspec.structs import replace

from conformance.causes.asking import FrameworkAsker
from conformance.causes.naming import UNATTRIBUTED
from conformance.causes.peers import Answer, Question, answers_of, question_of, with_peers
from conformance.causes.planted import read_planted
from conformance.causes.records import Cause, CausesDocument, Remedy
from conformance.causes.verdicts import Axes, Range, verdicts_of
from conformance.causes.writing import GRADES, everyday
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment
from conformance.execution.frameworks import slowest_first
from conformance.execution.parallel import run_parallel
from conformance.findings.records import Finding, Known, Run
from conformance.findings.results import Cell, FrameworkEntry
from conformance.oracle.oracle import Oracle

FrameworkClientMaker = Callable[[Environment], tuple[FrameworkClient, Oracle]]
"""environment -> a client of its framework and an oracle; it crosses to other processes."""


def conclude(
    run: Run,
    entries: Sequence[FrameworkEntry],
    cells: Sequence[Cell],
    findings: Sequence[Finding],
    causes: Sequence[Cause],
    answers: Mapping[str, Mapping[Question, Answer]],
    oracle: Oracle,
    remedies: Mapping[tuple[str, str, str], list[Remedy]],
    ranges: Mapping[Axes, Range] | None = None,
) -> CausesDocument:
    """The document. findings: of the whole run, with ``known`` filled in; answers: of every framework that ran;
    remedies: by framework, subject and dtype. ranges: of ``cells``, where they are known."""
    versions = {entry.name: entry.version or "" for entry in entries}
    by_id = {finding.id: finding for finding in findings}
    told = [_known(cause, by_id) for cause in with_peers(causes, findings, answers, versions)]
    order = sorted(told, key=_rank)
    confirmed = [finding for finding in findings if finding.confirmed]
    loose = sum(cause.breaks.findings for cause in order if cause.mechanism == UNATTRIBUTED)
    loose += sum(not finding.cause for finding in confirmed)
    return CausesDocument(
        format="conformance-causes",
        format_version=2,
        run=run,
        causes=order,
        verdicts=verdicts_of(cells, order, oracle, findings, remedies, ranges),
        confirmed=len(confirmed),
        unattributed=loose,
        planted=read_planted(),
    )


def ask_peers(
    causes: Iterable[Cause],
    environments: Mapping[str, Environment],
    entries: Sequence[FrameworkEntry],
    make: FrameworkClientMaker,
    executor: Executor,
    jobs: int,
    seed: int,
) -> dict[str, dict[Question, Answer]]:
    """Every framework's answers at the other frameworks' examples. One that fails answers nothing, and costs nobody."""
    asked = [(cause.framework, question_of(cause)) for cause in causes]
    names, tasks = [], []
    by_name = {entry.name: entry for entry in entries}
    for entry in (by_name[name] for name in slowest_first(by_name)):  # Most of it is the import of the framework.
        questions = list(dict.fromkeys(one for owner, one in asked if one is not None and owner != entry.name))
        if entry.status == "ready" and questions:
            names.append(entry.name)
            tasks.append(partial(_answers, make, environments[entry.name], entry, questions, seed))
    outcomes = run_parallel(tasks, jobs, executor)
    found = {name: outcome.value or {} for name, outcome in zip(names, outcomes, strict=True)}
    return {name: found[name] for name in by_name if name in found}


def _answers(
    make: FrameworkClientMaker,
    environment: Environment,
    entry: FrameworkEntry,
    questions: Sequence[Question],
    seed: int,
) -> dict[Question, Answer]:
    client, oracle = make(environment)
    askers: dict[tuple[str, str], FrameworkAsker] = {}

    def asker_for(dtype: str, mode: str) -> FrameworkAsker:
        key = (dtype, mode)
        if key not in askers:
            flushes = bool(entry.flush_to_zero.get(dtype))
            askers[key] = FrameworkAsker(client, oracle, dtype, mode, flushes, seed)
        return askers[key]

    with client:
        try:
            return answers_of(asker_for, questions, entry.dtypes)
        except FrameworkUnusable:
            return {}


def _known(cause: Cause, by_id: Mapping[str, Finding]) -> Cause:
    """The cause with the entry that names its findings: ``known`` where all that matter are; the thread, if any."""
    members = [by_id[name] for name in cause.findings if name in by_id]
    entries = [finding.known for finding in members if finding.known is not None]
    threads = [entry.link for entry in entries if entry.link.startswith("http")]
    weighty = [finding for finding in members if finding.severity != "minor"] or members
    known: Known | None = entries[0] if weighty and all(finding.known for finding in weighty) else None
    return replace(cause, known=known, thread=threads[0] if threads else "")


def _rank(cause: Cause) -> tuple[object, ...]:
    """Worst first: by grade, then by how many findings, then by how everyday the example is."""
    return (
        cause.framework,
        GRADES.index(cause.grade),
        -cause.breaks.findings,
        everyday(cause.example.input),
        cause.id,
    )
