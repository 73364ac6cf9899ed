"""Statistics of laws of events, entry by entry: each an enclosure like that of a law of numbers.

Where entries are independent an entry's statistic is its own law's. Else it is a closed form that the definition
declares (``definitions/moments.py``), an integral where entries are weights of known make (``oracle/weights``), or
undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isinf, isnan

import numpy as np
from flint import arb

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element
from conformance.definitions.weights import Sticks
from conformance.floats.enclosures import Certificate
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics.problem import NotProvable
from conformance.oracle.statistics.truth import Statistic, stated, undecided
from conformance.oracle.weights.modes import mode_of
from conformance.oracle.weights.moments import Structure, covariance_of, mean_of, structure_of

_NONE, _INFINITE = (Statistic(word, word, word, Certificate.CERTIFIED, True) for word in ("nan", "inf"))
_ZERO = Statistic("0", "0", "0", Certificate.CERTIFIED, False)


def entries(law: EventLaw, quantity: str, of: Callable[[str, str], Statistic]) -> tuple[Statistic, ...]:
    """The mean, variance, standard deviation or mode of each entry of ``law`` in C order, or the covariances of all
    pairs of entries, those of the first entry with each other first. of: a statistic of a law of numbers.

    Of a mode that is no one point every entry is "nan"; beside one on the boundary of the space nan is right too.
    """
    if law.members and law.base is None:
        return _of_members(law.members, quantity, of)
    structure = structure_of(law) if law.moments is None else None
    if quantity == "mode" and law.peak is None and isinstance(structure, Sticks):
        return _of_sticks(structure, law.space.size)
    if quantity == "mode":
        return _of_peak(law.peak, law)
    if structure is not None:
        return _of_weights(structure, quantity, law.space.size)
    if law.moments is None:
        unknown = undecided(f"the {quantity} of {_named(law)} is not worked out")
        return (unknown,) * law.space.size ** (2 if quantity == "covariance" else 1)
    return _of_moments(law.moments, quantity)


def _of_members(members: tuple[str, ...], quantity: str, of: Callable[[str, str], Statistic]) -> tuple[Statistic, ...]:
    if quantity != "covariance":
        return tuple(of(member, quantity) for member in members)
    variances = [of(member, "variance") for member in members]
    exists = not any(one.infinite or one.reason for one in variances)
    other = _ZERO if exists else undecided("an entry has no variance, so that a covariance need not exist")
    return tuple(variances[i] if i == j else other for i, j in np.ndindex(len(members), len(members)))


def _of_moments(moments: Moments, quantity: str) -> tuple[Statistic, ...]:
    count = len(moments.mean)
    if quantity == "mean":
        return tuple(_of_exact(one, quantity) for one in moments.mean)
    if quantity == "covariance":
        return tuple(_of_exact(moments.covariance(i, j), quantity) for i, j in np.ndindex(count, count))
    return tuple(_of_exact(moments.covariance(i, i), quantity) for i in range(count))


def _of_weights(structure: Structure, quantity: str, count: int) -> tuple[Statistic, ...]:
    """By integrals over one variable; undecided where these take too long."""

    def one(i: int, k: int) -> Statistic:
        def value(goal: int) -> arb:
            if quantity == "mean":
                return mean_of(structure, i, goal)
            found = covariance_of(structure, i, k, goal)
            return found.sqrt() if quantity == "stddev" else found

        try:
            return stated(value, quantity, Certificate.CERTIFIED)
        except NotProvable as reason:
            return undecided(str(reason))

    pairs = np.ndindex(count, count) if quantity == "covariance" else ((i, i) for i in range(count))
    return tuple(one(i, k) for i, k in pairs)


def _of_sticks(structure: Sticks, count: int) -> tuple[Statistic, ...]:
    """The mode, where one point alone is proved to be it."""
    try:
        return tuple(
            stated(lambda goal, i=i: mode_of(structure, goal)[i], "mode", Certificate.CERTIFIED)  # type: ignore[misc]
            for i in range(count)
        )
    except NotProvable as reason:
        return (undecided(str(reason)),) * count


def _of_peak(peak: Peak | None, law: EventLaw) -> tuple[Statistic, ...]:
    if peak is None:
        return (undecided(f"the mode of {_named(law)} is not worked out"),) * law.space.size
    if peak.at is None:
        return (_NONE,) * law.space.size
    also = (("nan", "nan"),) if peak.boundary else ()
    return tuple(Statistic(**{**vars(_of_exact(one, "mode")), "also": also}) for one in peak.at)


def _named(law: EventLaw) -> str:
    return law.name if law.transform is None else f"an image under {law.transform.name}"


def _of_exact(value: Exact | None, quantity: str) -> Statistic:
    """A number as a statistic; the root of it where the standard deviation is asked."""
    if value is None:
        return undecided("an entry has no variance, so that a covariance need not exist")
    if isinstance(value, float):
        assert isinf(value) or isnan(value)
        return _NONE if isnan(value) else _INFINITE
    if value == 0:
        return _ZERO
    certificate = Certificate.CERTIFIED
    return stated(lambda _: _ball(value).sqrt() if quantity == "stddev" else _ball(value), quantity, certificate)


def _ball(value: Fraction | Callable[[ClosedFormNumbers], Element]) -> arb:
    return value(BallNumbers()) if callable(value) else ratio(value)
