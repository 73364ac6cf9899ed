"""A statistic that is kept is the one that would be computed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.oracle.kept import statistics as statistics_cache
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics.truth import Statistic

BENT = "transformed(normal(loc=0.25,scale=1.5),exp)"


def refuse(*_: object) -> Statistic:
    raise AssertionError("computed again")


def test_it_is_computed_once_and_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Oracle(tmp_path).statistic(BENT, "mean")
    assert first == Oracle().statistic(BENT, "mean")
    monkeypatch.setattr(statistics_cache, "statistic", refuse)
    assert Oracle(tmp_path).statistic(BENT, "mean") == first
    assert "computed again" in Oracle(tmp_path).statistic(BENT, "variance").reason


def test_a_damaged_one_is_named_and_computed_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Oracle(tmp_path).statistic(BENT, "mean")
    (path,) = tmp_path.rglob("*.statistic")
    path.write_bytes(path.read_bytes()[:-3])
    assert Oracle(tmp_path).statistic(BENT, "mean") == first
    assert str(path) in capsys.readouterr().err
