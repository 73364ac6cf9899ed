"""Somebody's own library, its adapter in a file of its own, gets the whole report beside a framework."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.comparison.plan import BadRequest, with_own
from conformance.search.tests import narrow_adapter

SOME = ["--subjects", "tanh,exp", "--dtypes", "float32", "--profile", "quick", "--laws", "L01,L03"]


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """The adapter with defects in narrow places, which imports its steps from a library beside it."""
    folder = tmp_path / "narrow"
    folder.mkdir()
    source = Path(narrow_adapter.__file__).read_text(encoding="utf-8")
    (folder / "narrow_library.py").write_text("STEP = 1.0\n", encoding="utf-8")
    assert "STEP = 7.3\n" in source
    spoiled = source.replace("STEP = 7.3\n", "from narrow_library import STEP\n")
    (folder / "adapter.py").write_text(spoiled, encoding="utf-8")
    return folder / "adapter.py"


@pytest.mark.slow
def test_it_is_one_more_framework(
    adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    out = tmp_path / "out"
    assert main(["compare", "--adapter-file", str(adapter), *SOME, "--out", str(out)]) == 0
    results = json.loads((out / "results.json").read_text())
    assert [(one["name"], one["status"]) for one in results["frameworks"]] == [("numpy", "ready"), ("narrow", "ready")]
    assert [one["classes"] for one in results["frameworks"]] == [[], []], "asked, and there are none"
    findings = json.loads((out / "findings.json").read_text())["findings"]
    assert {one["framework"] for one in findings} == {"narrow"}
    assert "exp" in {one["subject"] for one in findings}
    assert "narrow" in (out / "index.html").read_text()
    capsys.readouterr()
    assert main(["causes", "--framework", "narrow", "--from", str(out), "--json"]) == 0
    causes = json.loads(capsys.readouterr().out)
    assert {cause["framework"] for cause in causes} == {"narrow"}
    script = next(cause for cause in causes if any(one["confirmed"] for one in cause["scripts"]))
    assert main(["reproduce", script["id"], "--from", str(out)]) == 1
    # Nothing that it answered is kept: it may change without its version.
    (adapter.parent / "narrow_library.py").write_text("STEP = float('inf')\n", encoding="utf-8")
    assert main(["compare", "--adapter-file", str(adapter), *SOME, "--out", str(out), "--frameworks", "narrow"]) == 0
    findings = json.loads((out / "findings.json").read_text())["findings"]
    assert "exp" not in {one["subject"] for one in findings}
    shutil.rmtree(adapter.parent)
    capsys.readouterr()
    assert main(["compare", "--adapter-file", str(adapter), *SOME, "--out", str(out)]) == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "file", "expected"),
    [
        ([], "mylib/adapter.py", ("numpy", "mylib")),
        ([], "mylib_adapter.py", ("numpy", "mylib")),
        (["torch", "mine"], "adapter.py", ("torch", "mine")),
        (["mine", "torch", "numpy"], "adapter.py", ("torch", "numpy", "mine")),
        (["torch"], "flows.py", ("torch", "flows")),
    ],
)
def test_its_name_is_said_or_that_of_its_file(
    tmp_path: Path, names: list[str], file: str, expected: tuple[str, ...]
) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert with_own(names, path) == expected


def test_it_does_not_take_the_name_of_a_framework(tmp_path: Path) -> None:
    (tmp_path / "torch.py").touch()
    with pytest.raises(BadRequest, match="which name"):
        with_own([], tmp_path / "torch.py")
