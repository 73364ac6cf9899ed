"""The mechanism of a run is told whatever its numbers are."""

from __future__ import annotations

import warnings

import numpy as np

from conformance.causes.lines import Line
from conformance.causes.mechanisms import tell
from conformance.causes.runs import Run
from conformance.scoring.failures import Failure


def test_answers_at_the_end_of_the_range_say_nothing_on_standard_error() -> None:
    """Half the sum of the two middle differences of 1.7e308 is beyond float64."""
    x, huge = np.arange(1.0, 7.0), np.full(6, 1.7e308)
    code = np.full(6, Failure.VALUE_WRONG, np.uint8)
    line = Line("exp", "forward", "float64", "eager", x, huge, x, huge, huge, code, np.zeros(6, np.uint8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tell(Run(line, "values", np.arange(6), 0, 5), []).mechanism
