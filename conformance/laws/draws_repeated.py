"""Draws that come more than once: more of them than the resolution of the draws explains.

Let each float of a set V have a probability of at most ATOM. Whatever came before, a draw lies in V and repeats one of
the at most n draws before it with a probability of at most n ATOM; so the number of those that do is stochastically
smaller than a binomial of n trials with that probability, for any law. V are the floats that stand for ATOM or less
(``draws_interval``), a set that no draw has a say in: the ends on which a saturated law piles up, or a clamp does, are
not in it. ATOM is 2^-16, far more than a float of an ordinary law stands for: a generator of 16 bits behind the draws
is granted to everybody, as no documentation says how fine a generator is. Of 4096 draws 256 may then be repetitions on
average, and 364 are an alarm. One draw in ten that comes twice is found for certain, and every draw twice (2048).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy  # It loads scipy.special once that is asked for; scipy.stats would take every process half a second.
from numpy.typing import NDArray

from conformance.definitions.registry import functions_of
from conformance.laws.case import Case
from conformance.laws.draws_interval import interval
from conformance.laws.draws_measure import FALSE_ALARM, of_the_call
from conformance.laws.law import Check
from conformance.scoring.failures import Failure

ATOM = 2.0**-16


def repeated(case: Case, subject: str, draws: NDArray[Any]) -> Iterator[Check]:
    """Whether too many of the draws, (N,) in the dtype, have come before among them. Nothing without a cdf."""
    if "cdf" not in functions_of(subject):
        return
    total = len(draws)
    places, counts = np.unique(draws[np.isfinite(draws.astype(np.float64))], return_counts=True)
    places, again = places[counts > 1], counts[counts > 1] - 1
    rarer = scipy.special.bdtrc(np.arange(total + 1), total, min(1.0, total * ATOM)) <= FALSE_ALARM
    most = int(np.argmax(rarer))
    if again.sum() > most:  # Else nothing can be left of them that is too much.
        low, high = interval(case, subject, places)
        fine = high - low <= ATOM  # Not where they are nan.
        places, again = places[fine], again[fine]
    failure, message = Failure.NONE, ""
    if again.sum() > most:
        failure = Failure.DRAWS_REPEATED
        top = int(np.argmax(again))
        message = (
            f"{again.sum()} of {total} draws repeat an earlier one, and {places[top]!s} comes {again[top] + 1} times; "
            f"at most {most} do where each number has a probability under {ATOM:.1g}"
        )
    note = f"repetitions among {total} own samples (false-alarm rate {FALSE_ALARM:.0e})"
    yield Check(of_the_call(case, failure, message), note)
