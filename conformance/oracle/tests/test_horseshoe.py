"""The exponential integral of a running argument, and the law whose density it is: what is declared of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import distribution_definition, functions_of
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, density_rate
from conformance.oracle.statistics.problem import NotProvable, Problem
from conformance.oracle.statistics.truth import forget, statistic

BALLS = BallNumbers()
HORSESHOE = "horseshoe(scale=1.5)"
ARGUMENTS = [1e-300, 2.0**-30, 0.25, 1.0, 4.14, 20.0, 60.0, 1000.0, 1e300]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved, ctx.prec = ctx.prec, 128
    yield
    ctx.prec = saved


def _exact(x: arb) -> arb:
    """e^x E_1(x) by Arb's own exponential integral, with more bits than either factor loses."""
    with ctx.workprec(4 * ctx.prec + 400):
        if x > 2.0**9:  # Where E_1 leaves Arb's exponents; 1/(x + 1) < e^x E_1 < (x + 1)/(x (x + 2)) by DLMF 6.8.2.
            return (1 / (x + 1)).union((x + 1) / (x * (x + 2)))
        return x.exp() * x.expint(arb(1))


def _fall(x: arb) -> arb:
    """Minus the derivative of log(e^x E_1(x)), by DLMF 6.2.1."""
    with ctx.workprec(4 * ctx.prec + 400):
        return 1 / (x * _exact(x)) - 1


def _log_by_mpmath(v: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log(mpmath.exp(v) * mpmath.e1(v))


def _log_fall_by_mpmath(v: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log(1 / (v * mpmath.exp(v) * mpmath.e1(v)) - 1)


@pytest.mark.parametrize("precision", [53, 128, 400])
@pytest.mark.parametrize("x", ARGUMENTS)
def test_the_exponential_integral_loses_no_bits(x: float, precision: int) -> None:
    with ctx.workprec(precision):
        got, fall = BALLS.log_scaled_e1(arb(x)), BALLS.e1_fall(arb(x))
        assert got.overlaps(_exact(arb(x)).log())
        assert fall.overlaps(_fall(arb(x)))
        assert fall.rel_accuracy_bits() > precision - 24
        assert got.rad() < (1 + abs(got)) * arb(2) ** (20 - precision)


@pytest.mark.parametrize("width", [2.0**-60, 2.0**-12, 0.125, 0.75])
@pytest.mark.parametrize("x", [1e-300, 2.0**-30, 0.25, 1.0, 4.14, 20.0, 60.0, 250.0])
def test_a_ball_holds_the_function_at_all_of_its_points(x: float, width: float) -> None:
    wide = arb(x, x * width)
    got, fall = BALLS.log_scaled_e1(wide), BALLS.e1_fall(wide)
    for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
        at = arb(x) * (1 + arb(share * width * (1 - 2.0**-20)))
        assert got.overlaps(_exact(at).log())
        assert fall.overlaps(_fall(at))
    assert got.rad() < (1 + abs(got)) * 8 * width
    assert not BALLS.log_scaled_e1(arb(0.5, 1)).is_finite()


def test_the_logarithms_of_both_fall_no_steeper_than_one_over_x() -> None:
    """What balls rest on, where mpmath differentiates."""
    with mpmath.workdps(40):
        for x in (1e-12, 1e-3, 0.1, 0.7, 2.0, 9.0, 40.0):
            for function in (_log_by_mpmath, _log_fall_by_mpmath):
                slope = mpmath.diff(function, mpmath.mpf(x), h=mpmath.mpf(x) * mpmath.mpf(10) ** -12)
                assert -1 / x <= slope < 0


@pytest.mark.parametrize("z", [(0.5, 0.25), (1.0, 3.0), (2.5, -1.0), (20.0, 9.0)])
def test_complex_balls_enclose_mpmaths_function(z: tuple[float, float]) -> None:
    ns, at = ComplexNumbers(analytic=True), mpmath.mpc(*z)
    with mpmath.workdps(60):
        value = mpmath.exp(at) * mpmath.e1(at)
        known = (mpmath.log(value), 1 - 1 / (at * value))
    for got, exact in zip((ns.log_scaled_e1(acb(*z)), -ns.e1_fall(acb(*z))), known, strict=True):
        assert abs(got - acb(arb(str(exact.real)), arb(str(exact.imag)))) < 2.0**-44 * (1 + abs(got))
        assert got.real.rad() < (1 + abs(got)) * arb(2) ** -100
    assert not ns.log_scaled_e1(acb(-1.0, 0.5)).is_finite()


@pytest.mark.parametrize("x", [2.0**-30, 0.25, 4.14, 20.0, 400.0])
def test_series_of_the_logarithm_are_its_taylor_series(x: float) -> None:
    ns = SeriesNumbers(10)
    with ctx.workprec(400):
        found = ns.coefficients(ns.log_scaled_e1(ns.variable(arb(x))))
        step = arb(x) * arb(2) ** -30
        total = sum((c * step**n for n, c in enumerate(found)), arb(0))
        assert abs(total - _exact(arb(x) + step).log()) < arb(2) ** -285
        assert found[9].rel_accuracy_bits() > 60


@pytest.mark.parametrize("digits", [25, 80])
@pytest.mark.parametrize("x", [1e-300, 0.25, 4.14, 20.0, 400.0, 1000.0, 1e300])
def test_mpmath_and_floats_agree(x: float, digits: int) -> None:
    """mpmath's beside the real axis too, where its imaginary part is the derivative."""
    ns = MpNumbers(digits)
    with ctx.workprec(600):
        exact, fall = BALLS.log_scaled_e1(arb(x)), BALLS.e1_fall(arb(x))
        value, slope = (ns.ctx.mpf(one.mid().str(120, radius=False)) for one in (exact, -fall))
    assert abs(ns.log_scaled_e1(ns.const(x)) - value) <= abs(value) * ns.ctx.mpf(10) ** (4 - digits)
    step = ns.ctx.mpf(10) ** -30 * x
    assert abs(ns.log_scaled_e1(ns.ctx.mpc(x, step)).imag / step - slope) <= abs(slope) * ns.ctx.mpf(10) ** (4 - digits)
    assert FloatNumbers().log_scaled_e1(x) == pytest.approx(float(exact.mid()), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("scale", [0.375, 1.5])
@pytest.mark.parametrize("x", [1e-9, 0.01, 0.5, -1.75, 6.0, 900.0])
def test_the_density_is_that_of_a_normal_variable_of_half_cauchy_scale(x: float, scale: float) -> None:
    """By mpmath's quadrature over the logarithm v of the half-Cauchy variable, in which no E_1 enters."""
    law = distribution_definition(f"horseshoe(scale={scale})")
    assert law.log_density is not None
    with mpmath.workdps(40):
        z = abs(mpmath.mpf(x) / scale)

        def mixed(v: mpmath.mpf) -> mpmath.mpf:
            return mpmath.npdf(z * mpmath.exp(-v)) / scale * 2 / (mpmath.pi * (1 + mpmath.exp(2 * v)))

        top = mpmath.log(z)
        # Left of the first place the normal density, right of the last the half-Cauchy one, is below 1e-40.
        places = sorted([top - 6, *(top + k for k in range(-4, 9)), *map(mpmath.mpf, range(-24, 49, 2)), top + 60])
        whole = mpmath.quad(mixed, [v for v in places if v >= top - 6])
    got = law.log_density(BALLS, arb(x)).exp()
    assert float(abs(got / arb(mpmath.nstr(whole, 35)) - 1)) < 1e-22


def test_the_density_is_one() -> None:
    """Twice the integral over v = log x, beyond e^60 by the declared tail, which is a multiple of 1/x^2."""
    law, ns = distribution_definition(HORSESHOE), MpNumbers(30)
    log_density, tail = law.log_density, law.upper_tail
    assert log_density is not None
    assert tail is not None
    inside = ns.ctx.quad(lambda v: ns.ctx.exp(v + log_density(ns, ns.ctx.exp(v))), list(range(-80, 61, 4)))
    beyond = ns.ctx.exp(tail.constant(ns) - 60)
    assert abs(2 * (inside + beyond) - 1) < 1e-20


def test_there_is_no_mean_and_the_mode_is_the_pole() -> None:
    assert statistic(HORSESHOE, "mean").text == "nan"
    for quantity in ("variance", "stddev"):
        found = statistic(HORSESHOE, quantity)
        assert (found.text, found.also) == ("nan", (("inf", "inf"),))
    assert statistic(HORSESHOE, "mode").text == "0"
    with pytest.raises(NotProvable, match="without bound"):
        statistic(HORSESHOE, "entropy")


@pytest.mark.parametrize("dtype", FORMATS)
def test_at_the_pole_the_density_is_infinite(dtype: str) -> None:
    fmt, x = FORMATS[dtype], np.array([-inf, -0.0, 0.0, inf])
    oracle = Oracle(None)
    assert functions_of(HORSESHOE) == ("log_prob", "log_prob_from_base", "prob")
    for quantity in ("log_prob", "log_prob_from_base"):
        kinds = oracle.truth(HORSESHOE, quantity, x, fmt).kind
        assert list(kinds) == [Kind.NEG_INF, Kind.POS_INF, Kind.POS_INF, Kind.NEG_INF]
    assert list(oracle.truth(HORSESHOE, "prob", x, fmt).kind) == [Kind.FINITE, Kind.POS_INF, Kind.POS_INF, Kind.FINITE]


@pytest.mark.parametrize("part", ["lo", "hi"])
def test_a_wrong_rate_of_a_tail_is_a_violation(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail, at either bound."""

    def narrower(base: DistributionDefinition, towards: int, length: arb) -> DensityRate | None:
        rate = density_rate(base, towards, length)
        assert rate is not None
        assert rate.lo is not None
        if part == "lo":
            return DensityRate(rate.hi, rate.hi, power=True)
        return DensityRate(rate.lo, (rate.lo + rate.hi) / 2, power=True)

    assert Problem(distribution_definition(HORSESHOE)).audit(1, arb(4)) > 8
    monkeypatch.setattr(problems, "density_rate", narrower)
    forget()
    with pytest.raises(BoundViolated):
        Problem(distribution_definition(HORSESHOE)).audit(1, arb(4))
    forget()
