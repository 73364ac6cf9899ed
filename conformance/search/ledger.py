"""Everything that a search has seen so far on one line of floats, in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.laws.measure import Measure
from conformance.scoring.failures import ACCUSES_NOBODY, Failure

HOPELESS_BITS = 64.0
"""The level of a result that no number of bits describes (nan, inf, raised, a value where there is none): above any
number of bits that a format can lose."""

WINDOW = 5
"""Floats on either side of a step that have to agree about it."""


@dataclass(frozen=True)
class Seen:
    """Evaluated points, one entry per point, sorted by ordinal, none twice.

    ulp is the score of ``conformance.scoring`` (inf: not finite where the truth is; nan: no truth).
    ``nats`` is in units of max(1, |exact|), as the tolerance for log-quantities is: at 1e300 a nat is nothing.
    ``level`` is what a search climbs: excess bits (ACCEPTANCE A8), HOPELESS_BITS where a failure has no distance.
    """

    ordinal: NDArray[np.int64]
    ulp: NDArray[np.float64]
    nats: NDArray[np.float64]
    level: NDArray[np.float64]
    failure: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ordinal)

    @staticmethod
    def nothing() -> Seen:
        """No points."""
        return Seen(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.uint8))

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Where the result is not right (UNDECIDED accuses nobody)."""
        return np.asarray(~np.isin(self.failure, ACCUSES_NOBODY))

    def new(self, ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of ``ordinals`` that have not been evaluated, sorted, none twice."""
        wanted = np.unique(ordinals)
        if not len(self):
            return wanted
        at = np.minimum(np.searchsorted(self.ordinal, wanted), len(self) - 1)
        return np.asarray(wanted[self.ordinal[at] != wanted])

    def merged(self, ordinals: NDArray[np.int64], measure: Measure) -> Seen:
        """This and one more scored batch, whose rows are ``ordinals`` (all new)."""
        more = Seen(ordinals, measure.distances.ulp, nats_beside(measure), levels(measure), measure.failures)
        order = np.argsort(np.concatenate([self.ordinal, more.ordinal]), kind="stable")
        names = self.__dataclass_fields__
        return Seen(**{name: np.concatenate([getattr(self, name), getattr(more, name)])[order] for name in names})


def levels(measure: Measure) -> NDArray[np.float64]:
    """One level per component, in bits: see Seen."""
    off = measure.distances
    level = np.nan_to_num(off.excess, nan=0.0)
    failed = ~np.isin(measure.failures, ACCUSES_NOBODY)
    level[failed & ~np.isfinite(off.ulp)] = HOPELESS_BITS
    level[(measure.failures == Failure.UNDECIDED) | ~(failed | np.isfinite(off.ulp))] = 0.0
    return level


def nats_beside(measure: Measure) -> NDArray[np.float64]:
    """|got - exact| / max(1, |exact|) per component."""
    truth = measure.truth
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.ldexp(np.abs(truth.hi), np.clip(truth.exponent, -2000, 2000).astype(np.int32))
        return np.asarray(measure.distances.nats / np.maximum(1.0, size))


def steps(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many bits the level jumps between point i and point i + 1; shape (N - 1,), at most 0 where it does not.

    The median of the five points on the worse side, or the nearest of them if that is less, less the largest of the
    five on the better side: noise and single outliers are no jump. Past the ends the last point is repeated.
    """
    if len(level) < 2:
        return np.zeros(0)
    padded = np.pad(level, WINDOW - 1, mode="edge")
    count = len(padded) - WINDOW + 1
    columns = [padded[k : k + count] for k in range(WINDOW)]
    # The three smallest of each window, kept in order: the third of five is the median.
    first = second = third = np.full(count, np.inf)
    greatest = np.full(count, -np.inf)
    for column in columns:
        third = np.minimum(third, np.maximum(second, column))
        second = np.minimum(second, np.maximum(first, column))
        first = np.minimum(first, column)
        greatest = np.maximum(greatest, column)
    # Window k ends at point k; the one that begins at point i + 1 is window i + WINDOW.
    left = np.arange(len(level) - 1)
    right = left + WINDOW
    rising = np.minimum(third[right], level[1:]) - greatest[left]
    falling = np.minimum(third[left], level[:-1]) - greatest[right]
    return np.maximum(rising, falling)
