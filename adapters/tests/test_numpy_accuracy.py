"""The reference implementation against closed forms in mpmath, at extreme inputs of every magnitude, in ulp."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from adapters.interface import evaluate, parse
from adapters.interface.quantities import TRANSFORM_QUANTITIES
from adapters.numpy import Adapter
from adapters.numpy import functions as fn
from adapters.numpy.bound import DTYPES
from adapters.numpy.pairs import Pair, two_product
from adapters.tests.closed_forms import BITS, forms, spread, ulps
from adapters.tests.extremes import FINFO, positive, steps, turns, worst
from adapters.tests.plain_truth import as_matrix, corr_cholesky, inverse_corr_cholesky

SCALARS = (
    "exp",
    "affine(loc=0.75,scale=-2.5)",
    "affine(loc=-1.25,scale=3.0)",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
    "inverse_box_cox(power=0.5)",
    "inverse_box_cox(power=-0.75)",
    "inverse_box_cox(power=0.0)",
    "sigmoid",
    "tanh",
    "softplus",
    "abs",
    "gumbel_cdf(loc=0.5,scale=2.0)",
    "normal_cdf",
    "chain(affine(loc=0.5,scale=2.0),tanh)",
    "chain(affine(loc=0.5,scale=-1.5),exp)",
    "inverse(tanh)",
    "inverse(sigmoid)",
    "inverse(softplus)",
    "inverse(exp)",
)
# Half an ulp is the best there is. The normal cdf in float32 loses half of its second word to cancellation.
BOUNDS = {"normal_cdf": 0.51}
BOUND = 0.501
ADAPTER = Adapter()


def inputs(subject: str, quantity: str, dtype: str) -> Any:
    """Inputs of every magnitude inside the domain, crowded next to the places where formulas break."""
    info = FINFO(DTYPES[dtype])
    least, eps = float(info.smallest_subnormal), float(info.eps)
    sizes = positive(dtype)
    real = np.concatenate([sizes, -sizes, -0.25 + steps(dtype), turns(dtype), -turns(dtype)])
    unit = np.concatenate(
        [spread(np.float64, least * 2, 0.999, 30), 1 - spread(np.float64, eps, 0.5, 30), 0.5 + steps(dtype)]
    )
    spec = parse(subject)
    if spec.name == "inverse":
        spec = spec.parts[0]
        quantity = {"forward": "inverse", "inverse": "forward", "fldj": "ildj", "ildj": "fldj"}[quantity]
    on_x = quantity in ("forward", "fldj")
    last = spec.parts[-1].name if spec.name == "chain" else spec.name
    if on_x:
        chosen = sizes if last == "power" else real
        if last == "inverse_box_cox" and spec.params["power"]:
            p = spec.params["power"]
            chosen = real[1 + p * real > 0]
    elif last in ("exp", "power", "inverse_box_cox", "softplus", "abs"):
        chosen = sizes
    elif last in ("sigmoid", "gumbel_cdf", "normal_cdf"):
        chosen = unit
    else:
        chosen = np.concatenate([unit, -unit]) if last == "tanh" else real
    with np.errstate(over="ignore"):
        rounded = chosen.astype(DTYPES[dtype])
    # Rounding may step out of an open domain.
    wide = rounded.astype(np.float64)
    kept = np.isfinite(wide) & (wide != 0)
    if not on_x and last in ("sigmoid", "gumbel_cdf", "normal_cdf", "tanh"):
        kept &= np.abs(wide) < 1
    if on_x and last == "inverse_box_cox":
        kept &= 1 + spec.params["power"] * wide > 0
    return rounded[kept]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", SCALARS)
def test_every_quantity_is_right_to_the_last_place(subject: str, dtype: str) -> None:
    bound = BOUNDS.get(subject, BOUND)
    for quantity in TRANSFORM_QUANTITIES:
        off, at = worst(subject, quantity, dtype, inputs(subject, quantity, dtype))
        assert off <= bound, f"{subject} {quantity} {dtype}: {off:.4g} ulp at {at.hex()}"


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("subject", SCALARS)
def test_sixteen_bit_formats_lose_nothing_on_the_way_through_float32(subject: str, dtype: str) -> None:
    for quantity in TRANSFORM_QUANTITIES:
        off, at = worst(subject, quantity, dtype, inputs(subject, quantity, dtype)[::3])
        assert off <= 0.51, f"{subject} {quantity} {dtype}: {off:.4g} ulp at {at.hex()}"


INF, NAN = np.inf, np.nan
LIMITS: dict[tuple[str, str], dict[float, float]] = {
    ("exp", "forward"): {-INF: 0.0, INF: INF},
    ("exp", "inverse"): {0.0: -INF, -1.0: NAN, INF: INF},
    ("exp", "ildj"): {0.0: INF, INF: -INF, -1.0: NAN},
    ("affine(loc=0.75,scale=-2.5)", "forward"): {INF: -INF, 3e38: -INF},
    ("power(exponent=2.5)", "forward"): {0.0: 0.0, INF: INF, -1.0: NAN},
    ("power(exponent=-1.5)", "forward"): {0.0: INF, INF: 0.0},
    ("power(exponent=2.5)", "fldj"): {0.0: -INF, INF: INF, -1.0: NAN},
    ("inverse_box_cox(power=0.5)", "forward"): {-2.0: 0.0, INF: INF, -3.0: NAN},
    ("inverse_box_cox(power=0.5)", "fldj"): {-2.0: -INF, INF: INF},
    ("sigmoid", "forward"): {-INF: 0.0, INF: 1.0},
    ("sigmoid", "inverse"): {0.0: -INF, 1.0: INF, 0.5: 0.0, -0.5: NAN, 1.5: NAN},
    ("sigmoid", "fldj"): {-INF: -INF, INF: -INF},
    ("sigmoid", "ildj"): {0.0: INF, 1.0: INF, 2.0: NAN},
    ("tanh", "forward"): {-INF: -1.0, INF: 1.0, 0.0: 0.0},
    ("tanh", "inverse"): {-1.0: -INF, 1.0: INF, 1.5: NAN},
    ("tanh", "fldj"): {-INF: -INF, INF: -INF, 0.0: 0.0},
    ("tanh", "ildj"): {-1.0: INF, 1.0: INF, -2.0: NAN, 0.0: 0.0},
    ("softplus", "forward"): {-INF: 0.0, INF: INF},
    ("softplus", "inverse"): {0.0: -INF, INF: INF, -1.0: NAN},
    ("softplus", "fldj"): {-INF: -INF, INF: 0.0},
    ("softplus", "ildj"): {0.0: INF, INF: 0.0, -1.0: NAN},
    ("abs", "forward"): {-INF: INF},
    ("abs", "inverse"): {-1.0: NAN, 0.0: 0.0},
    ("gumbel_cdf(loc=0.5,scale=2.0)", "forward"): {-INF: 0.0, INF: 1.0, -3e38: 0.0},
    ("gumbel_cdf(loc=0.5,scale=2.0)", "inverse"): {0.0: -INF, 1.0: INF, 1.5: NAN},
    ("gumbel_cdf(loc=0.5,scale=2.0)", "fldj"): {-INF: -INF, INF: -INF, -3e38: -INF},
    ("gumbel_cdf(loc=0.5,scale=2.0)", "ildj"): {0.0: INF, 1.0: INF},
    ("normal_cdf", "forward"): {-INF: 0.0, INF: 1.0, 0.0: 0.5},
    ("normal_cdf", "inverse"): {0.0: -INF, 1.0: INF, 0.5: 0.0, 2.0: NAN},
    ("normal_cdf", "fldj"): {-INF: -INF, INF: -INF, 3e38: -INF},
    ("normal_cdf", "ildj"): {0.0: INF, 1.0: INF},
    ("inverse(tanh)", "ildj"): {INF: -INF},
    ("chain(affine(loc=0.5,scale=2.0),tanh)", "fldj"): {INF: -INF, -INF: -INF},
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(("subject", "quantity"), LIMITS)
def test_limits_at_the_ends_and_nan_outside(subject: str, quantity: str, dtype: str) -> None:
    # 3e38 is at the end of the other formats' range, not of float64's.
    expected = {x: y for x, y in LIMITS[subject, quantity].items() if abs(x) != 3e38 or dtype != "float64"}
    with np.errstate(over="ignore"):
        x = np.array([*expected, NAN]).astype(DTYPES[dtype])
    got = evaluate(ADAPTER.transform(subject, dtype), quantity, x).astype(np.float64)
    np.testing.assert_array_equal(got, [*expected.values(), NAN])


ZEROS = (
    ("chain(affine(loc=0.5,scale=2.0),tanh)", "fldj", lambda: (mp.acosh(mp.sqrt(2)) - 0.5) / 2),
    ("power(exponent=2.5)", "fldj", lambda: mp.mpf(0.4) ** (mp.mpf(2) / 3)),
    ("inverse(softplus)", "forward", lambda: mp.log(2)),
    ("gumbel_cdf(loc=0.5,scale=2.0)", "inverse", lambda: mp.exp(-mp.exp(mp.mpf(0.25)))),
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("subject", "quantity", "zero"), ZEROS)
def test_next_to_an_irrational_zero_a_few_ulp_remain(subject: str, quantity: str, zero: Any, dtype: str) -> None:
    kind = np.dtype(dtype).type
    with mp.workprec(BITS):
        nearest = kind(float(zero()))
        x = np.array([nearest, np.nextafter(nearest, kind(9)), np.nextafter(nearest, kind(-9))])
        got = evaluate(ADAPTER.transform(subject, dtype), quantity, x)
        function = forms(parse(subject)).truth(quantity)
        assert ulps(got, [function(mp.mpf(float(v))) for v in x], dtype).max() <= 6


def test_signs_of_zero_survive() -> None:
    x = np.array([-0.0, 0.0], np.float32)
    for subject in ("tanh", "inverse(tanh)"):
        assert np.signbit(ADAPTER.transform(subject).forward(x)).tolist() == [True, False]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_stick_breaking_is_right_coordinate_by_coordinate(dtype: str) -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(size=(20, 3)) * s for s in (0.1, 3.0, 15.0)]).astype(dtype)
    transform = ADAPTER.transform("stick_breaking", dtype)
    with mp.workprec(BITS):
        exact = [stick_breaking([mp.mpf(float(v)) for v in row]) for row in x]
        assert ulps(transform.forward(x), [w for weights, _ in exact for w in weights], dtype).max() <= BOUND
        assert ulps(transform.log_det_jacobian(x), [slope for _, slope in exact], dtype).max() <= BOUND
        y = rng.dirichlet([1.0, 1.0, 1.0, 1.0], 40).astype(dtype)
        points = [unbroken([mp.mpf(float(v)) for v in row]) for row in y]
        flat = [p for point in points for p in point]
        assert ulps(transform.inverse(y), flat, dtype).max() <= BOUND
        slopes = [-stick_breaking(point)[1] for point in points]
        assert ulps(transform.log_det_jacobian(y, "inverse"), slopes, dtype).max() <= BOUND
    even = np.full((1, 4), 0.25, dtype)
    assert transform.inverse(even).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_corr_cholesky_is_right_entry_by_entry(dtype: str) -> None:
    rng = np.random.default_rng(6)
    x = np.concatenate([rng.normal(size=(12, 6)) * s for s in (1e-3, 1.0, 15.0)]).astype(dtype)
    transform = ADAPTER.transform("corr_cholesky", dtype)
    rows = [range(i * (i - 1) // 2, i * (i + 1) // 2) for i in range(1, 4)]
    with mp.workprec(BITS):
        found, slopes = [], []
        for point in ([mp.mpf(float(v)) for v in row] for row in x):
            found += as_matrix(corr_cholesky(point))
            slopes.append(mp.fsum((len(r) - j + 1) * mp.log(mp.sech(point[k])) for r in rows for j, k in enumerate(r)))
        assert ulps(transform.forward(x), found, dtype).max() <= BOUND
        assert ulps(transform.log_det_jacobian(x), slopes, dtype).max() <= BOUND
        y = transform.forward(np.clip(x, -1.5, 1.5))
        below = [[mp.mpf(float(row[i, j])) for i in range(4) for j in range(i)] for row in y]
        points = [inverse_corr_cholesky([*row, *[mp.mpf(0)] * 4]) for row in below]
        assert ulps(transform.inverse(y), [p for point in points for p in point], dtype).max() <= BOUND
        back = [
            -mp.fsum((len(r) - j + 1) * mp.log(mp.sech(p[k])) for r in rows for j, k in enumerate(r)) for p in points
        ]
        assert ulps(transform.log_det_jacobian(y, "inverse"), back, dtype).max() <= BOUND


def stick_breaking(x: list[Any]) -> tuple[list[Any], Any]:
    """The weights, and the log-det as the log of the product of the diagonal of the triangular Jacobian."""
    left, weights, slope = mp.mpf(1), [], mp.mpf(0)
    for i, each in enumerate(x):
        z = 1 / (1 + (len(x) - i) * mp.exp(-each))
        rest = (len(x) - i) * mp.exp(-each) * z
        weights.append(left * z)
        slope += mp.log(left * z * rest)
        left *= rest
    return [*weights, left], slope


def unbroken(y: list[Any]) -> list[Any]:
    left, x = mp.mpf(1), []
    for i, weight in enumerate(y[:-1]):
        left -= weight
        x.append(mp.log(weight / left * (len(y) - 1 - i)))
    return x


def test_independent_sums_over_the_last_axis() -> None:
    x = np.array([[0.3, 0.6, 0.9], [1e-4, 20.0, -2.0]])
    got = ADAPTER.transform("independent(tanh,ndims=1)", "float64").log_det_jacobian(x)
    with mp.workprec(BITS):
        exact = [mp.fsum(forms(parse("tanh")).fldj(mp.mpf(float(v))) for v in row) for row in x]
    assert ulps(got, exact, "float64").max() <= BOUND


@pytest.mark.parametrize(("dtype", "bits"), [("float32", 44), ("float64", 100)])
def test_pairs_carry_twice_the_precision(dtype: str, bits: int) -> None:
    x = np.concatenate([spread(dtype, 1e-6, 80, 60), -spread(dtype, 1e-6, 0.9, 40)])
    for function, exact in ((fn.exp, mp.exp), (fn.expm1, mp.expm1), (fn.log1p, mp.log1p), (fn.tanh, mp.tanh)):
        got = function(Pair.of(x))
        with mp.workprec(BITS):
            for v, hi, lo in zip(x, got.hi, got.lo, strict=True):
                true = exact(mp.mpf(float(v)))
                assert abs(mp.mpf(float(hi)) + mp.mpf(float(lo)) - true) <= abs(true) * mp.ldexp(1, -bits)


def test_the_block_size_leaves_no_trace() -> None:
    x = np.linspace(-5, 5, 20_011)
    transform = ADAPTER.transform("tanh", "float64")
    whole = transform.log_det_jacobian(x)
    pieces = np.concatenate([transform.log_det_jacobian(x[at : at + 777]) for at in range(0, len(x), 777)])
    assert np.array_equal(whole, pieces)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_are_exact_up_to_the_largest_floats(dtype: str) -> None:
    a = np.array([np.finfo(dtype).max, np.finfo(dtype).max / 3, 1.1], dtype)
    b = np.full(3, 1 / 3, dtype)
    product, error = two_product(a, b)
    for x, y, p, e in zip(a, b, product, error, strict=True):
        assert Fraction(float(x)) * Fraction(float(y)) == Fraction(float(p)) + Fraction(float(e))


@pytest.mark.parametrize("power", [1e-8, -1e-8, 0.5])
def test_the_image_of_an_inverse_box_cox_map_is_the_half_line_whatever_its_power(power: float) -> None:
    bound = Adapter().transform(f"inverse_box_cox(power={power!r})", "float32")
    y = np.array([-1.0, 1e-30, 0.5, 1e30], np.float32)
    np.testing.assert_array_equal(bound.declared("codomain", y), [False, True, True, True])
