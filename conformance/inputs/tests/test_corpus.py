"""Kept worst cases: written so that they read back, and tried by every comparison."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from conformance.definitions.catalogue import CATALOGUE
from conformance.floats.formats import FORMATS
from conformance.inputs import corpus
from conformance.inputs.corpus import Kept, keep, slug, worst_cases, worst_rows
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

ODD = float.fromhex("0x1.d3c5b1a29e7f1p+1")
FLOAT32, FLOAT64 = FORMATS["float32"], FORMATS["float64"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(corpus, "FOLDER", tmp_path / "corpus_files")
    return tmp_path / "corpus_files"


def test_cases_come_back_sorted_once_each_and_for_wider_formats(folder: Path) -> None:
    path = keep("tanh", [Kept("fldj", "float64", (ODD,), "a 1.0 eager: 9 ulp"), Kept("fldj", "float32", (1.5,))])
    keep("tanh", [Kept("fldj", "float64", (-2.0,)), Kept("fldj", "float64", (ODD,), "b 2.0 eager: 8 ulp")])
    assert worst_cases("tanh", "fldj", FLOAT64) == [1.5, -2.0, ODD]
    assert worst_cases("tanh", "fldj", FLOAT32) == [1.5]
    assert worst_cases("tanh", "forward", FLOAT64) == []
    text = path.read_text(encoding="ascii")
    assert f"fldj float64 {ODD.hex()}  # a 1.0 eager: 9 ulp; b 2.0 eager: 8 ulp\n" in text
    assert text.count(ODD.hex()) == 1
    again = keep("tanh", [Kept("fldj", "float64", (ODD,), "a 1.0 eager: 7 ulp")])
    assert "# a 1.0 eager: 7 ulp; b 2.0 eager: 8 ulp\n" in again.read_text(encoding="ascii")


def test_a_subject_that_is_longer_than_a_file_name_has_a_file_of_its_own(folder: Path) -> None:
    long = [f"scale_matvec_diag(scale_diag=[{','.join(['1.5'] * 100)},{last}])" for last in (2.5, 3.5)]
    assert worst_cases(long[0], "fldj", FLOAT64) == []
    for subject, value in zip(long, (1.25, 1.75), strict=True):
        keep(subject, [Kept("fldj", "float64", (value,))])
    assert [worst_cases(subject, "fldj", FLOAT64) for subject in long] == [[1.25], [1.75]]
    assert slug("tanh") == "tanh"


def test_searches_that_end_together_lose_nothing(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: keep("tanh", [Kept("fldj", "float64", (float(at),))]), range(1, 65)))
    assert worst_cases("tanh", "fldj", FLOAT64) == [float(at) for at in range(1, 65)]


def test_a_damaged_line_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "tanh.txt").write_text("fldj float64 0x1p+0\nfldj float64\n", encoding="ascii")
    with pytest.raises(ValueError, match=r"tanh\.txt:2: not 'quantity dtype hex-float'"):
        worst_cases("tanh", "fldj", FLOAT64)


def _reference() -> object:
    from adapters.numpy import Adapter

    return Adapter()


@pytest.mark.slow
def test_a_planted_case_is_evaluated_by_a_comparison(folder: Path) -> None:
    event = (0.5, ODD, -ODD)
    keep("tanh", [Kept("fldj", "float64", (ODD,))])
    keep("stick_breaking", [Kept("fldj", "float64", event)])
    oracle = Oracle(None)
    for role in ("expectation", "gate"):
        case = build_case(InProcess(_reference), oracle, "tanh", "float64", "eager", PROFILES["quick"], 1, role)  # type: ignore[arg-type]
        assert ODD in case.measure("fldj").inputs
        assert ODD not in case.measure("forward").inputs
    case = build_case(InProcess(_reference), oracle, "stick_breaking", "float64", "eager", PROFILES["quick"], 1)  # type: ignore[arg-type]
    measure = case.measure("fldj")
    assert (measure.inputs == np.array(event)).all(axis=1).any()
    assert len(measure.got) == len(measure.inputs)
    assert worst_rows("stick_breaking", "inverse", FLOAT64, 4).shape == (0, 4)


def test_the_files_that_ship_are_small_readable_and_belong_to_the_catalogue() -> None:
    files = {path.name: path for path in corpus.FOLDER.glob("*.txt")}
    assert set(files) <= {f"{slug(subject)}.txt" for subject in CATALOGUE}
    assert sum(path.stat().st_size for path in files.values()) < 500_000
    for subject in CATALOGUE:
        path = corpus.FOLDER / f"{slug(subject)}.txt"
        if path.name in files:
            cases = [case for quantity in QUANTITIES for case in corpus._matching(subject, quantity, FLOAT64)]
            lines = [line for line in path.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
            assert [case.line for case in sorted(cases, key=lambda one: one.key)] == lines


QUANTITIES = ("forward", "inverse", "fldj", "ildj", "log_prob", "log_prob_from_base", "cdf")
