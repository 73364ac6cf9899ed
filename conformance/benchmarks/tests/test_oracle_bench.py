"""The plain loops that speed is compared with compute the same quantities as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from conformance.benchmarks.oracle import CASES, DIGITS, measure
from conformance.floats.formats import FORMATS
from conformance.oracle.pointwise.blocks import block_truth


@pytest.mark.parametrize("name", CASES)
def test_the_plain_formula_lies_in_the_enclosure(name: str) -> None:
    case = CASES[name]
    x = np.random.default_rng(5).uniform(case.low, case.high, 25)
    truth = block_truth(case.subject, case.quantity, x, FORMATS["float64"])
    with mp.workdps(DIGITS):
        for i, at in enumerate(x.tolist()):
            middle = mp.mpf(float(truth.hi[i])) + mp.mpf(float(truth.lo[i]))
            found = mp.ldexp(case.formula(mp.mpf(at)), -int(truth.exponent[i]))
            assert abs(found - middle) <= mp.mpf(float(truth.err[i])) + mp.mpf(2) ** -150


@pytest.mark.slow
def test_float64_clouds_are_answered_by_polynomials() -> None:
    # How fast that is, ci/bench says: a busy machine must not turn a test red.
    rows = {row.way: row for row in measure(CASES["tanh"], repeats=1, seed=1)}
    for way in ("piecewise alone, float64", "oracle, float64", "oracle, float64, dense"):
        # The binades at the rim of a cloud hold too few points for pieces of their own.
        assert rows[way].covered >= 0.85
        assert rows[way].rate > 0
