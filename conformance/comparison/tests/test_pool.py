"""The processes that share a comparison's work."""

from __future__ import annotations

import gc
import os
import struct
import subprocess
import sys
import time
from typing import Any

import pytest

from conformance.comparison.run import end_pool
from conformance.comparison.truths import process_pool


@pytest.mark.slow
def test_its_processes_see_the_variables_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the one that they are forked from is older."""
    for folder in ("/one", "/two"):
        monkeypatch.setenv("CONFORMANCE_HOME", folder)
        with process_pool(1) as pool:
            assert pool.submit(os.getenv, "CONFORMANCE_HOME").result() == folder
    monkeypatch.delenv("CONFORMANCE_HOME")
    with process_pool(1) as pool:
        assert pool.submit(os.getenv, "CONFORMANCE_HOME").result() is None


@pytest.mark.slow
def test_what_was_imported_is_no_business_of_a_collector_in_the_processes() -> None:
    with process_pool(1) as executor:
        assert executor.submit(gc.get_freeze_count).result() > 10_000


def stop_amid_an_answer() -> None:
    """Announces a thousand bytes to the pool's parent and never sends them, as one does that is ended just then."""
    frame: Any = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["result_queue"]._writer._send(struct.pack("!i", 1000))
    time.sleep(600)


def interrupted_amid_an_answer() -> None:
    pool = process_pool(1)
    pool.submit(stop_amid_an_answer)
    time.sleep(2)  # By then its thread has read what there is, and waits for the rest.
    end_pool(pool)


@pytest.mark.slow
def test_what_is_ended_amid_an_answer_holds_nobody_up() -> None:
    """The thread that reads the answer, for which the interpreter waits at its end, would wait for ever."""
    here = "from conformance.comparison.tests.test_pool import interrupted_amid_an_answer as run; run()"
    done = subprocess.run([sys.executable, "-c", here], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
