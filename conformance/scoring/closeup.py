"""The error where people compute, as text: an axis over ordinary inputs that resolves the distance to a boundary.

The curve over all floats (``conformance.scoring.curve``) gives all between 0.25 and 1 a single bin. Here the axis
runs from a centre to two sides. A side that ends at a finite boundary is logarithmic in the distance to it, down to
half of the smallest distance that the format has there; a side without end is logarithmic in the distance to the other
boundary, or linear where there is none, and goes half as far again as the ordinary inputs do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format

BINS = 128
BEYOND = 1.5
EMPTY, FIRST, TOP = " ", ord("0"), 64


@dataclass(frozen=True)
class Side:
    """One half of the axis. At ``s`` in 0 to 1 the distance from ``anchor`` is ``start * (reach / start) ** s``.

    Where ``anchor`` is None the distance from the centre is ``s * reach``.
    """

    anchor: float | None
    reach: float


@dataclass(frozen=True)
class Axis:
    """Place 0.5 is ``centre``; the low side runs from there to place 0, the high side to place 1."""

    centre: float
    low: Side
    high: Side

    def places(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where finite ``values`` of shape (N,) lie: 0 to 1, NaN for what is beyond the axis. A boundary is its end."""
        result = np.full(values.shape, np.nan)
        for side, sign in ((self.low, -1.0), (self.high, 1.0)):
            own = (values - self.centre) * sign >= 0.0
            # Of ordinary inputs around a large number, or at a boundary, there may be one alone: then nothing has a
            # place but the boundary.
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                if side.anchor is None:
                    along = np.abs(values[own] - self.centre) / side.reach
                else:
                    start = abs(self.centre - side.anchor)
                    octaves = math.log(side.reach / start) if start else 0.0
                    along = np.log(np.abs(values[own] - side.anchor) / start)
                    along = along / octaves if octaves else np.full_like(along, np.nan)
            along = np.where(values[own] == side.anchor, 1.0, along)
            result[own] = 0.5 + sign * 0.5 * np.where(along <= 1.0, along, np.nan)
        return result

    def document(self) -> dict[str, Any]:
        """As a cell of results.json holds it."""
        return {
            "centre": self.centre,
            "low": {"anchor": self.low.anchor, "reach": self.low.reach},
            "high": {"anchor": self.high.anchor, "reach": self.high.reach},
        }


def axis_of(domain: tuple[float, float], ordinary: tuple[float, float], fmt: Format) -> Axis:
    """The axis for inputs of ``domain``, either end of which may be infinite, around the ``ordinary`` ones, finite."""
    below, above = domain
    if math.isinf(below) and math.isinf(above):
        centre = 0.5 * (ordinary[0] + ordinary[1])
        reach = BEYOND * 0.5 * (ordinary[1] - ordinary[0])
        return Axis(centre, Side(None, reach), Side(None, reach))
    if not (math.isinf(below) or math.isinf(above)):
        centre = 0.5 * (max(below, ordinary[0]) + min(above, ordinary[1]))
        return Axis(centre, _approach(below, centre, fmt), _approach(above, centre, fmt))
    end = above if math.isinf(below) else below
    near, far = sorted(abs(value - end) for value in ordinary)
    near = near or far * 2.0**-fmt.precision
    away = -1.0 if math.isinf(below) else 1.0
    centre = end + away * math.sqrt(near * far)
    sides = _approach(end, centre, fmt), Side(end, BEYOND * far)
    return Axis(centre, *(sides if away > 0 else sides[::-1]))


def _approach(end: float, centre: float, fmt: Format) -> Side:
    """Down to half of the gap between the floats at ``end``; at 0, where they have none, as many octaves as at 1."""
    return Side(end, 0.5 * (abs(end) if end else abs(centre)) * 2.0**-fmt.precision)


def encode(
    inputs: NDArray[Any], bits: NDArray[np.float64], unusable: NDArray[np.bool_], axis: Axis, bins: int = BINS
) -> tuple[str, str]:
    """Per bin the largest finite of ``bits`` (0 to 64), as chr(48 + n), and the share that is ``unusable``, in ninths.

    A space: no finite error, or nothing unusable; "1" to "9" is rounded up, so that a single one shows. All of shape
    (N,); NaN and infinite inputs are passed over.
    """
    values = inputs.astype(np.float64)
    places = np.full(values.shape, np.nan)
    places[np.isfinite(values)] = axis.places(values[np.isfinite(values)])
    known = ~np.isnan(places)
    at = np.clip((places[known] * bins).astype(int), 0, bins - 1)
    worst = np.full(bins, -1.0)
    np.maximum.at(worst, at, np.where(np.isfinite(bits[known]), bits[known], -1.0))
    asked, lost = np.bincount(at, minlength=bins), np.bincount(at[unusable[known]], minlength=bins)
    return (
        "".join(EMPTY if b < 0 else chr(FIRST + round(min(float(b), TOP))) for b in worst),
        "".join(
            EMPTY if not n else str(math.ceil(9 * n / total))
            for n, total in zip(lost, np.maximum(asked, 1), strict=True)
        ),
    )
