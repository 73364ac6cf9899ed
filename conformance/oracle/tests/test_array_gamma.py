"""The incomplete gamma functions over arrays against Arb."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.floats.formats import FORMATS
from conformance.oracle.bulk.audit import audit
from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers import array_gamma as gamma
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.arrays import NotOffered
from conformance.oracle.numbers.balls import BallNumbers

ARB = BallNumbers()
ORDERS = [2.0**-10, 0.3, 0.625, 1.0, 2.5, 7.0, 40.75, 64.0]


def points(a: float) -> Any:
    drawn = np.random.default_rng(11)
    edge = max(1.0, a)
    around = [edge, np.nextafter(edge, 0.0), edge * (1 + 2.0**-20), 2 * edge, edge + 0.125]
    return np.concatenate([np.exp(drawn.uniform(-200, 40, 60)), drawn.uniform(0, 3 * edge, 40), around])


def logs(x: Ball) -> Ball:
    return balls.log(x)


def holds(ball: Ball, at: int, exact: arb) -> bool:
    return bool(abs(arb(float(ball.mid[at])) - exact) <= arb(float(ball.rad[at])))


@pytest.mark.slow
@pytest.mark.parametrize("a", ORDERS)
@pytest.mark.parametrize("width", [0.0, 2.0**-48, 2.0**-20])
def test_balls_hold_every_value_of_theirs(a: float, width: float) -> None:
    at = points(a)
    x = Ball(at, at * width)
    both = logs(x)
    found = [f(x, both, a) for f in (gamma.lower, gamma.log_lower, gamma.upper, gamma.log_upper)]
    with ctx.workprec(2000):
        for i, middle in enumerate(at):
            for end in (arb(middle) * (1 - arb(width)), arb(middle) * (1 + arb(width))):
                below, above, log_above = ARB.gamma_p(end, a), ARB.gamma_q(end, a), ARB.log_gamma_q(end, a)
                log_below = below.log() if below < 0.5 else (-above).log1p()
                for ball, exact in zip(found, (below, log_below, above, log_above), strict=True):
                    assert holds(ball, i, exact), (middle, a)


@pytest.mark.parametrize("a", ORDERS[1:])
def test_they_are_known_to_what_is_wanted(a: float) -> None:
    """To 2**-38 of the largest term of the logarithm, which serves every format of the tier."""
    at = points(a)
    x = Ball(at, np.zeros_like(at))
    both = logs(x)
    terms = np.abs(a * both.mid) + at + 200.0
    for f in (gamma.log_lower, gamma.log_upper):
        assert (f(x, both, a).rad <= 2.0**-38 * terms).all()


def test_the_fraction_s_two_ends_enclose_it_and_a_short_one_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    at = np.array([2.5, 3.0, 9.0])
    full = gamma._fraction(Ball(at, np.zeros(3)), 2.5)
    monkeypatch.setattr(gamma, "_LEVELS", 3)
    short = gamma._fraction(Ball(at, np.zeros(3)), 2.5)
    assert (short.rad > 1e4 * full.rad).all()
    assert (np.abs(short.mid - full.mid) <= short.rad).all()


def test_what_underflows_keeps_its_sign_and_its_logarithm() -> None:
    far = np.array([1e3, 1e15, np.inf])
    both = Ball(np.array([np.log(1e3), np.log(1e15), 1e30]), np.full(3, 1e-12))
    upper, lower = (f(Ball(far, far * 2.0**-50), both, 2.5) for f in (gamma.upper, gamma.lower))
    assert (upper.mid > 0).all()
    assert (upper.rad[1:] <= 2.0**-980).all()
    assert (np.abs(lower.mid - 1) <= lower.rad).all()
    small = Ball(np.zeros(1), np.full(1, balls.TINY))
    log = gamma.log_lower(small, Ball(np.full(1, -1e30), np.full(1, 1e10)), 2.5)
    assert abs(log.mid[0] / -2.5e30 - 1) < 1e-12
    assert log.rad[0] < 1e15


def test_an_order_beyond_the_series_is_left_to_others() -> None:
    with pytest.raises(NotOffered):
        gamma.refuse_beyond(64.5)


def test_the_candidates_are_near_enough_to_be_certified() -> None:
    q = np.concatenate([np.exp(np.linspace(-600.0, -0.1, 100)), 1.0 - 2.0 ** -np.arange(2.0, 50.0)])
    with ctx.workprec(300):
        for a in (0.3, 2.5, 40.75):
            for inverse, share in ((gamma.log_lower_inverse, ARB.gamma_p), (gamma.log_upper_inverse, ARB.gamma_q)):
                for at, log_x in zip(q, inverse(q, a), strict=True):
                    back = share(arb(log_x).exp(), a)
                    assert abs(back / at - 1) < 2.0**-30 or abs((1 - back) / (1 - arb(at)) - 1) < 2.0**-2, (a, at)


@pytest.mark.parametrize("quantity", ["cdf", "log_survival", "prob"])
def test_a_wrong_series_is_a_violation(quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red: the audit can fail."""
    subject = "exp_gamma(concentration=2.5,rate=1.5)"
    x = np.linspace(-6.0, 3.0, 101).astype(np.float32)
    assert not audit(subject, quantity, x, FORMATS["float32"]).violations
    if quantity == "prob":
        return
    right = gamma._series

    def wrong(x: Ball, a: float) -> Ball:
        known = right(x, a)
        return Ball(known.mid * (1 + 2.0**-34), known.rad)

    monkeypatch.setattr(gamma, "_series", wrong)
    assert audit(subject, quantity, x, FORMATS["float32"]).violations
