"""At an end where the density jumps, or of an open support, either side is right; one float further in is not. What a
log-det does not depend on may be NaN."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from adapters.interface import BoundDistribution, Spec
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import EVENT_SUBJECTS
from conformance.definitions.registry import transform_definition
from conformance.execution.request import Reply
from conformance.floats.regions import Region
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

JUMP = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"  # On [-3, 2].
OPEN = "transformed(exponential(rate=1.5),power(exponent=2.5))"  # Infinite towards 0, which is not in its support.


@cache
def oracle() -> Oracle:
    return Oracle()


class Answering(Reference):
    """The reference, whose ``quantity`` is this number wherever it is asked."""

    def __init__(self, quantity: str, number: float) -> None:
        super().__init__()
        self._answer = quantity, number

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound, (quantity, number) = super()._distribution(spec, dtype, mode), self._answer
        setattr(bound, quantity, lambda y: np.full(y.shape, number, y.dtype))
        return bound


def verdict(subject: str, quantity: str, number: float, at: float) -> Failure:
    framework = InProcess(lambda: Answering(quantity, number))
    case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    rows = np.array([at], np.float32)
    measure = case.measure_at(quantity, rows, np.full(1, Region.BOUNDARY, np.uint8))
    return Failure(int(measure.failures[0]))


@pytest.mark.parametrize(("quantity", "outside"), [("log_prob", -np.inf), ("prob", 0.0)])
def test_at_a_jump_both_sides_are_right(quantity: str, outside: float) -> None:
    inside = 0.2 if quantity == "prob" else np.log(0.2)
    for end in (-3.0, 2.0):
        assert verdict(JUMP, quantity, outside, end) == Failure.NONE
        assert verdict(JUMP, quantity, inside, end) == Failure.NONE
    assert verdict(JUMP, quantity, outside, 1.5) != Failure.NONE


@pytest.mark.parametrize(("quantity", "outside"), [("log_prob", -np.inf), ("prob", 0.0)])
def test_the_end_of_an_open_support_may_have_no_density_or_its_limit(quantity: str, outside: float) -> None:
    assert verdict(OPEN, quantity, outside, 0.0) == Failure.NONE
    assert verdict(OPEN, quantity, np.inf, 0.0) == Failure.NONE
    assert verdict(OPEN, quantity, 1.0, 0.0) != Failure.NONE
    assert verdict(OPEN, quantity, outside, 1e-3) != Failure.NONE


@pytest.mark.parametrize("subject", [s for s in EVENT_SUBJECTS if s.startswith(("glow", "real_nvp(num_masked=1.0"))])
def test_a_log_det_need_not_look_at_a_nan_that_it_does_not_depend_on(subject: str) -> None:
    case = build_case(InProcess(Reference), oracle(), subject, "float16", "eager", profile_named("quick"), 1)
    rows = np.array([[-0.999, -0.1433, 0.0319, -0.05997]] * 2, np.float16)[:, : transform_definition(subject).event[0]]
    rows[0, 2] = rows[1, 0] = np.nan  # What is moved, and what is masked.
    for number, right in ((0.5, [True, False]), (np.nan, [True, True])):
        reply = Reply("ok", np.full(2, number, np.float16), np.zeros(2, np.uint8))
        measure = case.score("fldj", rows, np.full(2, Region.SPECIAL, np.uint8), reply)
        assert (measure.failures == Failure.NONE).tolist() == right


def test_a_law_that_is_documented_to_be_silent_outside_its_support_may_say_nan_there() -> None:
    subject = "pert(low=-1.0,high=3.0,peak=0.5,temperature=4.0)"
    for quantity in ("log_prob", "prob"):
        for at in (-1.5, 3.5, np.inf):
            assert verdict(subject, quantity, np.nan, at) == Failure.NONE
            assert verdict(subject, quantity, 0.25, at) != Failure.NONE
        assert verdict(subject, quantity, np.nan, 0.75) != Failure.NONE
        assert verdict("triangular(low=-1.0,high=3.0,peak=0.5)", quantity, np.nan, 3.5) != Failure.NONE
    assert verdict(subject, "cdf", np.nan, 3.5) != Failure.NONE
