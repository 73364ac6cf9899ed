"""What is found of draws as measures: of the call as a whole, or at places where the exact cdf is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure

FALSE_ALARM = 1e-6 / 2**15
"""The probability, at most, with which one test of L14 accuses a sampler that is right: about 3e-11.

A run over everything is to accuse nobody at random with a probability above 1e-6, and holds fewer than 2^15 such tests
(the union bound, so that they may depend on each other; a test counts): laws with a cdf, in two dtypes and in 6
frameworks with two modes each, are fits of 10 tests (the distance of the cdfs, the 1 % and the 0.1 % at both ends, each
too many and too few, and the repeated draws); an entry of an event is a fit of 1 test, and every request for draws has
one more (those of another seed). A method beside ``sample`` is tested only where it draws others under the same seed,
which none of those frameworks' does.
"""


def of_the_call(case: Case, failure: Failure, message: str, status: str = "ok") -> Measure:
    """What befell a request for draws as a whole. There is no input: it shows as NaN."""
    nothing = np.full(1, np.nan).astype(case.fmt.dtype)
    truth = Enclosures.empty(1)
    truth.kind[:] = Kind.NAN
    measure = _measure(case, nothing, nothing, truth, np.zeros(1, np.uint8), message, status)
    return measure.with_failures(np.array([failure], np.uint8))


def of_the_cdf(
    case: Case,
    subject: str,
    places: NDArray[Any],
    empirical: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    message: str = "",
    of: str = "",
) -> Measure:
    """The draws' cdf at ``places``, which are in the dtype, against that of ``subject``. of: see ``Measure``."""
    got = empirical.astype(case.fmt.dtype)
    truth = case.oracle.truth(subject, "cdf", places, case.fmt)
    failures = np.where(wrong, Failure.VALUE_WRONG, Failure.NONE).astype(np.uint8)
    return _measure(case, places, got, truth, failures, message, of=of)


def _measure(
    case: Case,
    inputs: NDArray[Any],
    got: NDArray[Any],
    truth: Enclosures,
    failures: NDArray[np.uint8],
    message: str,
    status: str = "ok",
    of: str = "",
) -> Measure:
    count = len(inputs)
    return Measure(
        quantity="sample",
        status=status,
        message=message,
        inputs=inputs,
        region=np.full(count, Region.ORDINARY, np.uint8),
        row=np.arange(count),
        component=np.zeros(count, np.int64),
        got=got,
        truth=truth,
        failures=failures,
        usable=failures == Failure.NONE,
        distances=distances(got, truth, case.fmt),
        excused=np.zeros(count, bool),
        attainable=np.full(count, "", "U16"),
        of=of,
    )
