"""The table of a whole line is audited against Arb, and an error of one part in 2**40 in it is caught."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conformance.floats.formats import FORMATS
from conformance.oracle.piecewise.audit import audit_at, special_points
from conformance.oracle.piecewise.table import UNBUILT
from conformance.oracle.piecewise.tier import PiecewiseTier

SINGLE = FORMATS["float32"]


@pytest.fixture(scope="module")
def whole() -> PiecewiseTier:
    tier = PiecewiseTier("tanh", "fldj", SINGLE)
    tier.prepare_all()
    return tier


def drawn(seed: int, count: int) -> np.ndarray:
    patterns = np.random.default_rng(seed).integers(0, 0x7F800000, count) + (np.arange(count) % 2) * (1 << 31)
    return patterns.astype(np.uint32).view(np.float32).astype(np.float64)


@pytest.mark.slow
def test_every_binade_is_built_and_the_audit_holds(whole: PiecewiseTier) -> None:
    assert not (whole.table.root == UNBUILT).any()
    result = audit_at(whole, SINGLE, np.concatenate([drawn(1, 1500), special_points(whole, SINGLE)]))
    assert result.violations == () == result.too_wide
    assert result.covered >= 0.95 * result.points


@pytest.mark.slow
@pytest.mark.parametrize("index", [0, 1])
def test_an_error_of_one_part_in_2_to_the_40_is_caught(whole: PiecewiseTier, index: int) -> None:
    piece = int(whole.table.length.argmax())
    kept = whole.table.words[piece, index, 0]
    centre, radius = float(whole.table.centre[piece]), 1.0 / float(whole.table.scale[piece])
    inside = (centre + radius * np.linspace(-0.99, 0.99, 50)).astype(np.float32).astype(np.float64)
    assert audit_at(whole, SINGLE, inside).violations == ()
    whole.table.words[piece, index, 0] = kept * (1 + 2.0**-40)
    try:
        assert audit_at(whole, SINGLE, inside).violations
    finally:
        whole.table.words[piece, index, 0] = kept


@pytest.mark.slow
def test_the_table_is_the_same_wherever_it_is_built(whole: PiecewiseTier, tmp_path: Path) -> None:
    other = PiecewiseTier("tanh", "fldj", SINGLE, tmp_path)
    other.prepare_all()
    again = PiecewiseTier("tanh", "fldj", SINGLE, tmp_path)
    for tier in (other, again):
        assert np.array_equal(tier.table.words, whole.table.words)
        assert np.array_equal(tier.table.root, whole.table.root)
