"""Truth at one input, as decimal digits."""

from __future__ import annotations

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.blocks import block_truth

MOST_DIGITS = 30
"""An Enclosures element carries about 106 bits; 30 digits leave 6 of them to spare."""

_PRECISION = 103 - 20
_DEEP = Format("digits", _PRECISION, -(2**41), 2**41, np.dtype(np.float64), 64)
_FLOORED = Format("digits above 2**-4000", _PRECISION, -4000, 2**41, np.dtype(np.float64), 64)

_WORDS = {Kind.POS_INF: "inf", Kind.NEG_INF: "-inf", Kind.NAN: "nan", Kind.OUTSIDE: "outside"}


def digits_of(subject: str, quantity: str, x: NDArray[np.float64], digits: int, rounded: int | None = None) -> str:
    """See ``Oracle.digits``. A value that cannot be told from 0 at 4,000 bits prints as 0."""
    if not 1 <= digits <= MOST_DIGITS:
        raise ValueError(f"digits must lie between 1 and {MOST_DIGITS}, not {digits}")
    truth = block_truth(subject, quantity, x[None], _DEEP, rounded)
    if (truth.kind == Kind.UNDECIDED).any():
        floored = block_truth(subject, quantity, x[None], _FLOORED, rounded)
        missing = truth.kind == Kind.UNDECIDED
        truth[missing] = floored[missing]
    return " ".join(element_digits(truth, i, digits) for i in range(len(truth)))


def element_digits(truth: Enclosures, index: int, digits: int) -> str:
    """The midpoint of one element in decimal, or the word for its kind."""
    kind = Kind(int(truth.kind[index]))
    if kind != Kind.FINITE:
        return _WORDS.get(kind, "undecided")
    saved = ctx.prec
    ctx.prec = 160
    try:
        hi, lo, err = float(truth.hi[index]), float(truth.lo[index]), float(truth.err[index])
        scale = int(truth.exponent[index])
        if abs(hi) <= err:
            return "0"
        middle = _scaled(hi, scale) + _scaled(lo, scale)
        return str(middle.str(digits, radius=False))
    finally:
        ctx.prec = saved


def _scaled(value: float, scale: int) -> arb:
    numerator, denominator = value.as_integer_ratio()
    return arb((numerator, scale - (denominator.bit_length() - 1)))
