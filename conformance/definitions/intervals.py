"""Intervals of the extended real line: domains, codomains, supports."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf

End = float | Fraction
"""An end is a float (possibly infinite) or, where no float is exact, a Fraction. Both compare exactly."""


@dataclass(frozen=True)
class Interval:
    """The reals between ``lo`` and ``hi``. A closed end belongs to the interval; an infinite end never does.

    ``exact`` is False where an end is irrational (the image of a float under a transform) and ``lo`` or ``hi`` only
    its nearest float: membership is then decided by the oracle through the definition, never by these two numbers.
    """

    lo: End
    hi: End
    closed_lo: bool = False
    closed_hi: bool = False
    exact: bool = True

    def contains(self, value: float) -> bool:
        """True where ``value`` lies strictly inside, or on a closed end. NaN and infinities are in no interval."""
        inside = self.lo < value < self.hi
        return inside or (self.closed_lo and value == self.lo) or (self.closed_hi and value == self.hi)

    def within(self, other: Interval) -> bool:
        """True where the interior of this interval is a subset of ``other``'s interior."""
        return self.lo >= other.lo and self.hi <= other.hi

    def __str__(self) -> str:
        left = "[" if self.closed_lo else "("
        right = "]" if self.closed_hi else ")"
        return f"{left}{_text(self.lo)}, {_text(self.hi)}{right}"


def _text(end: End) -> str:
    if end in (inf, -inf):
        return "inf" if end > 0 else "-inf"
    return f"{end}" if isinstance(end, Fraction) else f"{end:g}"


REALS = Interval(-inf, inf)
POSITIVE = Interval(0.0, inf)
UNIT = Interval(0.0, 1.0)
