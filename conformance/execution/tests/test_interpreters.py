"""Which interpreter a framework runs in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.execution.interpreters import choose


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NUMPY", "TORCH", "MINDSPORE", "MINE"):
        monkeypatch.delenv(f"CONFORMANCE_PYTHON_{name}", raising=False)


def test_a_framework_that_is_importable_here_runs_here(tmp_path: Path) -> None:
    chosen = choose("numpy", tmp_path)
    assert chosen.environment.python == Path(sys.executable)
    assert chosen.why == "importable in the running interpreter"
    assert chosen.environment.packages["numpy"]


def test_an_adapter_file_runs_here(tmp_path: Path) -> None:
    assert choose("mine", tmp_path, tmp_path / "mine.py").environment.python == Path(sys.executable)


@pytest.mark.parametrize("name", ["numpy", "mine"])
def test_the_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    monkeypatch.setenv(f"CONFORMANCE_PYTHON_{name.upper()}", str(link))
    chosen = choose(name, tmp_path, tmp_path / "mine.py" if name == "mine" else None)
    assert chosen.environment.python == link
    assert chosen.why == f"CONFORMANCE_PYTHON_{name.upper()}"


def test_a_variable_that_names_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", str(tmp_path / "absent"))
    chosen = choose("numpy", tmp_path)
    assert chosen.environment.python is None
    assert "absent" in chosen.environment.reason


def test_a_missing_framework_is_told_with_three_ways_out(tmp_path: Path) -> None:
    """MindSpore cannot share an environment with this project's NumPy, so it is never importable here."""
    environment = choose("mindspore", tmp_path).environment
    assert environment.python is None
    for way in ("install it here", "CONFORMANCE_PYTHON_MINDSPORE", "conformance compare --frameworks mindspore"):
        assert way in environment.reason
    assert "\n" not in environment.reason
