"""causes, explain ID, issue and reproduce, as a person meets them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.causes.records import Cause, Script
from conformance.causes.tests.examples import POWER_CAUSE, document, hostile
from conformance.cli.main import main
from conformance.findings.records import Finding, Reproduction
from conformance.findings.store import write_document
from conformance.findings.tests.documents import WORST, finding, findings, results

DIRECTIONS = "von_mises_fisher(concentration=4.0,mean_direction=[0.0,1.0])"
RIGHT = (0.875).hex()  # tanh(1.3540251) is 0.875 and a little.


def script_of(*lines: str) -> Reproduction:
    code = "\n".join(f"print({line!r})" for line in lines) + "\n"
    return Reproduction(code=code, printed="nan", confirmed=True, ran=True)


def accused(identity: str, script: Reproduction, **changes: Any) -> Finding:
    """A finding about the reference, which runs in this very interpreter."""
    worst = msgspec.structs.replace(WORST, input="0.5", input_hex="0x1p-1", got="nan", got_hex="nan")
    axes = {"framework": "numpy", "version": "0.0.1", "quantity": "forward", "kind": "spurious nan"}
    return finding(id=identity, **axes, worst=worst, reproduction=script, **changes)


def statistic(identity: str, printed: str) -> Finding:
    """Of the mean direction of a law of vectors, which is asked at no input and judged entry by entry."""
    worst = msgspec.structs.replace(WORST, input="nan", input_hex="nan", got="nan", got_hex="nan")
    script = msgspec.structs.replace(script_of(printed), printed="0x0.0p+0 nan")
    found = accused(identity, script, law="L11", subject=DIRECTIONS)
    return msgspec.structs.replace(found, quantity="mean", worst=worst)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the three files of a run, of which nothing is kept."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    own = msgspec.structs.replace(
        POWER_CAUSE,
        id="d0d0d0d0d0d0",
        also=["0b0b0b0b0b0b"],
        framework="numpy",
        grade="minor",
        scripts=[
            Script(
                mode="eager",
                dtype="float32",
                finding="dddd00000001",
                code="print('nan')\n",
                printed="nan",
                confirmed=True,
            )
        ],
        findings=["dddd00000001", "dddd00000002"],
    )
    save(tmp_path, POWER_CAUSE, own, hostile(id="e0e0e0e0e0e0", also=[]))
    write_document(tmp_path / "results.json", results())
    rows = [
        finding(id="aaaa00000001", summary="the worst of them"),
        accused("dddd00000001", script_of("nan")),
        accused("dddd00000002", script_of("0x1.d9353d7568af3p-2")),
        accused("dddd00000003", script_of("inf"), confirmed=False),
        accused("dddd00000004", Reproduction(printed="no script for it")),
        accused("dddd00000005", msgspec.structs.replace(script_of("nan"), code="raise ValueError('x')\n")),
        accused("dddd00000006", msgspec.structs.replace(script_of("nan"), code="import os; os.abort()\n")),
        statistic("dddd00000007", "0x0.0p+0 nan"),
        statistic("dddd00000008", "0x0.0p+0 0x1.ba1fa20000000p-1"),
    ]
    write_document(tmp_path / "findings.json", findings(*rows))
    return tmp_path


def save(folder: Path, *causes: Cause) -> None:
    (folder / "causes.json").write_bytes(msgspec.json.encode(document(*causes)))


def said(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, code: int = 0) -> str:
    assert main([*arguments, "--from", str(folder)]) == code
    captured = capsys.readouterr()
    if code == 2:
        assert captured.err.startswith("conformance: ")
        assert captured.err.count("\n") == 1
    return captured.err if code == 2 else captured.out


def test_causes_come_worst_first_and_fit_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path)
    for columns in (80, 132):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = said(capsys, tmp_path, "causes")
        assert max(map(len, out.splitlines())) <= columns
        assert out.index("a1b2c3d4e5f6") < out.index("b7b7b7b7b7b7")
        words = " ".join(out.split())
        assert "2 causes (1 grave, 1 serious): 52 of 60 confirmed findings" in words
        assert "torch.distributions.transforms.PowerTransform.log_abs_det_jacobian" in words
        assert "overflow of an intermediate" in words
        assert "breaks 12 findings, 8,123 inputs: float16 (10), float32 (2)" in words


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--framework", "torch"], ["a1b2c3d4e5f6"]),
        (["--grade", "serious,minor"], ["b7b7b7b7b7b7"]),
        (["--dtype", "float16"], ["a1b2c3d4e5f6"]),
        (["--framework", "paddle", "--grade", "grave"], []),
    ],
)
def test_causes_are_picked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], ids: list[str]
) -> None:
    save(tmp_path)
    assert [cause["id"] for cause in json.loads(said(capsys, tmp_path, "causes", *arguments, "--json"))] == ids


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["causes", "--framework", "torsch"], "did you mean 'torch'?"),
        (["causes", "--grade", "graev"], "did you mean 'grave'?"),
        (["explain", "a1b2c3d4e5f7"], "did you mean a1b2c3d4e5f6?"),
        (["explain", "dddd"], "begins several ids"),
        (["issue", "dddd00000003"], "is not confirmed"),
        (["reproduce", "dddd00000004"], "no script for it"),
        (["reproduce", "dddd00000001", "--timeout", "1e400"], "must be positive"),
        (["explain", "a1b2c3d4e5f6", "--framework", "torch"], "not with an id"),
        (["explain", "tanh"], "conformance explain 'tanh' fldj 0.5"),
        (["explain", "tanh", "fldj"], "at which input?"),
    ],
)
def test_a_mistake_is_one_line_with_the_way_out(
    run: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], hint: str
) -> None:
    assert hint in said(capsys, run, *arguments, code=2)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: "", "is empty"),
        (lambda text: text[: len(text) // 2], "is not JSON"),
        (lambda text: text.replace('"grade":"grave"', '"grade":"dreadful"'), "dreadful"),
        (lambda text: text.replace('"format_version":2', '"format_version":1'), "format_version is 1"),
        (lambda text: text.replace("conformance-causes", "conformance-cases"), "format is 'conformance-cases'"),
        (lambda text: "[" * 100_000, "Expected `object`"),
        (lambda text: "\udcff".encode("utf-8", "surrogateescape"), "is not UTF-8"),
        (None, "No such file"),
    ],
)
@pytest.mark.parametrize("command", [["causes"], ["explain", "a1b2"], ["issue", "a1b2"], ["reproduce", "a1b2"]])
def test_a_damaged_file_is_noticed_and_the_command_that_makes_it_is_said(
    run: Path, capsys: pytest.CaptureFixture[str], damage: Any, reason: str, command: list[str]
) -> None:
    path = run / "causes.json"
    if damage is None:
        path.unlink()
    else:
        damaged = damage(path.read_text(encoding="utf-8"))
        path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    told = said(capsys, run, *command, code=2)
    assert reason in told
    assert "conformance compare" in told


def test_a_finding_is_explained_and_run_without_the_file_of_causes(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "causes.json").unlink()
    assert "the worst of them" in said(capsys, run, "explain", "aaaa00000001")
    assert "still misbehaves" in said(capsys, run, "reproduce", "dddd00000001", code=1)
    (run / "findings.json").write_text("{")
    assert "causes.json" in said(capsys, run, "explain", "aaaa00000001", code=2)


def test_explain_tells_all_about_a_cause(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = said(capsys, run, "explain", "a1b2")
    words = " ".join(out.split())
    for wanted in (
        "17.7341446221062168974088161519",
        "y / x overflows from x = 0.00156 downwards",
        "5,740 of 5,740 inputs fail",
        "numpy 2.4.6 is right",
        "tfp 0.25.0 is wrong: inf, inf ulp off, the same bits",
        "which never forms y / x",
        "ExpTransform()",
        "torch.tensor(-1.5, dtype=dtype)",
        "conformance issue a1b2c3d4e5f6",
    ):
        assert wanted in words
    code = [line for line in out.splitlines() if line.startswith("    ") and ("float" in line or "import" in line)]
    assert max(len(line) for line in out.splitlines() if line not in code) <= 80
    assert json.loads(said(capsys, run, "explain", "a1b2", "--json"))["grade"] == "grave"


def test_explain_tells_of_a_finding_what_explains_it(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, run, "explain", "aaaa00000001")
    assert "the worst of them" in out
    assert "Explained by the cause a1b2c3d4e5f6 (grave)" in out
    assert "is not confirmed" in said(capsys, run, "explain", "dddd00000003")


def test_a_cause_is_found_by_an_id_that_a_part_of_it_has_in_another_run(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = " ".join(said(capsys, run, "explain", "0a0a").split())
    assert "id a1b2c3d4e5f6 also 0a0a0a0a0a0a, 0b0b0b0b0b0b" in text
    assert "torch.pow is off by 14.5 units in the last place" in text
    assert "shared by c0ffee000002" in text
    # Both causes have parts that are called so.
    assert "no cause or finding '0b0b0b0b0b0b'" in said(capsys, run, "explain", "0b0b0b0b0b0b", code=2)


def test_issue_prints_the_markdown_of_a_cause_or_of_a_finding(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, run, "issue", "a1b2c3d4e5f6")
    assert out.startswith("# PowerTransform.log_abs_det_jacobian overflows")
    assert said(capsys, run, "issue", "aaaa00000001") == out


@pytest.mark.parametrize("command", ["causes", "explain", "issue"])
def test_hostile_text_stays_inert(run: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    arguments = [] if command == "causes" else ["e0e0e0e0e0e0"]
    # No entry of results.json is about a framework of that name.
    out = said(capsys, run, command, *arguments, code=2 if command == "issue" else 0)
    assert "owned" in out
    assert not [one for one in out if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert said(capsys, run, "causes", "--json").isascii()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "code", "verdict"),
    [
        ("d0d0d0d0d0d0", 1, "still misbehaves: spurious nan"),
        ("dddd00000001", 1, "still misbehaves: spurious nan"),
        ("dddd00000002", 0, "does not misbehave any more"),
        ("dddd00000003", 1, "fails in another way: out of codomain"),
        ("dddd00000005", 3, "cannot be judged: the script raised"),
        ("dddd00000006", 1, "fails in another way: crashed"),
        ("dddd00000007", 1, "still misbehaves: spurious nan"),
        ("dddd00000008", 0, "does not misbehave any more"),
    ],
)
def test_reproduce_says_whether_it_still_misbehaves(
    run: Path, capsys: pytest.CaptureFixture[str], wanted: str, code: int, verdict: str
) -> None:
    assert verdict in said(capsys, run, "reproduce", wanted, code=code)


def test_reproduce_prints_the_script_and_nothing_else(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, run, "reproduce", "d0d0", "--print") == "print('nan')\n"


def test_a_framework_that_cannot_be_started_is_neither_right_nor_wrong(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", "/bin/false")
    said(capsys, run, "reproduce", "d0d0", code=3)
