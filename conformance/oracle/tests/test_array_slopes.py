"""Derivatives and logarithms that outlive their values: sums of two paths, values beyond the range of floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import Element, Pulls, Steepness, variables

NS = ArrayNumbers()


def at(points: list[float]) -> Element:
    return variables([Ball(np.array(points), 0.0)], [Pulls(False, {0: np.array(points)})])[0]


def steepness(element: Element) -> Steepness:
    slope = element.slopes[0]
    assert slope is not None
    return slope()


def holds(ball: Ball, exact: list[Any]) -> None:
    for mid, rad, want in zip(*np.broadcast_arrays(ball.mid, ball.rad), exact, strict=True):
        assert abs(arb(float(mid)) - want) <= arb(float(rad)), (mid, rad, want)
        assert rad <= 1e-9 * max(1.0, abs(mid))


def logs(values: list[Callable[[], arb]]) -> list[arb]:
    with ctx.workprec(4000):
        return [abs(value()).log() for value in values]


def test_two_paths_are_added_by_their_logarithms() -> None:
    points = [0.25, 3.0, 500.0, 1e4]
    x = at(points)
    # d/dx (e^x + e^2x) = e^x + 2 e^2x, beyond float64 from 355 on.
    found = steepness(NS.exp(x) + NS.exp(NS.const(2.0) * x))
    assert (np.asarray(found.sign) == 1).all()
    holds(found.log.ball, logs([lambda v=v: arb(v).exp() + 2 * arb(2 * v).exp() for v in points]))  # type: ignore[misc]


def test_what_cancels_keeps_its_sign_or_is_unbounded() -> None:
    points = [0.25, 0.75, 40.0]
    x = at(points)
    found = steepness(x * x - x)  # 2x - 1
    assert np.asarray(found.sign).tolist() == [-1.0, 1.0, 1.0]
    holds(found.log.ball, logs([lambda v=v: 2 * arb(v) - 1 for v in points]))  # type: ignore[misc]
    at_half = at([0.5])
    assert np.isinf(steepness(at_half * at_half - at_half).log.ball.rad).all()


def test_falling_parts_count_with_their_sign() -> None:
    points = [0.5, 2.0]
    x = at(points)
    # d/dx (1/x - x) = -1/x^2 - 1, and d/dx (x sech x) = sech x (1 - x tanh x), which turns at 1.2.
    holds(steepness(NS.const(1.0) / x - x).log.ball, logs([lambda v=v: -1 / arb(v) ** 2 - 1 for v in points]))  # type: ignore[misc]
    turning = steepness(x * NS.sech(x))
    assert np.asarray(turning.sign).tolist() == [1.0, -1.0]
    holds(turning.log.ball, logs([lambda v=v: (1 - arb(v) * arb(v).tanh()) / arb(v).cosh() for v in points]))  # type: ignore[misc]


def _below(v: float) -> arb:
    return (arb(v) ** 2 / arb(2).sqrt()).erfc() / 2


@pytest.mark.parametrize(
    ("log", "value"),
    [
        (lambda x: NS.log(NS.ndtr(-x * x)), _below),
        (lambda x: NS.log1p(-NS.ndtr(-x * x)).log(), lambda v: (-_below(v)).log1p()),
        (lambda x: NS.sinh(x * x).log(), lambda v: (arb(v) ** 2).sinh()),
        (lambda x: NS.expm1(x * x).log(), lambda v: (arb(v) ** 2).expm1()),
    ],
    ids=["a tail", "what a tail leaves", "sinh", "expm1"],
)
def test_logarithms_outlive_their_values(log: Callable[[Element], Element], value: Callable[[float], arb]) -> None:
    points = [1.5, 30.0, 60.0]
    with ctx.workprec(20000):
        exact = [abs(value(v)).log() for v in points]
    holds(log(at(points)).ball, exact)


def test_the_logarithm_of_what_may_be_negative_is_unbounded() -> None:
    x = at([60.0])
    assert np.isinf(NS.log(-NS.ndtr(-x * x)).ball.rad).all()
    assert np.isinf(NS.log(NS.ndtr(-x * x) * -x).ball.rad).all()


@pytest.mark.parametrize("a", [0.625, 2.5])
def test_the_incomplete_gamma_functions_rise_and_fall_by_one_density(a: float) -> None:
    points = [0.25, 3.0, 20.0]
    density = logs([lambda v=v: arb(v) ** (arb(a) - 1) * (-arb(v)).exp() / arb(a).gamma() for v in points])  # type: ignore[misc]
    for function, sign in ((NS.gamma_p, 1.0), (NS.gamma_q, -1.0)):
        found = steepness(function(at(points), a))
        assert np.broadcast_to(found.sign, len(points)).tolist() == [sign] * len(points)
        holds(found.log.ball, density)


@pytest.mark.parametrize("b", [0.5, 2.25])
def test_half_a_beta_law_rises_by_its_density(b: float) -> None:
    points = [2.0**-40, 0.125, 0.4375]
    found = steepness(NS.betainc(at(points), 0.5, b))
    assert np.broadcast_to(found.sign, len(points)).tolist() == [1.0] * len(points)

    def density(v: float) -> arb:
        beta = (arb(0.5).lgamma() + arb(b).lgamma() - (arb(b) + 0.5).lgamma()).exp()
        return (1 - arb(v)) ** (arb(b) - 1) / (arb(v).sqrt() * beta)

    holds(found.log.ball, logs([lambda v=v: density(v) for v in points]))  # type: ignore[misc]
