"""What is said of every float32 put to the reference is what the reference answers, and what the truth is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.interface import evaluate
from adapters.numpy import Adapter
from conformance.cli.main import main
from conformance.floats.formats import FORMATS
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.scoring.distance import distances
from conformance.sweeps import record

SINGLE = FORMATS["float32"]
FOUND = record.recorded()


def of(subject: str, quantity: str, at: float) -> tuple[float, float, float]:
    """(the reference's answer, its error in ulp, the condition number)."""
    x = np.array([at], np.float32)
    got = evaluate(Adapter().transform(subject, "float32"), quantity, x)
    truth = Oracle().truth(subject, quantity, x, SINGLE)
    return float(got[0]), float(distances(got, truth, SINGLE).ulp[0]), float(truth.condition[0])


@pytest.mark.parametrize("one", [pytest.param(one, id=" of ".join(reversed(name))) for name, one in FOUND.items()])
def test_the_largest_error_of_all_is_where_it_is_said_to_be(one: dict[str, Any]) -> None:
    got, ulp, condition = of(one["subject"], one["quantity"], float.fromhex(one["at"]))
    assert got == float.fromhex(one["got"])
    assert ulp == pytest.approx(one["ulp"], rel=2.0**-10, abs=2.0**-20)
    assert (one["not_right"], one["undecided"]) == (0, 0)
    # Above 1.19 ulp where next to nothing is left of the result, and far less than half an ulp of the input makes.
    assert ulp < 1.19 or ulp < min(condition * 1e-6, 2000.0)
    # One sign and its infinity, where the other sign is another branch's; a zero may belong to it as well.
    silent = ScalarTruth(one["subject"], one["quantity"]).unclaimed(np.array([1.0, -1.0, 0.0, -0.0]))
    half = (1 << 31) - (1 << 23)
    assert one.get("unclaimed", 0) == half * int(silent[:2].sum()) + int(silent[2:].sum())


def test_the_file_is_as_it_is_written() -> None:
    assert record.RECORD.read_text() == record.text_of(FOUND)
    assert set(FOUND) <= set(record.functions())


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a sweep of all of float16 wrote."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    path = tmp_path / "swept.json"
    swept = ["sweep", "tanh", "--quantity", "fldj", "--framework", "numpy", "--dtype", "float16", "--json", str(path)]
    assert main(swept) == 0
    return dict(json.loads(path.read_text()))


@pytest.mark.slow
def test_a_function_takes_the_place_that_it_has_in_the_catalogue_and_the_others_stay(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    document["cell"]["dtype"], document["inputs"] = "float32", 1 << 32
    sigmoid = {**document, "cell": {**document["cell"], "subject": "sigmoid", "failures": {"spurious nan": 3}}}
    sigmoid |= {"cell": {**sigmoid["cell"], "undecided": 7}, "unclaimed": 5}
    sigmoid["maximum"] = {**document["maximum"], "ulp": "inf", "got": "nan", "got_hex": "nan"}
    paths = [tmp_path / name for name in ("one.json", "several.json")]
    paths[0].write_text(json.dumps({"sweeps": [document]}))
    paths[1].write_text(json.dumps(sigmoid))
    into = tmp_path / "record.toml"
    for path in paths:
        assert record.main([str(path), "--into", str(into)]) == 0
    found = record.recorded(into)
    assert list(found) == [one for one in record.functions() if one in found]
    assert {name: one["not_right"] for name, one in found.items()} == {("sigmoid", "fldj"): 3, ("tanh", "fldj"): 0}
    assert found["sigmoid", "fldj"]["ulp"] == np.inf
    assert [found["sigmoid", "fldj"][name] for name in ("undecided", "unclaimed")] == [2, 5]
    assert "unclaimed" not in found["tanh", "fldj"]
    assert found["tanh", "fldj"]["at"] == document["maximum"]["input_hex"]
    assert f"2 of {len(record.functions())} functions" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_no_such_document_is_one_line_and_changes_nothing(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    into, path = tmp_path / "record.toml", tmp_path / "swept.json"
    single = {**document["cell"], "dtype": "float32"}
    law = {**document, "cell": {**single, "subject": "normal(loc=0.0,scale=1.0)"}, "inputs": 1 << 32}
    few = {**document, "cell": single}
    named_in = {json.dumps(document): "float16", json.dumps({"sweeps": [law]}): "fldj of normal"}
    named_in |= {json.dumps(few): "65,536", '{"sweeps":[]}': "no sweep", "{": "swept.json", "[{}]": "swept.json"}
    for text, named in named_in.items():
        path.write_text(text)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            record.main([str(path), "--into", str(into)])
        said = capsys.readouterr().err
        assert (ended.value.code, said.count("\n")) == (2, 1)
        assert named in said
    assert not into.exists()
