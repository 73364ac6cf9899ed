"""Processes in the frameworks' environments that the tests share: to import a framework takes seconds."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Probe:
    """One process of ``python -m adapters.tests.probe``. After an AssertionError of ``ask`` it is dead."""

    def __init__(self, python: Path) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._done, theirs = os.pipe()
        self._said = Path(self._folder.name, "stderr")
        with self._said.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", "adapters.tests.probe", str(theirs)],
                cwd=self._folder.name,
                env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=(theirs,),
                text=True,
                start_new_session=True,  # It is killed with the child that answers for it.
            )
        os.close(theirs)

    def ask(
        self, framework: str, requests: list[dict[str, Any]], timeout: float, *, apart: bool = False
    ) -> dict[str, Any]:
        """What ``adapters.tests.probe`` replies; ``apart``: from a child that was asked nothing before."""
        assert self._process.stdin is not None
        asked, replied = Path(self._folder.name, "requests.json"), Path(self._folder.name, "replies.json")
        asked.write_text(json.dumps(requests), encoding="utf-8")
        with contextlib.suppress(BrokenPipeError):  # What it died of is told below.
            self._process.stdin.write(f"{framework} {asked} {replied}{' apart' if apart else ''}\n")
            self._process.stdin.flush()
        late = not select.select([self._done], [], [], timeout)[0]
        if late or not os.read(self._done, 1):
            self._kill()
            status = "no answer" if late else self._process.wait()
            raise AssertionError(f"{framework} ended with {status}: {self._said.read_text(errors='replace')[-3000:]}")
        answers: dict[str, Any] = json.loads(replied.read_text(encoding="utf-8"))
        return answers

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self._kill()
        self._process.wait()
        os.close(self._done)
        self._folder.cleanup()


_SHARED: dict[tuple[Path, str, str], Probe] = {}


def shared(python: Path, framework: str) -> Probe:
    """The one of this framework, interpreter and moment with its variables, started where it is not there."""
    foreign = ("PYTEST_", "CONFORMANCE_PYTHON_")
    variables = json.dumps({name: value for name, value in os.environ.items() if not name.startswith(foreign)})
    key = (python, framework, variables)
    if key not in _SHARED or not _SHARED[key].alive():
        _SHARED[key] = Probe(python)
    return _SHARED[key]


@atexit.register
def _close() -> None:
    for probe in _SHARED.values():
        probe.close()
