"""Noncentral chi-squared laws with three degrees of freedom: the density against the general one, moments by certified
integrals, the declared rates."""

from __future__ import annotations

from math import exp

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import integrate, optimize, stats

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.lemmas import DensityRate
from conformance.definitions.registry import UnknownSubject, distribution_definition, functions_of, made_of
from conformance.floats.enclosures import as_float
from conformance.floats.formats import FORMATS
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics.bounds import BoundViolated, density_rate
from conformance.oracle.statistics.integrals import FEWEST_AUDITED, expectation
from conformance.oracle.statistics.problem import Problem
from conformance.oracle.statistics.tails import Quantity
from conformance.oracle.statistics.truth import forget, statistic

NONCENTRALITIES = [0.125, 2.5, 24.0]


def law(noncentrality: float) -> str:
    return f"noncentral_chi2(df=3.0,noncentrality={noncentrality!r})"


def base(noncentrality: float) -> DistributionDefinition:
    return distribution_definition(f"exp_noncentral_chi2(df=3.0,noncentrality={noncentrality!r})")


@pytest.mark.parametrize("noncentrality", NONCENTRALITIES)
@pytest.mark.parametrize("x", [-600.0, -30.0, -1.5, 0.0, 1.25, 3.0, 8.0, 20.0])
def test_the_density_is_the_general_one(noncentrality: float, x: float) -> None:
    """By mpmath's Bessel function of order 1/2, and by the Poisson mixture of central laws."""
    ns, log_density = MpNumbers(60), base(noncentrality).log_density
    assert log_density is not None
    got = log_density(ns, ns.const(x))
    with mpmath.workdps(60):
        size, v = mpmath.mpf(noncentrality), mpmath.exp(x)
        bessel = mpmath.besseli(mpmath.mpf(1) / 2, mpmath.sqrt(size * v))
        # Of X, and then of its logarithm.
        general = mpmath.log((v / size) ** (mpmath.mpf(1) / 4) * bessel / 2) - (v + size) / 2 + x
        assert abs(got - general) < mpmath.mpf(10) ** -45 * (1 + abs(general))
        if x > 5:
            return
        mixture = mpmath.nsum(
            lambda j: mpmath.exp(-size / 2) * (size / 2) ** j / mpmath.factorial(j) * _central(3 + 2 * j, v), [0, 150]
        )
        assert abs(got - mpmath.log(mixture * v)) < mpmath.mpf(10) ** -40 * (1 + abs(general))


def _central(df: mpmath.mpf, v: mpmath.mpf) -> mpmath.mpf:
    half = df / 2
    return (v / 2) ** half * mpmath.exp(-v / 2) / (v * mpmath.gamma(half))


@pytest.mark.parametrize("noncentrality", NONCENTRALITIES)
def test_the_moments_are_the_closed_ones(noncentrality: float) -> None:
    """The whole is 1 by a plain quadrature; mean and variance by certified integrals."""
    definition, floats = base(noncentrality), FloatNumbers()
    log_density = definition.log_density
    assert log_density is not None
    low, high = definition.ordinary
    whole = integrate.quad(lambda x: exp(log_density(floats, x)), low - 30, high + 3, points=[low, high], epsrel=1e-11)
    assert whole[0] == pytest.approx(1.0, rel=1e-10)
    problem = Problem(distribution_definition(law(noncentrality)))
    with ctx.workprec(200):
        mean, variance = arb(3) + noncentrality, 2 * (arb(3) + 2 * arb(noncentrality))
        found = expectation(problem, Quantity(1), 80)
        assert found.overlaps(mean)
        assert found.rad() < 2.0**-60
        around = float(mean.mid())
        assert expectation(problem, Quantity(2, around), 80).overlaps(variance)
    assert float(statistic(law(noncentrality), "stddev").text) == pytest.approx((6 + 4 * noncentrality) ** 0.5)


def test_entropy_and_mode_are_those_of_others() -> None:
    frozen = stats.ncx2(3.0, 2.5)
    assert float(statistic(law(2.5), "entropy").text) == pytest.approx(float(frozen.entropy()), rel=1e-8)
    peak = optimize.minimize_scalar(lambda v: -frozen.logpdf(v), (0.5, 2.0, 6.0), tol=1e-12).x
    assert float(statistic(law(2.5), "mode").text) == pytest.approx(peak, abs=1e-6)


@pytest.mark.parametrize("noncentrality", NONCENTRALITIES)
def test_the_rates_of_both_tails_are_audited(noncentrality: float) -> None:
    problem = Problem(base(noncentrality))
    for side in (-1, 1):
        assert problem.audit(side, arb(2)) >= FEWEST_AUDITED


@pytest.mark.parametrize(("side", "part"), [(-1, "lo"), (-1, "hi"), (1, "hi")])
def test_a_wrong_rate_of_a_tail_is_a_violation(side: int, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail, at either bound."""

    def narrower(law: DistributionDefinition, towards: int, length: arb) -> DensityRate | None:
        rate = density_rate(law, towards, length)
        if rate is None or towards != side:
            return rate
        if part == "lo":
            return DensityRate(rate.lo * arb("0.9"), rate.hi) if rate.lo is not None else rate
        return DensityRate(rate.lo, rate.hi * arb("1.1"))

    monkeypatch.setattr(problems, "density_rate", narrower)
    forget()
    with pytest.raises(BoundViolated):
        Problem(base(2.5)).audit(side, arb(2))
    forget()


def test_far_out_the_density_is_certified_all_the_same() -> None:
    y = np.array([5e-324, 1e-300, 1e300, 1.7e308])
    got = as_float(Oracle(None).truth(law(2.5), "log_prob", y, FORMATS["float64"]))
    np.testing.assert_allclose(got[:2], 0.5 * np.log(y[:2]) - 1.25 - 0.5 * np.log(2 * np.pi), rtol=1e-12)
    np.testing.assert_allclose(got[2:], -y[2:] / 2, rtol=1e-12)


def test_what_is_not_declared_is_not_asked() -> None:
    assert functions_of(law(2.5)) == ("log_prob", "log_prob_from_base", "prob")
    with pytest.raises(UnknownSubject, match="df must be 3"):
        distribution_definition("noncentral_chi2(df=2.0,noncentrality=2.5)")
    with pytest.raises(UnknownSubject, match="noncentrality must be positive"):
        distribution_definition("noncentral_chi2(df=3.0,noncentrality=0.0)")
    assert str(made_of("noncentral_chi2(df=3.0,noncentrality=2.5)")).startswith("transformed(exp_noncentral_chi2(")
