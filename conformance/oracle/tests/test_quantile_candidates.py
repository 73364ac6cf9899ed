"""Quantiles as series: Newton's iteration, where the distribution function loses bits; slopes from the density; and
the tables that rest on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, ctx

from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.distributions import quantile_map
from conformance.definitions.registry import (
    distribution_definition,
    functions_of,
    is_distribution,
    is_pair,
    takes_events,
)
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers import ball_quantiles as quantiles
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.piecewise.audit import audit
from conformance.oracle.piecewise.eval import find_pieces
from conformance.oracle.piecewise.series import rise
from conformance.oracle.piecewise.tier import PiecewiseTier

FLOAT32 = FORMATS["float32"]
BALLS = BallNumbers()
BITS = 320
WITH_QUANTILES = [
    subject
    for subject in CATALOGUE
    if is_distribution(subject)
    and not is_pair(subject)
    and not takes_events(subject)
    and "icdf" in functions_of(subject)
]


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


def test_newtons_iteration_takes_more_bits_where_it_knows_nothing() -> None:
    """The middle of a ball that holds 0 may be below it, and has no logarithm."""

    def share(x: arb) -> arb:
        return (-x).exp() if ctx.prec > BITS else arb(-1e-9, 1.0)

    with ctx.workprec(BITS):
        q = arb(2) ** -40
        found = quantiles._newton(q, share, lambda x: -(-x).exp(), arb(3))
        assert abs(found.exp() + q.log()) < arb(2) ** -(BITS - 64)
        assert not quantiles._newton(q, lambda _: arb(-1e-9, 1.0), lambda x: -(-x).exp(), arb(3)).is_finite()


def test_the_table_of_a_quantile_beyond_a_gamma_function_is_built() -> None:
    """Of the binade 2**-73 two thirds of thousands of parts were not proved."""
    tier = PiecewiseTier("doublesided_maxwell(loc=0.25,scale=1.5)", "icdf", FLOAT32)
    result = audit(tier, FLOAT32, 12, seed=5, low=2.0**-73, high=2.0**-70)
    assert result.violations == ()
    assert result.too_wide == ()
    assert result.covered == result.points
    assert result.undecided == 0
    assert len(tier.table) < 80


@pytest.mark.parametrize("subject", WITH_QUANTILES)
def test_a_distribution_function_is_as_steep_as_its_density_is_high(subject: str) -> None:
    """Every coefficient by the density and by the function itself, at points and over balls."""
    definition = distribution_definition(subject)
    share = quantile_map(definition)
    leaf = (share.parts[0] if share.kind == "chain" else share).parts[0]
    assert leaf.log_density is not None
    low, high = (definition.base or definition).ordinary
    with ctx.workprec(BITS):
        for part in (0.15625, 0.5625, 0.90625):
            at = arb(low + (high - low) * part)
            for ball in (at, at + arb(0, (high - low) * 2.0**-12)):
                known = rise(leaf, ball, 6)
                plain = rise(replace(leaf, log_density=None), ball, 6)
                assert all(a.is_finite() and a.overlaps(b) for a, b in zip(known, plain, strict=True))
            assert (known[0] > 0) == leaf.increasing


def test_the_quantile_of_half_a_cauchy_law_is_a_line_where_it_begins() -> None:
    """By the incomplete beta function it took 256 parts a binade."""
    tier = PiecewiseTier("half_cauchy(scale=1.5)", "icdf", FLOAT32)
    shares = np.array([2.0**-120, 1.5 * 2.0**-73, 2.0**-20])
    tier.prepare(shares, 1)
    assert (find_pieces(tier.table, shares) >= 0).all()
    assert len(tier.table) == len(shares)
    result = audit(tier, FLOAT32, 12, seed=5, low=2.0**-4, high=0.99)
    assert result.violations == ()
    assert result.too_wide == ()
    assert result.covered >= 0.9 * result.points
    assert result.undecided == 0
