"""``conformance sweep --every N``: a dense sample where all floats are too dear, a line for each quantity."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from conformance.cli.table import aligned
from conformance.comparison.plan import BadRequest
from conformance.comparison.run import end_pool
from conformance.comparison.truths import process_pool
from conformance.definitions.parameters import BeyondFormat
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.parallel import Outcome, run_parallel
from conformance.floats.formats import format_named
from conformance.inputs.corpus import worst_cases
from conformance.judging.cases import frame_of
from conformance.oracle.oracle import Oracle
from conformance.search.line import Line
from conformance.sweeps.chapters import NotOffered, NotThere
from conformance.sweeps.request import Sweep
from conformance.sweeps.sample import Peak, Sampled, checked_stride, sample

HEAD = ("framework", "subject", "quantity", "inputs", "worst ulp", "at", "beyond conditioning", "at", "not right")


def run_sampled(sweeps: Sequence[Sweep], every: int, jobs: int) -> int:
    """Sample every one of them and print the table; 0, or 3 where not everything that is offered could be.

    Raises BadRequest where ``every`` makes no sense, and where the only sweep asks for what the framework lacks.
    """
    for dtype in {sweep.dtype for sweep in sweeps}:
        checked_stride(every, format_named(dtype))
    groups = [list(group) for _, group in groupby(sweeps, lambda one: (one.framework, one.subject))]
    pool = process_pool(jobs)

    def told(outcome: Outcome[list[Sampled | str]]) -> None:
        for sweep, found in zip(groups[outcome.index], outcome.value or [], strict=False):
            said = found if isinstance(found, str) else f"worst {found.worst.ulp:.3g} ulp, {_failures(found)}"
            print(f"  {sweep.name}: {said}", file=sys.stderr, flush=True)

    try:
        outcomes = run_parallel([partial(sampled, group, every) for group in groups], jobs, pool, told)
    except BaseException:
        end_pool(pool)
        raise
    pool.shutdown()
    rows: list[tuple[str, ...]] = [HEAD]
    died = 0
    for group, outcome in zip(groups, outcomes, strict=True):
        if outcome.value is None:
            assert outcome.error is not None
            if not isinstance(outcome.error, FrameworkUnusable):
                raise outcome.error
            died += 1
            print(f"  {group[0].framework} died over {group[0].subject}: {outcome.error}", file=sys.stderr)
            continue
        rows += [_row(sweep, found) for sweep, found in zip(group, outcome.value, strict=True) if _is_there(found)]
    done = len(rows) - 1
    if len(sweeps) == 1 and not done and not died:
        assert outcomes[0].value is not None
        raise BadRequest(f"{sweeps[0].name} cannot be sampled: {outcomes[0].value[0]}")
    if done:
        print("\n".join(aligned(rows, names=3)))
        print(f"one float in {every}, and those around known places: there may be worse between them")
    return 3 if died or not done else 0


def sampled(sweeps: Sequence[Sweep], every: int) -> list[Sampled | str]:
    """``sample`` of each of these, of one framework and subject, with the places that a search begins at, the kept
    worst cases among them; the reason, on one line, of what the framework or the dtype lacks.

    Raises FrameworkUnusable where the framework cannot be started, or not again after it died.
    """
    first = sweeps[0]
    found: list[Sampled | str] = []
    with FrameworkClient(first.environment, first.framework, None, first.timeout, first.adapter_file) as client:
        for sweep in sweeps:
            fmt = format_named(sweep.dtype)
            line = Line.of(fmt, frame_of(Oracle(), sweep.subject, sweep.quantity))
            known = line.seeds(worst_cases(sweep.subject, sweep.quantity, fmt), many=True)
            try:
                found.append(sample(sweep, known, every, client))
            except (NotOffered, NotThere, BeyondFormat) as lacking:
                found.append(str(lacking))
    return found


def _is_there(found: Sampled | str) -> bool:
    return isinstance(found, Sampled)


def _row(sweep: Sweep, found: Sampled | str) -> tuple[str, ...]:
    assert isinstance(found, Sampled)
    places = [text for peak in (found.worst, found.conditioned) for text in _peak(peak)]
    return (sweep.framework, sweep.subject, sweep.quantity, f"{found.inputs:,}", *places, _failures(found))


def _peak(peak: Peak) -> tuple[str, str]:
    return ("-", "-") if peak.ulp < 0 else (f"{peak.ulp:.4g}", f"{peak.at:.9g}")


def _failures(found: Sampled) -> str:
    said = [f"{count:,} {kind}" for kind, count in found.failures.items()]
    said += [f"{found.undecided:,} undecided"] if found.undecided else []
    return ", ".join(said) or "none"
