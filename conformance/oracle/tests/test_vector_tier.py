"""The bulk tier for vectors against Arb, at events of every region, and against planted errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp

from conformance.benchmarks.vectors import EVENTS, PLAIN, mpmath_loop
from conformance.definitions.catalogue import EVENT_SUBJECTS
from conformance.definitions.registry import transform_definition
from conformance.definitions.spaces import Reals, Simplex
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.bulk import tier as vector_tier
from conformance.oracle.bulk.audit import audit
from conformance.oracle.numbers import array_balls, array_kernels
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.audit import overlap
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.tiers import TIER_ARB, TIER_FLOAT64_BALLS

FLOAT32 = FORMATS["float32"]
STICK, CORR = "stick_breaking", "corr_cholesky"


def reals(event: int, density: int = 40, seed: int = 1, fmt: Any = FLOAT32) -> Any:
    """Ordinary, saturated, subnormal and huge events, and events with a zero, an infinity or a nan."""
    return Reals((event,)).draw(fmt, density, (seed, 1))


def weights(event: int, density: int = 40, fmt: Any = FLOAT32) -> Any:
    """Points of the simplex, and of its boundary."""
    inside = Simplex((event + 1,)).draw(fmt, density, (1, 1))
    corner, off = np.eye(event + 1)[:2], np.full((1, event + 1), 0.75)
    return np.concatenate([inside, corner.astype(fmt.dtype), off.astype(fmt.dtype)])


def matrices(n: int, count: int = 24) -> Any:
    """Cholesky factors of n x n correlation matrices (last four: of singular ones, nearly or entirely)."""
    generator = np.random.default_rng(3)
    factors = np.zeros((count, n, n))
    factors[:, 0, 0] = 1.0
    for i in range(1, n):
        row = generator.normal(size=(count, i + 1))
        row[:, -1] = np.abs(row[:, -1])
        row[-4:, -1] *= 2.0**-10
        row[-2:, -1] = 0.0
        factors[:, i, : i + 1] = row / np.linalg.norm(row, axis=1, keepdims=True)
    return factors.astype(np.float32)


CELLS = [
    (CORR, "forward", reals(1)),
    (CORR, "forward", reals(10)),
    (CORR, "fldj", reals(3)),
    (CORR, "fldj", reals(10, 12)),
    (CORR, "inverse", matrices(2)),
    (CORR, "inverse", matrices(4)),
    (CORR, "ildj", matrices(3)),
    (CORR, "ildj", matrices(5)),
    ("inverse(corr_cholesky)", "ildj", reals(6)),
    (STICK, "forward", reals(1)),
    (STICK, "forward", reals(10, 16)),
    (STICK, "fldj", reals(3)),
    (STICK, "fldj", reals(10, 24)),
    (STICK, "inverse", weights(1)),
    (STICK, "inverse", weights(5, 24)),
    (STICK, "ildj", weights(3)),
    (STICK, "ildj", weights(10, 12)),
    ("inverse(stick_breaking)", "forward", weights(3)),
    ("independent(tanh,ndims=1)", "forward", reals(3)),
    ("independent(tanh,ndims=1)", "fldj", reals(3)),
    ("independent(sigmoid,ndims=1)", "fldj", reals(3)),
    ("independent(softplus,ndims=1)", "forward", reals(3)),
    ("independent(softplus,ndims=1)", "fldj", reals(3)),
    ("independent(exp,ndims=1)", "forward", reals(3)),
    ("independent(chain(affine(loc=0.5,scale=2.0),tanh),ndims=1)", "fldj", reals(3)),
    ("independent(tanh,ndims=1)", "inverse", np.tanh(0.5 * reals(3)[:40])),
    ("independent(sigmoid,ndims=1)", "ildj", weights(3)),
    ("independent(softplus,ndims=1)", "inverse", np.abs(reals(3))),
    ("chain(affine(loc=0.5,scale=-2.0),stick_breaking)", "forward", reals(3)),
    ("chain(affine(loc=0.5,scale=-2.0),stick_breaking)", "fldj", reals(3)),
    ("chain(affine(loc=0.5,scale=-2.0),stick_breaking)", "inverse", weights(3)[:-3]),
]

DRAWN = [
    "softmax_centered",
    "ascending",
    "unit_vector",
    "correlation_cholesky",
    "transpose(event_in=[2.0,3.0],perm=[1.0,0.0])",
    "pad(before=1.0,after=2.0,value=0.75)",
    "fill_triangular(upper=true)",
    "scale_matvec_lu(lower_upper=[[2.5,-0.75,1.25],[0.5,-1.75,0.625],[-0.25,0.375,1.5]],permutation=[2.0,0.0,1.0])",
    "householder(reflection_axis=[0.75,0.5,-0.25,0.25,-0.25])",
    "permute_blocks(lengths=[2.0,1.0,2.0],order=[2.0,0.0,1.0])",
    "cumsum",
    "cholesky_outer_product",
    "cholesky_to_inv_cholesky",
    "matrix_inverse_tril",
    "positive_definite",
    "transform_diagonal(softplus)",
    "fill_scale_tril(softplus)",
    "concatenate(tanh,exp,lengths=[1.0,2.0])",
    "stack(sigmoid,affine(loc=-1.25,scale=3.0),dim=-2.0,ndims=2.0)",
    *(subject for subject in EVENT_SUBJECTS if subject.startswith(("real_nvp", "masked_autoregressive_flow"))),
]
"""Asked at what their own spaces draw."""
NO_TRIANGLE = {
    "softmax_centered",
    "unit_vector",
    "correlation_cholesky",
    "transpose",
    "fill_triangular",
    "scale_matvec_lu",
    "householder",
    "permute_blocks",
    "cholesky_to_inv_cholesky",
    "fill_scale_tril",
}
"""Maps whose Jacobians are no triangles in the order of their coordinates: Arb finds their log-dets."""


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["forward", "inverse", "fldj", "ildj"])
@pytest.mark.parametrize("subject", DRAWN)
def test_arb_agrees_at_what_the_spaces_draw(subject: str, quantity: str) -> None:
    definition = transform_definition(subject)
    back = quantity in ("inverse", "ildj")
    space = (
        definition.target_at(definition.output_event(definition.event))
        if back
        else definition.source_at(definition.event)
    )
    x = space.draw(FLOAT32, 24, (1, 2))
    got = vector_tier.enclose(subject, quantity, x, FLOAT32, worth=1)
    if quantity in ("fldj", "ildj") and subject.partition("(")[0] in NO_TRIANGLE:
        assert got is None
        return
    assert got is not None
    assert (got.kind != Kind.UNDECIDED).mean() > 0.7
    if subject == "unit_vector":  # Rounded rows are points of the sphere for the format that rounded them alone.
        assert overlap(got, block_truth(subject, quantity, x, FLOAT32))[got.kind != Kind.UNDECIDED].all()
        return
    result = audit(subject, quantity, x, FLOAT32)
    assert result.violations == ()
    assert result.undecided == 0


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "quantity", "x"), CELLS)
def test_arb_agrees_on_values_and_on_condition_numbers(subject: str, quantity: str, x: Any) -> None:
    result = audit(subject, quantity, x, FLOAT32)
    assert result.violations == ()
    finite = np.isfinite(x.reshape(len(x), -1).astype(np.float64)).all(axis=1)
    assert result.answered >= 0.8 * result.components * finite.mean()
    assert result.undecided == 0
    assert result.condition_gap < 0.03


@pytest.mark.parametrize("quantity", ["forward", "inverse", "fldj", "ildj"])
@pytest.mark.parametrize(
    "part",
    [
        "power(exponent=2.5)",
        "power(exponent=-1.5)",
        "inverse_box_cox(power=0.5)",
        "gumbel_cdf(loc=0.5,scale=2.0)",
        "inverse(softplus)",
        "inverse(tanh)",
        "inverse(exp)",
        "chain(affine(loc=0.5,scale=2.0),sigmoid)",
    ],
)
def test_every_primitive_that_scalar_parts_need_is_right(part: str, quantity: str) -> None:
    x = np.random.default_rng(4).uniform(0.01, 0.99, (20, 3)).astype(np.float32)
    result = audit(f"independent({part},ndims=1)", quantity, x, FLOAT32)
    assert (result.violations, result.undecided) == ((), 0)
    assert result.answered >= 0.95 * result.components
    assert result.condition_gap < 0.001


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_short_formats_share_the_tier(name: str) -> None:
    fmt = FORMATS[name]
    assert audit(STICK, "fldj", reals(4, fmt=fmt), fmt).violations == ()
    assert audit(STICK, "forward", reals(4, fmt=fmt), fmt).violations == ()


def test_enclosures_are_as_narrow_as_promised() -> None:
    x = reals(10, 400)
    for quantity in ("forward", "fldj"):
        got = vector_tier.enclose(STICK, quantity, x, FLOAT32)
        assert got is not None
        finite = (got.kind == Kind.FINITE) & (got.hi != 0)
        unit = np.maximum(got.exponent - 1 - FLOAT32.precision, FLOAT32.lowest_exponent)
        assert (np.ldexp(got.err, got.exponent)[finite] <= np.ldexp(1.0, unit - 14)[finite]).all()
        assert ((np.abs(got.hi) >= 0.5) | (got.hi == 0)).all()
        ordinary = np.arange(len(got)) < 400 * (len(got) // len(x))
        assert (got.err[ordinary & finite] < 2.0**-43).all()


@pytest.mark.parametrize(("subject", "quantity"), list(PLAIN))
def test_the_formulas_of_the_bench_are_the_definitions(subject: str, quantity: str) -> None:
    x = np.random.default_rng(2).normal(size=(3, EVENTS[subject])).astype(np.float32)
    plain = np.ravel(np.array(mpmath_loop(subject, quantity, x), dtype=object)).astype(np.float64)
    truth = vector_tier.enclose(subject, quantity, x, FLOAT32, worth=1)
    assert truth is not None
    np.testing.assert_allclose(np.ldexp(truth.hi, truth.exponent), plain, rtol=1e-12)


PLANTED = [
    ("sinh_small", "fldj"),
    ("exp", "forward"),
    ("exp", "fldj"),
    ("log1p_unit", "fldj"),
    ("log", "inverse"),
]


@pytest.mark.parametrize(("kernel", "quantity"), PLANTED)
def test_a_kernel_off_by_one_part_in_2_to_the_40_is_caught(
    monkeypatch: pytest.MonkeyPatch, kernel: str, quantity: str
) -> None:
    right = getattr(array_kernels, kernel)
    monkeypatch.setattr(array_kernels, kernel, lambda x: right(x) * (1.0 + 2.0**-40))
    x = weights(3) if quantity == "inverse" else reals(3)
    assert audit(CORR if kernel == "sinh_small" else STICK, quantity, x, FLOAT32).violations


@pytest.mark.parametrize("name", ["mul", "add"])
def test_an_operation_off_by_one_part_in_2_to_the_40_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    right = getattr(array_balls, name)

    def wrong(a: Ball, b: Ball) -> Ball:
        ball = right(a, b)
        return Ball(ball.mid * (1.0 + 2.0**-40), ball.rad)

    monkeypatch.setattr(array_balls, name, wrong)
    assert audit(STICK, "forward", reals(3), FLOAT32).violations


def test_a_radius_that_is_too_small_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_balls, "KERNEL", 2.0**-60)
    monkeypatch.setattr(array_balls, "ULP", 2.0**-60)
    assert audit(STICK, "forward", reals(10), FLOAT32).violations


@pytest.mark.parametrize(
    ("kernel", "exact", "low", "high"),
    [
        ("exp", mp.exp, -690.0, 709.0),
        ("exp", mp.exp, -1.0, 1.0),
        ("log1p_unit", mp.log1p, 0.0, 1.0),
        ("log1p_small", mp.log1p, -0.29, 0.41),
        ("log", mp.log, 0.4, 2.5),
        ("log", mp.log, 0.0, 1e300),
        ("sinh_small", mp.sinh, -0.55, 0.55),
    ],
)
def test_kernels_keep_well_within_their_proved_error(kernel: str, exact: Any, low: float, high: float) -> None:
    generator = np.random.default_rng(5)
    x = generator.uniform(low, high, 300)
    tiny = x * np.exp2(-generator.uniform(0.0, 300.0, 300))
    x = x if kernel == "log" or low < -600 else np.concatenate([x, tiny])
    with mp.workdps(40):
        found = zip(getattr(array_kernels, kernel)(x).tolist(), x.tolist(), strict=True)
        errors = [abs(mp.mpf(value) / exact(mp.mpf(at)) - 1) for value, at in found]
    assert max(errors) < array_kernels.KERNEL / 4


@pytest.mark.parametrize(
    ("name", "exact", "low", "high"),
    [
        ("exp", arb.exp, -800.0, 700.0),
        ("tanh", arb.tanh, -20.0, 20.0),
        ("log_cosh", lambda v: v.cosh().log(), -20.0, 20.0),
        ("sech", arb.sech, -800.0, 800.0),
        ("asinh", arb.asinh, -9.0, 9.0),
        ("log", arb.log, 0.0, 4.0),
        ("log1p", arb.log1p, -0.99, 4.0),
        ("expm1", arb.expm1, -3.0, 3.0),
        ("sqrt", arb.sqrt, 0.0, 4.0),
    ],
)
@pytest.mark.parametrize("radius", [0.0, 1e-12, 0.3])
def test_the_image_of_every_point_of_a_ball_is_in_the_ball(
    name: str, exact: Any, low: float, high: float, radius: float
) -> None:
    generator = np.random.default_rng(11)
    mid = np.concatenate([generator.uniform(low, high, 60), generator.uniform(-1.0, 1.0, 60) * 2.0**-8])
    mid = np.abs(mid) if low == 0.0 else mid
    point = mid + radius * generator.uniform(-1.0, 1.0, len(mid))
    inside = np.abs(point - mid) <= radius
    with np.errstate(all="ignore"):
        ball = Ball(mid, np.full(len(mid), radius))
        shared = (array_balls.tail(mid),) if name in ("tanh", "log_cosh", "sech") else ()
        found = getattr(array_balls, name)(ball, *shared)
    saved = ctx.prec
    try:
        ctx.prec = 200
        bounded = np.flatnonzero(inside & np.isfinite(found.rad))
        assert bounded.size >= (30 if radius < 0.1 else 1)
        for i in bounded.tolist():
            assert abs(exact(arb(float(point[i]))) - arb(float(found.mid[i]))) <= arb(float(found.rad[i]))
    finally:
        ctx.prec = saved


def test_what_is_no_plain_number_is_left_to_arb() -> None:
    x = np.array([[0.5, np.inf, 1.0], [np.nan, 0.0, 0.0], [0.0, -0.0, 0.0]], np.float32)
    got = vector_tier.enclose(STICK, "forward", x, FLOAT32, worth=1)
    assert got is not None
    assert (got.kind.reshape(3, 4) == Kind.UNDECIDED).all(axis=1).tolist() == [True, True, False]
    edge = np.array([[0.0, 0.5, 0.5], [0.5, 0.5, 0.0], [0.75, 0.75, 0.75], [0.25, 0.25, 0.25]], np.float32)
    edge = np.concatenate([edge, np.array([[0.5, 0.75, -0.25], [0.5, 0.25, 0.25 + 2.0**-10]], np.float32)])
    back = vector_tier.enclose(STICK, "inverse", edge, FLOAT32, worth=1)
    assert back is not None
    assert (back.kind == Kind.UNDECIDED).all()


def test_what_the_tier_cannot_do_it_does_not_offer() -> None:
    x = reals(3)
    assert vector_tier.enclose(STICK, "fldj", x.astype(np.float64), FORMATS["float64"]) is None
    assert vector_tier.enclose(STICK, "fldj", x[:5], FLOAT32) is None
    assert vector_tier.enclose("independent(abs,ndims=1)", "inverse", x, FLOAT32) is None


def test_a_candidate_that_nothing_certifies_is_no_answer() -> None:
    tail = "lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)"
    inner = vector_tier.enclose(f"independent({tail},ndims=1)", "inverse", reals(3), FLOAT32)
    assert inner is not None
    assert (inner.kind == Kind.UNDECIDED).all()


def test_the_oracle_asks_the_tier_and_arb_for_the_rest() -> None:
    x = reals(3)
    truth = Oracle().truth(STICK, "forward", x, FLOAT32)
    want = block_truth(STICK, "forward", x, FLOAT32)
    assert (truth.kind != Kind.UNDECIDED).all()
    assert overlap(truth, want).all()
    assert {int(t) for t in truth.tier} == {TIER_ARB, TIER_FLOAT64_BALLS}
    assert (truth.tier == TIER_FLOAT64_BALLS).mean() > 0.7
