"""The command line as a person meets it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conformance.cli.compare import plan_of
from conformance.cli.explain import nearest_float
from conformance.cli.main import main, parser_of
from conformance.comparison.plan import BadRequest, Lean
from conformance.definitions.catalogue import FURTHER_SUBJECTS
from conformance.floats.formats import FORMATS, format_named
from conformance.laws.registry import LAWS


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
        ["explain", "tanh", "fldj", "1e400"],
        ["explain", "tanh", "fldj", "0x1p200", "--dtype", "float32"],
        ["explain", "affine(loc=1e400,scale=1.0)", "fldj", "1"],
        ["explain", "tanh", "fldj", "1", "--mode", "eagre"],
        ["search", "tanh", "--quantity", "fldj", "--framework", "numpy", "--seconds", "1e400"],
        ["compare", "--adapter-file", "no-such-file.py"],
        ["compare", "--adapter-file", __file__, "--frameworks", "mine,yours"],
        ["compare", "--adapter-file", __file__, "--frameworks", "a b"],
        ["causes", "--from", "no/such/folder"],
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cumsum", "forward", "1,2,3"], "; the entries of an event are words of their own: 1 2 3\n"),
        (
            ["fill_triangular@5", "forward", "1"],
            "fill_triangular@5: a triangle of a matrix has 1, 3, 6, 10, ... entries",
        ),
    ],
)
def test_what_is_wrong_with_an_event_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "hints"),
    [
        (["comapre"], ["unknown command 'comapre' (did you mean compare?)"]),
        (["compare", "--framewroks", "torch"], ["did you mean --frameworks?", "conformance compare --help"]),
        (["compare", "--jobs", "two"], ["argument --jobs: invalid int value: 'two'"]),
        (["search", "tanh"], ["--quantity", "conformance search --help"]),
        ([], ["which command?"]),
    ],
)
def test_a_mistyped_command_line_is_one_line_that_says_what_was_meant(
    arguments: list[str], hints: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for hint in hints:
        assert hint in said


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("transformed(normal,tanh)", "transformed(normal(loc=0.25,scale=1.5),tanh)"),
        ("transformed(normal(loc=0.25,scale=1.0),tahn)", "transformed(normal(loc=0.25,scale=1.5),tanh)"),
        ("chain(affine,tanh)", "chain(affine(loc=0.5,scale=2.0),tanh)"),
        ("tanj", "tanh"),
        ("stickbreaking", "stick_breaking"),
    ],
)
def test_a_subject_that_is_none_gets_the_right_hint_and_no_list_twice(
    subject: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--subjects", subject]) == 2
    said = capsys.readouterr().err
    assert f"(did you mean {meant}?)" in said
    assert said.count("gumbel_cdf, ") <= 1


@pytest.mark.parametrize("number", ["inf", "-inf", "Infinity", "nan"])
def test_infinity_is_taken_where_it_is_said(number: str) -> None:
    assert not np.isfinite(float(nearest_float(number, format_named("float16"))))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "65520", "0x1p16", "1e5"])
def test_what_is_beyond_the_format_does_not_become_infinity(number: str) -> None:
    with pytest.raises(BadRequest, match="beyond"):
        nearest_float(number, format_named("float16"))


@pytest.mark.parametrize("number", ["1e-400", "-1e-60", "0x1p-1200", "0x0.8p-25", "1e-9"])
def test_what_is_below_the_format_does_not_become_zero(number: str) -> None:
    with pytest.raises(BadRequest, match=r"is 0 in float16, whose smallest number is .*; say 0 for zero"):
        nearest_float(number, format_named("float16"))


@pytest.mark.parametrize(
    "command",
    [
        ["explain", "affine(loc=1e50,scale=2)", "forward", "1", "--dtype", "float32"],
        ["explain", "normal(loc=0.0,scale=1e-50)", "entropy", "--dtype", "float32"],
        ["search", "affine(loc=1e50,scale=2)", "--quantity", "forward", "--framework", "numpy", "--dtype", "float32"],
        ["sweep", "affine(loc=1e50,scale=2)", "--quantity", "forward", "--framework", "numpy", "--dtype", "float16"],
    ],
)
def test_a_parameter_beyond_the_format_is_refused_in_a_line(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert " is beyond float" in said


@pytest.mark.slow
def test_a_dtype_that_a_subject_has_no_place_in_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))  # What was judged before says nothing again.
    asked = ["compare", "--frameworks", "numpy", "--subjects", "affine(loc=1e5,scale=2)", "--profile", "quick"]
    assert main([*asked, "--dtypes", "float16,float32", "--laws", "L01", "--out", str(tmp_path)]) == 0
    assert "left out: affine(loc=100000.0,scale=2.0): 100000.0 is beyond float16" in capfd.readouterr().err
    cells = json.loads((tmp_path / "results.json").read_text())["cells"]
    assert {cell["dtype"] for cell in cells} == {"float32"}


@pytest.mark.parametrize("command", ["compare", "causes", "explain", "reproduce", "issue", "list", "search", "sweep"])
def test_every_command_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"conformance {command}" in said.partition("xample")[2]
    assert "exit codes:" in said


@pytest.mark.slow
def test_explain_asks_a_framework_too(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["explain", "tanh", "fldj", "0x1p-14", "--dtype", "float32", "--framework", "numpy"]
    assert main(asked) == 0
    assert "numpy  -3.72" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["certificate"] == "certified"
    assert [(one["framework"], one["verdict"]) for one in said["answers"]] == [("numpy", "right")]
    assert said["answers"][0]["ulp"] < 1.0


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
        ("-0.0e5", "float32", 0.0),
        ("1e-45", "float32", 2.0**-149),
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
def test_help_teaches_and_is_not_waited_for() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "conformance.cli.main", "compare", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "examples:" in shown.stdout
    assert "CONFORMANCE_PYTHON_TORCH" in shown.stdout
    loaded = [line.rsplit("|", 1)[-1].strip() for line in shown.stderr.splitlines()]
    assert "conformance.cli.written" in loaded
    dear = ("scipy.special.", "scipy.stats.", "scipy.sparse.", "numba.")
    assert not [name for name in loaded if name.startswith(dear)], "each takes tenths of a second of every command"


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


def test_the_quick_profile_asks_what_most_people_run_unless_told_otherwise() -> None:
    def asked(*arguments: str) -> tuple[tuple[str, ...], ...]:
        plan = plan_of(parser_of(["compare"]).parse_args(["compare", *arguments]))
        return plan.dtypes, plan.modes, plan.laws

    quick = asked("--profile", "quick")
    assert quick[:2] == (("float32",), ("eager",))
    assert {"L01", "L10", "L14"} < set(quick[2]) < set(LAWS) - {"L07", "L09", "L22", "L24"}
    assert asked("--profile", "quick", "--dtypes", "float16,float64", "--laws", "L07") == (
        ("float16", "float64"),
        ("eager",),
        ("L07",),
    )
    assert asked() == (tuple(FORMATS), ("eager", "graph"), tuple(LAWS))


def test_a_run_over_everything_takes_further_subjects_in_and_a_quick_one_does_not() -> None:
    def lean(*arguments: str) -> Lean | None:
        return plan_of(parser_of(["compare"]).parse_args(["compare", *arguments])).lean

    whole = lean()
    assert whole is not None
    assert whole.subjects == FURTHER_SUBJECTS
    assert lean("--profile", "thorough") == whole
    assert lean("--profile", "quick") is None
    assert lean("--transforms", FURTHER_SUBJECTS[0]) is None
