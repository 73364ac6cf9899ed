"""The search for guilty rows, on functions whose guilty rows are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.execution.bisection import Attempt, Limits, Verdict, assemble, find_guilty
from conformance.execution.request import Array, Fate


def framework(guilty: set[int], fate: Fate, calls: list[tuple[int, int]]) -> Callable[[int, int], Attempt]:
    def ask(start: int, stop: int) -> Attempt:
        calls.append((start, stop))
        if guilty & set(range(start, stop)):
            return Attempt(fate, message="dead")
        return Attempt(Fate.OK, np.arange(start, stop, dtype=np.float64))

    return ask


@given(rows=st.integers(1, 3000), data=st.data(), fate=st.sampled_from([Fate.CRASHED, Fate.RAISED]))
@settings(max_examples=60, deadline=None)
def test_every_guilty_row_and_no_other(rows: int, data: st.DataObject, fate: Fate) -> None:
    guilty = data.draw(st.sets(st.integers(0, rows - 1), min_size=1, max_size=min(4, rows)))
    calls: list[tuple[int, int]] = []
    verdict = find_guilty(framework(guilty, fate, calls), rows, Attempt(fate), Limits(10_000, 10_000, 1e9))
    if verdict.carried == 0:
        assert set(np.flatnonzero(verdict.fate)) == guilty
    else:  # A part whose probed rows all died counts as guilty throughout, and says so.
        assert guilty <= set(np.flatnonzero(verdict.fate))
    covered = [row for start, stop, _ in verdict.parts for row in range(start, stop)]
    assert sorted(covered) == np.flatnonzero(verdict.fate == Fate.OK).tolist()


def test_a_row_is_not_blamed_for_its_neighbours_where_each_is_asked() -> None:
    guilty = set(range(1000)) - {313, 700}
    for limits, blamed in ((Limits(5_000), set(range(1000))), (Limits(5_000, alone=True), guilty)):
        calls: list[tuple[int, int]] = []
        verdict = find_guilty(framework(guilty, Fate.RAISED, calls), 1000, Attempt(Fate.RAISED), limits)
        assert set(np.flatnonzero(verdict.fate)) == blamed
    died = find_guilty(framework(guilty, Fate.CRASHED, []), 1000, Attempt(Fate.CRASHED), Limits(5_000, alone=True))
    assert died.alone <= 3, "a process is not started anew for every row"


def test_one_guilty_row_among_65536_takes_five_deaths() -> None:
    calls: list[tuple[int, int]] = []
    guilty = {54321}
    find_guilty(framework(guilty, Fate.CRASHED, calls), 1 << 16, Attempt(Fate.CRASHED), Limits())
    deaths = sum(54321 in range(start, stop) for start, stop in calls)
    assert deaths <= 5
    assert len(calls) <= 4 * 16 + 3 * 3


@pytest.mark.parametrize("limits", [Limits(20, 99, 1e9), Limits(999, 3, 1e9), Limits(999, 99, 0.0)])
def test_limits_hold_and_acquit_nobody(limits: Limits) -> None:
    calls: list[tuple[int, int]] = []
    guilty = set(range(0, 1000, 40))
    verdict = find_guilty(framework(guilty, Fate.CRASHED, calls), 1000, Attempt(Fate.CRASHED), limits)
    assert len(calls) <= limits.evaluations
    assert guilty <= set(np.flatnonzero(verdict.fate))
    assert not verdict.complete
    assert "not told apart" in verdict.summary()


def parts(*arrays: tuple[int, int, Array]) -> Verdict:
    return Verdict(np.zeros(6, np.uint8), list(arrays))


def test_assembly() -> None:
    whole = assemble(6, parts((0, 2, np.array([1.0, 2.0], np.float32)), (3, 6, np.array(7.0, np.float32))))
    assert whole is not None
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(whole, np.array([1, 2, np.nan, 7, 7, 7], np.float32))
    assert assemble(6, parts((0, 2, np.zeros((2, 3))), (3, 6, np.zeros((3, 2))))) is None
    assert assemble(6, parts((0, 2, np.zeros(1)), (3, 6, np.zeros(2)))) is None
    assert assemble(6, parts()) is None
    vectors = assemble(6, parts((0, 6, np.ones((6, 3)))))
    assert vectors is not None
    assert vectors.shape == (6, 3)


def test_a_part_that_is_wholly_left_out_has_no_say_in_the_shape_of_the_whole() -> None:
    """Nothing answered in it, and its filler knows no shape."""

    def ask(start: int, stop: int) -> Attempt:
        if 5 in range(start, stop):
            return Attempt(Fate.RAISED, message="dead")
        if start in (3, 4):
            return Attempt(Fate.OK, np.full(stop - start, np.nan), left_out=tuple(range(stop - start)))
        return Attempt(Fate.OK, np.ones((stop - start, 4)))

    verdict = find_guilty(ask, 8, Attempt(Fate.RAISED), Limits())
    assert np.flatnonzero(verdict.fate == Fate.LEFT_OUT).tolist() == [3, 4]
    whole = assemble(8, verdict)
    assert whole is not None
    assert np.isnan(whole).all(axis=1).tolist() == [False] * 3 + [True] * 3 + [False] * 2


@pytest.mark.parametrize("limits", [Limits(), Limits(evaluations=0), Limits(evaluations=1)])
def test_a_row_that_no_call_was_made_with_is_never_blamed(limits: Limits) -> None:
    """Neither where all others are guilty, nor where the search ends before they are told apart."""
    left_out = set(range(100, 300, 3))

    def ask(start: int, stop: int) -> Attempt:
        here = tuple(row - start for row in range(start, stop) if row in left_out)
        if len(here) == stop - start:
            return Attempt(Fate.OK, np.full(stop - start, np.nan), left_out=here)
        return Attempt(Fate.RAISED, message="dead", left_out=here)

    calls: list[tuple[int, int]] = []
    verdict = find_guilty(lambda low, high: calls.append((low, high)) or ask(low, high), 320, ask(0, 320), limits)  # type: ignore[func-returns-value]
    assert set(np.flatnonzero(verdict.fate == Fate.LEFT_OUT)) == left_out
    assert (np.delete(verdict.fate, list(left_out)) == Fate.RAISED).all()
    assert len(calls) <= 12, "a row that is left out spoke for those that raise"
    assert verdict.alone + verdict.carried == 320 - len(left_out) == verdict.messages["dead"]
