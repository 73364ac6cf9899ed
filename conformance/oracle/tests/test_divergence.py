"""The divergence of two laws: against closed forms of another source, at its ends, and what is not proved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from flint import arb
from scipy import integrate, stats

from conformance.definitions.registry import UnknownSubject, bases_of, distribution_definition
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics import divergence
from conformance.oracle.statistics.bounds import BoundViolated, centre_of
from conformance.oracle.statistics.problem import NotProvable
from conformance.oracle.statistics.truth import UnknownStatistic, statistic

LAWS = {
    "normal(loc=0.25,scale=1.5)": stats.norm(0.25, 1.5),
    "normal(loc=-1.0,scale=2.5)": stats.norm(-1.0, 2.5),
    "laplace(loc=-1.0,scale=2.5)": stats.laplace(-1.0, 2.5),
    "logistic(loc=0.5,scale=0.75)": stats.logistic(0.5, 0.75),
    "gumbel(loc=0.25,scale=1.5)": stats.gumbel_r(0.25, 1.5),
    "gumbel(loc=-1.0,scale=2.5)": stats.gumbel_r(-1.0, 2.5),
    "student_t(df=5.0,loc=0.25,scale=1.5)": stats.t(5.0, 0.25, 1.5),
    "student_t(df=3.0,loc=-1.0,scale=2.5)": stats.t(3.0, -1.0, 2.5),
    "exponential(rate=1.5)": stats.expon(scale=1 / 1.5),
    "exponential(rate=0.625)": stats.expon(scale=1.6),
    "exp_gamma(concentration=2.5,rate=1.5)": stats.loggamma(2.5, -np.log(1.5)),
    "exp_gamma(concentration=0.625,rate=0.5)": stats.loggamma(0.625, np.log(2.0)),
    # The divergence of beta laws is that of the laws of the logits.
    "logistic_beta(concentration1=2.5,concentration0=1.75)": stats.beta(2.5, 1.75),
    "logistic_beta(concentration1=0.625,concentration0=2.5)": stats.beta(0.625, 2.5),
    "continuous_bernoulli(probs=0.25)": stats.truncexpon(np.log(3.0), scale=1 / np.log(3.0)),
    "continuous_bernoulli(probs=0.375)": stats.truncexpon(np.log(5 / 3), scale=1 / np.log(5 / 3)),
    "uniform(low=0.25,high=0.75)": stats.uniform(0.25, 0.5),
    "uniform(low=-0.5,high=1.5)": stats.uniform(-0.5, 2.0),
}
BOUNDED = ("uniform", "continuous_bernoulli")
"""Laws with no tail to bound."""

PAIRS = [
    ("normal(loc=0.25,scale=1.5)", "normal(loc=-1.0,scale=2.5)"),
    ("normal(loc=-1.0,scale=2.5)", "laplace(loc=-1.0,scale=2.5)"),
    ("laplace(loc=-1.0,scale=2.5)", "normal(loc=0.25,scale=1.5)"),
    ("logistic(loc=0.5,scale=0.75)", "gumbel(loc=0.25,scale=1.5)"),
    ("gumbel(loc=0.25,scale=1.5)", "gumbel(loc=-1.0,scale=2.5)"),
    ("normal(loc=0.25,scale=1.5)", "student_t(df=5.0,loc=0.25,scale=1.5)"),
    ("student_t(df=5.0,loc=0.25,scale=1.5)", "student_t(df=3.0,loc=-1.0,scale=2.5)"),
    ("exponential(rate=0.625)", "exponential(rate=1.5)"),
    ("exponential(rate=1.5)", "gumbel(loc=-1.0,scale=2.5)"),
    ("uniform(low=0.25,high=0.75)", "uniform(low=-0.5,high=1.5)"),
    ("uniform(low=0.25,high=0.75)", "exponential(rate=1.5)"),
    ("exp_gamma(concentration=2.5,rate=1.5)", "exp_gamma(concentration=0.625,rate=0.5)"),
    (
        "logistic_beta(concentration1=2.5,concentration0=1.75)",
        "logistic_beta(concentration1=0.625,concentration0=2.5)",
    ),
    ("continuous_bernoulli(probs=0.25)", "continuous_bernoulli(probs=0.375)"),
    ("continuous_bernoulli(probs=0.375)", "uniform(low=-0.5,high=1.5)"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_it_is_what_a_plain_quadrature_finds(first: str, second: str) -> None:
    p, q = LAWS[first], LAWS[second]

    def integrand(x: float) -> float:
        return float(p.pdf(x) * (p.logpdf(x) - q.logpdf(x)))

    cuts = [p.ppf(share) for share in (1e-14, 0.01, 0.3, 0.7, 0.99, 1 - 1e-14)] + [-1.0]
    ends = sorted(cut for cut in cuts if p.ppf(0) <= cut)
    ends = [max(p.ppf(0), -400.0), *ends, min(p.ppf(1), 400.0)]
    found = sum(integrate.quad(integrand, a, b, limit=200)[0] for a, b in pairwise(ends) if a < b)
    assert float(statistic(f"pair({first},{second})", "kl").text) == pytest.approx(found, rel=1e-8, abs=1e-9)
    own = float(statistic(first, "entropy").text)
    assert float(statistic(f"pair({first},{second})", "cross_entropy").text) == pytest.approx(found + own, rel=1e-8)


def test_of_a_law_from_itself_it_is_nothing_and_outside_a_support_infinite() -> None:
    law = "gumbel(loc=0.25,scale=1.5)"
    assert statistic(f"pair({law},{law})", "kl").text == "0"
    assert statistic(f"pair({law},{law})", "kl").lo == "0"
    for first, second in (
        ("uniform(low=-0.5,high=1.5)", "uniform(low=0.25,high=0.75)"),
        ("normal(loc=0.25,scale=1.5)", "exponential(rate=1.5)"),
        ("exponential(rate=1.5)", "uniform(low=0.0,high=3.0)"),
    ):
        for quantity in ("kl", "cross_entropy"):
            known = statistic(f"pair({first},{second})", quantity)
            assert (known.text, known.infinite) == ("inf", True)


def test_what_both_laws_go_through_changes_nothing() -> None:
    first, second = "normal(loc=0.25,scale=1.5)", "normal(loc=-1.0,scale=2.5)"
    bare = statistic(f"pair({first},{second})", "kl")
    through = f"pair(transformed({first},tanh),transformed({second},tanh))"
    assert statistic(through, "kl").text == bare.text
    entropies = [float(statistic(each, "entropy").text) for each in (f"transformed({first},tanh)", first)]
    moved = float(statistic(through, "cross_entropy").text) - float(
        statistic(f"pair({first},{second})", "cross_entropy").text
    )
    assert moved == pytest.approx(entropies[0] - entropies[1], rel=1e-12)
    assert bases_of("pair(log_normal(loc=0.25,scale=1.5),transformed(normal(loc=-1.0,scale=2.5),exp))") == (
        "normal(loc=0.25,scale=1.5)",
        "normal(loc=-1.0,scale=2.5)",
    )


@pytest.mark.parametrize(
    "pair",
    [
        "pair(normal(loc=0.25,scale=1.5),transformed(normal(loc=0.25,scale=1.5),tanh))",
        "pair(transformed(normal(loc=0.25,scale=1.5),exp),transformed(normal(loc=0.25,scale=1.5),tanh))",
        "pair(student_t(df=5.0,loc=0.25,scale=1.5),normal(loc=0.25,scale=1.5))",
        "pair(laplace(loc=0.25,scale=1.5),gumbel(loc=0.25,scale=1.5))",
    ],
)
def test_what_is_not_proved_says_so(pair: str) -> None:
    with pytest.raises(NotProvable):
        statistic(pair, "kl")


def test_one_law_has_no_divergence_and_two_have_no_mean() -> None:
    with pytest.raises(UnknownStatistic, match="kl is asked of two distributions"):
        statistic("normal(loc=0.25,scale=1.5)", "kl")
    with pytest.raises(UnknownStatistic, match="mean is asked of one"):
        statistic("pair(exponential(rate=1.5),exponential(rate=0.625))", "mean")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pair(normal(loc=0.25,scale=1.5))", "takes two distributions, not 1 parts"),
        ("pair(normal(loc=0.25,scale=1.5),tanh)", "pair takes distributions, and tanh is none"),
        ("pair(exponential(rate=1.5),exponential(rate=1.5),ndims=1.0)", "pair takes no parameters"),
    ],
)
def test_what_is_no_pair_says_so(text: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said):
        distribution_definition(text)


def test_a_growth_that_is_declared_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divergence, "growth", lambda q, side, x: (arb(2) ** -20, arb(0)))
    p, q = (distribution_definition(f"normal(loc={loc},scale=1.5)") for loc in (0.25, -1.0))
    with pytest.raises(BoundViolated):
        divergence.divergence(p, q, 60)


@pytest.mark.parametrize("second", [each for each in LAWS if not each.startswith(BOUNDED)])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_growth_of_a_log_density_holds_its_slope(second: str, side: int) -> None:
    q = distribution_definition(second)
    if side < 0 and q.name == "exponential":
        return
    for start in (0.5, 3.0, 40.0):
        x = ratio(centre_of(q)) + side * arb(start)
        grown = divergence.growth(q, side, x)
        assert grown is not None
        for distance in np.geomspace(1e-3, 30.0, 40):
            slope = abs(divergence._slope(q, x + side * arb(distance)))
            assert not slope > grown[0] * (grown[1] * arb(distance)).exp()
