"""Student's distribution function of many degrees of freedom: held by integrals of the density, and decided far out."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from conformance.floats.enclosures import Kind, as_float
from conformance.floats.formats import format_named
from conformance.oracle.numbers.ball_student import cdf
from conformance.oracle.oracle import Oracle
from conformance.oracle.tests.test_numbers import contains

PLACES = (1e-3, 0.5, 3.0, 10.0, 16.0, 300.0, 1e30)
MANY = (64.0, 1e4, 1e8)


def tail(x: float, df: float) -> Any:
    """P(T > x) by mpmath's quadrature of the density, in steps of its own length there."""
    nu, at = mpmath.mpf(df), mpmath.mpf(x)
    peak = mpmath.exp(mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2)) / mpmath.sqrt(nu * mpmath.pi)

    def density(t: Any) -> Any:
        return mpmath.exp(-(nu + 1) / 2 * mpmath.log1p(t**2 / nu))

    step = (nu + at**2) / ((nu + 1) * at) if at > 1 else mpmath.mpf(1)
    stretches = [0, 1, 2, 4, 8, 16, 32, 64, mpmath.inf]
    return peak * density(at) * step * mpmath.quad(lambda s: density(at + step * s) / density(at), stretches)


@pytest.mark.slow
@pytest.mark.parametrize("df", MANY)
@pytest.mark.parametrize("x", PLACES)
def test_both_sides_are_integrals_of_the_density(x: float, df: float) -> None:
    with mpmath.workdps(35), ctx.workprec(160):
        above = tail(x, df)
        found = cdf(arb(-x), df)
        assert found.rel_accuracy_bits() > 90
        assert abs(mpmath.mpf(found.mid().str(45, radius=False)) / above - 1) < mpmath.mpf(10) ** -24
        assert contains(cdf(arb(x), df) + found, 1)


@pytest.mark.parametrize("df", MANY)
def test_what_serves_the_centre_and_what_serves_the_tail_meet(df: float) -> None:
    """Where one takes over from the other depends on the precision, so that two precisions ask both."""
    for x in (9.0, 12.0, 15.0, 20.0):
        with ctx.workprec(64):
            coarse = cdf(arb(-x), df)
        with ctx.workprec(1024):
            fine = cdf(arb(-x), df)
        assert coarse.overlaps(fine)
        assert fine.rel_accuracy_bits() > 900
        assert coarse.rel_accuracy_bits() > 20


def test_a_ball_is_enclosed_whole() -> None:
    with ctx.workprec(128):
        for middle, radius in ((0.0, 0.25), (-3.0, 0.125), (-30.0, 0.125), (-400.0, 1.0)):
            found = cdf(arb(middle, radius), 1e6)
            for at in (-1, 0, 1):
                assert found.overlaps(cdf(arb(middle + at * radius), 1e6))


def test_what_is_no_number_has_none() -> None:
    assert not cdf(arb("nan"), 1e6).is_finite()


@pytest.mark.slow
@pytest.mark.parametrize("df", ["1e6", "1e8"])
def test_quantiles_are_decided_out_to_the_last_float(df: str) -> None:
    fmt, subject = format_named("float64"), f"student_t(df={df},loc=0.25,scale=1.5)"
    shares = np.array([5e-324, 1e-300, 1e-30, 1e-10, 1e-3, 0.5 - 2.0**-20, 1.0 - 2.0**-53])
    truth = Oracle().truth(subject, "icdf", shares, fmt)
    assert (truth.kind == Kind.FINITE).all()
    with mpmath.workdps(30):
        for place, share in zip(as_float(truth), shares, strict=True):
            z = (mpmath.mpf(float(place)) - mpmath.mpf("0.25")) / mpmath.mpf("1.5")
            wanted = mpmath.mpf(float(share)) if z < 0 else 1 - mpmath.mpf(float(share))
            # The quantile is rounded: 2^-53 of it is as much of the share as the density there times that.
            assert abs(tail(abs(z), float(df)) / wanted - 1) < 1e-15 * (2 + z**2)
