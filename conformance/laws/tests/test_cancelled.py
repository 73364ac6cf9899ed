"""A sum of products that is 0 is off by roundoffs of its terms, and that is nobody's fault; by more it is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.numpy import Adapter
from conformance.execution.request import Reply
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure, vanishing
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
SUBJECT = (
    "scale_matvec_lu(lower_upper=[[2.5,-0.75,1.25],[0.5,-1.75,0.625],[-0.25,0.375,1.5]],permutation=[2.0,0.0,1.0])"
)
# The float32 that comes of x = (1.556197, 0.4333687, 0): exactly, the last entry of its inverse is 0 again.
IMAGE = np.array(
    [[float.fromhex("0x1.063bp+0"), float.fromhex("-0x1.2cfeeap+0"), float.fromhex("0x1.c8613p+1")]], np.float32
)


TRIL = "scale_matvec_tril(scale_tril=[[{0},0.0],[{0},-{0}]])"


def judged(subject: str, quantity: str, values: Array, answer: list[float]) -> list[Failure]:
    """The kinds of failure of an answer that is right but for its last entry, which should be 0."""
    case = build_case(InProcess(Adapter), Oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    truth = case.oracle.truth(subject, quantity, values, case.fmt)
    assert vanishing(truth, case.fmt).tolist() == [False] * (len(answer) - 1) + [True]
    reply = Reply("ok", np.array([answer], np.float32))
    return [Failure(code) for code in case.score(quantity, values, np.zeros(1, np.uint8), reply).failures]


@pytest.mark.parametrize("by", [1.0, 2.0**20])
@pytest.mark.parametrize(
    ("error", "kind"),
    [(0.0, Failure.NONE), (2.0**-47, Failure.INHERENT), (2.0**-21, Failure.INHERENT), (1e-3, Failure.VALUE_WRONG)],
)
def test_what_is_left_of_terms_that_cancel(error: float, kind: Failure, by: float) -> None:
    """by: the size of the values, which moves nothing but the scale that an error is measured in."""
    near = [1.55619698 * by, 0.43336868 * by, error * by]
    assert judged(SUBJECT, "inverse", IMAGE * np.float32(by), near) == [Failure.NONE, Failure.NONE, kind]


@pytest.mark.parametrize("size", [2.0**-8, 1.0, 2.0**20])
def test_the_scale_is_the_maps(size: float) -> None:
    """Both entries are sums of terms of 1.25 ``size``: half a roundoff of those is nobody's, a tenth is wrong."""
    values = np.array([[1.25, 1.25]], np.float32)
    for share, fine in ((2.0**-24, True), (0.1, False)):
        told = judged(TRIL.format(size), "forward", values, [1.25 * size, share * size])[1]
        assert (told in (Failure.NONE, Failure.INHERENT)) == fine, (share, told)


@pytest.mark.parametrize("size", [1.0, 2.0**20])
def test_a_large_map_excuses_no_small_result(size: float) -> None:
    """Its inverse is (1, 0), of terms that are 1: half of them is no roundoff, however large the values were."""
    values = np.array([[size, size]], np.float32)
    assert judged(TRIL.format(size), "inverse", values, [1.0, 0.5])[1] == Failure.VALUE_WRONG
