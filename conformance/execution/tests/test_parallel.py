from __future__ import annotations

import functools
import math
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from conformance.execution import run_parallel


def test_outcomes_keep_the_order_and_an_error_costs_one_task() -> None:
    def divide(by: int) -> float:
        return 1 / by

    done: list[int] = []
    tasks = [functools.partial(divide, by) for by in (1, 0, 4)]
    outcomes = run_parallel(tasks, 2, on_done=lambda outcome: done.append(outcome.index))
    assert [outcome.value for outcome in outcomes] == [1.0, None, 0.25]
    assert isinstance(outcomes[1].error, ZeroDivisionError)
    assert sorted(done) == [0, 1, 2]


def test_tasks_really_overlap() -> None:
    meeting = threading.Barrier(3, timeout=60)
    assert all(outcome.error is None for outcome in run_parallel([meeting.wait] * 3, 3))


def test_another_engine() -> None:
    with ProcessPoolExecutor(1) as engine:
        outcomes = run_parallel([functools.partial(math.sqrt, 4.0)], 1, engine)
        assert engine.submit(math.sqrt, 9.0).result() == 3.0, "a borrowed engine was shut down"
    assert outcomes[0].value == 2.0


def test_an_interrupt_cancels_what_has_not_begun() -> None:
    begun: list[int] = []

    def task(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise KeyboardInterrupt
        time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        run_parallel([functools.partial(task, number) for number in range(300)], 1)
    assert len(begun) < 300


def test_jobs_must_be_positive() -> None:
    with pytest.raises(ValueError, match="jobs must be at least 1"):
        run_parallel([], 0)
