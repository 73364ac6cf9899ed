"""A statistic as an enclosure holds all that is known of it, and grants a closed form what it cannot help."""

from __future__ import annotations

from fractions import Fraction
from math import log

import mpmath
import pytest

from conformance.definitions.registry import transform_definition
from conformance.floats.enclosures import Kind
from conformance.oracle.statistics.enclosing import condition_of, enclosed
from conformance.oracle.statistics.truth import statistic, undecided

POLICY, CAUCHY = "transformed(normal(loc=4.0,scale=3.0),tanh)", "cauchy(loc=0.25,scale=1.5)"


@pytest.mark.parametrize("quantity", ["entropy", "mean", "variance"])
def test_it_holds_both_ends_to_30_digits(quantity: str) -> None:
    known = statistic(POLICY, quantity)
    truth = enclosed(known, 1.0, 2)
    unit = Fraction(2) ** int(truth.exponent[1])
    middle = (Fraction(float(truth.hi[1])) + Fraction(float(truth.lo[1]))) * unit
    radius = Fraction(float(truth.err[1])) * unit
    assert middle - radius <= Fraction(known.lo) <= Fraction(known.hi) <= middle + radius
    assert radius < abs(middle) * Fraction(2) ** -90


def test_a_number_beyond_every_format_is_a_number() -> None:
    """Mean and variance of a Weibull law of concentration 0.01, Gamma(101) and Gamma(201) - Gamma(101)**2, and the mode
    of a log-normal law of scale 40, e**-1600, with the condition numbers that go with them."""
    weibull, log_normal = "weibull(concentration=0.01,scale=1.0)", "log_normal(loc=0.0,scale=40.0)"
    mean, variance = (statistic(weibull, each) for each in ("mean", "variance"))
    with mpmath.workdps(40):
        first = mpmath.gamma(1 + 1 / mpmath.mpf(0.01))
        second = mpmath.gamma(1 + 2 / mpmath.mpf(0.01)) - first**2
        for quantity, known, exact, other in (
            ("mean", mean, first, mpmath.sqrt(second)),
            ("variance", variance, second, first**2),
        ):
            truth = enclosed(known, condition_of(quantity, known, mean, variance), 1)
            held = mpmath.ldexp(mpmath.mpf(float(truth.hi[0])), int(truth.exponent[0]))
            assert abs(held / exact - 1) < 2.0**-52
            granted = 1 + other / exact + mpmath.log(exact)
            assert truth.condition[0] == pytest.approx(float(granted), rel=1e-9)
    mode = enclosed(statistic(log_normal, "mode"), 1.0, 1)
    assert log(mode.hi[0]) + int(mode.exponent[0]) * log(2.0) == pytest.approx(-1600.0, rel=1e-15)


def test_what_is_infinite_or_unknown_is_no_number() -> None:
    assert enclosed(statistic(CAUCHY, "mean"), 1.0, 1).kind[0] == Kind.NAN
    assert enclosed(statistic("log_logistic(loc=0.25,scale=1.5)", "mean"), 1.0, 1).kind[0] == Kind.POS_INF
    assert enclosed(undecided("for a reason"), 1.0, 1).kind[0] == Kind.UNDECIDED


def test_a_small_mean_and_a_small_variance_are_granted_what_cancels() -> None:
    def granted(quantity: str, loc: float, scale: float) -> float:
        law = f"normal(loc={loc!r},scale={scale!r})"
        own, mean, variance = (statistic(law, each) for each in (quantity, "mean", "variance"))
        return condition_of(quantity, own, mean, variance)

    assert granted("mean", 0.125, 8.0) > 64.0
    assert granted("variance", 8.0, 0.125) > 4096.0
    assert granted("mean", 1.0, 1.0) < 3.0
    assert granted("entropy", 0.125, 8.0) == 1.0
    assert condition_of("mean", *(statistic(CAUCHY, each) for each in ("mean", "mean", "variance"))) == 1.0


def test_a_line_seen_backwards_is_a_line() -> None:
    assert transform_definition("inverse(affine(loc=0.75,scale=-2.5))").line == (Fraction(3, 10), Fraction(-2, 5))
    assert transform_definition("tanh").line is None
