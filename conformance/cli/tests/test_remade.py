"""A damaged causes.json is made anew from what the comparison kept, or the command that makes it is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conformance.cli.main import main


@pytest.mark.slow
def test_a_damaged_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    monkeypatch.setenv("CONFORMANCE_HOME", str(home))
    asked = ["--frameworks", "numpy", "--subjects", "tanh", "--dtypes", "float16", "--profile", "quick", "--jobs", "1"]
    assert main(["compare", *asked, "--out", str(out)]) == 0
    causes = out / "causes.json"
    whole = causes.read_bytes()
    for damage in (whole[:-40], b"", b"{}"):
        causes.write_bytes(damage)
        capsys.readouterr()
        assert main(["causes", "--from", str(out)]) == 0
        assert "is made anew from what is kept" in capsys.readouterr().err
        assert causes.read_bytes() == whole
    shutil.rmtree(home / "journal" / "results")
    causes.write_bytes(whole[:-40])
    assert main(["causes", "--from", str(out)]) == 2
    told = capsys.readouterr().err
    assert "this makes it anew: conformance compare --frameworks numpy" in told
    assert "Traceback" not in told
