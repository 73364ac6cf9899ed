"""The second opinion on a statistic of events, entry by entry.

A closed form is told only where something else bears it out: a mean and a spread the quadrature over the law of numbers
that the entry follows, where that is known; a mode the density at points around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Moments
from conformance.definitions.registry import distribution_definition
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers
from conformance.oracle.opinion.sticks import StickAverages

_ROUNDED = 2.0**-40
"""What rounding the parameters of an entry's law to float64 may move its moments by, and more, in units of its spread.
"""

_AROUND = Fraction(1, 1 << 20)


def each_entry(
    ns: MpNumbers,
    law: EventLaw,
    quantity: str,
    of: Callable[[str, str], Any],
    log_density: Callable[[Sequence[Any]], Any],
) -> list[Any]:
    """``quantity`` of each entry of ``law``, or of each pair of entries. of: a statistic of a law of numbers;
    log_density: that of ``law`` at the entries of an event. CannotCompute where nothing is known, or borne out."""
    if law.members and law.base is None:
        if quantity != "covariance":
            return [of(member, quantity) for member in law.members]
        spreads = [of(member, "variance") for member in law.members]
        return [spreads[i] if i == j else ns.ctx.zero for i, j in np.ndindex(len(spreads), len(spreads))]
    if quantity == "mode":
        return _mode(ns, law, log_density)
    if law.moments is None and law.base is not None:
        return _of_sticks(ns, law, quantity)
    if law.moments is None:
        raise CannotCompute(f"the {quantity} of {law.name}")
    means = [_number(ns, one) for one in law.moments.mean]
    spreads = [_covariance(ns, law.moments, i, i) for i in range(len(means))]
    moment = "mean" if quantity == "mean" else "variance"
    found = {marginal: of(marginal, moment) for marginal in set(law.marginals) if marginal}
    for marginal, mean, spread in zip(law.marginals, means, spreads, strict=bool(law.marginals)):
        if not marginal:
            continue
        declared, unit = (mean, ns.ctx.sqrt(spread)) if moment == "mean" else (spread, spread)
        if abs(found[marginal] - declared) > _ROUNDED * unit:
            raise CannotCompute("a closed form that the law of the entry does not bear out")
    if quantity == "mean":
        return means
    if quantity == "covariance":
        return [_covariance(ns, law.moments, i, j) for i, j in np.ndindex(len(means), len(means))]
    return spreads if quantity == "variance" else [ns.ctx.sqrt(spread) for spread in spreads]


def _of_sticks(ns: MpNumbers, law: EventLaw, quantity: str) -> list[Any]:
    """By averages of this side's own."""
    assert law.base is not None
    averages, count = StickAverages(ns, law, [distribution_definition(one) for one in law.base.members]), law.space.size
    if quantity == "mean":
        return [averages.mean(i) for i in range(count)]
    if quantity == "covariance":
        return [averages.covariance(i, k) for i, k in np.ndindex(count, count)]
    spreads = [averages.covariance(i, i) for i in range(count)]
    return spreads if quantity == "variance" else [ns.ctx.sqrt(spread) for spread in spreads]


def _mode(ns: MpNumbers, law: EventLaw, log_density: Callable[[Sequence[Any]], Any]) -> list[Any]:
    if law.peak is None or law.peak.at is None or law.peak.boundary:
        raise CannotCompute(f"the mode of {law.name}")
    at = [_number(ns, one) for one in law.peak.at]
    coordinates, step = [at[index] for index in law.space.free], _number(ns, _AROUND)
    highest = log_density(at)
    for place in range(len(coordinates)):
        for side in (-1, 1):
            moved = [v + side * step * (k == place) for k, v in enumerate(coordinates)]
            if log_density(law.space.completed(ns, moved)) >= highest:
                raise CannotCompute("a mode beside which the density is larger")
    return at


def _covariance(ns: MpNumbers, moments: Moments, i: int, j: int) -> Any:
    found = moments.covariance(i, j)
    if found is None:
        raise CannotCompute("a covariance that need not exist")
    return _number(ns, found)


def _number(ns: MpNumbers, value: Exact) -> Any:
    if isinstance(value, float):
        raise CannotCompute("a limit or a special value, not a computed number")
    if callable(value):
        return value(ns)
    return ns.ctx.mpf(value.numerator) / value.denominator
