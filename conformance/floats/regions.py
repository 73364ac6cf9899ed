"""Regions: which part of the line an input lies in. Every score is kept apart by region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import to_ordinal

NEAR_ZERO = 2.0**-10
"""Below this magnitude (and above the subnormals) an input is *near zero*: 1 + x has lost ten bits of x."""

BOUNDARY_ORDINALS = 32
"""An input this many floats or fewer from a finite end of the domain is at the *boundary*."""

RANGE_END_BINADES = 4
"""An input within this many binades of the largest finite float is at the *range end*."""


class Region(IntEnum):
    """Where an input lies. The first that applies, in the order SPECIAL, OUTSIDE, BOUNDARY, SUBNORMAL, NEAR_ZERO,
    RANGE_END, ORDINARY, SATURATION."""

    ORDINARY = 0
    NEAR_ZERO = 1
    SUBNORMAL = 2
    SATURATION = 3
    RANGE_END = 4
    BOUNDARY = 5
    SPECIAL = 6
    OUTSIDE = 7

    @property
    def label(self) -> str:
        """The name used in files and in the report."""
        return self.name.lower().replace("_", " ")


EXTREMES = tuple(region for region in Region if region not in (Region.ORDINARY, Region.OUTSIDE))
"""The regions that stability (ACCEPTANCE A13) is measured over."""


@dataclass(frozen=True)
class Frame:
    """What the regions are cut by: the set of valid inputs and the interval of ordinary ones.

    domain_low and domain_high may be infinite; ordinary_low < ordinary_high are finite and inside the domain.
    """

    domain_low: float
    domain_high: float
    ordinary_low: float
    ordinary_high: float


def regions_of(values: NDArray[Any], fmt: Format, frame: Frame) -> NDArray[np.uint8]:
    """The Region of every element of ``values`` (dtype of ``fmt``, shape (N,)), as uint8."""
    wide = values.astype(np.float64)
    magnitude = np.abs(wide)
    result = np.full(values.shape, Region.SATURATION, np.uint8)
    result[(wide >= frame.ordinary_low) & (wide <= frame.ordinary_high)] = Region.ORDINARY
    result[magnitude >= fmt.max_finite / 2.0**RANGE_END_BINADES] = Region.RANGE_END
    result[magnitude < NEAR_ZERO] = Region.NEAR_ZERO
    result[magnitude < fmt.min_normal] = Region.SUBNORMAL
    finite = np.isfinite(wide)
    ordinals = np.zeros(values.shape, np.int64)
    ordinals[finite] = to_ordinal(values[finite], fmt)
    for end in (frame.domain_low, frame.domain_high):
        if np.isfinite(end):
            with np.errstate(over="ignore"):
                nearest = np.asarray([end]).astype(fmt.dtype)
            if np.isfinite(nearest.astype(np.float64))[0]:
                distance = np.abs(ordinals - to_ordinal(nearest, fmt)[0])
                result[finite & (distance <= BOUNDARY_ORDINALS)] = Region.BOUNDARY
    result[(wide < frame.domain_low) | (wide > frame.domain_high)] = Region.OUTSIDE
    result[~finite | (wide == 0)] = Region.SPECIAL
    return result
