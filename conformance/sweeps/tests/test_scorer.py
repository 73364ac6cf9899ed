"""The compiled path gives the verdicts of the general one, for right answers and for every way to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import evaluate
from adapters.numpy import Adapter
from conformance.definitions.registry import is_distribution
from conformance.execution.request import Fate, Reply, Request
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import infinity_ordinal, to_ordinal
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.oracle.piecewise.eval import find_pieces
from conformance.scoring.failures import Failure
from conformance.sweeps.blocks import Block, block_at, block_count, size_ordinal
from conformance.sweeps.scorer import Scorer
from conformance.sweeps.tally import Tally

SINGLE = FORMATS["float32"]
SIZE = 1 << 13
UNIFORM = "transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))"
FLAT = "transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))"
NORMAL = "normal(loc=0.25,scale=1.5)"
CASES = [
    ("tanh", "fldj"),
    ("exp", "forward"),
    ("sigmoid", "inverse"),
    ("power(exponent=2.5)", "ildj"),
    (UNIFORM, "log_prob"),
    ("reciprocal", "forward"),
    (FLAT, "log_prob"),
    (FLAT, "prob"),
    (NORMAL, "log_prob"),
]
PLACES = [0.0, 1e-40, 1e-12, 2e-4, 0.5, 0.9999, 1.0, 3.0, 17.0, 87.9, 88.72, 103.9, 1e19, 3.3e38, np.inf]


class Nobody:
    """A framework that must not be asked."""

    def evaluate(self, request: Request) -> Reply:
        raise AssertionError("the scorer asked a framework")


Make = Callable[[str, str, bool, bool], Scorer]


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Scorers, each made once; a function's table, which takes longest to build, serves all of them from disk."""
    tables = tmp_path_factory.mktemp("tables")

    @cache
    def make(subject: str, quantity: str, flushes: bool, compiled: bool) -> Scorer:
        made = Scorer(Nobody(), subject, quantity, SINGLE, "eager", flushes, tables, compiled)
        assert made.compiled == (compiled and piecewise_eval.compiles())
        return made

    return make


def blocks() -> list[Block]:
    """Around every place, on both sides of zero; the last one runs from the largest floats through infinity to NaN."""
    found = []
    for place in PLACES:
        middle = int(np.array(place, np.float32).view(np.uint32))
        first = max(0, middle - SIZE // 2)
        found += [Block(first, SIZE), Block(first + (1 << 31), SIZE)]
    return found


def answers(subject: str, quantity: str, x: NDArray[Any], seed: int) -> NDArray[np.float32]:
    """What plain float32 formulas say, a third of it spoiled in every way there is."""
    adapter = Adapter()
    bound: Any = (adapter.distribution if is_distribution(subject) else adapter.transform)(subject, "float32", "eager")
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        got = np.asarray(evaluate(bound, quantity, x), np.float32).copy()
        unit = np.spacing(np.abs(got))
        how = rng.integers(0, 36, len(x))
        for index, value in enumerate((np.nan, np.inf, -np.inf, 0.0, SINGLE.min_normal, 2.0, -1e-30)):
            got = np.where(how == index, np.float32(value), got)
        got = np.where(how == 7, -got, got)
        for index, off in enumerate((3, 15, 17, 900, 2e5), 8):
            got = np.where(how == index, got + np.float32(off) * unit, got)
        got = np.where(how == 13, got * np.float32(1.3), got)
        # Within 32 roundoffs of 1, just beyond them, and plainly so.
        for index, off in enumerate((3.7e-6, 5e-6, 1e-3), 14):
            got = np.where(how == index, got + np.float32(off), got)
        got = np.where(np.abs(got) < SINGLE.min_normal * (how % 2), np.float32(0), got)
    return np.asarray(got, np.float32)


def same(a: Tally, b: Tally) -> None:
    for name in ("counts", "unusable", "unclaimed", "fail_low", "fail_high", "fail_at", "certificates", "tiers"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in ("total_ulp", "worst_ulp", "worst_nats", "fail_worst", "curve"):
        assert np.allclose(getattr(a, name), getattr(b, name), rtol=1e-5, atol=1e-6), name
    # An error on the edge of two bins may fall into either.
    assert np.abs(a.histogram - b.histogram).sum() <= 4
    assert (a.below, a.above) == (b.below, b.above)


@pytest.mark.slow
@pytest.mark.parametrize("flushes", [False, True])
@pytest.mark.parametrize(("subject", "quantity"), CASES)
def test_the_compiled_verdicts_are_those_of_a_comparison(
    subject: str, quantity: str, flushes: bool, scorer: Make
) -> None:
    seen = np.zeros(len(Tally().counts[0]), np.int64)
    for seed, block in enumerate(blocks()):
        reply = Reply("ok", answers(subject, quantity, block.values(SINGLE), seed))
        with np.errstate(invalid="ignore"):
            fast = scorer(subject, quantity, flushes, True).score(block, reply)
            slow = scorer(subject, quantity, flushes, False).score(block, reply)
        same(fast, slow)
        seen += fast.counts.sum(axis=0)
    # The spoiled answers must really have met most kinds of failure.
    wanted = {Failure.NONE, Failure.SPURIOUS_NAN, Failure.SPURIOUS_INF, Failure.PRECISION_LOST, Failure.WRONG_SIGN}
    # The other two have no value that flushing the input, or the output, would explain.
    wanted |= {Failure.FLUSHED_TO_ZERO} if flushes and subject not in ("tanh", UNIFORM, FLAT, NORMAL) else set()
    # What is never negative has no wrong sign, but leaves its codomain; and 0 has none.
    wanted -= {Failure.WRONG_SIGN} if subject in ("exp", "reciprocal", FLAT) else set()
    wanted |= {Failure.UNDECIDED} if subject == "reciprocal" else set()
    assert all(seen[one] for one in wanted)


@pytest.mark.slow
@pytest.mark.skipif(not piecewise_eval.compiles(), reason="numba is not installed: there is no kernel to be asked")
@pytest.mark.parametrize("subject", [NORMAL, "generalized_normal(loc=0.25,scale=1.5,power=4.0)"])
def test_a_truth_beyond_the_largest_float_is_judged_by_its_infinity_alone(
    subject: str, scorer: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Point by point, as what is not plainly right, a quarter of all inputs to a log density took ten times as long."""

    def unasked(*_: object) -> int:
        raise AssertionError("the kernel was asked")

    judge = scorer(subject, "log_prob", False, True)
    monkeypatch.setattr("conformance.sweeps.kernel.score_stretch", unasked)
    block = Block(int(np.float32(-1e30).view(np.uint32)), SIZE)
    answer = np.full(SIZE, -np.inf, np.float32)
    answer[5], answer[9] = np.inf, np.nan
    counts = judge.score(block, Reply("ok", answer)).counts.sum(axis=0)
    assert (counts[Failure.NONE], counts[Failure.SPURIOUS_NAN], counts[Failure.SPURIOUS_INF]) == (SIZE - 2, 1, 1)


@pytest.mark.slow
def test_a_stretch_that_overflows_in_part_is_not_called_infinite(scorer: Make) -> None:
    """The log density of the law is beyond float32 from 3.9e19 on, and its piece begins at 3.7e19."""
    judge = scorer(NORMAL, "log_prob", False, True)
    ends = np.array([4.0e19, 6.5e19, 7.37e19])
    one, other, last = find_pieces(judge.truth.table, ends).tolist()
    assert one == other == last
    assert judge._infinity(one, ends[[0, 2]]) == 0.0
    assert judge._infinity(one, ends[[1, 2]]) == -np.inf


@pytest.mark.slow
def test_without_a_compiler_the_verdicts_are_the_same(scorer: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    block = Block(int(np.float32(0.9).view(np.uint32)), SIZE)
    reply = Reply("ok", answers("tanh", "fldj", block.values(SINGLE), 1))
    fast = scorer("tanh", "fldj", False, True).score(block, reply)
    monkeypatch.setattr(piecewise_eval, "compiles", lambda: False)
    slow = Scorer(Nobody(), "tanh", "fldj", SINGLE, "eager", False)
    assert not slow.compiled
    same(fast, slow.score(block, reply))


@pytest.mark.slow
def test_one_wrong_float_among_all_its_neighbours_is_found(scorer: Make) -> None:
    block = Block(int(np.float32(1.7).view(np.uint32)) - 5000, SIZE)
    x = block.values(SINGLE)
    got = np.asarray(-2.0 * np.log(np.cosh(x.astype(np.float64))), np.float32)
    got[5000] *= np.float32(1 + 2.0**-14)
    tally = scorer("tanh", "fldj", False, True).score(block, Reply("ok", got))
    assert tally.counts.sum() - tally.counts[:, Failure.NONE].sum() == 1
    code = Failure.PRECISION_LOST
    (region,) = np.flatnonzero(tally.counts[:, code]).tolist()
    assert tally.fail_at[region, code] == block.first + 5000
    assert tally.fail_low[region, code] == tally.fail_high[region, code] == to_ordinal(x[5000:5001], SINGLE)[0]
    assert tally.worst_ulp[region] > 500


@pytest.mark.slow
def test_a_framework_that_died_on_some_inputs_is_told_from_one_that_answered(scorer: Make) -> None:
    block = Block(int(np.float32(1.7).view(np.uint32)), SIZE)
    fate = np.zeros(SIZE, np.uint8)
    fate[7] = 1
    got = np.zeros(SIZE, np.float32)
    tally = scorer("tanh", "fldj", False, True).score(block, Reply("mixed", got, fate))
    assert tally.counts[:, Failure.CRASHED].sum() == 1
    gone = scorer("tanh", "fldj", False, True).score(block, Reply("timed_out", None, np.full(SIZE, 2, np.uint8)))
    assert gone.counts[:, Failure.TIMED_OUT].sum() == SIZE


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity", "place"), [("tanh", "fldj", 1.7), ("sigmoid", "inverse", 2.0)])
def test_what_the_adapter_left_out_is_no_answer(subject: str, quantity: str, place: float, scorer: Make) -> None:
    """The filler is nobody's nan: neither wrong where there is a truth, nor right where there is none."""
    block = Block(int(np.float32(place).view(np.uint32)), SIZE)
    got = answers(subject, quantity, block.values(SINGLE), 1)
    fate = np.zeros(SIZE, np.uint8)
    fate[7] = Fate.LEFT_OUT
    got[7] = np.nan
    for compiled in (True, False):
        tally = scorer(subject, quantity, False, compiled).score(block, Reply("ok", got, fate))
        assert tally.counts[:, Failure.UNDECIDED].sum() == 1
        dead = Reply("raised", None, np.where(fate == Fate.LEFT_OUT, fate, Fate.RAISED).astype(np.uint8))
        gone = scorer(subject, quantity, False, compiled).score(block, dead).counts.sum(axis=0)
        assert (gone[Failure.UNDECIDED], gone[Failure.RAISED]) == (1, SIZE - 1)


def test_blocks_hold_every_value_once() -> None:
    for name in ("float16", "bfloat16"):
        fmt = FORMATS[name]
        every = np.concatenate([block_at(i, fmt).values(fmt) for i in range(block_count(fmt))])
        assert np.array_equal(np.sort(every.view(fmt.unsigned)), np.arange(1 << 16))
    last = block_at(block_count(SINGLE) - 1, SINGLE)
    assert last.first + last.count == 1 << 32
    assert block_at(1, SINGLE).first == block_at(0, SINGLE).count


def test_the_least_float_that_is_not_below_a_number() -> None:
    one = int(to_ordinal(np.array([1.0], np.float32), SINGLE)[0])
    assert [size_ordinal(at, SINGLE) for at in (0.0, 1e-60, 2.0**-149)] == [0, 1, 1]
    assert [size_ordinal(at, SINGLE) for at in (1.0 - 2.0**-50, 1.0, 1.0 + 2.0**-50)] == [one, one, one + 1]
    top, most = infinity_ordinal(SINGLE), SINGLE.max_finite
    assert [size_ordinal(at, SINGLE) for at in (most, np.nextafter(most, np.inf), np.inf)] == [top - 1, top, top]


def test_a_tally_survives_its_file_and_merges_in_any_grouping() -> None:
    rng = np.random.default_rng(1)
    parts = []
    for index in range(3):
        tally = Tally()
        tally.counts[:] = rng.integers(0, 5, tally.counts.shape)
        tally.worst_ulp[:] = rng.integers(0, 3, tally.worst_ulp.shape)
        tally.worst_ulp_at[:] = rng.integers(0, 1 << 32, tally.worst_ulp.shape)
        tally.total_ulp[:] = rng.normal(size=tally.total_ulp.shape)
        tally.span((0, 3), 17 * index, 40)
        tally.below, tally.above = -index, index
        parts.append(tally)
        again = Tally.from_json(tally.to_json())
        assert again.to_json() == tally.to_json()
        assert np.array_equal(again.total_ulp, tally.total_ulp)
    one, two = Tally(), Tally()
    for part in parts:
        one.merge(part)
        two.merge(Tally.from_json(part.to_json()))
    assert one.to_json() == two.to_json()
    assert (one.fail_low[0, 3], one.fail_high[0, 3], one.below, one.above) == (0, 40, 0, 0)
    # Of equal extremes the earliest input counts.
    for region in range(len(one.worst_ulp)):
        ties = [p.worst_ulp_at[region] for p in parts if p.worst_ulp[region] == one.worst_ulp[region]]
        assert one.worst_ulp_at[region] == min(ties)
