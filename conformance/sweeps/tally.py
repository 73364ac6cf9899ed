"""What is kept of a sweep: counts, histograms and extremes, which add up piece by piece, always in the same order."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.inputs.regions import Region
from conformance.scoring.curve import BINS as CURVE_BINS
from conformance.scoring.failures import Failure

BINS_PER_OCTAVE = 8
LOWEST_OCTAVE = -10
BINS = 80 * BINS_PER_OCTAVE
"""Bins of ulp: the first holds everything below 2**-10 (0 included), the last everything from 2**70 (inf included)."""

CODES = max(Failure) + 1
REGIONS = max(Region) + 1
NOWHERE = -1
NEVER_BELOW = -(2**62)
NEVER_ABOVE = 2**62


def bin_of(ulp: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of every ulp that is not NaN: 8 to an octave, read off the float's own bits."""
    keys = (np.ascontiguousarray(ulp).view(np.int64) >> 49) - ((1023 + LOWEST_OCTAVE) << 3)
    return np.clip(keys, 0, BINS - 1)


def bin_top(index: int) -> float:
    """The upper end of a bin, in ulp; inf for the last."""
    if index >= BINS - 1:
        return float("inf")
    return float(np.int64((index + 1 + ((1023 + LOWEST_OCTAVE) << 3)) << 49).view(np.float64))


def _counts(*shape: int) -> Any:
    return field(default_factory=lambda: np.zeros(shape, np.int64))


def _floats(value: float, *shape: int) -> Any:
    return field(default_factory=lambda: np.full(shape, value))


def _places(*shape: int) -> Any:
    return field(default_factory=lambda: np.full(shape, NOWHERE, np.int64))


@dataclass
class Tally:
    """Aggregates over inputs. An input is named by its encoding as an unsigned integer, its *pattern*; patterns give
    the order of the sweep (numbers from 0 up by size, then those from -0 down), and of equal extremes the first counts.

    counts[region, code], histogram[region, bin] of ulp, unusable[region]. total_ulp: sums of the finite errors.
    worst_ulp and worst_nats with the patterns at which they were met; -1 where there is none.
    fail_*[region, code]: the worst ulp under that verdict with its pattern, and its first and last pattern.
    below, above: ordinals of the unusable inputs nearest to the centre of the ordinary ones, on either side.
    curve: per bin of ordinals (see ``conformance.scoring.curve``) the largest ulp, -1 for none, and inf where a
    failure is not a matter of bits. tiers: inputs by the oracle's tier.
    """

    counts: NDArray[np.int64] = _counts(REGIONS, CODES)
    unusable: NDArray[np.int64] = _counts(REGIONS)
    histogram: NDArray[np.int64] = _counts(REGIONS, BINS)
    total_ulp: NDArray[np.float64] = _floats(0.0, REGIONS)
    worst_ulp: NDArray[np.float64] = _floats(-1.0, REGIONS)
    worst_ulp_at: NDArray[np.int64] = _places(REGIONS)
    worst_nats: NDArray[np.float64] = _floats(-1.0, REGIONS)
    worst_nats_at: NDArray[np.int64] = _places(REGIONS)
    fail_ulp: NDArray[np.float64] = _floats(-1.0, REGIONS, CODES)
    fail_at: NDArray[np.int64] = _places(REGIONS, CODES)
    fail_first: NDArray[np.int64] = _places(REGIONS, CODES)
    fail_last: NDArray[np.int64] = _places(REGIONS, CODES)
    curve: NDArray[np.float64] = _floats(-1.0, CURVE_BINS)
    tiers: NDArray[np.int64] = _counts(4)
    below: int = NEVER_BELOW
    above: int = NEVER_ABOVE

    def extreme(self, name: str, slot: Any, value: float, pattern: int) -> None:
        """Keep ``value`` at ``pattern`` where it exceeds what is kept, or equals it at an earlier pattern."""
        kept, at = getattr(self, name), getattr(self, f"{name}_at" if name != "fail_ulp" else "fail_at")
        if value > kept[slot] or (value == kept[slot] and pattern < at[slot]):
            kept[slot], at[slot] = value, pattern

    def span(self, slot: Any, first: int, last: int) -> None:
        """Extend the span of failures of ``slot`` by those from pattern ``first`` to ``last``."""
        if self.fail_first[slot] == NOWHERE or first < self.fail_first[slot]:
            self.fail_first[slot] = first
        self.fail_last[slot] = max(self.fail_last[slot], last)

    def absorb(
        self,
        region: int,
        patterns: NDArray[np.int64],
        codes: NDArray[np.uint8],
        usable: NDArray[np.bool_],
        ulp: NDArray[np.float64],
        nats: NDArray[np.float64],
    ) -> None:
        """Add inputs of one region, in the order of their patterns. NaN distances (no truth) enter the counts only."""
        self.counts[region] += np.bincount(codes, minlength=CODES)
        self.unusable[region] += int(np.count_nonzero(~usable))
        known = ~np.isnan(ulp)
        self.histogram[region] += np.bincount(bin_of(ulp[known]), minlength=BINS)
        self.total_ulp[region] += float(ulp[np.isfinite(ulp)].sum())
        for name, distance in (("worst_ulp", ulp), ("worst_nats", nats)):
            if known.any():
                best = int(np.argmax(np.where(known, distance, -1.0)))
                self.extreme(name, region, float(distance[best]), int(patterns[best]))
        for code in np.unique(codes):
            if code != Failure.NONE:
                chosen = np.flatnonzero(codes == code)
                distance = np.nan_to_num(ulp[chosen], nan=0.0, posinf=np.inf)
                best = int(np.argmax(distance))
                slot = (region, int(code))
                self.extreme("fail_ulp", slot, float(distance[best]), int(patterns[chosen[best]]))
                self.span(slot, int(patterns[chosen[0]]), int(patterns[chosen[-1]]))

    def note_unusable(self, ordinals: NDArray[np.int64], centre: int) -> None:
        """Remember the nearest of these to ``centre`` on either side."""
        lower = ordinals[ordinals < centre]
        upper = ordinals[ordinals >= centre]
        if len(lower):
            self.below = max(self.below, int(lower.max()))
        if len(upper):
            self.above = min(self.above, int(upper.min()))

    def merge(self, other: Tally) -> None:
        """Add a tally of other inputs. Merging the same tallies in the same order gives the same bits."""
        for name in ("counts", "unusable", "histogram", "total_ulp", "tiers"):
            getattr(self, name)[...] += getattr(other, name)
        for name in ("worst_ulp", "worst_nats", "fail_ulp"):
            where = "fail_at" if name == "fail_ulp" else f"{name}_at"
            mine, theirs, at, their_at = (getattr(one, part) for part in (name, where) for one in (self, other))
            better = (theirs > mine) | ((theirs == mine) & (theirs >= 0) & (their_at < at))
            mine[better], at[better] = theirs[better], their_at[better]
        for slot in zip(*np.nonzero(other.fail_first != NOWHERE), strict=True):
            self.span(slot, int(other.fail_first[slot]), int(other.fail_last[slot]))
        np.maximum(self.curve, other.curve, out=self.curve)
        self.below, self.above = max(self.below, other.below), min(self.above, other.above)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: arrays as the places and values of what differs from a fresh tally, floats as hex text."""
        out: dict[str, Any] = {"below": self.below, "above": self.above}
        fresh = Tally()
        for name in _ARRAYS:
            array = getattr(self, name).ravel()
            places = np.flatnonzero(array != getattr(fresh, name).ravel())
            values = array[places].tolist()
            out[name] = [places.tolist(), [v.hex() if isinstance(v, float) else v for v in values]]
        return out

    @staticmethod
    def from_json(data: dict[str, Any]) -> Tally:
        """The tally that ``to_json`` wrote. KeyError, ValueError or IndexError for anything else."""
        out = Tally(below=int(data["below"]), above=int(data["above"]))
        for name in _ARRAYS:
            array = getattr(out, name).reshape(-1)
            places, values = data[name]
            real = array.dtype.kind == "f"
            array[places] = [float.fromhex(v) if real else int(v) for v in values]
        return out


_ARRAYS = tuple(one.name for one in fields(Tally) if one.name not in ("below", "above"))
