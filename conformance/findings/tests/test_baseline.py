"""A list that a run wrote reads back as what was written, and keeps what people wrote into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.findings.baseline import merged, version_range, write_known_failures
from conformance.findings.expectations import TO_FILL, Asked, KnownFailure, load_known_failures, match, stale

ENTRY = KnownFailure(
    source=Path(),
    number=0,
    framework="torch",
    component="torch.Tanh._call",
    reason='to be filled in: "quoted" \\ back\tslash \x7f ∞',
    link=TO_FILL,
    versions=">=2.0",
    seen=("tanh L02 float32 eager",),
    profile="quick",
)
OTHER = replace(ENTRY, component="torch.Exp._call", cause="0123456789ab", seen=())


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    write_known_failures(path, [ENTRY, OTHER])
    assert load_known_failures(path) == [
        replace(entry, source=path, number=number) for number, entry in enumerate([ENTRY, OTHER], 1)
    ]
    assert [entry.to_fill for entry in load_known_failures(path)] == [True, True]


def test_words_stay_new_ones_come_and_stale_ones_go() -> None:
    filled = replace(ENTRY, source=Path("there"), reason="known", link="https://example.org/1", versions="<3")
    again = replace(ENTRY, seen=("tanh L03 float64 eager",))
    assert merged([filled], [again, OTHER], []) == [replace(filled, source=Path(), seen=again.seen), OTHER]
    assert merged([filled, OTHER], [], [replace(filled, source=Path("elsewhere"))]) == [OTHER]


@pytest.mark.parametrize(
    ("version", "told"), [("2.13.0+cpu", ">=2.13.0"), ("numpy 1.26", ">=1.26"), ("nightly", "any"), ("", "any")]
)
def test_the_range_begins_at_the_version(version: str, told: str) -> None:
    assert version_range(version) == told
    assert replace(ENTRY, versions=told).in_range(version)


def test_an_entry_by_component_names_nothing_that_is_not_attributed() -> None:
    axes = {"framework": "torch", "version": "2.1", "law": "L02", "subject": "tanh", "quantity": "fldj"}
    axes |= {"dtype": "float32", "mode": "eager", "kind": "spurious nan"}
    assert match(ENTRY, {**axes, "component": "torch.Tanh._call"})
    for other in ({}, {"component": ""}, {"component": "torch.Exp._call"}):
        assert not match(ENTRY, {**axes, **other})
    assert not match(ENTRY, {**axes, "component": "torch.Tanh._call", "framework": "tfp"})


def test_only_a_run_with_the_tests_that_had_met_it_finds_it_stale() -> None:
    asked = Asked("L02", "tanh", "float32", "eager", ("fldj",))
    assert [str(one) for one in stale([ENTRY], [], [asked], "2.1", (), "quick")]
    assert not stale([ENTRY], [], [asked], "2.1", (), "thorough")
    assert not stale([ENTRY], [], [replace(asked, law="L03")], "2.1", (), "quick")
    assert not stale([ENTRY], [], [replace(asked, quantities=())], "2.1", (), "quick"), "nothing was judged"
    assert not stale([ENTRY], [], [asked], "1.9", (), "quick")
