"""Compiled loops: NumPy's own bits, operation by operation and map by map; and what is left to NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy

pytest.importorskip("llvmlite", reason="LLVM's Python bindings, which come with numba, are not installed")

from adapters.numpy import Adapter
from adapters.numpy import bound as numpy_bound
from adapters.numpy.branches import Choice, scheduled
from adapters.numpy.compiled import faster
from adapters.numpy.pairs import two_product
from adapters.numpy.traced import record
from adapters.tests.extremes import positive

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 0.5, -2.5, 1.0, 1e-45, 3.4028235e38], np.float32)
A_NUMBER = np.float32(0.1)


def inputs(size: int = 4000) -> Any:
    """Floats of all bits, of ordinary size, of the unit interval crowded at both of its ends, and the special ones: in
    no order, so that neighbours choose differently, and in order, so that whole turns of a loop choose alike."""
    generator = np.random.default_rng(1)
    anything = generator.integers(0, 2**32, size, dtype=np.uint32).view(np.float32)
    unit = np.ldexp(generator.random(size), -generator.integers(0, 140, size)).astype(np.float32)
    ordinary = (3 * generator.standard_normal(size)).astype(np.float32)
    sizes = positive("float32").astype(np.float32)
    found = np.concatenate([anything, unit, 1 - unit, ordinary, sizes, -sizes, SPECIAL])
    return np.concatenate([found, np.sort(found)])


def assert_same(got: Any, expected: Any) -> None:
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    bits = np.dtype(f"u{expected.dtype.itemsize}")
    differs = got.view(bits) != np.ascontiguousarray(expected).view(bits)
    if expected.dtype.kind == "f":
        differs &= ~(np.isnan(got) & np.isnan(expected))
    assert not differs.any(), np.flatnonzero(differs)[:5]


def halves(x: Any) -> Any:
    return np.frexp(x)[1] // 2


def rest(x: Any) -> Any:
    return two_product(x, np.where(x > 0, x, x * A_NUMBER))[1]


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "sums": lambda x: (x + 0.1) - (0.3 - x),
    "products": lambda x: x * x * A_NUMBER / (x + 1.0),
    "of float64": lambda x: (x.astype(np.float64) * 0.1 + 1 / x.astype(np.float64)).astype(np.float32),
    "negative": lambda x: -x + 0.0,
    "absolute": lambda x: np.abs(x),
    "square root": lambda x: np.sqrt(np.abs(x)) + np.square(x),
    "rint": lambda x: np.rint(x),
    "floor": lambda x: np.floor(x * A_NUMBER),
    "copysign": lambda x: np.copysign(np.float32(2), x),
    "signs": lambda x: np.where(np.signbit(x), np.float32(1), x),
    "kinds": lambda x: np.where(np.isnan(x), np.float32(1), np.where(np.isinf(x), np.float32(2), np.isfinite(x))),
    "order": lambda x: np.where((x < 1) & ~(x <= -1), x, np.where((x > 5) | (x >= 9), -x, np.float32(0))),
    "equality": lambda x: np.where(x == 0.5, np.float32(7), np.where(x != 1.0, x, np.float32(8))),
    "clip": lambda x: np.clip(x, -1.5, 0.75),
    "larger": lambda x: np.maximum(x, x * A_NUMBER),
    "smaller": lambda x: np.minimum(np.float32(-0.5), x),
    "mantissas": lambda x: np.frexp(x)[0],
    "exponents": lambda x: np.frexp(x)[1],
    "half exponents": halves,
    "scaled down": lambda x: np.ldexp(x, -np.frexp(x)[1] - 140),
    "scaled up": lambda x: np.ldexp(x, np.int32(90)),
    "whole": lambda x: np.clip(np.rint(np.where(np.isnan(x), np.float32(0), x)), -99, 99).astype(np.int32),
    "rest of a product": rest,
    "filled": lambda x: np.full_like(x, 3.0) + np.zeros_like(x) + np.ones_like(x) * x,
    "external": lambda x: np.log1p(scipy.special.ndtr(x * A_NUMBER)) + np.exp(-np.abs(x)) * A_NUMBER,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_bits_of_numpy(name: str) -> None:
    operation, x = OPERATIONS[name], inputs()
    loop = faster(operation, np.float32)
    assert loop is not None
    with np.errstate(all="ignore"):
        assert_same(loop(x), operation(x))


MAPS = (
    "tanh",
    "softplus(hinge_softness=2.5,low=1.5)",
    "normal_cdf",
    "shifted_gompertz_cdf(concentration=0.75,rate=1.5)",
    "lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)",
    "reciprocal",
)


@pytest.mark.parametrize("quantity", ["forward", "inverse", "fldj", "ildj"])
@pytest.mark.parametrize("subject", MAPS)
def test_a_map_has_the_bits_of_numpy(subject: str, quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = inputs(600)
    few, many = Adapter().transform(subject, "float32"), Adapter().transform(subject, "float32")

    def asked(bound: Any) -> Any:
        if quantity in ("fldj", "ildj"):
            return bound.log_det_jacobian(x, "forward" if quantity == "fldj" else "inverse")
        return getattr(bound, quantity)(x)

    numpys = asked(few)
    monkeypatch.setattr(numpy_bound, "MANY", 1)
    before = numpy_bound._loop.cache_info().misses
    compiled = asked(many)
    function = getattr(many._map, quantity)  # type: ignore[attr-defined]
    assert numpy_bound._loop.cache_info().misses == before + 1
    assert numpy_bound._loop(function) is not None
    assert_same(compiled, numpys)


def test_what_one_side_alone_needs_is_jumped_over_and_nothing_else() -> None:
    def function(x: Any) -> Any:
        both = x * A_NUMBER
        near = both
        far = both * x
        for _ in range(5):
            near = near * x + both
            far = far + both / x
        return np.where(x < 1, near, far) + np.where(x < 1, far, x)

    program = record(function, np.float32)
    jumps = [item for item in scheduled(program, [0], [program.result]) if isinstance(item, Choice)]
    steps = [[program.steps[at].operation for at in one.sides[True] if isinstance(at, int)] for one in jumps]
    assert sum(("multiply" in one, "add" in one) == (True, True) for one in steps) == 1
    assert all("divide" not in one for one in steps)  # The far sum is on the one side here, on the other there.
    assert not any(one.sides[False] for one in jumps)


def test_the_two_words_of_a_pair_are_chosen_together() -> None:
    def function(x: Any) -> Any:
        high, low = two_product(x, x)
        for _ in range(5):
            high, low = high + low, low * x
        return np.where(x < 1, high, x) + np.where(x < 1, low, x)

    program = record(function, np.float32)
    jumps = [item for item in scheduled(program, [0], [program.result]) if isinstance(item, Choice)]
    assert [(len(one.selections), len(one.sides[True]) > 10) for one in jumps] == [(2, True)]


def test_many_numbers_come_in_their_shape() -> None:
    x = np.linspace(-9, 9, 2 * numpy_bound.MANY, dtype=np.float32).reshape(2, -1)
    bound = Adapter().transform("tanh", "float32")
    found = bound.forward(x)
    assert_same(found[:, :5000], bound.forward(x[:, :5000].copy()))


def way(x: Any) -> Any:
    return x if (x > 0).any() else -x


@pytest.mark.parametrize(
    "function",
    [way, lambda x: x[x > 0], lambda x: np.cumsum(x), lambda x: x + np.arange(3.0), lambda x: float(x[0]) * x],
    ids=["a way by a value", "some elements", "a sum of elements", "an array of its own", "an element"],
)
def test_what_is_no_operation_on_elements_is_left_to_numpy(function: Callable[[Any], Any]) -> None:
    assert faster(function, np.float32) is None


def grown(x: Any) -> Any:
    same = x
    same *= A_NUMBER
    np.add(x, 1, out=x)
    return same + x


def test_an_array_that_is_changed_in_place_is_changed_for_whoever_holds_it() -> None:
    loop = faster(grown, np.float32)
    assert loop is not None
    x = inputs()
    with np.errstate(all="ignore"):
        assert_same(loop(x), grown(x.copy()))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x > 0,
        lambda x: np.where((x > 0) ^ (x < 1), x, -x),
        lambda x: np.hypot(x, 3.0) * np.float32(2),
        lambda x: np.where((x > 0) + (x > 1), x, -x),
        lambda x: np.where((x > 0) < (x > 1), x, -x),
        lambda x: np.add(x, 1, out=np.zeros(1, np.float32)),
        lambda x: x * x.size,
        lambda x: np.maximum(np.frexp(x)[1], 1) * x,
    ],
    ids=["truths", "xor", "two dtypes", "sum of truths", "order of truths", "elsewhere", "how many", "whole numbers"],
)
def test_what_would_not_be_numpys_is_left_to_numpy(function: Callable[[Any], Any]) -> None:
    assert faster(function, np.float32) is None


def test_bindings_that_are_too_old_are_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("llvmlite.binding.create_pass_builder")
    assert faster(np.sqrt, np.float32) is None


def test_what_has_no_machine_code_is_left_to_numpy() -> None:
    assert faster(lambda x: np.ldexp(x.astype(np.float64), 3).astype(np.float32), np.float32) is None
    assert faster(lambda x: np.abs(np.rint(x).astype(np.int64)), np.float32) is None
    assert faster(lambda x: np.frexp(x)[1] // 3, np.float32) is None
