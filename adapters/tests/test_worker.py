"""The worker over real pipes: one reply per request, whatever is asked and whatever the framework does."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from adapters.interface.scripts import ALONE
from adapters.interface.wire import WireClosed, WireError, receive, send
from adapters.worker import raised

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ("--adapter-file", str(ROOT / "adapters/tests/hostile.py"))
EVALUATE = {"op": "evaluate", "subject": "exp", "quantity": "forward", "dtype": "float32", "mode": "eager"}
DRAW = EVALUATE | {"subject": "normal(loc=0.25,scale=1.5)", "quantity": "sample", "count": 5, "seed": 1}


class Driver:
    """The other end of a worker's pipes."""

    def __init__(self, log: Path, *arguments: str, inherited: Any = os.environ, **environment: str) -> None:
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        descriptors = ("--request-fd", str(request_read), "--reply-fd", str(reply_write))
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "adapters.worker", *arguments, *descriptors],
                pass_fds=(request_read, reply_write),
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=dict(inherited) | environment,
            )
        os.close(request_read)
        os.close(reply_write)
        self.requests, self.replies = os.fdopen(request_write, "wb"), os.fdopen(reply_read, "rb")

    def ask(self, header: dict[str, Any], *arrays: Any) -> tuple[dict[str, Any], list[Any]]:
        send(self.requests, header, arrays)
        return receive(self.replies)

    def hang_up(self) -> None:
        for stream in (self.requests, self.replies):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@contextlib.contextmanager
def driving(log: Path, *arguments: str, **settings: Any) -> Iterator[Driver]:
    driver = Driver(log, *arguments, **settings)
    try:
        yield driver
    finally:
        driver.process.kill()
        driver.process.wait()
        driver.hang_up()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with driving(tmp_path_factory.mktemp("worker") / "log", "--adapter", "numpy") as driver:
        yield driver


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with driving(tmp_path_factory.mktemp("hostile") / "log", *HOSTILE) as driver:
        yield driver


def test_it_describes_itself(worker: Driver) -> None:
    header, arrays = worker.ask({"op": "describe"})
    assert header["status"] == "ok"
    assert not arrays
    description = header["description"]
    assert description["framework"] == "numpy"
    assert set(description["flush_to_zero"]) == {"float16", "bfloat16", "float32", "float64"}


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_arrays_go_in_and_come_out(worker: Driver, dtype: Any) -> None:
    x = np.array([-1.0, 0.0, 2.0]).astype(dtype)
    header, (y,) = worker.ask(EVALUATE | {"dtype": x.dtype.name}, x)
    assert header == {"status": "ok"}
    assert y.dtype == x.dtype
    assert np.array_equal(y, np.exp(x.astype(np.float64)).astype(dtype))


def test_an_empty_block_is_a_block(worker: Driver) -> None:
    header, (y,) = worker.ask(EVALUATE, np.zeros(0, np.float32))
    assert header == {"status": "ok"}
    assert y.shape == (0,)


def test_statistics_take_no_array_and_samples_a_seed(worker: Driver) -> None:
    _, (mean,) = worker.ask(DRAW | {"quantity": "mean"})
    assert mean.shape == ()
    assert mean == np.float32(0.25)
    draws = [worker.ask(DRAW | {"seed": s})[1][0] for s in (1, 1, 2)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


@pytest.mark.parametrize(
    ("change", "arrays", "kind"),
    [
        ({"op": "what"}, 0, "RequestError"),
        ({"op": None}, 0, "RequestError"),
        ({"quantity": "colour"}, 1, "RequestError"),
        ({"subject": 3}, 1, "RequestError"),
        (DRAW | {"count": -1}, 0, "RequestError"),
        (DRAW | {"count": True}, 0, "RequestError"),
        ({"dtype": "float64"}, 1, "RequestError"),
        ({}, 0, "RequestError"),
        ({}, 2, "RequestError"),
        ({"subject": "exp("}, 1, "SpecError"),
        ({"subject": "exp(loc=1.0)"}, 1, "SpecError"),
        ({"subject": "inverse(" * 20000}, 1, "SpecError"),
    ],
)
def test_nonsense_is_answered_not_died_of(worker: Driver, change: dict[str, Any], arrays: int, kind: str) -> None:
    header, _ = worker.ask(EVALUATE | change, *[np.ones(2, np.float32)] * arrays)
    assert header["status"] == "raised"
    assert header["type"] == kind
    assert header["traceback"]
    assert worker.ask(EVALUATE, np.ones(2, np.float32))[0] == {"status": "ok"}


@pytest.mark.parametrize("change", [{"subject": "wibble"}, {"mode": "compile"}])
def test_what_is_lacking_is_not_offered(worker: Driver, change: dict[str, Any]) -> None:
    header, _ = worker.ask(EVALUATE | change, np.ones(2, np.float32))
    assert header["status"] == "not_offered"
    assert header["absent"] is True
    assert header["message"]


def test_scripts_are_written_and_run(worker: Driver) -> None:
    x = np.array([0.1, 0.2], np.float32)
    _, (y,) = worker.ask(EVALUATE | {"subject": "tanh", "quantity": "fldj"}, x)
    header, _ = worker.ask(EVALUATE | {"op": "reproduction", "subject": "tanh", "quantity": "fldj"}, x[0])
    header, _ = worker.ask({"op": "snippet", "code": header["code"]})
    assert header == {"status": "ok", "stdout": f"{float(y[0]).hex()}\n", "single": ""}
    header, _ = worker.ask({"op": "snippet", "code": "import inspect\ndef f(): return 1\nprint(inspect.getsource(f))"})
    assert "return 1" in header["stdout"]
    assert worker.ask({"op": "snippet", "code": "1/0"})[0]["type"] == "ZeroDivisionError"


def test_what_the_framework_imports_is_spared_every_later_collection(worker: Driver) -> None:
    assert worker.ask({"op": "describe"})[0]["status"] == "ok"
    header, _ = worker.ask({"op": "snippet", "code": "import gc, sys; print(gc.get_freeze_count() > len(sys.modules))"})
    assert header["stdout"] == "True\n"


def test_a_script_in_two_halves_is_one_run_and_two_outputs(worker: Driver) -> None:
    halves = f"import os\nkept = [2]\ndef more(): return kept[0] + 1\nprint(2){ALONE}print(more())\n"
    assert worker.ask({"op": "snippet", "code": halves})[0] == {"status": "ok", "stdout": "2\n", "single": "3\n"}
    failing = f"print(2){ALONE}print(1)\nraise KeyError('late')\n"
    header, _ = worker.ask({"op": "snippet", "code": failing})
    assert header == {"status": "ok", "stdout": "2\n", "single": "1\nKeyError: 'late'\n"}


def test_what_the_defaults_refuse_is_asked_row_by_row(worker: Driver) -> None:
    asked = {"op": "refused", "questions": [EVALUATE | {"subject": name} for name in ("tanh", "no_such_map", "tanh")]}
    rows = [np.ones(count, np.float32) for count in (3, 2, 1)]
    assert worker.ask(asked, *rows)[0] == {"status": "ok", "refused": [[False] * 3, None, [False]]}
    assert worker.ask(asked, *rows[:2])[0]["type"] == "RequestError"
    assert worker.ask(asked, *rows[:2], np.float32(1.0))[0]["type"] == "RequestError"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (5.0, "FloatingPointError"),
        (6.0, "MemoryError"),
        (8.0, "SystemExit"),
        (11.0, "RecursionError"),
        (13.0, "WireError"),
    ],
)
def test_python_level_errors_are_replies(hostile: Driver, value: float, kind: str) -> None:
    header, _ = hostile.ask(EVALUATE, np.array([0.25, value], np.float32))
    assert (header["status"], header["type"]) == ("raised", kind)
    header, (y,) = hostile.ask(EVALUATE, np.array([0.25], np.float32))
    assert header == {"status": "ok"}
    assert y[0] == np.float32(np.exp(0.25))


def test_the_framework_prints_beside_the_wire(hostile: Driver) -> None:
    before = hostile.log.stat().st_size
    header, (y,) = hostile.ask(EVALUATE, np.array([4.0], np.float32))
    assert header == {"status": "ok"}
    assert y[0] == np.float32(np.exp(4.0))
    assert hostile.log.stat().st_size - before == 5_000_000


def test_not_offered_in_the_middle(hostile: Driver) -> None:
    header, _ = hostile.ask(EVALUATE, np.array([14.0], np.float32))
    assert header["status"] == "not_offered"
    assert header["absent"] is False, "the subject is there, and one answer is not"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "error", "status"),
    [
        (1.0, WireClosed, -signal.SIGSEGV),
        (3.0, WireClosed, 7),
        (7.0, WireError, None),
        (9.0, WireClosed, -signal.SIGABRT),
        (10.0, WireClosed, -signal.SIGKILL),
        (15.0, WireClosed, None),
    ],
)
def test_what_the_driver_sees_of_a_death(tmp_path: Path, value: float, error: type, status: int | None) -> None:
    with driving(tmp_path / "log", *HOSTILE) as driver:
        with pytest.raises(error):
            driver.ask(EVALUATE, np.array([value], np.float32))
        if status is not None:
            assert driver.process.wait(10) == status


@pytest.mark.slow
@pytest.mark.parametrize("value", [2.0, 2.5])
def test_a_hang_is_silent_and_killable(tmp_path: Path, value: float) -> None:
    with driving(tmp_path / "log", *HOSTILE) as driver:
        assert driver.ask(EVALUATE, np.array([0.5], np.float32))[0] == {"status": "ok"}
        send(driver.requests, EVALUATE, [np.array([value], np.float32)])
        assert select.select([driver.replies], [], [], 0.4)[0] == []
        assert driver.process.poll() is None
        if value == 2.0:  # Nobody is left to read: the worker notices although its framework hangs.
            driver.hang_up()
            assert driver.process.wait(10) == 0


def test_an_adapter_that_fails_to_start_says_so_each_time(tmp_path: Path) -> None:
    with driving(tmp_path / "log", *HOSTILE, HOSTILE_START="raise") as driver:
        for _ in range(2):
            header, _ = driver.ask({"op": "describe"})
            assert (header["status"], header["type"]) == ("raised", "FloatingPointError")


def test_it_ends_when_asked_and_when_left(tmp_path: Path) -> None:
    with driving(tmp_path / "log", "--adapter", "numpy") as driver:
        assert driver.ask({"op": "exit"})[0] == {"status": "ok"}
        assert driver.process.wait(10) == 0
    with driving(tmp_path / "log", "--adapter", "numpy") as driver:
        driver.requests.close()
        assert driver.process.wait(10) == 0


def test_a_malformed_request_ends_it_with_status_2(tmp_path: Path) -> None:
    with driving(tmp_path / "log", "--adapter", "numpy") as driver:
        driver.requests.write(b"\xff" * 100)
        driver.requests.flush()
        assert driver.process.wait(10) == 2
        assert "garbage" in driver.log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [None, "3"])
def test_math_is_single_threaded_unless_the_driver_says_otherwise(tmp_path: Path, asked: str | None) -> None:
    code = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'])"
    chosen = {} if asked is None else {"OMP_NUM_THREADS": asked}
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    with driving(tmp_path / "log", *HOSTILE, inherited=kept, **chosen) as driver:
        assert driver.ask({"op": "snippet", "code": code})[0]["stdout"].split() == [asked or "1", "1"]


def test_a_message_has_no_names_of_temporary_files() -> None:
    """MindSpore's compiler names the file that it compiles, in a folder that is another one in every run."""
    told = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder, Path(folder).name, "cell.py")
            said = f'the same.\n# 0 In file {module}:12~15, 8\n  File "{module}", line 3; see /usr/lib/x.py: {folder}'
            told.append(raised(TypeError(said))["message"])
    assert told[0] == told[1]
    assert "In file a temporary file:12~15, 8\n" in told[0]
    assert 'File "a temporary file", line 3; see /usr/lib/x.py: a temporary file' in told[0]


@pytest.mark.parametrize("said", ["plain", "", "/tmp is full", "a/tmp/b"])
def test_other_messages_are_as_they_are(said: str) -> None:
    assert raised(ValueError(said))["message"] == said
