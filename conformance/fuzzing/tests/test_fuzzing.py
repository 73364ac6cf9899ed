"""Random compositions: what is drawn, what is found and how simple it becomes, and what is no surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.causes.tests.planted.adapter import Adapter
from conformance.causes.tests.planted.defects import PLANTS
from conformance.cli.main import main
from conformance.definitions.registry import is_distribution
from conformance.fuzzing.compositions import compositions, known, leaves
from conformance.fuzzing.examination import Examiner
from conformance.fuzzing.run import Budget, surprises
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

DESCRIPTION: dict[str, Any] = {"framework": "planted", "version": "1.0", "devices": ["cpu"], "flush_to_zero": {}}


@pytest.mark.slow
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(compositions())
def test_whatever_is_drawn_is_a_subject(subject: str) -> None:
    assert known(subject)
    assert len(subject) < 2000


def test_every_leaf_of_the_catalogue_is_drawn_from() -> None:
    numbers, events, bases = leaves()
    assert {"tanh", "exp", "sigmoid"} <= set(numbers)
    assert {"stick_breaking", "corr_cholesky"} <= set(events)
    # What stands in the catalogue only as a part of something else.
    assert {"affine(loc=0.5,scale=-1.5)", "affine(loc=0.5,scale=2.0)"} <= set(numbers)
    assert {"logistic", "uniform", "student_t"} <= {base.partition("(")[0] for base in bases}
    assert all(is_distribution(base) for base in bases)


def examiner(plant: str | None, folder: Path, least: str = "serious") -> Examiner:
    framework = InProcess(lambda: Adapter(None if plant is None else PLANTS[plant]))
    return Examiner(framework, Oracle(folder), DESCRIPTION, "float32", 1, least)


@pytest.mark.slow
def test_a_defect_of_composing_is_found_and_shrunk(tmp_path: Path) -> None:
    """Every part's log-det at x: no part shows it, and two parts without parameters are enough."""
    looking = examiner("log_det_at_the_wrong_link", tmp_path)
    first = next(surprises(looking, Budget(examples=200), seed=1))
    assert first.component == "planted.chain.fldj"
    assert first.subject.count("(") <= 3, first.subject
    assert first.finding.severity == "grave"


@pytest.mark.slow
def test_a_defect_of_a_part_is_no_surprise(tmp_path: Path) -> None:
    looking = examiner("tanh_log_det_off_by_log_four", tmp_path)
    assert not looking.surprises("chain(affine(loc=0.5,scale=2.0),tanh)")
    assert not looking.surprises("independent(tanh,ndims=1.0)")


@pytest.mark.slow
def test_sound_compositions_hold_no_surprise(tmp_path: Path) -> None:
    looking = examiner(None, tmp_path, "minor")
    for subject in ("chain(sigmoid,affine(loc=0.5,scale=0.3))", "independent(softplus,ndims=1)", "inverse(exp)"):
        assert not looking.surprises(subject)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fuzz", "--framework", "torhc"],
        ["fuzz", "--framework", "torch", "--minutes", "-1"],
        ["fuzz", "--framework", "torch", "--dtype", "float8"],
        ["fuzz", "--framework", "torch", "--least", "awful"],
        ["fuzz", "--framework", "torch", "--json", "/no/such/folder/x.json"],
        ["fuzz", "--framework", "torch", "--examples", "0"],
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("conformance: ")
    assert said.count("\n") == 1
