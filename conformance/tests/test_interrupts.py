"""Ctrl-C while processes are being started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from conformance.interrupts import interrupts_wait


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C as a terminal's process has it: a command that a shell started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(interrupt: Callable[[], None], reached: list[str]) -> None:
    with interrupts_wait():
        interrupt()
        time.sleep(0.05)
        reached.append("the end of the block")
    reached.append("what comes after it")


def test_an_interrupt_takes_effect_at_the_end() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: os.kill(os.getpid(), signal.SIGINT), reached)
    assert reached == ["the end of the block"]


def test_an_interrupt_that_reaches_another_thread_waits_too() -> None:
    # A thread that does not block the signal gets it; Python's handler runs in the main thread all the same.
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    reached: list[str] = []
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted(lambda: signal.pthread_kill(other.ident or 0, signal.SIGINT), reached)
    finally:
        done.set()
        other.join()
    assert reached == ["the end of the block"]


def test_what_is_started_never_sees_it_and_all_is_as_before_afterwards() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with interrupts_wait():
        script = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
        started = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert started.stdout.strip() == "True"
    assert signal.getsignal(signal.SIGINT) is handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_other_threads_start_processes_as_well() -> None:
    def start() -> None:
        with interrupts_wait():
            blocked.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))

    blocked: list[bool] = []
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert blocked == [True]
