"""Bessel functions of a running argument, and laws whose densities they are: what is declared of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx
from scipy import integrate, optimize

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import UnknownSubject, distribution_definition, functions_of, statistics_of
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers import array_bessel, ball_bessel
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, density_rate
from conformance.oracle.statistics.integrals import expectation
from conformance.oracle.statistics.problem import Problem
from conformance.oracle.statistics.tails import Quantity
from conformance.oracle.statistics.truth import forget, statistic

BALLS = BallNumbers()
NIG = "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)"
OTHER_NIG = "normal_inverse_gaussian(loc=-1.5,scale=0.375,skewness=1.75,tailweight=2.0)"
ARGUMENTS = [1e-300, 2.0**-30, 0.25, 1.0, 1.5, 9.0, 20.0, 60.0, 1000.0, 1e300]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved, ctx.prec = ctx.prec, 128
    yield
    ctx.prec = saved


def _exact(order: int, x: Any) -> Any:
    """e^x K_order(x) by FLINT, with twice the bits, and more than its power series cancels where it takes that."""
    size = float(abs(x).mid())
    with ctx.workprec(2 * ctx.prec + (int(8 * size) + 64 if size < 3 * ctx.prec else 0)):
        return x.bessel_k(order, scaled=True)


@pytest.mark.parametrize("precision", [53, 128, 400])
@pytest.mark.parametrize("x", ARGUMENTS)
def test_a_scaled_bessel_function_loses_no_bits(x: float, precision: int) -> None:
    with ctx.workprec(precision):
        got, ratio = BALLS.log_scaled_bessel_k1(arb(x)), BALLS.bessel_k_ratio(arb(x))
        exact = _exact(1, arb(x))
        assert got.overlaps(exact.log())
        assert ratio.overlaps(_exact(0, arb(x)) / exact)
        assert ratio.rel_accuracy_bits() > precision - 8
        assert got.rad() < (1 + abs(got)) * arb(2) ** (8 - precision)


@pytest.mark.parametrize("width", [2.0**-60, 2.0**-12, 0.125, 0.75])
@pytest.mark.parametrize("x", ARGUMENTS)
def test_a_ball_holds_the_function_at_all_of_its_points(x: float, width: float) -> None:
    wide = arb(x, x * width)
    for name, order in (("log_scaled_bessel_k1", 1), ("bessel_k_ratio", 0)):
        got = getattr(BALLS, name)(wide)
        for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
            at = arb(x) * (1 + arb(share * width * (1 - 2.0**-20)))
            exact = _exact(1, at)
            assert got.overlaps(exact.log() if order else _exact(0, at) / exact)
        assert got.rad() < (1 + abs(got)) * 8 * width
    assert not BALLS.log_scaled_bessel_k1(arb(0.5, 1)).is_finite()


@pytest.mark.parametrize("precision", [53, 150])
@pytest.mark.parametrize("z", [(0.5, 0.25), (1.0, 0.0), (1.0, 3.0), (2.5, -1.0), (20.0, 9.0), (90.0, 60.0), (1e6, 1.0)])
@pytest.mark.parametrize("width", [0.0, 0.0625])
def test_the_trapezoidal_rule_encloses_the_function_of_a_complex_ball(
    z: tuple[float, float], width: float, precision: int
) -> None:
    wide = acb(arb(z[0], z[0] * width), arb(z[1], z[0] * width))
    with ctx.workprec(precision):
        got = ComplexNumbers(analytic=True).log_scaled_bessel_k1(wide)
        for along in (-0.9, 0.0, 0.9):
            for across in (-0.9, 0.0, 0.9):
                exact = _exact(1, acb(z[0] * (1 + along * width), z[1] + z[0] * across * width))
                assert got.overlaps(exact.log())
        if not width:
            assert got.real.rad() < (1 + abs(got)) * arb(2) ** (16 - precision)


def test_a_rule_that_claims_too_little_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: with every second node and the same claim the ball does not hold the value."""
    rule = ball_bessel._rule

    def coarser(eighths: int, bits: int) -> Any:
        step, terms, missed = rule(eighths, bits)
        return ball_bessel._Rule(2 * step, terms[1::2], missed)

    with ctx.workprec(100):
        z, exact = acb(3.0), _exact(1, arb(3.0))
        assert ball_bessel.scaled_k1_beside_the_axis(z).real.overlaps(exact)
        monkeypatch.setattr(ball_bessel, "_rule", coarser)
        assert not ball_bessel.scaled_k1_beside_the_axis(z).real.overlaps(exact)


def test_the_rule_serves_precisions_far_beyond_its_usual_ones() -> None:
    with ctx.workprec(2400):
        z = acb(1.25)
        assert ball_bessel.scaled_k1_beside_the_axis(z).real.overlaps(_exact(1, arb(1.25)))
        assert ball_bessel.scaled_k1_beside_the_axis(z).real.rel_accuracy_bits() > 2300


@pytest.mark.parametrize("x", [2.0**-30, 0.25, 1.5, 20.0, 1000.0])
def test_series_of_the_logarithm_are_its_taylor_series(x: float) -> None:
    ns = SeriesNumbers(10)
    with ctx.workprec(400):
        found = ns.coefficients(ns.log_scaled_bessel_k1(ns.variable(arb(x))))
        step = arb(x) * arb(2) ** -30
        total = sum((c * step**n for n, c in enumerate(found)), arb(0))
        assert abs(total - _exact(1, arb(x) + step).log()) < arb(2) ** -285
        assert found[9].rel_accuracy_bits() > 60


@pytest.mark.parametrize("digits", [25, 80])
@pytest.mark.parametrize("x", [1e-300, 0.25, 1.5, 20.0, 1000.0, 1e300])
def test_mpmath_and_floats_agree(x: float, digits: int) -> None:
    """mpmath's beside the real axis too, where its imaginary part is the derivative."""
    ns = MpNumbers(digits)
    with ctx.workprec(600):
        exact, slope = _exact(1, arb(x)).log(), 1 - _exact(0, arb(x)) / _exact(1, arb(x)) - 1 / arb(x)
        text = [ns.ctx.mpf(value.mid().str(120, radius=False)) for value in (exact, slope)]
    assert abs(ns.log_scaled_bessel_k1(ns.const(x)) - text[0]) <= abs(text[0]) * ns.ctx.mpf(10) ** (4 - digits)
    step = ns.ctx.mpf(10) ** -30 * x
    got = ns.log_scaled_bessel_k1(ns.ctx.mpc(x, step))
    known = ns.ctx.mpf(10) ** (8 - digits) * (1 + abs(text[1]))
    assert abs(got.imag / step - text[1]) <= known
    if x > 1e-300:
        assert FloatNumbers().log_scaled_bessel_k1(x) == pytest.approx(float(exact.mid()), rel=1e-13, abs=1e-15)


def test_array_balls_hold_the_function() -> None:
    drawn = np.random.default_rng(5)
    x = np.concatenate([[1.0, 1.5, 2.0**1000], drawn.uniform(1, 60, 300), np.exp(drawn.uniform(0, 300, 100))])
    radius = np.where(np.arange(len(x)) % 3 == 0, 0.0, x * 2.0**-40)
    got = array_bessel.log_scaled_k1(Ball(x, radius))
    for at, (mid, away) in enumerate(zip(x, radius, strict=True)):
        if mid - away < 1.0:
            assert np.isinf(got.rad[at])
            continue
        for shift in (-away, 0.0, away):
            exact = _exact(1, arb(mid) + arb(shift)).log()
            assert abs(arb(got.mid[at]) - exact) <= arb(got.rad[at]), mid
        assert got.rad[at] <= 2.0**-38 * (1 + abs(got.mid[at]))
    assert np.isinf(array_bessel.log_scaled_k1(Ball(np.array([0.5, np.nan, np.inf]), 0.0)).rad).all()


@pytest.mark.slow
@pytest.mark.parametrize("subject", [NIG, OTHER_NIG])
def test_the_density_is_one_and_has_the_declared_moments(subject: str) -> None:
    """By a plain quadrature, in which nothing of the closed forms enters; and by certified integrals."""
    law, floats = distribution_definition(subject), FloatNumbers()
    log_density, closed = law.log_density, law.moments
    assert log_density is not None
    assert closed is not None

    def average(power: int) -> float:
        def at(x: float) -> float:
            return float(x**power * np.exp(log_density(floats, x)))

        low, high = law.ordinary
        ends = [low - 20 * (high - low), low - 3 * (high - low), low, high, high + 3 * (high - low)]
        ends.append(high + 20 * (high - low))
        pieces = [*ends[:3], law.params["loc"], *ends[3:]]
        return sum(integrate.quad(at, a, b, epsabs=1e-13, epsrel=1e-12)[0] for a, b in pairwise(pieces))

    assert average(0) == pytest.approx(1.0, rel=1e-11)
    assert average(1) == pytest.approx(closed.mean(floats), rel=1e-10)
    assert average(2) - average(1) ** 2 == pytest.approx(closed.variance(floats), rel=1e-9)
    problem = Problem(law)
    with ctx.workprec(200):
        exact = closed.mean(BALLS)
        certified = expectation(problem, Quantity(1), 80)
        assert certified.overlaps(exact)
        assert certified.rad() < 2.0**-70
        around = float(exact.mid())
        off = exact - arb(around)
        assert (expectation(problem, Quantity(2, around), 80) - off * off).overlaps(closed.variance(BALLS))
    assert float(statistic(subject, "stddev").text) == pytest.approx(float(closed.variance(FloatNumbers())) ** 0.5)


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("part", ["lo", "hi"])
def test_a_wrong_rate_of_a_tail_is_a_violation(side: int, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail, at either bound."""

    def narrower(base: DistributionDefinition, towards: int, length: arb) -> DensityRate | None:
        rate = density_rate(base, towards, length)
        if rate is None or rate.lo is None or towards != side:
            return rate
        inner = (rate.lo + rate.hi) / 2
        return DensityRate(inner, rate.hi) if part == "lo" else DensityRate(rate.lo, rate.hi * arb("1.01"))

    monkeypatch.setattr(problems, "density_rate", narrower)
    forget()
    with pytest.raises(BoundViolated):
        Problem(distribution_definition(NIG)).audit(side, arb(4))
    forget()


def test_what_needs_a_distribution_function_is_not_asked() -> None:
    assert functions_of(NIG) == ("log_prob", "log_prob_from_base", "prob")
    assert functions_of(f"transformed({NIG},exp)") == ("log_prob", "log_prob_from_base", "prob")
    assert "cdf" in functions_of("normal(loc=0.0,scale=1.0)")
    assert "cdf" in functions_of("normal(loc=[0.0,1.0],scale=1.0)")  # A batch, which has no definition of its own.
    assert statistics_of(NIG) == ("entropy", "mean", "variance", "stddev", "mode")
    with pytest.raises(ValueError, match="has no quantity 'cdf'"):
        Oracle(None).truth(NIG, "cdf", np.array([0.5]), FORMATS["float64"])
    with pytest.raises(UnknownSubject, match="distribution function"):
        distribution_definition(f"mixture({NIG},normal(loc=0.0,scale=1.0),weights=[0.5,0.5])")


@pytest.mark.slow
def test_the_mode_and_the_entropy_are_those_of_a_plain_search() -> None:
    law = distribution_definition(NIG)
    log_density = law.log_density
    assert log_density is not None
    low, high = law.ordinary
    peak = optimize.minimize_scalar(lambda x: -float(log_density(FloatNumbers(), x)), (low, 0.0, high), tol=1e-12).x
    assert float(statistic(NIG, "mode").text) == pytest.approx(peak, abs=1e-6)
    x = np.linspace(low - 3 * (high - low), high + 3 * (high - low), 100_001)
    logs = np.array([float(log_density(FloatNumbers(), float(v))) for v in x])
    whole = float(np.trapezoid(-logs * np.exp(logs), x))
    assert float(statistic(NIG, "entropy").text) == pytest.approx(whole, rel=1e-9)
