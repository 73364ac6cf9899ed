"""Mixtures: expansions and rates at both ends, quantiles, statistics and modes, and what mixtures refuse."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import inf

import ml_dtypes
import numpy as np
import pytest
from flint import arb, ctx
from scipy import integrate, optimize, stats

from conformance.definitions.distributions import quantile_map
from conformance.definitions.registry import UnknownSubject, distribution_definition
from conformance.definitions.tails import Tail
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.bulk import scalars
from conformance.oracle.numbers import array_balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.opinion.second_opinion import second_opinion
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.jets import jet_at
from conformance.oracle.statistics.bounds import BoundViolated
from conformance.oracle.statistics.problem import NotProvable, Problem
from conformance.oracle.statistics.truth import forget, statistic

BALLS = BallNumbers()
TWO = "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])"
HEAVY = "mixture(normal(loc=-0.75,scale=0.5),student_t(df=4.5,loc=0.25,scale=1.5),weights=[0.75,0.25])"
FAR = (
    "mixture_same_family(normal(loc=0.25,scale=1.5),normal(loc=96.0,scale=0.5),"
    "weights=[0.99999904632568359375,9.5367431640625e-07])"
)
EVEN = "mixture_same_family(normal(loc=-1.5,scale=0.75),normal(loc=1.5,scale=0.75),weights=[0.5,0.5])"
ALIKE = "mixture(student_t(df=3.0,loc=0.25,scale=1.5),student_t(df=3.0,loc=-2.0,scale=0.5),weights=[0.25,0.75])"
WAITS = "mixture(exponential(rate=1.5),exponential(rate=0.25),weights=[0.25,0.75])"
SUBJECTS = (TWO, HEAVY, FAR, EVEN, ALIKE, WAITS)


@pytest.mark.parametrize("subject", [TWO, HEAVY, FAR, ALIKE, WAITS])
def test_the_density_ends_as_it_is_declared(subject: str) -> None:
    """The log density less its expansion tends to 0."""
    law = distribution_definition(subject)
    assert law.log_density is not None
    with ctx.workprec(4000):
        for side, tail in ((-1, law.lower_tail), (1, law.upper_tail)):
            if abs(law.support.lo if side < 0 else law.support.hi) != inf:
                continue
            assert tail is not None
            off = [law.log_density(BALLS, side * t) - _expanded(tail, t) for t in (arb(2) ** 12, arb(2) ** 40)]
            assert abs(off[1]) < 1e-9
            assert not abs(off[1]) > abs(off[0])


def _expanded(tail: Tail, t: arb) -> arb:
    total: arb = tail.constant(BALLS)
    for (kind, rate, _), coefficient in tail.terms.items():
        assert kind != "exp"
        exact = arb(coefficient.numerator) / coefficient.denominator
        total += exact * (t.log() if kind == "log" else t ** (arb(rate.numerator) / rate.denominator))
    return total


def test_the_slowest_component_is_the_reference() -> None:
    """Around another one the far logarithms would cancel: x^2/2 is 5e75 at 1e38, where log t is 400."""
    assert [one.law.name for one in distribution_definition(HEAVY).mixed] == ["student_t", "normal"]
    law = distribution_definition(HEAVY)
    assert law.log_density is not None
    with ctx.workprec(80):
        assert law.log_density(BALLS, arb(1e38)).rel_accuracy_bits() > 60


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("q", [1e-300, 1e-12, 0.25, 0.375, 0.5, 0.75, 1 - 2.0**-20, 1 - 2.0**-45])
def test_a_quantile_is_proved_by_the_cdf(subject: str, q: float) -> None:
    """1 - 2^-20 lies on the stretch between the two components of FAR, where the density is e^-1150."""
    law = distribution_definition(subject)
    cdf, survival = law.cdf, law.survival
    assert cdf is not None
    assert survival is not None
    with ctx.workprec(3000):
        x = jet_at(quantile_map(law), arb(q)).value
        assert cdf(BALLS, x).overlaps(arb(q))
        if x.contains(0):
            assert x.rad() < arb(2) ** -2000
            return
        assert x.rel_accuracy_bits() > 60
        low, high = (cdf(BALLS, x * (1 + side * arb(2) ** -50)) for side in ((-1, 1) if x > 0 else (1, -1)))
        assert low < arb(q) < high


@pytest.mark.slow
@pytest.mark.parametrize("subject", [TWO, HEAVY, FAR])
def test_quantiles_of_a_short_format_need_no_balls(subject: str) -> None:
    """A condition number that is nan would leave a point to Arb; half of them once had one."""
    every = np.arange(1, 0x3F80, dtype=np.uint16).view(ml_dtypes.bfloat16)
    found = scalars.enclose(subject, "icdf", every, format_named("bfloat16"))
    assert found is not None
    assert (found.kind == Kind.FINITE).all()


def test_softplus_is_bounded_far_below_however_wide_its_argument() -> None:
    """A far component's logarithm is known to no digit where another one is all of the density."""
    wide = Ball(np.array([-1e20, -800.0, -5.0]), np.array([1e19, 2.0, 2.0]))
    found = array_balls.softplus(wide, array_balls.spread(array_balls.tail(wide.mid)))
    assert (found.rad[:2] < 2.0**-980).all()
    assert (found.rad[:2] >= found.mid[:2]).all(), "it may be as good as 0"
    assert found.mid[2] + found.rad[2] >= np.log1p(np.exp(-3.0))
    assert found.mid[2] - found.rad[2] <= np.log1p(np.exp(-7.0))


@pytest.mark.slow
@pytest.mark.parametrize("subject", [TWO, HEAVY, WAITS])
def test_moments_are_those_of_the_density(subject: str) -> None:
    """By SciPy's integral over the mixture's own density, which knows of no components."""
    law = distribution_definition(subject)
    low, high = (float(v) for v in (law.support.lo, law.support.hi))

    def density(x: float) -> float:
        assert law.log_density is not None
        with ctx.workprec(80):
            return float(law.log_density(BALLS, arb(x)).exp().mid())

    ends = [max(low, -4e4), *(max(low, v) for v in (-200.0, -20.0, 0.0)), 20.0, 200.0, min(high, 4e4)]

    def moment(power: int) -> float:
        return float(sum(integrate.quad(lambda x: density(x) * x**power, *two, limit=200)[0] for two in pairwise(ends)))

    first, second = moment(1), moment(2)
    found = {name: float(statistic(subject, name).text) for name in ("mean", "variance")}
    assert found["mean"] == pytest.approx(first, rel=1e-6)
    assert found["variance"] == pytest.approx(second - first**2, rel=1e-3 if "student" in subject else 1e-6)
    assert statistic(subject, "stddev").text.startswith(repr(found["variance"] ** 0.5)[:10])


def test_a_moment_of_one_component_that_is_infinite_is_infinite() -> None:
    cauchy = "mixture(normal(loc=0.25,scale=1.5),cauchy(loc=0.25,scale=1.5),weights=[0.75,0.25])"
    assert [statistic(cauchy, name).text for name in ("mean", "variance")] == ["nan", "nan"]
    heavy = "mixture(normal(loc=0.25,scale=1.5),student_t(df=1.5,loc=0.25,scale=1.5),weights=[0.75,0.25])"
    assert statistic(heavy, "variance").text == "inf"
    assert statistic(heavy, "mean").text == "0.250000000000000000000000000000"


@pytest.mark.parametrize("subject", [TWO, HEAVY, FAR, EVEN])
def test_a_mode_is_where_a_plain_search_finds_it(subject: str) -> None:
    law = distribution_definition(subject)

    def height(x: float) -> float:
        assert law.log_density is not None
        with ctx.workprec(80):
            return float(law.log_density(BALLS, arb(float(x))).mid())

    reach = np.linspace(*law.ordinary, 4001)
    best = reach[np.argmax([height(x) for x in reach])]
    found = optimize.minimize_scalar(lambda x: -height(x), bracket=(best - 0.05, best + 0.05), tol=1e-12).x
    said = statistic(subject, "mode")
    modes = [float(said.text), *(float(low) for low, _ in said.also)]
    assert min(abs(mode - found) for mode in modes) < 1e-5
    assert len(modes) == (2 if subject == EVEN else 1)


@pytest.mark.slow
@pytest.mark.parametrize("subject", [TWO, HEAVY, FAR])
@pytest.mark.parametrize("quantity", ["entropy", "mean", "variance", "mode"])
def test_mpmath_agrees(subject: str, quantity: str) -> None:
    fmt = format_named("float32")
    truth = Oracle().truth(subject, quantity, np.full(1, np.nan), fmt)
    assert second_opinion(subject, quantity, np.asarray(np.nan), truth, fmt).agrees


def test_a_rate_that_is_too_fast_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fastest component's rate in the place of the slowest's."""
    from conformance.oracle.statistics import bounds

    true = bounds._mixed_rate

    def wrong(base, side, length):  # type: ignore[no-untyped-def]
        found = true(base, side, length)
        return None if found is None else replace(found, hi=8 * found.hi)

    monkeypatch.setattr(bounds, "_mixed_rate", wrong)
    with pytest.raises(BoundViolated):
        Problem(distribution_definition(TWO)).audit(1, arb(16))


def test_what_has_a_kink_has_no_certified_entropy() -> None:
    forget()
    kinked = "mixture_same_family(laplace(loc=0.25,scale=1.5),laplace(loc=-1.0,scale=0.5),weights=[0.25,0.75])"
    with pytest.raises(NotProvable, match="mixture of laplace laws"):
        statistic(kinked, "entropy")
    assert statistic(kinked, "mean").text.startswith("-0.6875")


def test_weights_are_shares_of_their_sum() -> None:
    thirds = distribution_definition("mixture(normal(loc=0.0,scale=1.0),normal(loc=1.0,scale=1.0),weights=[0.3,0.7])")
    assert sum((one.weight for one in thirds.mixed), Fraction(0)) == 1
    off = "mixture(normal(loc=0.0,scale=1.0),normal(loc=1.0,scale=1.0),weights=[0.5,0.50000190734863281])"
    with pytest.raises(UnknownSubject):
        distribution_definition(off)


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (
            "mixture(normal(loc=0.0,scale=1.0),weights=[0.5,0.5])",
            "weights must be as many numbers as there are laws, 1",
        ),
        ("mixture(normal(loc=0.0,scale=1.0),gumbel(loc=0.0,scale=1.0),weights=[0.5,0.25])", "positive, and 1 in all"),
        ("mixture(normal(loc=0.0,scale=1.0),gumbel(loc=0.0,scale=1.0),weights=[1.5,-0.5])", "positive, and 1 in all"),
        ("mixture(normal(loc=0.0,scale=1.0),exponential(rate=1.0),weights=[0.5,0.5])", "laws of one support"),
        ("mixture(normal(loc=0.0,scale=1.0),log_normal(loc=0.0,scale=1.0),weights=[0.5,0.5])", "is an image"),
        ("mixture(normal(loc=0.0,scale=1.0),tanh,weights=[0.5,0.5])", "takes laws of numbers, and tanh is none"),
        ("mixture(normal(loc=0.0,scale=1.0),loc=1.0)", "mixture takes weights, not"),
        (
            "mixture_same_family(normal(loc=0.0,scale=1.0),gumbel(loc=0.0,scale=1.0),weights=[0.5,0.5])",
            "laws of one family, not normal and gumbel",
        ),
    ],
)
def test_what_is_no_mixture_is_told_on_one_line(subject: str, told: str) -> None:
    with pytest.raises(UnknownSubject, match=told) as problem:
        distribution_definition(subject)
    assert "\n" not in str(problem.value)


def test_scipys_components_mixed_are_the_law() -> None:
    law, at = distribution_definition(TWO), -2.25
    assert law.cdf is not None
    mixed = 0.375 * stats.norm.cdf(at, -1.5, 0.5) + 0.625 * stats.norm.cdf(at, 1.25, 2.0)
    assert float(law.cdf(BALLS, arb(at)).mid()) == pytest.approx(mixed, rel=1e-13)
