"""A sample tries what it says, and tells what is wrong there as a comparison does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.comparison.plan import BadRequest
from conformance.execution.client import FrameworkClient
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import infinity_ordinal, to_ordinal
from conformance.sweeps.chapters import NotOffered, NotThere
from conformance.sweeps.request import Sweep, environment_of
from conformance.sweeps.sample import Sampled, checked_stride, sample, sampled_ordinals
from conformance.sweeps.tests.sloppy_adapter import WRONG_AT
from conformance.sweeps.tests.test_scorer import FLAT

FILE = Path(__file__).with_name("sloppy_adapter.py")
SHORT = FORMATS["bfloat16"]
NOTHING = np.zeros(0, np.int64)
WRONG = to_ordinal(np.array([WRONG_AT]).astype(SHORT.dtype), SHORT)


def sampled(
    home: Path,
    subject: str,
    known: NDArray[np.int64],
    every: int = 31,
    dtype: str = "bfloat16",
    quantity: str = "forward",
) -> Sampled:
    sweep = Sweep("sloppy", subject, quantity, dtype, "eager", environment_of("sloppy", home, FILE), home, 60.0, FILE)
    with FrameworkClient(sweep.environment, "sloppy", None, adapter_file=FILE) as client:
        return sample(sweep, known, every, client)


@pytest.mark.parametrize("every", [1, 0, -7, 2, 1024])
def test_a_stride_that_tries_round_floats_alone_is_refused_in_one_line(every: int) -> None:
    with pytest.raises(BadRequest, match="odd number") as refused:
        checked_stride(every, SHORT)
    assert "\n" not in str(refused.value)


def test_a_stride_that_leaves_too_many_floats_is_refused_in_one_line() -> None:
    with pytest.raises(BadRequest, match=r"^--every 63: more of float32 than are held at a time; from 65 on.*$"):
        checked_stride(63, FORMATS["float32"])
    assert checked_stride(65, FORMATS["float32"]) == 65


@pytest.mark.parametrize("every", [3, 31, 1021])
def test_a_sample_is_even_in_ordinals_has_both_infinities_and_what_is_named_each_once(every: int) -> None:
    top = infinity_ordinal(SHORT)
    plain = sampled_ordinals(SHORT, every, NOTHING)
    assert np.array_equal(plain, -plain[::-1])
    assert (np.diff(plain) > 0).all()
    assert (np.diff(plain) <= every).all()
    assert plain[-1] == top
    assert {int(one) & 1 for one in plain if abs(one) != top} == {0, 1}
    named = np.array([0, 5, 5, -top, top + 1], np.int64)
    assert np.array_equal(sampled_ordinals(SHORT, every, named), np.union1d(plain, [5]))


@pytest.mark.slow
def test_the_one_wrong_float_is_found_where_it_is_tried_and_only_there(tmp_path: Path) -> None:
    assert not np.isin(WRONG, sampled_ordinals(SHORT, 31, NOTHING))
    without = sampled(tmp_path, "exp", NOTHING)
    assert without.failures == {}
    assert 0 < without.worst.ulp <= 0.5
    found = sampled(tmp_path, "exp", WRONG)
    assert found.inputs == without.inputs + 1
    assert found.failures == {"value wrong": 1}
    assert found.worst.at == found.conditioned.at == WRONG_AT
    # An error of a quarter, of which the value, 4.48, has 2^7 / 1.12 units; conditioning grants 1 + 1.5 of them.
    assert found.worst.ulp == pytest.approx(0.25 * 2**7 * 4.4817 / 4, rel=0.05)
    assert found.conditioned.ulp == pytest.approx(found.worst.ulp / (1 + WRONG_AT), rel=0.01)
    assert found.undecided == 0


@pytest.mark.slow
def test_what_is_not_offered_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotOffered, match="softplus"):
        sampled(tmp_path, "softplus", NOTHING)
    with pytest.raises(NotThere, match="float16"):
        sampled(tmp_path, "exp", NOTHING, dtype="float32")


@pytest.mark.slow
def test_a_right_framework_is_right_about_numbers_that_are_no_floats(tmp_path: Path) -> None:
    found = sampled(tmp_path, "affine(loc=0.1,scale=2.0)", NOTHING, every=3)
    assert found.failures == {}
    assert 0 < found.conditioned.ulp <= found.worst.ulp


@pytest.mark.slow
def test_what_any_error_is_granted_to_has_no_error_beyond_conditioning(tmp_path: Path) -> None:
    """A base through its own distribution function has a log density of 0, a sum that cancels at every input."""
    found = sampled(tmp_path, FLAT, NOTHING, quantity="log_prob")
    assert found.worst.ulp > 1
    assert found.conditioned.ulp == -1.0
    assert np.isnan(found.conditioned.at)
