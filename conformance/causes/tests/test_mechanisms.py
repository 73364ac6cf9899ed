"""What is told of a run of failing inputs by its numbers alone."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.causes.lines import Line
from conformance.causes.mechanisms import tell
from conformance.causes.runs import Run
from conformance.floats.regions import Region
from conformance.scoring.failures import Failure

Floats = NDArray[np.float64]


def run_of(quantity: str, x: Floats, got: Floats, exact: Floats, ordinary: NDArray[np.bool_] | None = None) -> Run:
    """What is wrong of values of a Student law in float32; ``ordinary``: which inputs are, all of them if not said."""
    error = np.abs(got - exact)
    everyday = np.ones(len(x), bool) if ordinary is None else ordinary
    line = Line(
        subject="student_t(df=1000000.0,loc=0.0,scale=1.0)",
        quantity=quantity,
        dtype="float32",
        mode="eager",
        x=x.astype(np.float32),
        got=got,
        exact=exact,
        error=error,
        ulp=error * 2.0**23,
        code=np.select([error == 0, np.isfinite(got)], [0, Failure.VALUE_WRONG], Failure.SPURIOUS_INF).astype(np.uint8),
        region=np.where(everyday, Region.ORDINARY, Region.SATURATION).astype(np.uint8),
    )
    rows = np.flatnonzero(error != 0)
    return Run(line, "values", rows, int(rows[0]), int(rows[-1]))


def test_answers_that_are_right_nowhere_are_no_clamp() -> None:
    """A constant that is off by 0.17, and a square that is lost beside 1 up to 0.25: MindSpore's log density."""
    x = np.linspace(-0.4, 0.4, 81)
    exact = -1.3278761 - x * x / 2
    got = np.where(np.abs(x) < 0.25, -1.5, np.round(exact - 0.172, 1))
    assert tell(run_of("log_prob", x, got, exact), ()).mechanism != "clamp"


@pytest.mark.parametrize("most", [-90.0, -4.0])
def test_answers_that_stand_still_where_they_were_right_are_a_clamp(most: float) -> None:
    x = np.linspace(1.0, 3.0, 81)
    exact = most * x * 1.01
    assert tell(run_of("log_prob", x, np.full(81, most), exact), ()).mechanism == "clamp"


def test_what_is_met_first_is_told_of_a_tail_that_is_no_number_far_out() -> None:
    """The logarithm of a survival function that became 0, and nan where an expansion ends: TFP's."""
    x = np.concatenate([np.linspace(-8.0, 30.0, 60), np.linspace(430.0, 1e6, 60)])
    exact = -x * np.abs(x) / 2 - 10
    for low, mechanism in (
        (6.0, "underflow of an intermediate"),
        (12.0, "underflow of an intermediate"),
        (100.0, "overflow of an intermediate"),
    ):
        got = np.select([x < low, x < 100], [exact, -np.inf], np.nan)
        assert tell(run_of("log_survival", x, got, exact, x < 8), ()).mechanism == mechanism


def test_answers_at_the_end_of_the_range_say_nothing_on_standard_error() -> None:
    """Half the sum of the two middle differences of 1.7e308 is beyond float64."""
    x, huge = np.arange(1.0, 7.0), np.full(6, 1.7e308)
    code = np.full(6, Failure.VALUE_WRONG, np.uint8)
    line = Line("exp", "forward", "float64", "eager", x, huge, x, huge, huge, code, np.zeros(6, np.uint8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tell(Run(line, "values", np.arange(6), 0, 5), []).mechanism
