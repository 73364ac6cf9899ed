"""Random compositions: what is drawn, what is found and how simple it becomes, and what is no surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from adapters.interface.spec import Spec
from conformance.causes.tests.planted.adapter import Adapter, Array, Plant, Right
from conformance.causes.tests.planted.defects import PLANTS
from conformance.cli.main import main
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.floats.formats import format_named
from conformance.floats.regions import Region
from conformance.fuzzing.compositions import batches, compositions, known, leaves
from conformance.fuzzing.examination import Examiner
from conformance.fuzzing.run import Budget, surprises
from conformance.judging.cases import standard_points
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

F32 = format_named("float32")
DESCRIPTION: dict[str, Any] = {"framework": "planted", "version": "1.0", "devices": ["cpu"], "flush_to_zero": {}}


@pytest.mark.slow
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(compositions())
def test_whatever_is_drawn_is_a_subject(subject: str) -> None:
    assert known(subject)
    assert len(subject) < 2000


@settings(max_examples=200, derandomize=True, deadline=None)
@given(batches())
def test_batches_broadcast(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    assert len(np.broadcast_shapes(*shapes)) <= 3
    assert all(0 < axis <= 3 for shape in shapes for axis in shape)


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
    found = surprises(looking, Budget(examples=200), seed=1, expected=lambda one: one.component != "planted.chain.fldj")
    first = next(found)
    assert first.component == "planted.chain.fldj"
    assert first.subject.count("(") <= 3, first.subject
    assert first.finding.severity == "grave"
    # What is expected is passed over, and not shrunk either.
    assert not list(surprises(looking, Budget(examples=4), seed=1, expected=lambda one: True))


def _flattened(right: Right, x: Array, spec: Spec) -> Array:
    return right().ravel() if x.ndim > 1 else right()


@pytest.mark.slow
def test_a_defect_of_batches_is_found_in_the_batch_that_is_drawn(tmp_path: Path) -> None:
    """A chain's log-det of inputs with two axes comes back with one: no vector of inputs shows it."""
    defect = Plant("flattened", "chain.fldj", ("shape of the result",), (), "", _flattened, batches=True)
    looking = Examiner(InProcess(lambda: Adapter(defect)), Oracle(tmp_path), DESCRIPTION, "float32", 1, "serious")
    subject = "chain(affine(loc=0.5,scale=2.0),exp)"
    assert not looking.surprises(subject)
    assert not looking.surprises(subject, (3,), ())
    assert {one.component for one in looking.surprises(subject, (2, 3), ())} == {"planted.chain.fldj"}


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


@pytest.mark.parametrize(
    "subject",
    [
        # Ordinary inputs of the first part lie outside the domain of the whole, where the image is no number.
        "chain(inverse(softsign),inverse(inverse_box_cox(power=1.1920928955078125e-07)),rayleigh_cdf(scale=100.0))",
        "chain(inverse(softsign),log)",
        "chain(inverse(rayleigh_cdf(scale=100.0)),inverse(tanh))",
    ],
)
def test_a_chain_that_is_defined_in_a_corner_has_places(subject: str) -> None:
    low, high = transform_definition(subject).ordinary
    domain = transform_definition(subject).domain
    assert domain.lo < low < high < domain.hi
    for quantity in ("forward", "inverse", "fldj", "ildj"):
        points = standard_points(Oracle(), subject, quantity, F32, PROFILES["quick"], 1, "gate")
        assert (points.region != Region.OUTSIDE).any(), quantity
