"""Numbers of the results files as people read them. static/js/format.js holds the same rules; a test compares them."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

# name: (precision with the hidden bit, exponent of the smallest normal, exponent of the largest finite)
FORMATS: dict[str, tuple[int, int, int]] = {
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
    "float32": (24, -126, 127),
    "float64": (53, -1022, 1023),
}
# Decimal digits that tell every float of the format from its neighbours.
DIGITS = {"float16": 5, "bfloat16": 4, "float32": 9, "float64": 17}
USABLE_STEPS = "○◔◑◕●"


def number(value: object) -> float | None:
    """A JSON number, or one of the texts "inf", "-inf", "nan"; None for null and for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if value in ("inf", "-inf", "nan"):
        return float(str(value))
    return None


FEW = 5
"""Digits of what the script alone shows."""


def rounded(value: object, digits: int = 6) -> object:
    """Six significant digits are more than any figure of the page shows; of what stands in the page twice, as text and
    as data, fewer would be rounded to two figures."""
    if isinstance(value, float):
        short = float(f"{value:.{digits}g}")
        return int(short) if short == int(short) and abs(short) < 1e15 else short
    return value


def seen(value: object, dtype: str | None = None) -> object:
    """A number of the fewest digits of which ``short`` makes the same text as of ``value``, for what the page shows
    through ``short`` alone; with ``dtype`` also the same ``level``. Anything but a finite number as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    told = short(float(value))
    for few in (rounded(float(told.replace("−", "-")), FEW), *(rounded(float(value), n) for n in range(FEW, 18))):
        if short(number(few)) == told and (dtype is None or level(number(few) or 0.0, dtype) == level(value, dtype)):
            return few
    return value


def _fixed(value: float | Decimal, places: int) -> str:
    """Ties away from zero, as JavaScript's toFixed decides them."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def short(value: float | None) -> str:
    """At most six characters: 0.50, 3.2, 312, 4.2e5, ∞, nan; "–" for None."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value < 0:
        return "−" + short(-value)
    if value == 0:
        return "0"
    if 0.005 <= value < 0.995:
        return _fixed(value, 2)
    if 0.995 <= value < 9.95:
        return _fixed(value, 1)
    if 9.95 <= value < 9999.5:
        return _fixed(value, 0)
    exponent = Decimal(value).adjusted()
    mantissa = _fixed(Decimal(value).scaleb(-exponent), 1)
    if mantissa == "10.0":
        mantissa, exponent = "1.0", exponent + 1
    return f"{mantissa}e{exponent}"


def shortened(value: object) -> str:
    """``short`` of a JSON number or of one of its three texts."""
    return short(number(value))


def readable(value: float, digits: int) -> str:
    """At most ``digits`` significant digits, never a long row of zeros: -1.744192e19."""
    return f"{value:.{digits}g}".replace("e+", "e").replace("e-0", "e-")


def bits_lost(ulp: float, dtype: str) -> float:
    """log2(1 + ulp), at most the precision of ``dtype`` (ACCEPTANCE A6); nan counts as everything."""
    precision = FORMATS[dtype][0]
    if math.isnan(ulp):
        return float(precision)
    return min(float(precision), math.log2(1 + ulp))


def level(ulp: float, dtype: str) -> int:
    """The colour step 0..6: at most 1 ulp, at most 4, then by quarters of the format's bits; 6 = none is left."""
    precision = FORMATS[dtype][0]
    if not ulp < math.inf or bits_lost(ulp, dtype) >= precision:
        return 6
    if ulp <= 4:
        return 0 if ulp <= 1 else 1
    share = bits_lost(ulp, dtype) / precision
    return 2 + (share > 0.25) + (share > 0.5) + (share > 0.75)


def percent(share: float) -> str:
    """Whole per cent, except that only a true 1 reads "100 %" and only a true 0 reads "0 %"."""
    rounded = math.floor(100 * share + 0.5)
    if rounded == 100 and share < 1:
        return ">99 %"
    if rounded == 0 and share > 0:
        return "<1 %"
    return f"{rounded} %"


def usable_glyph(share: float) -> str:
    """A circle that fills with the share; full and empty are reserved for exactly all and none."""
    if share >= 1:
        return USABLE_STEPS[4]
    if share <= 0:
        return USABLE_STEPS[0]
    return USABLE_STEPS[1 + min(2, math.floor(share * 3))]


def grouped(value: int) -> str:
    """1 234 567 with thin spaces."""
    return f"{value:,}".replace(",", "\u202f")
