"""The piecewise tier at float64: against Arb, against itself without a compiler, and against planted errors."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import from_ordinal, to_ordinal
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.oracle.piecewise.audit import FINE, audit, audit_at, overlap, special_points
from conformance.oracle.piecewise.tier import PiecewiseTier, PiecewiseTiers
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.tiers import TIER_ARB, TIER_PIECEWISE

FLOAT64 = FORMATS["float64"]
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
STUDENT = "student_t(df=4.0,loc=0.25,scale=1.5)"

AUDITED = [
    ("tanh", "forward"),
    ("tanh", "fldj"),
    ("sigmoid", "fldj"),
    ("softplus", "ildj"),
    ("exp", "forward"),
    ("inverse(tanh)", "ildj"),
    ("normal_cdf", "forward"),
    ("gumbel_cdf(loc=0.5,scale=2.0)", "forward"),
    ("power(exponent=-1.5)", "forward"),
    (STUDENT, "log_prob"),
    (TANH_NORMAL, "log_prob"),
    ("transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))", "cdf"),
]


def same(a: Enclosures, b: Enclosures) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name == "condition")
        for name in a.__dataclass_fields__
    )


@pytest.fixture(scope="module")
def ordinary() -> PiecewiseTier:
    """log-det of tanh from 1/2 to 2, built."""
    tier = PiecewiseTier("tanh", "fldj", FLOAT64)
    tier.prepare(np.array([0.7, 1.3]), worth=1)
    return tier


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity"), AUDITED)
def test_arb_agrees_at_random_points_and_at_the_ends_of_pieces(subject: str, quantity: str) -> None:
    tier = PiecewiseTier(subject, quantity, FLOAT64)
    for result in (audit(tier, FLOAT64, 10, seed=7), audit(tier, FLOAT64, 3, seed=8, low=0.25, high=0.999)):
        assert result.violations == ()
        assert result.too_wide == ()
        assert result.undecided == 0
        assert result.covered >= 0.9 * result.points


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity"), AUDITED)
def test_arb_agrees_at_all_special_points(subject: str, quantity: str) -> None:
    tier = PiecewiseTier(subject, quantity, FLOAT64)
    points = special_points(tier, FLOAT64)
    result = audit_at(tier, FLOAT64, points)
    assert result.violations == ()
    assert result.too_wide == ()
    assert 10 <= result.covered < len(points)  # zeros, infinities and nan are Arb's


@pytest.mark.parametrize(("index", "bits"), [(0, 40), (0, 56), (0, 72), (1, 40), (1, 56), (1, 66)])
def test_a_coefficient_that_is_a_little_off_is_caught(index: int, bits: int) -> None:
    """The last of each index is twice the 2**-73 of the value that the tier promises, or little more."""
    tier = PiecewiseTier("tanh", "fldj", FLOAT64)
    tier.prepare(np.array([1.3]), worth=1)
    piece = int(np.flatnonzero(tier.table.length >= 4)[3])
    before = tier.table.words[piece, index].copy()
    assert abs(before[0]) >= (0.5, 2.0**-6)[index]
    tier.table.words[piece, index, 1] += before[0] * 2.0**-bits
    caught = audit(tier, FLOAT64, len(tier.table), seed=1, low=1.0, high=1.999).violations
    tier.table.words[piece, index] = before
    assert len(caught) >= 1
    assert audit(tier, FLOAT64, len(tier.table), seed=1, low=1.0, high=1.999).violations == ()


def test_a_bound_that_is_too_small_or_too_large_is_caught(ordinary: PiecewiseTier) -> None:
    kept = ordinary.table.bound.copy()
    try:
        ordinary.table.bound = kept * 2.0**-26
        assert len(audit(ordinary, FLOAT64, 100, seed=1, low=0.5, high=1.99).violations) >= 1
        ordinary.table.bound = kept * 2.0**12
        assert len(audit(ordinary, FLOAT64, 100, seed=1, low=0.5, high=1.99).too_wide) >= 1
    finally:
        ordinary.table.bound = kept


@pytest.mark.skipif(not piecewise_eval.compiles(), reason="numba is not installed: there is one path only")
@pytest.mark.parametrize(("subject", "quantity"), [("tanh", "fldj"), ("exp", "forward"), (TANH_NORMAL, "log_prob")])
@pytest.mark.slow
def test_without_a_compiler_the_bits_are_the_same(monkeypatch: pytest.MonkeyPatch, subject: str, quantity: str) -> None:
    rng = np.random.default_rng(3)
    tier = PiecewiseTier(subject, quantity, FLOAT64)
    x = np.concatenate([rng.uniform(-0.49, 0.49, 20000), rng.uniform(2.0, 900.0, 2000), [0.0, 5e-324, 1.7e308, np.nan]])
    x = x[~((np.abs(x) < 2.0**-8) & (np.abs(x) > 1e-300))]
    monkeypatch.setattr(piecewise_eval, "compiles", lambda: True)
    fast = tier.enclose(x, worth=1)
    monkeypatch.setattr(piecewise_eval, "compiles", lambda: False)
    slow = tier.enclose(x, worth=1)
    assert (fast.kind != Kind.UNDECIDED).mean() > 0.95
    assert same(fast, slow)


@pytest.mark.parametrize("compiled", [True, False])
def test_the_audit_holds_with_and_without_a_compiler(
    monkeypatch: pytest.MonkeyPatch, ordinary: PiecewiseTier, compiled: bool
) -> None:
    if compiled and not piecewise_eval.compiles():
        pytest.skip("numba is not installed")
    monkeypatch.setattr(piecewise_eval, "compiles", lambda: compiled)
    result = audit(ordinary, FLOAT64, 200, seed=5, low=0.5, high=1.999)
    assert result.violations == () == result.too_wide
    assert result.covered == result.points


def test_the_oracle_sends_dense_requests_here_and_the_rest_to_arb() -> None:
    start = int(to_ordinal(np.array([1.25]), FLOAT64)[0])
    window = from_ordinal(np.arange(start, start + 50_000), FLOAT64)
    few = np.array([0.0, -0.0, np.inf, -3e-5, 1e300, np.nan])
    truth = Oracle().truth("softplus", "fldj", np.concatenate([window, few]), FLOAT64)
    assert (truth.kind[:-1] != Kind.UNDECIDED).all()
    assert (truth.tier[: len(window)] == TIER_PIECEWISE).all()
    assert (truth.tier[len(window) :] == TIER_ARB).all()
    want = block_truth("softplus", "fldj", window[::997], FINE[2])
    assert overlap(truth[: len(window) : 997], want).all()
    assert (truth.err[: len(window)] <= 2.0**-73).all()


def test_a_zero_of_the_function_is_left_to_arb() -> None:
    """tanh-Normal's log density has zeros, next to which no absolute bound is a relative one."""
    tier = PiecewiseTier("inverse(exp)", "forward", FLOAT64)  # log
    start = int(to_ordinal(np.array([1.0]), FLOAT64)[0])
    x = from_ordinal(np.arange(start - 2000, start + 2000), FLOAT64)
    got = tier.enclose(x, worth=1)
    assert (got.kind == Kind.UNDECIDED).sum() >= 2
    assert audit_at(tier, FLOAT64, x[::40]).violations == ()


def test_runs_reach_from_float_to_float_without_a_gap() -> None:
    """Also where the spacing of floats is far below the least normal one, and where a power of two is out of range."""
    table = PiecewiseTier("tanh", "fldj", FLOAT64).table
    for binade in (-1022, -1000, -1, 1023):
        for depth, last in ((0, 0), (1, 15), (2, 255)):
            runs = [table._run(1.0, binade, depth, index) for index in range(last + 1)]
            assert runs[0].first == 2.0**binade
            assert all(np.nextafter(a.last, np.inf) == b.first for a, b in itertools.pairwise(runs))
            assert runs[-1].last == math.ldexp(2.0 - 2.0**-52, binade)
    subnormals = table._run(-1.0, -1023, 0, 0)
    assert (subnormals.first, subnormals.last) == (-5e-324, -np.nextafter(FLOAT64.min_normal, 0.0))


def test_a_binade_that_few_points_ask_for_is_tried_once_as_one_piece_and_not_cut() -> None:
    tier = PiecewiseTier("sigmoid", "fldj", FLOAT64)
    x = np.linspace(1.0, 1.99, 300)
    assert (tier.enclose(x).kind == Kind.UNDECIDED).all()
    assert len(tier.table) == 0
    assert tier.table.tried.sum() == 1
    tiny = np.linspace(1.0, 1.99, 300) * 2.0**-40
    assert (tier.enclose(tiny).kind != Kind.UNDECIDED).all()
    assert len(tier.table) == 1
    assert (tier.enclose(np.linspace(1.0, 1.99, 9000)).kind != Kind.UNDECIDED).all()
    assert len(tier.table) > 10


def test_every_format_of_scalars_has_a_tier_and_float64_one_of_its_own() -> None:
    tiers = PiecewiseTiers()
    assert tiers.tier("tanh", "fldj", FLOAT64) is not tiers.tier("tanh", "fldj", FORMATS["float32"])
    assert tiers.tier("stick_breaking", "fldj", FLOAT64) is None
