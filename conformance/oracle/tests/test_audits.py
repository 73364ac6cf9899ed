"""Audits of what is declared beside the definitions: cdf against density, tails against slopes, limits by approach."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, ctx

from adapters.interface.spec import parse
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, EXTREME_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.intervals import End
from conformance.definitions.registry import distribution_definition, transform_definition
from conformance.definitions.tails import Tail
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import FIRST, inverse_jet_at, jet_at
from conformance.oracle.pointwise.limits import log_density_limit
from conformance.oracle.pointwise.scalar_truth import ScalarTruth

BALLS = BallNumbers()
BARE = (
    "half_normal(scale=1.5,loc=0.25)",
    "half_student_t(df=4.5,loc=0.25,scale=1.5)",
    "moyal(loc=0.25,scale=1.5)",
    "exp_gamma(concentration=2.5,rate=48.0)",
    "exp_gamma(concentration=0.625,rate=0.015625)",
    "logistic_beta(concentration1=2.5,concentration0=1.75)",
    "logistic_beta(concentration1=0.0009765625,concentration0=2.5)",
    "continuous_bernoulli(probs=0.25)",
    "exponentially_modified_gaussian(loc=0.25,scale=1.5,rate=0.625)",
    "doublesided_maxwell(loc=0.25,scale=1.5)",
    "bates(high=2.5,low=-1.0,total_count=3.0)",
    "bates(high=2.5,low=-1.0,total_count=4.0)",
    "exp_beta_quotient(concentration0_denominator=3.0,concentration0_numerator=2.0,concentration1_denominator=3.75,"
    "concentration1_numerator=1.5)",
    "exp_beta_quotient(concentration0_denominator=1.0,concentration0_numerator=5.0,concentration1_denominator=0.625,"
    "concentration1_numerator=2.5)",
    "continuous_bernoulli(probs=0.50390625)",
    "von_mises(concentration=2.5,loc=0.75)",
    "von_mises(concentration=28.0,loc=-0.5)",
    "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)",
    "truncated_normal(loc=0.0,scale=1.0,low=5.0,high=8.0)",
    "truncated_normal(loc=0.0,scale=1.0,low=-8.0,high=-5.0)",
    "truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=12.0)",
    "truncated_cauchy(loc=0.25,scale=1.5,low=24.0,high=96.0)",
    "triangular(low=-1.0,high=2.5,peak=0.25)",
    "triangular(low=-1.0,high=2.5,peak=-1.0)",
    "generalized_normal(loc=0.25,scale=1.5,power=4.0)",
    "generalized_normal(loc=0.25,scale=1.5,power=0.625)",
    "exp_inverse_gaussian(loc=1.5,concentration=2.5)",
    "exp_inverse_gaussian(loc=24.0,concentration=0.25)",
    "two_piece_normal(loc=0.25,scale=1.5,skewness=1.75)",
    "two_piece_student_t(df=4.5,loc=0.25,scale=1.5,skewness=0.75)",
    "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])",
    "mixture(normal(loc=-0.75,scale=0.5),student_t(df=4.5,loc=0.25,scale=1.5),weights=[0.75,0.25])",
    "mixture(gumbel(loc=0.25,scale=1.5),logistic(loc=-1.5,scale=0.5),normal(loc=2.5,scale=0.75),weights=[0.25,0.25,0.5])",
)
WITHOUT_CDF = (
    "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)",
    "normal_inverse_gaussian(loc=-1.5,scale=0.375,skewness=1.75,tailweight=2.0)",
    "horseshoe(scale=1.5)",
    # Of squares, whose roots are exact coefficients of the expansion.
    "exp_noncentral_chi2(df=3.0,noncentrality=2.25)",
    "exp_noncentral_chi2(df=3.0,noncentrality=20.25)",
)
"""Held by the integrals of their densities: test_bessel_laws.py, test_horseshoe.py, test_noncentral_laws.py."""
BASES = [*sorted({str(s).split("transformed(")[1].split(")")[0] + ")" for s in DISTRIBUTION_SUBJECTS}), *BARE]
SCALAR = [s for s in TRANSFORM_SUBJECTS if not transform_definition(s).event_rank_in]
# An expansion in 1/x is one where x is large beside the parameters: those far from 1 are left to their like.
WITH_TAILS = [
    *(s for s in TRANSFORM_SUBJECTS if s not in EXTREME_SUBJECTS and transform_definition(s).upper_tail is not None),
    # Lines before and after, and inverses of powers.
    "inverse(affine(loc=0.75,scale=-2.5))",
    "inverse(shift(shift=0.75))",
    "inverse(scale(log_scale=0.75))",
    "inverse(power(exponent=2.5))",
    "chain(inverse(power(exponent=-1.5)),affine(loc=0.25,scale=-2.0))",
    "chain(inverse(affine(loc=0.75,scale=-2.5)),sinh,shift(shift=0.5),scale(log_scale=0.75))",
    "chain(affine(loc=0.25,scale=2.0),inverse(power(exponent=0.375)))",
    "chain(shift(shift=0.5),affine(loc=0.25,scale=2.0),sinh)",
]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved = ctx.prec
    ctx.prec = 2400
    yield
    ctx.prec = saved


@pytest.mark.slow
@pytest.mark.parametrize("base", BASES)
def test_the_cdf_is_the_integral_of_the_density(base: str) -> None:
    """Its derivative, taken mechanically, overlaps exp(log density); so does the survival function's, negated."""
    definition = distribution_definition(base)
    assert definition.cdf is not None
    assert definition.survival is not None
    assert definition.log_density is not None
    low, high = definition.ordinary
    for k in range(1, 40):
        at = low + (high - low) * k / 40
        if at in definition.zeros:
            continue
        x = FIRST.variable(arb(at))
        density = definition.log_density(BALLS, x[0]).exp()
        cdf, survival = definition.cdf(FIRST, x), definition.survival(FIRST, x)
        assert cdf[1].overlaps(density)
        assert (-survival[1]).overlaps(density)
        assert (cdf[0] + survival[0]).overlaps(arb(1))
        assert density.rel_accuracy_bits() > 1000


@pytest.mark.parametrize("base", BASES)
def test_a_declared_logarithm_of_a_tail_is_that_of_the_tail(base: str) -> None:
    definition = distribution_definition(base)
    low, high = definition.ordinary
    for declared, tail in ((definition.log_cdf, definition.cdf), (definition.log_survival, definition.survival)):
        if declared is None or tail is None:
            continue
        for k in range(1, 20):
            x = FIRST.variable(arb(low + (high - low) * (k + 0.25) / 20))
            own, other = declared(FIRST, x), FIRST.log(tail(FIRST, x))
            assert own[0].overlaps(other[0])
            assert own[1].overlaps(other[1])
            assert own[1].rel_accuracy_bits() > 1000


@pytest.mark.parametrize("base", [b for b in BASES if "student_t" not in b])
def test_the_cdf_itself_is_differentiated_by_mpmath(base: str) -> None:
    from conformance.oracle.opinion.mp_numbers import MpNumbers

    definition, ns = distribution_definition(base), MpNumbers(80)
    cdf, log_density = definition.cdf, definition.log_density
    assert cdf is not None
    assert log_density is not None
    for share in (0.2, 0.55, 0.9):
        x = ns.ctx.mpf(definition.ordinary[0] + (definition.ordinary[1] - definition.ordinary[0]) * share)
        slope = ns.ctx.diff(lambda v: cdf(ns, v), x)
        assert ns.ctx.almosteq(slope, ns.ctx.exp(log_density(ns, x)), 1e-25)


@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_the_transformed_cdf_is_the_integral_of_exp_log_prob(subject: str) -> None:
    """dF/dy at y, by a relative step in balls, against exp(log_prob): directions and Jacobians together."""
    definition = distribution_definition(subject)
    cdf, log_prob = ScalarTruth(subject, "cdf"), ScalarTruth(subject, "log_prob")
    low, high = definition.ordinary
    ctx.prec = 400
    for share in (0.23, 0.5, 0.71):
        y, step = arb(low + (high - low) * share), arb(2) ** -80
        slope = (cdf.enclose(y + step).value - cdf.enclose(y - step).value) / (2 * step)
        density = log_prob.enclose(y).value.exp()
        assert abs(slope / density - 1) < 2.0**-60


def at_distance(end: End, low: bool, t: arb) -> arb:
    if abs(end) == math.inf:
        return -t if low else t
    return ratio(end) + t if low else ratio(end) - t


def expanded(tail: Tail, t: arb) -> Any:
    total = tail.constant(BALLS)
    for (kind, rate, shift), coefficient in tail.terms.items():
        if kind == "exp":
            term = (_ball(rate) * t + _ball(shift)).exp()
        else:
            term = t.log() if kind == "log" else t ** _ball(rate)
        total += _ball(coefficient) * term
    return total


def rounded_coefficients(tail: Tail, t: arb) -> arb:
    """What the floats in the place of irrational coefficients may be off by."""
    total = arb(0)
    for (kind, rate, _), coefficient in tail.terms.items():
        if kind == "power" and rate.denominator != 1:
            total += abs(_ball(coefficient)) * t ** _ball(rate) * arb(2) ** -50
    return total


def _ball(value: Fraction) -> arb:
    return arb(value.numerator) / value.denominator


def distances(end: End) -> list[arb]:
    if abs(end) == math.inf:
        return [arb(v) for v in (40, 400, 900)]
    return [arb(2) ** -k for k in (10, 100, 700)]


def remainders_vanish(tail: Tail, end: End, low: bool, function: Callable[[arb], Any]) -> None:
    left = []
    for t in distances(end):
        value = function(at_distance(end, low, t))
        left.append(abs(value - expanded(tail, t)) - rounded_coefficients(tail, t))
    assert all(r.is_finite() for r in left)
    assert left[0] < 1
    assert left[1] < 0.1
    assert left[2] < 0.02


@pytest.mark.parametrize("low", [True, False])
@pytest.mark.parametrize("subject", WITH_TAILS)
def test_tails_of_log_slopes_leave_a_remainder_that_vanishes(subject: str, low: bool) -> None:
    definition = transform_definition(subject)
    tail = definition.lower_tail if low else definition.upper_tail
    assert tail is not None
    end = definition.domain.lo if low else definition.domain.hi
    remainders_vanish(tail, end, low, lambda x: jet_at(definition, x).log_slope)


@pytest.mark.parametrize("low", [True, False])
@pytest.mark.parametrize("base", [*BASES, *WITHOUT_CDF])
def test_tails_of_log_densities_leave_a_remainder_that_vanishes(base: str, low: bool) -> None:
    definition = distribution_definition(base)
    tail = definition.lower_tail if low else definition.upper_tail
    assert tail is not None
    end = definition.support.lo if low else definition.support.hi
    remainders_vanish(tail, end, low, lambda x: definition.log_density(BALLS, x))  # type: ignore[misc]


@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_limits_of_log_densities_are_approached(subject: str) -> None:
    """Along t -> the end, log p(f(x)) heads for the declared limit."""
    definition = distribution_definition(subject)
    assert definition.base is not None
    truth = ScalarTruth(subject, "log_prob_from_base")
    for low in (True, False):
        limit = log_density_limit(definition, low)
        if limit is None:
            continue
        end = definition.base.support.lo if low else definition.base.support.hi
        # What is far for a wide base is counted in its own scale.
        stretch = max(1.0, parse(subject).parts[0].params.get("scale", 1.0)) if abs(end) == math.inf else 1.0
        values = [truth.enclose(at_distance(end, low, t * stretch)).value for t in distances(end)]
        if isinstance(limit, float):
            rising = 1 if limit > 0 else -1
            assert rising * (values[2] - values[1]) > 1
            assert rising * values[2] > 10
        else:
            assert abs(values[2] - limit) < 1e-10


def test_total_mass_of_the_tanh_normal() -> None:
    """Integrating exp(log_prob) over (-1, 1) through mpmath's own formula for the base and the slope gives 1."""
    subject = "transformed(normal(loc=0.25,scale=1.5),tanh)"
    truth = ScalarTruth(subject, "log_prob")
    ctx.prec = 100

    def density(y: mpmath.mpf) -> mpmath.mpf:
        return mpmath.mpf(truth.enclose(arb(float(y))).value.exp().str(20, radius=False))

    with mpmath.workdps(15):
        mass = mpmath.quad(density, [-1 + 2.0**-50, -0.9, 0, 0.9, 1 - 2.0**-50], maxdegree=5)
    assert abs(mass - 1) < 1e-6


@pytest.mark.parametrize("subject", [s for s in TRANSFORM_SUBJECTS if not transform_definition(s).event_rank_in])
def test_a_jet_and_the_jet_of_the_inverse_are_reciprocal(subject: str) -> None:
    ctx.prec = 200
    definition = transform_definition(subject)
    x = arb(definition.ordinary[0] * 0.3 + definition.ordinary[1] * 0.7)
    there = jet_at(definition, x)
    back = inverse_jet_at(definition, there.value)
    assert back.value.overlaps(x)
    assert (there.slope * back.slope).overlaps(arb(1))
    assert (there.log_slope + back.log_slope).overlaps(arb(0))
    assert (back.bend + there.bend * back.slope).overlaps(arb(0))
