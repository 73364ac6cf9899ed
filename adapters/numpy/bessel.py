"""Modified Bessel functions of pairs.

Guarantee: relative error of e^x K_1(x) below 2**-2p+12, for x > 0 away from underflow of 1/x.

Method: below 1 the power series (DLMF 10.31.1); from 1 on the integral over s of e^(-s^2) (1 + w)/sqrt(2 + w) over
sqrt(x), w = s^2/x, which is that of DLMF 10.32.9 with s^2 = x (cosh t - 1). It is holomorphic for |Im s| < sqrt(2 x),
so that the trapezoidal rule of step h leaves out about e^(-2 pi/h).
"""

from __future__ import annotations

import functools
from fractions import Fraction
from math import factorial

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.functions import EULER_GAMMA, exp_of, root_of
from adapters.numpy.pairs import Pair, where

_STEPS = {"float32": (Fraction(1, 7), 44), "float64": (Fraction(1, 14), 126)}
"""Per dtype h and the number of nodes: e^(-2 pi/h) and e^(-s^2) at the last are below 2**-2p."""

_TERMS = {"float32": 10, "float64": 17}


@functools.cache
def _rule(name: str) -> tuple[Pair, list[tuple[Pair, Pair]]]:
    """The weight of s = 0, and s^2 and the weight of the other nodes."""
    step, count = _STEPS[name]
    nodes = [((step * j) ** 2, 2 * step * exp_of(-((step * j) ** 2))) for j in range(1, count)]
    first = Pair.constant(step * root_of(Fraction(1, 2)), name)
    return first, [(Pair.constant(square, name), Pair.constant(weight, name)) for square, weight in nodes]


def log_scaled_k1(x: Pair) -> Pair:
    """log(e^x K_1(x)) for x > 0."""
    low = x.hi < 1.0
    small, large = where(low, x, x.like(1.0)), where(low, x.like(1.0), x)
    near = small + fn.log(_times_argument(small)) - fn.log(small)
    return where(low, near, fn.log(_integral(large)) - fn.log(large).scaled(0.5))


def _integral(x: Pair) -> Pair:
    first, nodes = _rule(x.hi.dtype.name)
    inverse, total = 1.0 / x, x.like(0.0)
    for square, weight in reversed(nodes):
        w = inverse * square
        total = total + (w + 1.0) * weight / fn.sqrt(w + 2.0)
    return total + first


def _times_argument(x: Pair) -> Pair:
    """x K_1(x) for 0 < x <= 1: 1 + x^2/2 (log(x/2) I - S), I and S power series of x^2/4."""
    quarter = x.square().scaled(0.25)
    harmonic = [Fraction(0)]
    for k in range(1, _TERMS[x.hi.dtype.name] + 1):
        harmonic.append(harmonic[-1] + Fraction(1, k))
    log_part, plain = x.like(0.0), x.like(0.0)
    for k in range(_TERMS[x.hi.dtype.name] - 1, -1, -1):
        inverse = Fraction(1, factorial(k) * factorial(k + 1))
        digammas = harmonic[k] + harmonic[k + 1] - 2 * EULER_GAMMA
        log_part = log_part * quarter + x.like(inverse)
        plain = plain * quarter + x.like(digammas * inverse / 2)
    return (fn.log(x.scaled(0.5)) * log_part - plain) * quarter.scaled(2.0) + 1.0


def is_far(x: Pair, size: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where x^2 + size^2 is x^2 to the last bit of a pair."""
    return np.asarray(np.abs(x.hi) > size * 2.0**58)
