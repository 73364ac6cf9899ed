"""What the page works out by itself: the bits of a float from its decimals, the float from the exact number.

A rule is not believed: a text is left out only where the rule gives this very text, and stands in the page otherwise.
``static/js/25-derived.js`` holds the same rules; a test compares the two.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from reports.numbers import FEW, FORMATS, number, rounded

DERIVED = 0
"""Stands for what the page derives."""
_DECIMAL = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
_LONG = re.compile(r"(-?[0.]*[1-9](?:\.?\d){11})\d+(e.+)?")
_HEX = re.compile(r"(-?)0x1\.([0-9a-f]{13})p([+-]\d+)")


def nearest(value: float, dtype: str) -> float:
    """The nearest number of the format, ties to even; its largest exponent is not looked at."""
    precision, least, _ = FORMATS[dtype]
    if precision == 53 or value == 0 or not math.isfinite(value):
        return value
    step = 2.0 ** (max(math.frexp(value)[1] - 1, least) - precision + 1)
    return math.copysign(round(value / step) * step, value)


def hex_of(decimals: str | None, dtype: str) -> str | None:
    """``float.hex`` of the floats that the decimals tell; None where they are no numbers."""
    words = [_hex_of(word, dtype) for word in (decimals or "").split(" ")]
    return None if None in words else " ".join(str(word) for word in words)


def _hex_of(word: str, dtype: str) -> str | None:
    if word in ("inf", "-inf", "nan"):
        return word
    return nearest(float(word), dtype).hex() if _DECIMAL.fullmatch(word) else None


def decimal_of(exact: str | None, dtype: str) -> str | None:
    """The decimals of the float nearest to ``exact``, as NumPy and ml_dtypes write them; None where it is no number."""
    if not exact or not _DECIMAL.fullmatch(exact):
        return None
    value = nearest(float(exact), dtype)
    if not math.isfinite(value):
        return None
    if dtype == "bfloat16":
        cut = _cut(value, 6)
        text = f"{float(cut):.6g}"
    else:
        cut = next(each for digits in range(1, 18) if nearest(float(each := _cut(value, digits)), dtype) == value)
        text = repr(float(cut))
    return text if Decimal(text) == cut else None


def _cut(value: float, digits: int) -> Decimal:
    """So many significant digits, ties away from zero as JavaScript decides them; where Python does not, see above."""
    exact = Decimal(value)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() + 1 - digits), ROUND_HALF_UP)


def brief_of(exact: str | None) -> str | None:
    """The exact number as summaries cut it, at twelve significant digits; None where they say it in full."""
    found = _LONG.fullmatch(exact or "")
    return f"{found[1]}…{found[2] or ''}" if found and "." in found[1] else None


def bits_of(ulp: object, dtype: str) -> object:
    """The bits that an error of so many ulp loses, log2(1 + ulp) and at most the format's, to the digits of the page;
    None where there is no such error."""
    size = number(ulp)
    return None if size is None or size != size else rounded(min(float(FORMATS[dtype][0]), math.log2(1 + size)), FEW)


def carried(said: object, derived: object) -> object:
    """``said``, or DERIVED where the page arrives at it."""
    return DERIVED if said is not None and said == derived else said


def trimmed(text: str | None) -> str | None:
    """Hexadecimal floats without what every normal one has: ``-0x1.fe00000000000p+2`` is ``-fep2``."""
    return None if text is None else " ".join(_trimmed(word) for word in text.split(" "))


def _trimmed(word: str) -> str:
    found = _HEX.fullmatch(word)
    return f"{found[1]}{found[2].rstrip('0')}p{int(found[3])}" if found else word
