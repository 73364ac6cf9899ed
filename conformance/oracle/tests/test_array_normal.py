"""The kernels of the normal distribution against Arb."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.floats.formats import FORMATS
from conformance.oracle.bulk.audit import audit
from conformance.oracle.numbers import array_normal as normal
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.balls import BallNumbers

BALLS = BallNumbers()


def _holds(ball: Ball, at: int, exact: arb) -> bool:
    return bool(abs(arb(float(ball.mid[at])) - exact) <= arb(float(ball.rad[at])))


def _ndtr(x: arb) -> arb:
    return (-x / arb(2).sqrt()).erfc() / 2


@pytest.fixture
def points() -> Any:
    drawn = np.random.default_rng(7)
    ends = np.arange(0.0, 16.25, 0.25)
    near = np.nextafter(ends[1:], 0.0)
    return np.concatenate([drawn.uniform(0, 17, 400), np.exp(drawn.uniform(-300, 3.3, 100)), ends, near])


def test_mills_ratio_is_within_what_it_claims(points: Any) -> None:
    with ctx.workprec(400):
        for x, got in zip(points, normal.mills(points), strict=True):
            exact = (arb(x) / arb(2).sqrt()).erfc() * (arb(x) ** 2 / 2).exp() * (arb.pi() / 2).sqrt()
            assert abs(arb(got) - exact) <= exact * normal.MILLS, x


def test_the_table_refuses_a_polynomial_that_is_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal, "_DEGREE", 9)
    with pytest.raises(ArithmeticError, match="remainder"):
        normal._table.__wrapped__()


@pytest.mark.parametrize("width", [0.0, 2.0**-40, 0.125, 0.75])
def test_balls_hold_every_value_of_theirs(points: Any, width: float) -> None:
    for sign in (-1.0, 1.0):
        at = sign * points
        value, log = (f(Ball(at, np.full(len(at), width))) for f in (normal.ndtr, normal.log_ndtr))
        with ctx.workprec(400):
            for i, x in enumerate(at):
                for end in (arb(x) - width, arb(x) + width):
                    exact = _ndtr(end)
                    assert _holds(value, i, exact), x
                    assert _holds(log, i, exact.log()), x


def test_what_underflows_keeps_its_sign_and_its_logarithm() -> None:
    far = np.array([-40.0, -1e3, -1e30])
    assert (normal.ndtr(Ball(far, 0.0)).mid > 0).all()
    log = normal.log_ndtr(Ball(far, 0.0))
    assert (np.abs(log.mid / (-0.5 * far * far) - 1.0) < 0.01).all()
    assert (log.rad < -1e-12 * log.mid).all()


def test_the_candidate_is_near_enough_to_be_certified() -> None:
    y = np.concatenate([np.exp(np.linspace(-700.0, -0.1, 300)), 1.0 - 2.0 ** -np.arange(2.0, 53.0)])
    with ctx.workprec(200):
        for at, x in zip(y, normal.ndtri(y), strict=True):
            assert abs(_ndtr(arb(x)) / arb(at) - 1) < 2.0**-40, at


def test_a_wrong_ratio_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""
    right = normal.mills
    x = np.linspace(-6.0, 6.0, 101).astype(np.float32)
    assert not audit("normal_cdf", "forward", x, FORMATS["float32"]).violations
    monkeypatch.setattr(normal, "mills", lambda x: right(x) * (1 + 2.0**-41))
    assert audit("normal_cdf", "forward", x, FORMATS["float32"]).violations


@pytest.mark.slow
@pytest.mark.parametrize("width", [0.0, 2.0**-40, 0.125])
def test_erf_and_the_logarithm_of_its_complement_hold_every_value(points: Any, width: float) -> None:
    own = np.concatenate([points / 2, [0.75, np.nextafter(0.75, 0.0), 5e-324]])
    for sign in (-1.0, 1.0):
        at = sign * own
        value, log = (f(Ball(at, np.full(len(at), width))) for f in (normal.erf, normal.log_erfc))
        with ctx.workprec(1000):
            for i, x in enumerate(at):
                for end in (arb(x) - width, arb(x) + width):
                    assert _holds(value, i, end.erf()), x
                    assert _holds(log, i, end.erfc().log()), x


@pytest.mark.parametrize(("width", "share"), [(0.0, 0.0), (2.0**-40, 0.0), (0.125, 0.0), (0.0, 2.0**-30), (0.0, 0.5)])
def test_the_logarithm_of_the_scaled_complement_holds_every_value(points: Any, width: float, share: float) -> None:
    inner = np.concatenate([points[::6], [0.75, np.nextafter(0.75, 0.0), 5e-324]])
    outer = np.exp(np.linspace(3, 708, 60))  # From 1e154 on the square is beyond float64.
    at = np.concatenate([inner, outer] if share else [-inner, inner, outer])
    rad = width + share * np.abs(at)
    with np.errstate(over="ignore"):
        found, slopes = normal.log_erfcx(Ball(at, rad)), normal.log_erfcx_slope(at)
    with ctx.workprec(2200):
        for i, x in enumerate(at):
            for end in (arb(x) - arb(rad[i]), arb(x) + arb(rad[i])):
                assert _holds(found, i, BALLS.log_erfcx(end)), x
            if abs(x) < 1e100:
                slope = 2 * arb(x) - BALLS.erfc_hazard(arb(x))
                assert abs(slope - arb(slopes[i])) < abs(slope) * 1e-6, x


def test_erf_is_known_to_what_it_claims(points: Any) -> None:
    at = points[(points > 1e-250) & (points < 6)]
    found = normal.erf(Ball(at, np.zeros(len(at))))
    assert (found.rad <= 2.0**-45 * found.mid).all()
