"""Floats counted off along the line: consecutive floats have consecutive ordinals.

The order-preserving reinterpretation of the sign-magnitude encoding (Bruce Dawson, "Comparing floating point
numbers", 2012), with both zeros at ordinal 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format


def to_ordinal(values: NDArray[Any], fmt: Format) -> NDArray[np.int64]:
    """Ordinals of ``values`` (dtype of ``fmt``): monotone, 0 for both zeros, +-(ordinal of the maximum + 1) for
    infinities. Raises ValueError for NaN, which has no place on the line, and for another dtype.
    """
    array = np.asarray(values)
    if array.dtype != fmt.dtype:
        raise ValueError(f"expected an array of {fmt.name}, got {array.dtype}")
    if np.isnan(array).any():
        raise ValueError("NaN has no ordinal")
    pattern = np.ascontiguousarray(array).view(fmt.unsigned).reshape(array.shape)
    magnitude = (pattern & fmt.unsigned.type(2 ** (fmt.bits - 1) - 1)).astype(np.int64)
    return np.where(pattern >> fmt.unsigned.type(fmt.bits - 1) != 0, -magnitude, magnitude)


def from_ordinal(ordinals: NDArray[np.int64], fmt: Format) -> NDArray[Any]:
    """The floats that have these ordinals; +0 for 0. Raises ValueError beyond the infinities."""
    wanted = np.asarray(ordinals, np.int64)
    if wanted.size and np.abs(wanted).max() > infinity_ordinal(fmt):
        raise ValueError(f"no {fmt.name} has an ordinal beyond that of infinity, {infinity_ordinal(fmt)}")
    pattern = np.abs(wanted).astype(fmt.unsigned)
    pattern = pattern | ((wanted < 0).astype(fmt.unsigned) << fmt.unsigned.type(fmt.bits - 1))
    return pattern.astype(fmt.unsigned).view(fmt.dtype)


def infinity_ordinal(fmt: Format) -> int:
    """The ordinal of +inf: the number of positive finite values, plus 1."""
    return (fmt.emax - fmt.emin + 2) << (fmt.precision - 1)


def neighbours(values: NDArray[Any], fmt: Format, steps: int) -> NDArray[Any]:
    """Each value with the ``steps`` floats on either side, infinities included: shape (..., 2*steps + 1), ascending."""
    top = infinity_ordinal(fmt)
    spread = to_ordinal(values, fmt)[..., None] + np.arange(-steps, steps + 1)
    return from_ordinal(np.clip(spread, -top, top), fmt)


def all_values(fmt: Format) -> NDArray[Any]:
    """Every finite value of a 16-bit format ascending, both infinities, then -0 and one NaN. ValueError for others."""
    if fmt.bits != 16:
        raise ValueError(f"{fmt.name} has 2^{fmt.bits} values; only 16-bit formats are listed whole")
    top = infinity_ordinal(fmt)
    line = from_ordinal(np.arange(-top, top + 1, dtype=np.int64), fmt)
    return np.concatenate([line, np.array([-0.0, np.nan]).astype(fmt.dtype)])
