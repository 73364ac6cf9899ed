"""What one finding says."""

from __future__ import annotations

import pytest

from conformance.certification.attribution import Attribution
from conformance.certification.messages import Accusation, finding_text
from conformance.findings.records import Finding, Number, Worst
from conformance.findings.tests import documents

CAUSE = Attribution("lib.Tanh.cdf", "tanh", "cdf", "wrong formula", "0123456789ab")


def finding(exact: str, got: str, ulp: Number) -> Finding:
    worst = Worst(
        input="-3.0",
        input_hex="-0x1.8p+1",
        got=got,
        got_hex=got,
        exact=exact,
        expected=exact,
        expected_hex=exact,
        ulp=ulp,
        bits=24.0,
        nats=None,
        excess_bits=None,
    )
    return documents.finding(quantity="cdf", kind="value wrong", severity="grave", region="boundary", worst=worst)


@pytest.mark.parametrize(
    ("exact", "got", "ulp", "told"),
    [
        ("0", "1.0", 7.1e44, "1 away from exactly 0, 24 of 24 bits lost"),
        ("0", "-0.25", "inf", "0.25 away from exactly 0, 24"),
        ("0", "nan", "inf", "inf ulp, 24"),
        ("0.5", "1.0", 8388608.0, "8.39e+06 ulp, 24"),
    ],
)
def test_at_an_exact_zero_the_plain_distance_is_told(exact: str, got: str, ulp: Number, told: str) -> None:
    """An ulp of 0 is the smallest subnormal: 1e45 of them say nothing."""
    assert f"distance   {told}" in finding_text(Accusation(finding(exact, got, ulp), CAUSE, "inputs at 3.0"))
