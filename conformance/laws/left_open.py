"""Where a definition leaves more than one answer open: there either is right."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import DENSITIES, LOG_DETS, variable
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.ordinals import to_ordinal
from conformance.floats.regions import Region
from conformance.scoring.distance import rounded_infinity
from conformance.scoring.failures import Failure

if TYPE_CHECKING:
    from conformance.laws.case import Case

JUMP_ORDINALS = 4
"""This near to a jump of the density (the end of a uniform base, seen through a transform) either side is right."""


def left_open(
    case: Case,
    quantity: str,
    subject: str,
    values: NDArray[Any],
    region: NDArray[np.uint8],
    got: NDArray[Any],
    truth: Enclosures,
    failures: NDArray[np.uint8],
    width: int,
) -> NDArray[np.bool_]:
    """Components at which the definition leaves more than one answer open, and one of them came."""
    wide = got.astype(np.float64)
    # Refusing an input that is outside the domain is as right as any number could be.
    excused = (failures == Failure.RAISED) & (np.repeat(region, width) == Region.OUTSIDE)
    if case.declared.silent and quantity in DENSITIES and not subject:
        excused |= _beyond(case, values) & np.isnan(wide)
    if case.declared.jumps and quantity in DENSITIES and not subject:
        excused |= at_jump(case, values) & ~np.isnan(wide)
    if quantity in ("log_prob", "prob") and values.ndim == 1 and not subject:
        # The end of an open support is not in it, so a density of 0 is as right there as the limit from within.
        end = np.isin(values.astype(np.float64), case.declared.support)
        excused |= end & (truth.kind == Kind.POS_INF) & (wide == (-inf if quantity == "log_prob" else 0.0))
    blind = (truth.kind == Kind.NAN) & (failures == Failure.VALUE_WRONG)
    if width > 1:
        # One NaN coordinate need not spoil the others of an elementwise or triangular map: no claim is made.
        excused |= blind
    elif blind.any() and quantity in LOG_DETS:
        # log|f'| of an affine map is known without looking at the input.
        excused |= blind & _constant(case, quantity, subject, values)
        rows = np.flatnonzero(blind & ~excused)
        if values.ndim > 1 and len(rows):
            excused[rows] = _unread(case, quantity, subject, values[rows])
    if case.declared.sums:
        # inf - inf, or 0 inf beside an entry that is absent: an event with an infinite entry is lost either way.
        beyond = np.isinf(rounded_infinity(truth, case.fmt)).reshape(-1, width).any(axis=1)
        excused |= (failures == Failure.SPURIOUS_NAN) & np.repeat(beyond, width)
    if case.declared.target is not None and variable(quantity) == "y" and not subject:
        excused |= np.repeat(case.declared.target.thin(values, case.fmt), width)
    return np.asarray(excused)


def _constant(case: Case, quantity: str, subject: str, values: NDArray[Any]) -> bool:
    """Whether the log-det is the same everywhere, seen at three inputs that every such map takes."""
    probes = np.stack([np.full(values.shape[1:], at) for at in (0.25, 0.5, 0.75)]).astype(case.fmt.dtype)
    truth = case.oracle.truth(subject or case.subject, quantity, probes, case.fmt)
    same = (truth.hi == truth.hi[0]) & (truth.exponent == truth.exponent[0])
    return bool(((truth.kind == Kind.FINITE) & same & (truth.condition == 0)).all())


def _beyond(case: Case, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Inputs outside the support, the infinite ones among them."""
    low, high = case.declared.support
    at = values.astype(np.float64)
    return np.asarray((at < low) | (at > high))


def _unread(case: Case, quantity: str, subject: str, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Events whose log-det is the same whatever stands in the place of their NaN: it need not be looked at."""
    unknown = np.isnan(values.astype(np.float64))
    probes = [np.where(unknown, at, values).astype(case.fmt.dtype) for at in (0.25, 0.5, 0.75)]
    found = case.oracle.truth(subject or case.subject, quantity, np.concatenate(probes), case.fmt)
    same = (found.kind == Kind.FINITE) & (found.exponent == np.tile(found.exponent[: len(values)], 3))
    # The enclosures of one number need not have one middle.
    first = found[np.tile(np.arange(len(values)), 3)]
    apart = np.abs((found.hi - first.hi) + (found.lo - first.lo))
    same &= apart <= found.err + first.err
    return np.asarray(same.reshape(3, -1).all(axis=0))


def at_jump(case: Case, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Inputs within JUMP_ORDINALS of a jump of the density, events with such an entry: one rounding of the inverse
    decides the side."""
    known = np.isfinite(values.astype(np.float64))
    near = np.zeros(values.shape, bool)
    for end in case.declared.jumps:
        place = to_ordinal(np.asarray([end]).astype(case.fmt.dtype), case.fmt)[0]
        near[known] |= np.abs(to_ordinal(values[known], case.fmt) - place) <= JUMP_ORDINALS
    return np.asarray(near.reshape(len(values), -1).any(axis=1))
