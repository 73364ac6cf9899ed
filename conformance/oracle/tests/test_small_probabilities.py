"""Logarithms of probabilities that vanish, as series: against mpmath, against plain series, and their pieces against
Arb."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import pytest
from flint import arb, ctx

from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.numbers.series_coefficients import (
    far_log_gamma_q,
    log_erfcx_fall,
    of_gamma_tail,
    of_gauss,
    of_kummer,
)
from conformance.oracle.piecewise.audit import audit
from conformance.oracle.piecewise.eval import find_pieces
from conformance.oracle.piecewise.huge import Huge, HugeNumbers
from conformance.oracle.piecewise.series import QuantitySeries
from conformance.oracle.piecewise.small import SmallNumbers
from conformance.oracle.piecewise.tier import PiecewiseTier
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.tests.grids import anywhere

FLOAT32 = FORMATS["float32"]
LENGTH = 6
GUMBEL = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
INVERSE_GAUSSIAN = "inverse_gaussian(loc=1.5,concentration=2.5)"
MODIFIED_GAUSSIAN = "exponentially_modified_gaussian(loc=0.25,scale=1.5,rate=0.625)"


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved = ctx.prec
    ctx.prec = 128
    yield
    ctx.prec = saved


def _mpmath_kummer(v: float, k: int) -> mpmath.mpf:
    """Coefficient k of 1F1(1; 3.5; v), from its power series."""
    terms = (mpmath.binomial(n, k) * mpmath.mpf(v) ** (n - k) / mpmath.rf(3.5, n) for n in range(k, 90))
    return mpmath.fsum(terms)


def _mpmath_gauss(v: float, k: int) -> mpmath.mpf:
    """Coefficient k of 2F1(1, 3.25; 1.625; v), from its power series."""
    terms = (mpmath.binomial(n, k) * mpmath.mpf(v) ** (n - k) * mpmath.rf(3.25, n) / mpmath.rf(1.625, n)
             for n in range(k, 130))  # fmt: skip
    return mpmath.fsum(terms)


def _mpmath_gamma_tail(v: float, k: int, a: float) -> mpmath.mpf:
    """Coefficient k of the integral of e^-t (1 + t v)^(a - 1), by quadrature of the differentiated integrand."""

    def integrand(t: mpmath.mpf) -> mpmath.mpf:
        return mpmath.exp(-t) * t**k * (1 + t * v) ** (a - 1 - k)

    return mpmath.binomial(a - 1, k) * mpmath.quad(integrand, [0, 1, 4, 16, 64, 200])


def _holds(found: arb, value: mpmath.mpf) -> bool:
    near = arb(mpmath.nstr(value, 35)) * (1 + arb(0, 2.0**-80))
    narrow = found.overlaps(near) and found.rad() < abs(value) * 1e-20
    return bool(found.is_finite()) and bool(found.contains(near) or narrow)


@pytest.mark.parametrize(
    ("coefficients", "known", "at"),
    [
        (lambda v: of_kummer(v, arb(3.5), LENGTH), _mpmath_kummer, (0.0, 2.0**-40, 0.625, -0.75)),
        (lambda v: of_gauss(v, arb(3.25), arb(1.625), LENGTH), _mpmath_gauss, (0.0, 2.0**-40, 0.25)),
    ],
)
def test_coefficients_are_those_of_the_power_series(
    coefficients: Callable[[arb], list[arb]], known: Callable[[float, int], mpmath.mpf], at: tuple[float, ...]
) -> None:
    with mpmath.workdps(45):
        for v in at:
            narrow, wide = coefficients(arb(v)), coefficients(arb(v, 0.0625))
            for k in range(LENGTH):
                value = known(v, k)
                assert _holds(narrow[k], value)
                assert narrow[k].rad() < 1e-25
                for inside in (v - 0.0625, v + 0.03125):
                    assert _holds(wide[k], known(inside, k))


@pytest.mark.slow
@pytest.mark.parametrize("a", [0.5, 1.0, 3.75, 12.5])
def test_coefficients_of_a_gamma_tail_are_those_of_its_integral(a: float) -> None:
    with mpmath.workdps(30):
        for x in (16.0, 1024.0, 2.0**40):
            narrow, wide = of_gamma_tail(arb(x), arb(x), a, LENGTH), of_gamma_tail(arb(x), arb(2 * x), a, LENGTH)
            endless = of_gamma_tail(arb(x), None, a, LENGTH)
            for k in range(LENGTH):
                assert _close(narrow[k], _mpmath_gamma_tail(1 / x, k, a))
                for inside in (1 / x, 0.75 / x, 0.5 / x):
                    value = arb(mpmath.nstr(_mpmath_gamma_tail(inside, k, a), 25))
                    assert wide[k].is_finite()
                    assert wide[k].overlaps(value * (1 + arb(0, 1e-15)))
                    assert endless[k].overlaps(value * (1 + arb(0, 1e-15)))
                limit = arb(mpmath.nstr(mpmath.ff(a - 1, k), 25))
                assert endless[k].overlaps(limit * (1 + arb(0, 1e-15)))


def _close(found: arb, value: mpmath.mpf) -> bool:
    return bool(abs(found - arb(mpmath.nstr(value, 28))) < 1e-12 * abs(arb(mpmath.nstr(value, 28))) + 1e-300)


def test_far_out_a_gamma_tail_is_the_one_that_its_differential_equation_gives() -> None:
    """The equation is another way to every coefficient but the first."""
    ns = SeriesNumbers(LENGTH)
    for a in (0.5, 2.5, 12.5):
        for x in (arb(64), arb(96.5)):  # Narrow balls go by the equation.
            plain = ns.log_gamma_q(ns.variable(x), a)
            assert far_log_gamma_q(ns, ns.variable(x), a, LENGTH) is None
            far = far_log_gamma_q(ns, ns.variable(x + arb(0, 0.125)), a, LENGTH)
            assert far is not None
            for n in range(LENGTH):
                assert far[n].overlaps(plain[n])
            assert abs(far[1] - plain[1]) < 0.05


@pytest.mark.parametrize("share", [2.0**-90, 0.25, 0.75, 3.0])
def test_a_fall_of_erfcx_over_a_wide_ball_is_each_of_those_within(share: float) -> None:
    """A difference of logarithms is another way, at precisions where it leaves enough."""
    plain = SeriesNumbers(LENGTH)
    growing: list[Callable[[Any], Any]] = [
        lambda _: arb(share),
        lambda x: arb(share) / 48 * x,
        lambda x: arb(share) * 48 / x,
    ]
    with ctx.workprec(700):
        for wide in (arb(9, 0.5), arb(48, 16), arb(2.0**40, 2.0**39)):
            for more in growing:
                over = plain.variable(wide)
                found = log_erfcx_fall(1 / over, more(over) / over, LENGTH)
                assert share > 0.25 or found[0].rad() < 0.25 * abs(found[0].mid())
                for x in (wide.lower(), wide.mid(), wide.upper()):
                    at = plain.variable(x)
                    known = -(plain.log_erfcx(at + more(at)) - plain.log_erfcx(at)) * at / more(at)
                    thin = log_erfcx_fall(1 / at, more(at) / at, LENGTH)
                    assert all(found[n].overlaps(known[n]) and thin[n].overlaps(known[n]) for n in range(LENGTH))
            assert thin[0].rad() < abs(known[0]) * arb(2) ** (-150 if x > 2**30 else -8)


def test_a_fall_of_erfcx_is_known_where_the_step_may_be_tiny_or_large() -> None:
    """A quotient by it was not: next to 0 a ball of it holds 0."""
    plain, small = SeriesNumbers(LENGTH), SmallNumbers(LENGTH)
    found = plain.log_erfcx_ratio(plain.variable(arb(48, 16)), arb(1e3, 999.999))
    with ctx.workprec(700):
        for x, more in ((32, 0.5), (48, 64.0), (64, 1999.0)):
            at = plain.variable(arb(x))
            known = plain.log_erfcx(at + arb(more)) - plain.log_erfcx(at)
            assert all(found[n].is_finite() and found[n].overlaps(known[n]) for n in range(LENGTH))
    steep = plain.variable(arb(48, 16))
    for part, held in ((0.5, True), (0.9, False)):
        found = small.log_erfcx_ratio(small.exp(steep), small.exp(arb(part) * steep))
        assert small.log(-found)[0].is_finite() is held
    assert small.log_erfcx_ratio(arb(40), arb(2)).overlaps(BallNumbers().log_erfcx_ratio(arb(40), arb(2)))


def _known_by_logarithms() -> list[tuple[str, Callable[[Any, Any], Any]]]:
    """Functions whose values vanish to one side, as expressions of any number system."""
    return [
        ("expm1", lambda ns, x: -ns.expm1(-ns.exp(x))),
        ("sigmoid", lambda ns, x: ns.sigmoid(x)),
        ("ndtr", lambda ns, x: ns.ndtr(x)),
        ("ndtr of e^x", lambda ns, x: ns.ndtr(-ns.exp(-x / 4))),
        ("erf", lambda ns, x: ns.erf(ns.exp(x))),
        ("erf of what is below 0", lambda ns, x: -ns.erf(-ns.exp(x / 4))),
        ("gamma_p", lambda ns, x: ns.gamma_p(ns.exp(x), 2.5)),
        ("gamma_q", lambda ns, x: ns.gamma_q(-3 * x, 2.5)),
        ("betainc at ordinary values", lambda ns, x: ns.betainc(-x / 64, 30.0, 9.5)),
        ("betainc", lambda ns, x: ns.betainc(ns.sigmoid(x), 0.625, 2.5)),
        ("average", lambda ns, x: ns.ndtr(x) * ns.const(0.25) + ns.sigmoid(x) * ns.const(0.75)),
        ("difference", lambda ns, x: ns.const(1.0) - ns.exp(x)),
        ("erfcx", lambda ns, x: -ns.log_erfcx_ratio(-4 * x, ns.const(0.75))),
        ("erfcx as its argument grows", lambda ns, x: -ns.log_erfcx_ratio(ns.exp(-x), ns.exp(x) * ns.const(3.0))),
        ("sqrt", lambda ns, x: ns.sqrt(ns.exp(x))),
    ]


@pytest.mark.parametrize(("name", "function"), _known_by_logarithms())
def test_where_a_ball_holds_the_probability_its_logarithm_is_the_same(
    name: str, function: Callable[[Any, Any], Any]
) -> None:
    plain, small = SeriesNumbers(LENGTH), SmallNumbers(LENGTH)
    for at in (arb(-3.25), arb(-9.5), arb(-17, 2.0**-8)):
        known = plain.log(function(plain, plain.variable(at)))
        found = small.log(function(small, small.plain.variable(at)))
        for n in range(LENGTH):
            assert found[n].is_finite(), name
            assert found[n].overlaps(known[n]), name
            assert found[n].rad() <= 4 * known[n].rad() + 1e-25, name


def test_where_no_ball_holds_the_probability_its_logarithm_is_known() -> None:
    plain, small = SeriesNumbers(LENGTH), SmallNumbers(LENGTH)
    at, functions = arb(-(2.0**20), 2.0**12), dict(_known_by_logarithms())
    for name in (
        "expm1",
        "sigmoid",
        "ndtr",
        "erf",
        "erf of what is below 0",
        "gamma_p",
        "gamma_q",
        "betainc",
        "average",
        "sqrt",
        "erfcx as its argument grows",
    ):
        known = plain.log(functions[name](plain, plain.variable(at)))
        found = small.log(functions[name](small, small.plain.variable(at)))
        assert not known[0].is_finite(), name
        assert all(found[n].is_finite() for n in range(LENGTH)), name


def test_a_gamma_tail_of_any_size_is_known_by_the_size() -> None:
    """At 2**93 by balls, and beyond as a number that is only known by its logarithm."""
    small, plain = SmallNumbers(4), SeriesNumbers(4)
    at = 93 * arb(2).log()
    for a in (0.5, 2.5):
        found = small.log_gamma_q(small.exp(small.plain.variable(at)), a)
        known = plain.log_gamma_q(plain.exp(plain.variable(at)), a)
        assert isinstance(found, Huge)
        assert found.sign == -1
        back = -found.log.exp()
        assert all(back[n].overlaps(known[n]) for n in range(4))
        assert back[0].rad() < abs(back[0].mid()) * 2.0**-85
    erfc, size = small.log_erfc(small.exp(small.plain.variable(at))), small.exp(2 * small.plain.variable(at))
    assert erfc.sign == -1
    assert abs(erfc.log[0] - size.log[0]) < 2.0**-100


def test_the_sum_of_what_is_huge_and_something_larger_has_no_sign() -> None:
    """A branch was taken by the sign of the first, whose logarithm was not a number."""
    for system in (HugeNumbers, SmallNumbers):
        ns = system(3)
        large = ns.exp(ns.plain.variable(arb(90)))
        grown = large - arb(2) ** 200
        assert not isinstance(grown, Huge)
        assert not grown[0].is_finite()
        assert isinstance(large - 1, Huge)
        assert ns.side(grown) is None


def test_a_third_is_no_float() -> None:
    ns = HugeNumbers(2)
    third = ns.exp(ns.plain.variable(arb(100))) / 3
    assert third.log[0].overlaps(arb(100) - arb(3).log())


@pytest.mark.parametrize("a", [0.625, 2.5, 30.0])
def test_incomplete_functions_over_a_wide_ball_are_what_their_ends_are(a: float) -> None:
    """FLINT took two seconds over each, and gave them ten times as wide."""
    ns = BallNumbers()
    functions: list[tuple[Callable[[arb], arb], arb]] = [
        (lambda x: ns.gamma_p(x, a), arb(1.75, 0.0625) * arb(a)),
        (lambda x: ns.gamma_q(x, a), arb(1.75, 0.0625) * arb(a)),
        (lambda x: ns.gamma_p(x, a), arb(0.75, 0.0625) * arb(a)),
        (lambda x: ns.gamma_q(x, a), arb(0.75, 0.0625) * arb(a)),
        (lambda x: ns.betainc(x, a, 2.5), arb(0.4375, 0.03125)),
        (lambda x: ns.betainc(x, 2.5, a), arb(0.9375, 0.03125)),
    ]
    for function, ball in functions:
        whole = function(ball)
        ends = [function(ball.lower()), function(ball.upper())]
        assert whole.contains(ends[0])
        assert whole.contains(ends[1])
        assert whole.contains(function(ball.mid()))
        assert whole.rad() < abs(ends[1] - ends[0]) * 0.5001 + 1e-30


AUDITED = [
    (GUMBEL, "log_cdf"),
    (GUMBEL, "log_survival"),
    ("half_normal(scale=1.5)", "log_survival"),
    ("exp_gamma(concentration=0.625,rate=1.5)", "survival"),
    ("logistic_beta(concentration1=0.625,concentration0=2.5)", "survival"),
    ("beta(concentration1=160.0,concentration0=96.0)", "survival"),
    ("generalized_normal(loc=0.25,scale=1.5,power=4.0)", "survival"),
    ("moyal(loc=0.25,scale=1.5)", "log_cdf"),
    ("moyal(loc=0.25,scale=1.5)", "log_survival"),
    pytest.param("exp_gamma(concentration=0.625,rate=1.5)", "log_cdf", marks=pytest.mark.slow),
    ("exp_gamma(concentration=0.625,rate=1.5)", "log_survival"),
    ("transformed(normal(loc=10.0,scale=0.125),tanh)", "log_cdf"),
    ("johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)", "log_cdf"),
    ("chi2(df=3.5)", "log_survival"),
    ("logistic_beta(concentration1=0.625,concentration0=2.5)", "log_survival"),
    ("logit_relaxed_bernoulli(temperature=0.375,logits=0.75)", "log_cdf"),
    (INVERSE_GAUSSIAN, "log_cdf"),
    (INVERSE_GAUSSIAN, "log_survival"),
    (MODIFIED_GAUSSIAN, "cdf"),
    (MODIFIED_GAUSSIAN, "log_cdf"),
    (MODIFIED_GAUSSIAN, "log_survival"),
]


@pytest.mark.parametrize(("subject", "quantity"), AUDITED)
def test_arb_agrees_where_probabilities_vanish(subject: str, quantity: str) -> None:
    result = audit(PiecewiseTier(subject, quantity, FLOAT32), FLOAT32, 25, seed=11)
    assert result.violations == ()
    assert result.too_wide == ()
    assert result.covered >= 0.97 * result.points
    assert result.undecided == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "quantity"),
    [
        (GUMBEL, "log_cdf"),
        ("half_normal(scale=1.5)", "log_survival"),
        ("moyal(loc=0.25,scale=1.5)", "log_survival"),
        ("exp_gamma(concentration=0.625,rate=1.5)", "log_survival"),
        ("transformed(normal(loc=10.0,scale=0.125),tanh)", "log_cdf"),
        (INVERSE_GAUSSIAN, "log_cdf"),
        (INVERSE_GAUSSIAN, "log_survival"),
        (MODIFIED_GAUSSIAN, "log_survival"),
    ],
)
def test_no_part_of_the_line_where_probabilities_vanish_is_left_to_arb(subject: str, quantity: str) -> None:
    """A sweep would go point by point over a thousand million floats: for days."""
    tier = PiecewiseTier(subject, quantity, FLOAT32)
    tier.prepare_all()
    floats = anywhere(5, 20000)
    assert (find_pieces(tier.table, floats) >= 0).mean() > 0.999


def test_over_a_run_of_many_binades_a_vanishing_probability_has_a_logarithm() -> None:
    for subject, quantity, ball in (
        (GUMBEL, "log_cdf", arb(-(2.0**64), 2.0**60)),
        (GUMBEL, "log_cdf", arb(-(2.0**64))),  # A ball holds it, and products of such balls leave no digit.
        ("half_normal(scale=1.5)", "log_survival", arb(2.0**100, 2.0**96)),
    ):
        found = QuantitySeries(ScalarTruth(subject, quantity))(ball, 4)
        assert all(found[n].is_finite() for n in range(4))
        assert found[0] < 0
        # Of a line or a parabola nothing of this size is left beyond the second degree.
        assert abs(found[3]) < arb(2) ** -200
