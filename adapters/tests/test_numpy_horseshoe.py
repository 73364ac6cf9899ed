"""The tail of the horseshoe law over pairs, and its inverse, against the oracle's balls."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx

from adapters.numpy import horseshoe_tail
from adapters.numpy.pairs import Pair
from conformance.oracle.numbers.ball_expint import log_scaled_e1
from conformance.oracle.numbers.ball_horseshoe import cdf


@pytest.mark.parametrize(("dtype", "bits"), [("float32", 28), ("float64", 86)])
def test_tails_and_their_inverse_are_as_narrow_as_is_said(dtype: str, bits: int) -> None:
    """Around the join of both methods, where the fraction is at its slowest, and far out on both sides."""
    logs = np.concatenate([np.linspace(-50.0, 60.0, 111), np.linspace(0.9, 1.2, 31)])
    x = Pair.of(np.exp(logs).astype(dtype))
    shares = Pair.of(np.concatenate([np.linspace(0.01, 0.49, 49), np.exp(np.linspace(-60.0, -1.0, 60))]).astype(dtype))
    tails, places = horseshoe_tail.beyond(x), horseshoe_tail.place(shares)
    inner = Pair(*(word[x.hi < 2.5] for word in (x.hi, x.lo)))
    between = horseshoe_tail.inside(inner)
    with ctx.workprec(256):
        for at, tail in zip(_exact(x), _exact(tails), strict=True):
            assert abs(tail / cdf(-at) - 1) < arb(2) ** -bits
        for at, share in zip(_exact(inner), _exact(between), strict=True):
            assert abs(share / (0.5 - cdf(-at)) - 1) < arb(2) ** -bits
        for at, share in zip(_exact(places), _exact(shares), strict=True):
            density = log_scaled_e1(at * at / 2).exp() / (2 * arb.pi() ** 3).sqrt()
            assert abs(cdf(-at) - share) < arb(2) ** -bits * at * density


@pytest.mark.parametrize(("dtype", "bits", "least"), [("float32", 28, 1e-28), ("float64", 86, 1e-290)])
def test_shares_next_to_a_half_have_their_places(dtype: str, bits: int, least: float) -> None:
    """Nearer to 1/2 than its last bit, down to where the second word of a place is subnormal, and a plain float there:
    what lies between 0 and the place is wanted."""
    exponents = np.arange(-1074.0 if dtype == "float64" else -149.0, np.finfo(dtype).negep - 1)
    inner = np.ldexp(np.full(len(exponents), 1.25), exponents.astype(int)).astype(dtype)
    with np.errstate(all="ignore"):  # As the adapter has it.
        places = horseshoe_tail.place(Pair(np.full_like(inner, 0.5), -inner))
    ulp = np.spacing(places.hi).astype(np.float64)
    with ctx.workprec(2400):
        for share, at, unit in zip(inner, _exact(places), ulp, strict=True):
            density = log_scaled_e1(at * at / 2).exp() / (2 * arb.pi() ** 3).sqrt() if at > 0 else arb(0)
            slack = arb(2) ** -bits * arb(float(share)) if share > least else 2 * arb(float(unit)) * density
            assert abs(0.5 - cdf(-at) - float(share)) <= slack if at > 0 else share < 2.0**8 * unit


@pytest.mark.parametrize(("dtype", "bits"), [("float32", 44), ("float64", 100)])
def test_the_fraction_leaves_out_no_more_than_was_measured(dtype: str, bits: int) -> None:
    """At u = 4, from where on it serves, with exact coefficients."""
    fraction = horseshoe_tail._fraction(dtype)
    with ctx.workprec(1000):
        exact = [(arb(a.numerator) / a.denominator, arb(b.numerator) / b.denominator) for a, b in fraction]
        total = 4 + exact[-1][0]
        for (_, below), (above, _) in zip(exact[:0:-1], exact[-2::-1], strict=True):
            total = 4 + above - below / total
        found = 2 / (arb.pi() ** 3).sqrt() / total
        assert abs(found / cdf(-arb(8).sqrt()) - 1) < arb(2) ** -bits


def test_the_ends_of_a_quantile() -> None:
    shares = Pair.of(np.array([0.0, 0.5, 0.6, -0.1, np.nan]))
    with np.errstate(all="ignore"):  # As the adapter has it.
        places = horseshoe_tail.place(shares)
        beyond = horseshoe_tail.beyond(Pair.of(np.array([0.0, np.inf, np.nan])))
    np.testing.assert_array_equal(places.hi, [np.inf, 0.0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(beyond.hi, [0.5, 0.0, np.nan])


def _exact(pair: Pair) -> list[arb]:
    return [arb(float(hi)) + arb(float(lo)) for hi, lo in zip(pair.hi, pair.lo, strict=True)]
