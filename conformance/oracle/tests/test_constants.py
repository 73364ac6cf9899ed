"""Constants of definitions that take long, orders that are no float, and candidates by iteration."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import acb, ctx
from scipy import stats
from scipy.integrate import quad
from scipy.special import gammaln

from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import distribution_definition
from conformance.oracle.numbers.array_gamma import refuse_beyond
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import NotOffered
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers

BALLS = BallNumbers()


def test_a_constant_is_worked_out_once_for_each_precision() -> None:
    seen = []

    def constant(ns: Any) -> Any:
        seen.append(ctx.prec)
        return ns.student_t_cdf(ns.const(0.25), 1.0)

    with ctx.workprec(200):
        first = BALLS.once(constant)
        assert SeriesNumbers(3).once(constant).overlaps(first)
        assert ComplexNumbers(analytic=True).once(constant).overlaps(acb(first)), "a constant is holomorphic"
        assert seen == [200]
    with ctx.workprec(90):
        assert BALLS.once(constant).overlaps(first)
    assert seen == [200, 90]
    assert float(MpNumbers(30).once(constant)) == pytest.approx(float(first.mid()), rel=1e-15)
    assert FloatNumbers().once(constant) == pytest.approx(float(first.mid()), rel=1e-15)


@pytest.mark.parametrize(("order", "value"), [("0", "1/2"), ("1/2", "48"), ("1", "5/2"), ("3/2", "2000")])
def test_bessel_functions_of_every_number_system_are_one(order: str, value: str) -> None:
    """And that of the integral (DLMF 10.32.2) by the angle of t, in which it is smooth at both ends."""
    v, k = Fraction(order), Fraction(value)
    with ctx.workprec(120):
        exact = BALLS.log_bessel_i(v, k)
        assert exact.rel_accuracy_bits() > 100
        assert ComplexNumbers().log_bessel_i(v, k).overlaps(acb(exact))
        assert SeriesNumbers(3).log_bessel_i(v, k).overlaps(exact)
    ball = ArrayNumbers().log_bessel_i(v, k).ball
    assert abs(ball.mid - float(exact.mid())) <= ball.rad + 2.0**-60
    assert FloatNumbers().log_bessel_i(v, k) == pytest.approx(float(exact.mid()), rel=1e-13)
    assert abs(MpNumbers(40).log_bessel_i(v, k) / MpNumbers(40).ctx.mpf(exact.mid().str(40, radius=False)) - 1) < 1e-30
    at, size = float(v), float(k)

    def turned(angle: float) -> float:
        return float(np.sin(angle) ** (2 * at) * np.exp(size * (np.cos(angle) - 1)))

    whole, _ = quad(turned, 0, np.pi, points=[0.05, 0.5], epsabs=0, epsrel=1e-11)
    by_integral = size + at * np.log(size / 2) - np.log(np.pi) / 2 - gammaln(at + 0.5) + np.log(whole)
    assert by_integral == pytest.approx(float(exact.mid()), rel=1e-10)


@pytest.mark.parametrize("x", [0.0625, 0.75, 3.0, 40.0, 300.0])
def test_incomplete_gamma_functions_of_an_order_that_is_no_float(x: float) -> None:
    order = Fraction(2, 5)
    with ctx.workprec(120):
        both = BALLS.gamma_p(BALLS.const(x), order), BALLS.gamma_q(BALLS.const(x), order)
        assert (both[0] + both[1]).overlaps(BALLS.const(1.0))
        assert BALLS.log_gamma_q(BALLS.const(x), order).overlaps(both[1].log())
        mp = MpNumbers(40)
        assert abs(mp.log_gamma_q(mp.const(x), order) - mp.const(float(both[1].log().mid()))) < 1e-12 * max(1.0, x)
        assert not both[1].overlaps(BALLS.gamma_q(BALLS.const(x), 0.4)), "0.4 is another number than 2/5"
    with pytest.raises(NotOffered):
        refuse_beyond(order)


@pytest.mark.parametrize("q", [1e-300, 1e-9, 0.25, 0.5, 0.75, 1 - 1e-9])
def test_a_quantile_by_iteration_is_scipys(q: float) -> None:
    definition, exact = distribution_definition("exp_inverse_gaussian(loc=1.5,concentration=2.5)"), BALLS.const(q)
    assert definition.quantile is not None
    assert definition.cdf is not None
    with ctx.workprec(150):
        at = definition.quantile(BALLS, exact)
        assert abs(definition.cdf(BALLS, at) / exact - 1) < 2.0**-120
    assert definition.quantile(FloatNumbers(), q) == pytest.approx(float(at.mid()), rel=1e-9)
    if q > 1e-100:
        assert float(at.exp().mid()) == pytest.approx(stats.invgauss(0.6, scale=2.5).ppf(q), rel=1e-6)
    assert np.isfinite(float(at.mid()))
