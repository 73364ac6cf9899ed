"""Kinds of failure (ACCEPTANCE A9), told apart from the result, the truth and the format alone."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind, among
from conformance.floats.formats import Format
from conformance.scoring.distance import Distances, distances, rounded_infinity, unit_exponent
from conformance.scoring.promise import kept, promised_nats
from conformance.scoring.tolerance import Tolerance


class Failure(IntEnum):
    """One code per component. Those in ``ACCUSES_NOBODY`` are no fault of the framework."""

    NONE = 0
    SPURIOUS_NAN = 1
    SPURIOUS_INF = 2
    EARLY_OVERFLOW = 3
    FLUSHED_TO_ZERO = 4
    WRONG_SIGN = 5
    OUT_OF_CODOMAIN = 6
    OUTSIDE_ACCEPTED = 7
    PRECISION_LOST = 8
    VALUE_WRONG = 9
    GRADIENT_WRONG = 10
    SHAPE_WRONG = 11
    DTYPE_CHANGED = 12
    RAISED = 13
    CRASHED = 14
    TIMED_OUT = 15
    NOT_OFFERED = 16
    UNDECIDED = 17
    INHERENT = 18
    ORDER_BROKEN = 19
    POSITION = 20
    DECLARED_WRONG = 21
    PARAMETERS_NARROWED = 22
    DRAWS_REPEATED = 23
    SEED_IGNORED = 24

    @property
    def label(self) -> str:
        """The name used in files and in the report."""
        return _LABELS.get(self.name, self.name.lower().replace("_", " "))


_LABELS = {
    "SPURIOUS_INF": "spurious ±inf",
    "OUTSIDE_ACCEPTED": "outside support accepted",
    "NONE": "right",
    "POSITION": "depends on position",
}

ACCUSES_NOBODY = (Failure.NONE, Failure.UNDECIDED, Failure.INHERENT)
"""Right; not decided by the oracle, or not asked; off by no more than the roundoffs that the quantity forces (A26)."""

FATES = {1: Failure.CRASHED, 2: Failure.TIMED_OUT, 3: Failure.RAISED, 4: Failure.UNDECIDED}
"""What became of an input that was never answered, as the driver of the framework numbers it. The last was never
asked: nothing can be said of it."""

RELATIVE_WRONG = 2.0**-3
"""A value that is off by more than an eighth of itself is wrong, not imprecise."""

BEYOND = 2.0
"""Next to a zero, where what is granted is 2^(p-2) ulp or more and so may turn the sign by itself, a value within twice
that lost precision, whatever share of it is lost. (A log-quantity that is off by NATS_WRONG is wrong all the same.)"""

NATS_WRONG = 0.05
"""A log-quantity that is off by more than 0.05 nats (5 % of a density), and by more than 5 % of itself, is wrong."""


def classify(
    got: NDArray[Any],
    truth: Enclosures,
    fmt: Format,
    *,
    log_quantity: bool,
    codomain: tuple[float, float] | None,
    tolerance: Tolerance,
    flush_to_zero: bool = False,
    flushed_inputs: NDArray[np.bool_] | None = None,
    fate: NDArray[np.uint8] | None = None,
    terms: NDArray[np.float64] | None = None,
    off: Distances | None = None,
) -> NDArray[np.uint8]:
    """A Failure for every component of ``got`` (shape (N,), dtype of ``fmt``).

    codomain: the closed interval that finite results may lie in; its ends are compared after rounding to ``fmt``,
    since rounding may reach an open end. flush_to_zero: the framework was measured to flush subnormals. Then a 0 where
    the truth is subnormal is named FLUSHED_TO_ZERO however few ulp it is off, unless the truth rounds to 0; so is the
    smallest normal number where that fails, and any failure where ``flushed_inputs`` holds: the result is, to the last
    bit, what is right once the subnormal inputs are zeros (A10, A23). terms: the size of the largest term that the
    quantity is a sum of, 0 where that is not known; an error in nats is measured against it too, and one of
    roundoffs of that term is INHERENT (A26). off: the distances of ``got`` from ``truth``, where they are known.
    UNDECIDED where the enclosure is too wide for the verdict. A finite result that keeps the promise of ``tolerance``,
    whose sizes are those of the terms where these are larger, is right; flushing is not told of it either.
    """
    wide = got.astype(np.float64)
    off = distances(got, truth, fmt) if off is None else off
    codes = np.zeros(len(got), np.uint8)
    real = truth.kind == Kind.FINITE
    limit = among(truth.kind, (Kind.POS_INF, Kind.NEG_INF))
    wanted = rounded_infinity(truth, fmt)
    infinite, nan = np.isinf(wide), np.isnan(wide)
    right_infinity = infinite & (wide == wanted)

    allowed = allowed_ulp(truth, tolerance, fmt)
    # Where the truth is 0 no relative measure says anything: there the error has to be small beside 1.
    near = np.where(np.isinf(allowed), within_nats(off, tolerance, terms), off.ulp <= allowed)
    surely, perhaps = kept(tolerance.promise, off, truth, terms)
    near |= perhaps
    missed = real & ~right_infinity & ~near
    rows = np.flatnonzero(missed)
    some = None if terms is None else terms[rows]
    codes[rows] = _missed(wide[rows], truth[rows], off[rows], fmt, log_quantity, tolerance, allowed[rows], some)
    if terms is not None:
        codes[missed & np.isfinite(wide) & inherent(off, fmt, tolerance, terms)] = Failure.INHERENT
    codes[real & infinite & ~right_infinity] = Failure.SPURIOUS_INF
    large = truth.exponent > fmt.emax // 2
    codes[real & infinite & ~right_infinity & large & (np.sign(wide) == np.sign(truth.hi))] = Failure.EARLY_OVERFLOW
    share = 0.0 if tolerance.promise is None else tolerance.promise.relative
    codes[_just_overflowed(wide, truth, fmt, np.maximum(allowed, share * 2.0**fmt.precision))] = Failure.NONE

    codes[limit & ~right_infinity] = Failure.VALUE_WRONG
    codes[limit & infinite & ~right_infinity] = Failure.WRONG_SIGN
    codes[(real | limit) & nan] = Failure.SPURIOUS_NAN
    if codomain is not None:
        with np.errstate(over="ignore"):
            low, high = np.asarray(codomain, np.float64).astype(fmt.dtype).astype(np.float64)
        escaped = (real | limit) & ~nan & ((wide < low) | (wide > high))
        codes[escaped] = Failure.OUT_OF_CODOMAIN
    codes[(truth.kind == Kind.NAN) & ~nan] = Failure.VALUE_WRONG
    codes[(truth.kind == Kind.OUTSIDE) & np.isfinite(wide)] = Failure.OUTSIDE_ACCEPTED

    failed = codes != Failure.NONE
    undecided = real & np.isfinite(wide) & (off.ulp_slack > 0)
    with np.errstate(invalid="ignore"):
        least, most = off.ulp - off.ulp_slack <= allowed, off.ulp + off.ulp_slack <= allowed
        undecided &= (least | perhaps) != (most | surely)
    codes[undecided | (truth.kind == Kind.UNDECIDED)] = Failure.UNDECIDED
    if flush_to_zero:
        subnormal = ~surely & _subnormal(truth, fmt) & ((wide == 0) | (wide == np.copysign(fmt.min_normal, truth.hi)))
        codes[subnormal & (wide == 0) & (off.ulp - off.ulp_slack > 0.5)] = Failure.FLUSHED_TO_ZERO
        if flushed_inputs is not None:
            subnormal |= flushed_inputs
        codes[failed & subnormal] = Failure.FLUSHED_TO_ZERO
    if fate is not None:
        for number, failure in FATES.items():
            codes[fate == number] = failure
    return codes


def usable(
    failures: NDArray[np.uint8],
    off: Distances,
    *,
    log_quantity: bool,
    tolerance: Tolerance,
    terms: NDArray[np.float64] | None = None,
) -> NDArray[np.bool_]:
    """Where a result can be used (ACCEPTANCE A13): right in ulp or, for a log-quantity, right in nats.

    What accuses nobody counts as usable: what the oracle does not know, and what is inherent.
    """
    fine = among(failures, ACCUSES_NOBODY)
    if log_quantity:
        small = among(failures, (Failure.PRECISION_LOST, Failure.FLUSHED_TO_ZERO))
        fine |= small & within_nats(off, tolerance, terms)
    return fine


def allowed_ulp(truth: Enclosures, tolerance: Tolerance, fmt: Format) -> NDArray[np.float64]:
    """The error in ulp that ``tolerance`` allows at every truth. Below the normal numbers an ulp is no share of the
    value any more, so what is granted to the input shrinks with the value there: sigmoid(-1e10) is 0 however
    ill-conditioned its last digit is."""
    if tolerance.granted == 0:
        return np.full(len(truth), float(tolerance.ulp))
    condition = np.abs(np.nan_to_num(truth.condition, nan=0.0, posinf=np.inf))
    share = np.ldexp(np.abs(truth.hi), np.clip(truth.exponent - fmt.emin, -2000, 1).astype(np.int32))
    share[(truth.hi == 0) & ((truth.err == 0) | (truth.exponent > fmt.emin))] = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        granted = np.where(share == 0, 0.0, np.minimum(share, 1.0) * condition)
        return np.asarray(tolerance.ulp * (1.0 + tolerance.granted * granted), np.float64)


def allowed_nats(
    truth: Enclosures, fmt: Format, tolerance: Tolerance, terms: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The error in nats at which ``classify`` still accuses nobody, at each finite number of a log-quantity; 0
    elsewhere. terms: as there."""
    allowed = allowed_ulp(truth, tolerance, fmt)
    size = np.zeros(len(truth)) if terms is None else terms
    with np.errstate(over="ignore"):
        nats = np.ldexp(allowed, np.clip(unit_exponent(truth, fmt), -2200, 2200).astype(np.int32))
    nats = np.where(np.isinf(allowed), tolerance.nats * np.maximum(size, 1.0), nats)
    nats = np.maximum(nats, np.where(size > 0, _roundoffs(size, fmt, tolerance), 0.0))
    if tolerance.promise is not None:
        nats = np.maximum(nats, promised_nats(tolerance.promise, truth, terms))
    return np.where(truth.kind == Kind.FINITE, nats, 0.0)


def within_nats(off: Distances, tolerance: Tolerance, terms: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
    """Where the error is at most ``tolerance.nats`` * max(1, |exact|, terms). The truth may be beyond every float."""
    return _at_most(off, tolerance.nats, terms)


def inherent(off: Distances, fmt: Format, tolerance: Tolerance, terms: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the error is no more than what the larger term of a sum may be off by when it is right for itself: the
    plain tolerance, in units in the last place of that term."""
    return np.asarray((terms > 0) & (off.nats <= _roundoffs(terms, fmt, tolerance)))


def _roundoffs(terms: NDArray[np.float64], fmt: Format, tolerance: Tolerance) -> NDArray[np.float64]:
    """The plain tolerance in units in the last place of each term."""
    return np.ldexp(tolerance.ulp, np.maximum(np.frexp(terms)[1] - fmt.precision, fmt.lowest_exponent))


def _at_most(off: Distances, bound: float, terms: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
    """off.nats <= bound * max(1, |exact|, terms), said without |exact|, which no float may hold (A27)."""
    with np.errstate(invalid="ignore"):
        small = (off.nats <= bound) | (off.relative <= bound)
        return np.asarray(small if terms is None else small | (off.nats <= bound * terms))


def _missed(
    wide: NDArray[np.float64],
    truth: Enclosures,
    off: Distances,
    fmt: Format,
    log_quantity: bool,
    tolerance: Tolerance,
    allowed: NDArray[np.float64],
    terms: NDArray[np.float64] | None,
) -> NDArray[np.uint8]:
    """The kind of a finite result that is outside the tolerance."""
    with np.errstate(over="ignore", invalid="ignore"):
        beyond = np.isinf(allowed) | (allowed < 2.0 ** (fmt.precision - 2)) | (off.ulp > BEYOND * allowed)
        if log_quantity:
            # In bfloat16 0.05 nats is a handful of roundings of terms of size four.
            harmless = within_nats(off, tolerance, terms)
            wrong = ~_at_most(off, max(NATS_WRONG, tolerance.nats)) & ~harmless
        else:
            # What is off by less than the smallest normal number is lost precision at most.
            wrong = (off.relative > RELATIVE_WRONG) & (off.nats > fmt.min_normal) & beyond
            harmless = np.zeros(len(wide), bool)
        # An enclosure that reaches to 0 has no sign.
        signed = np.abs(truth.hi + truth.lo) > truth.err
    kinds = np.where(wrong, Failure.VALUE_WRONG, Failure.PRECISION_LOST)
    opposite = (wide != 0) & (truth.hi != 0) & (np.sign(wide) != np.sign(truth.hi)) & ~harmless & beyond & signed
    return np.where(opposite, Failure.WRONG_SIGN, kinds).astype(np.uint8)


def vanishing(truth: Enclosures, fmt: Format) -> NDArray[np.bool_]:
    """Where the truth is 0, or lies in an enclosure around 0 that holds no other float."""
    with np.errstate(over="ignore", under="ignore"):
        radius = np.ldexp(truth.err, np.clip(truth.exponent, -1100, 1100).astype(np.int32))
    tiny = radius < 2.0**fmt.lowest_exponent
    return np.asarray((truth.kind == Kind.FINITE) & (truth.hi == 0) & tiny)


def _subnormal(truth: Enclosures, fmt: Format) -> NDArray[np.bool_]:
    """Where the truth is a number other than 0 and smaller than every normal one."""
    return np.asarray((truth.kind == Kind.FINITE) & (truth.hi != 0) & (truth.exponent <= fmt.emin))


def _just_overflowed(
    wide: NDArray[np.float64], truth: Enclosures, fmt: Format, allowed: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Infinite results whose truth lies within the allowed ulp of the overflow threshold: a rounding, not a defect."""
    candidate = np.isinf(wide) & (truth.kind == Kind.FINITE) & (np.sign(wide) == np.sign(truth.hi))
    candidate &= truth.exponent == fmt.emax + 1
    # In ulps of the top binade, 2^p of which make up 2^(emax + 1).
    gap = (1.0 - np.abs(truth.hi)) * 2.0**fmt.precision
    return candidate & (gap <= allowed)
