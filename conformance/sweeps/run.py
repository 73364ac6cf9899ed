"""A whole sweep: chapters shared out to processes, merged in their order, and one document of it all."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from conformance.comparison.plan import BadRequest
from conformance.definitions.parameters import BeyondFormat
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.parallel import Outcome, run_parallel
from conformance.findings.sweeps import SweepDocument
from conformance.floats.formats import format_named
from conformance.sweeps.chapters import (
    NotOffered,
    NotThere,
    chapter_count,
    kept_chapters,
    load_chapter,
    probe,
    score_chapter,
    timed_out,
)
from conformance.sweeps.document import document_of
from conformance.sweeps.known import document_path, finished, write
from conformance.sweeps.request import Sweep
from conformance.sweeps.tally import Tally

Say = Callable[[str], None]
T = TypeVar("T")


class SweepStopped(Exception):
    """The sweep cannot go on here and now; one line. What was scored is kept, and the same command goes on."""


@dataclass
class Swept:
    """A finished sweep. seconds: this run's own; ``reused``: the share of chapters that were there already."""

    sweep: Sweep
    document: SweepDocument
    seconds: float
    reused: float


def to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_sweep(sweep: Sweep, pool: ProcessPoolExecutor, jobs: int, say: Say = to_stderr) -> Swept:
    """Sweep, or finish what was begun; the document is written beside the chapters.

    Guarantee: the document depends on the request and on what the framework answers, not on interruptions, on the
    number of processes, or on time. Raises BadRequest where the framework cannot be started or lacks the dtype, the
    mode or the function, and SweepStopped where it, or a process of the pool, dies for good on the way. On both and on
    KeyboardInterrupt what was scored is on disk. A document that cannot be written is returned all the same.
    """
    started = time.monotonic()
    fmt = format_named(sweep.dtype)
    count = chapter_count(fmt)
    files = kept_chapters(sweep)
    tallies: dict[int, Tally] = {}
    for index in range(count):
        known = load_chapter(files, index)
        if known is not None:
            tallies[index] = known
    missing = [index for index in range(count) if index not in tallies]
    reused = 1.0 - len(missing) / count
    if missing:
        _outcome_of(sweep, lambda: pool.submit(probe, sweep).result())
        each = (1 << fmt.bits) // count
        clock = _Clock(sweep, count, len(missing), each, say)
        tasks = [partial(score_chapter, sweep, index) for index in missing]
        for outcome in _outcome_of(sweep, lambda: run_parallel(tasks, jobs, pool, clock.told)):
            if outcome.error is not None:
                raise explained(sweep, outcome.error, begun=True)
            assert outcome.value is not None
            tallies[missing[outcome.index]] = outcome.value
    document = None if missing else finished(sweep.home, sweep.key)
    if document is None:
        whole = Tally()
        for index in range(count):
            whole.merge(tallies[index])
        # No journal: it would keep every block that holds a worst input, megabytes each, for nobody to read again.
        with FrameworkClient(sweep.environment, sweep.framework, None, sweep.timeout, sweep.adapter_file) as client:
            _outcome_of(sweep, client.describe)
            document = document_of(sweep, whole, client)
            if client.unusable is not None:
                raise explained(sweep, client.unusable, begun=True)
        if timed_out(whole):
            say(f"  {sweep.name}: some answers came too late (--timeout); the result is not kept")
            return Swept(sweep, document, time.monotonic() - started, reused)
        try:
            write(document_path(sweep.home, sweep.key), document)
        except OSError as problem:
            say(f"  {sweep.name}: the result cannot be kept for comparisons: {problem}")
    return Swept(sweep, document, time.monotonic() - started, reused)


class NotStarted(BadRequest):
    """The framework cannot be started: a mistake where nothing else was asked, and among much not everything."""


def _outcome_of(sweep: Sweep, work: Callable[[], T]) -> T:
    try:
        return work()
    except Exception as problem:
        raise explained(sweep, problem, begun=False) from None


def explained(sweep: Sweep, problem: Exception, begun: bool) -> Exception:
    """The problem in one line, where it is not a defect of the suite; itself otherwise. begun: the framework, or the
    process that asks it, had begun on the sweep."""
    if isinstance(problem, NotOffered):
        return BadRequest(f"{sweep.name} is not offered: {problem}")
    if isinstance(problem, NotThere | BeyondFormat):
        return BadRequest(str(problem))
    if isinstance(problem, FrameworkUnusable):
        if begun:
            return SweepStopped(f"{sweep.name}: {sweep.framework} died and cannot be started again: {problem}")
        return NotStarted(f"{sweep.framework} cannot be started: {problem}")
    if isinstance(problem, BrokenProcessPool):
        return SweepStopped(f"{sweep.name}: a process was ended from outside (out of memory?)")
    return problem


class _Clock:
    """Says how far it is, at most twice a second."""

    def __init__(self, sweep: Sweep, count: int, missing: int, each: int, say: Say) -> None:
        self._sweep, self._count, self._missing, self._each, self._say = sweep, count, missing, each, say
        self._started = time.monotonic()
        self._done, self._last = 0, 0.0
        self._worst = -1.0

    def told(self, outcome: Outcome[Tally]) -> None:
        """A chapter is done."""
        self._done += 1
        if outcome.value is not None:
            self._worst = max(self._worst, float(outcome.value.worst_ulp.max()))
        now = time.monotonic()
        if now - self._last < 0.5 and self._done < self._missing:
            return
        self._last = now
        seconds = max(now - self._started, 1e-9)
        rate = self._done * self._each / seconds
        left = (self._missing - self._done) * self._each / rate
        done = self._count - self._missing + self._done
        self._say(
            f"  {self._sweep.name}: {done}/{self._count} chapters, {rate / 1e6:.1f} M inputs/s, "
            f"{seconds:.0f} s, {left:.0f} s left, worst so far {self._worst:.3g} ulp"
        )


def sizes(sweeps: Sequence[Sweep]) -> str:
    """What lies ahead, for people."""
    inputs = sum(1 << format_named(sweep.dtype).bits for sweep in sweeps)
    return f"{len(sweeps)} sweep{'s' if len(sweeps) > 1 else ''}, {inputs:,} inputs"
