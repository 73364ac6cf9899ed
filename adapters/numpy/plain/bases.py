"""Base distributions at the working precision: log density, cdf and survival function on the support."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain import special
from adapters.numpy.plain.scalar_maps import complement, sigmoid_forward

Floats = NDArray[Any]


def normal_log_prob(x: Floats, loc: float, scale: float) -> Floats:
    """-z (z/2) - log(scale) - log(2 pi)/2 with z = (x - loc)/scale; z^2 alone overflows earlier."""
    z = (x - loc) / scale
    return -(z * (0.5 * z)) - (0.5 * math.log(2 * math.pi) + math.log(scale))


def normal_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """erfc(-z/sqrt(2))/2: the left tail keeps its digits, where (1 + erf(z/sqrt(2)))/2 cancels to 0."""
    return (complement(-((x - loc) / scale) / math.sqrt(2)) / 2).astype(x.dtype)


def normal_survival(x: Floats, loc: float, scale: float) -> Floats:
    """erfc(z/sqrt(2))/2, not 1 - cdf."""
    return (complement((x - loc) / scale / math.sqrt(2)) / 2).astype(x.dtype)


def logistic_log_prob(x: Floats, loc: float, scale: float) -> Floats:
    """-|z| - 2 log1p(exp(-|z|)) - log(scale): symmetric, so nothing overflows on either side."""
    m = np.abs((x - loc) / scale)
    return -(m + 2 * np.log1p(np.exp(-m))) - math.log(scale)


def logistic_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """sigmoid(z), by exp(-|z|) on both sides."""
    return sigmoid_forward((x - loc) / scale)


def logistic_survival(x: Floats, loc: float, scale: float) -> Floats:
    """sigmoid(-z), not 1 - sigmoid(z)."""
    return sigmoid_forward(-(x - loc) / scale)


def laplace_log_prob(x: Floats, loc: float, scale: float) -> Floats:
    """-|z| - log(2 scale)."""
    return -np.abs((x - loc) / scale) - math.log(2 * scale)


def laplace_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """exp(z)/2 below the middle, 1 - exp(-z)/2 above; one formula with expm1 and a sign cancels in the left tail."""
    z = (x - loc) / scale
    half = 0.5 * np.exp(-np.abs(z))
    return np.where(z < 0, half, 1 - half)


def laplace_survival(x: Floats, loc: float, scale: float) -> Floats:
    """The cdf at the mirrored point, not 1 - cdf."""
    z = (x - loc) / scale
    half = 0.5 * np.exp(-np.abs(z))
    return np.where(z > 0, half, 1 - half)


def gumbel_log_prob(x: Floats, loc: float, scale: float) -> Floats:
    """-z - exp(-z) - log(scale): no logarithm of a computed density."""
    z = (x - loc) / scale
    return np.where(z == -math.inf, -math.inf, -z - np.exp(-z) - math.log(scale)).astype(x.dtype)


def gumbel_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """exp(-exp(-z))."""
    return np.exp(-np.exp(-(x - loc) / scale))


def gumbel_survival(x: Floats, loc: float, scale: float) -> Floats:
    """-expm1(-exp(-z)): the right tail keeps its digits, where 1 - cdf is 0 from z = 17 (float32) on."""
    return -np.expm1(-np.exp(-(x - loc) / scale))


def student_t_log_prob(x: Floats, df: float, loc: float, scale: float) -> Floats:
    """c - (df + 1)/2 log1p(z^2/df). For large |z|, where z^2 overflows, log1p becomes 2 log|z| - log(df). For df > 50,
    where the log-gammas of c cancel, c = -log(2 pi)/2 - 1/(4 df) + 1/(24 df^3) - 1/(20 df^5) + 17/(112 df^7) - ...."""
    z = (x - loc) / scale
    if df > 50:
        w = 1 / df
        c = -0.5 * math.log(2 * math.pi) - w / 4 + w**3 / 24 - w**5 / 20 + 17 * w**7 / 112 - 31 * w**9 / 36
    else:
        c = math.log(math.gamma((df + 1) / 2) / math.gamma(df / 2)) - 0.5 * math.log(math.pi * df)
    far = np.abs(z) > math.sqrt(df) * float(np.finfo(z.dtype).max) ** 0.25
    near = np.log1p(np.where(far, 0 * np.sign(z), z) ** 2 / df)
    logs = np.where(far, 2 * np.log(np.abs(z)) - math.log(df), near)
    return (c - math.log(scale)) - (df + 1) / 2 * logs


def student_t_cdf(x: Floats, df: float, loc: float, scale: float) -> Floats:
    """I(df/(df + z^2); df/2, 1/2)/2 in the left tail, by the regularised incomplete beta function, in float64. Next to
    the middle 1/2 plus the function with the arguments exchanged."""
    z = ((x - loc) / scale).astype(np.float64)
    tail = 0.5 * special.betainc(df / 2, 0.5, 1 / (1 + z * (z / df)))
    middle = 0.5 * special.betainc(0.5, df / 2, z * (z / df) / (1 + z * (z / df)))
    lower = np.where(z * z > df, tail, 0.5 - middle)
    upper = np.where(z * z > df, 1 - tail, 0.5 + middle)
    return np.where(z < 0, lower, upper).astype(x.dtype)


def student_t_survival(x: Floats, df: float, loc: float, scale: float) -> Floats:
    """The cdf at the mirrored point, not 1 - cdf."""
    return student_t_cdf(2 * loc - x, df, loc, scale)


def cauchy_prob(x: Floats, loc: float, scale: float) -> Floats:
    """1/(pi scale (1 + z^2)); 1/z/z in its place where the square may overflow."""
    z = (x - loc) / scale
    far = np.abs(z) > 1e9
    near = 1 / (1 + np.where(far, 0 * np.sign(z), z) ** 2)
    return np.where(far, 1 / np.where(far, z, np.ones_like(z)) / z / (math.pi * scale), near / (math.pi * scale))


def cauchy_share(z: Floats) -> Floats:
    """atan2(1, -z)/pi, the standard cdf: 1/2 + atan(z)/pi cancels in the left tail, and this is 1/(pi |z|) there."""
    return np.arctan2(np.ones_like(z), -z) / math.pi


def cauchy_cdf(x: Floats, loc: float, scale: float) -> Floats:
    """atan2(1, -z)/pi, z = (x - loc)/scale; 1/2 + atan(z)/pi cancels in the left tail."""
    return cauchy_share((x - loc) / scale)


def cauchy_survival(x: Floats, loc: float, scale: float) -> Floats:
    """atan2(1, z)/pi, not 1 - cdf."""
    return cauchy_share(-(x - loc) / scale)


def uniform_log_prob(x: Floats, low: float, high: float) -> Floats:
    """-log(high - low) on the support, -inf elsewhere: a mask, not a logarithm of a comparison."""
    return np.where((x >= low) & (x <= high), -math.log(high - low), np.where(np.isnan(x), x, -math.inf)).astype(
        x.dtype
    )


def uniform_cdf(x: Floats, low: float, high: float) -> Floats:
    """(x - low)/(high - low), held between 0 and 1."""
    return np.clip((x - low) / (high - low), 0, 1)


def uniform_survival(x: Floats, low: float, high: float) -> Floats:
    """(high - x)/(high - low), held between 0 and 1."""
    return np.clip((high - x) / (high - low), 0, 1)


def exponential_log_prob(x: Floats, rate: float) -> Floats:
    """log(rate) - rate x on the support, -inf below."""
    return np.where(x < 0, -math.inf, math.log(rate) - rate * x).astype(x.dtype)


def exponential_cdf(x: Floats, rate: float) -> Floats:
    """-expm1(-rate x): small values keep their digits; 0 below the support."""
    return np.where(x < 0, 0.0, -np.expm1(-rate * x)).astype(x.dtype)


def exponential_survival(x: Floats, rate: float) -> Floats:
    """exp(-rate x); 1 below the support."""
    return np.where(x < 0, 1.0, np.exp(-rate * x)).astype(x.dtype)
