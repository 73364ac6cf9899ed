"""``conformance sweep --every N`` as a person meets it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

import conformance
from conformance.cli.main import INTERRUPTED, main
from conformance.cli.sampled import sampled
from conformance.sweeps.request import Sweep
from conformance.sweeps.sample import Sampled, sample

FILE = Path(conformance.__file__).parent / "sweeps" / "tests" / "sloppy_adapter.py"
OWN = ["--framework", "sloppy", "--adapter-file", str(FILE), "--dtype", "bfloat16", "--jobs", "1"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.slow
def test_a_line_for_each_quantity_that_is_offered_and_nothing_that_a_comparison_would_take(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "exp,softplus", "--quantity", "forward,fldj", "--every", "31", *OWN]) == 0
    said = capsys.readouterr()
    rows = [line.split() for line in said.out.splitlines() if line.startswith("sloppy")]
    assert [row[1:3] for row in rows] == [["exp", "forward"], ["exp", "fldj"]]
    # A search begins at halves: the one wrong float, 1.5, is tried though it is no 31st.
    assert rows[0][5] == "1.5"
    assert rows[0][-3:] == ["1", "value", "wrong"]
    assert rows[1][-1] == "none"
    assert "there may be worse between them" in said.out
    assert "exact" not in said.out
    assert "sloppy has no softplus" in said.err
    assert not list(home.glob("sweeps/**/*"))


@pytest.mark.slow
def test_what_another_branch_answers_is_told_apart_from_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["sweep", "reciprocal", "--framework", "numpy", "--dtype", "bfloat16", "--every", "31", "--jobs", "1"]
    assert main([*asked, "--quantity", "forward"]) == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("numpy"))
    count, *words = row.split("  ")[-1].split()
    assert words == ["where", "nothing", "is", "claimed"]
    # All below 0, of which fewer are known places.
    assert 0.2 < int(count.replace(",", "")) / int(row.split()[3].replace(",", "")) < 0.5


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        *((["exp", "--quantity", "forward", "--every", every], "odd number") for every in ("1024", "2", "0", "-7")),
        (["exp", "--quantity", "forward", "--every", "63", "--dtype", "float32"], "held at a time"),
        (["exp", "--quantity", "forward", "--every", "4099", "--json", "x.json"], "--json"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_exit_code_2_before_anything_is_installed(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an environment was asked for")

    monkeypatch.setattr("conformance.cli.sweep.ensure", never)
    assert main(["sweep", "--framework", "torch", *arguments]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1


@pytest.mark.slow
def test_the_only_function_asked_for_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "softplus", "--quantity", "forward", "--every", "31", *OWN]) == 2
    assert "sloppy has no softplus" in capsys.readouterr().err


def rows_of(printed: str) -> list[list[str]]:
    return [line.split()[1:3] for line in printed.splitlines() if line.startswith("sloppy")]


@pytest.mark.slow
def test_what_the_dtype_does_not_hold_is_a_line_and_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    subjects = "exp,affine(loc=1e30,scale=2.0),abs"
    asked = ["sweep", subjects, "--quantity", "forward", "--every", "31", *OWN, "--dtype", "float16"]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert rows_of(said.out) == [["exp", "forward"], ["abs", "forward"]]
    assert "is beyond float16" in said.err
    asked[1] = "affine(loc=1e30,scale=2.0)"
    assert main(asked) == 2
    said = capsys.readouterr()
    assert "is beyond float16" in said.err.splitlines()[-1]
    assert not said.out


@pytest.mark.slow
@pytest.mark.parametrize(("subjects", "code"), [("exp", 2), ("exp,abs", 3)])
def test_a_framework_that_cannot_start_is_one_line_and_the_exit_code_of_a_plain_sweep(
    subjects: str, code: int, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = home.parent / "gone"
    gone.touch()
    monkeypatch.setenv("SLOPPY_GONE", str(gone))
    for stride in (["--every", "31"], []):
        assert main(["sweep", subjects, "--quantity", "forward", *stride, *OWN]) == code
        said = capsys.readouterr()
        assert not said.out
        assert "sloppy cannot be started" in said.err
        assert said.err.count("\n") == 1 or not stride


@pytest.mark.slow
def test_a_framework_that_dies_at_one_quantity_keeps_those_before_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLOPPY_GONE", str(home.parent / "gone"))
    assert main(["sweep", "exp", "--quantity", "fldj,ildj,forward,inverse", "--every", "31", *OWN]) == 3
    said = capsys.readouterr()
    assert rows_of(said.out) == [["exp", "fldj"], ["exp", "ildj"]]
    last = said.err.splitlines()[-1]
    assert last.startswith("conformance: sloppy bfloat16 forward of exp: sloppy died and cannot be started again")
    assert "Traceback" not in said.err


def ended_from_outside_at_abs(sweeps: Sequence[Sweep], every: int) -> list[Sampled | str]:
    if sweeps[0].subject == "abs":
        os.kill(os.getpid(), signal.SIGKILL)
    return sampled(sweeps, every)


@pytest.mark.slow
def test_a_process_that_is_ended_from_outside_is_one_line_and_what_was_done_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.cli.sampled.sampled", ended_from_outside_at_abs)
    assert main(["sweep", "exp,abs,tanh", "--quantity", "forward", "--every", "31", *OWN]) == 3
    said = capsys.readouterr()
    assert rows_of(said.out) == [["exp", "forward"]]
    last = said.err.splitlines()[-1]
    assert last.startswith("conformance: sloppy bfloat16 forward of abs: a process was ended from outside")
    assert last.endswith("2 of 3 subjects are not in the table")
    assert "Traceback" not in said.err


def out_of_memory_at_ildj(sweeps: Sequence[Sweep], every: int) -> list[Sampled | str]:
    def short(sweep: Sweep, *more: object) -> Sampled:
        if sweep.quantity == "ildj":
            raise MemoryError("so many bytes")
        return sample(sweep, *more)  # type: ignore[arg-type]

    with patch("conformance.cli.sampled.sample", short):
        return sampled(sweeps, every)


@pytest.mark.slow
def test_a_defect_of_the_suite_is_told_after_what_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.cli.sampled.sampled", out_of_memory_at_ildj)
    assert main(["sweep", "exp,tanh", "--quantity", "forward,ildj", "--every", "31", *OWN]) == 70
    said = capsys.readouterr()
    assert rows_of(said.out) == [["exp", "forward"], ["tanh", "forward"]]
    assert "MemoryError: so many bytes" in said.err
    # Of where it happened, in another process.
    assert "in short" in said.err


@pytest.mark.slow
def test_ctrl_c_prints_what_was_done(home: Path) -> None:
    """tanh waits for minutes at its first negative number; densities do not."""
    law = "normal(loc=0.5,scale=2.0)"
    asked = ["sweep", f"{law},tanh", "--quantity", "log_prob,forward", "--every", "31", *OWN, "--timeout", "600"]
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli.main", *asked],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "CONFORMANCE_HOME": str(home), "SLOPPY_SLEEP": "600"},
    )
    assert process.stderr is not None
    seen = ""
    while f"log_prob of {law}: worst" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted; no result of a sample is kept" in said
    assert INTERRUPTED not in said
    assert "Traceback" not in said
    assert rows_of(out) == [[law, "log_prob"]]
