"""Nobody reading, a full disk or a poor encoding ends no command and turns no gate green."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, STATISTICS, TRANSFORM_QUANTITIES
from conformance.cli.main import main
from conformance.cli.output import Patient, patient_output
from conformance.sweeps.known import write

GATE = ["compare", "--frameworks", "numpy,torch", "--subjects", "tanh", "--dtypes", "float16", "--profile", "quick"]


def test_what_cannot_be_written_is_dropped_and_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    with open("/dev/full", "w") as full:
        patient = Patient(full)
        for _ in range(3):
            patient.write("x" * 100_000)
            patient.flush()
    assert capfd.readouterr().err.count("cannot write the output") == 1


def test_a_reader_that_leaves_is_no_error() -> None:
    ends = os.pipe()
    os.close(ends[0])
    with os.fdopen(ends[1], "w") as pipe:
        patient = Patient(pipe)
        patient.write("x" * 100_000)
        patient.flush()
        patient.write("more")


def test_what_the_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with patient_output():
        print("1…2")
    assert raw.getvalue() == b"1\\u20262\n"


@pytest.mark.slow
def test_a_gate_stays_shut_when_a_framework_could_not_be_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONFORMANCE_PYTHON_TORCH", "/bin/false")
    out = ["--out", str(tmp_path / "out")]
    assert main([*GATE, *out, "--fail-on", "grave"]) == 3
    assert "torch could not be examined" in capsys.readouterr().err
    assert main([*GATE, *out]) == 0


@pytest.mark.slow
def test_a_pipe_that_closes_keeps_the_files_and_the_exit_code(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "conformance.cli.main", *GATE, "--out", str(out), "--fail-on", "minor"]
    environment = {
        **os.environ,
        "CONFORMANCE_HOME": str(tmp_path / "home"),
        "CONFORMANCE_PYTHON_TORCH": "/bin/false",
    }
    ends = os.pipe()
    os.close(ends[0])
    with os.fdopen(ends[1], "wb") as nobody:
        ended = subprocess.run(command, stdout=nobody, stderr=subprocess.DEVNULL, env=environment, timeout=300)
    assert ended.returncode == 3
    assert (out / "index.html").is_file()


COMMAND = [sys.executable, "-m", "conformance.cli.main"]
EXPLAIN = [*COMMAND, "explain", "tanh", "fldj", "0.5"]


@pytest.mark.slow
def test_an_answer_that_went_nowhere_is_no_success() -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(EXPLAIN, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert ended.returncode == 3
    assert ended.stderr == "conformance: cannot write the output: No space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_defect(closed: str) -> None:
    ended = subprocess.run(f"{shlex.join(EXPLAIN)} {closed}", shell=True, capture_output=True, text=True, timeout=120)
    assert ended.returncode in (0, 3)
    assert "Traceback" not in ended.stderr
    assert ("exact" in ended.stdout) == (closed == "2>&-")


@pytest.mark.slow
def test_a_reader_of_both_streams_that_leaves_costs_no_report(tmp_path: Path) -> None:
    """``compare ... 2>&1 | head -1``: what works in other processes must not write to a pipe that is gone."""
    out = tmp_path / "out"
    command = [*COMMAND, "compare", "--frameworks", "numpy", "--subjects", "tanh,exp", "--dtypes", "float32"]
    command += ["--profile", "quick", "--out", str(out)]
    environment = {**os.environ, "CONFORMANCE_HOME": str(tmp_path / "home")}
    ends = os.pipe()
    with os.fdopen(ends[1], "wb") as pipe:
        running = subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment)
    with os.fdopen(ends[0], "rb") as reader:
        assert reader.readline().startswith(b"  oracle")
    assert running.wait(timeout=300) == 0
    assert (out / "index.html").is_file()
    results = json.loads((out / "results.json").read_text())
    assert [one["status"] for one in results["frameworks"]] == ["ready"]


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe, {"a": 1})
    assert os.read(reader, 100) == b'{\n "a": 1\n}\n'
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["search", "exp", "--quantity", "forward", "--evaluations", "50"], ["coverage"]],
    ids=lambda one: one[0],
)
def test_a_file_that_cannot_be_written_is_exit_code_3_as_the_help_says(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All was computed by then, so that it is no mistake of the request that a second one would make again."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path))
    assert main([*arguments, "--framework", "numpy", "--json", "/proc/x.json"]) == 3
    assert capsys.readouterr().err.splitlines()[-1].startswith("conformance: --json /proc/x.json: ")


def test_help_names_every_quantity_that_may_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """explain and search took eight of a distribution and named three."""
    for command, more in (("explain", STATISTICS), ("search", ())):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        told = re.split(r"[\s,;.:()]+", capsys.readouterr().out)
        assert {*TRANSFORM_QUANTITIES, *DISTRIBUTION_FUNCTIONS, *more} <= {*told}
