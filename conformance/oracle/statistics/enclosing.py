"""A statistic as the enclosure that answers are scored against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import exp, inf, isfinite, isnan, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.event_laws import EventLaw
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.statistics.truth import Statistic

_LARGEST = 700.0
"""The largest logarithm of a condition number that is a float."""

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
    exponent = _exponent(middle)
    scaled = middle / Fraction(2) ** exponent
    truth.kind[:], truth.exponent[:] = Kind.FINITE, exponent
    truth.hi[:] = float(scaled)
    truth.lo[:] = float(scaled - Fraction(float(scaled)))
    # The half-width, and what hi + lo leave of the middle; rounded up, and 0 where there is neither.
    left = abs(scaled - Fraction(float(truth.hi[0])) - Fraction(float(truth.lo[0])))
    unknown = (high - low) / 2 / Fraction(2) ** exponent + left
    truth.err[:] = np.nextafter(float(unknown), inf) if unknown else 0.0
    return truth


def _exponent(value: Fraction) -> int:
    """That of ``frexp``, of numbers beyond float64 too."""
    size, least = abs(value), value.numerator.bit_length() - value.denominator.bit_length()
    return least + (size >= Fraction(2) ** least) if size else 0


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


def side_by_side(each: Sequence[Enclosures]) -> Enclosures:
    """One after the other."""
    fields = {name: np.concatenate([getattr(one, name) for one in each]) for name in Enclosures.__dataclass_fields__}
    return Enclosures(**fields)


def where_none_is_alone(law: EventLaw, got: NDArray[Any], fmt: Format) -> Enclosures | None:
    """What is right for a mode ``got`` (the entries of one event) of a law whose density is largest at no one point.

    Saying so is: nan. Where it is the same everywhere any point is. Where it grows without bound it does so towards the
    boundary, of which no point is known to be wrong, and no other is right. None for a law that has one mode.
    """
    peak = law.peak
    if peak is None or peak.at is not None:
        return None
    truth = Enclosures.empty(len(got))
    truth.condition[:] = 1.0
    row = got.astype(np.float64)
    if np.isfinite(row).all():
        inside = bool(law.space.holds(row.reshape(1, *law.event), fmt.precision)[0])
        if peak.flat and inside:
            return side_by_side([_exactly(Fraction(one)) for one in row.tolist()])
        if not inside and law.space.reached(row.tolist(), fmt.precision):
            return truth
    truth.kind[:] = Kind.NAN
    return truth


def _exactly(value: Fraction) -> Enclosures:
    text = str(value)
    return enclosed(Statistic(text, text, text, Certificate.CERTIFIED, False), 1.0, 1)


def condition_of(quantity: str, own: Statistic, mean: Statistic, variance: Statistic) -> float:
    """What a closed form cannot help losing, as a condition number.

    A mean, a median and a mode are sums of terms of the size of the spread; a variance is a difference of moments, of
    which the square of the mean may be much the larger; and the logarithm of any is a sum of parameters that were
    rounded. ``own``: the statistic itself.
    """
    if quantity == "entropy" or any(one.reason or one.infinite for one in (own, mean, variance)):
        return 1.0
    # By logarithms: of a Weibull law of concentration 0.01 the variance is beyond float64.
    centre, spread = _log(mean.text), _log(variance.text)
    of_spread = quantity in ("variance", "stddev")
    size = spread if of_spread else _log(own.text)
    other = 2 * centre if of_spread else spread / 2
    return 1.0 + exp(min(other - size, _LARGEST)) + abs(size) if isfinite(size) and isfinite(spread) else 1.0


def _log(text: str) -> float:
    """log|x|."""
    size = abs(Fraction(text))
    return log(size.numerator) - log(size.denominator) if size else -inf


def conditions_of_events(
    law: EventLaw, quantity: str, own: Sequence[Statistic], mean: Sequence[Statistic], variance: Sequence[Statistic]
) -> list[float]:
    """The same for every entry of a statistic of events, and times what the law's own algebra cannot help losing.

    A covariance is a sum of products of the size of the two entries' spreads; one that is 0 is known to roundoffs of
    those alone, which no share of it tells.
    """
    moments, count = law.moments, len(mean)
    inner = 1.0
    if moments is not None and quantity != "entropy":
        inner = moments.of_covariance if quantity in ("variance", "stddev", "covariance") else moments.of_mean
    if quantity != "covariance":
        return [inner * condition_of(quantity, *three) for three in zip(own, mean, variance, strict=True)]
    return [
        inner
        * (
            condition_of("variance", one, mean[i], variance[i])
            if i == j
            else _of_a_product(one, (mean[i], variance[i]), (mean[j], variance[j]))
        )
        for (i, j), one in zip(np.ndindex(count, count), own, strict=True)
    ]


def _of_a_product(own: Statistic, first: tuple[Statistic, Statistic], second: tuple[Statistic, Statistic]) -> float:
    if any(one.reason or one.infinite for one in (own, *first, *second)):
        return 1.0
    (a, u), (b, v) = ([abs(float(Fraction(one.text))) for one in pair] for pair in (first, second))
    size = abs(float(Fraction(own.text)))
    return 1.0 + (a * b + sqrt(u * v)) / size + abs(log(size)) if size else inf
