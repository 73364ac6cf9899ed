"""The piecewise tier against Arb, against itself without a compiler, and against planted errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import (
    distribution_definition,
    functions_of,
    is_pair,
    takes_events,
    transform_definition,
)
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import all_values
from conformance.oracle.bulk import scalars as bulk_scalars
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.oracle.piecewise.audit import audit, audit_at, overlap
from conformance.oracle.piecewise.eval import find_pieces
from conformance.oracle.piecewise.huge import HugeNumbers
from conformance.oracle.piecewise.series import QuantitySeries, Signed, literal_log_slope
from conformance.oracle.piecewise.slopes import Sloped, SlopedNumbers
from conformance.oracle.piecewise.tier import PiecewiseTier, PiecewiseTiers
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.tests.grids import anywhere
from conformance.oracle.tiers import TIER_ARB, TIER_PIECEWISE

FLOAT32 = FORMATS["float32"]
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
SPLINE = (
    "rational_quadratic_spline(bin_heights=[1.0,0.5,1.75,0.75],bin_widths=[0.5,1.25,0.75,1.5],"
    "knot_slopes=[0.5,2.0,1.25],range_min=-2.0)"
)
SHIFTED = "shifted_gompertz_cdf(concentration=0.75,rate=1.5)"
TAILED = "lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)"
HORSESHOE = "horseshoe(scale=1.5)"
FLAT = "transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))"
GUMBEL = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"

NEARLY_LINEAR = (
    "rational_quadratic_spline(bin_heights=[1.0,1.0],bin_widths=[1.0,1.0],knot_slopes=[1.0009765625],range_min=-1.0)"
)
AUDITED = [
    ("tanh", "forward"),
    ("tanh", "fldj"),
    ("tanh", "ildj"),
    ("exp", "forward"),
    ("inverse(softplus)", "forward"),
    ("inverse(tanh)", "ildj"),
    ("normal_cdf", "inverse"),
    ("gumbel_cdf(loc=0.5,scale=2.0)", "forward"),
    ("inverse_box_cox(power=0.5)", "inverse"),
    ("log", "inverse"),
    ("log", "ildj"),
    ("sinh", "forward"),
    ("power(exponent=-1.5)", "forward"),
    (SPLINE, "fldj"),
    (NEARLY_LINEAR, "fldj"),
    (NEARLY_LINEAR, "ildj"),
    ("chain(affine(loc=0.5,scale=2.0),tanh)", "fldj"),
    (TANH_NORMAL, "log_prob"),
    (TANH_NORMAL, "log_prob_from_base"),
    ("transformed(laplace(loc=0.25,scale=1.5),exp)", "log_prob"),
    ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "log_prob"),
    (GUMBEL, "log_prob"),
    (GUMBEL, "cdf"),
    ("sinh_arcsinh(skewness=0.75,tailweight=1.5)", "inverse"),
    ("weibull_cdf(scale=2.5,concentration=1.5)", "inverse"),
    (HORSESHOE, "log_prob"),
    ("normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)", "log_prob"),
    ("normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)", "prob"),
]


def spread(seed: int, count: int) -> np.ndarray:
    """Random finite float32 of every size."""
    x = np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32).view(np.float32)
    return x[np.isfinite(x)]


def same(a: Enclosures, b: Enclosures) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name == "condition")
        for name in a.__dataclass_fields__
    )


@pytest.mark.parametrize(("subject", "quantity"), AUDITED)
def test_arb_agrees_at_random_points_and_at_the_ends_of_pieces(subject: str, quantity: str) -> None:
    result = audit(PiecewiseTier(subject, quantity, FLOAT32), FLOAT32, 25, seed=7)
    assert result.violations == ()
    assert result.too_wide == ()
    assert result.covered >= 0.97 * result.points
    assert result.undecided == 0


@pytest.mark.parametrize("index", [0, 1])
def test_a_coefficient_off_by_one_part_in_2_to_the_40_is_caught(index: int) -> None:
    tier = PiecewiseTier("tanh", "fldj", FLOAT32)
    tier.prepare(np.array([0.7, 1.3]), worth=1)
    piece = int(np.flatnonzero(tier.table.length >= 4)[3])
    tier.table.words[piece, index] *= 1 + 2.0**-40
    assert len(audit(tier, FLOAT32, len(tier.table), seed=1, low=0.5, high=1.99).violations) >= 1


def test_a_bound_that_is_too_small_is_caught() -> None:
    tier = PiecewiseTier("sigmoid", "forward", FLOAT32)
    tier.prepare(np.array([0.7, 1.3]), worth=1)
    tier.table.bound *= 2.0**-12
    assert len(audit(tier, FLOAT32, 200, seed=1, low=0.5, high=1.99).violations) >= 1


@pytest.mark.slow
@pytest.mark.skipif(not piecewise_eval.compiles(), reason="numba is not installed: there is one path only")
@pytest.mark.parametrize("ordered", [True, False])
def test_without_a_compiler_the_bits_are_the_same(monkeypatch: pytest.MonkeyPatch, ordered: bool) -> None:
    for subject, quantity in [("tanh", "fldj"), ("exp", "forward"), (TANH_NORMAL, "log_prob")]:
        tier = PiecewiseTier(subject, quantity, FLOAT32)
        x = np.linspace(-0.99, 0.99, 30000, dtype=np.float32) if ordered else spread(3, 30000)
        x = x[(np.abs(x) < 8) & (np.abs(x) > 2.0**-9)]
        monkeypatch.setattr(piecewise_eval, "compiles", lambda: True)
        fast = tier.enclose(x, worth=1)
        monkeypatch.setattr(piecewise_eval, "compiles", lambda: False)
        slow = tier.enclose(x, worth=1)
        assert (fast.kind != Kind.UNDECIDED).mean() > 0.95
        assert same(fast, slow)


def test_values_that_overflow_or_vanish_are_enclosed() -> None:
    x = np.array([88.0, 89.0, 500.0, 1e5, 3e11, 1e12, 1e30, -104.0, -200.0, -1e30], np.float32)
    got = PiecewiseTier("exp", "forward", FLOAT32).enclose(x, worth=1)
    want = block_truth("exp", "forward", x, FLOAT32)
    assert (got.kind != Kind.UNDECIDED).all()
    assert overlap(got, want).all()
    finite = (got.kind == Kind.FINITE) & (got.hi != 0)
    assert (got.err[finite] < 2.0**-8).all()
    assert got.exponent[2] == want.exponent[2]


@pytest.mark.parametrize(
    ("subject", "quantity"),
    [
        ("expm1", "forward"),
        ("log1p", "inverse"),
        ("log", "inverse"),
        ("log", "ildj"),
        ("sinh", "forward"),
        ("inverse(sinh)", "inverse"),
        ("weibull(scale=1.5,concentration=2.5)", "log_survival"),
    ],
)
def test_what_overflows_or_goes_through_what_does_has_pieces(subject: str, quantity: str) -> None:
    """A sweep's blocks there went the slow way, a thousand times as long."""
    x = np.array([89.0, 1e3, 1e12, 1e30, 3e38], np.float32)
    got = PiecewiseTier(subject, quantity, FLOAT32).enclose(x, worth=1)
    assert (got.kind != Kind.UNDECIDED).all()
    assert overlap(got, block_truth(subject, quantity, x, FLOAT32)).all()


def test_a_hyperbolic_sine_that_fits_no_ball_is_the_one_that_does() -> None:
    """At an ordinary argument, where the logarithm can be taken back: on either side."""
    saved = ctx.prec
    try:
        ctx.prec = 128
        plain, huge = SeriesNumbers(5), HugeNumbers(5)
        for at in (arb(1.5), arb(7.25), arb(3, 0.01)):
            for side in (1, -1):
                x = plain.variable(side * at)
                grown, known = huge.sinh(x), plain.sinh(x)
                back = grown.sign * grown.log.exp()
                assert all(back[n].overlaps(known[n]) for n in range(5))
                assert back[0].rad() <= 2 * known[0].rad() + arb(2) ** -100
    finally:
        ctx.prec = saved


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["reciprocal", "reciprocal(negative=true)"])
@pytest.mark.parametrize("quantity", ["forward", "ildj"])
def test_beyond_a_branch_nothing_is_said_and_its_pieces_are_built(subject: str, quantity: str) -> None:
    """The half-line that no claim is made of must not discourage the table on the other."""
    tier = PiecewiseTier(subject, quantity, FLOAT32)
    tier.prepare_all()
    own = np.array([1e-30, 0.1, 1.5, 3.0, 1e30], np.float32) * np.float32(-1 if "negative" in subject else 1)
    got = tier.enclose(own)
    assert overlap(got, block_truth(subject, quantity, own, FLOAT32)).all()
    assert (got.kind == Kind.FINITE).all()
    other = tier.enclose(-own)
    assert (other.kind == Kind.UNDECIDED).all()
    assert (find_pieces(tier.table, -own.astype(np.float64)) >= 0).all()
    assert (block_truth(subject, quantity, -own, FLOAT32).kind == Kind.UNDECIDED).all()


def test_beyond_the_domain_the_kind_is_arbs() -> None:
    x = np.array([-5.0, -1.0, 0.3, 1.0, 1.5, 7e30], np.float32)
    for subject, quantity in [("tanh", "inverse"), (TANH_NORMAL, "log_prob"), (TANH_NORMAL, "cdf"), ("exp", "ildj")]:
        got = PiecewiseTier(subject, quantity, FLOAT32).enclose(x, worth=1)
        want = block_truth(subject, quantity, x, FLOAT32)
        answered = got.kind != Kind.UNDECIDED
        assert answered.sum() >= 4
        assert overlap(got[answered], want[answered]).all()


def test_zero_infinities_and_nan_are_left_to_arb() -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)
    assert (PiecewiseTier("exp", "forward", FLOAT32).enclose(x, worth=1).kind == Kind.UNDECIDED).all()


def test_logarithms_of_slopes_overlap_the_literal_derivative() -> None:
    saved = ctx.prec, ctx.cap
    try:
        ctx.prec, ctx.cap = 128, 6
        for name in ("tanh", "sigmoid", "softplus", "normal_cdf", "gumbel_cdf(loc=0.5,scale=2.0)", "exp",
                     "power(exponent=-1.5)", "inverse_box_cox(power=0.5)", "affine(loc=0.75,scale=-2.5)",
                     SHIFTED, TAILED):  # fmt: skip
            series = QuantitySeries(ScalarTruth(name, "fldj"))
            for x in (0.3, 2.0, 5.5):
                for ball in (arb(x), arb(x, 0.01)):
                    literal = literal_log_slope(transform_definition(name), ball, 6)
                    found = series(ball, 6)
                    assert all(literal[n].is_finite() and literal[n].overlaps(found[n]) for n in range(6))
                    assert all(found[n].is_finite() for n in range(6))
        for name in (SPLINE, "tanh"):
            definition = transform_definition(name)
            longer = literal_log_slope(definition, arb(0.3), 7)
            assert all(one.overlaps(longer[n]) for n, one in enumerate(literal_log_slope(definition, arb(0.3), 6))), (
                name
            )
    finally:
        ctx.prec, ctx.cap = saved


def test_tables_on_disk_serve_the_next_process_and_corrupt_ones_are_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    x = np.linspace(1.0, 3.0, 1200, dtype=np.float32)
    first = PiecewiseTier("tanh", "fldj", FLOAT32, tmp_path).enclose(x)
    again = PiecewiseTier("tanh", "fldj", FLOAT32, tmp_path)
    assert len(again.table) > 0
    assert same(first, again.enclose(x))
    (path,) = tmp_path.glob("*.pieces")
    damaged = bytearray(path.read_bytes())
    damaged[200] ^= 1
    path.write_bytes(damaged)
    assert len(PiecewiseTier("tanh", "fldj", FLOAT32, tmp_path).table) == 0
    assert "corrupt" in capsys.readouterr().err
    assert list(tmp_path.glob("*.corrupt"))


@pytest.mark.slow
def test_the_oracle_sends_long_requests_here_and_the_rest_to_arb() -> None:
    x = all_values(FORMATS["float16"])
    # The bulk tier has no array version of its primitive.
    law = HORSESHOE
    truth = Oracle().truth(law, "log_prob", x, FORMATS["float16"])
    assert (truth.kind != Kind.UNDECIDED).all()
    assert (truth.tier == TIER_PIECEWISE).sum() > 50_000
    few = np.flatnonzero(truth.tier == TIER_ARB)
    chosen = np.concatenate([few[:50], np.arange(0, len(x), 701)])
    want = block_truth(law, "log_prob", x[chosen], FORMATS["float16"])
    assert overlap(truth[chosen], want).all()


@pytest.mark.slow
def test_no_function_of_a_number_of_the_catalogue_ends_in_an_exception() -> None:
    """Which would leave it undecided everywhere. What has no series is not a number, and goes to Arb point by point."""
    numbers = [subject for subject in CATALOGUE if not takes_events(subject) and not is_pair(subject)]
    assert len(numbers) > 100
    for subject in numbers:
        for quantity in functions_of(subject):
            truth = ScalarTruth(subject, quantity)
            for at in (0.3125, 1.75):
                QuantitySeries(truth)(arb(at), 2)
                QuantitySeries(truth).log_magnitude(arb(at), 2)


def test_where_nothing_is_known_no_coefficient_is() -> None:
    """Over a wide ball the last one bounds what a polynomial leaves out: an exact 0 behind a value that is not known
    made wrong pieces, with a proof."""
    for length in (1, 4):
        nothing = HugeNumbers(length).nothing
        assert not any(nothing[n].is_finite() for n in range(length))
    for subject, quantity, at in (("chi2(df=3.5)", "log_survival", arb(3, 1)), ("sinh", "forward", arb(800, 1e300))):
        found = QuantitySeries(ScalarTruth(subject, quantity))(at, 4)
        assert found[0].is_finite() or not any(found[n].is_finite() for n in range(4))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "quantity", "line", "ends"),
    [
        ("chi(df=3.5)", "log_survival", "float64", (0.01, 9.0)),
        ("gamma(concentration=2.5,rate=48.0)", "log_survival", "float64", (0.001, 1.0)),
        ("chi2(df=3.5)", "log_survival", "float64", (0.01, 40.0)),
        ("inverse_gaussian(concentration=2.5,loc=1.5)", "log_cdf", "bfloat16", (1e-15, 1e-13)),
    ],
)
def test_what_many_points_are_told_is_what_a_few_are(
    subject: str, quantity: str, line: str, ends: tuple[float, float]
) -> None:
    fmt = FORMATS[line]
    x = np.geomspace(*ends, 3000).astype(fmt.dtype)
    many, few = Oracle().truth(subject, quantity, x, fmt), block_truth(subject, quantity, x[::60], fmt)
    some = many[np.arange(0, len(x), 60)]
    both = (some.kind == Kind.FINITE) & (few.kind == Kind.FINITE)
    assert both.sum() >= 40
    apart = np.abs(np.ldexp(some.hi, some.exponent) - np.ldexp(few.hi, few.exponent))
    granted = np.ldexp(some.err, some.exponent) + np.ldexp(few.err, few.exponent)
    assert (apart <= granted + 2.0**-50 * np.abs(np.ldexp(few.hi, few.exponent)))[both].all()


def test_vectors_have_no_tier_here() -> None:
    tiers = PiecewiseTiers()
    assert tiers.tier("stick_breaking", "fldj", FLOAT32) is None
    with pytest.raises(ValueError, match="vectors"):
        PiecewiseTier("stick_breaking", "fldj", FLOAT32)
    assert tiers.tier("tanh", "fldj", FLOAT32) is tiers.tier("tanh", "fldj", FORMATS["bfloat16"])


def test_a_constant_of_a_definition_may_meet_a_number_beyond_every_format() -> None:
    """normal_cdf divides by the square root of 2, a plain number, where exp has long overflowed."""
    x = np.linspace(60.0, 100.0, 3000).astype(np.float32)
    truth = Oracle().truth("chain(exp,normal_cdf)", "fldj", x, FORMATS["float32"])
    known = block_truth("chain(exp,normal_cdf)", "fldj", x[::500], FORMATS["float32"])
    for name in ("kind", "exponent"):
        assert (getattr(truth, name)[::500] == getattr(known, name)).all()
    assert np.abs(truth.hi[::500] - known.hi).max() < 2.0**-40


def test_a_ball_across_a_knot_may_be_so_wide_that_exponentials_over_it_fit_none() -> None:
    """Of so small a scale a binade on either side of the location is a thousand scales wide."""
    law, double = "laplace(loc=0.1,scale=0.001)", FORMATS["float64"]
    x = np.concatenate([np.linspace(0.07, 0.2, 2000), np.linspace(-1e3, 1e3, 1000)])
    truth = Oracle().truth(law, "cdf", x, double)
    known = block_truth(law, "cdf", x[::100], double)
    assert (truth.kind == Kind.FINITE).all()
    assert overlap(truth[::100], known).all()


@pytest.mark.parametrize("quantity", ["log_prob", "prob", "log_prob_from_base"])
@pytest.mark.parametrize("line", ["float32", "float64"])
def test_a_base_through_its_own_distribution_function_is_flat_at_once_and_as_the_other_tiers_say(
    quantity: str, line: str
) -> None:
    tier = PiecewiseTier(FLAT, quantity, FORMATS[line])
    inside = np.random.default_rng(8).uniform(0.0, 1.0, 200).astype(np.float32).astype(np.float64)
    ends = np.array([1e-30, 2.0**-140, 0.5, np.nextafter(np.float32(1), np.float32(0)), -1e-30, 1.5])
    if quantity == "log_prob_from_base":  # All over the base's support, which is the whole line.
        inside, ends = 60 * inside - 30, np.concatenate([ends, [-1e30, -87.25, 3e4]])
    points = np.concatenate([inside, ends])
    got = tier.enclose(points.astype(FORMATS[line].dtype), 1)
    assert (got.kind[: len(inside)] == Kind.FINITE).all()
    # Arb knows it by its ends alone, and so do arrays of balls: a sum of logarithms that cancels all along.
    arrays = bulk_scalars.enclose(FLAT, quantity, points, FORMATS[line], worth=1)
    assert arrays is not None
    for other in (block_truth(FLAT, quantity, points, FORMATS[line]), arrays):
        known = (got.kind != Kind.UNDECIDED) & (other.kind != Kind.UNDECIDED)
        assert known.sum() >= len(inside) + 4
        assert overlap(got[known], other[known]).all()
    assert np.array_equal(got.condition[: len(inside)], arrays.condition[: len(inside)])
    assert np.isinf(got.condition[: len(inside)]).all()


@pytest.mark.parametrize("where", ["zeros", "poles"])
def test_a_base_with_a_zero_or_a_pole_inside_is_not_flat(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the base's point says -inf or inf, and not 0."""
    law = distribution_definition(FLAT)
    assert law.base is not None
    base = replace(law.base, zeros=(0.5,)) if where == "zeros" else replace(law.base, poles=(0.5,))
    uneven = replace(law, base=base)
    assert uneven.uniform
    monkeypatch.setattr("conformance.oracle.pointwise.scalar_truth.distribution_definition", lambda _: uneven)
    monkeypatch.setattr("conformance.oracle.piecewise.table.build_piece", lambda *_: None)
    x = np.linspace(0.5, 1.0, 65)
    wanted = block_truth(FLAT, "log_prob_from_base", x[:1], FORMATS["float64"])
    assert list(wanted.kind) == [Kind.NEG_INF if where == "zeros" else Kind.POS_INF]
    assert not (PiecewiseTier(FLAT, "log_prob_from_base", FLOAT32).enclose(x, 1).kind == Kind.FINITE).any()
    arrays = bulk_scalars.enclose(FLAT, "log_prob_from_base", x, FLOAT32, worth=1)
    assert arrays is None or arrays.kind[0] in (wanted.kind[0], Kind.UNDECIDED)


def test_what_is_flat_takes_no_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    # Five precisions at each of thousands of parts proved nothing, and took minutes: no polynomial shows a 0.
    monkeypatch.setattr("conformance.oracle.piecewise.table.build_piece", _unasked)
    tier = PiecewiseTier(FLAT, "log_prob", FLOAT32)
    tier.prepare_all()
    floats = all_values(FORMATS["bfloat16"]).astype(np.float64)
    covered = find_pieces(tier.table, np.ascontiguousarray(floats[(floats > 0) & (floats < 1)])) >= 0
    assert covered.all()


def _unasked(*_: object) -> None:
    raise AssertionError("a polynomial was tried")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "quantity"), [(SHIFTED, "fldj"), (TAILED, "fldj"), ("moyal_cdf(loc=0.5,scale=1.5)", "forward")]
)
def test_products_and_what_vanishes_twice_over_leave_no_quarter_of_the_line_to_arb(subject: str, quantity: str) -> None:
    """A sweep would go point by point over a thousand million floats: for days."""
    tier = PiecewiseTier(subject, quantity, FLOAT32)
    tier.prepare_all()
    floats = anywhere(4, 20000)
    covered = find_pieces(tier.table, floats) >= 0
    assert covered.mean() > 0.999
    result = audit_at(tier, FLOAT32, floats[:400])
    assert result.violations == () == result.too_wide


def test_a_function_that_rises_is_enclosed_over_a_ball_of_any_width() -> None:
    saved = ctx.prec
    try:
        ctx.prec = 128
        ns = BallNumbers()
        for radius in (1.5, 1e3, 2.0**100):
            wide = arb(0.25) + arb(0, 1) * arb(radius)
            for function in (ns.softplus, ns.sigmoid):
                found = function(wide)
                assert found.is_finite()
                for x in (arb(0.25) - arb(radius), arb(0), arb(0.25) + arb(radius)):
                    assert found.contains(function(x))
                assert found.rad() <= (function(wide.upper()) - function(wide.lower())).upper() * 0.51
    finally:
        ctx.prec = saved


def test_a_product_has_a_log_slope_where_its_factors_pull_together_and_none_elsewhere() -> None:
    ns = Signed(3)
    numbers = SlopedNumbers(ns)
    for at, sign in ((0.5, 1), (-0.5, -1)):
        x = Sloped(ns.variable(arb(at)), 1, arb_series([0, 0, 0]), ns)
        outwards, inwards = (x, -x) if sign > 0 else (-x, x)
        together = x * numbers.exp(outwards)  # x e^|x|, whose slope is (1 + |x|) e^|x|
        assert together.sign == 1
        assert together.log_slope[0].overlaps((1 + abs(arb(at))).log() + abs(arb(at)))
        with pytest.raises(ValueError, match="pull apart"):
            x * numbers.exp(inwards)
