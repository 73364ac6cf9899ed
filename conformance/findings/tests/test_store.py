"""The store: whole files, three texts for three numbers, and no trust in damaged files."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from conformance.findings import CorruptFile, FormatError, read_findings, read_results, write_document
from conformance.findings.records import Inputs
from conformance.findings.tests.documents import ACCURACY, WORST, cell, finding, findings, results


def test_round_trip_of_results(tmp_path: Path) -> None:
    write_document(tmp_path / "results.json", results())
    back = read_results(tmp_path / "results.json")
    assert back == results()
    special = back.cells[0].regions["special"]
    assert special.worst_ulp is not None
    assert float(special.worst_ulp) == math.inf
    assert special.worst_nats is not None
    assert math.isnan(float(special.worst_nats))
    assert special.worst_input_hex == "nan", "a text that reads like a number stays a text"


def test_a_file_from_before_classes_were_recorded_is_read(tmp_path: Path) -> None:
    write_document(tmp_path / "r.json", results())
    document = json.loads((tmp_path / "r.json").read_text())
    assert document["frameworks"][0].pop("classes")[0]["status"] == "covered"
    (tmp_path / "r.json").write_text(json.dumps(document))
    assert read_results(tmp_path / "r.json").frameworks[0].classes is None


def test_round_trip_of_findings(tmp_path: Path) -> None:
    write_document(tmp_path / "findings.json", findings(finding()))
    assert read_findings(tmp_path / "findings.json") == findings(finding())


def test_the_file_is_strict_json_with_one_record_a_line(tmp_path: Path) -> None:
    write_document(tmp_path / "f.json", findings(finding(), finding(id="0123456789ac", law="L01")))
    text = (tmp_path / "f.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["findings"][1]["law"] == "L01"
    assert sum('"severity"' in line for line in text.splitlines()) == 2


def test_numpy_scalars_are_written_as_their_numbers(tmp_path: Path) -> None:
    write_document(tmp_path / "r.json", results(cell(points=np.int64(120), seconds=np.float32(0.5))))
    back = read_results(tmp_path / "r.json").cells[0]
    assert (back.points, back.seconds) == (120, 0.5)


@pytest.mark.parametrize("value", [1e-320, 5e-324, 0.1, -0.0, 1.7976931348623157e308])
def test_floats_come_back_bit_for_bit(tmp_path: Path, value: float) -> None:
    write_document(tmp_path / "r.json", results(cell(seconds=value)))
    assert float(read_results(tmp_path / "r.json").cells[0].seconds).hex() == value.hex()


REFUSED: dict[str, tuple[msgspec.Struct, str]] = {
    "a status of no list": (results(cell(status="fine")), "cells[0].status: "),
    "a dtype of no list": (results(cell(dtype="float8")), "cells[0].dtype: "),
    "a quantity of no list": (results(cell(quantity="jacobian")), "cells[0].quantity: "),
    "a negative count": (results(cell(points=-1)), "cells[0].points: "),
    "a truth value as a count": (results(cell(points=True)), "cells[0].points: "),
    "a text as a number": (results(cell(seconds="long")), "cells[0].seconds: "),
    "a list as a record": (results(cell(accuracy=[])), "cells[0].accuracy: "),
    "a region of no list": (results(cell(regions={"middle": cell().regions["special"]})), "cells[0].regions"),
    "a kind of no list": (findings(finding(kind="ugly")), "findings[0].kind: "),
    "an id that is none": (findings(finding(id="x")), "findings[0].id: "),
    "no hexadecimal text": (findings(finding(inputs=Inputs(from_hex="1.5", to_hex="0x1p+0"))), "inputs.from_hex: "),
    "a bare infinity": (results(cell(accuracy=replace(ACCURACY, worst_ulp=math.inf))), "accuracy.worst_ulp: "),
    "a bare nan where null may stand": (findings(finding(worst=replace(WORST, nats=math.nan))), "findings[0]"),
    "the same cell twice": (results(cell(), cell(points=3)), "cells[1] repeats torch"),
    "the same id twice": (findings(finding(), finding(law="L01")), "findings[1] repeats 0123456789ab"),
    "an object": (results(cell(message=object())), "object has no place in a file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_not_read_back_is_refused_with_its_place_and_leaves_the_old_file(tmp_path: Path, name: str) -> None:
    document, told = REFUSED[name]
    path = tmp_path / "one.json"
    write_document(path, results())
    before = path.read_bytes()
    with pytest.raises(FormatError) as caught:
        write_document(path, document)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["one.json"]


def test_a_field_of_a_later_release_is_read_past(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_document(path, results())
    path.write_text(path.read_text().replace('"seed":7', '"seed":7,"weather":"fine"'))
    assert "weather" in path.read_text()
    assert read_results(path) == results()


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "is empty"),
    "cut": (lambda data: data[: len(data) // 2], "is not JSON"),
    "not UTF-8": (lambda data: data.replace(b"tanh", b"t\xffnh"), "is not UTF-8"),
    "bare NaN": (lambda data: data.replace(b'"seconds":1.5', b'"seconds":NaN'), "is not JSON"),
    "a list": (lambda data: b"[]", "Expected `object`"),
    "other format": (lambda data: data.replace(b"conformance-results", b"conformance-findings"), "format is"),
    "no format": (lambda data: data.replace(b'"format":', b'"shape":'), "format is None"),
    "version 1": (
        lambda data: data.replace(b'"format_version": 2', b'"format_version": 1'),
        "format_version is 1; this release reads 2: run the comparison again",
    ),
    "a later version": (
        lambda data: data.replace(b'"format_version": 2', b'"format_version": 3'),
        "format_version is 3; this release reads 2",
    ),
    "missing field": (lambda data: data.replace(b'"coverage"', b'"converge"'), "missing required field `coverage`"),
    "deep nesting": (lambda data: b'{"format":' + b"[" * 100_000, "recursion"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_noticed_named_and_set_aside(tmp_path: Path, name: str) -> None:
    damage, told = DAMAGE[name]
    path = tmp_path / "results.json"
    write_document(path, results())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CorruptFile, match=re.escape(told)) as caught:
        read_results(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.exists(), "nothing is moved unasked"
    for expected in ("results.json.corrupt", "results.json.2.corrupt"):
        data = path.read_bytes()
        with pytest.raises(CorruptFile) as caught:
            read_results(path, set_aside=True)
        assert caught.value.set_aside == tmp_path / expected
        assert not path.exists()
        assert (tmp_path / expected).read_bytes() == data
        path.write_bytes(data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="cannot be read") as caught:
        read_findings(tmp_path / "absent.json", set_aside=True)
    assert caught.value.set_aside is None


@pytest.mark.slow
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """Write two versions in a loop in another process, kill it at odd moments: the file always reads back."""
    path = tmp_path / "results.json"
    write_document(path, results())
    code = (
        "from pathlib import Path\n"
        "from conformance.findings.store import write_document\n"
        "from conformance.findings.tests.documents import cell, results\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1\n"
        f"    write_document(Path({str(path)!r}), results(*[cell(subject=f's{{i}}', points=n) for i in range(40)]))\n"
    )
    killed_after = set()
    for pause in (0.05, 0.11, 0.17):
        writer = subprocess.Popen([sys.executable, "-c", code], cwd=os.getcwd())
        first = path.stat().st_ino
        deadline = time.monotonic() + 30
        while path.stat().st_ino == first and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        points = {one.points for one in read_results(path).cells}
        assert len(points) == 1
        killed_after |= points
    assert killed_after != {120}, "the writer wrote something"
