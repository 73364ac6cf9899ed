"""What is kept of a sweep: counts, histograms and extremes, which add up piece by piece, always in the same order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Certificate
from conformance.floats.regions import Region
from conformance.oracle.tiers import TIER_NAMES
from conformance.scoring.curve import BINS as CURVE_BINS
from conformance.scoring.failures import Failure

BINS_PER_OCTAVE = 8
LOWEST_OCTAVE = -10
BINS = 80 * BINS_PER_OCTAVE
"""Bins of ulp: the first holds everything below 2**-10 (0 included), the last everything from 2**70 (inf included)."""

CODES = max(Failure) + 1
REGIONS = max(Region) + 1
NOWHERE = -1
UNIT = 2**32
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


def _counts(*shape: int) -> Callable[[], NDArray[np.int64]]:
    return lambda: np.zeros(shape, np.int64)


def _floats(value: float, *shape: int) -> Callable[[], NDArray[np.float64]]:
    return lambda: np.full(shape, value)


def _places(*shape: int, value: int = NOWHERE) -> Callable[[], NDArray[np.int64]]:
    return lambda: np.full(shape, value, np.int64)


@dataclass
class Tally:
    """Aggregates over inputs. An input is named by its encoding as an unsigned integer, its *pattern*; patterns give
    the order of the sweep (numbers from 0 up by size, then those from -0 down), and of equal extremes the first counts.

    counts[region, code], histogram[region, bin] of ulp, unusable[region], and unclaimed[region]: verdicts that are open
    because nothing is claimed of the input. total_ulp: sums of the finite errors.
    worst_ulp and worst_nats with the patterns at which they were met; -1 where there is none.
    fail_worst[region, code], fail_at: the worst error under that verdict (nats of a log-quantity, else ulp) with its
    pattern. fail_near, fail_near_at: the pattern under that verdict whose size is nearest to 1, counted in floats (of a
    compiled stretch its ends only), and UNIT less that distance. fail_low, fail_high: the lowest and
    the highest ordinal under it.
    below, above: ordinals of the unusable inputs nearest to the centre of the ordinary ones, on either side.
    curve: per bin of ordinals (see ``conformance.scoring.curve``) the largest ulp, -1 for none, and inf where a
    failure is not a matter of bits. tiers, certificates: inputs by the oracle's tier, and by what vouches for the
    truth.
    """

    counts: NDArray[np.int64] = field(default_factory=_counts(REGIONS, CODES))
    unusable: NDArray[np.int64] = field(default_factory=_counts(REGIONS))
    unclaimed: NDArray[np.int64] = field(default_factory=_counts(REGIONS))
    histogram: NDArray[np.int64] = field(default_factory=_counts(REGIONS, BINS))
    total_ulp: NDArray[np.float64] = field(default_factory=_floats(0.0, REGIONS))
    worst_ulp: NDArray[np.float64] = field(default_factory=_floats(-1.0, REGIONS))
    worst_ulp_at: NDArray[np.int64] = field(default_factory=_places(REGIONS))
    worst_nats: NDArray[np.float64] = field(default_factory=_floats(-1.0, REGIONS))
    worst_nats_at: NDArray[np.int64] = field(default_factory=_places(REGIONS))
    fail_worst: NDArray[np.float64] = field(default_factory=_floats(-1.0, REGIONS, CODES))
    fail_at: NDArray[np.int64] = field(default_factory=_places(REGIONS, CODES))
    fail_near: NDArray[np.float64] = field(default_factory=_floats(-1.0, REGIONS, CODES))
    fail_near_at: NDArray[np.int64] = field(default_factory=_places(REGIONS, CODES))
    fail_low: NDArray[np.int64] = field(default_factory=_places(REGIONS, CODES, value=NEVER_ABOVE))
    fail_high: NDArray[np.int64] = field(default_factory=_places(REGIONS, CODES, value=NEVER_BELOW))
    curve: NDArray[np.float64] = field(default_factory=_floats(-1.0, CURVE_BINS))
    tiers: NDArray[np.int64] = field(default_factory=_counts(max(TIER_NAMES) + 1))
    certificates: NDArray[np.int64] = field(default_factory=_counts(max(Certificate) + 1))
    below: int = NEVER_BELOW
    above: int = NEVER_ABOVE

    def extreme(self, name: str, slot: Any, value: float, pattern: int) -> None:
        """Keep ``value`` at ``pattern`` where it exceeds what is kept, or equals it at an earlier pattern."""
        kept, at = getattr(self, name), getattr(self, f"{name}_at" if name != "fail_worst" else "fail_at")
        if value > kept[slot] or (value == kept[slot] and pattern < at[slot]):
            kept[slot], at[slot] = value, pattern

    def near(self, slot: Any, ordinals: NDArray[np.int64], patterns: NDArray[np.int64], one: int) -> None:
        """Keep that of the failures whose size is nearest to 1; ``one`` is the ordinal of 1."""
        distance = np.abs(np.abs(ordinals) - one)
        best = int(np.argmin(distance))
        self.extreme("fail_near", slot, float(UNIT - int(distance[best])), int(patterns[best]))

    def span(self, slot: Any, low: int, high: int) -> None:
        """Extend the span of failures of ``slot`` by ordinals from ``low`` to ``high``, in either order."""
        self.fail_low[slot] = min(self.fail_low[slot], low, high)
        self.fail_high[slot] = max(self.fail_high[slot], low, high)

    def absorb(
        self,
        region: int,
        patterns: NDArray[np.int64],
        ordinals: NDArray[np.int64],
        codes: NDArray[np.uint8],
        usable: NDArray[np.bool_],
        ulp: NDArray[np.float64],
        nats: NDArray[np.float64],
        log_quantity: bool,
        one: int,
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
                distance = np.nan_to_num((nats if log_quantity else ulp)[chosen], nan=0.0, posinf=np.inf)
                best = int(np.argmax(distance))
                slot = (region, int(code))
                self.extreme("fail_worst", slot, float(distance[best]), int(patterns[chosen[best]]))
                self.span(slot, int(ordinals[chosen].min()), int(ordinals[chosen].max()))
                self.near(slot, ordinals[chosen], patterns[chosen], one)

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
        for name in ("counts", "unusable", "unclaimed", "histogram", "total_ulp", "tiers", "certificates"):
            getattr(self, name)[...] += getattr(other, name)
        for name in ("worst_ulp", "worst_nats", "fail_worst", "fail_near"):
            where = "fail_at" if name == "fail_worst" else f"{name}_at"
            mine, theirs, at, their_at = (getattr(one, part) for part in (name, where) for one in (self, other))
            better = (theirs > mine) | ((theirs == mine) & (theirs >= 0) & (their_at < at))
            mine[better], at[better] = theirs[better], their_at[better]
        np.minimum(self.fail_low, other.fail_low, out=self.fail_low)
        np.maximum(self.fail_high, other.fail_high, out=self.fail_high)
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
