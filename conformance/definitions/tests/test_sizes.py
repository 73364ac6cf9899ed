"""The further sizes: other sizes of what the catalogue has, and every kind at every size."""

from __future__ import annotations

import pytest

from adapters.interface.spec import parse
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.declared import spaces_of
from conformance.definitions.registry import is_event_law
from conformance.definitions.sizes import (
    FURTHER_LAWS_OF_EVENTS,
    FURTHER_MAPS_OF_MATRICES,
    FURTHER_MAPS_OF_VECTORS,
    FURTHER_SIZES,
)

NAMES = {parse(subject).name for subject in CATALOGUE}


def _shapes(subject: str) -> set[tuple[int, ...]]:
    return {space.shape for space in spaces_of(subject) if space is not None}


@pytest.mark.parametrize("subject", FURTHER_SIZES)
def test_a_further_size_is_one_of_a_map_or_law_of_the_catalogue(subject: str) -> None:
    assert parse(subject).name in NAMES
    assert subject in FURTHER_SUBJECTS
    own = _shapes(subject)
    same = [one for one in CATALOGUE if parse(one).name == parse(subject).name and spaces_of(one)[0] is not None]
    assert all(_shapes(one) != own for one in same), "the catalogue has that size"


def test_vectors_have_1_and_20_entries_and_matrices_2_5_and_20_rows() -> None:
    entries = {shape[0] for one in FURTHER_MAPS_OF_VECTORS for shape in _shapes(one) if len(shape) == 1}
    assert {1, 2, 20} <= entries
    rows = {shape[0] for one in FURTHER_MAPS_OF_MATRICES for shape in _shapes(one) if len(shape) == 2}
    assert {2, 5, 20} <= rows
    laws = {shape for one in FURTHER_LAWS_OF_EVENTS for shape in _shapes(one)}
    assert {(1,), (2,), (20,), (1, 1), (2, 2), (10, 10)} <= laws
    assert all(is_event_law(one) for one in FURTHER_LAWS_OF_EVENTS)
