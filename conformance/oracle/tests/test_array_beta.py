"""The incomplete beta function over arrays against Arb."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.floats.formats import FORMATS
from conformance.oracle.bulk.audit import audit
from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers import array_beta as beta
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.arrays import NotOffered
from conformance.oracle.numbers.balls import BallNumbers

ARB = BallNumbers()
PARAMETERS = [
    (2.0**-10, 2.5),
    (2.5, 2.0**-10),
    (0.625, 2.5),
    (1.0, 0.75),
    (2.5, 1.75),
    (40.75, 9.0),
    (160.0, 96.0),
]
SUBJECT = "logistic_beta(concentration1=2.5,concentration0=1.75)"
AUDITED = np.linspace(-6.0, 3.0, 101).astype(np.float32)


def points(a: float, b: float) -> Any:
    drawn = np.random.default_rng(11)
    split, mean = (a + 1) / (a + b + 2), a / (a + b)
    width = 4 * (mean * (1 - mean) / (a + b + 1)) ** 0.5
    around = np.array([split, np.nextafter(split, 0.0), split * (1 + 2.0**-20), mean, mean / 2, (1 + mean) / 2])
    near = mean + width * drawn.uniform(-1, 1, 20)
    drawn_all = np.concatenate([np.exp(drawn.uniform(-200, 0, 20)), drawn.uniform(0, 1, 10), near, around])
    return drawn_all[(drawn_all > 0) & (drawn_all < 1 - 2.0**-20)]


def holds(ball: Ball, at: int, exact: arb) -> bool:
    """``exact`` is known to 100 bits, and may lie on the edge: a share of 1 - e**-1000 is 1 there."""
    assert exact.rel_accuracy_bits() > 100
    return not abs(arb(float(ball.mid[at])) - exact) > arb(float(ball.rad[at]))


@pytest.mark.parametrize(("a", "b"), PARAMETERS)
@pytest.mark.parametrize("width", [0.0, 2.0**-48, 2.0**-20])
def test_balls_hold_every_value_of_theirs(a: float, b: float, width: float) -> None:
    at = points(a, b)
    x = Ball(at, at * width)
    found = beta.shares(x, balls.log(x), a, b)
    with ctx.workprec(200):
        for i, middle in enumerate(at):
            for end in {arb(middle) * (1 - arb(width)), arb(middle) * (1 + arb(width))}:
                share = ARB.betainc(end, a, b)
                log = share.log() if end < 0.5 else (-ARB.betainc(1 - end, b, a)).log1p()
                for ball, exact in zip(found, (share, log), strict=True):
                    assert holds(ball, i, exact), (middle, a, b)


@pytest.mark.parametrize(("a", "b"), PARAMETERS)
def test_they_are_known_to_what_is_wanted(a: float, b: float) -> None:
    """To 2**-38 of the largest term of the logarithm, the constant (-170 for the last of these parameters) included,
    which 200 stands for."""
    at = points(a, b)
    x = Ball(at, np.zeros_like(at))
    log_x = balls.log(x)
    log = beta.shares(x, log_x, a, b)[1]
    terms = np.abs(a * log_x.mid) + np.abs(b * np.log1p(-at)) + 200.0
    assert (log.rad <= 2.0**-38 * terms).all()


def test_a_shorter_sum_leaves_out_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = 2.5, 1.75
    at = np.array([2.0**-30, 0.25, 0.5])
    full = beta._series(Ball(at, np.zeros(3)), beta.sides(a, b)[1])
    monkeypatch.setattr(beta, "_LEFT_OUT", 2.0**-20)
    short = beta._series(Ball(at, np.zeros(3)), beta._side(a, b, beta.sides(a, b)[1].edge))
    assert (np.abs(short.mid - full.mid) <= short.rad).all()
    assert (short.rad > 1e7 * full.rad).all()
    assert short.mid[2] != full.mid[2]


def test_what_underflows_keeps_its_sign_and_its_logarithm() -> None:
    small = Ball(np.zeros(1), np.full(1, balls.TINY))
    value, log = beta.shares(small, Ball(np.full(1, -1e30), np.full(1, 1e10)), 2.5, 1.75)
    assert value.mid[0] > 0
    assert value.rad[0] <= 2.0**-980
    assert abs(log.mid[0] / -2.5e30 - 1) < 1e-12
    assert log.rad[0] < 1e15


def test_what_lies_beyond_a_series_is_unbounded() -> None:
    side = beta.sides(2.5, 1.75)[1]
    beyond = beta._series(Ball(np.array([side.edge * 1.01, 0.25]), np.array([0.0, 0.5])), side)
    assert np.isinf(beyond.rad).all()


def test_parameters_beyond_the_series_are_left_to_others() -> None:
    with pytest.raises(NotOffered):
        beta.sides(10240.0, 2.0**-10)


@pytest.mark.parametrize(("a", "b"), PARAMETERS)
def test_the_candidates_are_near_enough_to_be_certified(a: float, b: float) -> None:
    q = np.concatenate([np.exp(np.linspace(-600.0, -0.1, 30)), 1.0 - 2.0 ** -np.arange(2.0, 50.0, 4.0)])
    with ctx.workprec(300):
        for at, logit in zip(q, beta.logit_inverse(q, a, b), strict=True):
            if logit < 0:
                back = ARB.betainc(ARB.sigmoid(arb(logit)), a, b)
                rest = 1 - back
            else:
                rest = ARB.betainc(ARB.sigmoid(arb(-logit)), b, a)
                back = 1 - rest
            off = back / at if at < 0.5 else rest / (1 - arb(at))
            # SciPy's, from which these start, are no better for a share of 1e-45 of a law that lies almost all at 1.
            assert abs(off - 1) < 2.0**-20 or (b < 0.5 and at < 0.5 and 0.125 < off < 8), (a, b, at)


@pytest.mark.parametrize("quantity", ["cdf", "log_survival", "prob"])
def test_no_violation_is_found(quantity: str) -> None:
    assert not audit(SUBJECT, quantity, AUDITED, FORMATS["float32"]).violations


@pytest.mark.parametrize("quantity", ["cdf", "log_survival"])
def test_a_wrong_series_is_a_violation(quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = beta._series

    def wrong(x: Ball, side: beta.Side) -> Ball:
        known = right(x, side)
        return Ball(known.mid * (1 + 2.0**-34), known.rad)

    monkeypatch.setattr(beta, "_series", wrong)
    assert audit(SUBJECT, quantity, AUDITED, FORMATS["float32"]).violations
