"""Numbers for people: three digits, never promising more than is known."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_DIGITS = 3


def outwards(value: float, direction: int) -> float:
    """``value`` at three significant digits, rounded up (``direction`` 1) or down (-1); non-finite numbers as they are.

    The lower end of a safe range is rounded up and its upper end down, so that the words promise no more than it.
    """
    if not math.isfinite(value) or value == 0:
        return value
    exact = Decimal(value)
    unit = Decimal(1).scaleb(exact.adjusted() - _DIGITS + 1)
    rounded = (exact / unit).to_integral_value(ROUND_CEILING if direction > 0 else ROUND_FLOOR) * unit
    return float(rounded)


def readable(value: float) -> str:
    """Up to three significant digits without trailing zeros; powers of ten beyond 10^5 and below 10^-3 as 1e38."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        text = f"{Decimal(repr(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def bound(value: float, direction: int) -> str:
    """An end of a safe range as text, rounded inwards (``direction`` as in ``outwards``). Next to 1 its distance from
    there is what matters: 1 - 6e-8."""
    size = abs(value)
    if 0.99 < size < 1:
        gap = readable(float(f"{math.nextafter((1 - size) * 1.05, 1):.1e}"))
        return f"1 - {gap}" if value > 0 else f"-(1 - {gap})"
    return readable(outwards(value, direction))
