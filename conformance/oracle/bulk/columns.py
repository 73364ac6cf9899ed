"""One column of elements as Enclosures: the normal form where a ball is narrow enough for a format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers import array_kernels as kernels
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import KERNEL, LN2
from conformance.oracle.numbers.arrays import Element
from conformance.oracle.pointwise.narrow import FARTHEST_EXPONENT

Floats = NDArray[np.float64]

GUARD_BITS = 14
"""float64 has 29 bits more than float32, and kernels that are good to 2**-49 leave some of them."""

_LEAST, _MOST = 2.0**-900, 2.0**1000
"""Beyond these the logarithm says more than the value, which float64 can hardly hold."""

_NOTHING, _NOTHING_EXPONENT = 2.0**-880, -880
"""All below this is nothing to every format that the tier serves, whether or not float64 holds its logarithm."""

_LOG_BOUND = 2.0**-9
"""Accepted error of log2 of a value beyond them: no verdict depends on more than its first bits."""


def fill(out: Enclosures, rows: NDArray[np.intp], element: Element, usable: NDArray[np.bool_], fmt: Format) -> None:
    """Write the elements into the UNDECIDED ``rows`` of ``out``; those that are not ``usable`` or too wide stay so."""
    shape = rows.shape
    mid, rad = (np.broadcast_to(np.asarray(part, np.float64), shape) for part in element.ball)
    hi, exponent = np.frexp(mid)
    exponent = exponent.astype(np.int64)
    # One bit below the midpoint's exponent: the value itself may lie just under a power of two.
    unit = np.maximum(exponent - (1 + fmt.precision), fmt.lowest_exponent)
    plain = (rad <= np.ldexp(1.0, unit - GUARD_BITS)) & np.isfinite(mid)
    # An exact 0 is one; a 0 that is known to some radius says nothing of the value's sign or size.
    ordinary = (np.abs(mid) >= _LEAST) & (np.abs(mid) <= _MOST)
    plain &= ordinary & (rad < np.abs(mid)) | (mid == 0) & (rad == 0)
    # A power of two from above: beside the radius itself it is as good, and files better.
    relative = np.where(rad == 0, 0.0, np.maximum(np.ldexp(rad, -exponent), 2.0**-1000) * (1 + 2.0**-50))
    err = np.where(relative == 0, 0.0, np.ldexp(1.0, np.frexp(relative)[1]))
    kind = np.where(plain, Kind.FINITE, Kind.UNDECIDED).astype(np.uint8)
    far = np.flatnonzero(~ordinary & usable & (mid != 0) & ~np.isnan(mid))
    if far.size:
        _by_logarithm(element, far, mid, np.abs(mid) + rad <= _NOTHING, (hi, err, exponent, kind))
    condition = _condition(element, mid, rad)
    # Without a condition number an error could not be excused that another tier would excuse.
    kind = np.where(usable & np.isfinite(condition), kind, Kind.UNDECIDED)
    done = kind != Kind.UNDECIDED
    at = rows[done]
    finite = (kind == Kind.FINITE)[done]
    out.kind[at] = kind[done]
    out.hi[at], out.err[at] = np.where(finite, hi[done], 0.0), np.where(finite, err[done], 0.0)
    out.exponent[at] = np.where(finite & (err[done] + np.abs(hi[done]) != 0), exponent[done], 0)
    out.condition[at] = condition[done]


def _by_logarithm(
    element: Element,
    far: NDArray[np.intp],
    mid: Floats,
    nothing: NDArray[np.bool_],
    columns: tuple[Floats, Floats, NDArray[np.int64], NDArray[np.uint8]],
) -> None:
    """The elements ``far`` from 1 in size, by the logarithm that they keep: its sign is the midpoint's.

    An element with a finite log|value| is not 0, and its midpoint was made by steps that keep the sign, so long as it
    did not underflow to 0. nothing: which elements are known to be below _NOTHING without it.
    """
    hi, err, exponent, kind = columns
    log = element.log().ball
    logs = Ball(*(np.broadcast_to(np.asarray(part, np.float64), mid.shape)[far] for part in log))
    size = balls.div(logs, Ball(LN2, 2.0**-54))
    known = np.isfinite(size.mid) & np.isfinite(size.rad)
    whole = np.floor(np.where(known, np.clip(size.mid, -(2.0**60), 2.0**60), 0.0))
    part = np.where(known, size.mid, 0.0) - whole
    near = known & (size.rad <= _LOG_BOUND) & (np.abs(size.mid) < FARTHEST_EXPONENT)
    # 2**(part - 1) with part in [0, 1), and what the logarithm's error makes of it: 2**r - 1 <= r for 0 <= r <= 1.
    mantissa = kernels.exp(np.where(near, part - 1.0, 0.0) * LN2)
    mantissa = np.clip(mantissa, 0.5, np.nextafter(1.0, 0.0))
    relative = mantissa * (size.rad + 8 * KERNEL) * (1 + 2.0**-40)
    negative = mid[far] < 0
    beyond = known & (size.mid - size.rad > FARTHEST_EXPONENT)
    beneath = known & (size.mid + size.rad < -FARTHEST_EXPONENT)
    vanishing = nothing[far] & ~(near | beyond | beneath)
    hi[far] = np.where(near, np.where(negative, -mantissa, mantissa), 0.0)
    err[far] = np.where(near, np.ldexp(1.0, np.frexp(np.where(near, relative, 1.0))[1]), 1.0)
    lowest = np.where(vanishing, _NOTHING_EXPONENT, -FARTHEST_EXPONENT)
    exponent[far] = np.where(near, whole + 1, lowest).astype(np.int64)
    infinite = np.where(negative, Kind.NEG_INF, Kind.POS_INF)
    kind[far] = np.where(near | beneath | vanishing, Kind.FINITE, np.where(beyond, infinite, Kind.UNDECIDED))


def _condition(element: Element, mid: Floats, rad: Floats) -> Floats:
    """|x dq/dx| / |q|: 0 where nothing moves it, not finite where q may be 0 otherwise. 16 bits say all there is."""
    pulls = element.pulls
    total = np.zeros(mid.shape)
    for pull in pulls.by.values():
        total = total + np.abs(pull)
    size = np.abs(mid)
    if not pulls.relative:
        total = np.where(total == 0, 0.0, np.where(size <= rad, np.nan, total / size))
    mantissa, binade = np.frexp(total)
    return np.asarray(np.ldexp(np.round(mantissa * 2.0**16) * 2.0**-16, binade))
