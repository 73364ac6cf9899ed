"""Enclosures of known rationals, and what they are, for the tests: exact arithmetic on Fractions, slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from conformance.floats.enclosures import Enclosures, Kind


def enclose(values: Sequence[Fraction], err: float = 0.0) -> Enclosures:
    """Each value as hi + lo, scaled; what two float64 cannot hold goes into err, beside the given one."""
    enc = Enclosures.empty(len(values))
    enc.kind[:] = Kind.FINITE
    for i, value in enumerate(values):
        if value == 0:
            enc.err[i] = err
            continue
        top = abs(value.numerator).bit_length() - value.denominator.bit_length()
        while abs(value) >= Fraction(2) ** top:
            top += 1
        while abs(value) < Fraction(2) ** (top - 1):
            top -= 1
        scaled = value / Fraction(2) ** top
        hi = float(scaled)
        if abs(hi) == 1.0:  # it rounds up out of the binade: the form wants |hi| < 1
            hi = float(np.nextafter(hi, 0.0))
        lo = float(scaled - Fraction(hi))
        rest = abs(scaled - Fraction(hi) - Fraction(lo))
        enc.hi[i], enc.lo[i], enc.exponent[i] = hi, lo, top
        enc.err[i] = err + (float(rest) * (1 + 2.0**-50) if rest else 0.0)
    return enc


def exact_value(enc: Enclosures, index: int) -> Fraction:
    """The midpoint of one element."""
    return (Fraction(float(enc.hi[index])) + Fraction(float(enc.lo[index]))) * Fraction(2) ** int(enc.exponent[index])
