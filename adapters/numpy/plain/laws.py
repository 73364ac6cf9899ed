"""Ready-made laws at the working precision, where a formula of their own keeps what a base through a map loses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain.cdf_maps import log_rest
from adapters.numpy.plain.extreme_maps import extreme_power, growth
from adapters.numpy.plain.scalar_maps import log1m_exp

Floats = NDArray[Any]


def weibull_log_cdf(y: Floats, scale: float, concentration: float) -> Floats:
    """log(1 - exp(-w)), w = (y/scale)^concentration, by log1p or expm1; log(w) alone where w may underflow."""
    log_w = concentration * (np.log(np.maximum(y, 0)) - math.log(scale))
    return np.where(log_w < -40, log_w, log1m_exp(np.exp(np.maximum(log_w, -40))))


def pareto_log_cdf(y: Floats, scale: float, concentration: float) -> Floats:
    """log(1 - exp(-c log1p((y - scale)/scale))), c the concentration: next to the scale that difference is exact, and
    the quotient y/scale is not."""
    return log1m_exp(concentration * np.log1p(np.maximum(y - scale, 0) / scale))


def generalized_extreme_value_log_prob(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """-(1 + c) r - w - log(scale), r = log(1 + c (y - loc)/scale)/c, w = exp(-r) as a power, both from the distance to
    the end of the support; -inf beyond that."""
    r = growth(y, loc, scale, concentration)
    w = extreme_power(y, loc, scale, concentration)
    inside = np.where(np.isinf(w), -w, -(1 + concentration) * r - w - math.log(scale))
    return np.where(np.isnan(r) & ~np.isnan(y), -math.inf, inside)


def generalized_pareto_law_log_prob(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """-(1 + c) r - log(scale), r = log(1 + c (y - loc)/scale)/c, the logarithm from the distance to the end of the
    support; -inf outside."""
    r = growth(y, loc, scale, concentration)
    outside = (y < loc) | (np.isnan(r) & ~np.isnan(y))
    return np.where(outside, -math.inf, -(1 + concentration) * r - math.log(scale))


def kumaraswamy_log_survival(y: Floats, concentration1: float, concentration0: float) -> Floats:
    """b log(1 - y^a), a and b the concentrations 1 and 0: no power of what underflows or rounds to 1."""
    return concentration0 * log_rest(np.clip(y, 0, 1), concentration1)


def kumaraswamy_log_cdf(y: Floats, concentration1: float, concentration0: float) -> Floats:
    """log(1 - exp(s)), s the logarithm of the survival function; log(b) + a log(y) where y^a may underflow."""
    held = np.clip(y, 0, 1)
    log_power = concentration1 * np.log(held)
    found = log1m_exp(-concentration0 * log_rest(held, concentration1))
    return np.where(log_power < -40, log_power + math.log(concentration0), found)
