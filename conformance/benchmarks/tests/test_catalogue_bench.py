"""What the table of the whole catalogue counts and answers is what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conformance.benchmarks.catalogue import SINGLE, answer, chosen, left_to_balls, main
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


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--blocks", "5000"], "--blocks 5000: from 1 to 4096"),
        (["--blocks", "0"], "--blocks 0"),
        (["tanh", "sigmiod", "exp"], "'sigmiod' here (did you mean sigmoid?)"),
        (["stick_breaking"], "'stick_breaking'"),
        (["tanh", "--quantity", "fldj,idlj"], "'idlj' here (did you mean ildj?)"),
        (["tanh", "--quantity", "log_prob"], "nothing of the catalogue is chosen"),
    ],
)
def test_a_mistake_is_named_in_one_line_and_exit_code_2_before_anything_is_timed(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert named in said.err
    assert (said.err.count("\n"), said.out) == (1, "")


@pytest.mark.slow
@pytest.mark.parametrize(("least", "code", "told"), [("1e-6", 0, "0 below"), ("1e9", 1, "1 below")])
def test_what_is_slower_than_asked_is_named_and_the_exit_code(
    least: str,
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path))
    assert main(["exp", "--quantity", "forward", "--blocks", "1", "--least", least]) == code
    said = capsys.readouterr().out
    assert "1 functions: median" in said
    assert f"\n{told}" in said
    assert said.count("forward of exp") == 1 + code
