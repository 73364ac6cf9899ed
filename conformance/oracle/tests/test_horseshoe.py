"""The exponential integral of a running argument, and the law whose density it is: what is declared of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx

from adapters.interface.quantities import TAILS
from conformance.definitions.distributions import DistributionDefinition, quantile_map
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import distribution_definition, functions_of
from conformance.floats.enclosures import Certificate, Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.ball_expint import scaled_e1
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.jets import value_at
from conformance.oracle.statistics import integrals, tails
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, centre_rate, density_rate
from conformance.oracle.statistics.problem import NotProvable, Problem
from conformance.oracle.statistics.tails import Quantity, centre_bound
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
    for beyond in (acb(-1.0, 0.5), acb(5, arb("nan")), acb(arb("nan"), 1), acb(5, arb("inf")), acb(arb("nan"))):
        assert not ns.log_scaled_e1(beyond).is_finite()


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


@pytest.mark.slow
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


def _beyond(z: float) -> mpmath.mpf:
    """P(C N > z) by mpmath's quadrature over the logarithm t of the half-Cauchy variable, in which no E_1 enters: where
    z e^-t is 5.5 or more the normal tail is below 1e-27 of what is wanted, and the Cauchy law's beyond t = 60 too."""
    z = mpmath.mpf(z)
    top = mpmath.log(z)
    places = sorted(
        [
            top - 3,
            *(top - mpmath.mpf(5) / 2 + mpmath.mpf(k) / 2 for k in range(12)),
            *map(mpmath.mpf, range(-66, 67, 3)),
        ]
    )
    places = [t for t in places if t >= top - 3] + [max(top, 66) + 66]
    return mpmath.quad(lambda t: mpmath.ncdf(-z * mpmath.exp(-t)) * mpmath.sech(t), places) / mpmath.pi


@pytest.mark.parametrize("x", [1e-9, 0.01, 0.5, 1.75, 6.0, 9.0, 14.0, 20.0, 900.0, 1e12])
def test_the_tails_are_those_of_a_normal_variable_of_half_cauchy_scale(x: float) -> None:
    """At precisions at which the power series and the expansion answer."""
    with mpmath.workdps(34):
        known = arb(mpmath.nstr(_beyond(x), 30))
    for precision in (53, 100, 250):
        with ctx.workprec(precision):
            for got in (BALLS.horseshoe_cdf(arb(-x)), 1 - BALLS.horseshoe_cdf(arb(x))):
                assert abs(got - known) < known * (arb(1e-24) + 2 * arb(2) ** (9 - precision) * (1 + arb(x)))
            assert BALLS.horseshoe_cdf(arb(-x)).rel_accuracy_bits() > precision - 12


@pytest.mark.parametrize("ends", [(-3.0, -0.5), (1.0, 2.0), (2.0, 8.0), (8.0, 40.0), (40.0, 160.0)])
def test_between_two_points_lies_the_integral_of_the_density(ends: tuple[float, float]) -> None:
    """Arb's, certified."""
    law = distribution_definition("horseshoe(scale=1.0)")
    low, high = ends
    tolerance = arb(2) ** -110
    whole = acb.integral(
        lambda t, analytic: law.log_density(ComplexNumbers(analytic), t).exp(),  # type: ignore[misc]
        abs(arb(low)),
        abs(arb(high)),
        abs_tol=tolerance,
        rel_tol=tolerance,
    ).real
    got = BALLS.horseshoe_cdf(arb(high)) - BALLS.horseshoe_cdf(arb(low))
    assert got.overlaps(abs(whole))
    assert whole.rel_accuracy_bits() > 90
    assert got.rel_accuracy_bits() > 90


@pytest.mark.parametrize("middle", [-30.0, -2.5, -1e-3, 0.0, 0.25, 7.0, 15.9, 16.1])
@pytest.mark.parametrize("width", [2.0**-60, 2.0**-12, 0.75])
def test_a_ball_of_the_distribution_function_holds_it_at_all_of_its_points(middle: float, width: float) -> None:
    got = BALLS.horseshoe_cdf(arb(middle, width))
    for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
        assert got.overlaps(BALLS.horseshoe_cdf(arb(middle) + arb(share * width * (1 - 2.0**-20))))
    assert got.rad() < 2 * arb(width).sqrt()
    assert not BALLS.horseshoe_cdf(arb("nan")).is_finite()


@pytest.mark.parametrize("x", [-400.0, -3.0, 0.25, 9.0, 17.0])
def test_series_of_the_distribution_function_are_its_taylor_series(x: float) -> None:
    ns = SeriesNumbers(10)
    with ctx.workprec(400):
        found = ns.coefficients(ns.horseshoe_cdf(ns.variable(arb(x))))
        step = abs(arb(x)) * arb(2) ** -30
        total = sum((c * step**n for n, c in enumerate(found)), arb(0))
        assert abs(total - BALLS.horseshoe_cdf(arb(x) + step)) < arb(2) ** -285
    assert not ns.coefficients(ns.horseshoe_cdf(ns.variable(arb(0))))[1].is_finite()


@pytest.mark.parametrize("digits", [25, 80])
@pytest.mark.parametrize("x", [-1e300, -40.0, -6.0, -0.5, 1e-9, 0.0, 3.0, 14.0, 1e12])
def test_second_opinion_and_floats_know_the_distribution_function(x: float, digits: int) -> None:
    ns = MpNumbers(digits)
    with ctx.workprec(600):
        exact = BALLS.horseshoe_cdf(arb(x))
    value = ns.ctx.mpf(exact.mid().str(120, radius=False))
    assert abs(ns.horseshoe_cdf(ns.const(x)) - value) <= value * ns.ctx.mpf(10) ** (4 - digits)
    assert FloatNumbers().horseshoe_cdf(x) == pytest.approx(float(exact.mid()), rel=2e-14, abs=0)
    if x:
        with ctx.workprec(600):  # e^u E_1(u) is U(1, 1, u) (DLMF 13.6.6), FLINT's.
            exact = (arb(x) * arb(x) / 2).hypgeom_u(arb(1), arb(1)) / (2 * arb.pi() ** 3).sqrt()
        density = ns.ctx.mpf(exact.mid().str(120, radius=False))
        step = ns.ctx.mpf(10) ** -30 * abs(x)
        slope = ns.horseshoe_cdf(ns.ctx.mpc(x, step)).imag / step
        assert abs(slope / density - 1) < ns.ctx.mpf(10) ** (6 - digits)
        moved = ns.ctx.diff(lambda t: ns.horseshoe_cdf(t), ns.const(x), h=ns.ctx.mpf(10) ** (-digits // 2) * abs(x))
        assert abs(moved / density - 1) < ns.ctx.mpf(10) ** (8 - digits // 2) * max(1, abs(x))


@pytest.mark.parametrize("q", [5e-324, 1e-300, 2.0**-30, 0.2, 0.25, 0.26, 0.5 - 2.0**-54, 0.5, 0.5 + 2.0**-53, 0.999])
def test_quantiles_are_certified(q: float) -> None:
    quantiles = quantile_map(distribution_definition(HORSESHOE))
    at = value_at(quantiles, arb(q))
    assert at.rel_accuracy_bits() > 96
    assert BALLS.horseshoe_cdf(at / arb(1.5)).overlaps(arb(q))
    assert float(at.lower()) == float(at.upper())
    assert (at > 0) is (q > 0.5)
    assert float(value_at(quantiles, arb(0.5))) == 0.0


@pytest.mark.parametrize("radius", [2.0**-40, 2.0**-6, 0.3])
@pytest.mark.parametrize("z", [(0.5, 0.25), (1.0, 3.0), (2.5, -1.0), (20.0, 9.0), (60.0, -50.0)])
def test_a_complex_ball_holds_the_function_at_all_of_its_points(z: tuple[float, float], radius: float) -> None:
    wide = acb(arb(z[0], radius), arb(z[1], radius))
    got = scaled_e1(wide)
    with ctx.workprec(512):
        for a, b in ((0, 0), (-1, -1), (1, -1), (0.5, 1), (-1, 1), (1, 1)):
            part = radius * (1 - 2.0**-20)
            at = acb(arb(z[0]) + a * arb(part), arb(z[1]) + b * arb(part))
            assert got.overlaps(at.hypgeom_u(acb(1), acb(1)))
    assert got.real.rad() < 8 * radius
    assert not scaled_e1(acb(arb(0.25, 0.5), 1)).is_finite()


@pytest.mark.slow
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
    assert statistic(HORSESHOE, "median").text == "0"


@pytest.mark.slow
def test_the_entropy_is_that_of_a_quadrature() -> None:
    """By mpmath, over v = log x; beyond e^60 the density is a multiple of 1/x^2 to 50 digits, by the declared tail."""
    law, ns = distribution_definition(HORSESHOE), MpNumbers(40)
    log_density, tail = law.log_density, law.upper_tail
    assert log_density is not None
    assert tail is not None

    def integrand(v: mpmath.mpf) -> mpmath.mpf:
        found = log_density(ns, ns.ctx.exp(v))
        return -ns.ctx.exp(v + found) * found

    inside = ns.ctx.quad(integrand, list(range(-90, 61, 2)))
    constant = tail.constant(ns)  # int_X^oo (2 log x - c) e^c/x^2 dx
    beyond = ns.ctx.exp(constant - 60) * (120 + 2 - constant)
    found = statistic(HORSESHOE, "entropy")
    assert found.certificate == Certificate.CERTIFIED
    assert abs(2 * (inside + beyond) / ns.ctx.mpf(found.text) - 1) < 1e-28


def test_what_lies_beside_the_pole_is_bounded() -> None:
    """The integral of p log p from 0 to L on both sides, which mpmath has over log x."""
    law, ns = distribution_definition(HORSESHOE), MpNumbers(30)
    log_density = law.log_density
    assert log_density is not None
    problem = Problem(law)
    for length in (2.0**-10, 2.0**-40, 2.0**-120):
        bound = centre_bound(problem, Quantity(0), arb(length))
        assert bound is not None
        end = ns.ctx.log(ns.const(length))

        def integrand(v: mpmath.mpf) -> mpmath.mpf:
            found = log_density(ns, ns.ctx.exp(v))
            return ns.ctx.exp(v + found) * found

        whole = 2 * ns.ctx.quad(integrand, [end - 80, end - 20, end - 5, end])
        assert whole < float(bound.mid()) < 2 * whole
    assert centre_bound(problem, Quantity(1), arb(2.0**-10)) is None
    assert centre_bound(problem, Quantity(0), arb(1)) is None  # the density is below 1 there


def test_a_pole_beside_the_centre_has_no_bound() -> None:
    """The declared rate is of the centre alone."""
    law = distribution_definition(HORSESHOE)
    with pytest.raises(NotProvable, match="without bound"):
        integrals.expectation(Problem(replace(law, poles=(0.0, 1.0))), Quantity(0), 20)
    with pytest.raises(NotProvable, match="without bound"):
        integrals.expectation(Problem(replace(law, lemmas=replace(law.lemmas, centre_rate=None))), Quantity(0), 20)


def test_a_wrong_rate_beside_the_pole_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""

    def flatter(base: DistributionDefinition, distance: arb) -> tuple[arb, arb] | None:
        rate = centre_rate(base, distance)
        return None if rate is None else (rate[0] / 4, rate[1])

    for room in (problems, tails, integrals):
        monkeypatch.setattr(room, "centre_rate", flatter)
    forget()
    with pytest.raises(BoundViolated):
        statistic(HORSESHOE, "entropy")
    forget()


@pytest.mark.parametrize("dtype", FORMATS)
def test_at_the_pole_the_density_is_infinite(dtype: str) -> None:
    fmt, x = FORMATS[dtype], np.array([-inf, -0.0, 0.0, inf])
    oracle = Oracle(None)
    assert functions_of(HORSESHOE) == ("log_prob", "log_prob_from_base", "prob", *TAILS, "icdf")
    for quantity in ("cdf", "survival"):
        half = oracle.truth(HORSESHOE, quantity, x, fmt)
        assert list(half.kind) == [Kind.FINITE] * 4
        assert list(half.hi) in ([0.0, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.0])
        assert list(half.exponent) in ([0, 0, 0, 1], [1, 0, 0, 0])
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
