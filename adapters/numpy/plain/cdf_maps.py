"""Distribution functions as maps at the working precision: value, inverse and both log-dets.

What may leave the range stays a logarithm until the last step, and what is next to 0 or 1 is not taken from the other
end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain import special
from adapters.numpy.plain.scalar_maps import complement, log1m_exp, root

Floats = NDArray[Any]


def weibull_power(x: Floats, scale: float, concentration: float) -> Floats:
    """(x/scale)^concentration for x >= 0, nan below; next to both ends from x itself, since the quotient may be
    subnormal or overflow."""
    power = x.dtype.type(concentration)
    held = np.where((x < 1e-30) | (x > 1e30), scale + 0 * np.sign(x), x)
    far = np.power(np.abs(x), power) * scale**-concentration
    return np.where(x < 0, math.nan, np.where((x < 1e-30) | (x > 1e30), far, np.power(held / scale, power)))


def log_quotient(x: Floats, scale: float) -> Floats:
    """log(x/scale); a difference of logarithms next to both ends, where the quotient may be subnormal or overflow."""
    return np.where((x < 1e-30) | (x > 1e30), np.log(x) - math.log(scale), np.log(x / scale))


def weibull_cdf_forward(x: Floats, scale: float, concentration: float) -> Floats:
    """-expm1(-w), w = (x/scale)^concentration: 1 - exp(-w) loses small w."""
    return -np.expm1(-weibull_power(x, scale, concentration))


def weibull_cdf_inverse(y: Floats, scale: float, concentration: float) -> Floats:
    """scale w^(1/concentration), w = -log1p(-y), nan below 0."""
    return scale * root(-np.log1p(-y), concentration)


def weibull_cdf_fldj(x: Floats, scale: float, concentration: float) -> Floats:
    """log(c/scale) + (c - 1) log(x/scale) - w, w = (x/scale)^c, c the concentration; -w where that overflows."""
    w = weibull_power(x, scale, concentration)
    slope = math.log(concentration / scale) + (concentration - 1) * log_quotient(x, scale) - w
    return np.where(np.isinf(w), -w, slope)


def weibull_cdf_ildj(y: Floats, scale: float, concentration: float) -> Floats:
    """w - (1 - 1/c) log(w) - log(c/scale) with w = -log1p(-y), from y itself."""
    w = -np.log1p(-y)
    slope = w - (concentration - 1) / concentration * np.log(w) - math.log(concentration / scale)
    return np.where(np.isinf(w), w, slope)


def rayleigh_cdf_forward(x: Floats, scale: float) -> Floats:
    """-expm1(-z (z/2)), z = x/scale: 1 - exp loses small z, and z^2 alone overflows earlier."""
    z = x / scale
    return np.where(x < 0, math.nan, -np.expm1(-(z * (0.5 * z))))


def rayleigh_cdf_inverse(y: Floats, scale: float) -> Floats:
    """scale sqrt(-2 log1p(-y))."""
    return scale * np.sqrt(-np.log1p(-y)) * math.sqrt(2)


def rayleigh_cdf_fldj(x: Floats, scale: float) -> Floats:
    """log(x/scale) - log(scale) - z (z/2): no logarithm of the density, no square that overflows."""
    z = x / scale
    square = z * (0.5 * z)
    return np.where(np.isinf(square), -square, log_quotient(x, scale) - math.log(scale) - square)


def rayleigh_cdf_ildj(y: Floats, scale: float) -> Floats:
    """w - log(2 w)/2 + log(scale), w = -log1p(-y)."""
    w = -np.log1p(-y)
    return np.where(np.isinf(w), w, w - 0.5 * (np.log(w) + math.log(2)) + math.log(scale))


def log_rest(x: Floats, power: float) -> Floats:
    """log(1 - x^power): by log1p below 1/2, by expm1 of the exponent's product above, where x^power rounds to 1."""
    small = np.power(x, x.dtype.type(power))
    return np.where(small < 0.5, np.log1p(-small), np.log(-np.expm1(power * np.log(x))))


def kumaraswamy_cdf_forward(x: Floats, concentration1: float, concentration0: float) -> Floats:
    """-expm1(b log(1 - x^a)), a and b the concentrations 1 and 0: 1 - (1 - x^a)^b loses small x and x next to 1."""
    return -np.expm1(concentration0 * log_rest(x, concentration1))


def kumaraswamy_cdf_inverse(y: Floats, concentration1: float, concentration0: float) -> Floats:
    """(-expm1(r))^(1/a), r = log1p(-y)/b; exp(log1p(-exp(r))/a) next to 1. Next to 0 from y itself, since y/b may be
    subnormal."""
    r = np.log1p(-y) / concentration0
    low = root(-np.expm1(r), concentration1)
    high = np.exp(np.log1p(-np.exp(r)) / concentration1)
    tiny = root(y, concentration1) * concentration0 ** (-1 / concentration1)
    return np.where(y < 1e-30, tiny, np.where(r < -math.log(2), high, low))


def kumaraswamy_cdf_fldj(x: Floats, concentration1: float, concentration0: float) -> Floats:
    """log(a b) + (a - 1) log(x) + (b - 1) log(1 - x^a): a sum of logarithms, never the logarithm of a product."""
    logs = (concentration1 - 1) * np.log(x) + (concentration0 - 1) * log_rest(x, concentration1)
    return logs + math.log(concentration1 * concentration0)


def kumaraswamy_cdf_ildj(y: Floats, concentration1: float, concentration0: float) -> Floats:
    """-(log(a b) + (a - 1) log(x) + (b - 1) r) with r = log(1 - x^a) = log1p(-y)/b and log(x) = log(1 - exp(r))/a, from
    y itself: the inverse may round to 1, or underflow."""
    r = np.log1p(-y) / concentration0
    log_power = np.where(y < 1e-30, np.log(y) - math.log(concentration0), log1m_exp(-r))
    logs = (concentration1 - 1) / concentration1 * log_power + (concentration0 - 1) * r
    return -(logs + math.log(concentration1 * concentration0))


def half_quantile(y: Floats) -> Floats:
    """-ndtri(y/2), in float64, where the half of a subnormal float32 keeps its digits."""
    return -special.ndtri(0.5 * y.astype(np.float64)).astype(y.dtype)


def moyal_cdf_forward(x: Floats, loc: float, scale: float) -> Floats:
    """erfc(q/sqrt(2)), q = exp(-(x - loc)/(2 scale)), without a clamp."""
    return complement(np.exp(-(x - loc) / (2 * scale)) / math.sqrt(2)).astype(x.dtype)


def moyal_cdf_inverse(y: Floats, loc: float, scale: float) -> Floats:
    """loc - 2 scale log(q), q = -ndtri(y/2): erfcinv by way of 1 - y would lose small y. Right for y that is no
    subnormal float64, whose half may be no float."""
    return loc - 2 * scale * np.log(half_quantile(y))


def moyal_cdf_fldj(x: Floats, loc: float, scale: float) -> Floats:
    """log(q) - q (q/2) - log(scale) - log(2 pi)/2, log(q) = -(x - loc)/(2 scale), which needs no logarithm."""
    log_q = -(x - loc) / (2 * scale)
    q = np.exp(log_q)
    square = q * (0.5 * q)
    return np.where(np.isinf(square), -square, log_q - square - (math.log(scale) + 0.5 * math.log(2 * math.pi)))


def moyal_cdf_ildj(y: Floats, loc: float, scale: float) -> Floats:
    """q (q/2) - log(q) + log(scale) + log(2 pi)/2 with q = -ndtri(y/2), for y as in ``inverse``."""
    q = half_quantile(y)
    square = q * (0.5 * q)
    return np.where(np.isinf(square), square, square - np.log(q) + (math.log(scale) + 0.5 * math.log(2 * math.pi)))


def gompertz_cdf_forward(x: Floats, concentration: float, rate: float) -> Floats:
    """-expm1(-c expm1(rate x)), c the concentration, nan below 0: both differences keep small x."""
    return np.where(x < 0, math.nan, -np.expm1(-concentration * np.expm1(rate * x)))


def gompertz_cdf_inverse(y: Floats, concentration: float, rate: float) -> Floats:
    """log1p(-log1p(-y)/c)/rate, nan below 0."""
    return np.where(y < 0, math.nan, np.log1p(-np.log1p(-y) / concentration) / rate)


def gompertz_cdf_fldj(x: Floats, concentration: float, rate: float) -> Floats:
    """log(c rate) + z - c expm1(z), z = rate x, nan below 0; c exp(z) as exp(z + log(c)) far out, where exp(z) alone
    may overflow."""
    z = rate * x
    grown = np.where(z > 80, np.exp(z + math.log(concentration)), concentration * np.expm1(np.minimum(z, 80)))
    slope = np.where(np.isinf(grown), -grown, z - grown + math.log(concentration * rate))
    return np.where(x < 0, math.nan, slope)


def gompertz_cdf_ildj(y: Floats, concentration: float, rate: float) -> Floats:
    """g - log1p(g/c) - log(c rate), g = -log1p(-y), nan below 0."""
    g = -np.log1p(-y)
    slope = np.where(np.isinf(g), g, g - np.log1p(g / concentration) - math.log(concentration * rate))
    return np.where(y < 0, math.nan, slope)


def log_omega(k: Floats) -> Floats:
    """u with u + exp(u) = k, the logarithm of Wright's omega function: Newton's iteration from the right, where the
    left side is convex and so every step stays."""
    u = np.where(k > 1, np.log(np.maximum(k, 1)), k)
    for _ in range(7):
        w = np.exp(u)
        u = u - (u + w - k) / (1 + w)
    return u


def shifted_gompertz_time(y: Floats, concentration: float) -> Floats:
    """rate x where y = (1 - e) exp(-e/c), e = exp(-rate x). Low, 1 - e = c omega(log(y) + 1/c - log(c)), put right once
    by 1 - e = y exp(e/c); high, e itself by Newton's iteration on log1p(-e) - e/c = log(y)."""
    log_y = np.maximum(np.log(y), -1000)
    share = concentration * np.exp(log_omega(log_y + (1 / concentration - math.log(concentration))))
    low = -np.log1p(-y * np.exp((1 - share) / concentration))
    near = np.maximum(log_y, -0.4)
    e = -near / (1 + 1 / concentration)
    for _ in range(6):
        e = e + (np.log1p(-e) - e / concentration - near) / (1 / (1 - e) + 1 / concentration)
    return np.where((y >= 0) & (y <= 1), np.where(log_y > -0.4, -np.log(e), low), math.nan)


def shifted_gompertz_cdf_forward(x: Floats, concentration: float, rate: float) -> Floats:
    """-expm1(-rate x) exp(-exp(-rate x)/c), c the concentration, nan below 0: 1 - exp(-rate x) loses small x."""
    e = np.exp(-rate * x)
    return np.where(x < 0, math.nan, -np.expm1(-rate * x) * np.exp(-e / concentration))


def shifted_gompertz_cdf_inverse(y: Floats, concentration: float, rate: float) -> Floats:
    """-log(e)/rate where e = exp(-rate x) solves log1p(-e) - e/c = log(y): from 1 - e for small y, from e next to 1."""
    return shifted_gompertz_time(y, concentration) / rate


def shifted_gompertz_slope(v: Floats, concentration: float, rate: float) -> Floats:
    """log1p(-expm1(-v)/c) - exp(-v)/c - v + log(rate), v = rate x."""
    return np.log1p(-np.expm1(-v) / concentration) - np.exp(-v) / concentration - v + math.log(rate)


def shifted_gompertz_cdf_fldj(x: Floats, concentration: float, rate: float) -> Floats:
    """log1p((1 - e)/c) - e/c - rate x + log(rate), e = exp(-rate x), nan below 0."""
    return np.where(x < 0, math.nan, shifted_gompertz_slope(rate * x, concentration, rate))


def shifted_gompertz_cdf_ildj(y: Floats, concentration: float, rate: float) -> Floats:
    """-(log1p((1 - e)/c) - e/c + log(e) + log(rate)) at the e = exp(-rate x) that belongs to y."""
    return -shifted_gompertz_slope(shifted_gompertz_time(y, concentration), concentration, rate)
