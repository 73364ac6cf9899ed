"""Student's law of many degrees of freedom over arrays, against Arb and against mpmath's integral of the density."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from conformance.definitions.registry import distribution_definition
from conformance.floats.formats import FORMATS
from conformance.oracle.bulk.audit import audit
from conformance.oracle.numbers import array_student as student
from conformance.oracle.numbers import array_student_mills as mills
from conformance.oracle.numbers import ball_student
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.tests.test_student import tail

# Of 511.7, 2^53 and 1e16 one more is no float.
MANY = (64.5, 300.0, 511.7, 1024.0, 1025.0, 1e6, 1e12, 2.0**53, 1e16, 1e38)


def places(df: float) -> Any:
    """Below sqrt(df)/2: both ends of every interval, what lies within, and beyond 16 where that is so far."""
    drawn, last = np.random.default_rng(7), df**0.5 / 2
    ends = np.arange(0.0, 16.125, 0.125)
    far = np.exp(drawn.uniform(np.log(16.0), np.log(max(last, 16.0)), 60))
    near = np.concatenate([drawn.uniform(0, 17, 200), np.exp(drawn.uniform(-300, 2.8, 40))])
    x = np.unique(np.concatenate([near, ends, np.nextafter(ends[1:], 0.0), far]))
    return x[x < last]


def exact_ratio(t: float, df: float) -> arb:
    return ball_student.cdf(arb(-t), df) / ball_student.density(arb(t), df)


@pytest.mark.parametrize("df", MANY)
def test_mills_ratio_is_within_what_it_claims(df: float) -> None:
    x = places(df)
    with ctx.workprec(256):
        for t, got in zip(x, mills.mills(x, df), strict=True):
            exact = exact_ratio(float(t), df)
            assert exact.rel_accuracy_bits() > 100
            assert abs(arb(float(got)) - exact) <= exact * mills.MILLS, t


@pytest.mark.parametrize(
    ("df", "t"), [(65.0, 1e-3), (65.0, 3.0), (1e6, 1e-3), (1e6, 0.4375), (1e6, 15.999), (1e6, 16.0), (1e6, 300.0)]
)
def test_mills_ratio_is_that_of_the_integral(df: float, t: float) -> None:
    with mpmath.workdps(30):
        nu = mpmath.mpf(df)
        peak = mpmath.gamma((nu + 1) / 2) / (mpmath.gamma(nu / 2) * mpmath.sqrt(nu * mpmath.pi))
        wanted = tail(t, df) / (peak * (1 + mpmath.mpf(t) ** 2 / nu) ** (-(nu + 1) / 2))
        assert abs(mpmath.mpf(float(mills.mills(np.array([t]), df)[0])) / wanted - 1) < mills.MILLS


@pytest.mark.parametrize("df", MANY)
@pytest.mark.parametrize("width", [0.0, 2.0**-40, 2.0**-7])
def test_balls_hold_every_value_of_theirs(df: float, width: float) -> None:
    beyond = np.array([0.51, 0.7, 1.0, 3.0, 1e3, 1e9]) * df**0.5
    x = np.concatenate([places(df)[::5], beyond[beyond < 1e150]])
    x = x[x > width]
    for at in (x, -x):
        value, log = (f(Ball(at, np.full(len(at), width)), df) for f in (student.cdf, student.log_cdf))
        known = np.isfinite(log.rad)
        assert known.mean() > 0.85
        with ctx.workprec(256):
            for i in np.flatnonzero(known):
                for end in (arb(float(at[i])) - width, arb(float(at[i])) + width):
                    exact = ball_student.cdf(end, df)
                    assert exact.is_finite()
                    assert not abs(arb(float(value.mid[i])) - exact) > arb(float(value.rad[i])), at[i]
                    assert not abs(arb(float(log.mid[i])) - exact.log()) > arb(float(log.rad[i])), at[i]


@pytest.mark.parametrize("name", ["_DEGREE", "_KNOWN", "_TERMS"])
def test_what_falls_short_of_the_claim_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mills, name, getattr(mills, name) * 3 // 4)
    if name == "_KNOWN":
        monkeypatch.setattr(mills, "_STEP", 0.5)
    with pytest.raises(ArithmeticError, match="claims"):
        (mills._ratios if name == "_TERMS" else mills._table).__wrapped__(1e6)


@pytest.mark.parametrize("df", [0.1, 3.7, *MANY])
def test_the_power_of_the_density_knows_what_it_rounded(df: float) -> None:
    ball = student.power(df)
    off = abs((Fraction(df) + 1) / 2 - Fraction(float(ball.mid)))
    assert off <= Fraction(float(ball.rad)) <= Fraction(df + 1) / 2**53


@pytest.mark.parametrize("degree", [0, 5, 11])
def test_a_wide_coefficient_is_refused(degree: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By 2**-48 of the ratio at the end of an interval, which is half of all that is claimed."""
    narrow = mills._taylor

    def wide(at: arb, start: arb, df: float, length: int) -> list[arb]:
        found = narrow(at, start, df, length)
        found[degree] += arb(0, abs(start) * 2.0 ** (4 * degree - 48))
        return found

    mills._table.__wrapped__(1e6)
    monkeypatch.setattr(mills, "_taylor", wide)
    with pytest.raises(ArithmeticError, match="claims"):
        mills._table.__wrapped__(1e6)


@pytest.mark.parametrize("df", [2.5, 64.0, 1e6, 1e18])
def test_the_peak_of_the_density_cancels_nothing(df: float) -> None:
    """Against mpmath, with as many digits more as the logarithms of Gamma have; in arrays of float64 too."""
    definition = distribution_definition(f"student_t(df={df!r},loc=0.0,scale=1.0)")
    assert definition.log_density is not None
    with ctx.workprec(100), mpmath.workdps(80):
        nu = mpmath.mpf(df)
        wanted = mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2) - mpmath.log(mpmath.pi * nu) / 2
        for found in (ball_student.log_peak(df), definition.log_density(BallNumbers(), arb(0))):
            assert found.rel_accuracy_bits() > 90
            assert abs(mpmath.mpf(found.mid().str(40, radius=False)) / wanted - 1) < 1e-27
        numbers = ArrayNumbers()
        ball = definition.log_density(numbers, numbers.const(0.0)).ball
        assert abs(mpmath.mpf(float(ball.mid)) - wanted) <= ball.rad <= 2.0**-50


def test_a_constant_that_float64_does_not_hold_keeps_its_logarithm() -> None:
    numbers = ArrayNumbers()
    tiny = numbers.once(lambda ns: ns.exp(ns.const(-1000.0)))
    assert tiny.log().ball.mid == -1000.0
    assert numbers.once(lambda ns: ns.const(1.5) - ns.const(1.5)).ball == (0.0, 0.0)


@pytest.mark.parametrize("df", [100.0, 1200.0, 1e6])
@pytest.mark.parametrize("quantity", ["log_prob", "cdf", "log_survival", "icdf"])
def test_float32_is_answered_in_bulk(df: float, quantity: str) -> None:
    fmt, drawn = FORMATS["float32"], np.random.default_rng(5)
    x = drawn.uniform(0, 1, 200) if quantity == "icdf" else np.exp(drawn.uniform(-80, 80, 200))
    x = np.concatenate([x, np.exp(-drawn.uniform(1, 80, 50)) if quantity == "icdf" else -drawn.uniform(0, 20, 200)])
    found = audit(f"student_t(df={df!r},loc=0.25,scale=1.5)", quantity, x.astype(fmt.dtype), fmt)
    assert not found.violations
    assert found.answered > 0.97 * len(x)
    assert found.condition_gap < 0.3
