"""Where a log-quantity is usable in nats and has nevertheless lost its digits: next to a zero of the log-det."""

from __future__ import annotations

import numpy as np

from adapters.interface.quantities import LOG_DETS
from conformance.causes.numbers import readable
from conformance.findings.results import Cell
from conformance.floats.formats import format_named
from conformance.floats.ordinals import from_ordinal, infinity_ordinal
from conformance.scoring.curve import decode


def relative_loss(cell: Cell, name: str) -> str:
    """A sentence on where half of the digits and all digits are gone, or nothing.

    Read off the cell's curve: the bins around 0, both signs, in which that share of the format's bits is lost beyond
    what the rounding of the input costs. The edge is that of a bin of about two binades, so "about".
    """
    if cell.quantity not in LOG_DETS or cell.curve is None:
        return ""
    near = cell.regions.get("near zero")
    if near is None or near.unusable or not near.failed:
        return ""
    precision = format_named(cell.dtype).precision
    half, everything = _edge(cell, 0.5 * precision), _edge(cell, precision - 1.0)
    if not half or half > 1:
        return ""
    v = "|x|" if cell.quantity == "fldj" else "|y|"
    rest = f", all of them below about {readable(everything)}" if everything and everything < half else ""
    return (
        f"{name} is safe in nats, but its relative accuracy is lost towards 0: "
        f"half of the digits below {v} of about {readable(half)}{rest}."
    )


def _edge(cell: Cell, limit: float) -> float:
    """The magnitude below which, on both sides of 0, some bin has lost more than ``limit`` bits; 0 where none has."""
    assert cell.curve is not None
    fmt = format_named(cell.dtype)
    bits, forced = decode(cell.curve.bits), decode(cell.curve.condition)
    lost = (bits >= 0) & np.isfinite(bits) & (bits - np.maximum(forced, 0) >= limit)
    middle, top = cell.curve.bins // 2, infinity_ordinal(fmt) - 1
    edges = []
    for bins in (range(middle, cell.curve.bins), range(middle - 1, -1, -1)):
        found = [at for at in bins if lost[at]]
        if not found:
            return 0.0
        # Next to 0 itself the log-det is exactly 0 again: the outermost bin counts.
        place = (found[-1] + (found[-1] >= middle)) / cell.curve.bins * (2 * top + 1) - top
        edges.append(abs(float(from_ordinal(np.array([int(place)]), fmt)[0])))
    return float(f"{max(edges):.0e}")
