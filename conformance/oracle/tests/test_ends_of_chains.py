"""Chains at the ends of their ranges: what is not declared of a chain follows from what is declared of its parts."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest

from conformance.definitions.catalogue import TRANSFORM_SUBJECTS
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.oracle import Oracle

F64 = FORMATS["float64"]
ORACLE = Oracle()
SIGMOIDS = "chain(sigmoid,sigmoid)"


def ask(subject: str, quantity: str, x: float) -> tuple[Kind, float]:
    """(kind, value)"""
    truth = ORACLE.truth(subject, quantity, np.array([x]), F64)
    return Kind(int(truth.kind[0])), float(np.ldexp(truth.hi[0], int(truth.exponent[0])))


@pytest.mark.parametrize(
    ("subject", "quantity", "x", "near", "kind"),
    [
        (SIGMOIDS, "fldj", -inf, -1e30, Kind.NEG_INF),
        (SIGMOIDS, "fldj", inf, 1e30, Kind.NEG_INF),
        (SIGMOIDS, "inverse", 0.5, 0.5 + 2.0**-50, Kind.NEG_INF),
        (SIGMOIDS, "ildj", 0.5, 0.5 + 2.0**-50, Kind.POS_INF),
        ("chain(exp,softplus,sigmoid)", "fldj", -inf, -1e30, Kind.NEG_INF),  # One end inside, one after another.
        ("chain(softplus,tanh)", "fldj", inf, 1e30, Kind.NEG_INF),  # A slope that tends to 1, and one to 0.
        ("chain(exp,exp)", "fldj", inf, 700.0, Kind.POS_INF),
        (f"transformed(normal(loc=0.0,scale=1.0),{SIGMOIDS})", "log_prob", 0.5, 0.5 + 2.0**-50, Kind.NEG_INF),
        (f"transformed(normal(loc=0.0,scale=1.0),{SIGMOIDS})", "log_prob_from_base", inf, 1e30, Kind.NEG_INF),
    ],
)
def test_what_grows_towards_an_end_is_infinite_there(
    subject: str, quantity: str, x: float, near: float, kind: Kind
) -> None:
    assert ask(subject, quantity, x)[0] == kind
    beside, value = ask(subject, quantity, near)
    assert beside == Kind.FINITE
    assert abs(value) > 30
    assert (value > 0) == (kind == Kind.POS_INF)


@pytest.mark.parametrize(
    ("subject", "quantity", "x", "near", "value"),
    [
        # The slopes of both laws vanish as e^-|x| does, but for the second sigmoid's slope of 1/4.
        (f"transformed(logistic(loc=0.0,scale=1.0),{SIGMOIDS})", "log_prob", 0.5, 0.5 + 2.0**-50, log(4)),
        ("chain(softplus,softplus)", "fldj", inf, 1e30, 0.0),
        ("chain(softplus,softplus)", "ildj", inf, 1e30, 0.0),
    ],
)
def test_what_stays_finite_is_its_limit(subject: str, quantity: str, x: float, near: float, value: float) -> None:
    for at in (x, near):
        kind, found = ask(subject, quantity, at)
        assert kind == Kind.FINITE
        assert found == pytest.approx(value, abs=2.0**-40)


@pytest.mark.parametrize(
    ("subject", "quantity", "x", "kind"),
    [
        ("weibull(scale=1.5,concentration=2.5)", "log_prob", 0.0, Kind.NEG_INF),
        ("weibull(scale=1.5,concentration=0.625)", "log_prob", 0.0, Kind.POS_INF),
        ("kumaraswamy(concentration1=2.5,concentration0=0.625)", "log_prob", 0.0, Kind.NEG_INF),
        ("relaxed_bernoulli(temperature=0.375,logits=0.75)", "log_prob", 1.0, Kind.POS_INF),
        ("johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)", "log_prob", inf, Kind.NEG_INF),
        ("generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.375)", "cdf", -3.75, Kind.FINITE),
        ("generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.375)", "log_cdf", -3.75, Kind.NEG_INF),
        ("generalized_pareto_law(loc=0.25,scale=1.5,concentration=0.375)", "log_prob_from_base", inf, Kind.NEG_INF),
    ],
)
def test_what_ready_made_laws_have_at_their_ends(subject: str, quantity: str, x: float, kind: Kind) -> None:
    assert ask(subject, quantity, x)[0] == kind


@pytest.mark.parametrize("outside", [0.0, -0.0, 1.0, 0.25, 0.7310585786300049, inf])
def test_an_end_of_a_part_is_no_end_of_the_chain(outside: float) -> None:
    for quantity in ("inverse", "ildj"):
        assert ask(SIGMOIDS, quantity, outside)[0] == Kind.OUTSIDE
    assert ask(SIGMOIDS, "inverse", 0.7310585786300048)[0] == Kind.FINITE


def test_an_end_inside_a_falling_chain_is_a_point_like_any_other() -> None:
    """1/2 is where the last part's argument is 0, which is inside of what the others give."""
    kind, value = ask("chain(sigmoid,affine(loc=0.5,scale=-2.0),sigmoid)", "inverse", 0.5)
    assert kind == Kind.FINITE
    assert value == pytest.approx(-log(3))


def test_two_infinities_that_take_each_other_away_leave_the_limit_open() -> None:
    for end in (inf, -inf):
        assert ask("chain(exp,inverse(exp))", "fldj", end)[0] == Kind.UNDECIDED


def test_a_limit_at_a_kink_is_left_open() -> None:
    """The argument of the spline tends to 2, where it bends into a straight line, or to 1, where nothing bends."""
    spline = next(subject for subject in TRANSFORM_SUBJECTS if subject.startswith("rational_quadratic_spline("))
    bent = f"chain(sigmoid,affine(loc=1.0,scale=1.0),{spline})"
    assert ask(bent, "fldj", inf)[0] == Kind.UNDECIDED
    assert ask(bent, "fldj", -inf)[0] == Kind.NEG_INF
