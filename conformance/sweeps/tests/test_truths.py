"""The table of a whole line is audited against Arb, and an error of one part in 2**40 in it is caught."""

from __future__ import annotations

from math import frexp
from pathlib import Path

import numpy as np
import pytest
from flint import arb, arb_series

from conformance.execution.request import Reply
from conformance.floats.enclosures import Enclosures, Kind, as_float
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region, regions_of
from conformance.laws.attainable import reference_answers
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.audit import audit_at, special_points
from conformance.oracle.piecewise.build import FLOAT32_LINE, Piece, constant_piece
from conformance.oracle.piecewise.eval import enclose, find_pieces
from conformance.oracle.piecewise.table import UNBUILT, Table
from conformance.oracle.piecewise.tier import PiecewiseTier
from conformance.scoring.failures import Failure
from conformance.sweeps.blocks import Block
from conformance.sweeps.scorer import Scorer
from conformance.sweeps.tests.test_scorer import Nobody

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


ENDS = [
    ("weibull(scale=1.5,concentration=0.625)", "icdf", 1.0),
    ("generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=0.25)", "forward", -7.5),
    ("transformed(normal(loc=0.0,scale=1.0),chain(sigmoid,sigmoid))", "log_prob", 0.73105857863),
]
"""Each with an end of its domain: a float, one other than 1, and none."""


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity", "end"), ENDS)
def test_pieces_of_a_whole_line_follow_an_end_down_to_its_last_floats(subject: str, quantity: str, end: float) -> None:
    """They ended 10,000 to 90,000 floats before it, each of which a sweep then took a ball for."""
    tier = PiecewiseTier(subject, quantity, SINGLE)
    tier.prepare_all()
    patterns = int(np.float32(end).view(np.uint32)) + np.arange(-(1 << 19), 1 << 19)
    x = patterns.astype(np.uint32).view(np.float32).astype(np.float64)
    left = find_pieces(tier.table, x) < 0
    assert 0 < left.sum() < 1000
    near = x[np.flatnonzero(left)[0] - 2000 : np.flatnonzero(left)[-1] + 2000 : 7]
    result = audit_at(tier, SINGLE, near)
    assert result.violations == () == result.too_wide
    assert result.covered > 200


def test_attempts_beyond_those_of_each_binade_are_shared() -> None:
    """Binades of which a sixteenth alone can be proved take what there is to spare once, and not each."""
    asked = 0

    def settle(first: float, last: float) -> Piece | bool:
        nonlocal asked
        asked += 1
        first, last = sorted((abs(first), abs(last)))
        lowest = frexp(first)[0] == 0.5 and last - first < first / 16
        return constant_piece(0.0) if lowest else False

    class Nothing:
        """A series that must not be asked."""

        def __call__(self, x: arb, terms: int) -> arb_series:
            raise AssertionError("a polynomial was tried")

        def wide_value(self, x: arb) -> arb:
            raise AssertionError("a polynomial was tried")

        def log_magnitude(self, x: arb, terms: int) -> tuple[int, arb_series]:
            raise AssertionError("a polynomial was tried")

    keys = np.arange(1023, 1043)
    Table(Nothing(), settle, FLOAT32_LINE).grow(keys)
    alone, asked = asked, 0
    Table(Nothing(), settle, FLOAT32_LINE).grow(keys, spare=1000)
    assert alone > 256 * len(keys)
    assert asked == alone + 1000


BETWEEN = [
    ("affine(loc=0.1,scale=2.0)", "forward", -0.05),
    ("affine(loc=0.1,scale=2.0)", "forward", 0.01),
    ("uniform(low=-0.1,high=0.7)", "log_prob", -0.1),
]
"""Numbers that no binary float is, each with a float next to which that shows: a zero, what pieces cover, an end."""


@pytest.mark.parametrize(("subject", "quantity", "place"), BETWEEN)
def test_the_truth_is_that_of_the_floats_which_a_framework_was_handed(
    subject: str, quantity: str, place: float
) -> None:
    """And no reference is wrong by it, in the compiled judge and beside it."""
    block = Block(int(np.float32(place).view(np.uint32)) - 500, 1000)
    x = block.values(SINGLE)
    answers = reference_answers(subject, quantity, x, SINGLE)
    expected = Oracle().truth(subject, quantity, x, SINGLE)
    for compiled in (True, False):
        scorer = Scorer(Nobody(), subject, quantity, SINGLE, "eager", False, compiled=compiled)
        truth, pieces = scorer.truth.truth(subject, quantity, x, SINGLE), enclose(scorer.truth.table, x.astype(float))
        assert np.array_equal(truth.kind, expected.kind)
        assert _farthest(truth, expected) < 1e-13
        # The compiled judge looks at no truth but these.
        covered = pieces.kind == Kind.FINITE
        assert covered.any() == (place != -0.05)
        assert _farthest(pieces[covered], expected[covered]) < 1e-13
        counts = scorer.score(block, Reply("ok", answers)).counts
        assert counts[:, Failure.NONE].sum() == block.count
        # What is outside the support is so by the same floats.
        outside = regions_of(x, SINGLE, scorer.frame) == Region.OUTSIDE
        assert np.array_equal(outside, expected.kind == Kind.NEG_INF)


def _farthest(one: Enclosures, other: Enclosures) -> float:
    """The largest distance between two truths, where there is any."""
    known = one.kind == Kind.FINITE
    return float(np.max(np.abs(as_float(one[known]) - as_float(other[known])), initial=0.0))


def test_a_rough_truth_is_that_of_the_same_floats() -> None:
    subject, x = "affine(loc=0.1,scale=2.0)", np.array([np.float32(-0.05)])
    scorer = Scorer(Nobody(), subject, "forward", SINGLE, "eager", False)
    for other in (subject, "affine(loc=0.3,scale=2.0)"):
        rough, exact = (one.roughly(other, "forward", x, SINGLE) for one in (scorer.truth, Oracle()))
        assert np.allclose(as_float(rough), as_float(exact), rtol=1e-9, atol=0)
