"""The second opinion on laws of numbers: outside supports, at and next to their ends, and on inverses of steep maps.

Each is asked at an input where it used to have no answer or a wrong one; what it must not say is asked beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import format_named
from conformance.oracle.opinion.second_opinion import Opinion, second_opinion
from conformance.oracle.oracle import Oracle

F64 = format_named("float64")
ORACLE = Oracle()

SIGMOIDS = "transformed(normal(loc=0.0,scale=1.0),chain(sigmoid,sigmoid))"
FALLING = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
BOUNDED = "generalized_pareto_law(loc=0.25,scale=1.5,concentration=-0.625)"
STEEP = "kumaraswamy(concentration0=12.3,concentration1=0.1)"

OUTSIDE = [
    ("half_normal(scale=1.5)", -5e-324),
    ("half_normal(loc=0.125,scale=0.625)", 0.0),
    ("weibull(scale=1.5,concentration=0.625)", -0.5),
    ("kumaraswamy(concentration1=2.5,concentration0=0.625)", 1.5),
    ("beta(concentration1=2.5,concentration0=1.75)", -1.0),
    ("transformed(normal(loc=0.25,scale=1.5),tanh)", -1.0000000000000002),
    (FALLING, 2.000000000000001),
    (BOUNDED, 2.6500000000000004),  # The end is 2.65, which is no float.
    (SIGMOIDS, 0.7310585786300049),  # The end is 1/(1 + 1/e).
    ("independent(log_normal(loc=[0.25,-1.5],scale=[1.5,0.625]),ndims=1.0)", [0.5, -1.0]),
]

ENDS = [
    ("log_normal(loc=0.25,scale=1.5)", 0.0),
    ("inverse_gaussian(loc=1.5,concentration=2.5)", 0.0),
    ("transformed(normal(loc=0.25,scale=1.5),sigmoid)", 1.0),
    ("transformed(normal(loc=0.0,scale=20.0),tanh)", -1.0),  # Next to the end it grows before it falls.
    ("beta(concentration1=2.5,concentration0=1.75)", 1.0),
    ("half_normal(loc=0.125,scale=0.625)", 0.125),
    (FALLING, 2.0),
]


def truth_at(subject: str, quantity: str, x: Any) -> tuple[NDArray[np.float64], Enclosures]:
    at = np.asarray(x, np.float64)
    return at, ORACLE.truth(subject, quantity, at[None], F64)


@pytest.mark.parametrize(("subject", "x"), OUTSIDE)
def test_outside_the_support_the_density_is_0_and_no_formula_is_asked(subject: str, x: Any) -> None:
    at, truth = truth_at(subject, "prob", x)
    opinion = second_opinion(subject, "prob", at, truth, F64)
    assert opinion.agrees
    assert float(opinion.value_text) == 0


@pytest.mark.parametrize(("subject", "x"), ENDS)
def test_at_an_end_the_density_is_the_one_next_to_it(subject: str, x: float) -> None:
    at, truth = truth_at(subject, "prob", x)
    assert (truth.kind == Kind.FINITE).all()
    assert second_opinion(subject, "prob", at, truth, F64).agrees


@pytest.mark.parametrize(("subject", "inside", "outside"), [(BOUNDED, 2.65, 2.6500000000000004), (FALLING, 2.0, 2.1)])
def test_on_either_side_of_an_end_it_contradicts_the_truth_of_the_other_side(
    subject: str, inside: float, outside: float
) -> None:
    (near, dense), (far, nothing) = (truth_at(subject, "prob", x) for x in (inside, outside))
    assert not second_opinion(subject, "prob", near, nothing, F64).agrees
    assert not second_opinion(subject, "prob", far, dense, F64).agrees


@pytest.mark.slow
def test_a_density_that_falls_slowly_at_an_end_is_not_said_to_be_0() -> None:
    """As y^(1/16): 10^-105 is still what it is at 10^-1680."""
    subject = "beta(concentration1=1.0625,concentration0=2.5)"
    at, truth = truth_at(subject, "prob", 0.0)
    opinion = second_opinion(subject, "prob", at, truth, F64)
    assert not opinion.agrees
    assert float(opinion.value_text) > 0


@pytest.mark.parametrize("quantity", ["prob", "log_prob", "cdf", "log_cdf", "survival", "log_survival"])
@pytest.mark.parametrize("x", [0.9999999999999996, 0.9999999999999929, 0.25])
def test_next_to_an_end_that_a_map_rounds_to_no_digits_are_lost(quantity: str, x: float) -> None:
    """1 - F is about 1e-200 there, beyond the digits that usually do."""
    at, truth = truth_at(STEEP, quantity, x)
    assert second_opinion(STEEP, quantity, at, truth, F64).agrees


INVERSES = [
    ("power(exponent=0.1)", "inverse", 1.7168582635060987e-31),
    ("power(exponent=0.1)", "ildj", 1e-323),
    ("power(exponent=1e-08)", "ildj", 0.00012207031249999997),
    ("weibull_cdf(concentration=0.1,scale=10000.0)", "ildj", 1e-323),
    ("kumaraswamy_cdf(concentration0=123.4,concentration1=0.001)", "ildj", 0.00012207031249999997),
    ("inverse_box_cox(power=1.75)", "ildj", 2.0860067423505e-309),
    ("log", "inverse", -708.3964185322642),
    ("half_cauchy(scale=1.5)", "icdf", 8e-323),
    ("student_t(df=5.0,loc=0.25,scale=1.5)", "icdf", 1e-323),
    ("beta(concentration1=2.5,concentration0=1.75)", "icdf", 1.0),
    ("weibull(concentration=0.7,scale=0.001)", "log_prob", 1.3887237255911154e307),
    ("chi(df=3.5)", "log_survival", 4.901098374766042e-89),
]


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity", "x"), INVERSES)
def test_inverses_of_steep_maps_and_what_cancels_on_the_way_are_told(subject: str, quantity: str, x: float) -> None:
    at, truth = truth_at(subject, quantity, x)
    assert second_opinion(subject, quantity, at, truth, F64).agrees
    off = replace(truth, hi=truth.hi * (1 + 2.0**-10), err=truth.err * 0)
    assert not second_opinion(subject, quantity, at, off, F64).agrees


@pytest.mark.parametrize(
    ("subject", "y"),
    [("tanh", 0.75), ("sinh", -1e6), ("exp", 1e-40), ("log", 3.0), ("inverse_box_cox(power=-0.5)", 8.0)],
)
def test_a_start_is_found_by_nothing_but_monotony(monkeypatch: pytest.MonkeyPatch, subject: str, y: float) -> None:
    at, truth = truth_at(subject, "inverse", y)
    usual = second_opinion(subject, "inverse", at, truth, F64)
    monkeypatch.setattr(Opinion, "_starts", lambda self, transform, y: iter(()))
    assert usual.agrees
    assert second_opinion(subject, "inverse", at, truth, F64) == usual
