"""Nothing computed is lost, and nothing damaged is believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from conformance.execution import FrameworkClient, Request
from conformance.execution.journal import Journal
from conformance.execution.tests.conftest import HOSTILE

Make = Callable[..., FrameworkClient]

DRIVER = """
import sys, numpy as np
from pathlib import Path
from conformance.execution import FrameworkClient, Request, existing
with FrameworkClient(existing("numpy"), "hostile", Path(sys.argv[1]), 60.0, Path(sys.argv[2])) as client:
    for number in range(int(sys.argv[3])):
        values = np.linspace(-20.0, -1.0, 50) - 0.01 * number
        if number == int(sys.argv[4]):
            values[7] = float(sys.argv[5])
        client.evaluate(Request("exp", "forward", "float64", values=values))
        print(number, client.snippet("import os; print(os.getpid())").stdout.strip(), flush=True)
    print("done", client.counts.evaluations, client.counts.reused, flush=True)
"""


def request(number: int) -> Request:
    return Request("exp", "forward", "float64", values=np.linspace(-20.0, -1.0, 50) - number)


@pytest.mark.slow
def test_a_second_run_asks_nothing(hostile: Make, tmp_path: Path) -> None:
    first = [hostile(tmp_path).evaluate(request(number)) for number in range(3)]
    client = hostile(tmp_path)
    for number, before in enumerate(first):
        again = client.evaluate(request(number))
        assert again.reused
        assert not before.reused
        assert (again.status, again.message, again.seconds) == (before.status, before.message, before.seconds)
        np.testing.assert_array_equal(again.values, before.values)
    assert (client.counts.evaluations, client.counts.starts) == (0, 0)


@pytest.mark.slow
def test_deaths_are_remembered_too(hostile: Make, tmp_path: Path) -> None:
    deadly = Request("exp", "forward", "float64", values=np.array([-1.0, 1.0, -2.0]))
    before = hostile(tmp_path).evaluate(deadly)
    client = hostile(tmp_path)
    again = client.evaluate(deadly)
    assert client.counts.starts == 0
    np.testing.assert_array_equal(again.fate, before.fate)
    np.testing.assert_array_equal(again.values, before.values)


@pytest.mark.slow
def test_a_time_out_is_asked_again_when_more_time_is_given(hostile: Make, tmp_path: Path) -> None:
    slow = Request("exp", "forward", "float64", values=np.array([2.0]))
    assert hostile(tmp_path, timeout=0.5).evaluate(slow).status == "timed_out"
    assert hostile(tmp_path, timeout=0.5).evaluate(slow).reused
    assert not hostile(tmp_path, timeout=1.0).evaluate(slow).reused


def test_another_adapter_is_asked_anew(hostile: Make, tmp_path: Path) -> None:
    hostile(tmp_path / "journal").evaluate(request(0))
    changed = tmp_path / "changed.py"
    changed.write_text(HOSTILE.read_text() + "\n# changed\n")
    client = hostile(tmp_path / "journal")
    client._adapter_file = changed
    assert not client.evaluate(request(0)).reused


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "foreign"])
def test_a_corrupt_record_is_named_and_set_aside(hostile: Make, tmp_path: Path, damage: str) -> None:
    said: list[str] = []
    hostile(tmp_path).evaluate(request(0))
    hostile(tmp_path).evaluate(request(1))
    path, other = sorted(tmp_path.glob("*/*.reply"))
    raw = bytearray(path.read_bytes())
    if damage == "flip":
        raw[-20] ^= 1
    damaged = {"flip": bytes(raw), "cut": bytes(raw[:-1]), "empty": b"", "foreign": other.read_bytes()}
    path.write_bytes(damaged[damage])
    client = hostile(tmp_path, log=said.append)
    for number in range(2):
        values = request(number).values
        assert values is not None
        np.testing.assert_array_equal(client.evaluate(request(number)).values, np.exp(values))
    assert client.counts.evaluations == 1
    assert len(said) == 1
    assert str(path) in said[0]
    assert path.with_name(path.name + ".corrupt").exists()
    assert hostile(tmp_path).evaluate(request(0)).reused


def test_records_keep_every_bit(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    bits = np.arange(1 << 16, dtype=np.uint16)
    arrays = [bits.view(ml_dtypes.bfloat16), bits.view(np.float16), np.array(-0.0), np.zeros((0, 3), np.float32)]
    journal.store("ab" * 32, {"status": "ok"}, arrays)
    found = journal.load("ab" * 32)
    assert found is not None
    for before, after in zip(arrays, found[1], strict=True):
        assert (before.dtype, before.shape, before.tobytes()) == (after.dtype, after.shape, after.tobytes())


def test_a_folder_that_cannot_be_written_costs_the_record_only(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "ab").write_text("a file where a folder should be")
    Journal(tmp_path, said.append).store("ab" * 32, {}, [])
    assert "cannot write" in said[0]


def _gone(process: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":  # Dead; whoever inherited it has not collected it yet.
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("hang", ["2.0", "2.5"], ids=["sleeping", "holding the interpreter lock in C"])
def test_kill_9_of_the_driver_loses_nothing_and_leaves_nobody(
    tmp_path: Path, hang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    command = [sys.executable, "-c", DRIVER, str(tmp_path / "journal"), str(HOSTILE)]
    # The fifth block hangs, so that the kill always comes while a request is in flight.
    driver = subprocess.Popen([*command, "8", "4", hang], stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    lines = [driver.stdout.readline().split() for _ in range(4)]
    assert [line[0] for line in lines] == ["0", "1", "2", "3"]
    worker = int(lines[-1][1])
    time.sleep(0.5)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    driver.stdout.close()
    assert _gone(worker, 10.0), "the worker outlived the driver"
    assert len(list(scratch.iterdir())) == 1
    resumed = subprocess.run([*command, "8", "-1", "0"], capture_output=True, text=True, timeout=60, check=True)
    evaluations, reused = resumed.stdout.splitlines()[-1].split()[1:]
    assert evaluations == "4", "blocks that were done before the kill were computed again"
    # Four blocks; the snippet is the same question every time, so each of its eight answers is the first run's.
    assert int(reused) == 4 + 8
    assert resumed.stderr == ""
    assert not list(scratch.iterdir()), "the killed driver's scratch folder was left behind"
