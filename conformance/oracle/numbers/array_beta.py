"""The incomplete beta function over arrays of balls, from positive series.

GUARANTEE: that of ``array_balls``, for parameters whose series has at most MOST_TERMS terms. With y = 1 - x (DLMF
8.17.8, 8.17.4):

    I_x(a, b) = x^a y^b/(a B(a, b)) F_ab(x) = 1 - x^a y^b/(b B(a, b)) F_ba(y),  F_ab(x) = sum_n (a + b)_n/(a + 1)_n x^n

The first serves x up to the split (a + 1)/(a + b + 2), the second the rest, so that the ratios of neighbouring terms
are below 1 from the first on or soon. What is left out is below a geometric series at the edge, which lies a little
beyond the split. (log F)' is at most F' at the edge, since F' rises and F >= 1, and at most N/x, N being (log F)' x at
the edge: that is the mean of n with the terms as weights, which rises too. All terms are positive, the nth the product
of n factors of seven roundings each: those of the sum are at most 7 N of it, and one for each addition (Higham,
Accuracy and Stability of Numerical Algorithms, section 4.2). Arguments come with logarithms, so that x may underflow.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy
from flint import arb, ctx

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import TINY, Ball
from conformance.oracle.numbers.array_kernels import Floats
from conformance.oracle.numbers.array_pulls import enclosed
from conformance.oracle.numbers.arrays import NotOffered

MOST_TERMS = 1536
"""Those of half-Student's law of 64 degrees of freedom. Beyond, the exponent is a sum of so large logarithms that most
shares would go to polynomials all the same."""

_LEFT_OUT = 2.0**-60
_ROOM = 2.0**-4
"""How far the edge lies beyond the split, in standard deviations of the logit where that is small."""

_FAR_OUT = -40.0

_STRETCH = 64
_ROUND = 2.0**-53
_ONE = Ball(1.0, 0.0)


class Side(NamedTuple):
    """What one of the two series needs: its parameters, a bound of its argument, how many terms, F' and N there."""

    a: float
    b: float
    edge: float
    terms: int
    steep: float
    mean: float
    log_factor: Ball
    """log(a B(a, b))."""


@lru_cache(maxsize=64)
def sides(a: float, b: float) -> tuple[float, Side, Side]:
    """The split, the series below it and that above. NotOffered where either would be too long."""
    split = (a + 1.0) / (a + b + 2.0)
    away = _ROOM / max(1.0, a + b) ** 0.5
    below = _side(a, b, split + away * split * (1.0 - split))
    return split, below, _side(b, a, 1.0 - split + away * split * (1.0 - split))


@lru_cache(maxsize=64)
def log_beta(a: float, b: float) -> Ball:
    """log B(a, b)."""
    with ctx.workprec(128):
        return enclosed(arb(a).lgamma() + arb(b).lgamma() - (arb(a) + arb(b)).lgamma()).ball


def _side(a: float, b: float, edge: float) -> Side:
    term, total, weighted = 1.0, 1.0, 0.0
    for n in range(MOST_TERMS):
        ratio = (a + b + n) / (a + 1.0 + n) * edge * (1.0 + 2.0**-50)
        term *= ratio
        # From here on the ratios are below the larger of this one and the edge, their limit.
        later = max(ratio, edge)
        if later < 1.0 and term * (n + 2.0) / (1.0 - later) ** 2 < _LEFT_OUT * 0.5:
            log_factor = balls.add(log_beta(a, b), balls.log(Ball(a, 0.0)))
            weighted = 1.01 * weighted + _LEFT_OUT
            return Side(a, b, edge, n + 1, weighted / edge, weighted / total, log_factor)
        total += term
        weighted += (n + 1.0) * term
    raise NotOffered("the incomplete beta function of such parameters")


def _series(x: Ball, side: Side) -> Ball:
    """F, unbounded where x may lie beyond the edge."""
    shape = np.shape(x.mid)
    at = np.clip(np.nan_to_num(np.asarray(x.mid, np.float64)), 0.0, side.edge).ravel()
    total, term = np.ones_like(at), np.ones_like(at)
    rows = np.arange(at.size)  # where terms still count
    own, part = at, term
    for n in range(side.terms):
        term = term * ((side.a + side.b + n) / (side.a + 1.0 + n) * own)
        part = part + term
        if n % _STRETCH == _STRETCH - 1:
            total[rows] = part
            ratio = np.maximum((side.a + side.b + n + 1.0) / (side.a + 2.0 + n) * own, own)
            counts = ~((ratio < 1.0) & (term < _LEFT_OUT * 0.25 * (1.0 - ratio)))
            rows, own, part, term = rows[counts], own[counts], part[counts], term[counts]
            if not rows.size:
                break
    total[rows] = part
    return _spread(x, total.reshape(shape), side)


def _spread(x: Ball, mid: Floats, side: Side) -> Ball:
    low, high = np.asarray(x.mid) - x.rad, (np.asarray(x.mid) + x.rad) * (1.0 + 2.0**-50)
    slope = np.minimum(side.steep, side.mean / np.maximum(low, TINY))
    stretch = np.where(np.equal(x.rad, 0.0), 0.0, x.rad * slope)
    rounded = (8.0 * side.mean + 1.1 * side.terms + 8.0) * _ROUND + _LEFT_OUT
    rad = mid * (rounded + 2.0 * stretch)  # e^s - 1 < 2 s there
    known = (stretch <= 0.5) & (high <= side.edge)
    return Ball(mid, np.where(known & np.isfinite(rad), rad, np.inf) * (1.0 + 2.0**-40))


def shares(x: Ball, log_x: Ball, a: float, b: float) -> tuple[Ball, Ball]:
    """I_x(a, b) and its logarithm, from x and log x."""
    split, below, above = sides(a, b)
    near = np.asarray(x.mid) < split
    y, log_y = balls.add(_ONE, balls.neg(x)), balls.log1p(balls.neg(x))
    common = balls.add(balls.mul(Ball(a, 0.0), log_x), balls.mul(Ball(b, 0.0), log_y))
    # Either point of the other series is put where nothing is left of it; neither is looked at there.
    at_x, at_y = balls.chosen(near, x, Ball(0.0, 0.0)), balls.chosen(near, Ball(0.0, 0.0), y)
    log_below = balls.add(balls.add(common, balls.neg(below.log_factor)), balls.log(_series(at_x, below)))
    rest = balls.neg(
        balls.exp(balls.add(balls.add(common, balls.neg(above.log_factor)), balls.log(_series(at_y, above))))
    )
    value = balls.chosen(near, balls.exp(log_below), balls.add(_ONE, rest))
    # A midpoint that keeps its sign where it underflows.
    return Ball(np.maximum(value.mid, TINY), value.rad + TINY), balls.chosen(near, log_below, balls.log1p(rest))


def growth(x: Floats, log_x: Floats, log_share: Floats, a: float, b: float) -> Floats:
    """d log I / d log x, about: an estimate."""
    logs = a * log_x + (b - 1.0) * np.log1p(-x) - log_beta(a, b).mid - log_share
    return np.nan_to_num(np.exp(np.minimum(logs, 700.0)))


def logit_inverse(q: Floats, a: float, b: float) -> Floats:
    """The logit of the x with I_x(a, b) = q, about; by the first term of the series where x or 1 - x is small."""
    q = np.asarray(q, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(scipy.special.betaincinv(a, b, q)) - np.log(scipy.special.betainccinv(b, a, q))
        low = (np.log(q) + np.log(a) + log_beta(a, b).mid) / a
        high = -(np.log1p(-q) + np.log(b) + log_beta(a, b).mid) / b
    return np.where(low < _FAR_OUT, low, np.where(high > -_FAR_OUT, high, found))
