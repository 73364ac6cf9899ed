"""The four formats hold what IEEE 754 and NumPy say about them."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import pytest

from conformance.floats.formats import FORMATS, Format, format_named

ALL = list(FORMATS.values())


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_the_extremes_are_numpys_own(fmt: Format) -> None:
    info: Any = ml_dtypes.finfo(fmt.dtype)  # type: ignore[no-untyped-call]
    assert fmt.max_finite == float(info.max)
    assert fmt.min_normal == float(info.smallest_normal)
    assert fmt.min_subnormal == float(info.smallest_subnormal)
    assert 2.0 ** (1 - fmt.precision) == float(info.eps)
    assert fmt.dtype.itemsize * 8 == fmt.bits


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_a_name_leads_to_its_format_and_dtype(fmt: Format) -> None:
    assert format_named(fmt.dtype.name) is fmt


def test_an_unknown_name_is_refused_on_one_line_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match=r"float8.*float16, bfloat16, float32, float64") as caught:
        format_named("float8")
    assert "\n" not in str(caught.value)
