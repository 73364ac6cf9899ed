"""Kinds of failure (ACCEPTANCE A9), told apart from the result, the truth and the format alone."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.scoring.distance import Distances, distances, rounded_infinity
from conformance.scoring.tolerance import Tolerance


class Failure(IntEnum):
    """One code per component. NONE and UNDECIDED accuse nobody."""

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

    @property
    def label(self) -> str:
        """The name used in files and in the report."""
        return _LABELS.get(self.name, self.name.lower().replace("_", " "))


_LABELS = {"SPURIOUS_INF": "spurious ±inf", "OUTSIDE_ACCEPTED": "outside support accepted", "NONE": "right"}

FATES = {1: Failure.CRASHED, 2: Failure.TIMED_OUT, 3: Failure.RAISED}
"""What became of an input that was never answered, as the driver of the framework numbers it."""

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
) -> NDArray[np.uint8]:
    """A Failure for every component of ``got`` (shape (N,), dtype of ``fmt``).

    codomain: the closed interval that finite results may lie in; its ends are compared after rounding to ``fmt``,
    since rounding may reach an open end. flush_to_zero: the framework was measured to flush subnormals. Then a 0 where
    the truth is subnormal is named FLUSHED_TO_ZERO however few ulp it is off, unless the truth rounds to 0; and so is
    any failure at a subnormal truth, or where ``flushed_inputs`` holds (a subnormal input) (A10). terms: the size of a
    term that a log-quantity is a sum of, 0 where that is not known; an error in nats is measured against it too.
    UNDECIDED where the enclosure is too wide for the verdict.
    """
    wide = got.astype(np.float64)
    off = distances(got, truth, fmt)
    codes = np.zeros(len(got), np.uint8)
    real = truth.kind == Kind.FINITE
    limit = np.isin(truth.kind, (Kind.POS_INF, Kind.NEG_INF))
    wanted = rounded_infinity(truth, fmt)
    infinite, nan = np.isinf(wide), np.isnan(wide)
    right_infinity = infinite & (wide == wanted)

    allowed = _allowed(truth, tolerance)
    # Where the truth is 0 no relative measure says anything: there the error has to be small beside 1.
    near = np.where(np.isinf(allowed), off.nats <= _nats_allowed(truth, tolerance, terms), off.ulp <= allowed)
    missed = real & ~right_infinity & ~near
    codes[missed] = _missed(wide, truth, off, fmt, log_quantity, tolerance, allowed, terms)[missed]
    codes[real & infinite & ~right_infinity] = Failure.SPURIOUS_INF
    large = truth.exponent > fmt.emax // 2
    codes[real & infinite & ~right_infinity & large & (np.sign(wide) == np.sign(truth.hi))] = Failure.EARLY_OVERFLOW
    codes[_just_overflowed(wide, truth, fmt, allowed)] = Failure.NONE

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
        undecided &= (off.ulp - off.ulp_slack <= allowed) != (off.ulp + off.ulp_slack <= allowed)
    codes[undecided | (truth.kind == Kind.UNDECIDED)] = Failure.UNDECIDED
    if flush_to_zero:
        subnormal = _subnormal(truth, fmt) & ((wide == 0) | (np.abs(wide) == fmt.min_normal))
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
    truth: Enclosures,
    *,
    log_quantity: bool,
    tolerance: Tolerance,
    terms: NDArray[np.float64] | None = None,
) -> NDArray[np.bool_]:
    """Where a result can be used (ACCEPTANCE A13): right in ulp or, for a log-quantity, right in nats.

    UNDECIDED components count as usable: nobody is accused of what the oracle does not know.
    """
    fine = np.isin(failures, (Failure.NONE, Failure.UNDECIDED))
    if log_quantity:
        small = np.isin(failures, (Failure.PRECISION_LOST, Failure.FLUSHED_TO_ZERO))
        fine |= small & (off.nats <= _nats_allowed(truth, tolerance, terms))
    return fine


def severity(
    kind: Failure,
    *,
    ulp: float,
    nats: float,
    log_quantity: bool,
    fmt: Format,
    region_name: str,
    at_limit: bool = False,
    usable: bool = False,
    smallest_input: float = np.inf,
) -> str:
    """How much a failure matters: "grave", "serious" or "minor".

    grave: a result that misleads where people compute (nan, inf, wrong sign, wrong value, wrong shape) and what ends
    the process. serious: the same at special values, at subnormals and the ends of the range (``smallest_input``, the
    magnitude of the input's smallest element that is not 0, tells the lower end in every region), outside the support
    and where the truth itself is infinite (``at_limit``); a wrong value that is off by no more than 2^(1-p), as in the
    tail of a cdf; early overflow, escapes from the codomain, exceptions, a changed dtype; and more than a third of the
    format's bits (and more than 6) lost, unless a log-quantity is ``usable`` all the same or off by less than 32 units
    of roundoff. minor: the rest; so also a point outside the domain of a transform that is accepted, since every
    framework leaves that to its validation of arguments.
    """
    if kind in (Failure.CRASHED, Failure.TIMED_OUT):
        return "grave"
    if kind in _MISLEADING:
        mild = at_limit or region_name in ("special", "subnormal", "range end", "outside")
        mild |= smallest_input < fmt.min_normal * (2.0**_LOW_END if fmt.emin < -100 else 1.0)
        mild |= kind == Failure.VALUE_WRONG and not log_quantity and nats <= 2.0 ** (1 - fmt.precision)
        return "serious" if mild else "grave"
    if kind in _LOUD:
        return "serious"
    if kind == Failure.PRECISION_LOST:
        harmless = usable and log_quantity
        harmless |= nats <= (32.0 * 2.0 ** (1 - fmt.precision) if log_quantity else fmt.min_normal)
        return "serious" if np.log2(1.0 + ulp) > max(6.0, fmt.precision / 3) and not harmless else "minor"
    return "minor"


_LOW_END = 4
"""Binades above the smallest normal number that are an end of the range, as many as at the upper end. Not in float16,
whose smallest normal number, 6e-5, is where people compute."""

_LOUD = (
    Failure.EARLY_OVERFLOW,
    Failure.OUT_OF_CODOMAIN,
    Failure.RAISED,
    Failure.DTYPE_CHANGED,
)

_MISLEADING = (
    Failure.SPURIOUS_NAN,
    Failure.SPURIOUS_INF,
    Failure.WRONG_SIGN,
    Failure.VALUE_WRONG,
    Failure.SHAPE_WRONG,
    Failure.GRADIENT_WRONG,
)


def _allowed(truth: Enclosures, tolerance: Tolerance) -> NDArray[np.float64]:
    condition = np.abs(np.nan_to_num(truth.condition, nan=0.0, posinf=np.inf))
    with np.errstate(over="ignore"):
        return np.asarray(tolerance.ulp * (1.0 + tolerance.granted * condition), np.float64)


def _nats_allowed(
    truth: Enclosures, tolerance: Tolerance, terms: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        size = np.ldexp(np.abs(truth.hi), np.clip(truth.exponent, -2000, 2000).astype(np.int32))
    if terms is not None:
        size = np.maximum(size, terms)
    return np.asarray(tolerance.nats * np.maximum(1.0, size), np.float64)


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
        size = np.ldexp(np.abs(truth.hi), np.clip(truth.exponent, -2000, 2000).astype(np.int32))
        beyond = np.isinf(allowed) | (allowed < 2.0 ** (fmt.precision - 2)) | (off.ulp > BEYOND * allowed)
        if log_quantity:
            # In bfloat16 0.05 nats is a handful of roundings of terms of size four.
            harmless = off.nats <= _nats_allowed(truth, tolerance, terms)
            wrong = (off.nats > max(NATS_WRONG, tolerance.nats) * np.maximum(1.0, size)) & ~harmless
        else:
            # What is off by less than the smallest normal number is lost precision at most.
            wrong = (off.nats > RELATIVE_WRONG * size) & (off.nats > fmt.min_normal) & beyond
            harmless = np.zeros(len(wide), bool)
        # An enclosure that reaches to 0 has no sign.
        signed = np.abs(truth.hi + truth.lo) > truth.err
    kinds = np.where(wrong, Failure.VALUE_WRONG, Failure.PRECISION_LOST)
    opposite = (wide != 0) & (truth.hi != 0) & (np.sign(wide) != np.sign(truth.hi)) & ~harmless & beyond & signed
    kinds = np.where(opposite, Failure.WRONG_SIGN, kinds)
    # A log-quantity that comes out as 0 was cancelled, not flushed; and a normal number that vanishes is wrong (A10).
    vanished = (wide == 0) & _subnormal(truth, fmt) & (not log_quantity)
    return np.where(vanished, Failure.FLUSHED_TO_ZERO, kinds).astype(np.uint8)


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
