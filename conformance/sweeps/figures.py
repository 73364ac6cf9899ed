"""From a tally to figures: accuracy, stability, safe range, regions, as a comparison's cells have them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.findings.records import Number
from conformance.findings.results import Accuracy, RegionScore, SafeRange, Stability
from conformance.floats.enclosures import Certificate
from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.regions import EXTREMES, Frame, Region, regions_of
from conformance.judging.confirm import decimal_text, hex_text, json_number
from conformance.oracle.tiers import TIER_NAMES
from conformance.scoring.curve import BINS as CURVE_BINS
from conformance.scoring.curve import EMPTY, FIRST, TOP, UNUSABLE
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.scoring.tolerance import Tolerance
from conformance.sweeps.blocks import values_at
from conformance.sweeps.tally import BINS, NEVER_ABOVE, NEVER_BELOW, NOWHERE, Tally, bin_top

_SPOKEN_OF = ACCUSES_NOBODY


def value_at(pattern: int, fmt: Format) -> NDArray[Any]:
    """The value with this encoding, shape ()."""
    return values_at(np.array([pattern]), fmt).reshape(())


def accuracy(tally: Tally, fmt: Format, worst_ulp: float) -> Accuracy | None:
    """Accuracy over the ordinary region. ``worst_ulp`` is its largest error, as the exact evaluation has it.

    p99_ulp is the upper end of the histogram's bin (an eighth of an octave) in which the 99th percentile lies, and
    kept_percent counts every error as its bin's geometric middle.
    """
    region = Region.ORDINARY
    histogram = tally.histogram[region]
    count = int(histogram.sum())
    if not count:
        return None
    rank = np.searchsorted(np.cumsum(histogram), 0.99 * count)
    ends = np.array([bin_top(index) for index in range(BINS)])
    with np.errstate(over="ignore"):
        middle = np.concatenate([[0.0], np.sqrt(ends[:-2] * ends[1:-1]), [np.inf]])
        lost = np.minimum(np.log2(1.0 + middle), fmt.precision)
    finite = np.isfinite(tally.worst_ulp[region])
    worst = value_at(int(tally.worst_ulp_at[region]), fmt)
    return Accuracy(
        worst_ulp=json_number(worst_ulp),
        worst_input=decimal_text(worst),
        worst_input_hex=hex_text(worst),
        p99_ulp=json_number(min(ends[rank], float(tally.worst_ulp[region]))),
        mean_ulp=json_number(tally.total_ulp[region] / count if finite else np.inf),
        kept_percent=json_number(100.0 * (1.0 - float((lost * histogram).sum()) / count / fmt.precision)),
    )


def stability(tally: Tally) -> Stability | None:
    """Usable results at the extremes."""
    chosen = [int(region) for region in EXTREMES]
    total = int(tally.counts[chosen].sum())
    usable = total - int(tally.unusable[chosen].sum())
    return Stability(usable=usable, total=total, share=usable / total) if total else None


def regions(tally: Tally, fmt: Format, log_quantity: bool) -> dict[str, RegionScore]:
    """Region by region: points, failures, worst errors."""
    result = {}
    for region in Region:
        counts = tally.counts[region]
        if not counts.sum():
            continue
        known = tally.worst_ulp_at[region] != NOWHERE
        nats = log_quantity and tally.worst_nats_at[region] != NOWHERE
        result[region.label] = RegionScore(
            points=int(counts.sum()),
            failed=int(counts.sum() - counts[list(_SPOKEN_OF)].sum()),
            unusable=int(tally.unusable[region]),
            worst_ulp=json_number(tally.worst_ulp[region]) if known else None,
            worst_nats=json_number(tally.worst_nats[region]) if nats else None,
            worst_input_hex=hex_text(value_at(int(tally.worst_ulp_at[region]), fmt)) if known else None,
        )
    return result


def failures(tally: Tally) -> dict[str, int]:
    """How many inputs failed how."""
    counts = tally.counts.sum(axis=0)
    return {
        Failure(code).label: int(counts[code]) for code in np.flatnonzero(counts).tolist() if code not in _SPOKEN_OF
    }


def undecided(tally: Tally) -> int:
    """How many verdicts are open."""
    return int(tally.counts[:, Failure.UNDECIDED].sum())


def unclaimed(tally: Tally) -> int:
    """How many of them because nothing is claimed of the input."""
    return int(tally.unclaimed.sum())


def inherent(tally: Tally) -> int:
    """How many inputs are off by no more than the quantity itself forces."""
    return int(tally.counts[:, Failure.INHERENT].sum())


def tiers(tally: Tally) -> dict[str, int]:
    """Inputs by the oracle's tier."""
    return {TIER_NAMES[code]: int(tally.tiers[code]) for code in np.flatnonzero(tally.tiers).tolist()}


def certificates(tally: Tally) -> dict[str, int]:
    """Inputs by what vouches for the truth."""
    kept = np.flatnonzero(tally.certificates).tolist()
    return {Certificate(code).name.lower(): int(tally.certificates[code]) for code in kept}


def safe_range(
    tally: Tally, fmt: Format, frame: Frame, centre: int, tolerance: Tolerance, log_quantity: bool
) -> SafeRange | None:
    """The exact interval of inputs around the ordinal ``centre`` in which every result can be used."""
    low = tally.below + 1 if tally.below != NEVER_BELOW else _end(frame.domain_low, fmt, frame, 1)
    high = tally.above - 1 if tally.above != NEVER_ABOVE else _end(frame.domain_high, fmt, frame, -1)
    if low > high or not low <= centre <= high + 1:
        return None
    first, last = from_ordinal(np.array([low, high]), fmt).astype(np.float64)
    return SafeRange(
        low=json_number(first),
        low_hex=float(first).hex(),
        high=json_number(last),
        high_hex=float(last).hex(),
        bound_ulp=json_number(tolerance.ulp),
        bound_nats=json_number(tolerance.nats) if log_quantity else None,
    )


def curve(tally: Tally, fmt: Format) -> str:
    """Bits lost by bin of ordinals (see ``conformance.scoring.curve``)."""
    text = ""
    for ulp in tally.curve[:CURVE_BINS].tolist():
        if ulp < 0:
            text += EMPTY
        elif np.isinf(ulp):
            text += UNUSABLE
        else:
            text += chr(FIRST + round(min(float(np.log2(1.0 + ulp)), fmt.precision, TOP)))
    return text


def histogram(tally: Tally, region: Region | None) -> list[tuple[Number, int]]:
    """(upper end in ulp, inputs) of every bin that is not empty, of one region or of all."""
    counts = tally.histogram[region] if region is not None else tally.histogram.sum(axis=0)
    return [(json_number(bin_top(index)), int(counts[index])) for index in np.flatnonzero(counts).tolist()]


def _end(value: float, fmt: Format, frame: Frame, inwards: int) -> int:
    """The outermost finite ordinal on this side that belongs to the domain."""
    top = infinity_ordinal(fmt) - 1
    with np.errstate(over="ignore"):
        rounded = np.asarray([value]).astype(fmt.dtype)
    if not np.isfinite(rounded.astype(np.float64))[0]:
        return -inwards * top
    place = int(to_ordinal(rounded, fmt)[0])
    while regions_of(from_ordinal(np.array([place]), fmt), fmt, frame)[0] == Region.OUTSIDE and abs(place) < top:
        place += inwards
    return place
