"""Nothing computed is lost, and nothing damaged is believed."""

from __future__ import annotations

import errno
import hashlib
import io
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

from adapters.interface.wire import send
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
@pytest.mark.parametrize("damage", ["flip", "foreign", "length", "cut", "empty"])
def test_a_corrupt_record_is_named_and_computed_anew(hostile: Make, tmp_path: Path, damage: str) -> None:
    said: list[str] = []
    client = hostile(tmp_path)
    client.evaluate(request(0))
    (path,) = tmp_path.glob("*.pack")
    first = path.stat().st_size
    client.evaluate(request(1))
    raw = bytearray(path.read_bytes())
    if damage == "flip":
        raw[-20] ^= 1
    elif damage == "foreign":  # The key of another record.
        raw[first] ^= 1
    elif damage == "length":
        raw[first + 64] ^= 1
    path.write_bytes({"cut": bytes(raw[:-1]), "empty": b""}.get(damage, bytes(raw)))
    client = hostile(tmp_path, log=said.append)
    for number in range(2):
        values = request(number).values
        assert values is not None
        np.testing.assert_array_equal(client.evaluate(request(number)).values, np.exp(values))
    assert client.counts.evaluations == (2 if damage == "empty" else 1)
    # What a kill leaves behind is no news, nor is a record that nobody asks for.
    assert [str(path) in line for line in said] == [True] * (damage in ("flip", "length"))
    again: list[str] = []
    assert hostile(tmp_path, log=again.append).evaluate(request(1)).reused
    assert len(again) == (damage == "length")


def filed(folder: Path, key: str, content: bytes) -> Path:
    """A record as earlier releases kept it."""
    path = folder / key[:2] / f"{key}.reply"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"conformance journal 1\n" + hashlib.sha256(key.encode() + b"\n" + content).digest() + content)
    return path


def test_records_of_earlier_releases_are_read_and_damaged_ones_set_aside(tmp_path: Path) -> None:
    said: list[str] = []
    body = io.BytesIO()
    send(body, {"status": "ok"}, [np.arange(3.0)])
    whole, cut = "ab" * 32, "cd" * 32
    filed(tmp_path, whole, body.getvalue())
    damaged = filed(tmp_path, cut, body.getvalue())
    damaged.write_bytes(damaged.read_bytes()[:-1])
    journal = Journal(tmp_path, said.append)
    found = journal.load(whole)
    assert found is not None
    assert (found[0], found[1][0].tolist()) == ({"status": "ok"}, [0.0, 1.0, 2.0])
    assert journal.load(cut) is None
    assert journal.load("ef" * 32) is None
    assert [str(damaged) in line for line in said] == [True]
    assert damaged.with_name(damaged.name + ".corrupt").exists()


def test_what_another_process_writes_is_found_once_it_is_whole(tmp_path: Path) -> None:
    said: list[str] = []
    reader, writer, other = Journal(tmp_path, said.append), Journal(tmp_path), Journal(tmp_path, name="journal-2")
    keys = [f"{number:02x}" * 32 for number in range(1, 4)]
    assert reader.load(keys[0]) is None
    for key in keys:
        writer.store(key, {"key": key}, [np.arange(5)])
        found = reader.load(key)
        assert found is not None
        assert found[0] == {"key": key}
        assert other.load(key) is None
    (path,) = tmp_path.glob("*.pack")
    raw = path.read_bytes()
    fresh = Journal(tmp_path / "other", said.append)
    late = tmp_path / "other" / f"journal-{'0' * 16}.pack"
    late.parent.mkdir()
    for end in (0, 10, len(raw) - 300, len(raw) - 1):
        late.write_bytes(raw[:end])
        assert fresh.load(keys[2]) is None
    late.write_bytes(raw)
    assert [fresh.load(key) is not None for key in keys] == [True] * 3
    assert not said


def test_a_record_that_could_not_be_written_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    journal, write = Journal(tmp_path, said.append), os.write
    journal.store("aa" * 32, {}, [])

    def full(descriptor: int, data: memoryview) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[: len(data) - 50])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        journal.store("bb" * 32, {}, [np.arange(20)])
    assert ["No space left" in line for line in said] == [True]
    with monkeypatch.context() as patched:  # Not even what a new pack begins with.
        patched.setattr(os, "write", lambda descriptor, data: full(descriptor, data[:10]))
        journal.store("dd" * 32, {}, [])
    journal.store("cc" * 32, {}, [])
    for each in (journal, Journal(tmp_path, said.append)):
        assert [each.load(key * 32) is not None for key in ("aa", "bb", "dd", "cc")] == [True, False, False, True]
    assert len(said) == 2


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
    (tmp_path / "journal").write_text("a file where a folder should be")
    journal = Journal(tmp_path / "journal", said.append)
    journal.store("ab" * 32, {}, [])
    assert "cannot write" in said[0]
    assert journal.load("ab" * 32) is None


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
