"""Newton's iteration for quantiles, where the distribution function loses bits, and the table that rests on it."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from conformance.floats.formats import FORMATS
from conformance.oracle.numbers import ball_quantiles as quantiles
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.piecewise.audit import audit
from conformance.oracle.piecewise.tier import PiecewiseTier

FLOAT32 = FORMATS["float32"]
BALLS = BallNumbers()
BITS = 320


@pytest.mark.parametrize("binade", [-2, -20, -73, -90, -140])
@pytest.mark.parametrize("a", [0.625, 1.5, 12.5])
def test_a_quantile_of_a_gamma_law_keeps_its_bits_and_takes_few_steps(binade: int, a: float) -> None:
    """At 2**-73, x = 52, FLINT's Q(3/2, x) loses 82 bits of 384, so that steps were rounding for ever, and what they
    ended at was too far off for a bracket of 320 bits."""
    asked = 0

    def upper(x: arb, order: quantiles.Order) -> arb:
        nonlocal asked
        asked += 1
        return BALLS.gamma_q(x, order)

    with ctx.workprec(BITS):
        for n in range(8):
            asked, q = 0, arb((17 + n, binade - 5))
            found = quantiles.log_gamma_of_rest(q, a, BALLS.gamma_p, upper)
            with ctx.workprec(4 * BITS):
                share = BALLS.gamma_q(found.exp(), a)
                assert abs(share / q - 1) < arb(2) ** -(BITS + 16)
            assert asked <= 16


def test_the_table_of_a_quantile_beyond_a_gamma_function_is_built() -> None:
    """Of the binade 2**-73 two thirds of thousands of parts were not proved."""
    tier = PiecewiseTier("doublesided_maxwell(loc=0.25,scale=1.5)", "icdf", FLOAT32)
    result = audit(tier, FLOAT32, 12, seed=5, low=2.0**-73, high=2.0**-70)
    assert result.violations == ()
    assert result.too_wide == ()
    assert result.covered == result.points
    assert result.undecided == 0
    assert len(tier.table) < 80
