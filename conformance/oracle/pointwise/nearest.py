"""The float nearest to the truth at one input, also next to a tie, where an enclosure for scoring is too wide."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.definitions.registry import takes_events
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.floats.rounding import round_enclosures, round_rational
from conformance.oracle.pointwise.scalar_truth import ScalarTruth

_FIRST_BITS, _MOST_BITS = 256, 1 << 14
_FARTHEST = 5000


def correctly_rounded(subject: str, quantity: str, x: NDArray[Any], truth: Enclosures, fmt: Format) -> NDArray[Any]:
    """``truth``, the Enclosures of ``quantity`` at the one input ``x`` (shape () or (event,)), rounded once to ``fmt``.

    Where an enclosure reaches across a tie, as log1p(2**-53) does, whose distance to one is 2**-106 of itself, the
    precision of a scalar subject rises until it does not; exact ties go to even. What stays open at 16,384 bits, and
    what is asked of an event, are rounded at the middle of their enclosure.
    """
    rounded, decided = round_enclosures(truth, fmt)
    if takes_events(subject) or decided.all() or truth.kind[0] != Kind.FINITE:
        return rounded
    found = _rising(ScalarTruth(subject, quantity), float(x), fmt)
    if found is not None:
        rounded[0] = found
    return rounded


def _rising(truth: ScalarTruth, x: float, fmt: Format) -> float | None:
    settled = truth.classify(x)
    saved, bits = ctx.prec, _FIRST_BITS
    try:
        while bits <= _MOST_BITS:
            ctx.prec = bits
            if settled is None:
                ball = truth.enclose(arb(x)).value
            elif settled.value is not None:
                ball = settled.value()
            else:
                return None
            if ball.is_finite():
                low, high = _nearest(ball.lower(), fmt), _nearest(ball.upper(), fmt)
                if low == high:
                    return low if np.signbit(low) == np.signbit(high) else 0.0
            bits *= 2
        return None
    finally:
        ctx.prec = saved


def _nearest(end: arb, fmt: Format) -> float:
    """The end of a ball, an exact dyadic number, rounded once."""
    mantissa, exponent = (int(part) for part in end.mid().man_exp())
    top = exponent + abs(mantissa).bit_length()
    if mantissa == 0 or top < -_FARTHEST:
        return -0.0 if mantissa < 0 else 0.0
    if top > _FARTHEST:
        return float(np.copysign(np.inf, mantissa))
    return round_rational(mantissa << max(exponent, 0), 1 << max(-exponent, 0), fmt)
