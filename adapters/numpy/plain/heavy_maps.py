"""The sinh-arcsinh transform and Lambert's heavier tails at the working precision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain.cdf_maps import log_omega
from adapters.numpy.plain.elementary_maps import sinh_fldj, sinh_ildj
from adapters.numpy.plain.scalar_maps import root

Floats = NDArray[Any]


def half_growth(x: Floats, unit: float) -> Floats:
    """(|x| + sqrt(x^2 + unit^2))/2, which is unit exp(asinh(|x|/unit))/2; |x| where the square may overflow."""
    m = np.minimum(np.abs(x), 1e12)
    return np.where(np.abs(x) < 1e12, 0.5 * m + np.sqrt(0.25 * m * m + 0.25 * unit * unit), np.abs(x))


def sinh_of_log(power: Floats, factor: Floats, half: float) -> Floats:
    """half (A - 1/A), A = power^2 factor, multiplied such that A itself need not be a float."""
    return power * (half * factor) * power - half / factor / power / power


def sinh_arcsinh_forward(x: Floats, skewness: float, tailweight: float) -> Floats:
    """m sinh((asinh(x) + s) t), m = 2/sinh(asinh(2) t), for |x| < 1; beyond, where rounding the argument of sinh costs
    every digit that it has before the point, by powers: sinh(t asinh(x) + t s) = (A - 1/A)/2 with
    A = (|x| + sqrt(x^2 + 1))^t exp(+-t s)."""
    m = 2 / math.sinh(math.asinh(2) * tailweight)
    near = m * np.sinh((np.arcsinh(np.clip(x, -1, 1)) + skewness) * tailweight)
    power = np.power(half_growth(x, 1.0), x.dtype.type(0.5 * tailweight))
    factor = np.exp(np.sign(x) * (skewness * tailweight)) * 2**tailweight
    return np.where(np.abs(x) < 1, near, np.sign(x) * sinh_of_log(power, factor, 0.5 * m))


def sinh_arcsinh_inverse(y: Floats, skewness: float, tailweight: float) -> Floats:
    """sinh(asinh(y/m)/t - s), m = 2/sinh(asinh(2) t), for |y| < m; beyond by powers, with
    A = (|y/m| + sqrt((y/m)^2 + 1))^(1/t) exp(-+s)."""
    m = 2 / math.sinh(math.asinh(2) * tailweight)
    near = np.sinh(np.arcsinh(np.clip(y / m, -1, 1)) / tailweight - skewness)
    power = root(half_growth(y, m), 2 * tailweight)
    factor = np.exp(np.sign(y) * -skewness) * (2 / m) ** (1 / tailweight)
    return np.where(np.abs(y) < m, near, np.sign(y) * sinh_of_log(power, factor, 0.5))


def sinh_arcsinh_fldj(x: Floats, skewness: float, tailweight: float) -> Floats:
    """log(t sqrt(m^2 + y^2)/sqrt(1 + x^2)) at y = forward(x) while both are small; far out, by logarithms that do not
    overflow, log cosh((asinh(x) + s) t) - log(1 + x^2)/2 + log(m t). Where the slope is about 1 it is right to a few
    roundoffs of 1."""
    m = 2 / math.sinh(math.asinh(2) * tailweight)
    held = np.clip(x, -50, 50)
    y = sinh_arcsinh_forward(held, skewness, tailweight)
    near = np.log(tailweight * np.sqrt(m * m + y * y) / np.sqrt(1 + held * held))
    far = sinh_fldj((np.arcsinh(x) + skewness) * tailweight) + sinh_ildj(x) + math.log(m * tailweight)
    return np.where(np.abs(x) < 50, near, far)


def sinh_arcsinh_ildj(y: Floats, skewness: float, tailweight: float) -> Floats:
    """-log(t sqrt(m^2 + y^2)/sqrt(1 + x^2)) at x = inverse(y) while both are small; far out
    log cosh(asinh(y/m)/t - s) - log(1 + (y/m)^2)/2 - log(m t), asinh by its growth, since y/m may overflow. Where
    the slope is about 1 it is right to a few roundoffs of 1."""
    m = 2 / math.sinh(math.asinh(2) * tailweight)
    held = np.clip(y, -50, 50)
    x = sinh_arcsinh_inverse(held, skewness, tailweight)
    near = -np.log(tailweight * np.sqrt(m * m + held * held) / np.sqrt(1 + x * x))
    bent = np.sign(y) * (np.log(half_growth(y, m)) + math.log(2 / m)) / tailweight - skewness
    root_log = 0.5 * np.log1p((np.clip(y, -1e12, 1e12) / m) ** 2)
    slope = np.where(np.abs(y) < 1e12, root_log, np.log(np.abs(y)) - math.log(m))
    return np.where(np.abs(y) < 50, near, sinh_fldj(bent) - slope - math.log(m * tailweight))


def lambert_w_tail_forward(x: Floats, shift: float, scale: float, tailweight: float) -> Floats:
    """x + (x - shift) expm1(h), h = d u (u/2), u = (x - shift)/scale, d the tailweight: shift + (x - shift) exp(h)
    cancels where the image is small."""
    u = (x - shift) / scale
    h = u * (u * (0.5 * tailweight))
    near = x + (x - shift) * np.expm1(np.minimum(h, 1))
    return np.where(h < 1, near, shift + (x - shift) * np.exp(h))


def lambert_w(z: Floats, tailweight: float) -> Floats:
    """W(d z^2): its logarithm v solves v + exp(v) = log(d) + 2 log|z|; for small z once more by w = d z^2 exp(-w),
    which keeps every digit."""
    k = np.maximum(2 * np.log(np.abs(z)) + math.log(tailweight), -3000)
    w = np.exp(log_omega(k))
    small = np.where(k < 0, z, 0 * np.sign(z))
    return np.where(k < 0, small * (small * tailweight) * np.exp(-w), w)


def lambert_w_tail_inverse(y: Floats, shift: float, scale: float, tailweight: float) -> Floats:
    """y + (y - shift) expm1(-w/2), w = W(d z^2), z = (y - shift)/scale, by Newton's iteration on the logarithm; for
    large w shift +- scale sqrt(w/d), which is the same and magnifies no rounding."""
    w = lambert_w((y - shift) / scale, tailweight)
    far = shift + np.sign(y - shift) * (scale * np.sqrt(w / tailweight))
    found = np.where(w < 1, y + (y - shift) * np.expm1(-0.5 * w), far)
    return np.where(np.isinf(y), y, found)


def lambert_w_tail_fldj(x: Floats, shift: float, scale: float, tailweight: float) -> Floats:
    """log1p(2 h) + h, h = d u^2/2; log(h) + log(2) + h far out, where 2 h may overflow."""
    u = (x - shift) / scale
    h = u * (u * (0.5 * tailweight))
    return np.where(h > 1e30, np.log(h) + math.log(2), np.log1p(2 * np.minimum(h, 1e30))) + h


def lambert_w_tail_ildj(y: Floats, shift: float, scale: float, tailweight: float) -> Floats:
    """-(log1p(w) + w/2), w = W(d z^2), z = (y - shift)/scale."""
    w = lambert_w((y - shift) / scale, tailweight)
    return -(np.log1p(w) + 0.5 * w)
