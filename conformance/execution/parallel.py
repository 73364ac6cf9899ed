"""The seam for other engines: independent tasks on anything shaped like ``concurrent.futures.Executor``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What became of one task: its ``value``, or the ``error`` that it raised."""

    index: int
    value: T | None = None
    error: Exception | None = None


def run_parallel(
    tasks: Sequence[Callable[[], T]],
    jobs: int,
    executor: Executor | None = None,
    on_done: Callable[[Outcome[T]], None] | None = None,
) -> list[Outcome[T]]:
    """Run every task, ``jobs`` at a time; one Outcome per task, in the order of the tasks.

    Guarantee: an Exception of one task costs that task only. KeyboardInterrupt and the like pass at once: what has not
    begun is cancelled, and an executor of our own is left without waiting for new work.

    The default engine is threads, since the work is done in worker processes. Another ``executor`` (a process pool,
    Dask's or Ray's; ``jobs`` is then its own affair) is used as it is and not shut down; its tasks must be what it can
    carry, so picklable functions rather than closures. ``on_done`` is called in the caller's thread as tasks end.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    engine = executor or ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="conformance")
    outcomes: dict[int, Outcome[T]] = {}
    futures = {}
    try:
        futures = {engine.submit(task): index for index, task in enumerate(tasks)}
        for future in as_completed(futures):
            error = future.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            index = futures[future]
            outcomes[index] = Outcome(index, error=error) if error else Outcome(index, future.result())
            if on_done:
                on_done(outcomes[index])
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    finally:
        if executor is None:
            engine.shutdown(wait=True, cancel_futures=True)
    return [outcomes[index] for index in range(len(tasks))]
