"""Taylor coefficients of log(e^x E_1(x)) and log(e^x K_1(x)) against mpmath's quadrature, at points and over balls."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import numpy as np
import pytest
from flint import arb, arb_series, ctx

from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.oracle import Oracle

TERMS = 8
NAMES = ["log_scaled_e1", "log_scaled_bessel_k1"]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved, ctx.prec = ctx.prec, 192
    yield
    ctx.prec = saved


def coefficients(name: str, x: arb, terms: int = TERMS) -> list[arb]:
    ns = SeriesNumbers(terms)
    return ns.coefficients(getattr(ns, name)(ns.variable(x)))


def by_quadrature(name: str, x: float) -> list[arb]:
    """Of f = sum c_n t^n by integrals, with w = s/x or s^2/x: c_n is (-1)^n/n! times that of w^n e^(-s)/(x + s), or of
    2 x^(-1/2) w^n e^(-s^2) (1 + w)/(2 + w)^(1/2). And of its logarithm by n c_n = sum k a_k c_(n - k)."""
    with mpmath.workdps(60):
        at = mpmath.mpf(x)

        def whole(n: int) -> mpmath.mpf:
            # Of size 1, since mpmath's error is absolute.
            if name == "log_scaled_e1":
                parts = [0, min(1, at), 4, 10, 20, 40, 80, 160, 300]
                return mpmath.quad(lambda s: s**n * mpmath.exp(-s) / (1 + s / at), parts) / at
            return (2 / mpmath.sqrt(at)) * mpmath.quad(
                lambda s: s ** (2 * n) * mpmath.exp(-s * s) * (1 + s * s / at) / mpmath.sqrt(2 + s * s / at),
                [0, 1, 2, 4, 6, 9, 12],
            )

        c = [whole(n) * (-1) ** n / mpmath.factorial(n) / at**n for n in range(TERMS)]
        a = [mpmath.log(c[0])]
        for n in range(1, TERMS):
            a.append((c[n] - sum(k * a[k] * c[n - k] for k in range(1, n)) / n) / c[0])
        return [arb(mpmath.nstr(one, 50)) for one in a]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [0.25, 3.0, 100.0, 250.0, 1e6, 1e30])
def test_coefficients_are_those_of_a_quadrature(x: float, name: str) -> None:
    for found, wanted in zip(coefficients(name, arb(x)), by_quadrature(name, x), strict=True):
        assert abs(found - wanted) < abs(wanted) * 2.0**-60
        assert found.rel_accuracy_bits() > 60


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [1e-30, 0.25, 3.0, 180.0, 1e6, 1e30])
@pytest.mark.parametrize("share", [2.0**-28, 0.01, 0.5])
def test_over_a_ball_every_coefficient_lies_between_those_at_its_ends(x: float, share: float, name: str) -> None:
    """And is no wider than they are apart: a recurrence over the ball said nothing of a part of a binade."""
    middle, radius = arb(x), arb(x) * share
    over = coefficients(name, middle + arb(0, 1) * radius)
    at = [coefficients(name, (middle + radius * place).mid()) for place in (-1, -0.7, 0, 0.4, 1)]
    for n in range(TERMS):
        assert all(over[n].contains(one[n]) for one in at)
        assert over[n].rad() <= abs(at[0][n] - at[-1][n]) * (0.5 + 2.0**-20) + abs(at[0][n]) * 2.0**-40


@pytest.mark.parametrize("name", NAMES)
def test_where_the_ball_reaches_0_nothing_is_known(name: str) -> None:
    assert not any(one.is_finite() for one in coefficients(name, arb(1, 1)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [arb(3.0, 0.5), arb(1e6), arb(1e30, 1e29)])
def test_a_value_alone_and_a_series_without_a_slope_are_known_too(x: arb, name: str) -> None:
    (value,) = coefficients(name, x, 1)
    ns = SeriesNumbers(TERMS)
    level = ns.coefficients(getattr(ns, name)(arb_series([x], prec=TERMS)))
    assert value.is_finite()
    assert value.overlaps(coefficients(name, x)[0])
    assert level[0].overlaps(value)
    assert all(one.is_zero() for one in level[1:])


def test_a_density_far_out_has_a_top() -> None:
    """Where the distance that e^x K_1 is taken of has slope 0."""
    law = "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1000.0)"
    truth = Oracle(None).truth(law, "log_prob", np.array([0.25], np.float32), FORMATS["float32"])
    assert truth.kind[0] == Kind.FINITE
