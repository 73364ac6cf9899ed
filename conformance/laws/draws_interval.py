"""What a draw stands for: the reals that come out as one float, and how probable they are by the exact law."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import made_of, transform_definition
from conformance.floats.enclosures import as_float
from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.laws.case import Case

WITHIN = 4
"""Floats that are granted to a sampler for the rounding of the base's draw, and as many for that of its image."""


def interval(case: Case, subject: str, places: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of the probability that an honest sampler of ``subject`` draws at most (or less than) each of ``places``.

    With f the transform and x a draw of the base, an honest sampler's own cdf at y lies between the exact cdf at
    f(f^-1(y - WITHIN floats) - WITHIN floats) and at the same with plus, whatever its roundings do. So does its limit
    from the left, and the difference of the two bounds is no less than the probability of the float y itself.
    places: finite, in the dtype of the case. nan where the exact cdf is not known.
    """
    ends = [_stepped(places, sign, case.fmt) for sign in (-1, 1)]
    if case.declared.circular:
        ends = [inside_the_turn(case, end) for end in ends]
    outer = [as_float(case.oracle.truth(subject, "cdf", end, case.fmt)) for end in ends]
    made = made_of(subject)
    if made.name != "transformed":  # A mixture has parts as well.
        return outer[0], outer[1]
    base, transform = (str(part) for part in made.parts)
    increasing = bool(transform_definition(transform).increasing)
    shares = []
    for sign, end, share in zip((-1, 1), ends, outer, strict=True):
        truth = case.oracle.truth(transform, "inverse", end, case.fmt)
        with np.errstate(over="ignore"):
            x = as_float(truth).astype(case.fmt.dtype)
        known = np.isfinite(x.astype(np.float64))
        moved = case.oracle.truth(base, "cdf", _stepped(x[known], sign if increasing else -sign, case.fmt), case.fmt)
        # Where the inverse is infinite, or undefined beyond the support, the end itself has said all.
        share = share.copy()
        share[known] = as_float(moved) if increasing else 1.0 - as_float(moved)
        shares.append(share)
    return np.fmin(outer[0], shares[0]), np.fmax(outer[1], shares[1])


def _stepped(places: NDArray[Any], sign: int, fmt: Format) -> NDArray[Any]:
    """``WITHIN`` floats down or up, zero and the subnormals being one with the smallest normal number: some flush them,
    and some clamp to it."""
    top = infinity_ordinal(fmt)
    moved = from_ordinal(np.clip(to_ordinal(places, fmt) + sign * WITHIN, -top, top), fmt)
    tiny = np.abs(moved.astype(np.float64)) <= fmt.min_normal
    return np.where(tiny, np.asarray(sign * fmt.min_normal).astype(fmt.dtype), moved)


def inside_the_turn(case: Case, places: NDArray[Any]) -> NDArray[Any]:
    """The nearest floats strictly inside the support, which is a turn."""
    fmt = case.fmt
    low, high = (to_ordinal(np.asarray([end]).astype(fmt.dtype), fmt)[0] for end in case.declared.support)
    return from_ordinal(np.clip(to_ordinal(places, fmt), low + 1, high - 1), fmt)
