"""Which quantities are asked at the same points, and that these are worked out once."""

from __future__ import annotations

import numpy as np
import pytest

from conformance.floats.formats import FORMATS
from conformance.inputs.scalar_points import Points
from conformance.judging import cases
from conformance.judging.profile import PROFILES
from conformance.oracle.oracle import Oracle

LAW = "transformed(normal(loc=0.25,scale=1.5),exp)"


def points(subject: str, quantity: str, dtype: str, seed: int = 1) -> Points:
    return cases.standard_points(Oracle(), subject, quantity, FORMATS[dtype], PROFILES["quick"], seed, "expectation")


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_functions_of_a_value_share_its_points_and_nothing_else_does(dtype: str) -> None:
    density = points(LAW, "log_prob", dtype)
    assert points(LAW, "cdf", dtype) is density
    assert points(LAW, "prob", dtype) is density
    ends = {quantity: points(LAW, quantity, dtype).region.tobytes() for quantity in ("icdf", "log_prob_from_base")}
    assert len({density.region.tobytes(), *ends.values()}) == 3
    other = points("transformed(normal(loc=4.25,scale=1.5),exp)", "log_prob", dtype)
    assert other.region.tobytes() != density.region.tobytes()


def test_events_are_drawn_once_for_each_dtype_and_seed() -> None:
    subject = "dirichlet(concentration=[0.5,2.5,1.5,4.0])"
    cases._drawn.cache_clear()
    first = points(subject, "log_prob", "float32")
    again = points(subject, "prob", "float32")
    assert np.array_equal(first.values, again.values)
    assert cases._drawn.cache_info().misses == 1
    assert not np.array_equal(points(subject, "log_prob", "float32", seed=2).values, first.values)
    assert points(subject, "log_prob", "float64").values.dtype == np.float64
