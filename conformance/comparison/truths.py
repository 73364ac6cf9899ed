"""The truth at every standard point, worked out before any framework is asked: the part that parallelises best."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import Plan
from conformance.definitions.parameters import BeyondFormat, in_format
from conformance.definitions.registry import functions_of, is_distribution, is_event_law, statistics_of
from conformance.execution import progress
from conformance.execution.parallel import Outcome, run_parallel
from conformance.floats.formats import format_named
from conformance.interrupts import interrupts_wait
from conformance.judging.budget import too_large
from conformance.judging.cases import standard_points
from conformance.laws import mass
from conformance.oracle.oracle import Oracle

P = ParamSpec("P")
T = TypeVar("T")


class _Pool(ProcessPoolExecutor):
    """A pool whose processes are started whole, and never see SIGINT: Ctrl-C may come while they still import."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with interrupts_wait():  # It is submit that starts the processes.
            return super().submit(fn, *args, **kwargs)


def process_pool(jobs: int, channel: Connection | None = None) -> ProcessPoolExecutor:
    """``jobs`` fresh processes that leave Ctrl-C to their parent, and end with it however it ends.

    They report their progress through ``channel``. They are forked from a process that has imported the suite and done
    nothing else, so no lock is held and nothing was asked there, and the imports are paid for once.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", "conformance.comparison.served"])
    # That process keeps the variables of the moment at which it was started.
    return _Pool(jobs, mp_context=context, initializer=_begin, initargs=(channel, dict(os.environ)))


def _begin(channel: Connection | None, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    progress.report_to(channel)
    _leave_with_the_parent()


def _leave_with_the_parent() -> None:
    """Without this a process whose parent was killed would wait for work for ever: its siblings hold the queue open."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def prepare(plan: Plan, executor: Executor) -> None:
    """Fill the oracle's cache for the plan. Raises RuntimeError naming the subject where the oracle itself fails."""
    work = [
        (subject, dtype) for dtype in plan.dtypes for subject in plan.subjects if dtype in plan.asked(subject).dtypes
    ]
    tasks = [partial(_truths, plan, subject, dtype) for subject, dtype in work]
    done = 0

    def told(outcome: Outcome[int]) -> None:
        nonlocal done
        done += 1
        subject, dtype = work[outcome.index]
        progress.step(progress.ORACLE, done, len(work), f"{dtype} {subject}")

    for outcome, (subject, dtype) in zip(run_parallel(tasks, plan.jobs, executor, told), work, strict=True):
        if outcome.error is not None:
            raise RuntimeError(f"the oracle failed at {subject} in {dtype}: {outcome.error!r}") from outcome.error


def _truths(plan: Plan, subject: str, dtype: str) -> int:
    oracle, fmt = Oracle(oracle_dir(plan.home)), format_named(dtype)
    asked, profile, distribution = plan.asked(subject), plan.profile_of(subject), is_distribution(subject)
    count = 0
    try:
        in_format(subject, fmt)
    except BeyondFormat:  # Where the cases are made it is said that this one is left out.
        return 0
    for quantity in plan.only(subject) or functions_of(subject):
        if too_large(subject, (quantity,), profile):
            continue
        points = standard_points(oracle, subject, quantity, fmt, profile, plan.seed, plan.role, plan.inside)
        count += len(oracle.truth(subject, quantity, points.values, fmt))
    weighed = "log_prob" in functions_of(subject) and not is_event_law(subject)
    if "L12" in asked.laws and weighed and not plan.quantities:
        mass.prepare(oracle, subject, dtype)
    if distribution and dtype == asked.dtypes[0] and not plan.quantities:
        for statistic in statistics_of(subject):
            oracle.statistics(subject, statistic)
    return count
