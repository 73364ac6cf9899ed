"""``conformance coverage`` as a person meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conformance.cli.coverage import call_rows
from conformance.cli.main import main
from conformance.coverage.tests import library

LIBRARY = Path(library.__file__)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command for a library beside the decisions about its release 1.0."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    for file in (LIBRARY, LIBRARY.with_name("coverage.toml")):
        shutil.copy(file, tmp_path)
    return ["coverage", "--framework", "library", "--adapter-file", str(tmp_path / LIBRARY.name)]


def test_all_decided_is_a_table_and_0(own: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(own) == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0] == "library 1.0"
    assert lines[1].split() == ["classes", "covered", "uncovered", "out", "of", "scope", "undecided"]
    assert lines[3].split() == ["transforms", "5", "3", "1", "1", "0"]
    assert lines[4].split() == ["distributions", "5", "3", "1", "1", "0"]
    assert "  transforms covered: Chain, Exp, Sigmoid" in lines
    assert "  transforms uncovered (needs ordered vectors): Ordered" in lines


def test_what_things_are_called_there_stands_beside_the_measure(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*own, "--calls"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    at = lines.index(["here", "with", "respect", "to", "there"])
    assert ["exp", "Lebesgue", "Exp()"] in lines[at:]
    assert ["student_t", "Lebesgue", "StudentT()"] in lines[at:]
    assert len({line[0] for line in lines[at + 2 :]}) == len(lines[at + 2 :]), "each once, whatever its numbers"
    measures = {row[0]: row[1] for row in call_rows({"dirichlet(concentration=[1.5,2.5,1.25,4.0])": "Dirichlet()"})}
    assert measures == {"dirichlet": "Lebesgue on the first n coordinates"}


def test_a_new_class_is_one_line_and_1(
    own: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANTED", "fresh")
    assert main([*own, "--json", str(tmp_path / "all.json")]) == 1
    said = capsys.readouterr()
    assert said.err == (
        "conformance: library: undecided: transform library.Fresh of 1.1: no subject constructs it and nobody has "
        "decided\n"
    )
    assert "  transforms undecided: Fresh" in said.out.splitlines()
    (record,) = json.loads((tmp_path / "all.json").read_text())["frameworks"]
    assert (record["framework"], record["version"], record["status"]) == ("library", "1.1", "ready")
    fresh = {"kind": "transform", "name": "library.Fresh", "status": "undecided"}
    assert any(fresh.items() <= one.items() for one in record["classes"])
    assert main([*own, "--kind", "distribution"]) == 0, "none of these is new"


def test_a_decision_that_is_stale_is_one_line_and_1(
    own: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "coverage.toml"
    file.write_text(file.read_text().replace('["Ordered"]', '["Ordered", "Exp", "Gone"]'), encoding="utf-8")
    assert main(own) == 1
    exp, gone = capsys.readouterr().err.splitlines()
    assert "stale: transform library.Exp is uncovered by" in exp
    assert "stale: transform Gone" in gone
    assert gone.endswith("entry 2, is not in 1.0: delete the decision")


def test_hostile_names_do_nothing(
    own: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANTED", "hostile")
    assert main(own) == 1
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert "\x1b" not in text
        assert "\\x1b" in text


def test_one_that_is_not_installed_is_one_line_and_costs_the_others_nothing(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*own[:2], "paddle,library", *own[3:]]) == 0
    out = capsys.readouterr().out
    assert out.startswith("paddle: cannot be asked: not installed; conformance compare --frameworks paddle installs it")
    assert "\n\nlibrary 1.0\n" in out
    assert main(["coverage", "--framework", "paddle,tfp"]) == 3
    assert capsys.readouterr().out.count("not installed") == 2


def test_one_that_dies_says_so(
    own: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANTED", "naming")
    assert main(own) == 3
    assert capsys.readouterr().out == "library: cannot be asked: died while naming its classes: killed by SIGSEGV\n"


def test_a_library_of_functions_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--framework", "numpy"]) == 0
    assert capsys.readouterr().out.endswith(": it has no public transform or distribution classes\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--framework", "torsch"], "unknown framework 'torsch' (did you mean 'torch'?)"),
        (["--kind", "bijector"], "unknown kind 'bijector'"),
        (["--json", "no/such/folder/file.json"], "no such folder"),
        (["--timeout", "nan"], "--timeout must be positive"),
        (["--adapter-file", "none.py"], "no such file"),
    ],
)
def test_a_mistake_is_one_line_and_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_malformed_decision_is_one_line_and_2(
    own: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coverage.toml").write_text("[[decision]]\nkind = 3\n", encoding="utf-8")
    assert main(own) == 2
    told = capsys.readouterr().err
    assert "coverage.toml, entry 1: status is missing" in told
    assert told.count("\n") == 1
