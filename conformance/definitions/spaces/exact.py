"""Rational numbers as a number system: what decides exactly whether a row of floats belongs to a space."""

from __future__ import annotations

from fractions import Fraction


class ExactNumbers:
    """The field operations of a NumberSystem over Fraction; the conditions of a space need no others."""

    def const(self, value: float) -> Fraction:
        return Fraction(value)

    def rational(self, numerator: int, denominator: int) -> Fraction:
        return Fraction(numerator, denominator)


EXACT = ExactNumbers()
