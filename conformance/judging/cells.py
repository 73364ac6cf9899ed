"""From a measure to a cell: one framework × version × device × mode × dtype × subject × quantity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.findings.results import (
    Accuracy,
    Cell,
    CellStatus,
    Closeup,
    CloseupSide,
    Curve,
    RegionScore,
    SafeRange,
    Stability,
)
from conformance.floats.enclosures import Certificate, among
from conformance.floats.regions import EXTREMES, Region
from conformance.judging.cases import frame_of
from conformance.judging.confirm import decimal_text, hex_text, json_number
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.oracle.tiers import TIER_NAMES
from conformance.scoring import closeup
from conformance.scoring.accuracy import accuracy
from conformance.scoring.curve import BINS, encode
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.scoring.safe_range import safe_range
from conformance.scoring.stability import stability


def cell_of(measure: Measure, case: Case, axes: Mapping[str, str]) -> Cell:
    """The cell. axes: framework, version, device."""
    reason, promise = why_undecided(measure, case), case.tolerance(measure.quantity).promise
    cell = Cell(
        framework=axes["framework"],
        version=axes["version"],
        device=axes["device"],
        mode=case.mode,
        dtype=case.fmt.name,
        subject=case.subject,
        quantity=measure.quantity,
        status=_status(measure, reason),
        message=(reason or measure.message or _why_fewer(case))[:300],
        points=len(measure.inputs),
        coverage="exact maximum" if measure.exhaustive else "lower bound",
        promise="" if promise is None else str(promise),
        seconds=round(measure.seconds, 4),
    )
    if cell.status != "scored":
        return cell
    inside = measure.region != Region.OUTSIDE
    cell.accuracy = _accuracy(measure, case)
    stable = stability(measure.usable, among(measure.region, EXTREMES))
    if stable:
        cell.stability = Stability(usable=stable.usable, total=stable.total, share=stable.share)
    cell.regions = {
        region.label: _region(measure, measure.region == region)
        for region in Region
        if (measure.region == region).any()
    }
    cell.failures = {
        Failure(code).label: int(np.count_nonzero(measure.failures == code))
        for code in _codes(measure.failures)
        if code not in ACCUSES_NOBODY
    }
    cell.undecided = int(np.count_nonzero(measure.failures == Failure.UNDECIDED))
    cell.inherent = int(np.count_nonzero(measure.failures == Failure.INHERENT))
    cell.certificates = {
        Certificate(code).name.lower(): int(np.count_nonzero(measure.truth.certificate == code))
        for code in _codes(measure.truth.certificate)
    }
    cell.tiers = {
        TIER_NAMES[code]: int(np.count_nonzero(measure.truth.tier == code)) for code in _codes(measure.truth.tier)
    }
    if measure.inputs.ndim == 1:
        cell.safe_range = _safe_range(measure, case)
        cell.curve = _curve(measure, case, inside)
    return cell


_UNSCORED: tuple[CellStatus, ...] = ("not_offered", "raised", "crashed", "timed_out", "too_large")


def _status(measure: Measure, reason: str) -> CellStatus:
    answered: CellStatus = "undecided" if reason else "scored"
    return next((status for status in _UNSCORED if status == measure.status), answered)


def _codes(codes: NDArray[np.uint8]) -> list[int]:
    """Those that occur, ascending."""
    return [int(code) for code in np.flatnonzero(np.bincount(codes, minlength=1))]


def why_undecided(measure: Measure, case: Case) -> str:
    """Why the oracle could say nothing at any point of a quantity that was answered; "" where it could."""
    if measure.status != "ok" or not len(measure.failures) or (measure.failures != Failure.UNDECIDED).any():
        return ""
    why = getattr(case.oracle, "why_undecided", None)
    return str(why(case.subject, measure.quantity)) if why is not None else ""


MODERATE = (
    "ordinary events alone are asked: whoever solves this by steps until their errors are small may never end for a "
    "whole batch where one event is nan, infinite, or has a square beyond the format"
)


def _why_fewer(case: Case) -> str:
    """Why only some kinds of input are asked, for whomever; "" where all are."""
    if is_distribution(case.subject):
        return ""
    return MODERATE if transform_definition(case.subject).needs_moderate else ""


def _input(measure: Measure, index: int) -> NDArray[Any]:
    return np.asarray(measure.inputs[measure.row[index]])


def _accuracy(measure: Measure, case: Case) -> Accuracy | None:
    found = accuracy(measure.distances, measure.region == Region.ORDINARY, case.fmt)
    if found is None:
        return None
    worst = _input(measure, found.worst_index)
    return Accuracy(
        worst_ulp=json_number(found.worst_ulp),
        worst_input=decimal_text(worst),
        worst_input_hex=hex_text(worst),
        p99_ulp=json_number(found.p99_ulp),
        mean_ulp=json_number(found.mean_ulp),
        kept_percent=json_number(found.kept_percent),
    )


def _region(measure: Measure, mask: NDArray[np.bool_]) -> RegionScore:
    members = np.flatnonzero(mask)
    ulp, nats = measure.distances.ulp[members], measure.distances.nats[members]
    known = ~np.isnan(ulp)
    failed = ~among(measure.failures[members], ACCUSES_NOBODY)
    worst = int(np.argmax(np.where(known, ulp, -1.0))) if known.any() else None
    return RegionScore(
        points=len(members),
        failed=int(np.count_nonzero(failed)),
        unusable=int(np.count_nonzero(~measure.usable[members])),
        worst_ulp=None if worst is None else json_number(ulp[worst]),
        worst_nats=None if worst is None or measure.quantity not in LOG_QUANTITIES else json_number(np.nanmax(nats)),
        worst_input_hex=None if worst is None else hex_text(_input(measure, int(members[worst]))),
    )


def _safe_range(measure: Measure, case: Case) -> SafeRange | None:
    frame = frame_of(case.oracle, case.subject, measure.quantity)
    inside = measure.region != Region.OUTSIDE
    centre = 0.5 * (frame.ordinary_low + frame.ordinary_high)
    found = safe_range(measure.inputs[measure.row[inside]], measure.usable[inside], centre)
    if found is None:
        return None
    tolerance = case.tolerance(measure.quantity)
    return SafeRange(
        low=json_number(found.low),
        low_hex=float(found.low).hex(),
        high=json_number(found.high),
        high_hex=float(found.high).hex(),
        bound_ulp=json_number(tolerance.ulp),
        bound_nats=json_number(tolerance.nats) if measure.quantity in LOG_QUANTITIES else None,
    )


def _curve(measure: Measure, case: Case, inside: NDArray[np.bool_]) -> Curve:
    """Bits lost per bin; a bin with a failure that is not a matter of bits counts as unusable."""
    gone = ~measure.usable & (measure.failures != Failure.PRECISION_LOST)
    bits = np.where(gone, np.inf, measure.distances.bits)[inside]
    inputs = measure.inputs[measure.row[inside]]
    with np.errstate(invalid="ignore"):
        forced = np.minimum(np.log2(1.0 + np.abs(measure.truth.condition[inside])), 64.0)
    frame = frame_of(case.oracle, case.subject, measure.quantity)
    axis = closeup.axis_of((frame.domain_low, frame.domain_high), (frame.ordinary_low, frame.ordinary_high), case.fmt)
    # An infinite error saturates at the precision in bits: it is among what is unusable, and no finite error.
    finite = np.where(np.isfinite(measure.distances.ulp), measure.distances.bits, np.inf)
    errors, lost = closeup.encode(inputs, finite[inside], ~measure.usable[inside], axis)
    return Curve(
        bins=BINS,
        bits=encode(inputs, bits, case.fmt),
        condition=encode(inputs, forced, case.fmt),
        closeup=Closeup(
            centre=axis.centre,
            low=CloseupSide(anchor=axis.low.anchor, reach=axis.low.reach),
            high=CloseupSide(anchor=axis.high.anchor, reach=axis.high.reach),
            bits=errors,
            unusable=lost,
        ),
    )
