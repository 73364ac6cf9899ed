"""An accuracy that a framework's documentation promises, by which its results are judged in the place of ulp.

What an adaptive solver or a documented approximation answers is off by as much as its documentation says, and nobody
is accused of that; an answer that is off by more breaks the promise, and is a finding as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind, as_float
from conformance.scoring.distance import Distances

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Promise:
    """A result is right where |got - exact| <= ``absolute`` + ``relative`` * size; a log-quantity's errors are nats.

    size: |exact|, or with ``of_event`` the Euclidean length of the exact event that the entry belongs to, where errors
    of one entry reach the others. source: the words of the documentation that this follows from, and how.
    """

    relative: float
    absolute: float
    of_event: bool
    source: str

    def __str__(self) -> str:
        """The bound and its source, as results and reports show it."""
        shares = [f"{self.absolute:g}"] if self.absolute else []
        shares += [f"{self.relative:g} of the {'event' if self.of_event else 'value'}"] if self.relative else []
        return f"off by at most {' and '.join(shares)}: {self.source}"


def promised_nats(promise: Promise, truth: Enclosures, terms: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """The error that the promise allows at each component, as a plain distance; 0 where there is no finite truth, inf
    where no float64 holds it. terms: a size that counts where it exceeds that of the truth, (N,)."""
    finite = truth.kind == Kind.FINITE
    size = np.abs(np.where(finite, as_float(truth), 0.0))
    if terms is not None:
        size = np.maximum(size, terms)
    with np.errstate(over="ignore"):
        return np.where(finite, promise.absolute + promise.relative * size, 0.0)


def kept(
    promise: Promise | None, off: Distances, truth: Enclosures, terms: NDArray[np.float64] | None = None
) -> tuple[Mask, Mask]:
    """Where the promise is kept whatever the truth is within its enclosure, and where it is for some of it.

    Nowhere without a promise. Results that are not finite, and truths that are none, keep no promise. terms: see
    ``promised_nats``.
    """
    if promise is None:
        return np.zeros(len(truth), bool), np.zeros(len(truth), bool)
    bound = promised_nats(promise, truth, terms)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        slack = np.ldexp(truth.err, np.clip(truth.exponent, -2200, 2200).astype(np.int32))
        # Where the truth is beyond float64 only shares of it are numbers.
        share = off.relative <= promise.relative
        surely = np.where(bound < np.inf, off.nats + slack <= bound, share)
        perhaps = np.where(bound < np.inf, off.nats - slack <= bound, share)
    real = truth.kind == Kind.FINITE
    return surely & real, perhaps & real
