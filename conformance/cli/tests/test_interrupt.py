"""Ctrl-C and kill -9 in the middle of a comparison: quiet, nothing left running, and the same command resumes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import INTERRUPTED

pytestmark = pytest.mark.slow

MOMENTS = ["while it imports", "while its processes start", "in the oracle's work", "in a framework's run"]
SOME = ("--frameworks", "numpy", "--subjects", "tanh,sigmoid", "--dtypes", "float32", "--profile", "quick")


def _children_of(process: int | str) -> list[str]:
    found = []
    with contextlib.suppress(OSError):  # Threads and processes come and go.
        for task in Path(f"/proc/{process}/task").iterdir():
            children = (task / "children").read_text().split()
            found += [child for child in children if "forkserver" in Path(f"/proc/{child}/cmdline").read_text()]
    return found


class Comparison:
    """``conformance compare`` as a terminal starts it: the leader of a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        command = [sys.executable, "-m", "conformance.cli.main", "compare", *SOME, "--out", str(self.out)]
        self.log = folder / f"stderr-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "CONFORMANCE_HOME": str(folder / "home")},
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until(self, moment: str) -> None:
        if moment == "while it imports":
            time.sleep(0.4)
        elif moment == "while its processes start":
            self._until(lambda: len(self._children()) >= 2)
        else:
            self._until(lambda: {"in the oracle's work": "  oracle "}.get(moment, "  numpy ") in self.said())

    def _until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            assert self.process.poll() is None, self.said()
            time.sleep(0.01)

    def _children(self) -> list[str]:
        """The processes that work for it, forked from one that it started."""
        return [child for server in _children_of(self.process.pid) for child in _children_of(server)]

    def signalled(self, number: signal.Signals) -> int:
        """Its status after ``number`` was sent to all of its group, once nothing of the group is left."""
        os.killpg(self.process.pid, number)
        status = self.process.wait(timeout=120)
        with contextlib.suppress(ProcessLookupError):
            for _ in range(100):
                os.killpg(self.process.pid, 0)
                time.sleep(0.1)
            pytest.fail("processes of the group are still there")
        return status

    def findings(self) -> Any:
        assert self.process.wait(timeout=120) == 0, self.said()
        document = json.loads((self.out / "findings.json").read_text())
        return document["findings"], json.loads((self.out / "results.json").read_text())["law_results"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_is_one_line_and_exit_code_130(tmp_path: Path, moment: str) -> None:
    if "processes" in moment and not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists():
        pytest.skip("only Linux says which processes a process has started")
    comparison = Comparison(tmp_path)
    comparison.wait_until(moment)
    status = comparison.signalled(signal.SIGINT)
    # A C extension that was interrupted while it was imported makes Python end by the signal: 130 to a shell as well.
    assert status == 130 or (moment == "while it imports" and status == -signal.SIGINT)
    assert "Traceback" not in comparison.said()
    assert "Error" not in comparison.said()
    progress = [line for line in comparison.said().splitlines() if line and not line.startswith("  ")]
    assert progress == [INTERRUPTED] or (status == -signal.SIGINT and not progress)


def test_a_run_that_was_killed_is_resumed_by_the_same_command(tmp_path: Path) -> None:
    killed = Comparison(tmp_path)
    killed.wait_until("in a framework's run")
    assert killed.signalled(signal.SIGKILL) == -signal.SIGKILL
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "home").rglob("*") if path.suffix == ".truth"}
    assert kept
    resumed = Comparison(tmp_path).findings()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    again = Comparison(tmp_path)
    assert again.findings() == resumed
    assert "corrupt" not in again.said()
