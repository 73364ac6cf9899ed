"""A sum of products that is 0 is off by roundoffs of its terms, and that is nobody's fault; by more it is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.numpy import Adapter
from conformance.comparison.cases import build_case
from conformance.comparison.profile import profile_named
from conformance.execution.request import Reply
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure, vanishing
from conformance.tests.in_process import InProcess

SUBJECT = (
    "scale_matvec_lu(lower_upper=[[2.5,-0.75,1.25],[0.5,-1.75,0.625],[-0.25,0.375,1.5]],permutation=[2.0,0.0,1.0])"
)
# The float32 that comes of x = (1.556197, 0.4333687, 0): exactly, the last entry of its inverse is 0 again.
IMAGE = np.array(
    [[float.fromhex("0x1.063bp+0"), float.fromhex("-0x1.2cfeeap+0"), float.fromhex("0x1.c8613p+1")]], np.float32
)


@pytest.mark.parametrize("by", [1.0, 2.0**20])
@pytest.mark.parametrize(
    ("error", "kind"),
    [(0.0, Failure.NONE), (2.0**-47, Failure.INHERENT), (2.0**-21, Failure.INHERENT), (1e-3, Failure.VALUE_WRONG)],
)
def test_what_is_left_of_terms_that_cancel(error: float, kind: Failure, by: float) -> None:
    """by: the terms' size, which moves nothing but the scale that an error is measured in."""
    case = build_case(InProcess(Adapter), Oracle(), SUBJECT, "float32", "eager", profile_named("quick"), 1)
    values = IMAGE * np.float32(by)
    truth = case.oracle.truth(SUBJECT, "inverse", values, case.fmt)
    assert vanishing(truth, case.fmt).tolist() == [False, False, True]
    near = (truth.hi * 2.0 ** truth.exponent.astype(float)).astype(np.float32)
    near[2] = error * by
    reply = Reply("ok", near.reshape(1, 3))
    measure = case.score("inverse", values, np.zeros(1, np.uint8), reply)
    assert [Failure(code) for code in measure.failures] == [Failure.NONE, Failure.NONE, kind]
