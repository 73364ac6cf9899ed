"""Processes that tests share: what answers apart was asked nothing before, and is told of however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.tests.probes import Probe

HOSTILE = "tests.hostile"
HANGS, LEAVES = 2.0, 3.0


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Probe]:
    """Of the misbehaving framework, whose second evaluation in one process is a segmentation fault."""
    monkeypatch.setenv("HOSTILE_FUSE", "2")
    with contextlib.closing(Probe(Path(sys.executable))) as made:
        yield made


def exponential(value: float) -> list[dict[str, Any]]:
    return [{"subject": "exp", "quantity": "forward", "dtype": "float64", "mode": "eager", "values": [value.hex()]}]


def test_each_list_of_questions_meets_a_framework_that_was_asked_nothing(probe: Probe) -> None:
    for _ in range(3):
        (reply,) = probe.ask(HOSTILE, exponential(0.0), 60.0, apart=True)["answers"]
        assert reply["values"] == [(1.0).hex()]
    assert probe.ask(HOSTILE, exponential(0.0), 60.0)["answers"][0]["status"] == "ok"
    with pytest.raises(AssertionError, match="ended with -11"):
        probe.ask(HOSTILE, exponential(0.0), 60.0)


def test_a_child_that_dies_is_told_of(probe: Probe) -> None:
    with pytest.raises(AssertionError, match="ended with 7"):
        probe.ask(HOSTILE, exponential(LEAVES), 60.0, apart=True)
    assert not probe.alive()


@pytest.mark.slow
def test_a_child_that_hangs_is_killed_with_its_parent(probe: Probe) -> None:
    probe.ask(HOSTILE, exponential(0.0), 60.0, apart=True)
    with pytest.raises(AssertionError, match="no answer"):
        probe.ask(HOSTILE, exponential(HANGS), 1.0, apart=True)
    end = time.monotonic() + 60.0
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < end:
            probe.alive()  # Who asks buries it.
            os.killpg(probe._process.pid, 0)
            time.sleep(0.01)
        pytest.fail("the child is still there")
