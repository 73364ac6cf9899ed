"""Distribution functions of largest values as maps, at the working precision."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain.cdf_maps import log_quotient
from adapters.numpy.plain.scalar_maps import beyond, root

Floats = NDArray[Any]


def frechet_cdf_forward(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """exp(-w), w = ((x - loc)/scale)^-concentration, nan below loc."""
    w = np.power(np.abs(x - loc) / scale, x.dtype.type(-concentration))
    return np.where(x < loc, math.nan, np.exp(-w))


def frechet_cdf_inverse(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """loc + scale w^(-1/concentration), w = -log(y)."""
    w = -np.log(y)
    return loc + scale * root(w, -concentration)


def frechet_cdf_fldj(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """log(c/scale) - (1 + c) log(z) - z^-c, z = (x - loc)/scale, c the concentration; -inf where the power is."""
    w = np.power(np.abs(x - loc) / scale, x.dtype.type(-concentration))
    slope = math.log(concentration / scale) - (1 + concentration) * log_quotient(x - loc, scale) - w
    return np.where(x < loc, math.nan, np.where(np.isinf(w), -w, slope))


def frechet_cdf_ildj(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """w - (1 + 1/c) log(w) - log(c/scale), w = -log(y): from y itself."""
    w = -np.log(y)
    slope = w - (1 + concentration) / concentration * np.log(w) - math.log(concentration / scale)
    return np.where(np.isinf(w), w, slope)


def growth(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """log(1 + c z)/c, z = (x - loc)/scale: by log1p around loc, and away from it by the distance from the end
    loc - scale/c, which is taken off in parts, since next to it 1 + c z cancels. z itself where c is 0."""
    z = (x - loc) / scale
    if concentration == 0:
        return z
    end = Fraction(loc) - Fraction(scale) / Fraction(concentration)
    away = np.log(beyond(x, end) * (concentration / scale))
    near = np.log1p(np.where(np.abs(concentration * z) < 0.5, concentration * z, 0 * np.sign(x)))
    return np.where(np.abs(concentration * z) < 0.5, near, away) / concentration


def extreme_power(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """exp(-r), r = log(1 + c z)/c: away from loc as the power (1 + c z)^(-1/c), since exp magnifies a rounded r."""
    z = (x - loc) / scale
    near = np.exp(-growth(x, loc, scale, concentration))
    if concentration == 0:
        return near
    end = Fraction(loc) - Fraction(scale) / Fraction(concentration)
    power = root(beyond(x, end) * (concentration / scale), -concentration)
    return np.where(np.abs(concentration * z) < 0.5, near, power)


def generalized_extreme_value_cdf_forward(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """exp(-w), w = (1 + c (x - loc)/scale)^(-1/c), from the distance to the end of the domain."""
    return np.exp(-extreme_power(x, loc, scale, concentration))


def generalized_extreme_value_cdf_inverse(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """loc + scale expm1(-c log(w))/c, w = -log(y)."""
    return loc + scale * (np.expm1(-concentration * np.log(-np.log(y))) / concentration)


def generalized_extreme_value_cdf_fldj(x: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """-(1 + c) r - w - log(scale), r = log(1 + c (x - loc)/scale)/c, w = exp(-r) as a power; -inf where that is."""
    r = growth(x, loc, scale, concentration)
    w = extreme_power(x, loc, scale, concentration)
    return np.where(np.isinf(w), -w, -(1 + concentration) * r - w - math.log(scale))


def generalized_extreme_value_cdf_ildj(y: Floats, loc: float, scale: float, concentration: float) -> Floats:
    """w - (1 + c) log(w) + log(scale), w = -log(y): from y itself."""
    w = -np.log(y)
    return np.where(np.isinf(w), w, w - (1 + concentration) * np.log(w) + math.log(scale))
