"""Truth for statistics: of float64 inputs, to the digits of float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.audit import overlap
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.tiers import TIER_FLOAT64_BALLS

WIDE = FORMATS["float64"]
SUBJECTS = (
    "transformed(normal(loc=0.25,scale=1.5),tanh)",
    "transformed(student_t(df=5.0,loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
    "laplace(loc=0.25,scale=1.5)",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_holds_the_truth_at_the_very_float64(subject: str) -> None:
    x: Any = np.concatenate([np.random.default_rng(3).uniform(-0.99, 0.99, 60), [0.0, 1.0 - 2.0**-53, -1.0, np.nan]])
    got, want = (
        Oracle(None).roughly(subject, "cdf", x, FORMATS["float64"]),
        block_truth(subject, "cdf", x, FORMATS["float64"]),
    )
    assert (got.kind == want.kind).all()
    finite = want.kind == Kind.FINITE
    assert overlap(got[finite], want[finite]).all()
    assert (got.err[finite] <= 2.0**-36).all()
    if "student_t" not in subject:  # Its cdf has no array version. Arb alone would be right too, and slow.
        assert (got.tier[finite] == TIER_FLOAT64_BALLS).mean() > 0.8


def test_what_goes_wrong_is_undecided_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ArithmeticError("no such number")

    monkeypatch.setattr("conformance.oracle.oracle.scalars.enclose", broken)
    oracle = Oracle(None)
    assert (oracle.roughly("exponential(rate=1.5)", "cdf", np.ones(40), WIDE).kind == Kind.UNDECIDED).all()
    assert "no such number" in oracle.why_undecided("exponential(rate=1.5)", "cdf")


def test_the_subjects_numbers_are_those_of_the_format() -> None:
    x: Any = np.array([0.5, 1.0, 2.0])
    for name in ("float32", "float64"):
        fmt = FORMATS[name]
        want = Oracle(None).truth("normal(loc=0.1,scale=0.3)", "cdf", x.astype(fmt.dtype), fmt)
        got = Oracle(None).roughly("normal(loc=0.1,scale=0.3)", "cdf", x.astype(fmt.dtype), fmt)
        assert (np.abs(got.hi - want.hi) <= 2.0**-36).all()
    single = Oracle(None).roughly("normal(loc=0.1,scale=0.3)", "cdf", x, FORMATS["float32"])
    assert (np.abs(single.hi - want.hi)[:2] > 2.0**-32).all()
