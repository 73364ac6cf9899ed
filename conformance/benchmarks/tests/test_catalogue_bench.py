"""What the table of the whole catalogue counts and answers is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from conformance.benchmarks.catalogue import SINGLE, answer, chosen, left_to_balls
from conformance.benchmarks.sweeps import Nobody
from conformance.oracle.piecewise.eval import find_pieces
from conformance.scoring.failures import Failure
from conformance.sweeps.blocks import Block
from conformance.sweeps.scorer import Scorer


@pytest.mark.slow
def test_what_is_left_to_balls_is_every_float_without_a_piece_and_the_answers_are_right() -> None:
    scorer = Scorer(Nobody(), "tanh", "inverse", SINGLE, "eager", False)
    table = scorer.truth.table
    around = np.arange(0x3F000000, 0x40000000, dtype=np.uint32).view(np.float32)  # 0.5 to 2: elsewhere nothing is left.
    counted = int((find_pieces(table, around.astype(np.float64)) < 0).sum())
    assert 0 < 2 * counted == left_to_balls(table)
    block = Block(0x3F800000 - (1 << 14), 1 << 15)  # Around 1, where the domain ends.
    with np.errstate(invalid="ignore"):
        tally = scorer.score(block, answer(scorer, block))
    assert tally.counts[:, Failure.NONE].sum() == block.count


def test_maps_laws_and_subjects_are_chosen_of_the_catalogue_alone() -> None:
    maps, laws = list(chosen(["maps"], [])), list(chosen(["laws"], ["cdf"]))
    assert {("tanh", quantity) for quantity in ("forward", "inverse", "fldj", "ildj")} <= set(maps)
    assert not set(maps) & set(laws)
    assert {quantity for _, quantity in laws} == {"cdf"}
    assert list(chosen(["exp"], ["ildj"])) == [("exp", "ildj")]
    assert not list(chosen(["stick_breaking"], []))
