"""What the page's script unpacks in a real browser is what the run said: cells, findings, curves, issues."""

from __future__ import annotations

import importlib
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.causes.markdown import issue_of
from conformance.findings.records import Machine
from conformance.findings.results import FrameworkEntry
from reports import build
from reports.build import LARGEST, SIZE_LIMIT
from reports.columns import columns, folded
from reports.dense import dense
from reports.derived import bits_of, brief_of, decimal_of, hex_of, nearest, trimmed
from reports.load import Loaded, load
from reports.load_causes import load_causes
from reports.marks import MARKS, marked
from reports.numbers import FEW, FORMATS, level, number, rounded, seen, short
from reports.pack_findings import pack_findings
from reports.summary import badness
from reports.tests import synthetic
from reports.tests.browser import Browser
from reports.tests.own_code import sources, unpacked
from reports.tests.sizes import main as sizes_of

pytestmark = pytest.mark.slow

Json = dict[str, Any]
FIGURES = ("ulp", "bits", "nats", "excess_bits")
"""Of these the page shows what ``short`` makes of them."""


def same(kept: object, said: object) -> bool:
    """Equal, figures to the digits that the page carries."""
    figure = isinstance(said, float) and isinstance(kept, int | float)
    return kept == said or (figure and kept in (rounded(said), seen(said)))


def alike(kept: object, said: object, dtype: str) -> bool:
    """A figure that is a swatch: the same text and the same colour."""
    one, other = number(kept), number(said)
    if one is None or other is None:
        return one is other
    return (short(one), level(one, dtype)) == (short(other), level(other, dtype))


def compare_findings(found: list[Json], loaded: Loaded) -> None:
    for row, finding in zip(found, sorted(loaded.findings, key=badness), strict=True):
        for key in ("id", "law", "framework", "mode", "dtype", "subject", "quantity", "region", "kind", "severity",
                    "count", "points", "blame", "summary"):  # fmt: skip
            assert row[key] == finding.get(key), (finding["id"], key)
        assert row["code"] == ((finding["reproduction"] or {}).get("code") or None)
        worst, span = finding.get("worst"), finding.get("inputs") or {}
        assert (row["worst"] is None) == (worst is None)
        for key in row["worst"] or ():
            assert worst is not None
            kept, said = row["worst"][key], worst[key]
            fits = short(number(kept)) == short(number(said)) if key in FIGURES else same(kept, said)
            assert fits, (finding["id"], key)
        assert (row["from_hex"], row["to_hex"]) == (span.get("from_hex"), span.get("to_hex"))


def compare_cells(found: Json, loaded: Loaded) -> None:
    for row, cell, curve in zip(found["CELLS"], loaded.results["cells"], found["curves"], strict=True):
        for key in ("framework", "mode", "device", "dtype", "subject", "quantity", "status", "message", "points"):
            assert row[key] == cell.get(key), (cell, key)
        accuracy, safe = cell["accuracy"] or {}, cell.get("safe_range") or {}
        for key in ("worst_ulp", "worst_input", "worst_input_hex", "p99_ulp", "mean_ulp", "kept_percent"):
            assert same(row[key], accuracy.get(key)), (cell, key)
        assert (row["promise"] or "") == cell.get("promise", "")
        for key in safe:
            assert same(row["safe_range"][key], safe[key]), (cell, key)
        met = {name.replace("_", " ").lower(): of for name, of in (cell.get("regions") or {}).items() if of["points"]}
        assert list(row["regions"]) == list(met)
        for name, record in met.items():
            said = {**record, "worst_input_hex": record["worst_input_hex"] if record["failed"] else None, "name": name}
            for key, value in row["regions"][name].items():
                fits = alike(value, said.get(key), cell["dtype"]) if key == "worst_ulp" else same(value, said.get(key))
                assert fits, (cell, name, key)
        held = cell.get("curve")
        assert (curve is None) == (not held)
        if held:
            assert (curve["bits"], curve["condition"]) == (held.get("bits"), held.get("condition"))


def test_the_page_unpacks_what_the_run_said(browser: Browser, page: Path) -> None:
    loaded = load(page.with_name("results.json"), page.with_name("findings.json"))
    document = load_causes(page.with_name("causes.json"), loaded)
    found = unpacked(browser, page)
    compare_findings(found["FINDINGS"], loaded)
    compare_cells(found, loaded)
    laws = [[row[key] for key in ("framework", "subject", "law", "status")] for row in loaded.results["law_results"]]
    assert [[row[key] for key in ("framework", "subject", "law", "status")] for row in found["LAW_RESULTS"]] == laws
    assert document is not None
    assert [row["text"] for row in found["VERDICTS"]] == [row.text for row in document.verdicts]
    assert [len(row["remedies"]) for row in found["VERDICTS"]] == [len(row.remedies) for row in document.verdicts]
    entries = {row["name"]: msgspec.convert(row, FrameworkEntry) for row in loaded.results["frameworks"]}
    machine = msgspec.convert(loaded.run["machine"], Machine)
    issues = {cause.id: issue_of(cause, entries[cause.framework], machine) for cause in document.causes}
    assert found["issues"] == issues


def test_summaries_and_scripts_of_a_real_run_come_back(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    results, findings = small_pair
    for at, row in enumerate(findings["findings"]):
        worst = row["worst"] | {"exact": "-1.23456789012345678901e-7", "input": "0.5 -0.25", "got": "0.5"}
        worst["input_hex"] = hex_of("0.5 -0.25", row["dtype"])
        row |= {"worst": worst, "note": ["", "of 0.5"][at % 2], "count": 12, "points": 1234}
        note = f" ({row['note']})" if row["note"] else ""
        told = f"{row['quantity']} of {row['subject']} at {worst['input']} is {worst['got']}"
        row["summary"] = f"{told}; exact: -1.23456789012…e-7. 12 of 1234 {row['region']} points{note}."
        numbers = ", ".join(f'float.fromhex("{each}")' for each in worst["input_hex"].split(" "))
        code = f"x = [{numbers}], {row['dtype']}\nx, {numbers}\n"
        row["reproduction"] = {"code": code, "printed": "0.5", "confirmed": True}
    paths = synthetic.write(tmp_path, results, findings)
    loaded = load(*paths)
    packed = pack_findings(loaded, None).with_scripts(99)["findings"]["columns"]
    sentence = "\x82 of \x80 at \x83 is \x86; exact: \x85. \x88 of \x89 \x87 points"
    assert sorted(packed["summary"]["texts"]) == [f"{sentence} (\x81).", f"{sentence}."]
    assert len(packed["code"]["texts"]) == 1
    compare_findings(unpacked(browser, build(*paths, tmp_path / "index.html").out)["FINDINGS"], loaded)


def test_bytes_come_back(browser: Browser) -> None:
    several = [random.Random(length).randbytes(length) for length in range(60)] + [b"\0" * 26, b"\xff" * 27]
    texts = [dense(data) for data in several]
    assert set("".join(texts)) <= set(map(chr, range(33, 127))) - set("&<>")
    got = browser.run(f"(() => {{ {sources('10-unpack')} return {json.dumps(texts)}.map((t) => [...undense(t)]); }})()")
    assert got == [list(data) for data in several]
    assert len(dense(bytes(1300))) == 1600


def test_columns_and_marks_come_back(browser: Browser) -> None:
    texts = ["a", None, "b", "a", "c", "b", "", "c", "a", None]
    assert folded(texts)["at"] == "#!#%#%#%'!"
    rows = [
        {"text": text, "number": at, "mixed": at if at % 2 else "x", "digest": f"{at:03x}", "twice": f"{at // 2:03x}"}
        for at, text in enumerate(texts)
    ]
    packed_rows = columns(rows)["columns"]
    assert packed_rows["digest"] == {"width": 3, "joined": "000001002003004005006007008009"}
    assert len(packed_rows["twice"]["texts"]) == 5
    assert "texts" in columns([{"a": "é1"}, {"a": "bc"}])["columns"]["a"]
    values = ["forward", "3", "tanh", None]
    sentences = [("forward of tanh is forward: 3 of 33", False), ("3 tanh forward tanh 3", True), ("", False)]
    packed = [marked(sentence, values, everywhere) for sentence, everywhere in sentences]
    assert packed[:2] == ["\x80 of \x82 is forward: \x81 of 33", "\x81 \x82 \x80 \x82 \x81"]
    assert marked("x" * 40, ["x"] * 40) == "".join(MARKS) + "x" * 8
    got = browser.run(
        f"(() => {{ {sources('10-unpack')} return"
        f"[records({json.dumps(columns(rows))}), records({json.dumps(columns([]))}),"
        f"{json.dumps(packed)}.map((each) => unmarked(each, {json.dumps(values)}))]; }})()"
    )
    assert got == [rows, [], [sentence for sentence, _ in sentences]]


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_script_derives_alike(browser: Browser, dtype: str) -> None:
    draw = random.Random(dtype)
    exact = [f"{draw.choice(['', '-'])}{draw.random() * 10:.28f}e{draw.randint(-45, 38)}" for _ in range(3000)]
    # Ties of the format and of decimal cutting, both zeros, the least subnormals, what is cut and what is not.
    exact += ["0", "-0", "-1e-400", "1.00390625", "0.6328125", "1.078125", "3.076171875", "2.98023223876953125e-8"]
    exact += ["4503599627370497.5", "1e16", "123456.7", "9.5e-5", "1e-5", "65519.9", "8.98846567431157953e307"]
    decimals = [str(nearest(float(text), dtype)) for text in exact] + ["inf", "-inf", "nan", "1.5 -2e-05 inf"]
    hexes = [str(hex_of(text, dtype)) for text in decimals]
    floats = [text for text in exact if decimal_of(text, dtype) is not None]
    assert len(floats) > 0.9 * len(exact) - 1500 * (dtype == "float16")
    sizes = [0, 0.5, "inf", *(rounded(10.0 ** draw.uniform(-6, 40), FEW) for _ in range(3000))]
    got = browser.run(
        f"(() => {{ const DATA = {json.dumps({'formats': FORMATS})}; const num = (text) =>"
        f" Number({{ inf: Infinity, '-inf': -Infinity, nan: NaN }}[text] ?? text);"
        f"{sources('25-derived', '40-ordinal')}"
        f"return [{json.dumps(decimals)}.map((text) => hexOf(DERIVED, text, '{dtype}')),"
        f"{json.dumps(floats)}.map((text) => decimalOf(DERIVED, text, '{dtype}')), {json.dumps(exact)}.map(briefOf),"
        f"{json.dumps([trimmed(text) for text in hexes])}.map(untrimmed),"
        f"{json.dumps(sizes)}.map((ulp) => bitsOf(DERIVED, ulp, '{dtype}')), bitsOf(3.5, 1, '{dtype}')]; }})()"
    )
    assert got[0] == hexes
    assert got[1] == [decimal_of(text, dtype) for text in floats]
    assert got[2] == [brief_of(text) for text in exact]
    assert got[3] == hexes
    assert got[4] == [bits_of(ulp, dtype) for ulp in sizes]
    assert got[5] == 3.5


def test_the_rules_are_those_of_the_frameworks_texts() -> None:
    assert trimmed("-0x1.fe00000000000p+2 inf 0x0.0p+0") == "-fep2 inf 0x0.0p+0"
    assert hex_of("0.1", "float32") == "0x1.99999a0000000p-4"
    assert hex_of("shape (2,)", "float32") is None
    assert decimal_of("0.1000000014901161193847656", "float32") == "0.1"
    assert decimal_of("2.93873587705571876992e-39", "bfloat16") == "2.93874e-39"
    assert decimal_of("inf (the limit)", "float32") is None
    assert brief_of("0.000122070250367848899586445378864") == "0.000122070250367…"
    assert brief_of("2.93873587705571876992e-39") == "2.93873587705…e-39"
    assert brief_of("-1.25") is None


def test_bytes_of_no_run_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = SIZE_LIMIT, LARGEST
    with pytest.raises(SystemExit) as left:
        sizes_of([str(tmp_path)])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert "results.json: cannot be read" in told
    assert told.count("\n") == 1
    # Pages that are built later have the report's own limits.
    report = importlib.import_module("reports.build")
    assert limits == (report.SIZE_LIMIT, report.LARGEST)
