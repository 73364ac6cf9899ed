"""The float printed beside an accusation is the nearest one, at near ties and at exact ones too."""

from __future__ import annotations

import numpy as np
import pytest

from conformance.floats.formats import FORMATS
from conformance.floats.rounding import round_enclosures
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.nearest import correctly_rounded


@pytest.mark.parametrize(
    ("subject", "quantity", "x", "expected"),
    [
        # log1p(2^-53) = 2^-53 - 2^-107 + 2^-160.6: above the tie between 2^-53 and the float below it.
        ("inverse_box_cox(power=0.5)", "fldj", 2.0**-52, 2.0**-53),
        # log1p(-z) with z one half of the largest subnormal number: beyond the tie by z^2 / 2.
        ("inverse_box_cox(power=0.5)", "fldj", -(2.0**-1022 - 2.0**-1074), -(2.0**-1023)),
    ],
)
def test_a_near_tie_is_decided_and_not_guessed(subject: str, quantity: str, x: float, expected: float) -> None:
    fmt, at = FORMATS["float64"], np.array([x])
    truth = Oracle().truth(subject, quantity, at, fmt)
    _, decided = round_enclosures(truth, fmt)
    assert not decided.any()
    assert correctly_rounded(subject, quantity, at[0], truth, fmt).tolist() == [expected]


def test_an_exact_tie_goes_to_even() -> None:
    fmt, oracle = FORMATS["bfloat16"], Oracle()
    for x, expected in ((1.0 + 2.0**-7, 1.0 + 2.0**-6), (1.0 + 3 * 2.0**-7, 1.0 + 4 * 2.0**-7)):
        at = np.array([x / 2]).astype(fmt.dtype)
        truth = oracle.truth("affine(loc=0.00390625,scale=2.0)", "forward", at, fmt)
        assert float(correctly_rounded("affine(loc=0.00390625,scale=2.0)", "forward", at[0], truth, fmt)[0]) == expected
