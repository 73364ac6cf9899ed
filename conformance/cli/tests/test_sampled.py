"""``conformance sweep --every N`` as a person meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

import conformance
from conformance.cli.main import main

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


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["exp", "--quantity", "forward", "--every", "1024"], "odd number"),
        (["exp", "--quantity", "forward", "--every", "31", "--json", "x.json"], "--json"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", *arguments, *OWN]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1


@pytest.mark.slow
def test_the_only_function_asked_for_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "softplus", "--quantity", "forward", "--every", "31", *OWN]) == 2
    assert "sloppy has no softplus" in capsys.readouterr().err
