"""Planted defects: each gives exactly one cause, at the component where it was planted (ACCEPTANCE A30)."""

from __future__ import annotations

import pytest

from conformance.causes.naming import FAMILIES
from conformance.causes.planted import read_planted
from conformance.causes.tests.planted.defects import PLANTS
from conformance.causes.tests.planted.matrix import row_of, subjects_of, told_of
from conformance.oracle.oracle import Oracle

KEPT = {row.name: row for row in read_planted()}


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(tmp_path_factory.mktemp("oracle"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_defect_is_one_cause_where_it_was_planted(name: str, oracle: Oracle) -> None:
    plant = PLANTS[name]
    row = row_of(plant, oracle)
    assert row.caught, f"{plant.component} ({', '.join(plant.mechanisms)}) came out as {row.found}"
    assert KEPT.get(name) == row, "run python -m conformance.causes.tests.planted.matrix --write"


@pytest.mark.slow
def test_the_untouched_reference_gives_no_cause(oracle: Oracle) -> None:
    drafts = told_of(None, subjects_of(PLANTS.values()), oracle)
    assert not drafts, [(draft.component, draft.mechanism) for draft in drafts]


def test_there_are_enough_of_them_and_no_mechanism_of_a_value_is_left_out() -> None:
    assert len(PLANTS) >= 30
    planted = {mechanism for plant in PLANTS.values() for mechanism in plant.mechanisms}
    assert set(FAMILIES) - planted <= {"crash", "time-out"}


def test_the_kept_matrix_has_every_defect_and_no_other() -> None:
    assert set(KEPT) == set(PLANTS)
