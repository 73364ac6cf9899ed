"""The error along the line as text: one character per bin of ordinals, small enough for a page of a thousand cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import infinity_ordinal, to_ordinal

BINS = 256
EMPTY, UNUSABLE, FIRST, TOP = " ", "~", ord("0"), 64


def encode(inputs: NDArray[Any], bits: NDArray[np.float64], fmt: Format, bins: int = BINS) -> str:
    """The largest of ``bits`` (0 to 64) in each of ``bins`` equal bins of ordinals over all finite values of ``fmt``.

    chr(48 + round(bits)); "~" where bits is inf; " " where the bin has no input. inputs and bits have shape (N,);
    NaN and infinite inputs, and NaN bits, are passed over.
    """
    known = np.isfinite(inputs.astype(np.float64)) & ~np.isnan(bits)
    worst = np.full(bins, -1.0)
    if known.any():
        top = infinity_ordinal(fmt) - 1
        place = (to_ordinal(inputs[known], fmt).astype(np.float64) + top) / (2.0 * top + 1.0) * bins
        np.maximum.at(worst, np.clip(place.astype(int), 0, bins - 1), bits[known])
    return "".join(
        EMPTY if b < 0 else UNUSABLE if np.isinf(b) else chr(FIRST + round(min(float(b), TOP))) for b in worst
    )


def decode(text: str) -> NDArray[np.float64]:
    """The bits of each bin: -1 for an empty one, inf for an unusable one. Raises ValueError for other characters."""
    result = []
    for character in text:
        value = {EMPTY: -1.0, UNUSABLE: np.inf}.get(character, float(ord(character) - FIRST))
        if not (value == np.inf or -1.0 <= value <= TOP):
            raise ValueError(f"{character!r} is no character of a curve")
        result.append(value)
    return np.array(result)
