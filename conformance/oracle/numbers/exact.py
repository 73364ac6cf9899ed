"""Numbers that are known exactly, as balls."""

from __future__ import annotations

from fractions import Fraction

from flint import arb


def ratio(value: float | Fraction) -> arb:
    """A ball that contains the number, at the current precision; of radius 0 where it is a float."""
    return arb(value.numerator) / value.denominator if isinstance(value, Fraction) else arb(value)
