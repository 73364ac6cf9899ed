"""The command line as a person meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.explain import nearest_float
from conformance.cli.main import main
from conformance.floats.formats import format_named


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "--frameworks", "torsch"],
        ["compare", "--subjects", "tanj"],
        ["compare", "--dtypes", "float128"],
        ["compare", "--laws", "L77"],
        ["compare", "--profile", "huge"],
        ["compare", "--jobs", "0"],
        ["compare", "--against", "no-such-file.json"],
        ["compare", "--against", "."],
        ["compare", "--against", __file__],
        ["compare", "--allow-changed-cells"],
        ["explain", "tanh", "slope", "1"],
        ["explain", "tanh", "fldj", "one"],
        ["explain", "tanh", "fldj", "1", "--dtype", "float8"],
        ["explain", "tanh", "fldj", "1", "2", "3"],
        ["explain", "stick_breaking", "inverse", "1"],
        ["explain", "corr_cholesky", "forward", "1", "2"],
        ["explain", "tanh", "fldj", "0x1p5000"],
        ["explain", "inverse(" * 3000 + "tanh" + ")" * 3000, "fldj", "1"],
        ["compare", "--frameworks", ","],
        ["compare", "--frameworks", "numpy", "--seed", "-1"],
        ["compare", "--frameworks", "numpy", "--timeout", "nan"],
        ["compare", "--frameworks", "numpy", "--out", "/dev/null/x"],
        ["search", "tanh", "--quantity", "fldj", "--framework", "numpy,torch"],
        ["search", "tanh", "--quantity", "fldj", "--framework", ""],
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: ")
    assert said.count("\n") == 1


def test_explain_prints_the_truth_and_a_second_opinion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "tanh", "fldj", "0x1p-14", "--dtype", "float32"]) == 0
    said = capsys.readouterr().out
    # log(1 - tanh(2^-14)^2) = -2^-28 + O(2^-56)
    assert "-3.72529029" in said
    assert "agrees" in said
    assert "certified" in said


@pytest.mark.parametrize(
    ("text", "dtype", "expected"),
    [
        ("1.00048828125000000000000001", "float16", 1.0 + 2.0**-10),
        ("1.00048828125", "float16", 1.0),
        ("0.9999999999999999444888487687421729788184165954", "float64", 1.0 - 2.0**-53),
        ("0x1.002p0", "float16", 1.0),
        ("-1e-3", "bfloat16", -0.00099945068359375),
        ("1e-60", "float32", 0.0),
        ("inf", "float32", float("inf")),
    ],
)
def test_an_input_is_rounded_once(text: str, dtype: str, expected: float) -> None:
    assert float(nearest_float(text, format_named(dtype))) == expected


def test_list_names_every_law_and_framework(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("L01", "L18", "torch", "mindspore", "stick_breaking", "bfloat16"))


def test_a_defect_of_the_suite_is_not_taken_for_new_findings(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the oracle failed at tanh")

    monkeypatch.setattr("conformance.cli.compare.make_plan", fails)
    assert main(["compare", "--fail-on", "grave"]) == 70
    told = capfd.readouterr().err
    assert "RuntimeError: the oracle failed at tanh" in told
    assert told.splitlines()[-1].startswith("conformance: a defect of this suite")


@pytest.mark.slow
def test_help_teaches() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "conformance.cli.main", "compare", "--help"], capture_output=True, text=True, check=True
    )
    assert "examples:" in shown.stdout
    assert "CONFORMANCE_PYTHON_TORCH" in shown.stdout


@pytest.mark.slow
def test_a_run_of_other_cells_is_compared_only_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    earlier = tmp_path / "earlier.json"
    some = ["compare", "--frameworks", "numpy", "--subjects", "abs", "--dtypes", "float32", "--profile", "quick"]
    some += ["--laws", "L18", "--modes", "eager,compile", "--out", str(tmp_path)]
    assert main(some) == 0
    results = json.loads((tmp_path / "results.json").read_text())
    earlier.write_text(json.dumps({**results, "cells": results["cells"][1:]}))
    (tmp_path / "index.html").unlink()
    assert capfd.readouterr().err.count("numpy: mode compile is not available here; available: eager\n") == 1
    assert main([*some, "--against", str(earlier)]) == 2
    assert "--allow-changed-cells" in capfd.readouterr().err
    assert not (tmp_path / "index.html").exists()
    assert main([*some, "--against", str(earlier), "--allow-changed-cells"]) == 0
    assert "The two runs did not measure the same cells" in (tmp_path / "index.html").read_text()
    # The run is about to replace the file that it is to be compared with: what that held is what counts.
    (tmp_path / "results.json").write_text(earlier.read_text())
    assert main([*some, "--against", str(tmp_path / "results.json")]) == 2
    assert "1 only in this run" in capfd.readouterr().err
