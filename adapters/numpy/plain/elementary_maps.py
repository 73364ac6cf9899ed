"""Maps of school algebra and their kin at the working precision: value, inverse and both log-dets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]


def identity_forward(x: Floats) -> Floats:
    """x itself."""
    return x


def identity_inverse(y: Floats) -> Floats:
    """y itself."""
    return y


def identity_fldj(x: Floats) -> Floats:
    """0, in the shape of x."""
    return np.where(np.isnan(x), x, 0).astype(x.dtype)


def identity_ildj(y: Floats) -> Floats:
    """0, in the shape of y."""
    return np.where(np.isnan(y), y, 0).astype(y.dtype)


def shift_forward(x: Floats, shift: float) -> Floats:
    """One sum."""
    return x + shift


def shift_inverse(y: Floats, shift: float) -> Floats:
    """One difference."""
    return y - shift


def shift_fldj(x: Floats, shift: float) -> Floats:
    """0, in the shape of x."""
    return np.where(np.isnan(x), x, 0).astype(x.dtype)


def shift_ildj(y: Floats, shift: float) -> Floats:
    """0, in the shape of y."""
    return np.where(np.isnan(y), y, 0).astype(y.dtype)


def log_forward(x: Floats) -> Floats:
    """The library's log."""
    return np.log(x)


def log_inverse(y: Floats) -> Floats:
    """The library's exp."""
    return np.exp(y)


def log_fldj(x: Floats) -> Floats:
    """-log(x)."""
    return -np.log(x)


def log_ildj(y: Floats) -> Floats:
    """y itself."""
    return y


def expm1_forward(x: Floats) -> Floats:
    """The library's expm1: exp(x) - 1 cancels near 0."""
    return np.expm1(x)


def expm1_inverse(y: Floats) -> Floats:
    """The library's log1p: log(1 + y) loses y next to 0."""
    return np.log1p(y)


def expm1_fldj(x: Floats) -> Floats:
    """x itself."""
    return x


def expm1_ildj(y: Floats) -> Floats:
    """-log1p(y)."""
    return -np.log1p(y)


def log1p_forward(x: Floats) -> Floats:
    """The library's log1p: log(1 + x) loses x next to 0."""
    return np.log1p(x)


def log1p_inverse(y: Floats) -> Floats:
    """The library's expm1: exp(y) - 1 cancels near 0."""
    return np.expm1(y)


def log1p_fldj(x: Floats) -> Floats:
    """-log1p(x)."""
    return -np.log1p(x)


def log1p_ildj(y: Floats) -> Floats:
    """y itself."""
    return y


def square_forward(x: Floats) -> Floats:
    """x^2 on the branch that is not negative."""
    return np.where(x < 0, np.nan, x * x).astype(x.dtype)


def square_inverse(y: Floats) -> Floats:
    """The library's square root."""
    return np.sqrt(y)


def square_fldj(x: Floats) -> Floats:
    """log(2) + log(x); log(2 x) overflows for the largest x."""
    return math.log(2) + np.log(x)


def square_ildj(y: Floats) -> Floats:
    """-log(2) - log(y)/2, without the root."""
    return -(math.log(2) + 0.5 * np.log(y))


def sinh_forward(x: Floats) -> Floats:
    """The library's sinh; (exp(x) - exp(-x))/2 cancels near 0 and overflows before sinh does."""
    return np.sinh(x)


def sinh_inverse(y: Floats) -> Floats:
    """The library's arsinh; log(y + sqrt(1 + y^2)) cancels for negative y and overflows far out."""
    return np.arcsinh(y)


def sinh_fldj(x: Floats) -> Floats:
    """log cosh x: log1p(sinh(x)^2)/2 for |x| < 1, which keeps every digit near 0; |x| - log 2 + log1p(exp(-2|x|))
    beyond, which does not overflow. The second alone is a difference near 0, and has no right digit there."""
    m = np.abs(x)
    near = 0.5 * np.log1p(np.sinh(np.minimum(m, 1)) ** 2)
    return np.where(m < 1, near, m - math.log(2) + np.log1p(np.exp(-2 * m)))


def sinh_ildj(y: Floats) -> Floats:
    """-log1p(y^2)/2, and -log|y| where the square may overflow and 1 is nothing beside it."""
    m = np.abs(y)
    return np.where(m < 1e12, -0.5 * np.log1p(np.minimum(m, 1e12) ** 2), -np.log(m)).astype(y.dtype)


def softsign_forward(x: Floats) -> Floats:
    """x/(1 + |x|), and the sign at the infinities."""
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


def softsign_inverse(y: Floats) -> Floats:
    """y/(1 - |y|): that difference is exact from 1/2 on."""
    return np.where(np.abs(y) > 1, np.nan, y / (1 - np.abs(y))).astype(y.dtype)


def softsign_fldj(x: Floats) -> Floats:
    """-2 log1p(|x|)."""
    return -2 * np.log1p(np.abs(x))


def softsign_ildj(y: Floats) -> Floats:
    """-2 log1p(-|y|)."""
    return -2 * np.log1p(-np.abs(y))
