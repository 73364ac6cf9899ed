"""Where a cause begins and ends, as it is written down."""

from __future__ import annotations

import numpy as np

from conformance.causes.lines import Line
from conformance.causes.runs import Run
from conformance.causes.writing import intervals_of


def run_of(mode: str, failing: int) -> Run:
    x = np.array([1.0, 2.0, 4.0], np.float32)
    wide, nothing = x.astype(np.float64), np.zeros(3, np.uint8)
    line = Line("exp", "forward", "float32", mode, x, wide, wide, wide, wide, nothing, nothing)
    return Run(line, "values", np.arange(failing), 0, failing - 1)


def test_modes_that_fail_alike_are_one_interval() -> None:
    alike = intervals_of([run_of("eager", 2), run_of("graph", 2)])
    assert [(one.low, one.high, one.failing, one.asked) for one in alike] == [("1.0", "2.0", 2, 2)]
    assert [one.failing for one in intervals_of([run_of("eager", 2), run_of("graph", 3)])] == [3, 2]
