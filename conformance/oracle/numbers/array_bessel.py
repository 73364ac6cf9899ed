"""log(e^x K_1(x)) over arrays of balls, by the trapezoidal rule of ``ball_bessel`` with a fixed step.

GUARANTEE: that of ``array_balls``, for x of 1 or more; below 1 nothing is claimed. With a = 1 and h = 1/8 the rule is
off by at most 2 N/(e^(16 pi) - 1) < 2**-67, N < 12.1; from s = 7 on there is less than 2**-63; and the integral, whose
integrand is at least e^(-s^2)/2^(1/2), exceeds 1. Every term is positive: their roundings and those of their sum are at
most 64 ulp of it (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). RULE = 2**-46 covers all. Over
a ball: the function falls, by no more than 1/x, since K_0/K_1 < 1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from flint import arb, ctx

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import Floats

RULE = 2.0**-46
_LEAST = 1.0
_STEP = 0.125
_COUNT = 56


@lru_cache(maxsize=1)
def _weights() -> tuple[float, list[tuple[float, float]]]:
    """h/2^(1/2), the weight of s = 0; and s^2 with 2 h e^(-s^2), of which the first is exact, for the others."""
    with ctx.workprec(96):
        squares = [(_STEP * j) ** 2 for j in range(1, _COUNT)]
        first = float((arb(_STEP) * arb(0.5).sqrt()).mid())
        return first, [(square, float((2 * arb(_STEP) * (-arb(square)).exp()).mid())) for square in squares]


def _integral(x: Floats) -> Floats:
    first, terms = _weights()
    inverse = 1.0 / x
    total = np.full_like(x, 0.0)
    for square, weight in reversed(terms):  # the small ones first
        w = square * inverse
        total += weight * (1.0 + w) / np.sqrt(2.0 + w)
    return total + first


def log_scaled_k1(x: Ball) -> Ball:
    """See the module's docstring."""
    mid = np.asarray(x.mid, np.float64)
    least = np.where(np.equal(x.rad, 0.0), mid, (mid - x.rad) * (1 - 2.0**-50))
    known = least >= _LEAST
    at = np.where(known & np.isfinite(mid), mid, _LEAST)
    whole = _integral(at)
    log = balls.add(balls.log(Ball(whole, whole * RULE)), balls.scaled(balls.neg(balls.log(Ball(at, 0.0))), 0.5))
    rad = log.rad + np.where(np.equal(x.rad, 0.0), 0.0, x.rad / np.where(known, least, 1.0))
    return Ball(log.mid, np.where(known & np.isfinite(mid), rad, np.inf) * (1 + 2.0**-50))


def k1_slope(x: Any) -> Floats:
    """The derivative of log(e^x K_1(x)), about: an estimate."""
    x = np.asarray(x, np.float64)
    return np.where(x > 2.0**20, -0.5 / x, 1.0 - scipy.special.k0e(x) / scipy.special.k1e(x) - 1.0 / x)
