"""Precision raised until decided (Ziv): from a function of the precision to one narrow enclosure."""

from __future__ import annotations

from collections.abc import Callable
from math import frexp, inf, isfinite

from flint import arb, ctx

from conformance.floats.formats import Format
from conformance.oracle.pointwise.narrow import as_float, excess_bits

START_BITS = 40
"""Bits of working precision above the format's own for the first attempt: 20 of guard and 20 for rounding."""

MARGIN_BITS = 16

LOWEST_CAP = 3072
PRECISION_CAP = 8192
"""The cap for formats of 11 exponent bits, and for shorter ones. The furthest ordinary need is log of a normal density
at the largest float64: 2,046 bits of exponent. A point that needs more is UNDECIDED."""


def precision_cap(fmt: Format) -> int:
    """The precision at which a point is given up as UNDECIDED."""
    return PRECISION_CAP if fmt.emax > 128 else LOWEST_CAP


def narrow(attempt: Callable[[], arb], fmt: Format, start: int, cap: int) -> arb | None:
    """``attempt()`` at a precision that makes it narrow enough for ``fmt``; None at the cap.

    The precision that succeeded stays in force on return.
    """
    return narrow_all(lambda: [attempt()], fmt, start, cap)[0]


def narrow_all(attempt: Callable[[], list[arb]], fmt: Format, start: int, cap: int) -> list[arb | None]:
    """``attempt()`` at a precision that makes every component narrow enough; None for those that fail at the cap."""
    precision = min(start, cap)
    while True:
        ctx.prec = precision
        balls = attempt()
        excesses = [excess_bits(ball, fmt) for ball in balls]
        if all(excess is not None and excess <= 0 for excess in excesses):
            return list(balls)
        if precision >= cap:
            return [b if e is not None and e <= 0 else None for b, e in zip(balls, excesses, strict=True)]
        wanted = 2 * precision
        known = [excess for excess in excesses if excess is not None]
        if len(known) == len(excesses):  # a bounded ball says how many bits it is short of
            wanted = max(precision + max(known) + MARGIN_BITS, precision + precision // 4)
        precision = min(wanted, cap)


def start_precision(x: float, fmt: Format) -> int:
    """A first precision that usually suffices: an argument of exponent e costs e bits in its integer part."""
    return fmt.precision + START_BITS + max(0, exponent_of(x))


def exponent_of(x: float) -> int:
    """e with 2**(e-1) <= |x| < 2**e; 0 for 0, infinities and nan."""
    return frexp(x)[1] if isfinite(x) else 0


def condition_number(x: float, value: arb, derivative: arb) -> float:
    """|x q'/q| as a float: 0 where x q' = 0, inf where q = 0 otherwise, nan where the derivative is not known."""
    product = abs(arb(x) * derivative)
    if product.is_zero():
        return 0.0
    if not derivative.is_finite():
        return float("nan")
    if value.contains(0):
        return inf
    return as_float(product / abs(value))
