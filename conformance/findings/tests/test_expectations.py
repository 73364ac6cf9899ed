"""Known failures: what an entry must say, what it matches, and when it is stale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

import adapters
from conformance.findings import Asked, ExpectationError, KnownFailure, first_match, load_known_failures, match, stale
from conformance.findings.tests import documents

GOOD = """
[[failure]]
law = "L02"
subject = "tanh"
quantity = "fldj"
dtype = "float*"
kind = "precision lost"
reason = "cancels near 0"
link = "https://example.org/1"
versions = ">=2.0,<3"
"""


def finding(**changes: Any) -> dict[str, Any]:
    """The axes of a finding, as a list of known failures is matched against."""
    return asdict(documents.finding(**changes))


def entries(folder: Path, text: str) -> list[KnownFailure]:
    path = folder / "known_failures.toml"
    path.write_text(text)
    return load_known_failures(path)


def test_an_entry_matches_what_it_names(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, GOOD)
    assert match(entry, finding())
    assert match(entry, finding(dtype="float16", mode="compile"))
    for change in (
        {"law": "L01"},
        {"subject": "inverse(tanh)"},
        {"quantity": "ildj"},
        {"dtype": "bfloat16"},
        {"kind": "spurious nan"},
        {"version": "3.0"},
        {"version": "1.13"},
        {"version": "unknown"},
    ):
        assert not match(entry, finding(**change)), change
    for version in ("2.14.0.dev20261027+cu130", "2.4.6 with scipy 1.16", "torch 2.13.0+cpu"):
        assert match(entry, finding(version=version))
    assert first_match([entry], finding()) is entry
    assert first_match([entry], finding(law="L01")) is None
    assert entry.to_json() == {"reason": "cancels near 0", "link": "https://example.org/1", "versions": ">=2.0,<3"}


def test_globs_cover_subjects_with_parameters(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, GOOD.replace('"tanh"', '"transformed(normal(*),chain(affine(*),tanh))"'))
    inside = "transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5,scale=-2.0),tanh))"
    assert match(entry, finding(subject=inside))
    assert not match(entry, finding(subject=inside.replace("normal", "laplace")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("reason", "because"), "entry 1: unknown key 'because'"),
        (GOOD.replace('reason = "cancels near 0"\n', ""), "entry 1: reason is missing"),
        (GOOD.replace('link = "https://example.org/1"\n', ""), "entry 1: link is missing"),
        (GOOD.replace('versions = ">=2.0,<3"\n', ""), "entry 1: versions is missing"),
        (GOOD.replace('"cancels near 0"', '" "'), "entry 1: reason is not a text"),
        (GOOD.replace('"L02"', "2"), "entry 1: law is not a text"),
        (GOOD.replace("https://example.org/1", "somewhere"), "entry 1: link is 'somewhere'"),
        (GOOD.replace(">=2.0,<3", "two or so"), "entry 1: versions is 'two or so'"),
        (GOOD + GOOD.replace("reason", "why"), "entry 2"),
        (GOOD.replace("[[failure]]", "[[known]]"), "unknown table 'known'"),
        (GOOD.replace("[[failure]]", "[failure]"), "not an array of tables"),
        (GOOD.replace('"L02"', '"L02'), "known_failures.toml"),
    ],
)
def test_a_malformed_entry_is_refused_on_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ExpectationError) as caught:
        entries(tmp_path, text)
    assert told in str(caught.value)
    assert "known_failures.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_link_has_to_be_said_aloud(tmp_path: Path) -> None:
    text = GOOD.replace("https://example.org/1", "none: found by this suite")
    assert entries(tmp_path, text)[0].link == "none: found by this suite"


def test_a_missing_file_lists_nothing(tmp_path: Path) -> None:
    assert load_known_failures(tmp_path / "absent.toml") == []


def asked(
    *dtypes: str, law: str = "L02", subject: str = "tanh", quantities: tuple[str, ...] = ("fldj",)
) -> list[Asked]:
    return [Asked(law, subject, dtype, "eager", quantities) for dtype in dtypes]


def test_an_entry_that_no_longer_fails_is_stale(tmp_path: Path) -> None:
    known = entries(tmp_path, GOOD)
    assert stale(known, [finding()], asked("float32"), "2.13.0") == []
    (one,) = stale(known, [], asked("float32"), "2.13.0")
    assert "known_failures.toml, entry 1" in str(one)
    assert "float32" in str(one)


def test_every_dtype_that_an_entry_names_has_to_fail(tmp_path: Path) -> None:
    found = stale(entries(tmp_path, GOOD), [finding()], asked("float32", "float64", "bfloat16"), "2.13.0")
    assert [(one.dtype, one.mode) for one in found] == [("float64", "eager")]


def test_a_failure_in_another_way_does_not_keep_an_entry(tmp_path: Path) -> None:
    assert len(stale(entries(tmp_path, GOOD), [finding(kind="spurious nan")], asked("float32"), "2.13.0")) == 1


def test_what_was_not_examined_is_not_stale(tmp_path: Path) -> None:
    known = entries(tmp_path, GOOD)
    assert stale(known, [], [], "2.13.0") == []
    assert stale(known, [], asked("float32"), "3.1") == []
    assert stale(known, [], asked("float32", law="L01"), "2.13.0") == []
    assert stale(known, [], asked("float32", subject="exp"), "2.13.0") == []
    assert stale(known, [], asked("bfloat16"), "2.13.0") == []
    assert stale(known, [], asked("float32", quantities=("ildj",)), "2.13.0") == []
    assert stale(known, [], asked("float32", quantities=()), "2.13.0") == []


def test_a_glob_is_judged_only_when_all_of_it_was_asked(tmp_path: Path) -> None:
    known = entries(tmp_path, GOOD.replace('"tanh"', '"*tanh*"'))
    catalogue = [("L02", "tanh"), ("L02", "inverse(tanh)"), ("L01", "tanh"), ("L02", "exp")]
    assert stale(known, [], asked("float32"), "2.13.0", catalogue) == []
    whole = asked("float32") + asked("float32", subject="inverse(tanh)", quantities=())
    assert len(stale(known, [], whole, "2.13.0", catalogue)) == 1


@pytest.mark.parametrize("path", sorted(Path(adapters.__file__).parent.glob("*/known_failures.toml")), ids=str)
def test_the_lists_beside_the_adapters_are_well_formed(path: Path) -> None:
    load_known_failures(path)
