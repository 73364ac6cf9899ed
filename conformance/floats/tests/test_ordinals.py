"""Ordinals count every float once, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values, from_ordinal, infinity_ordinal, neighbours, to_ordinal

SHORT = [FORMATS["float16"], FORMATS["bfloat16"]]
ALL = list(FORMATS.values())


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
def test_all_values_are_every_bit_pattern_with_one_nan(fmt: Format) -> None:
    values = all_values(fmt)
    patterns = set(values.view(np.uint16).tolist())
    wide = values.astype(np.float64)
    line = wide[:-2]
    assert (np.diff(line) > 0).all()
    assert np.isinf(line[[0, -1]]).all()
    assert np.signbit(wide[-2])
    assert wide[-2] == 0
    assert np.isnan(wide[-1])
    with np.errstate(invalid="ignore"):  # signalling NaNs are among them
        everything = np.arange(2**16, dtype=np.uint16).view(fmt.dtype).astype(np.float64)
    assert len(patterns) == len(values) == np.count_nonzero(~np.isnan(everything)) + 1


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
def test_consecutive_floats_have_consecutive_ordinals_without_exception(fmt: Format) -> None:
    line = all_values(fmt)[:-2]
    ordinals = to_ordinal(line, fmt)
    assert (np.diff(ordinals) == 1).all()
    assert ordinals[0] == -infinity_ordinal(fmt)
    assert (from_ordinal(ordinals, fmt).astype(np.float64) == line.astype(np.float64)).all()


@pytest.mark.parametrize("fmt", [FORMATS["float32"], FORMATS["float64"]], ids=lambda f: f.name)
def test_ordinals_agree_with_nextafter(fmt: Format) -> None:
    rng = np.random.default_rng(5)
    values = from_ordinal(rng.integers(-infinity_ordinal(fmt) + 1, infinity_ordinal(fmt), 20000), fmt)
    above = np.nextafter(values, fmt.dtype.type(np.inf))
    assert (to_ordinal(above, fmt) - to_ordinal(values, fmt) == 1).all()


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_landmarks(fmt: Format) -> None:
    landmarks = np.array([-0.0, 0.0, fmt.min_subnormal, fmt.max_finite, np.inf, -np.inf]).astype(fmt.dtype)
    top = infinity_ordinal(fmt)
    assert to_ordinal(landmarks, fmt).tolist() == [0, 0, 1, top - 1, top, -top]
    assert not np.signbit(from_ordinal(np.array([0]), fmt).astype(np.float64))[0]


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_neighbours_stop_at_the_infinities(fmt: Format) -> None:
    around = neighbours(np.array([fmt.max_finite, 0.0]).astype(fmt.dtype), fmt, 2).astype(np.float64)
    assert around.shape == (2, 5)
    assert np.isinf(around[0, 3:]).all()
    assert around[1].tolist() == [k * fmt.min_subnormal for k in (-2, -1, 0, 1, 2)]


@given(st.floats(width=32, allow_nan=False), st.floats(width=32, allow_nan=False))
def test_the_order_of_floats_is_the_order_of_ordinals(a: float, b: float) -> None:
    first, second = to_ordinal(np.array([a, b], np.float32), FORMATS["float32"]).tolist()
    assert (first < second) == (a < b)


def test_what_has_no_ordinal_is_refused() -> None:
    fmt = FORMATS["float16"]
    with pytest.raises(ValueError, match="NaN"):
        to_ordinal(np.array([1, np.nan], np.float16), fmt)
    with pytest.raises(ValueError, match="float16"):
        to_ordinal(np.array([1.0]), fmt)
    with pytest.raises(ValueError, match="beyond"):
        from_ordinal(np.array([infinity_ordinal(fmt) + 1]), fmt)
    with pytest.raises(ValueError, match="16-bit"):
        all_values(FORMATS["float32"])
