"""A normal law through a Lambert W map: the closed log slope on complex balls, the declared rates, the moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx
from scipy import integrate, stats

from conformance.definitions.registry import transform_definition
from conformance.oracle.pointwise.jets import jet_at
from conformance.oracle.statistics import problem as problems
from conformance.oracle.statistics import tails
from conformance.oracle.statistics.bounds import BoundViolated, joint_rate
from conformance.oracle.statistics.slopes import with_log_slope
from conformance.oracle.statistics.truth import forget, statistic

MAP = "lambert_w_tail(shift=0.25,scale=1.5,tailweight=0.375)"
LAW = "lambert_w_normal(loc=0.25,scale=1.5,tailweight={})"


@pytest.mark.parametrize("x", [-1e5, -3.75, 0.25, 0.2500001, 2.0, 40.0])
def test_the_closed_log_slope_is_the_derived_one(x: float) -> None:
    transform = transform_definition(MAP)
    with ctx.workprec(300):
        value, slope = with_log_slope(transform, acb(x), False)
        derived = jet_at(transform, arb(x))
        assert value.real.overlaps(derived.value)
        assert slope.real.overlaps(derived.log_slope)
        assert slope.real.rel_accuracy_bits() > 200 or x == 0.25


def test_it_is_holomorphic_up_to_its_poles_and_says_so() -> None:
    transform = transform_definition(MAP)
    pole = 1.5 / 0.375**0.5  # Where 1 + d z^2 vanishes.
    assert with_log_slope(transform, acb(0.25, pole * 0.999), True)[1].is_finite()
    assert not with_log_slope(transform, acb(0.25, arb(pole, 0.01)), True)[1].is_finite()


@pytest.mark.parametrize("tailweight", [0.0625, 0.375, 0.484375])
def test_moments_are_those_of_the_paper(tailweight: float) -> None:
    """Goerg (2015), equation (18): the variance is scale^2 (1 - 2 d)^(-3/2)."""
    assert float(statistic(LAW.format(tailweight), "mean").text) == 0.25
    expected = 1.5**2 * (1 - 2 * tailweight) ** -1.5
    assert float(statistic(LAW.format(tailweight), "variance").text) == pytest.approx(expected, rel=1e-14)


def test_the_entropy_is_that_of_a_quadrature() -> None:
    d = 0.375
    bent = integrate.quad(lambda z: stats.norm.pdf(z) * (np.log1p(d * z * z) + d * z * z / 2), -40, 40)[0]
    expected = stats.norm(0.25, 1.5).entropy() + bent
    assert float(statistic(LAW.format(d), "entropy").text) == pytest.approx(expected, rel=1e-12)


def test_a_variance_that_is_infinite_is_not_bounded() -> None:
    with pytest.raises(problems.NotProvable):
        statistic(LAW.format(0.75), "variance")


def test_a_wrong_rate_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""

    def steeper(base: Any, transform: Any, side: int, length: arb, moment: int) -> arb | None:
        rate = joint_rate(base, transform, side, length, moment)
        return None if rate is None else rate * arb("1.01")

    for room in (problems, tails):
        monkeypatch.setattr(room, "joint_rate", steeper)
    forget()
    with pytest.raises(BoundViolated):
        statistic(LAW.format(0.375), "variance")
    forget()
