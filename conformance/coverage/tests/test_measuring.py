"""A library's classes as its own process shows them: the next release's new one does not go unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.coverage.judging import Coverage
from conformance.coverage.measuring import decisions_of, leaves_of, measure, subjects_and_parts
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import existing
from conformance.execution.frameworks import FRAMEWORKS

LIBRARY = Path(__file__).with_name("library.py")
Make = Callable[[], FrameworkClient]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Make]:
    """Makes clients of the library that share a journal, with real worker processes."""
    made: list[FrameworkClient] = []

    def make() -> FrameworkClient:
        made.append(FrameworkClient(existing("numpy"), "library", tmp_path, 20.0, LIBRARY))
        return made[-1]

    yield make
    for client in made:
        client.close()


def coverage(client: FrameworkClient) -> Coverage:
    return measure(client, decisions_of("library", LIBRARY))


def status(of: Coverage) -> dict[str, str]:
    return {entry.name: entry.status for entry in of.entries}


def test_what_subjects_are_made_of_is_covered(library: Make) -> None:
    found = coverage(library())
    assert found.problems == []
    assert status(found) == {
        "library.Chain": "covered",
        "library.Exp": "covered",
        "library.Map": "out_of_scope",
        "library.Ordered": "uncovered",
        "library.Sigmoid": "covered",
        "library.Chi2": "uncovered",
        "library.Law": "out_of_scope",
        "library.Normal": "covered",
        "library.Pushforward": "covered",
        "library.StudentT": "covered",
    }
    by_name = {entry.name: entry for entry in found.entries}
    assert by_name["library.Exp"].subjects[:2] == ["exp", "inverse(exp)"]
    bare = ["student_t(df=5.0,loc=0.25,scale=1.5)", "student_t(df=4.5,loc=0.25,scale=1.5)"]
    assert by_name["library.StudentT"].subjects == bare, "an adapter line alone"
    assert by_name["library.Exp"].source.endswith("library.Exp")


def test_leaves_have_no_parts_and_come_once() -> None:
    subjects = ["transformed(normal(loc=0.25,scale=1.5),inverse(exp))", "chain(exp,tanh)", "tanh"]
    assert leaves_of(subjects) == ["normal(loc=0.25,scale=1.5)", "exp", "tanh"]


def test_how_objects_are_constructed_is_remembered(library: Make) -> None:
    first, second = library(), library()
    calls = coverage(first).calls
    assert calls["student_t(df=5.0,loc=0.25,scale=1.5)"] == "StudentT()"
    assert "chain(sigmoid,sigmoid)" not in calls, "of what is made of others the calls of its parts are told"
    assert coverage(second).calls == calls
    assert second.counts.starts == 0, "the journal has it"


def test_a_new_class_is_undecided(library: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "fresh")
    found = coverage(library())
    assert status(found)["library.Fresh"] == "undecided"
    assert found.problems == [
        "undecided: transform library.Fresh of 1.1: no subject constructs it and nobody has decided"
    ]


@pytest.mark.slow
def test_a_death_over_one_subject_costs_that_one(library: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "binding")
    client = library()
    found = coverage(client)
    assert status(found)["library.Sigmoid"] == "undecided"
    assert status(found)["library.Exp"] == "covered"
    assert client.counts.starts > 2
    monkeypatch.delenv("PLANTED")
    assert status(coverage(library()))["library.Sigmoid"] == "covered", "it may have been chance"


def test_a_death_over_the_classes_is_the_framework_s(library: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "naming")
    with pytest.raises(FrameworkUnusable, match="died while naming its classes: killed by SIGSEGV"):
        coverage(library())


def test_what_was_found_is_kept(library: Make) -> None:
    first = coverage(library())
    client = library()
    assert coverage(client) == first
    assert client.counts.starts == 0


def test_a_library_without_classes_has_no_coverage() -> None:
    with FrameworkClient(existing("numpy"), "numpy") as client:
        assert measure(client, []) == Coverage([], [])


def test_the_subjects_asked_are_the_catalogue_s_and_their_parts() -> None:
    asked = subjects_and_parts()
    assert len(asked) == len(set(asked))
    for subject in ("tanh", "inverse(exp)", "exponential(rate=1.5)", "affine(loc=0.5,scale=-1.5)"):
        assert subject in asked


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_class_of_the_pinned_release_is_covered_or_decided(framework: str) -> None:
    environment = existing(framework)
    if environment.python is None:
        pytest.skip(f"{framework}: {environment.reason}")
    with FrameworkClient(environment, framework) as client:
        found = measure(client, decisions_of(framework))
    assert found.problems == []
    if framework not in ("numpy", "brax"):
        named = status(found)
        assert "covered" in named.values()
        assert {entry.kind for entry in found.entries} == {"transform", "distribution"}


@pytest.mark.frameworks
def test_deleting_a_decision_shows() -> None:
    environment = existing("torch")
    if environment.python is None:
        pytest.skip(f"torch: {environment.reason}")
    decisions = [one for one in decisions_of("torch") if "Transform" not in one.classes]
    with FrameworkClient(environment, "torch") as client:
        (problem,) = measure(client, decisions).problems
    assert problem.startswith("undecided: transform torch.distributions.transforms.Transform of 2.")
