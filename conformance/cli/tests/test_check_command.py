"""``conformance check`` as a person meets it: a file with a function, and nothing else."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import main, parser_of
from conformance.cli.tests import formulas
from conformance.execution.environments import existing
from conformance.execution.home import home
from conformance.formulas.grid import grid_of, points_of
from conformance.tests.reference_answers import home_in

NORMAL = ["--as", "normal(loc=MU,scale=SIGMA)", "--framework", "numpy", "--grid", "MU=0.3", "--grid", "SIGMA=2"]
TANH = ["--as", "tanh", "--framework", "numpy", "--profile", "quick"]
TANH_NORMAL = ["--as", "transformed(normal(loc=LOC,scale=SCALE),tanh)", "--framework", "torch"]
ONE_POINT = ["--grid", "LOC=0", "--grid", "SCALE=0.5"]


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file with functions of NumPy, a module beside it, and a home of which nothing but truth is known."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(home_in(tmp_path)))
    (tmp_path / "mine.py").write_text(formulas.NUMPY, encoding="utf-8")
    (tmp_path / "helper.py").write_text(formulas.HELPER, encoding="utf-8")
    return str(tmp_path / "mine.py")


@pytest.fixture
def torchs(tmp_path: Path) -> str:
    """A file with functions of torch; skips where torch is not installed."""
    if existing("torch", home() / "environments").python is None:
        pytest.skip("torch is not installed")
    (tmp_path / "policy.py").write_text(formulas.TORCH, encoding="utf-8")
    return str(tmp_path / "policy.py")


def causes_in(folder: Path) -> list[dict[str, Any]]:
    causes: list[dict[str, Any]] = json.loads((folder / "causes.json").read_text(encoding="utf-8"))["causes"]
    return causes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "more", "said"),
    [
        ("log_prob_nothing", [], "mine.py has no log_prob_nothing (did you mean"),
        ("log_prob_state", [], "gives equal calls different answers (MU=0.3, SIGMA=2, float32): at y = "),
        ("log_prob_random", [], "it keeps a state, or draws random numbers"),
        (
            "log_prob_raises",
            [],
            r"raises at ordinary inputs (MU=0.3, SIGMA=2, float32): ValueError: \x1b[31mnever again",
        ),
        ("log_prob_branches", [], "answers one value at a time, and for 33 of them"),
        (
            "log_prob_sum",
            [],
            "answers in the shape [] to a row of 33 values, where [33] belongs; if it adds up its last",
        ),
        ("log_prob_wide", [], "answers in float64 where float32 came in"),
        ("log_prob_list", [], "answers with a list, and not with a numpy.ndarray"),
        ("log_prob_centred", [], "lets a value's answer depend on the others of its row"),
        (
            "log_prob_dies",
            [],
            "takes the process down at ordinary inputs (MU=0.3, SIGMA=2, float32): exited with status 3",
        ),
        ("log_prob", ["--grid", "MU=1"], "given twice"),
        ("log_prob", ["--dtypes", "float128"], "unknown dtype 'float128'"),
        ("log_prob", ["--dtypes", "float16", "--grid", "TAU=1"], "the parameters in --as are MU, SIGMA"),
        ("log_prob", ["--framework", "torsch"], "did you mean 'torch'?"),
        ("log_prob", ["--jobs", "0"], "--jobs and --timeout must be positive"),
        ("log_prob", ["--out", "/dev/null/x"], "--out /dev/null/x: "),
    ],
)
def test_what_cannot_be_judged_is_one_line_and_exit_code_2(
    mine: str, function: str, more: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", f"{mine}:{function}", *NORMAL, *more]) == 2
    captured = capfd.readouterr()
    assert captured.err.startswith("conformance: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert "\x1b" not in captured.err
    assert not captured.out


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nothing.py:f", "nothing.py: no such file"),
        (".:f", ".: a folder, not a file"),
        ("mine.py", "which function of mine.py? Write mine.py:log_det_textbook; its functions: log_det_textbook, "),
        ("mine.py:f(x)", "'f(x)' is not the name of a function"),
    ],
)
def test_a_target_that_is_none_is_one_line(
    mine: str, target: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(mine).parent)
    assert main(["check", target, *NORMAL]) == 2
    captured = capsys.readouterr().err
    assert captured.startswith(f"conformance: {said}")
    assert captured.count("\n") == 1


@pytest.mark.slow
def test_a_framework_that_is_not_there_says_what_to_install(
    mine: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CONFORMANCE_PYTHON_PADDLE", raising=False)
    assert main(["check", f"{mine}:log_prob", *NORMAL, "--framework", "paddle"]) == 2
    said = capsys.readouterr().err
    assert "conformance compare --frameworks paddle" in said
    assert said.count("\n") == 1
    monkeypatch.setenv("CONFORMANCE_PYTHON_PADDLE", sys.executable)
    assert main(["check", f"{mine}:log_prob", *NORMAL, "--framework", "paddle"]) == 3
    said = capsys.readouterr().err
    assert "No module named 'paddle'; install it there" in said
    assert said.count("\n") == 1


@pytest.mark.slow
def test_another_object_than_the_function_has_is_noticed(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A density of x that is read as one of y would be called wrong nearly everywhere."""
    squashed = ["--as", "transformed(normal(loc=MU,scale=SIGMA),tanh)", *NORMAL[2:]]
    assert main(["check", f"{mine}:log_prob_squashed", *squashed]) == 2
    said = capsys.readouterr().err
    assert "are log_prob_from_base" in said
    assert "--quantity log_prob_from_base" in said
    assert main(["check", f"{mine}:log_prob_squashed", *squashed, "--quantity", "log_prob", "--profile", "quick"]) == 0
    captured = capsys.readouterr()
    assert "But first: " in captured.out
    assert "--quantity log_prob_from_base" in captured.out
    assert main(["check", f"{mine}:log_prob_half", *NORMAL, "--profile", "quick"]) == 0
    assert "is it log_prob (of y) of what --as says?" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_right_formula_is_accused_of_nothing(mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["check", f"{mine}:log_det", *TANH, "--out", str(out), "--fail-on", "minor"]) == 0
    said = capsys.readouterr().out
    assert "mine.py:log_det as fldj" in said
    assert "Safe everywhere." in said
    assert "Nothing to mend." in said
    assert json.loads((out / "findings.json").read_text())["findings"] == []
    results = json.loads((out / "results.json").read_text())
    assert {cell["quantity"] for cell in results["cells"]} == {"fldj"}
    assert {cell["framework"] for cell in results["cells"]} == {"mine"}
    assert "mine" in (out / "index.html").read_text(encoding="utf-8")
    two = [*NORMAL[:4], "--grid", "MU=0.5,1", "--grid", "SIGMA=2"]
    assert main(["check", f"{mine}:log_prob", *two, "--profile", "quick", "--fail-on", "minor"]) == 0
    said = capsys.readouterr().out
    assert "all 2 points, from MU=0.5, SIGMA=2 to MU=1, SIGMA=2\n  float32  Safe everywhere." in said
    assert "Nothing to mend." in said


@pytest.mark.slow
def test_a_value_is_not_blamed_for_others_of_its_row(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block with a value that is refused raises as a whole."""
    assert main(["check", f"{mine}:log_prob_careful", *NORMAL, "--profile", "quick"]) == 0
    said = capsys.readouterr().out
    assert "Safe for |x| < 30; beyond: an exception." in said
    assert "raised: ValueError: too far out" in " ".join(said.split())


@pytest.mark.slow
def test_a_wrong_one_is_told_where_it_ends_and_what_to_write(
    mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    check = ["check", f"{mine}:log_det_textbook", *TANH, "--out", str(out)]
    assert main([*check, "--fail-on", "grave"]) == 1
    said = capsys.readouterr().out
    assert "beyond: infinite or imprecise" in said
    assert "grave: fldj is -inf at x = " in said
    assert "Write this instead" in said
    assert "np.log1p(np.sinh(np.minimum(m, 1)) ** 2)" in said
    cause = causes_in(out)[0]
    assert cause["component"] == "mine.py:log_det_textbook"
    # The script of a finding needs nothing of this suite.
    script = next(one for one in cause["scripts"] if one["confirmed"])
    (tmp_path / "script.py").write_text(script["code"], encoding="utf-8")
    ran = subprocess.run([sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, cwd="/")
    assert ran.stdout.split()[0] == script["printed"].split()[0] == "-inf"
    assert main(["reproduce", cause["id"], "--from", str(out)]) == 1
    assert "mine numpy" in capsys.readouterr().out
    # Mended, and seen to be: neither what is kept of it nor the script holds on to what it was.
    mended = formulas.NUMPY.replace("def log_det(x)", "def log_det_textbook(x)")
    Path(mine).write_text(mended.replace("def log_det_textbook(x)", "def before(x)", 1), encoding="utf-8")
    assert main(["reproduce", cause["id"], "--from", str(out)]) == 0
    assert main([*check, "--fail-on", "minor"]) == 0
    capsys.readouterr()
    (tmp_path / "helper.py").write_text("SHIFT = 0.5\n", encoding="utf-8")
    assert main([*check, "--fail-on", "grave"]) == 1, "what lies beside it has changed"
    Path(mine).unlink()
    capsys.readouterr()
    last = causes_in(out)[0]["id"]
    assert main(["reproduce", last, "--from", str(out)]) == 2
    assert "no such file" in capsys.readouterr().err
    (out / "causes.json").write_text("{}")
    assert main(["causes", "--from", str(out)]) == 2
    assert f"this makes it anew: conformance check {mine}:log_det_textbook --as tanh" in capsys.readouterr().err


@pytest.mark.slow
def test_outside_is_asked_only_where_it_is_wanted(mine: str, tmp_path: Path) -> None:
    Path(mine).write_text("import numpy as np\ndef ildj(y):\n    return -np.log1p(-y) - np.log1p(y)\n", "utf-8")
    regions = []
    for more in ([], ["--outside"]):
        out = tmp_path / f"out{len(more)}"
        assert main(["check", f"{mine}:ildj", *TANH, *more, "--out", str(out)]) == 0
        [cell] = json.loads((out / "results.json").read_text())["cells"]
        regions.append(cell["regions"])
    assert "outside" not in regions[0]
    assert regions[1]["outside"]["points"] > 10
    assert regions[0]["ordinary"] == regions[1]["ordinary"]


@pytest.mark.slow
@pytest.mark.frameworks
def test_log_dets_of_torch_are_told_apart(torchs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The textbook's overflows where people compute; brax's is safe and loses digits that nobody needs."""
    grades, said = {}, {}
    for function in ("log_det_textbook", "log_det_stable", "log_det"):
        out = tmp_path / function
        asked = ["check", f"{torchs}:{function}", "--as", "tanh", "--framework", "torch", "--profile", "quick"]
        assert main([*asked, "--out", str(out)]) == 0
        grades[function] = [cause["grade"] for cause in causes_in(out)]
        said[function] = " ".join(capsys.readouterr().out.split())
    assert "grave" in grades["log_det_textbook"]
    assert set(grades["log_det_stable"]) == {"minor"}
    assert grades["log_det"] == []
    assert "Safe everywhere." not in said["log_det_textbook"]
    assert "Safe everywhere." in said["log_det_stable"]
    assert "Nothing to mend." in said["log_det"]
    assert "near = -torch.log1p(torch.sinh(torch.clamp(m, max=1)) ** 2)" in said["log_det_textbook"]


@pytest.mark.slow
@pytest.mark.frameworks
def test_a_clamp_is_told_from_a_nan(torchs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, causes = {}, {}
    for function in ("log_prob", "log_prob_clamped"):
        out = tmp_path / function
        asked = ["check", f"{torchs}:{function}", *TANH_NORMAL, *ONE_POINT, "--profile", "quick", "--out", str(out)]
        assert main(asked) == 0
        said[function] = " ".join(capsys.readouterr().out.split())
        causes[function] = causes_in(out)
    assert "Safe for |x| < 9.01 (there tanh(x) rounds to 1); beyond: nan." in said["log_prob"]
    assert "log_prob is nan at y = " in said["log_prob"]
    assert "clamp" not in {cause["mechanism"] for cause in causes["log_prob"]}
    [clamp] = [cause for cause in causes["log_prob_clamped"] if cause["mechanism"] == "clamp"]
    assert clamp["grade"] == "grave"
    assert "Safe for |x| < 6.93; beyond: wrong" in said["log_prob_clamped"]
    first, _, second = said["log_prob"].partition("Or this instead")
    assert "def normal_log_prob(x, loc, scale):" in first, "a formula comes first"
    assert "Give the transform a cache" in second


@pytest.mark.slow
@pytest.mark.frameworks
def test_the_framework_s_kernel_under_a_function_is_named(torchs: str, tmp_path: Path) -> None:
    """torch's softplus is its argument beyond 20; a formula that is wrong by itself has no kernel to blame."""
    text = "import torch\ndef call(x):\n    return 2 * torch.nn.functional.softplus(x / 2)\n"
    mine = str(Path(torchs).with_name("kernels.py"))
    Path(mine).write_text(text + "def naive(x):\n    return torch.log(1 + torch.exp(x))\n", "utf-8")
    named = {}
    for function, subject in (("call", "softplus(hinge_softness=2.0)"), ("naive", "softplus")):
        asked = ["check", f"{mine}:{function}", "--as", subject, "--quantity", "forward", "--framework", "torch"]
        main([*asked, "--dtype", "float64", "--profile", "quick", "--out", str(tmp_path / function)])
        causes = causes_in(tmp_path / function)
        assert causes
        named[function] = {cause["kernel"]["name"] for cause in causes if cause["kernel"]}
    assert named == {"call": {"torch.nn.functional.softplus"}, "naive": set()}


def test_the_examples_of_the_help_are_good_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    said = capsys.readouterr().out
    examples = re.findall(r"^ +(conformance check .*?)(?<!\\)$", said, re.M | re.S)
    assert len(examples) == 4
    for example in examples:
        words = shlex.split(example.replace("\\\n", " "))[1:]
        options = parser_of(words).parse_args(words)
        grid = grid_of(options.object, options.grid)
        assert points_of(options.object, grid, options.grid)[0]
