"""mpmath's number system beside the real axis, where the complex steps of the second opinion go."""

from __future__ import annotations

import pytest
from flint import arb
from flint import ctx as flint_context
from mpmath.ctx_mp import MPContext

from conformance.oracle.numbers.ball_student import cdf
from conformance.oracle.opinion.mp_numbers import MpNumbers, log_beta, power_of_ten

DIGITS = 60


@pytest.mark.parametrize("away", ["1e-30", "-1e-30", "1e-20", "1e-9", "0.125"])
@pytest.mark.parametrize("at", ["0", "1e-20", "0.125", "1", "5", "12", "27"])
def test_both_parts_of_the_normal_cdf_are_right_however_small_the_step(at: str, away: str) -> None:
    """By mpmath's own erfc of a complex number, at three times as many digits: the parts differ by the step's size."""
    ns, much = MpNumbers(DIGITS), MPContext()
    much.dps = 3 * DIGITS
    x = ns.ctx.mpc(f"-{at}", away)
    got = ns.ndtr(x)
    exact = much.erfc(-much.mpc(x.real, x.imag) / much.sqrt(2)) / 2
    for part, wanted in ((got.real, exact.real), (got.imag, exact.imag)):
        assert abs(much.mpf(part) - wanted) <= abs(wanted) * much.mpf(10) ** (4 - DIGITS)


@pytest.mark.parametrize("digits", [20, 60, 300])
@pytest.mark.parametrize("value", [2.0**-40, 0.625, 1.0, 1 + 2.0**-30, 2.5, 1e4])
def test_log_gamma_has_every_digit(value: float, digits: int) -> None:
    """By mpmath's own, without the shift, at more digits: next to the zero at 1 too."""
    much = MPContext()
    much.dps = digits + 40
    exact = much.loggamma(much.mpf(value))
    assert abs(much.mpf(MpNumbers(digits).lgamma(value)) - exact) <= abs(exact) * much.mpf(10) ** (1 - digits)


@pytest.mark.parametrize("bits", [60, 535, 1100])
def test_what_is_kept_of_a_precision_is_what_it_gives(bits: int) -> None:
    """Asked in another order, and by a context of that precision itself."""
    own = MPContext()
    own.prec = bits
    for a, b in ((2.5, 1.75), (1.75, 2.5), (0.5, 1.25)):
        for _ in range(2):
            assert own.mpf(log_beta(a, b, bits)) == own.log(own.beta(own.mpf(a), own.mpf(b)))
    for exponent in (-56.0, -0.35 * 176, -12.5):
        for _ in range(2):
            assert own.mpf(power_of_ten(exponent, bits)) == own.mpf(10) ** exponent


@pytest.mark.parametrize("x", ["-0.5", "-3", "0.25", "2.5", "-7", "-9.99", "-10.01"])
def test_student_tails_of_many_degrees_of_freedom_are_those_of_the_incomplete_beta_function(x: str) -> None:
    """Which mpmath has in another way, and the second opinion asks of fewer degrees of freedom."""
    ns = MpNumbers(40)
    ctx = ns.ctx
    at, nu = ctx.mpf(x), ctx.mpf(1200)
    share = ctx.betainc(nu / 2, ctx.mpf(0.5), 0, nu / (nu + at * at), regularized=True) / 2
    expected = share if at < 0 else 1 - share
    found = ns.student_t_cdf(at, 1200.0)
    assert abs(found - expected) <= ctx.mpf(10) ** -36 * expected


@pytest.mark.parametrize("x", ["-1e-3", "-9.99", "-10.01", "-40", "-400", "-1e9", "-1e300"])
def test_student_tails_of_a_million_degrees_of_freedom(x: str) -> None:
    """Held against certified balls, which sum an expansion."""
    ns = MpNumbers(30)
    ctx = ns.ctx
    found = ns.student_t_cdf(ctx.mpf(float(x)), 1e6)
    with flint_context.workprec(200):
        exact = cdf(arb(float(x)), 1e6)
    assert abs(found - ctx.mpf(exact.mid().str(40, radius=False))) <= ctx.mpf(10) ** -26 * found
