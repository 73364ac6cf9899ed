"""Logarithms of both tails of base distributions at the working precision, taken from no tail that underflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain import special
from adapters.numpy.plain.bases import cauchy_share, student_t_cdf, student_t_log_prob, uniform_cdf, uniform_survival
from adapters.numpy.plain.scalar_maps import complement, log1m_exp, softplus_fldj

Floats = NDArray[Any]


def log_ndtr(z: Floats) -> Floats:
    """log(erfcx(-z/sqrt(2))/2) - z (z/2) left of -1, where the scaled complement neither under- nor overflows, and
    log1p(-erfc(z/sqrt(2))/2) right of it (DLMF 7.2): no logarithm of a probability that underflows or rounds to 1."""
    left = np.log(special.erfcx(-np.minimum(z, 0) / math.sqrt(2)) / 2) - z * (0.5 * z)
    right = np.log1p(-(complement(z / math.sqrt(2)) / 2).astype(z.dtype))
    return np.where(z < -1, left, right)


def normal_log_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """log_ndtr(z), z = (x - loc)/scale."""
    return log_ndtr((x - loc) / scale)


def normal_log_survival(x: Floats, loc: float, scale: float) -> Floats:
    """log_ndtr(-z), not log1p(-cdf)."""
    return log_ndtr(-(x - loc) / scale)


def logistic_log_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """log sigmoid(z) = min(z, 0) - log1p(exp(-|z|)): two terms of one sign."""
    return softplus_fldj((x - loc) / scale)


def logistic_log_survival(x: Floats, loc: float, scale: float) -> Floats:
    """log sigmoid(-z), not log1p(-cdf)."""
    return softplus_fldj(-(x - loc) / scale)


def log_half_exp(z: Floats) -> Floats:
    """z - log(2) below 0, log1p(-exp(-z)/2) above: the logarithm of the standard Laplace cdf."""
    return np.where(z < 0, z - math.log(2), np.log1p(-0.5 * np.exp(-np.abs(z))))


def laplace_log_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """z - log(2) below the middle, log1p(-exp(-z)/2) above."""
    return log_half_exp((x - loc) / scale)


def laplace_log_survival(x: Floats, loc: float, scale: float) -> Floats:
    """The logarithm of the cdf at the mirrored point, not log1p(-cdf)."""
    return log_half_exp(-(x - loc) / scale)


def gumbel_log_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """-exp(-z): no logarithm."""
    return -np.exp(-(x - loc) / scale)


def gumbel_log_survival(x: Floats, loc: float, scale: float) -> Floats:
    """log(1 - exp(-w)) with w = exp(-z), by log1p or expm1; -z itself from z = 40 on, where w is all that is left."""
    z = (x - loc) / scale
    return np.where(z > 40, -z, log1m_exp(np.exp(-np.minimum(z, 40))))


def student_t_fraction(x: Floats, df: float) -> Floats:
    """1/2F1(1, 1/2; df/2 + 1; -x) = 1 + k_1 x/(1 + k_2 x/(1 + ...)), Gauss's continued fraction (DLMF 15.7.5), of which
    110 levels do for x up to df/4."""
    c, v = df / 2 + 1, np.ones_like(x)
    for m in range(54, -1, -1):
        v = 1 + (m + 1) * (c + m - 0.5) / ((c + 2 * m) * (c + 2 * m + 1)) * x / v
        v = 1 + (m + 0.5) * (c + m - 1) / ((c + 2 * m - 1) * (c + 2 * m)) * x / v
    return v


def student_t_log_tail(z: Floats, df: float) -> Floats:
    """log P(T > z), in float64: log1p of the other tail left of 0. From 2 on, where 1/2 less what lies below cancels
    and in the end underflows, log f(z) + log(1/z + z/df) + log 2F1(1, 1/2; df/2 + 1; -df/z^2), f the density (DLMF
    8.17.7 and 15.8.1)."""
    size = np.abs(z).astype(np.float64)
    t = np.maximum(size, 2.0)
    far = student_t_log_prob(t, df, 0.0, 1.0) + np.log(1 / t + t / df) - np.log(student_t_fraction(df / t / t, df))
    tail = np.where(size > 2, far, np.log(student_t_cdf(-np.minimum(size, 2.0), df, 0.0, 1.0)))
    return np.where(z < 0, np.log1p(-np.exp(tail)), tail).astype(z.dtype)


def student_t_log_cdf(x: Floats, df: float, loc: float, scale: float) -> Floats:
    """log P(T > -z), z = (x - loc)/scale."""
    return student_t_log_tail(-(x - loc) / scale, df)


def student_t_log_survival(x: Floats, df: float, loc: float, scale: float) -> Floats:
    """log P(T > z), not log1p(-cdf)."""
    return student_t_log_tail((x - loc) / scale, df)


def log_cauchy_share(z: Floats) -> Floats:
    """The logarithm of the standard cdf: log1p of the other tail right of the middle, -log(pi |z|) far to the left,
    where the tail may be subnormal."""
    near = np.where(z < 0, np.log(cauchy_share(z)), np.log1p(-cauchy_share(-z)))
    return np.where(z < -1e9, -np.log(np.abs(z)) - math.log(math.pi), near)


def cauchy_log_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """log(atan2(1, -z)/pi), by log1p of the other tail right of the middle."""
    return log_cauchy_share((x - loc) / scale)


def cauchy_log_survival(x: Floats, loc: float, scale: float) -> Floats:
    """The logarithm of the cdf at the mirrored point."""
    return log_cauchy_share(-(x - loc) / scale)


def uniform_log_cdf(x: Floats, low: float, high: float) -> Floats:
    """log((x - low)/(high - low)), by log1p of the rest nearer to the upper end; -inf below, 0 above."""
    below, above = uniform_cdf(x, low, high), uniform_survival(x, low, high)
    return np.where(below < 0.5, np.log(below), np.log1p(-above))


def uniform_log_survival(x: Floats, low: float, high: float) -> Floats:
    """log((high - x)/(high - low)), by log1p of the rest nearer to the lower end; 0 below, -inf above."""
    below, above = uniform_cdf(x, low, high), uniform_survival(x, low, high)
    return np.where(above < 0.5, np.log(above), np.log1p(-below))


def exponential_log_cdf(x: Floats, rate: float) -> Floats:
    """log(1 - exp(-rate x)), by log1p or expm1; -inf below the support. Next to 0 log(rate) + log(x), where the product
    would be subnormal."""
    m = np.maximum(x, 0)
    found = np.where(m < 1e-30, np.log(m) + math.log(rate), log1m_exp(rate * m))
    return np.where(x < 0, -math.inf, found).astype(x.dtype)


def exponential_log_survival(x: Floats, rate: float) -> Floats:
    """-rate x; 0 below the support."""
    return -rate * np.maximum(x, 0)
