"""Goodness of fit: how far the cdf of draws is from the exact one anywhere, and how many lie in the tails.

The distance is Kolmogorov's statistic with the Dvoretzky-Kiefer-Wolfowitz bound in Massart's sharp form (Annals of
Probability 18, 1990), which holds for any law, atoms included: P(sup|F_n - G| > e) <= 2 exp(-2 n e^2) for n draws of
the law G. A draw is a float and stands for all reals that come out as it (``draws_interval``): only a distance from
that interval counts. The false-alarm rate is thus proved, however many draws one float stands for: with n = 4096 the
threshold is 0.0551. A law that is off by 0.11 more than such an interval holds, at any point, escapes with a
probability under 4e-11 (the same bound at e = 0.05486); away from saturation an interval holds under 1e-4 in float32.

Of so rare things as tails that says nothing. There the draws are counted. How many of n lie at or below a place that is
chosen beforehand is binomial, with a probability that lies in the same interval there; the binomial cdf is monotone in
the probability, so that the end of the interval that excuses most bounds the false-alarm rate. The places are the exact
quantiles of TAILS, rounded. Of 4096 draws 41 are meant beyond that of 1 %: 6 or fewer, 90 or more are an alarm. Of the
4.1 that are meant beyond that of 0.1 %, 24 or more are, and none at all is not. A sampler whose tails are cut off
anywhere inside the 1 % (a normal law clipped at 1.9 standard deviations) has no draw there and is always found; one
with less than a twentieth of the 1 % with a probability over 0.99, one with 3 % there over 0.998, one with 2 % in place
of 0.1 % over 1 - 1e-13.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy  # It loads scipy.special once that is asked for; scipy.stats would take every process half a second.
from numpy.typing import NDArray

from conformance.definitions.registry import functions_of
from conformance.floats.enclosures import as_float
from conformance.laws.case import Case
from conformance.laws.draws_interval import interval
from conformance.laws.draws_measure import FALSE_ALARM, of_the_cdf
from conformance.laws.law import Check

TAILS = (0.001, 0.01, 0.99, 0.999)
"""Where tails begin: the cdf there. The upper two are where as much is left above."""


def fit(case: Case, subject: str, draws: NDArray[Any], of: str = "") -> Iterator[Check]:
    """The draws, (N,) in the dtype, against the cdf of ``subject``, whose law they have to follow; nothing where it is
    declared nowhere or not known. of: see ``Measure``."""
    if "cdf" not in functions_of(subject):
        return
    places, counts = np.unique(draws[np.isfinite(draws.astype(np.float64))], return_counts=True)
    if not len(places):
        return
    total = int(counts.sum())
    threshold = math.sqrt(math.log(2.0 / FALSE_ALARM) / (2.0 * total))
    # A probability is compared with a threshold of 0.05: the last bits of thousands of float64 say nothing here.
    cdf = as_float(case.oracle.roughly(subject, "cdf", places, case.fmt))
    if np.isnan(cdf).any():
        return
    upto = np.cumsum(counts) / total
    below = upto - counts / total
    gap = np.maximum(np.abs(cdf - upto), np.abs(cdf - below))
    # The exact cdf at a draw lies in the draw's interval, so that only what is far from it can be far from that.
    far = np.flatnonzero(gap > threshold)
    if len(far):
        low, high = interval(case, subject, places[far])
        if np.isnan(low).any() or np.isnan(high).any():
            return
        excess = [np.maximum(low - share, share - high) for share in (upto[far], below[far])]
        gap[far] = np.maximum(np.maximum(*excess), 0.0)
    worst = int(np.argmax(gap))
    # The finding's "got" is the empirical cdf at the sample where it is farthest from the exact one.
    shares = [below[worst], upto[worst]]
    empirical = np.asarray([max(shares, key=lambda share: abs(share - cdf[worst]))])
    wrong = np.asarray([gap[worst] > threshold])
    yield Check(
        of_the_cdf(case, subject, places[[worst]], empirical, wrong, of=of),
        f"empirical cdf of {len(draws)} own samples (false-alarm rate {FALSE_ALARM:.0e})",
    )


def tails(case: Case, subject: str, draws: NDArray[Any]) -> Iterator[Check]:
    """How many of the draws, (N,) in the dtype, lie at or below the quantiles of TAILS, and above: see the module's
    docstring. Nothing where no quantiles are declared, as of a circle, which has no tails, or are not known."""
    if "icdf" not in functions_of(subject):
        return
    wide = draws.astype(np.float64)
    wide = wide[~np.isnan(wide)]
    with np.errstate(over="ignore"):
        shares = np.asarray(TAILS).astype(case.fmt.dtype)
        places = as_float(case.oracle.truth(subject, "icdf", shares, case.fmt)).astype(case.fmt.dtype)
    if not len(wide) or not np.isfinite(places.astype(np.float64)).all():
        return
    low, high = interval(case, subject, places)
    if np.isnan(low).any() or np.isnan(high).any():
        return
    upto = np.count_nonzero(wide[:, None] <= places.astype(np.float64), axis=0)
    few, many = too_few(upto, len(wide), low), too_few(len(wide) - upto, len(wide), 1.0 - high)
    said = [
        _said(place, count, len(wide), exact, upper=share > 0.5)
        for place, count, exact, share in zip(places, upto, (low + high) / 2, TAILS, strict=True)
    ]
    message = "; ".join(text for text, wrong in zip(said, few | many, strict=True) if wrong)
    yield Check(
        of_the_cdf(case, subject, places, upto / len(wide), few | many, message),
        f"tails of {len(draws)} own samples (false-alarm rate {FALSE_ALARM:.0e} each)",
    )


def too_few(counts: NDArray[np.int64], total: int, least: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether as few as ``counts`` of ``total`` independent events, each with a probability of ``least`` or more, have
    a probability under FALSE_ALARM."""
    return np.asarray(scipy.special.bdtr(counts, total, np.clip(least, 0.0, 1.0)) < FALSE_ALARM)


def _said(place: Any, upto: int, total: int, exact: float, upper: bool) -> str:
    count, share = (total - upto, 1.0 - exact) if upper else (upto, exact)
    where = "above" if upper else "at or below"
    return f"{count} of {total} draws are {where} {place!s}, where {share * total:.3g} are meant"
