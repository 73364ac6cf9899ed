"""What may be swept, and the keys under which it is kept."""

from __future__ import annotations

import re

import pytest

from conformance.comparison.plan import BadRequest
from conformance.sweeps.request import checked, suite_digest, writer_digest


def test_a_key_reads_the_modules_that_it_names() -> None:
    """By their paths: one that was moved is missed here, and not after the last of 2^32 inputs."""
    assert re.fullmatch("[0-9a-f]{64}", suite_digest())
    assert re.fullmatch("[0-9a-f]{16}", writer_digest())


def test_a_subject_is_checked_with_the_numbers_that_the_dtype_has_of_it_and_keeps_its_name() -> None:
    narrow = "uniform(high=1.001,low=1.0)"
    assert checked([narrow], ["log_prob"], "float32", "eager") == [(narrow, "log_prob")]
    with pytest.raises(BadRequest, match=r"^[^\n]*uniform[^\n]*$"):
        checked([narrow], ["log_prob"], "bfloat16", "eager")
    # What a dtype does not hold is said of that sweep: it must not end the others.
    beyond = "affine(loc=1e+30,scale=2.0)"
    assert checked([beyond], ["forward"], "float16", "eager") == [(beyond, "forward")]
