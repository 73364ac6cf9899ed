"""``conformance sweep`` as a person meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import to_builtins

import conformance
from conformance.cli.compare import plan_of
from conformance.cli.main import INTERRUPTED, main, parser_of
from conformance.comparison.framework_run import run_framework
from conformance.comparison.plan import BadRequest
from conformance.execution.client import FrameworkClient
from conformance.execution.interpreters import choose
from conformance.judging.cases import build_case
from conformance.judging.cells import cell_of
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle
from conformance.sweeps.known import document_path
from conformance.sweeps.request import Sweep, base_of, environment_of, key_of

FILE = Path(conformance.__file__).parent / "sweeps" / "tests" / "sloppy_adapter.py"
OWN = ["--framework", "sloppy", "--adapter-file", str(FILE)]
COMPARED = ["compare", "--frameworks", "numpy", "--subjects", "exp", "--dtypes", "float32"]
EXP = ["sweep", "exp", "--quantity", "forward", "--dtype", "bfloat16", *OWN]
PATIENCE = 120.0
"""Seconds after which a command hangs, on however busy a machine."""
SLEEP = f"{5 * PATIENCE:g}"
"""What no command may wait for that is to end within PATIENCE."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["tanh", "--quantity", "fldj", "--framework", "torsch"], "torch"),
        (["tanj", "--quantity", "fldj", "--framework", "torch"], "tanh"),
        (["stick_breaking", "--quantity", "fldj", "--framework", "torch"], "takes events"),
        (["tanh", "--quantity", "slope", "--framework", "torch"], "ildj"),
        (["tanh", "--quantity", "log_prob", "--framework", "torch"], "forward"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--dtype", "float64"], "conformance search"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--dtype", "float8"], "bfloat16"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--mode", "fast"], "compile"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--jobs", "0"], "--jobs"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--timeout", "nan"], "--timeout"),
        (["tanh", "--quantity", "fldj", "--framework", ","], "which --framework?"),
        (["tanh", "--quantity", "fldj", "--framework", "torch", "--json", "no/such/folder/x.json"], "no such folder"),
        (["tanh", "--framework", "torch"], "which --quantity?"),
        (["--framework", "torch"], "--all"),
        (["tanh", "--all", "--framework", "torch"], "--all"),
        (["tanh", "--quantity", "fldj", "--framework", "mine", "--adapter-file", "no-such.py"], "no such file"),
        (["tanh", "--quantity", "fldj", *OWN], "float16, bfloat16"),
        (["tanh", "--quantity", "fldj", "--dtype", "float16", "--mode", "compile", *OWN], "eager"),
        (["softplus", "--quantity", "fldj", "--dtype", "float16", *OWN], "sloppy has no softplus"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: ")
    assert said.count("\n") == 1
    assert named in said


@pytest.mark.slow
def test_a_framework_that_cannot_start_is_one_line_and_exit_code_2(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home.parent / "broken_adapter.py"
    file.write_text('raise ImportError("no libfoo")\n')
    arguments = ["exp", "--quantity", "forward", "--framework", "mine", "--adapter-file", str(file)]
    assert main(["sweep", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: mine cannot be started")
    assert "no libfoo" in said
    assert said.count("\n") == 1


def test_a_framework_that_is_not_there_does_not_stop_the_others(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_TORCH", "/no/such/python")
    monkeypatch.setattr("conformance.cli.sweep.run_sweep", _not_offered)
    assert main(["sweep", "exp", "--quantity", "forward", "--framework", "torch,numpy"]) == 3
    said = capsys.readouterr().err
    assert "torch cannot be started" in said
    assert "numpy float32 forward of exp is not offered" in said


@pytest.mark.slow
@pytest.mark.parametrize("sampled", [[], ["--every", "1001"]], ids=["all", "sampled"])
@pytest.mark.parametrize("python", ["/no/such/python", sys.executable], ids=["no interpreter", "no torch in it"])
def test_what_can_be_swept_is_and_a_framework_that_cannot_be_started_is_not_everything(
    python: str, sampled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_TORCH", python)
    asked = ["sweep", "abs", "--quantity", "forward", "--dtype", "float16", "--framework"]
    assert main([*asked, "torch,numpy", *sampled]) == 3
    said = capsys.readouterr()
    assert "torch cannot be started" in said.err
    assert "numpy" in said.out
    assert main([*asked, "numpy", *sampled]) == 0


def _not_offered(sweep: Sweep, *_: Any) -> Any:
    raise BadRequest(f"{sweep.name} is not offered")


def swept(home: Path, *arguments: str) -> Any:
    written = home.parent / "swept.json"
    assert main([*arguments, "--json", str(written)]) == 0
    return json.loads(written.read_text())


@pytest.mark.slow
def test_a_sweep_finds_the_one_wrong_float_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = swept(home, *EXP)
    said = capsys.readouterr()
    assert document["inputs"] == 65536
    assert "chapters" in said.err
    assert document["maximum"]["input"] == "1.5"
    assert document["cell"]["failures"] == {"value wrong": 1}
    (finding,) = document["findings"]
    assert finding["kind"] == "value wrong"
    assert finding["confirmed"]
    assert finding["reproduction"]["confirmed"]
    assert finding["inputs"] == {"from_hex": "0x1.8000000000000p+0", "to_hex": "0x1.8000000000000p+0"}
    assert "1 value wrong" in said.out
    assert sum(count for _, count in document["histogram"]["all"]) <= 65536
    assert document["laws"]["L03"]["failed"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["forward", "ildj"])
def test_a_sweep_agrees_with_an_exhaustive_comparison(home: Path, quantity: str) -> None:
    cell = swept(home, "sweep", "exp", "--quantity", quantity, "--dtype", "bfloat16", *OWN)["cell"]
    with FrameworkClient(environment_of("sloppy", home, FILE), "sloppy", None, adapter_file=FILE) as client:
        case = build_case(client, Oracle(), "exp", "bfloat16", "eager", PROFILES["default"], 0)
        measure = case.measure(quantity)
        assert measure.exhaustive
        expected = to_builtins(cell_of(measure, case, {"framework": "sloppy", "version": "1.0", "device": "cpu"}))
    # A comparison has one NaN, a sweep all of them; and finer figures than a histogram gives.
    nans = 65536 - expected["points"]
    assert cell["points"] == 65536
    expected["regions"]["special"]["points"] += nans
    for region in (*cell["regions"].values(), *expected["regions"].values()):
        del region["worst_input_hex"]  # Of inputs that are equally bad either may be shown.
    for name in ("regions", "failures", "safe_range", "undecided", "coverage", "status"):
        assert cell[name] == expected[name] or _close(cell[name], expected[name]), name
    assert _close(cell["accuracy"], expected["accuracy"], 0.1)
    assert cell["curve"]["bits"] == expected["curve"]["bits"]
    assert cell["stability"]["total"] - cell["stability"]["usable"] == (
        expected["stability"]["total"] - expected["stability"]["usable"]
    )


@pytest.mark.slow
def test_what_another_branch_answers_is_told_apart_from_what_is_not_known(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = swept(home, "sweep", "reciprocal", "--quantity", "forward", "--dtype", "float16", "--framework", "numpy")
    # All that are negative, -0 and -inf among them, less the 1,023 that are not numbers.
    assert document["unclaimed"] == document["cell"]["undecided"] == (1 << 15) - 1023
    assert "31,745 undecided, 31,745 of them where nothing is claimed" in capsys.readouterr().out


@pytest.mark.slow
def test_a_comparison_takes_a_finished_sweep_in(home: Path) -> None:
    """Every float of float32 takes minutes: under that sweep's key lies what one of bfloat16 came to."""
    document = swept(home, "sweep", "exp", "--quantity", "forward", "--dtype", "bfloat16", "--framework", "numpy")
    document["cell"]["dtype"] = "float32"
    plan = plan_of(parser_of(["compare"]).parse_args([*COMPARED, "--laws", "L03"]))
    environment = choose("numpy", home).environment
    key = key_of(base_of("numpy", environment), "exp", "forward", "float32", "eager")
    document_path(home, key).write_text(json.dumps(document))
    found = {cell.quantity: cell for cell in run_framework(plan, environment).cells}
    assert found["forward"].coverage == document["cell"]["coverage"] != found["fldj"].coverage
    assert to_builtins(found["forward"].regions) == document["cell"]["regions"]


@pytest.mark.slow
def test_what_is_not_seen_again_accuses_nobody(home: Path) -> None:
    tanh = ["sweep", "tanh", "--quantity", "forward", "--dtype", "bfloat16", "--jobs", "1", *OWN]
    document = swept(home, *tanh)
    assert document["cell"]["failures"] == {"value wrong": 1}
    assert document["maximum"]["input"] == "-0.25"
    assert document["maximum"]["ulp"] > 30
    assert not document["maximum"]["seen_again"]
    (finding,) = document["findings"]
    assert not finding["confirmed"]
    assert not finding["reproduction"]["confirmed"]
    assert "another the second time" in finding["note"]


def _close(a: Any, b: Any, within: float = 1e-5) -> bool:
    if isinstance(a, dict):
        return set(a) == set(b) and all(_close(a[key], b[key], within) for key in a)
    if isinstance(a, float) and isinstance(b, float):
        return bool(np.isclose(a, b, rtol=within))
    return bool(a == b)


def _command(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "conformance.cli.main", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "CONFORMANCE_HOME": str(home), **environment},
    )


def _after_the_first_chapter(process: subprocess.Popen[str], home: Path) -> Path:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = list(home.glob("sweeps/**/*.chapter"))
        if found:
            return found[0]
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    raise AssertionError(f"no chapter was finished within {PATIENCE:g} s")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_sweep_resumes_with_the_same_bytes(home: Path, number: signal.Signals) -> None:
    process = _command(home, *EXP, SLOPPY_SLEEP=SLEEP)
    first = _after_the_first_chapter(process, home)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=PATIENCE)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert INTERRUPTED in said
        assert "Traceback" not in said
    when = first.stat().st_mtime_ns
    resumed = swept(home, *EXP)
    assert first.stat().st_mtime_ns == when
    (kept,) = home.glob("sweeps/*.json")
    there = kept.read_bytes()
    elsewhere = home.with_name("elsewhere")
    os.environ["CONFORMANCE_HOME"] = str(elsewhere)
    assert swept(home, *EXP, "--jobs", "1") == resumed
    (uninterrupted,) = elsewhere.glob("sweeps/*.json")
    assert uninterrupted.name == kept.name
    assert uninterrupted.read_bytes() == there


@pytest.mark.slow
def test_a_driver_that_is_killed_alone_leaves_nothing_running(home: Path) -> None:
    process = _command(home, *EXP, SLOPPY_SLEEP=SLEEP)
    _after_the_first_chapter(process, home)
    process.kill()
    process.wait(timeout=PATIENCE)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    pytest.fail("processes of the sweep are still there")


@pytest.mark.slow
def test_a_damaged_chapter_is_named_set_aside_and_scored_anew(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = swept(home, *EXP)
    (document,) = home.glob("sweeps/*.json")
    document.write_text(document.read_text()[:-40])
    first, *_ = sorted(home.glob("sweeps/**/*.chapter"))
    first.write_bytes(first.read_bytes()[:-3])
    capsys.readouterr()
    assert swept(home, *EXP) == before
    said = capsys.readouterr().err
    assert first.name in said
    assert "corrupt" in said
    assert first.with_name(first.name + ".corrupt").exists()


@pytest.mark.slow
def test_all_passes_over_what_is_not_offered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "softplus,abs", "--quantity", "forward", "--dtype", "float16", *OWN]) == 0
    said = capsys.readouterr()
    assert "sloppy has no softplus" in said.err
    assert "abs" in said.out
    assert "softplus" not in said.out


@pytest.mark.slow
def test_a_framework_that_dies_for_good_is_not_accused_of_what_it_was_never_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLOPPY_GONE", str(home.parent / "gone"))
    assert main([*EXP, "--jobs", "1"]) == 3
    said = capsys.readouterr()
    assert "died and cannot be started again" in said.err
    assert "Traceback" not in said.err
    assert "crashed" not in said.out
    assert len(list(home.glob("sweeps/**/*.chapter"))) == 1
    monkeypatch.delenv("SLOPPY_GONE")
    assert swept(home, *EXP)["cell"]["failures"] == {"value wrong": 1}


@pytest.mark.slow
def test_an_answer_that_does_not_come_again_accuses_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept(home, *EXP)
    (document,) = home.glob("sweeps/*.json")
    document.unlink()
    monkeypatch.setenv("SLOPPY_MENDED", "1")
    (finding,) = swept(home, *EXP)["findings"]
    assert finding["count"] == 1
    assert "another the second time" in finding["summary"]
    assert not finding["confirmed"]
    assert not finding["reproduction"]["confirmed"]


@pytest.mark.slow
def test_a_document_of_other_code_is_written_anew(home: Path) -> None:
    before = swept(home, *EXP)
    (document,) = home.glob("sweeps/*.json")
    document.write_text(document.read_text().replace(before["written_by"], "0" * 16).replace("grave", "minor"))
    assert swept(home, *EXP) == before


@pytest.mark.slow
def test_a_result_that_cannot_be_kept_is_shown_all_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "sweeps").write_text("a file where the folder should be")
    assert swept(home, *EXP)["inputs"] == 65536
    said = capsys.readouterr()
    assert "cannot be kept" in said.err
    assert "1 value wrong" in said.out


@pytest.mark.slow
def test_where_one_answer_does_not_come_again_a_finding_shows_one_that_does(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOPPY_NAN_FROM", "2")
    swept(home, *EXP)
    (document,) = home.glob("sweeps/*.json")
    document.unlink()
    monkeypatch.setenv("SLOPPY_NAN_FROM", "3")
    again = swept(home, *EXP)
    (finding,) = [one for one in again["findings"] if one["kind"] == "spurious nan"]
    assert finding["worst"]["got"] == "nan"
    assert finding["worst"]["input"] == "-4"
    assert finding["confirmed"]
    assert again["maximum"]["ulp"] == "inf"


@pytest.mark.slow
def test_an_answer_that_came_too_late_is_shown_and_not_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EXP, "--jobs", "1", "--timeout", "0.0005"]) == 0
    said = capsys.readouterr()
    assert "timed out" in said.out
    assert "is not kept" in said.err
    assert not list(home.glob("sweeps/*.json"))
    assert "timed out" not in swept(home, *EXP)["cell"]["failures"]
    assert list(home.glob("sweeps/*.json"))
