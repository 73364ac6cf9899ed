"""Certified real numbers in bulk: the form in which truth travels from the oracle to the scores.

Element i of an Enclosures says: the exact real value t satisfies

    | t - (hi[i] + lo[i]) * 2**exponent[i] |  <=  err[i] * 2**exponent[i]

with hi = 0 or 0.5 <= |hi| < 1, |lo| <= 2**-53, err >= 0, all three ordinary float64. About 106 bits; far beyond the
range of every float format, since the exponent is an integer of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """What the truth is at one input."""

    FINITE = 0
    """A real number, enclosed by hi, lo, err, exponent."""
    POS_INF = 1
    """The one-sided limit is +inf (ACCEPTANCE A11)."""
    NEG_INF = 2
    """The one-sided limit is -inf."""
    NAN = 3
    """Not a number in, not a number out."""
    OUTSIDE = 4
    """The input lies outside the domain: no value is right. (For log_prob and cdf outside the support the truth is
    NEG_INF, 0 or 1, not OUTSIDE.)"""
    UNDECIDED = 5
    """Precision reached its cap before the enclosure was narrow enough; counted and shown, never dropped."""


class Certificate(IntEnum):
    """How the value is known (ACCEPTANCE A2)."""

    CERTIFIED = 0
    AGREED = 1
    FLOAT = 2


def among(codes: NDArray[np.uint8], members: Iterable[int]) -> NDArray[np.bool_]:
    """Where a code (of a Kind, a Failure, a Region) is one of ``members``: one look into a table per element."""
    return _table(tuple(int(member) for member in members))[codes]


@lru_cache(maxsize=64)
def _table(members: tuple[int, ...]) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(members)] = True
    return table


@dataclass
class Enclosures:
    """Arrays of one shape (N,). ``condition`` is |x q'(x) / q(x)| (float64, inf or nan where meaningless)."""

    hi: NDArray[np.float64]
    lo: NDArray[np.float64]
    err: NDArray[np.float64]
    exponent: NDArray[np.int64]
    kind: NDArray[np.uint8]
    certificate: NDArray[np.uint8]
    tier: NDArray[np.uint8]
    condition: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.hi)

    @staticmethod
    def empty(count: int) -> Enclosures:
        """``count`` elements, all UNDECIDED."""
        return Enclosures(
            hi=np.zeros(count),
            lo=np.zeros(count),
            err=np.zeros(count),
            exponent=np.zeros(count, np.int64),
            kind=np.full(count, Kind.UNDECIDED, np.uint8),
            certificate=np.full(count, Certificate.CERTIFIED, np.uint8),
            tier=np.zeros(count, np.uint8),
            condition=np.full(count, np.nan),
        )

    def __getitem__(self, index: object) -> Enclosures:
        """The selected elements (slice, mask or index array), as an Enclosures."""
        return Enclosures(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})

    def __setitem__(self, index: object, other: Enclosures) -> None:
        for name in self.__dataclass_fields__:
            getattr(self, name)[index] = getattr(other, name)


def as_float(truth: Enclosures) -> NDArray[np.float64]:
    """The middle of each enclosure as float64, for statistics: accurate to float64, not certified."""
    with np.errstate(over="ignore", under="ignore"):
        value = np.ldexp(truth.hi + truth.lo, np.clip(truth.exponent, -2000, 2000).astype(np.int32))
    value = np.where(truth.kind == Kind.POS_INF, np.inf, value)
    value = np.where(truth.kind == Kind.NEG_INF, -np.inf, value)
    return np.where(np.isin(truth.kind, (Kind.NAN, Kind.OUTSIDE, Kind.UNDECIDED)), np.nan, value)
