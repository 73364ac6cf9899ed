"""What is certified of laws that go through inverses: closed forms held by integrals, and integrals by closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx

from conformance.definitions.lemmas import SlopeRate
from conformance.definitions.ready_made import kumaraswamy
from conformance.definitions.registry import distribution_definition, transform_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Certificate
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.opinion.second_opinion import BASE_DIGITS, Opinion
from conformance.oracle.pointwise.jets import jet_at
from conformance.oracle.statistics import problem
from conformance.oracle.statistics.bounds import BoundViolated, slope_rate
from conformance.oracle.statistics.problem import Problem
from conformance.oracle.statistics.proved import audited, is_proved
from conformance.oracle.statistics.truth import statistic

BALLS = BallNumbers()
SHAPES = [(2.5, 0.625), (2.5, 1.75), (0.625, 0.375), (1.0, 1.0), (0.25, 4.0), (12.0, 0.75), (3.0, 48.0)]
Closed = Callable[[Any], dict[str, Any]]


def _raw_moment(a: float, b: float, order: int) -> arb:
    """E[X^m] = int_0^1 m x^(m - 1) (1 - F(x)) dx, by Arb, F the distribution function that the definition declares.

    Of a stretch next to an end the integral is at most m times its length, since 1 - F <= 1 and x^(m - 1) <= 1.
    """
    cdf = transform_definition(f"kumaraswamy_cdf(concentration1={a!r},concentration0={b!r})").forward
    left = arb(2) ** -90

    def integrand(v: acb, analytic: bool) -> acb:
        """In v = log x up to the middle, and in v = log(1 - x) beyond, so that both ends are far away."""
        x = v.exp()
        return order * x**order * (1 - cdf(ComplexNumbers(analytic), x))

    def mirrored(v: acb, analytic: bool) -> acb:
        t = v.exp()
        return t * order * (1 - t) ** (order - 1) * (1 - cdf(ComplexNumbers(analytic), 1 - t))

    half = arb(0.5).log()
    total = acb.integral(integrand, left.log(), half) + acb.integral(mirrored, left.log(), half)
    return total.real + arb(0).union(2 * order * left)


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_moments_of_kumaraswamys_law_are_certified_integrals_of_its_tail(a: float, b: float) -> None:
    law = distribution_definition(kumaraswamy(a, b)).moments
    assert law is not None
    with ctx.workprec(160):
        first, second = (_raw_moment(a, b, order) for order in (1, 2))
        assert max(first.rad(), second.rad()) < arb(2) ** -80
        assert first.overlaps(law.mean(BALLS))
        assert (second - first * first).overlaps(law.variance(BALLS))


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_the_entropy_of_kumaraswamys_law_is_the_integral_of_its_density(a: float, b: float) -> None:
    """By mpmath's quadrature of -f log f."""
    law = distribution_definition(kumaraswamy(a, b)).moments
    assert law is not None
    assert law.entropy is not None
    with mpmath.workdps(60):

        def weighed(x: Any, rest: Any) -> Any:
            """-f log f at x = 1 - rest, of which the smaller is exact."""
            log_rest = mpmath.log(-mpmath.expm1(a * mpmath.log1p(-rest))) if rest < 0.5 else mpmath.log1p(-(x**a))
            log_density = mpmath.log(mpmath.mpf(a) * b) + (a - 1) * mpmath.log(x) + (b - 1) * log_rest
            return -mpmath.exp(log_density) * log_density

        def below(v: Any) -> Any:
            x = mpmath.exp(-v)
            return weighed(x, 1 - x) * x

        def above(v: Any) -> Any:
            rest = mpmath.exp(-v)
            return weighed(1 - rest, rest) * rest

        ends = [mpmath.log(2), 2, 8, 32, 128, 512]
        found = mpmath.quad(below, ends) + mpmath.quad(above, ends)
        closed = law.entropy(MpNumbers(60))
        assert abs(found - mpmath.mpf(str(closed))) < 1e-25 * (1 + abs(found))


@pytest.mark.parametrize(("a", "b"), SHAPES)
@pytest.mark.parametrize("x", [0.125, 0.875])
def test_the_density_of_that_integral_is_the_definitions(a: float, b: float, x: float) -> None:
    derived = jet_at(transform_definition(f"kumaraswamy_cdf(concentration1={a!r},concentration0={b!r})"), arb(x))
    at = arb(x)
    assert derived.log_slope.overlaps((arb(a) * b).log() + (a - 1) * at.log() + (b - 1) * (1 - at**a).log())


def _weibull(scale: float, k: float) -> Closed:
    """Johnson, Kotz & Balakrishnan 1 (1994), equations (21.18) and (21.19)."""

    def closed(m: Any) -> dict[str, Any]:
        first, second = (m.gamma(1 + order / m.mpf(k)) for order in (1, 2))
        entropy = m.euler * (1 - 1 / m.mpf(k)) + m.log(m.mpf(scale) / k) + 1
        return {"mean": scale * first, "variance": scale**2 * (second - first**2), "entropy": entropy}

    return closed


def _generalized_pareto(loc: float, scale: float, c: float) -> Closed:
    """Hosking & Wallis, Parameter and quantile estimation for the generalized Pareto distribution (1987), section 2."""

    def closed(m: Any) -> dict[str, Any]:
        shape = m.mpf(c)
        spread = scale**2 / ((1 - shape) ** 2 * (1 - 2 * shape)) if c < 0.5 else m.inf
        mean = loc + scale / (1 - shape) if c < 1 else m.inf
        return {"mean": mean, "variance": spread, "entropy": m.log(scale) + shape + 1}

    return closed


def _generalized_extreme_value(loc: float, scale: float, c: float) -> Closed:
    """Johnson, Kotz & Balakrishnan 2 (1995), section 22.15."""

    def closed(m: Any) -> dict[str, Any]:
        first, second = (m.gamma(1 - order * m.mpf(c)) for order in (1, 2))
        spread = scale**2 * (second - first**2) / c**2
        return {
            "mean": loc + scale * (first - 1) / c,
            "variance": spread,
            "entropy": m.log(scale) + m.euler * (1 + c) + 1,
        }

    return closed


def _johnson_su(skewness: float, tailweight: float, loc: float, scale: float) -> Closed:
    """Johnson, Biometrika 36 (1949), section 7."""

    def closed(m: Any) -> dict[str, Any]:
        w, omega = m.exp(1 / m.mpf(tailweight) ** 2), m.mpf(skewness) / tailweight
        spread = scale**2 / m.mpf(2) * (w - 1) * (w * m.cosh(2 * omega) + 1)
        return {"mean": loc - scale * m.sqrt(w) * m.sinh(omega), "variance": spread}

    return closed


def _fisher_snedecor(d1: float, d2: float) -> Closed:
    """Johnson, Kotz & Balakrishnan 2 (1995), equations (27.7); entropy: Lazo & Rathie, IEEE Transactions on
    Information Theory 24 (1978)."""

    def closed(m: Any) -> dict[str, Any]:
        one, two = m.mpf(d1) / 2, m.mpf(d2) / 2
        spread = two**2 * (one + two - 1) / (one * (two - 1) ** 2 * (two - 2)) if two > 2 else m.inf
        entropy = m.log(m.gamma(one) * m.gamma(two) / m.gamma(one + two) * two / one)
        entropy += (1 - one) * m.psi(0, one) - (1 + two) * m.psi(0, two) + (one + two) * m.psi(0, one + two)
        return {"mean": two / (two - 1), "variance": spread, "entropy": entropy}

    return closed


def _logit_relaxed(temperature: float, logits: float) -> Closed:
    """A logistic variable of scale 1/temperature (Johnson, Kotz & Balakrishnan 2 (1995), chapter 23)."""

    def closed(m: Any) -> dict[str, Any]:
        scale = 1 / m.mpf(temperature)
        return {"mean": logits * scale, "variance": (m.pi * scale) ** 2 / 3, "entropy": m.log(scale) + 2}

    return closed


PUBLISHED = {
    "weibull(scale=1.5,concentration=2.5)": _weibull(1.5, 2.5),
    "weibull(scale=1.5,concentration=0.625)": _weibull(1.5, 0.625),
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=0.375)": _generalized_pareto(0.25, 1.5, 0.375),
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=-0.625)": _generalized_pareto(0.25, 1.5, -0.625),
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=0.75)": _generalized_pareto(0.25, 1.5, 0.75),
    "generalized_pareto_law(loc=0.25,scale=1.5,concentration=1.25)": _generalized_pareto(0.25, 1.5, 1.25),
    "generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.375)": _generalized_extreme_value(0.25, 1.5, 0.375),
    "generalized_extreme_value(loc=0.25,scale=1.5,concentration=-0.25)": _generalized_extreme_value(0.25, 1.5, -0.25),
    "johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)": _johnson_su(-0.75, 1.25, 0.25, 1.5),
    "fisher_snedecor(df1=7.0,df2=5.5)": _fisher_snedecor(7.0, 5.5),
    "fisher_snedecor(df1=1.25,df2=3.5)": _fisher_snedecor(1.25, 3.5),
    "logit_relaxed_bernoulli(temperature=0.375,logits=0.75)": _logit_relaxed(0.375, 0.75),
}


@pytest.mark.parametrize("subject", PUBLISHED)
def test_certified_statistics_are_the_published_ones(subject: str) -> None:
    """The oracle integrates; the published formulas of moments and entropies are written here alone."""
    with mpmath.workdps(50):
        published = PUBLISHED[subject](mpmath)
        for quantity, exact in published.items():
            found = statistic(subject, quantity)
            assert found.certificate == Certificate.CERTIFIED
            assert found.infinite == bool(exact == inf)
            if found.infinite:
                assert found.text == "inf"
            else:
                assert abs(mpmath.mpf(found.text) - exact) < mpmath.mpf(10) ** -28 * (1 + abs(exact)), quantity
        spread, root = statistic(subject, "variance"), statistic(subject, "stddev")
        assert spread.infinite == root.infinite
        assert root.certificate == Certificate.CERTIFIED


def test_a_relaxed_bernoulli_variable_has_the_mean_of_its_mirror_image() -> None:
    """No closed form is known: sigmoid(-x) = 1 - sigmoid(x) turns the mean round and keeps the rest."""
    law, mirrored = (f"relaxed_bernoulli(temperature=0.375,logits={logits})" for logits in (0.75, -0.75))
    with mpmath.workdps(40):
        own, other = (mpmath.mpf(statistic(subject, "mean").text) for subject in (law, mirrored))
        assert abs(own + other - 1) < 1e-28
    for quantity in ("entropy", "variance"):
        assert statistic(law, quantity).certificate == Certificate.CERTIFIED
        assert statistic(law, quantity).text[:28] == statistic(mirrored, quantity).text[:28]


SINH_ARCSINH = [(0.75, 1.25), (-0.5, 0.5), (0.0, 2.0)]


@pytest.mark.slow
@pytest.mark.parametrize(("skewness", "tailweight"), SINH_ARCSINH)
def test_statistics_of_a_sinh_arcsinh_variable_are_those_of_a_plain_quadrature(
    skewness: float, tailweight: float
) -> None:
    law = f"sinh_arcsinh_normal(loc=0.25,scale=1.5,skewness={skewness},tailweight={tailweight})"
    with mpmath.workdps(40):
        factor = 2 / mpmath.sinh(mpmath.asinh(2) * tailweight)

        def bent(z: Any) -> Any:
            return 0.25 + 1.5 * factor * mpmath.sinh((mpmath.asinh(z) + skewness) * tailweight)

        def information(z: Any) -> Any:
            steep = mpmath.cosh((mpmath.asinh(z) + skewness) * tailweight) * tailweight / mpmath.sqrt(1 + z * z)
            return mpmath.log(1.5 * factor * steep) + z * z / 2 + mpmath.log(2 * mpmath.pi) / 2

        def average(of: Callable[[Any], Any]) -> Any:
            return mpmath.quad(lambda z: of(z) * mpmath.npdf(z), [-24, -12, -6, -3, -1, 0, 1, 3, 6, 12, 24])

        mean = average(bent)
        exact = {"mean": mean, "variance": average(lambda z: (bent(z) - mean) ** 2), "entropy": average(information)}
        for quantity, value in exact.items():
            found = statistic(law, quantity)
            assert found.certificate == Certificate.CERTIFIED
            assert abs(mpmath.mpf(found.text) - value) < 1e-25 * (1 + abs(value)), quantity


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("part", ["lo", "hi"])
def test_a_wrong_rate_of_the_sinh_arcsinh_map_is_a_violation(
    side: int, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen red: the audit can fail, at either bound."""

    def narrower(transform: TransformDefinition | None, towards: int, x: arb) -> SlopeRate | None:
        rate = slope_rate(transform, towards, x)
        if rate is None or rate.lo is None or towards != side:
            return rate
        half = rate.hi / 8
        return replace(rate, lo=half) if part == "lo" else replace(rate, hi=rate.lo)

    monkeypatch.setattr(problem, "slope_rate", narrower)
    law = "sinh_arcsinh_normal(loc=0.25,scale=1.5,skewness=0.75,tailweight=0.5)"
    with pytest.raises(BoundViolated, match="log slope"):
        Problem(distribution_definition(law)).audit(side, arb(4))


def test_inverses_of_lines_and_powers_are_proved_and_no_others() -> None:
    proved = ("affine(loc=0.25,scale=-2.5)", "scale(scale=0.375)", "power(exponent=2.5)", "power(exponent=-0.375)")
    assert all(is_proved(transform_definition(f"inverse({leaf})")) for leaf in proved)
    assert not is_proved(transform_definition("inverse(tanh)"))
    assert not is_proved(transform_definition("chain(exp,inverse(softplus))"))
    assert not Problem(
        distribution_definition("transformed(logistic(loc=0.0,scale=1.0),chain(exp,inverse(softplus)))")
    ).proved_maps


@pytest.mark.parametrize("leaf", ["affine(loc=0.25,scale=-2.5)", "power(exponent=2.5)"])
def test_a_wrong_inverse_of_a_line_or_power_is_a_violation(leaf: str) -> None:
    """Seen red: the audit can fail, by a share of 2^-200."""
    right = transform_definition(leaf)
    assert audited(right) >= 8

    def off(ns: Any, y: Any) -> Any:
        return right.inverse_candidate(ns, y) * (1 + arb(2) ** -200)

    with pytest.raises(BoundViolated, match="written as the inverse"):
        audited(replace(right, inverse_candidate=off))


@pytest.mark.slow
@pytest.mark.parametrize(
    "law",
    [
        "transformed(normal(loc=0.25,scale=1.5),generalized_pareto(concentration=0.625,loc=0.25,scale=1.5))",
        "transformed(normal(loc=0.25,scale=1.5),generalized_extreme_value_cdf(concentration=0.0,loc=0.25,scale=1.5))",
        "transformed(continuous_bernoulli(probs=0.5),inverse(tanh))",
    ],
)
@pytest.mark.parametrize("quantity", ["mean", "variance", "entropy"])
def test_what_is_declared_of_a_definition_holds_of_it_by_another_name(law: str, quantity: str) -> None:
    found = statistic(law, quantity)
    assert found.certificate == Certificate.CERTIFIED
    (plain,) = Opinion(law, quantity, [0.0], BASE_DIGITS).values()
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(found.text) - plain) < 1e-25 * (1 + abs(plain))
