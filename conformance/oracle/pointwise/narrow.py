"""From one ball to one element of an Enclosures: how narrow it is for a format, and its exact split into floats."""

from __future__ import annotations

from math import inf, ldexp
from typing import NamedTuple

from flint import arb

from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format

GUARD_BITS = 20
"""An enclosure is narrow enough for a format when its radius is at most 2**-20 ulp of the value at that format, or
2**-20 of the format's smallest subnormal: the absolute floor without which a value that underflows would never end."""

FARTHEST_EXPONENT = 2**40
"""A finite value beyond 2**(2**40) is reported as infinite: no format, and no int64 exponent, tells them apart."""


class Split(NamedTuple):
    """|t - (hi + lo) 2**exponent| <= err 2**exponent, or a Kind that is not FINITE and zeros."""

    hi: float
    lo: float
    err: float
    exponent: int
    kind: int


def excess_bits(ball: arb, fmt: Format) -> int | None:
    """How many bits the radius is too wide for ``fmt``: narrow enough where <= 0; None where the ball is unbounded."""
    if not ball.is_finite():
        return None
    radius, radius_exponent = ball.rad().man_exp()
    if radius == 0:
        return 0
    top = radius_exponent + radius.bit_length()
    mantissa, exponent = ball.mid().man_exp()
    floor = fmt.emin - fmt.precision + 1
    if mantissa != 0:
        # One bit below the midpoint's exponent: the value itself may lie just under a power of two.
        floor = max(int(exponent + mantissa.bit_length()) - 1 - fmt.precision, floor)
    return int(top - floor + GUARD_BITS)


def split(ball: arb) -> Split:
    """The finite ``ball`` as hi + lo with an error that covers its radius and the truncation of its midpoint."""
    radius, radius_exponent = ball.rad().man_exp()
    big, exponent = ball.mid().man_exp()
    mantissa = int(big)
    top_of_radius = int(radius_exponent) + int(radius).bit_length()
    if mantissa == 0:
        if radius == 0:
            return Split(0.0, 0.0, 0.0, 0, Kind.FINITE)
        if top_of_radius > FARTHEST_EXPONENT:
            return Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED)
        scale = max(top_of_radius, -FARTHEST_EXPONENT)
        return Split(0.0, 0.0, 1.0, scale, Kind.FINITE)
    negative = mantissa < 0
    mantissa = abs(mantissa)
    bits = mantissa.bit_length()
    scale = int(exponent) + bits
    if scale > FARTHEST_EXPONENT:
        if top_of_radius >= scale:
            return Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED)
        return Split(0.0, 0.0, 0.0, 0, Kind.NEG_INF if negative else Kind.POS_INF)
    if scale < -FARTHEST_EXPONENT:
        if radius == 0 or top_of_radius < -FARTHEST_EXPONENT:
            top_of_radius = -FARTHEST_EXPONENT
        # The midpoint and the radius, each below 2**top, together below 2**(top + 1).
        return Split(0.0, 0.0, 1.0, top_of_radius + 1, Kind.FINITE)
    err = 0.0
    if bits > 106:
        mantissa >>= bits - 106
        bits = 106
        err = 2.0**-106
    if bits > 53:
        low_bits = bits - 53
        high = mantissa >> low_bits
        hi = ldexp(high, -53)
        lo = ldexp(mantissa - (high << low_bits), -bits)
    else:
        hi, lo = ldexp(mantissa, -bits), 0.0
    if radius != 0:
        shift = int(radius_exponent) - scale
        if shift > 900:
            return Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED)
        # ldexp may round down into the subnormals: never report less than 2**-1000
        err = (err + max(ldexp(int(radius), shift), 2.0**-1000)) * (1 + 2.0**-50)
    if negative:
        hi, lo = -hi, -lo
    return Split(hi, lo, err, scale, Kind.FINITE)


def as_float(ball: arb) -> float:
    """The midpoint as a float, inf where it overflows or where the ball is unbounded: for estimates, not for truth."""
    if not ball.is_finite():
        return inf
    return float(ball.mid())
