"""What is installed somewhere is asked once, and again as soon as it may have changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.execution.fingerprint import InterpreterError, installed


@pytest.fixture
def settled(tmp_path: Path) -> tuple[Path, Path]:
    """An interpreter of its own that nobody has changed for a minute, and its folder of packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    distribution(packages, "alpha", "1.0")
    past(packages)
    return python, packages


def distribution(packages: Path, name: str, version: str) -> None:
    info = packages / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def past(folder: Path) -> None:
    a_minute_ago = time.time() - 60
    os.utime(folder, (a_minute_ago, a_minute_ago))


def test_an_interpreter_that_did_not_change_is_not_started_again(
    settled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    python, _ = settled
    first = installed(python)
    assert first[1] == {"alpha": "1.0"}
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it was started"))
        assert installed(python) == first
        first[1].clear()
        assert installed(python)[1] == {"alpha": "1.0"}, "what is remembered is not the caller's to change"


def test_what_is_added_or_upgraded_is_noticed(settled: tuple[Path, Path]) -> None:
    python, packages = settled
    before = installed(python)
    distribution(packages, "beta", "2.0")
    added = installed(python)
    assert added[1] == {"alpha": "1.0", "beta": "2.0"}
    assert added[0] != before[0]
    moment = packages.stat().st_mtime_ns
    (packages / "beta-2.0.dist-info").rename(packages / "beta-2.1.dist-info")
    (packages / "beta-2.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: beta\nVersion: 2.1\n")
    os.utime(packages, ns=(moment, moment))  # As where a file system's clock did not tick between the two.
    assert installed(python)[1]["beta"] == "2.1"


def test_an_interpreter_that_is_gone_is_noticed(settled: tuple[Path, Path]) -> None:
    python, _ = settled
    installed(python)
    python.unlink()
    with pytest.raises(InterpreterError, match="does not run"):
        installed(python)
