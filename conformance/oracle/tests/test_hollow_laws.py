"""Densities that vanish at a centre or in joined pieces, and one whose rate is a hazard: what is declared of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import integrate, stats

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import distribution_definition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.jets import FIRST
from conformance.oracle.statistics import integrals, tails
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, centre_rate, density_rate
from conformance.oracle.statistics.joined import JOINED
from conformance.oracle.statistics.truth import forget, statistic

HOLLOW = "doublesided_maxwell(loc=0.25,scale=1.5)"
TOGETHER = "exponentially_modified_gaussian(loc=0.25,scale=1.5,rate=0.625)"
MEAN = "bates(high=2.5,low=-1.0,total_count=3.0)"
BALLS = BallNumbers()


def test_statistics_of_a_hollow_law_are_those_of_a_quadrature() -> None:
    def log_density(z: float) -> float:
        return float(2 * np.log(z) + stats.norm.logpdf(z))

    whole = integrate.quad(lambda z: np.exp(log_density(z)) * log_density(z), 1e-12, 40)[0]
    assert float(statistic(HOLLOW, "entropy").text) == pytest.approx(np.log(1.5) - 2 * whole, rel=1e-9)
    assert float(statistic(HOLLOW, "mean").text) == 0.25
    assert float(statistic(HOLLOW, "variance").text) == 3 * 1.5**2
    both = statistic(HOLLOW, "mode")
    assert float(both.text) == pytest.approx(0.25 - 1.5 * np.sqrt(2), rel=1e-15)
    assert float(both.also[0][0]) == pytest.approx(0.25 + 1.5 * np.sqrt(2), rel=1e-15)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_at_its_centre_the_density_is_0_and_the_tails_are_half(dtype: str) -> None:
    fmt = FORMATS[dtype]
    x = np.array([0.25], fmt.dtype)
    assert list(Oracle(None).truth(HOLLOW, "log_prob", x, fmt).kind) == [Kind.NEG_INF]
    assert list(Oracle(None).truth(HOLLOW, "log_prob_from_base", x, fmt).kind) == [Kind.NEG_INF]
    half = Oracle(None).truth(HOLLOW, "cdf", x, fmt)
    assert (half.hi[0], half.exponent[0]) == (0.5, 0)


def test_a_wrong_rate_at_the_centre_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""

    def flatter(base: DistributionDefinition, distance: arb) -> tuple[arb, arb] | None:
        rate = centre_rate(base, distance)
        return None if rate is None else (rate[0] / 2, rate[1] - arb(0.125))

    for room in (problems, tails, integrals):
        monkeypatch.setattr(room, "centre_rate", flatter)
    forget()
    with pytest.raises(BoundViolated):
        statistic(HOLLOW, "entropy")
    forget()


@pytest.mark.parametrize("subject", [HOLLOW, TOGETHER])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_wrong_rate_of_a_tail_is_a_violation(subject: str, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def steeper(base: DistributionDefinition, towards: int, length: arb) -> DensityRate | None:
        rate = density_rate(base, towards, length)
        if rate is None or towards != side:
            return rate
        return DensityRate(rate.lo, rate.hi * arb("1.01"), rate.power)

    monkeypatch.setattr(problems, "density_rate", steeper)
    forget()
    with pytest.raises(BoundViolated):
        statistic(subject, "mean")
    forget()


def test_another_power_at_the_end_of_a_mean_of_uniform_variables_is_a_violation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert float(statistic(MEAN, "variance").text) == pytest.approx(3.5**2 / 36, rel=1e-15)
    plain = problems.Problem._plain_end

    def steeper(self: problems.Problem, side: int, point: float) -> problems.End:
        end = plain(self, side, point)
        return end if end.vanishes is None else end._replace(vanishes=end.vanishes._replace(power=Fraction(3)))

    monkeypatch.setattr(problems.Problem, "_plain_end", steeper)
    forget()
    with pytest.raises(BoundViolated):
        statistic(MEAN, "variance")
    forget()


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_statistics_of_a_mean_are_split_at_every_knot(count: int) -> None:
    """The variance is (high - low)^2/(12 n); the mean of two is triangular, and integrated otherwise."""
    subject = f"bates(high=2.5,low=-1.0,total_count={count}.0)"
    assert float(statistic(subject, "variance").text) == pytest.approx(3.5**2 / (12 * count), rel=1e-15)
    law: Any = distribution_definition(subject)
    plain = integrate.quad(
        lambda x: -float(law.log_density(BALLS, arb(x))) * float(law.log_density(BALLS, arb(x)).exp()),
        -1 + 1e-9,
        2.5 - 1e-9,
        points=[-1 + 3.5 * k / count for k in range(1, count)],
    )[0]
    assert float(statistic(subject, "entropy").text) == pytest.approx(plain, rel=1e-7)
    if count == 2:
        same = statistic("triangular(low=-1.0,high=2.5,peak=0.75)", "entropy")
        assert statistic(subject, "entropy").text == same.text


def test_slopes_across_a_join_hold_those_on_both_sides() -> None:
    law, knot = distribution_definition(MEAN), arb(1) / 6
    assert law.log_density is not None
    with ctx.workprec(200):
        wide = knot + arb(0, 2.0**-20)
        slope = law.log_density(JOINED, JOINED.variable(wide))[1]
        assert slope.is_finite()
        for away in (-(2.0**-21), 2.0**-21):
            assert slope.contains(law.log_density(FIRST, FIRST.variable(knot + arb(away)))[1])
        assert not law.log_density(FIRST, FIRST.variable(wide))[1].is_finite()


@pytest.mark.parametrize("subject", [HOLLOW, TOGETHER, MEAN])
@pytest.mark.parametrize("q", [1e-300, 1e-9, 0.25, 0.625, 1 - 2.0**-40])
def test_candidates_for_quantiles_are_good_to_the_working_precision(subject: str, q: float) -> None:
    definition: Any = distribution_definition(subject)
    with ctx.workprec(1200):
        at = definition.quantile(BALLS, BALLS.const(q))
        assert abs(definition.cdf(BALLS, at) / q - 1) < 2.0**-120
        mirrored = definition.upper_quantile(BALLS, BALLS.const(q))
        assert abs(definition.survival(BALLS, mirrored) / q - 1) < 2.0**-120
    assert definition.quantile(FloatNumbers(), q) == pytest.approx(float(at.mid()), rel=1e-9)


@pytest.mark.parametrize("x", [-1e4, -40.0, -3.0, 0.25, 2.0, 40.0])
def test_the_tails_of_a_sum_are_integrals_over_its_exponential_part(x: float) -> None:
    """P(N + E <= x) = E[Phi((x - E - loc)/scale)] and the rest, by mpmath's quadrature."""
    definition: Any = distribution_definition(TOGETHER)
    with mpmath.workdps(30):
        rate, loc, scale = mpmath.mpf("0.625"), mpmath.mpf("0.25"), mpmath.mpf("1.5")
        side = 1 if x < 4 else -1

        def beyond(wait: Any) -> Any:
            return rate * mpmath.exp(-rate * wait) * mpmath.erfc(side * (wait + loc - x) / scale / mpmath.sqrt(2)) / 2

        narrow = min(1.0, 2.25 / abs(x - 0.25) if x != 0.25 else 1.0)
        places = (
            [0, *(narrow * 2.0**k for k in range(-2, 9))] if side > 0 else [0, *(x + k for k in range(-30, 100, 6))]
        )
        expected = mpmath.log(mpmath.quad(beyond, places))
        with ctx.workprec(300):
            own = definition.log_cdf if side > 0 else definition.log_survival
            found = mpmath.mpf(own(BALLS, BALLS.const(x)).str(40, radius=False))
        assert abs(found - expected) < mpmath.mpf("1e-12") * abs(expected)
