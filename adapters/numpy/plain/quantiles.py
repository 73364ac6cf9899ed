"""Quantiles of base distributions at the working precision, from both ends.

``<base>_isf`` is the quantile of 1 - q, which the quantile of a falling map asks for.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain import special
from adapters.numpy.plain.scalar_maps import normal_cdf_inverse, sigmoid_inverse

Floats = NDArray[Any]


def normal_icdf(q: Floats, loc: float, scale: float) -> Floats:
    """loc + scale ndtri(q)."""
    return loc + scale * normal_cdf_inverse(q)


def normal_isf(q: Floats, loc: float, scale: float) -> Floats:
    """loc - scale ndtri(q): 1 - q is never formed."""
    return loc - scale * normal_cdf_inverse(q)


def logistic_icdf(q: Floats, loc: float, scale: float) -> Floats:
    """loc + scale logit(q)."""
    return loc + scale * sigmoid_inverse(q)


def logistic_isf(q: Floats, loc: float, scale: float) -> Floats:
    """loc - scale logit(q): 1 - q is never formed."""
    return loc - scale * sigmoid_inverse(q)


def laplace_quantile(q: Floats) -> Floats:
    """log(2 m), m = min(q, 1 - q), with the sign of 1/2 - q turned: around 1/2 by log1p(2 m - 1), which is exact there,
    and the small end from q itself."""
    m = np.where(q < 0.5, q, 1 - q)
    size = np.where(m > 0.25, np.log1p(2 * m - 1), np.log(2 * m))
    return np.where(q < 0.5, size, -size)


def laplace_icdf(q: Floats, loc: float, scale: float) -> Floats:
    """loc + scale log(2 q) below 1/2, loc - scale log(2 (1 - q)) above, each by log1p next to 1/2."""
    return loc + scale * laplace_quantile(q)


def laplace_isf(q: Floats, loc: float, scale: float) -> Floats:
    """The quantile mirrored at loc: 1 - q is not formed where q is small."""
    return loc - scale * laplace_quantile(q)


def gumbel_icdf(q: Floats, loc: float, scale: float) -> Floats:
    """loc - scale log(-log(q))."""
    return loc - scale * np.log(-np.log(q))


def gumbel_isf(q: Floats, loc: float, scale: float) -> Floats:
    """loc - scale log(-log1p(-q)): 1 - q is never formed."""
    return loc - scale * np.log(-np.log1p(-q))


def student_t_quantile(q: Floats, df: float) -> Floats:
    """The t whose tail is q: t^2 = df (1 - b)/b with b the inverse of I(b; df/2, 1/2) = 2 m, m = min(q, 1 - q), in
    float64; around the middle df b/(1 - b) with I(b; 1/2, df/2) = 1 - 2 m."""
    m = np.where(q < 0.5, q, 1 - q).astype(np.float64)
    tail = special.betaincinv(df / 2, 0.5, 2 * m)
    middle = special.betaincinv(0.5, df / 2, 1 - 2 * m)
    size = np.where(m < 0.125, np.sqrt(df * ((1 - tail) / tail)), np.sqrt(df * (middle / (1 - middle))))
    return np.where(q < 0.5, -size, size).astype(q.dtype)


def student_t_icdf(q: Floats, df: float, loc: float, scale: float) -> Floats:
    """loc + scale t, t by the inverse of the regularised incomplete beta function in float64."""
    return loc + scale * student_t_quantile(q, df)


def student_t_isf(q: Floats, df: float, loc: float, scale: float) -> Floats:
    """The quantile mirrored at loc."""
    return loc - scale * student_t_quantile(q, df)


def cauchy_quantile(q: Floats) -> Floats:
    """-1/tan(pi q) below 1/4, tan(pi (q - 1/2)) in the middle, where that difference is exact, and 1/tan(pi (1 - q))
    above: tan(pi (q - 1/2)) alone loses the digits of small q."""
    middle = np.tan(math.pi * (q - 0.5))
    lower = -1 / np.tan(math.pi * q)
    upper = 1 / np.tan(math.pi * (1 - q))
    return np.where(q < 0.25, lower, np.where(q > 0.75, upper, middle))


def cauchy_icdf(q: Floats, loc: float, scale: float) -> Floats:
    """loc - scale/tan(pi q) for small q, tan(pi (q - 1/2)) only around the middle."""
    return loc + scale * cauchy_quantile(q)


def cauchy_isf(q: Floats, loc: float, scale: float) -> Floats:
    """The quantile mirrored at loc."""
    return loc - scale * cauchy_quantile(q)


def uniform_icdf(q: Floats, low: float, high: float) -> Floats:
    """low + q (high - low)."""
    return low + q * (high - low)


def uniform_isf(q: Floats, low: float, high: float) -> Floats:
    """high - q (high - low)."""
    return high - q * (high - low)


def exponential_icdf(q: Floats, rate: float) -> Floats:
    """-log1p(-q)/rate: small q keep their digits."""
    return -np.log1p(-q) / rate


def exponential_isf(q: Floats, rate: float) -> Floats:
    """-log(q)/rate: 1 - q is never formed."""
    return -np.log(q) / rate
