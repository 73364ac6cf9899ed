"""A statistic as the enclosure that answers are scored against."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import frexp, inf, isfinite, isnan, log, sqrt

import numpy as np

from conformance.floats.enclosures import Enclosures, Kind
from conformance.oracle.statistics.truth import Statistic

_KINDS = {"inf": Kind.POS_INF, "-inf": Kind.NEG_INF, "nan": Kind.NAN}


def enclosed(statistic: Statistic, condition: float, count: int) -> Enclosures:
    """``count`` times the statistic; UNDECIDED where nothing is known of it."""
    truth = Enclosures.empty(count)
    if statistic.reason:
        return truth
    truth.certificate[:], truth.condition[:] = statistic.certificate, condition
    if statistic.infinite:
        truth.kind[:] = _KINDS[statistic.text]
        return truth
    low, high = Fraction(statistic.lo), Fraction(statistic.hi)
    middle = (low + high) / 2
    exponent = frexp(float(middle))[1]
    scaled = middle / Fraction(2) ** exponent
    truth.kind[:], truth.exponent[:] = Kind.FINITE, exponent
    truth.hi[:] = float(scaled)
    truth.lo[:] = float(scaled - Fraction(float(scaled)))
    # The half-width, and what hi + lo leave of the middle; rounded up, and 0 where there is neither.
    left = abs(scaled - Fraction(float(truth.hi[0])) - Fraction(float(truth.lo[0])))
    unknown = (high - low) / 2 / Fraction(2) ** exponent + left
    truth.err[:] = np.nextafter(float(unknown), inf) if unknown else 0.0
    return truth


def nearest(statistic: Statistic, got: float, condition: float) -> Enclosures:
    """What is right and lies nearest to ``got``, where several answers are (``Statistic.also``): got itself inside an
    interval of them. Where one answer alone is right, and where none is known, as ``enclosed``."""
    if statistic.reason:
        return enclosed(statistic, condition, 1)
    answers = [(statistic.lo, statistic.hi), *statistic.also]
    numbers = [(Fraction(low), Fraction(high)) for low, high in answers if low not in _KINDS]
    said = "nan" if isnan(got) else str(got)
    if said in _KINDS and (said, said) in answers:
        statistic = replace(statistic, text=said, infinite=True)
    elif isfinite(got) and numbers:
        at = Fraction(got)
        low, high = min(numbers, key=lambda ends: max(ends[0] - at, at - ends[1]))
        # A bracket is no wider than what is known of one number; of what lies in a wide one every point is right.
        low, high = (at, at) if low <= at <= high else (low, low) if at < low else (high, high)
        statistic = replace(statistic, lo=str(low), hi=str(high), infinite=False)
    return enclosed(statistic, condition, 1)


def condition_of(quantity: str, own: Statistic, mean: Statistic, variance: Statistic) -> float:
    """What a closed form cannot help losing, as a condition number.

    A mean, a median and a mode are sums of terms of the size of the spread; a variance is a difference of moments, of
    which the square of the mean may be much the larger; and the logarithm of any is a sum of parameters that were
    rounded. ``own``: the statistic itself.
    """
    if quantity == "entropy" or any(one.reason or one.infinite for one in (own, mean, variance)):
        return 1.0
    centre, spread = abs(float(Fraction(mean.text))), float(Fraction(variance.text))
    of_spread = quantity in ("variance", "stddev")
    size = spread if of_spread else abs(float(Fraction(own.text)))
    other = centre * centre if of_spread else sqrt(spread)
    return 1.0 + other / size + abs(log(size)) if size and spread else 1.0
