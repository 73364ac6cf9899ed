"""``conformance search`` as a person meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.inputs import corpus

ADAPTER = str(Path(corpus.__file__).parents[1] / "search" / "tests" / "narrow_adapter.py")
OWN = ["--framework", "narrow", "--adapter-file", ADAPTER, "--evaluations", "1500", "--seed", "1"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(corpus, "FOLDER", tmp_path / "corpus_files")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["tanh", "--quantity", "fldj", "--framework", "torsch"], "torch"),
        (["tanj", "--quantity", "fldj", "--framework", "torch"], "tanh"),
        (["affine", "--quantity", "fldj", "--framework", "torch"], "several"),
        (["tanh", "--quantity", "slope", "--framework", "torch"], "ildj"),
        (["tanh", "--quantity", "log_prob", "--framework", "torch"], "forward"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--dtype", "float128"], "bfloat16"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--mode", "fast"], "compile"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--seconds", "0"], "--seconds"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--evaluations", "-5"], "--evaluations"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--json", "no/such/folder/x.json"], "no such folder"),
        (["tanh", "--quantity", "fldj", "--framework", "mine", "--adapter-file", "no-such.py"], "no such file"),
        (["tanh", "--quantity", "fldj", *OWN, "--dtype", "bfloat16"], "float32, float64"),
        (["tanh", "--quantity", "fldj", *OWN, "--mode", "compile"], "eager"),
        (["stick_breaking", "--quantity", "fldj", "--framework", "torch", "--random", "5"], "--random"),
        (["softplus", "--quantity", "fldj", *OWN], "narrow has no softplus"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: ")
    assert said.count("\n") == 1
    assert named in said


def test_what_was_found_is_printed_written_and_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = home / "found.json"
    assert main(["search", "exp", "--quantity", "forward", *OWN, "--keep", "--json", str(written)]) == 0
    captured = capsys.readouterr()
    assert "worst" in captured.err
    assert "confirmed by mpmath" in captured.out
    assert "500 ulp" in captured.out or "500.5 ulp" in captured.out or "499" in captured.out
    document = json.loads(written.read_text())
    assert document["seed"] == 1
    assert document["asked"]["evaluations"] == document["subjects"][0]["points"] == 1500
    kept = (home / "corpus_files" / "exp.txt").read_text()
    assert "forward float64 0x" in kept
    assert "narrow 1.0 eager: " in kept


@pytest.mark.slow
def test_ctrl_c_prints_what_was_found_so_far(home: Path) -> None:
    command = [sys.executable, "-m", "conformance.cli.main", "search", "exp", "--quantity", "forward"]
    command += [*OWN[:4], "--seconds", "120"]
    environment = {**os.environ, "CONFORMANCE_HOME": str(home / "home")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "round 2," in line:
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "ended by interrupted" in out
    assert "ulp" in out
    assert "Traceback" not in err


def test_a_corpus_that_cannot_be_written_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "file").write_text("no folder")
    monkeypatch.setattr(corpus, "FOLDER", home / "file" / "corpus_files")
    assert main(["search", "exp", "--quantity", "forward", *OWN, "--keep"]) == 2
    said = capsys.readouterr()
    assert said.err.splitlines()[-1].startswith("conformance: --keep: ")
    assert "confirmed by mpmath" in said.out
