"""Softplus, the logistic function and their kin with ends and a width, at the working precision."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain.scalar_maps import (
    beyond,
    log1m_exp,
    sigmoid_fldj,
    sigmoid_forward,
    softplus_fldj,
    softplus_forward,
    softplus_ildj,
    softplus_inverse,
)

Floats = NDArray[Any]

WITH_PARAMETERS = {"softplus": "scaled_softplus", "sigmoid": "bounded_sigmoid"}
"""Maps that have functions of another name where they are given parameters."""


def scaled_softplus_forward(x: Floats, hinge_softness: float = 1.0, low: float = 0.0) -> Floats:
    """low + x + c log1p(exp(-|x|/c)) on the growing side, low + c log1p(exp(-|x|/c)) on the other, c the softness: what
    grows is x itself, since c times x/c may overflow in the quotient."""
    u = x / hinge_softness
    return np.where(u > 0, x, 0 * np.sign(x)) + hinge_softness * np.log1p(np.exp(-np.abs(u))) + low


def scaled_softplus_inverse(y: Floats, hinge_softness: float = 1.0, low: float = 0.0) -> Floats:
    """c log(expm1(u)) below u = 1, u = (y - low)/c, and y - low + c log1p(-exp(-u)) above; for tiny u the logarithm is
    log|y - low| - log|c|."""
    above = y - low
    u = above / hinge_softness
    logs = np.log(above * math.copysign(1.0, hinge_softness)) - math.log(abs(hinge_softness))
    near = np.where(u < 1e-30, logs, np.log(np.expm1(np.minimum(u, 1))))
    return np.where(u < 1, hinge_softness * near, above + hinge_softness * np.log1p(-np.exp(-u)))


def scaled_softplus_fldj(x: Floats, hinge_softness: float = 1.0, low: float = 0.0) -> Floats:
    """log sigmoid(x/c) = min(x/c, 0) - log1p(exp(-|x/c|)): two terms of one sign."""
    return softplus_fldj(x / hinge_softness)


def scaled_softplus_ildj(y: Floats, hinge_softness: float = 1.0, low: float = 0.0) -> Floats:
    """-log(-expm1(-u)) below 1/2, -log1p(-exp(-u)) above, u = (y - low)/c; log|c| - log|y - low| for tiny u."""
    above = y - low
    u = above / hinge_softness
    logs = np.log(above * math.copysign(1.0, hinge_softness)) - math.log(abs(hinge_softness))
    return np.where(u < 1e-30, -logs, softplus_ildj(u))


def between_forward(x: Floats, low: Fraction, high: Fraction) -> Floats:
    """low + w sigmoid(x) below 0, high - w sigmoid(-x) above, w = high - low: from the nearer end."""
    step = float(high - low) * sigmoid_forward(-np.abs(x))
    return np.where(x < 0, float(low) + step, float(high) - step)


def between_inverse(y: Floats, low: Fraction, high: Fraction) -> Floats:
    """log(a/b), a = y - low, b = high - y, the ends taken off in parts; by log1p((a - b)/b) around the middle."""
    a, b = beyond(y, low), -beyond(y, high)
    middle = np.abs(a - b) < 0.5 * float(high - low)
    return np.where(middle, np.log1p(np.where(middle, (a - b) / b, 0 * np.sign(y))), np.log(a) - np.log(b))


def between_fldj(x: Floats, low: Fraction, high: Fraction) -> Floats:
    """log(high - low) - |x| - 2 log1p(exp(-|x|))."""
    return sigmoid_fldj(x) + math.log(float(high - low))


def between_ildj(y: Floats, low: Fraction, high: Fraction) -> Floats:
    """log(high - low) - log(y - low) - log(high - y), the ends taken off in parts."""
    return math.log(float(high - low)) - np.log(beyond(y, low)) - np.log(-beyond(y, high))


def bounded_sigmoid_forward(x: Floats, low: float, high: float) -> Floats:
    """low + (high - low) sigmoid(x) below 0, high - (high - low) sigmoid(-x) above: from the nearer end."""
    return between_forward(x, Fraction(low), Fraction(high))


def bounded_sigmoid_inverse(y: Floats, low: float, high: float) -> Floats:
    """log((y - low)/(high - y)), by log1p around the middle."""
    return between_inverse(y, Fraction(low), Fraction(high))


def bounded_sigmoid_fldj(x: Floats, low: float, high: float) -> Floats:
    """log(high - low) - |x| - 2 log1p(exp(-|x|))."""
    return between_fldj(x, Fraction(low), Fraction(high))


def bounded_sigmoid_ildj(y: Floats, low: float, high: float) -> Floats:
    """log(high - low) - log(y - low) - log(high - y)."""
    return between_ildj(y, Fraction(low), Fraction(high))


def generalized_pareto_end(loc: float, scale: float, concentration: float) -> Fraction:
    """loc + scale/|concentration|, the upper end, exactly: it is seldom a float."""
    return Fraction(loc) + Fraction(scale) / abs(Fraction(concentration))


def generalized_pareto_forward(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """loc + softplus(x), or onto (loc, loc + scale/|c|) by the logistic function where the concentration c is negative,
    from the nearer end."""
    if concentration >= 0:
        return scaled_softplus_forward(x, low=loc)
    return between_forward(x, Fraction(loc), generalized_pareto_end(loc, scale, concentration))


def generalized_pareto_inverse(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """The inverse of softplus at y - loc, or log((y - loc)/(loc + scale/|c| - y)), the upper end taken off in parts,
    since no float holds it."""
    if concentration >= 0:
        return scaled_softplus_inverse(y, low=loc)
    return between_inverse(y, Fraction(loc), generalized_pareto_end(loc, scale, concentration))


def generalized_pareto_fldj(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """log sigmoid(x), or log(scale/|c|) - |x| - 2 log1p(exp(-|x|))."""
    if concentration >= 0:
        return softplus_fldj(x)
    return between_fldj(x, Fraction(loc), generalized_pareto_end(loc, scale, concentration))


def generalized_pareto_ildj(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """That of softplus at y - loc, or log(scale/|c|) - log(y - loc) - log(loc + scale/|c| - y), the upper end taken off
    in parts, since no float holds it."""
    if concentration >= 0:
        return scaled_softplus_ildj(y, low=loc)
    return between_ildj(y, Fraction(loc), generalized_pareto_end(loc, scale, concentration))


def soft_clip_forward(x: Floats, low: Any = None, high: Any = None, hinge_softness: float = 1.0) -> Floats:
    """Between two ends low - (w/s) log1p(-sigmoid(v) sigmoid(u)) for u < 0 and high - (w/s) softplus(v - softplus(u))
    beyond, with u = (x - low)/c, v = (high - low)/c, w = high - low, s = softplus(v), c the softness; a softplus where
    there is one end."""
    if high is None:
        return scaled_softplus_forward(x - low, hinge_softness, low)
    if low is None:
        return scaled_softplus_forward(x - high, -hinge_softness, high)
    u, v = (x - low) / hinge_softness, (high - low) / hinge_softness
    slope = (high - low) / (v + math.log1p(math.exp(-v)))
    below = low - slope * np.log1p(-sigmoid_forward(u) / (1 + math.exp(-v)))
    return np.where(u < 0, below, high - slope * softplus_forward(v - softplus_forward(u)))


def soft_clip_back(y: Floats, low: float, high: float, hinge_softness: float) -> Floats:
    """u = softplus^-1(a) - log(1 - exp(-b)), a = (y - low) s/w and b = (high - y) s/w, nan outside the ends."""
    v = (high - low) / hinge_softness
    slope = (high - low) / (v + math.log1p(math.exp(-v)))
    a, b = (y - low) / slope, (high - y) / slope
    return np.where((a >= 0) & (b >= 0), softplus_inverse(a) - log1m_exp(b), math.nan)


def soft_clip_slope(u: Floats, low: float, high: float, hinge_softness: float) -> Floats:
    """log sigmoid'(u) + log(w/(c s)) + log(sigmoid(v)/(1 - sigmoid(v) sigmoid(u))), the last from the nearer end."""
    v = (high - low) / hinge_softness
    s = v + math.log1p(math.exp(-v))
    below = (v - s) - np.log1p(-sigmoid_forward(u) / (1 + math.exp(-v)))
    above = v - softplus_forward(v - softplus_forward(u))
    return sigmoid_fldj(u) + np.where(u < 0, below, above) + math.log(v / s)


def soft_clip_inverse(y: Floats, low: Any = None, high: Any = None, hinge_softness: float = 1.0) -> Floats:
    """low + c u, u = softplus^-1(a) - log(1 - exp(-b)), a and b the distances from the ends in units of w/s: nothing
    overflows, and next to an end its distance keeps every digit."""
    if high is None:
        return low + scaled_softplus_inverse(y, hinge_softness, low)
    if low is None:
        return high + scaled_softplus_inverse(y, -hinge_softness, high)
    return low + hinge_softness * soft_clip_back(y, low, high, hinge_softness)


def soft_clip_fldj(x: Floats, low: Any = None, high: Any = None, hinge_softness: float = 1.0) -> Floats:
    """log sigmoid'(u) + log(w/(c s)) + log(sigmoid(v)/(1 - sigmoid(v) sigmoid(u))), u = (x - low)/c; log sigmoid where
    there is one end."""
    if high is None:
        return scaled_softplus_fldj(x - low, hinge_softness, low)
    if low is None:
        return scaled_softplus_fldj(x - high, -hinge_softness, high)
    return soft_clip_slope((x - low) / hinge_softness, low, high, hinge_softness)


def soft_clip_ildj(y: Floats, low: Any = None, high: Any = None, hinge_softness: float = 1.0) -> Floats:
    """Minus the log-det of the forward map at u of the inverse, which is not rounded by adding low."""
    if high is None:
        return scaled_softplus_ildj(y, hinge_softness, low)
    if low is None:
        return scaled_softplus_ildj(y, -hinge_softness, high)
    return -soft_clip_slope(soft_clip_back(y, low, high, hinge_softness), low, high, hinge_softness)
