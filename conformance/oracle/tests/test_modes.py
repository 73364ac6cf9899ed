"""Modes: against a plain search and closed forms, at ends of the support, of laws that have several or none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from scipy import optimize, stats

from conformance.definitions.registry import distribution_definition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.opinion.second_opinion import second_opinion
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics import bounds, modes
from conformance.oracle.statistics.enclosing import nearest
from conformance.oracle.statistics.modes import modes_of
from conformance.oracle.statistics.problem import NotProvable
from conformance.oracle.statistics.truth import statistic

GRID = [(0.0, 0.25), (0.0, 1.0), (0.5, 0.5), (2.0, 1.0), (4.0, 3.0), (-1.5, 0.875)]
WIDE = "transformed(normal(loc=0.0,scale=20.0),tanh)"
FLAT = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
BOWL = "relaxed_bernoulli(temperature=0.375,logits=0.75)"


def policy(loc: float, scale: float) -> str:
    return f"transformed(normal(loc={loc!r},scale={scale!r}),tanh)"


def log_density(x: np.ndarray, loc: float, scale: float) -> np.ndarray:
    return stats.norm.logpdf(x, loc, scale) - 2 * (np.log(2) - np.abs(x) - np.log1p(np.exp(-2 * np.abs(x))))


@pytest.mark.slow
@pytest.mark.parametrize(("loc", "scale"), GRID)
def test_a_mode_is_where_a_plain_search_finds_it(loc: float, scale: float) -> None:
    found_modes = modes_of(policy(loc, scale)).points
    reach = np.linspace(loc - 4 - 2 * scale**2, loc + 4 + 2 * scale**2, 20001)
    start = reach[np.argmax(log_density(reach, loc, scale))]
    found = optimize.minimize_scalar(
        lambda x: -log_density(x, loc, scale), bracket=(start - 0.01, start + 0.01), tol=1e-14
    )
    assert min(abs(float(mode.x.mid()) - found.x) for mode in found_modes) < 1e-6
    assert len(found_modes) == (2 if (loc, scale) == (0.0, 1.0) else 1)
    for mode in found_modes:
        assert float(mode.x.rad()) < 1e-30
        assert float(mode.log_density.mid()) == pytest.approx(-found.fun, abs=1e-9)


@pytest.mark.parametrize(
    ("subject", "closed"),
    [
        ("normal(loc=0.25,scale=1.5)", 0.25),
        ("laplace(loc=0.25,scale=1.5)", 0.25),
        ("student_t(df=5.0,loc=0.25,scale=1.5)", 0.25),
        ("log_normal(loc=0.25,scale=1.5)", np.exp(0.25 - 2.25)),
        ("log_logistic(loc=0.25,scale=0.375)", np.exp(0.25) * (0.625 / 1.375) ** 0.375),
        ("weibull(scale=1.5,concentration=2.5)", 1.5 * 0.6**0.4),
        ("generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.375)", 0.25 + 4 * (1.375**-0.375 - 1)),
        ("kumaraswamy(concentration1=2.5,concentration0=1.75)", (1.5 / 3.375) ** 0.4),
        ("exponential(rate=1.5)", 0.0),
        ("continuous_bernoulli(probs=0.25)", 0.0),
        ("continuous_bernoulli(probs=0.625)", 1.0),
        ("truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)", 0.25),
        ("truncated_normal(loc=0.0,scale=1.0,low=5.0,high=8.0)", 5.0),
        ("truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=-0.5)", -0.5),
        ("triangular(low=-1.0,high=2.5,peak=0.25)", 0.25),
        ("triangular(low=-1.0,high=2.5,peak=2.5)", 2.5),
        ("generalized_normal(loc=0.25,scale=1.5,power=4.0)", 0.25),
        ("inverse_gaussian(loc=1.5,concentration=2.5)", 1.5 * (np.sqrt(1 + 0.81) - 0.9)),
        ("two_piece_normal(loc=0.25,scale=1.5,skewness=1.75)", 0.25),
        ("gamma_gamma(concentration=2.5,mixing_concentration=4.5,mixing_rate=1.5)", 1.5 * 1.5 / 5.5),
        ("pert(low=-1.0,high=3.0,peak=0.5,temperature=4.0)", 0.5),
        ("bates(high=2.5,low=-1.0,total_count=3.0)", 0.75),
        ("lambert_w_normal(loc=0.25,scale=1.5,tailweight=0.375)", 0.25),
        ("exp_gamma(concentration=2.5,rate=1.5)", np.log(2.5 / 1.5)),
        ("gamma(concentration=2.5,rate=48.0)", 1.5 / 48),
        ("gamma(concentration=0.625,rate=0.015625)", 0.0),
        ("chi(df=3.5)", np.sqrt(2.5)),
        ("inverse_gamma(concentration=2.5,scale=1.5)", 1.5 / 3.5),
        ("logistic_beta(concentration1=2.5,concentration0=1.75)", np.log(2.5 / 1.75)),
        ("beta(concentration1=2.5,concentration0=1.75)", 1.5 / 2.25),
        ("beta(concentration1=0.625,concentration0=2.5)", 0.0),
        ("beta(concentration1=0.0009765625,concentration0=2.5)", 0.0),
        ("beta(concentration1=10240.0,concentration0=7168.0)", 10239 / 17406),
        ("fisher_snedecor(df1=7.0,df2=5.5)", 5 / 7 * 5.5 / 7.5),
        ("fisher_snedecor(df1=1.25,df2=3.5)", 0.0),
        ("pareto(scale=1.5,concentration=2.5)", 1.5),
        ("weibull(scale=1.5,concentration=0.625)", 0.0),
        ("kumaraswamy(concentration1=2.5,concentration0=0.625)", 1.0),
        ("transformed(laplace(loc=0.25,scale=1.5),exp)", 0.0),
    ],
)
def test_it_is_the_closed_form(subject: str, closed: float) -> None:
    known = statistic(subject, "mode")
    assert float(Fraction(known.lo)) == pytest.approx(closed, rel=1e-13, abs=1e-30)
    assert Fraction(known.lo) <= Fraction(known.hi)


@pytest.mark.parametrize(
    ("subject", "shown", "none"),
    [
        (WIDE, "-1.00000000000000000000000000000 or 1", False),
        (FLAT, "any from -3 to 2", True),
        ("transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))", "any from 0 to 1", True),
        (BOWL, "0 or 1", True),
        ("exponential(rate=1.5)", "0", True),
        ("normal(loc=0.25,scale=1.5)", "0.25", False),
        (policy(0.25, 1.5), "0.999850105481140596550971951659", False),  # The other maximum is the lower.
    ],
)
def test_several_modes_are_told_and_where_saying_none_is_right(subject: str, shown: str, none: bool) -> None:
    known = statistic(subject, "mode")
    assert known.shown == shown
    assert (nearest(known, np.nan, 1.0).kind[0] == Kind.NAN) == none


def test_the_nearest_of_several_answers_is_the_truth() -> None:
    def middle(subject: str, got: float) -> float:
        truth = nearest(statistic(subject, "mode"), got, 1.0)
        return float(truth.hi[0] * 2.0 ** truth.exponent[0])

    assert (middle(WIDE, -0.5), middle(WIDE, 0.5)) == (-1.0, 1.0)
    assert [middle(FLAT, got) for got in (-7.0, -3.0, 0.625, 2.0, 2.5)] == [-3.0, -3.0, 0.625, 2.0, 2.0]
    assert [middle(BOWL, got) for got in (0.25, 0.75)] == [0.0, 1.0]


def test_the_median_and_the_standard_deviation_are_the_closed_forms() -> None:
    law = stats.lognorm(1.5, scale=np.exp(0.25))
    assert float(statistic("log_normal(loc=0.25,scale=1.5)", "stddev").text) == pytest.approx(law.std(), rel=1e-13)
    falling = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
    middle = 0.75 - 2.5 * (0.25 - 1.5 * np.log(np.log(2)))
    assert float(statistic(falling, "median").text) == pytest.approx(middle, rel=1e-14)
    assert statistic("cauchy(loc=0.25,scale=1.5)", "stddev").shown == "nan"
    assert statistic("log_logistic(loc=0.25,scale=1.5)", "stddev").text == "inf"


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["stddev", "median", "mode"])
@pytest.mark.parametrize(
    "subject",
    [
        policy(0.25, 1.5),
        "laplace(loc=0.25,scale=1.5)",
        "weibull(scale=1.5,concentration=2.5)",
        "sinh_arcsinh_normal(loc=0.25,scale=1.5,skewness=0.75,tailweight=1.25)",
        "kumaraswamy(concentration1=2.5,concentration0=1.75)",
    ],
)
def test_mpmath_finds_the_same_and_not_another(subject: str, quantity: str) -> None:
    fmt, nowhere = format_named("float64"), np.asarray(np.nan)
    truth = Oracle().truth(subject, quantity, np.full(1, np.nan), fmt)
    assert second_opinion(subject, quantity, nowhere, truth, fmt).agrees
    truth.hi[:] *= 1 + 2.0**-40
    assert not second_opinion(subject, quantity, nowhere, truth, fmt).agrees


@pytest.mark.parametrize(
    "subject",
    [
        "exponential(rate=1.5)",
        "transformed(laplace(loc=0.25,scale=1.5),exp)",
        pytest.param("weibull(scale=1.5,concentration=0.625)", marks=pytest.mark.slow),
        # x**10 next to its end, which no iteration finds.
        pytest.param("weibull(concentration=0.1,scale=0.001)", marks=pytest.mark.slow),
    ],
)
def test_mpmath_finds_the_end_of_a_support(subject: str) -> None:
    fmt = format_named("float64")
    truth = Oracle().truth(subject, "mode", np.full(1, np.nan), fmt)
    assert second_opinion(subject, "mode", np.asarray(np.nan), truth, fmt).agrees


@pytest.mark.parametrize(
    "subject",
    [
        "transformed(normal(loc=0.25,scale=1.0),chain(exp,softplus,tanh))",
        "transformed(logistic(loc=0.25,scale=1.0),exp)",
    ],
)
def test_what_is_not_shown_to_fall_says_so(subject: str) -> None:
    with pytest.raises(NotProvable):
        modes_of(subject)


def test_what_could_hide_two_turns_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [(arb(-8), arb(-1), 1), (arb(-1), arb(0), 0), (arb(0), arb(1), 1), (arb(1), arb(8), -1)]
    monkeypatch.setattr(modes._Search, "_pieces", lambda self, low, high: pieces)
    with pytest.raises(NotProvable, match="turns near x = 0 could not be decided"):
        modes_of(policy(0.0, 0.25))


def test_a_wrong_rate_at_an_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modes, "end_rate", lambda through, low, distance: (arb(2), arb(3)))
    with pytest.raises(bounds.BoundViolated):
        modes_of("kumaraswamy(concentration1=2.5,concentration0=1.75)")


@pytest.mark.parametrize(("first", "second"), [(2.5, 1.75), (0.5, 0.625), (1.5, 4.0)])
def test_the_rates_at_the_ends_of_a_kumaraswamy_cdf_hold_the_derivative(first: float, second: float) -> None:
    law = f"kumaraswamy(concentration1={first},concentration0={second})"
    search = modes._Search(distribution_definition(law), 100)
    through = search._problem.through
    assert through is not None
    for low, point, side in ((True, arb(0), -1), (False, arb(1), 1)):
        rate = bounds.end_rate(through, low, arb(0.125))
        assert rate is not None
        for k in range(3, 30):
            t = arb(2) ** -k
            assert bounds.held(-side * t * search.slope(point - side * t), *rate, law, t)
