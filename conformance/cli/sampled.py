"""``conformance sweep --every N``: a dense sample where all floats are too dear, a line for each quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import groupby

from conformance.cli.table import aligned
from conformance.comparison.plan import BadRequest
from conformance.comparison.run import end_pool
from conformance.comparison.truths import process_pool
from conformance.definitions.parameters import BeyondFormat, in_format
from conformance.execution.client import FrameworkClient
from conformance.execution.parallel import Outcome, run_parallel
from conformance.floats.formats import format_named
from conformance.inputs.corpus import worst_cases
from conformance.judging.cases import frame_of
from conformance.oracle.oracle import Oracle
from conformance.search.line import Line
from conformance.sweeps.chapters import NotOffered, NotThere
from conformance.sweeps.request import Sweep
from conformance.sweeps.run import SweepStopped, explained, to_stderr
from conformance.sweeps.sample import Peak, Sampled, sample

HEAD = ("framework", "subject", "quantity", "inputs", "worst ulp", "at", "beyond conditioning", "at", "not right")

Group = list[Sweep]
"""Of one framework and subject: one process of the framework answers them all."""

Ended = Outcome[list[Sampled | str]]


class Unfinished(Exception):
    """``problem`` befell the sweep after those of which there is something in ``found``."""

    def __init__(self, found: list[Sampled | str], problem: Exception) -> None:
        super().__init__(found, problem)
        self.found, self.problem = found, problem


def run_sampled(sweeps: Sequence[Sweep], every: int, jobs: int) -> int:
    """Sample every one of them and print the table; 0, or 3 where not everything that is offered could be, or 130.

    Guarantee: what was done is printed whatever befalls the rest: a framework or a process that dies, Ctrl-C, or an
    error of the suite, which passes afterwards. Raises BadRequest where the only sweep asks for what the framework
    lacks, or of a framework that cannot be started.
    """
    groups: list[Group] = [list(group) for _, group in groupby(sweeps, lambda one: (one.framework, one.subject))]
    pool = process_pool(jobs)
    outcomes: dict[int, Ended] = {}

    def told(outcome: Ended) -> None:
        outcomes[outcome.index] = outcome
        for sweep, found in zip(groups[outcome.index], _found(outcome), strict=False):
            said = found if isinstance(found, str) else f"worst {found.worst.ulp:.3g} ulp, {_failures(found)}"
            to_stderr(f"  {sweep.name}: {said}")

    try:
        run_parallel([partial(sampled, group, every) for group in groups], jobs, pool, told)
    except BrokenProcessPool:
        pass  # While the groups were handed out: those without an outcome are told below.
    except BaseException as problem:
        end_pool(pool)
        _print_table(groups, outcomes, every)
        if not isinstance(problem, KeyboardInterrupt):
            raise
        to_stderr("\nconformance: interrupted; no result of a sample is kept, the same command begins anew")
        return 130
    pool.shutdown()
    done = _print_table(groups, outcomes, every)
    whole = {index: one for index, one in outcomes.items() if not isinstance(one.error, BrokenProcessPool)}
    lost = [group[0] for index, group in enumerate(groups) if index not in whole]
    problems = [problem for index, one in sorted(whole.items()) for problem in _befell(groups[index], one)]
    if lost:
        ended = explained(lost[0], BrokenProcessPool(), begun=True)
        problems.append(SweepStopped(f"{ended}; {len(lost)} of {len(groups)} subjects are not in the table"))
    if len(sweeps) == 1 and not done and not problems:
        raise BadRequest(f"{sweeps[0].name} cannot be sampled: {_found(outcomes[0])[0]}")
    # As a plain sweep has it: a framework that cannot be started is a mistake where nothing else was asked for.
    news = (SweepStopped,) if len(sweeps) == 1 else (SweepStopped, BadRequest)
    for line in dict.fromkeys(str(one) for one in problems if isinstance(one, news)):
        to_stderr(f"conformance: {line}")
    for one in problems:
        if not isinstance(one, news):
            raise one
    return 3 if problems or not done else 0


def sampled(sweeps: Sequence[Sweep], every: int) -> list[Sampled | str]:
    """``sample`` of each of these, of one framework and subject, with the places that a search begins at, the kept
    worst cases among them; the reason, on one line, of what the framework or the dtype lacks.

    Raises FrameworkUnusable where the framework cannot be started, and Unfinished for whatever befalls it later.
    """
    first = sweeps[0]
    found: list[Sampled | str] = []
    with FrameworkClient(first.environment, first.framework, None, first.timeout, first.adapter_file) as client:
        client.describe()
        for sweep in sweeps:
            try:
                fmt = format_named(sweep.dtype)
                line = Line.of(fmt, frame_of(Oracle(), in_format(sweep.subject, fmt), sweep.quantity))
                known = line.seeds(worst_cases(sweep.subject, sweep.quantity, fmt), many=True)
                found.append(sample(sweep, known, every, client))
            except (NotOffered, NotThere, BeyondFormat) as lacking:
                found.append(str(lacking))
            except Exception as problem:  # Whatever it is, it must not take with it what was found.
                raise Unfinished(found, problem) from problem
    return found


def _found(outcome: Ended) -> list[Sampled | str]:
    return outcome.error.found if isinstance(outcome.error, Unfinished) else outcome.value or []


def _befell(group: Group, outcome: Ended) -> list[Exception]:
    """What befell the group, if anything: one line of it where it is no defect of the suite."""
    error = outcome.error
    if isinstance(error, Unfinished):
        told = explained(group[len(error.found)], error.problem, begun=True)
        return [error if told is error.problem else told]
    return [] if error is None else [explained(group[0], error, begun=False)]


def _print_table(groups: Sequence[Group], outcomes: Mapping[int, Ended], every: int) -> int:
    """Print what was found, in the order of what was asked for; how many lines that are."""
    rows: list[tuple[str, ...]] = [HEAD]
    for index, group in enumerate(groups):
        found = _found(outcomes[index]) if index in outcomes else []
        rows += [_row(sweep, one) for sweep, one in zip(group, found, strict=False) if isinstance(one, Sampled)]
    if len(rows) > 1:
        print("\n".join(aligned(rows, names=3)))
        print(f"one float in {every}, and those around known places: there may be worse between them")
    return len(rows) - 1


def _row(sweep: Sweep, found: Sampled) -> tuple[str, ...]:
    places = [text for peak in (found.worst, found.conditioned) for text in _peak(peak)]
    return (sweep.framework, sweep.subject, sweep.quantity, f"{found.inputs:,}", *places, _failures(found))


def _peak(peak: Peak) -> tuple[str, str]:
    return ("-", "-") if peak.ulp < 0 else (f"{peak.ulp:.4g}", f"{peak.at:.9g}")


def _failures(found: Sampled) -> str:
    said = [f"{count:,} {kind}" for kind, count in found.failures.items()]
    said += [f"{found.undecided:,} undecided"] if found.undecided else []
    said += [f"{found.unclaimed:,} where nothing is claimed"] if found.unclaimed else []
    return ", ".join(said) or "none"
