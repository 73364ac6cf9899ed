"""Precision raised until decided (Ziv): from a function of the precision to one narrow enclosure."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite

from flint import arb, ctx

from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.oracle.narrow import Split, as_float, excess_bits, split

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


def narrow(attempt: Callable[[], arb], fmt: Format, start: int, cap: int) -> tuple[arb, int] | None:
    """``attempt()`` at a precision that makes it narrow enough for ``fmt``, with that precision; None at the cap.

    The precision in force on return is the one that succeeded: callers that go on at it need not set it.
    """
    precision = min(start, cap)
    while True:
        ctx.prec = precision
        ball = attempt()
        excess = excess_bits(ball, fmt)
        if excess is not None and excess <= 0:
            return ball, precision
        if precision >= cap:
            return None
        wanted = 2 * precision
        if excess is not None and excess < cap:
            wanted = max(precision + excess + MARGIN_BITS, precision + precision // 4)
        precision = min(wanted, cap)


def start_precision(x: float, fmt: Format) -> int:
    """A first precision that usually suffices: an argument of exponent e costs e bits in its integer part."""
    return fmt.precision + START_BITS + max(0, exponent_of(x))


def exponent_of(x: float) -> int:
    """e with 2**(e-1) <= |x| < 2**e; 0 for 0, infinities and nan."""
    from math import frexp

    return frexp(x)[1] if isfinite(x) else 0


def exact_split(value: arb | None, kind: Kind, fmt: Format) -> Split:
    """A settled truth as a Split; ``value`` is a narrow ball where ``kind`` is FINITE."""
    return split(value) if kind == Kind.FINITE and value is not None else Split(0.0, 0.0, 0.0, 0, kind)


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
