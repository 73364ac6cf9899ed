"""The tiers that an enclosure can come from."""

from __future__ import annotations

TIER_ARB = 0
TIER_PIECEWISE = 1
TIER_MPMATH = 2
TIER_DOUBLE_DOUBLE = 3
TIER_FLOAT64_BALLS = 4

TIER_NAMES = {
    TIER_ARB: "arb",
    TIER_PIECEWISE: "piecewise",
    TIER_MPMATH: "mpmath",
    TIER_DOUBLE_DOUBLE: "double-double",
    TIER_FLOAT64_BALLS: "float64 balls",
}
"""Ball arithmetic point by point · certified piecewise polynomials · the second opinion · compiled running bounds ·
running bounds over whole arrays."""
