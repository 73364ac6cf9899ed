"""Each primitive's ball contains mpmath's value to 80 digits, tails and tiny arguments included; so do its series."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq_mat

from conformance.definitions.catalogue import EXTREME_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import transform_definition
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.duals import DualNumbers, log_abs_det, variables
from conformance.oracle.numbers.log_slopes import LogDual, LogSlopeNumbers, log_slope
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.numbers.triangles import blocks
from conformance.oracle.opinion.mp_numbers import MpNumbers

BALLS, FLOATS = BallNumbers(), FloatNumbers()
TINY, SMALL, BIG = 1e-300, 2.0**-30, 700.0
REAL = (TINY, -TINY, SMALL, -SMALL, 0.3, -0.3, 1.0, -2.5, 30.0, -30.0, BIG, -BIG)
UNIT = (TINY, SMALL, 0.25, 0.3, 0.5, 0.75, 1 - 2.0**-53)
POSITIVE = (TINY, SMALL, 0.3, 0.9999, 1.0, 2.5, 30.0, BIG)

WANTED: dict[str, tuple[Callable[[Any], Any], tuple[float, ...]]] = {
    "exp": (mpmath.exp, REAL),
    "expm1": (mpmath.expm1, REAL),
    "log": (mpmath.log, POSITIVE),
    "log1p": (mpmath.log1p, (*POSITIVE, -SMALL, -0.75)),
    "sqrt": (mpmath.sqrt, POSITIVE),
    "tanh": (mpmath.tanh, REAL),
    "sech_squared": (lambda x: mpmath.sech(x) ** 2, REAL),
    "sinh": (mpmath.sinh, REAL),
    "asinh": (mpmath.asinh, (*REAL, 1e300)),
    "lambert_w": (mpmath.lambertw, (*POSITIVE, 1e300)),
    "atanh": (mpmath.atanh, (*UNIT, *(-u for u in UNIT))),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), REAL),
    "logit": (lambda x: mpmath.log(x / (1 - x)), UNIT),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), REAL),
    "softplus_inverse": (lambda x: mpmath.log(mpmath.expm1(x)), POSITIVE),
    "ndtr": (lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2, (TINY, SMALL, -0.3, 2.5, -30.0, -38.5)),
    "normal_density": (mpmath.npdf, REAL),
}


@pytest.fixture(autouse=True)
def _precision() -> Any:
    saved = ctx.prec
    ctx.prec = 300
    with mpmath.workdps(900):
        yield
    ctx.prec = saved


def contains(ball: arb, value: Any) -> bool:
    """Whether the ball contains mpmath's value, up to 10**-80 of it."""
    value = mpmath.mpf(value)
    exact = arb((int(value.man) * (-1 if value < 0 else 1), int(value.exp))) if value else arb(0)
    return bool(ball.is_finite() and ball.overlaps(exact + exact * arb(0, arb(10) ** -80)))


@pytest.mark.parametrize("name", WANTED)
def test_balls_contain_the_value_and_are_narrow(name: str) -> None:
    function, points = WANTED[name]
    for x in points:
        ball = getattr(BALLS, name)(arb(x))
        assert contains(ball, function(mpmath.mpf(x))), (name, x)
        assert ball.rel_accuracy_bits() > 200 or ball.is_exact(), (name, x, ball)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "ndtr"])
def test_a_wide_ball_encloses_the_images_of_its_points(name: str) -> None:
    for centre in (-3.0, -0.1, 0.0, 0.2, 4.0):
        image = getattr(BALLS, name)(arb(centre, 0.25))
        for step in (-0.25, 0.0, 0.25):
            assert image.contains(getattr(BALLS, name)(arb(centre + step)).mid())


def test_the_far_normal_tail_has_full_relative_precision() -> None:
    for x in (-(2.0**15), -(2.0**15) - 1, -1e6, -1e150):
        ctx.prec = 1300
        assert BALLS.ndtr(arb(x)).rel_accuracy_bits() > 250
        with mpmath.workdps(60):
            series = 1 - 1 / mpmath.mpf(x) ** 2 + 3 / mpmath.mpf(x) ** 4
            log_tail = -(mpmath.mpf(x) ** 2) / 2 - mpmath.log(-x * mpmath.sqrt(2 * mpmath.pi)) + mpmath.log(series)
            assert mpmath.almosteq(mpmath.mpf(BALLS.ndtr(arb(x)).log().str(40, radius=False)), log_tail, 1e-22)


@pytest.mark.parametrize("x", [-1e200, -50.0, -2.3, -0.5, 0.0, 0.5, 2.3, 50.0])
def test_student_t_and_its_quantile_free_tail(x: float) -> None:
    nu = mpmath.mpf(5)
    tail = mpmath.betainc(nu / 2, 0.5, 0, nu / (nu + mpmath.mpf(x) ** 2), regularized=True) / 2
    assert contains(BALLS.student_t_cdf(arb(x), 5.0), tail if x < 0 else 1 - tail)


@pytest.mark.parametrize("x", [1e-300, 1e-9, 0.3, 0.76, 3.0, 40.0, 1e5, 1e150])
def test_the_logarithm_of_erfc_is_mpmaths_in_every_number_system(x: float) -> None:
    ctx.prec = 1200
    at, plain = mpmath.mpf(x), MpNumbers(400)
    with mpmath.workdps(400):
        # Its asymptotic series, DLMF 7.12.1; by erf where that does not serve.
        near = mpmath.log1p(-mpmath.erf(at)) if x < 30 else None
        tail = 1 - 1 / (2 * at**2) + 3 / (4 * at**4) - 15 / (8 * at**6)
        wanted = -at * at + mpmath.log(tail / (at * mpmath.sqrt(mpmath.pi))) if near is None else near
    loose = mpmath.mpf(10) ** (-9 if near is None else -300)
    for found in (mpmath.mpf(BALLS.log_erfc(arb(x)).str(420, radius=False)), plain.log_erfc(plain.const(x))):
        assert abs(found - wanted) <= abs(wanted) * loose
    hazard = BALLS.erfc_hazard(arb(x))
    assert SeriesNumbers(3).log_erfc(SeriesNumbers(3).variable(arb(x)))[1].overlaps(-hazard)
    step = BALLS.log_erfc(arb(x) + arb(2) ** -500) - BALLS.log_erfc(arb(x))
    assert abs(step * arb(2) ** 500 + hazard) < abs(hazard) * arb(2) ** -100 + arb(2) ** -100


@pytest.mark.parametrize("x", [0.0, 0.3, 0.76, 3.0, 40.0, 130.0, 1e5, 1e150])
@pytest.mark.parametrize("more", [1e-9, 0.25, 50.0])
def test_a_ratio_of_scaled_complementary_error_functions_is_mpmaths_in_every_number_system(
    x: float, more: float
) -> None:
    ctx.prec = 1800
    plain, series = MpNumbers(500), SeriesNumbers(3)
    duals: Any = DualNumbers()

    def log_erfcx(at: mpmath.mpf) -> mpmath.mpf:
        if at < 30:
            return at * at + mpmath.log(mpmath.erfc(at))
        terms = (mpmath.fac2(2 * k - 1) * (-1 / (2 * at * at)) ** k for k in range(25))  # DLMF 7.12.1
        return mpmath.log(mpmath.fsum(terms) / (at * mpmath.sqrt(mpmath.pi)))

    with mpmath.workdps(500):
        wanted = log_erfcx(mpmath.mpf(x) + more) - log_erfcx(mpmath.mpf(x))
        found = BALLS.log_erfcx_ratio(arb(x), arb(more))
        for own in (mpmath.mpf(found.str(500, radius=False)), plain.log_erfcx_ratio(plain.const(x), plain.const(more))):
            assert abs(own - wanted) <= abs(wanted) * mpmath.mpf(10) ** -20
    if abs(wanted) > 1e-6:  # They subtract.
        assert FLOATS.log_erfcx_ratio(x, more) == pytest.approx(float(wanted), rel=1e-7)
    if x < 100:
        assert ComplexNumbers().log_erfcx_ratio(acb(arb(x)), acb(arb(more))).real.overlaps(found)
    one = arb(2) ** -600
    slope = (BALLS.log_erfcx_ratio(arb(x) + one, arb(more)) - found) / one
    of_series = series.log_erfcx_ratio(series.variable(arb(x)), arb(more))
    (at,) = variables([arb(x)])
    of_dual: Any = duals.log_erfcx_ratio(at, arb(more))
    slopes: Any = LogSlopeNumbers()
    of_slopes = slopes.log_erfcx_ratio(LogDual(arb(x), 1, arb(0)), arb(more))
    assert of_slopes.value.overlaps(found)
    assert abs(of_slopes.sign * of_slopes.log_slope.exp() - slope) <= abs(slope) * arb(2) ** -100 + arb(2) ** -1100
    for known, first in ((of_series[0], of_series[1]), (of_dual.value, of_dual.slopes[0])):
        assert known.overlaps(found)
        assert abs(first - slope) <= abs(slope) * arb(2) ** -100 + arb(2) ** -1100


BETA_POINTS = [
    (1e-300, 0.5, 2.25),
    (0.2, 0.5, 2.25),
    (0.75, 3.5, 0.25),
    (0.999, 0.5, 0.5),
    (0.25, 0.0009765625, 2.5),
    (0.9, 160.0, 1.75),
    (0.6, 160.0, 96.0),
    (0.6875, 160.0, 96.0),
]


@pytest.mark.parametrize(("x", "a", "b"), BETA_POINTS)
def test_the_incomplete_beta_function_and_its_inverse(x: float, a: float, b: float) -> None:
    with mpmath.workdps(150):
        # Without mpmath's own choice of a series, which does not converge for large parameters: DLMF 8.17.7.
        power = mpmath.mpf(x) ** a / (a * mpmath.beta(a, b))
        wanted = power * mpmath.hyp2f1(a, 1 - mpmath.mpf(b), a + 1, mpmath.mpf(x), maxterms=10**5, maxprec=20000)
    assert contains(BALLS.betainc(arb(x), a, b), wanted)
    assert FloatNumbers().betainc(x, a, b) == pytest.approx(float(wanted), rel=1e-11)
    assert abs(MpNumbers(60).betainc(mpmath.mpf(x), a, b) - wanted) <= wanted * mpmath.mpf(10) ** -50
    series = SeriesNumbers(2).betainc(SeriesNumbers(2).variable(arb(x)), a, b)
    step = (BALLS.betainc(arb(x) + arb(x) * arb(2) ** -60, a, b) - BALLS.betainc(arb(x), a, b)) / (
        arb(x) * arb(2) ** -60
    )
    assert abs(step - series[1]) < abs(series[1]) * arb(2) ** -40
    slope = LogSlopeNumbers().betainc(LogDual(arb(x), 1, arb(0)), a, b).log_slope
    assert abs(slope - series[1].log()) < arb(2) ** -100
    if wanted < 0.9:
        found = BALLS.logit_betainc_inverse(BALLS.betainc(arb(x), a, b).mid(), a, b)
        # How far the rounding of the share may move the logit is 1/(a x) at most below the mean.
        assert abs(found - BALLS.logit(arb(x))) < (1 + 1 / (arb(a) * (1 - arb(x)))) * arb(2) ** -200


@pytest.mark.parametrize(("a", "b"), [(0.0009765625, 2.5), (2.5, 0.0009765625), (0.625, 2.5), (40.75, 9.0)])
@pytest.mark.parametrize("q", [1e-300, 1e-9, 0.3, 0.5, 0.75, 1 - 2.0**-50])
def test_the_quantiles_of_a_beta_law_lead_back(q: float, a: float, b: float) -> None:
    logit = BALLS.logit_betainc_inverse(arb(q), a, b)
    back, rest = BALLS.betainc(BALLS.sigmoid(logit), a, b), BALLS.betainc(BALLS.sigmoid(-logit), b, a)
    spare = arb(2) ** (64 - ctx.prec)
    assert abs(back - q) < arb(q) * spare if logit < 0 else abs(rest - (1 - arb(q))) < (1 - arb(q)) * spare
    if q > 1e-9 and min(a, b) > 0.5:
        assert FloatNumbers().logit_betainc_inverse(q, a, b) == pytest.approx(float(logit.mid()), rel=1e-9)


@pytest.mark.parametrize("a", [0.015625, 0.625, 1.0, 2.5, 9.0])
@pytest.mark.parametrize("x", [1e-200, 0.3, 2.5, 8.0, 90.0, 4e4, 1e150])
def test_the_incomplete_gamma_functions_are_mpmaths_in_every_number_system(x: float, a: float) -> None:
    at, plain = mpmath.mpf(x), MpNumbers(60)
    with mpmath.workdps(150):
        lower = mpmath.gammainc(a, 0, at, regularized=True) if x < 1e9 else mpmath.mpf(1)
        # Its asymptotic series, DLMF 8.11.2, where mpmath's own does not end.
        far = -at + (a - 1) * mpmath.log(at) - mpmath.loggamma(a) + (a - 1) / at
        upper = mpmath.gammainc(a, at, mpmath.inf, regularized=True) if x < 1e9 else mpmath.exp(far)
        log_upper = mpmath.log(upper) if x > 1 else mpmath.log1p(-lower)
    assert contains(BALLS.gamma_p(arb(x), a), lower)
    wanted = {"gamma_p": lower, "log_gamma_q": log_upper} | ({"gamma_q": upper} if x < 1e9 else {})
    for name, value in wanted.items():
        found = mpmath.mpf(getattr(BALLS, name)(arb(x), a).mid().str(60, radius=False))
        for other in (found, getattr(plain, name)(plain.const(x), a)):
            assert abs(other - value) <= abs(value) * mpmath.mpf(10) ** -45, name
    assert BALLS.log_gamma_q(arb(x), a).rel_accuracy_bits() > 150
    assert FloatNumbers().gamma_p(x, a) == pytest.approx(float(lower), rel=1e-12)
    assert FloatNumbers().gamma_q(x, a) == pytest.approx(float(upper), rel=1e-10, abs=1e-300)


@pytest.mark.parametrize("a", [0.625, 1.0, 2.5])
@pytest.mark.parametrize("x", [1e-30, 0.3, 8.0, 4e4, 1e150])
def test_their_slopes_are_those_of_the_balls(x: float, a: float) -> None:
    ctx.prec, series = 1500, SeriesNumbers(3)
    step = arb(x) * arb(2) ** -300
    for name in ("gamma_p", "gamma_q", "log_gamma_q"):
        at, before, after = (getattr(BALLS, name)(arb(x) + k * step, a) for k in (0, -1, 1))
        if name != "log_gamma_q" and x > 100:  # Where one does not move and the other is no number of a few digits.
            continue
        found = getattr(series, name)(series.variable(arb(x)), a)
        slope, bend = (after - before) / (2 * step), (after - 2 * at + before) / (2 * step * step)
        assert abs(found[1] - slope) < abs(slope) * arb(2) ** -200, name
        assert abs(found[2] - bend) < (abs(bend) + abs(slope / x) * arb(2) ** -100) * arb(2) ** -100, name


@pytest.mark.parametrize("a", [0.015625, 0.625, 2.5, 40.0])
@pytest.mark.parametrize("q", [1e-300, 1e-9, 0.3, 0.5, 0.75, 1 - 2.0**-50])
def test_the_quantiles_of_a_gamma_law_lead_back(q: float, a: float) -> None:
    for inverse, share in ((BALLS.log_gamma_p_inverse, BALLS.gamma_p), (BALLS.log_gamma_q_inverse, BALLS.gamma_q)):
        back = share(inverse(arb(q), a).exp(), a)
        assert abs(back - q) < arb(q) * arb(2) ** (64 - ctx.prec)
    if q > 1e-9 and a > 0.5:
        rough = FloatNumbers().log_gamma_p_inverse(q, a), FloatNumbers().log_gamma_q_inverse(q, a)
        exact = BALLS.log_gamma_p_inverse(arb(q), a), BALLS.log_gamma_q_inverse(arb(q), a)
        assert rough == pytest.approx(tuple(float(each.mid()) for each in exact), rel=1e-9)


@pytest.mark.parametrize("turn", [Fraction(0), Fraction(1, 2), Fraction(1, 3), Fraction(7, 40), Fraction(39, 20)])
def test_cosines_of_rational_angles_are_mpmaths_in_every_number_system(turn: Fraction) -> None:
    wanted = mpmath.cospi(mpmath.mpf(turn.numerator) / turn.denominator)
    assert contains(BALLS.cos_pi(turn), wanted)
    assert contains(ComplexNumbers().cos_pi(turn).real, wanted)
    assert contains(SeriesNumbers(3).cos_pi(turn), wanted)
    assert abs(MpNumbers(60).cos_pi(turn) - wanted) < mpmath.mpf(10) ** -58
    assert FloatNumbers().cos_pi(turn) == pytest.approx(float(wanted), abs=1e-15)
    in_bulk = ArrayNumbers().cos_pi(turn).ball
    assert abs(mpmath.mpf(float(in_bulk.mid)) - wanted) <= float(in_bulk.rad) <= 2.0**-50


@pytest.mark.parametrize("p", [TINY, 1e-30, 0.2, 0.5, 0.7, 1 - 2.0**-53])
def test_ndtri_inverts_ndtr(p: float) -> None:
    assert BALLS.ndtr(BALLS.ndtri(arb(p))).overlaps(arb(p))


SCALAR = [s for s in TRANSFORM_SUBJECTS if not transform_definition(s).event_rank_in]


@pytest.mark.slow
@pytest.mark.parametrize("subject", SCALAR)
def test_series_are_mpmaths_taylor_coefficients(subject: str) -> None:
    definition = transform_definition(subject)
    low, high = definition.ordinary
    ns, mp_ns = SeriesNumbers(5), MpNumbers(200)
    for share in (0.06, 0.4, 0.83):
        x = low + (high - low) * share
        got = ns.coefficients(definition.forward(ns, ns.variable(arb(x))))
        wanted = mp_ns.ctx.taylor(lambda v: definition.forward(mp_ns, v), mp_ns.ctx.mpf(x), 4)
        for mine, theirs in zip(got, wanted, strict=True):
            with mpmath.workdps(120):
                theirs = mpmath.mpf(theirs)
                error = abs(mpmath.mpf(mine.str(90, radius=False)) - theirs)
                assert error <= (abs(theirs) + mpmath.mpf(10) ** -20) * mpmath.mpf(10) ** -25, (subject, x)


@pytest.mark.parametrize("subject", [s for s in SCALAR if s != "abs"])
def test_series_over_a_wide_ball_enclose_those_at_its_points(subject: str) -> None:
    definition = transform_definition(subject)
    low, high = definition.ordinary
    centre, radius = low + (high - low) * 0.4, (high - low) * 2.0**-12
    ns = SeriesNumbers(5)
    wide = ns.coefficients(definition.forward(ns, ns.variable(arb(centre, radius))))
    for share in (-1.0, -0.3, 0.0, 1.0):
        narrow = ns.coefficients(definition.forward(ns, ns.variable(arb(centre + share * radius))))
        assert all(w.overlaps(n) and w.is_finite() for w, n in zip(wide, narrow, strict=True))


@pytest.mark.parametrize("subject", SCALAR)
def test_complex_balls_agree_on_the_real_line(subject: str) -> None:
    definition = transform_definition(subject)
    x = definition.ordinary[0] + (definition.ordinary[1] - definition.ordinary[0]) * 0.61
    ns = SeriesNumbers(3, ComplexNumbers())
    complex_series = ns.coefficients(definition.forward(ns, ns.variable(acb(x))))
    real_series = SeriesNumbers(3).coefficients(definition.forward(SeriesNumbers(3), SeriesNumbers(3).variable(arb(x))))
    assert all(c.real.overlaps(r) for c, r in zip(complex_series, real_series, strict=True))


NEAR = [s for s in SCALAR if s not in EXTREME_SUBJECTS]  # Of a small power the cut lies beyond the ball.
ENTIRE = {"exp", "affine", "identity", "shift", "scale", "expm1", "square", "sinh", "normal_cdf", "gumbel_cdf"} | {
    "rayleigh_cdf",
    "lambert_w_tail",
    "moyal_cdf",
    "gompertz_cdf",
    "shifted_gompertz_cdf",
}


@pytest.mark.parametrize("subject", [s for s in NEAR if not ENTIRE & {s.split("(")[0], s.split(",")[-1][:-1]}])
def test_a_complex_ball_across_a_cut_or_a_pole_is_not_called_holomorphic(subject: str) -> None:
    definition = transform_definition(subject)
    across = definition.forward(ComplexNumbers(analytic=True), acb(arb(0, 20), arb(0, 20)))
    assert not across.is_finite()


@pytest.mark.parametrize(("name", "re"), [("softplus", arb(0, 0.5)), ("softplus_inverse", arb(1.5))])
def test_two_forms_of_one_function_are_not_glued_across_their_seam(name: str, re: arb) -> None:
    """Beyond |Im x| = pi the forms for small and for large x are different branches."""
    function = getattr(ComplexNumbers(analytic=True), name)
    assert not function(acb(re, arb(3.25, 0.25))).is_finite()
    assert function(acb(re, arb(0.125, 0.125))).is_finite()


@pytest.mark.slow
@pytest.mark.parametrize("re", [-40.0, -1.5, 1.5, 40.0])
@pytest.mark.parametrize("name", ["softplus", "softplus_inverse"])
def test_the_form_of_a_half_plane_is_the_function_continued_from_the_real_line(name: str, re: float) -> None:
    """A tall ball is finite there, and holds the real value with the slope's integral along the way up added."""
    if name == "softplus_inverse" and re < 0:
        return
    function = getattr(ComplexNumbers(analytic=True), name)
    whole = function(acb(arb(re, 0.25), arb(0, 9)))
    assert whole.is_finite()
    sign = 1 if name == "softplus" else -1
    for height in (0.5, 3.0, 4.0, 8.0, -8.0):
        with mpmath.workdps(30):
            at = mpmath.log(1 + mpmath.exp(re)) if sign > 0 else mpmath.log(mpmath.expm1(re))
            at += 1j * mpmath.quad(lambda t: 1 / (1 + sign * mpmath.exp(-re - 1j * t)), mpmath.linspace(0, height, 9))
            assert whole.contains(acb(str(at.real), str(at.imag)))


@pytest.mark.parametrize(("name", "re"), [("softplus", arb(0, 1)), ("softplus_inverse", arb(1, 0.75))])
def test_a_tall_ball_that_holds_branch_points_or_a_cut_is_not_called_holomorphic(name: str, re: arb) -> None:
    assert not getattr(ComplexNumbers(analytic=True), name)(acb(re, arb(0, 4))).is_finite()


@pytest.mark.parametrize("subject", [s for s in SCALAR if transform_definition(s).kind != "inverse"])
def test_logarithmic_slopes_overlap_the_series(subject: str) -> None:
    definition = transform_definition(subject)
    if definition.kind == "chain":
        return
    ns = SeriesNumbers(2)
    low, high = definition.ordinary
    for share in (0.01, 0.3, 0.77, 1.0):
        x = arb(low + (high - low) * share)
        derived = abs(definition.forward(ns, ns.variable(x))[1]).log()
        assert log_slope(definition, x).overlaps(derived)
        assert log_slope(definition, x).is_finite()


def test_duals_keep_exact_zeros_and_the_determinant_is_arbs() -> None:
    duals = DualNumbers()
    x, y = variables([arb(0.5), arb(2.0)])
    product = duals.tanh(x) * duals.exp(y) / y
    with mpmath.workdps(60):
        wanted = mpmath.diff(lambda a, b: mpmath.tanh(a) * mpmath.exp(b) / b, (0.5, 2.0), (0, 1))
        assert mpmath.almosteq(mpmath.mpf(product.partials[1].str(40, radius=False)), wanted, 1e-25)
    assert duals.sigmoid(x).partials[1].is_zero()
    assert log_abs_det([{0: arb(2), 1: arb(1)}, {0: arb(3), 1: arb(5)}]).overlaps(arb(7).log())
    assert log_abs_det([{0: arb(2)}, {0: arb(1e300), 1: arb(-3)}]).overlaps(arb(6).log())


def _scattered(generator: np.random.Generator, sizes: list[int]) -> np.ndarray:
    """A matrix that is triangular in blocks of these sizes, its rows and its columns in any order."""
    ends = np.cumsum(sizes)
    matrix = np.zeros((ends[-1], ends[-1]))
    for size, end in zip(sizes, ends, strict=True):
        matrix[end - size : end, :end] = generator.integers(1, 10, (size, end))
        matrix[end - size : end, end - size : end] += 20.0 * np.eye(size)
    return matrix[np.ix_(generator.permutation(ends[-1]), generator.permutation(ends[-1]))]


@pytest.mark.parametrize("sizes", [[1, 3, 2], [4, 4], [1, 1, 1, 5], [7]])
def test_a_determinant_is_that_of_its_blocks_in_whatever_order_they_stand(sizes: list[int]) -> None:
    matrix = _scattered(np.random.default_rng(sum(sizes)), sizes)
    exact = fmpq_mat(len(matrix), len(matrix), [int(entry) for entry in matrix.ravel()]).det()
    wide = [{j: arb(entry) + arb(0, 1e-20) for j, entry in enumerate(row) if entry} for row in matrix]
    found = log_abs_det(wide)
    assert found.overlaps(abs(arb(exact)).log())
    assert found.rad() < 1e-14
    cut = blocks([row.keys() for row in wide])
    assert sorted(len(rows) for rows, _ in cut) == sorted(sizes)
    assert all(len(rows) == len(columns) for rows, columns in cut)


def test_a_matrix_that_no_order_makes_regular_is_one_block() -> None:
    assert blocks([[0, 1], [0, 1], []]) == [([0, 1, 2], [0, 1, 2])]
    assert not log_abs_det([{0: arb(1), 1: arb(2)}, {0: arb(3), 1: arb(4)}, {}]).is_finite()
