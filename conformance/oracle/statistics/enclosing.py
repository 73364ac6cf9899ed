"""A statistic as the enclosure that answers are scored against."""

from __future__ import annotations

from fractions import Fraction
from math import frexp, inf, log, sqrt

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
    # The half-width, and what hi + lo leave of the middle; rounded up.
    truth.err[:] = np.nextafter(float((high - low) / 2 / Fraction(2) ** exponent) + 2.0**-104, inf)
    return truth


def condition_of(quantity: str, mean: Statistic, variance: Statistic) -> float:
    """What a closed form cannot help losing, as a condition number.

    A mean is a sum of terms of the size of the spread; a variance is a difference of moments, of which the square of
    the mean may be much the larger; and the logarithm of either is a sum of parameters that were rounded.
    """
    if quantity == "entropy" or any(one.reason or one.infinite for one in (mean, variance)):
        return 1.0
    centre, spread = abs(float(Fraction(mean.text))), float(Fraction(variance.text))
    size = centre if quantity == "mean" else spread
    other = sqrt(spread) if quantity == "mean" else centre * centre
    return 1.0 + other / size + abs(log(size)) if size and spread else 1.0
