"""Maps of vectors at the working precision; events are rows of the last axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain.scalar_maps import sigmoid_forward, softplus_forward, tanh_fldj

Floats = NDArray[Any]


def sticks(x: Floats) -> Floats:
    """x_i - log(n - i), the logarithms rounded to the dtype of x."""
    return x - np.log(np.arange(x.shape[-1], 0, -1).astype(x.dtype))


def stick_breaking_forward(x: Floats) -> Floats:
    """y_i = sigmoid(s_i) prod_{j<i} sigmoid(-s_j), s_i = x_i - log(n - i): what is left of the stick is a product of
    sigmoid(-s), never 1 minus a sum, and no weight is clamped."""
    s = sticks(x)
    left = np.cumprod(sigmoid_forward(-s), axis=-1)
    before = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)
    return np.concatenate([sigmoid_forward(s) * before, left[..., -1:]], axis=-1)


def remainders(y: Floats) -> Floats:
    """What is left of 1 after each weight but the last, taken off one at a time: next to a corner that is exact."""
    left = [1 - y[..., 0]]
    for i in range(1, y.shape[-1] - 1):
        left.append(left[-1] - y[..., i])
    return np.stack(left, axis=-1)


def stick_breaking_inverse(y: Floats) -> Floats:
    """x_i = log(y_i/r_i) + log(n - i), r_i being what is left of 1 after the weights up to i, taken off one at a
    time, without a clamp. Where a remainder is smaller than the roundings before it, its digits are of rounding."""
    left = remainders(y)
    count = np.arange(left.shape[-1], 0, -1).astype(y.dtype)
    odds = y[..., :-1] * count / left
    apart = np.log(y[..., :-1]) - np.log(left) + np.log(count)
    return np.where(np.abs(odds - 1) < 0.5, np.log(odds), apart)


def stick_breaking_fldj(x: Floats) -> Floats:
    """-sum_i (softplus(-s_i) + (n - i) softplus(s_i)): terms of one sign, nothing that underflows."""
    s = sticks(x)
    count = np.arange(s.shape[-1], 0, -1).astype(x.dtype)
    return -np.sum(softplus_forward(-s) + count * softplus_forward(s), axis=-1)


def stick_breaking_ildj(y: Floats) -> Floats:
    """sum_i (log r_(i-1) - log y_i - log r_i), from the weights and the remainders r_i of ``inverse``."""
    left = remainders(y)
    before = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)
    return np.sum(np.log(before) - np.log(y[..., :-1]) - np.log(left), axis=-1)


def sech(x: Floats) -> Floats:
    """2 exp(-|x|)/(1 + exp(-2|x|)): cosh would overflow."""
    e = np.exp(-np.abs(x))
    return 2 * e / (1 + e * e)


def corr_cholesky_forward(x: Floats) -> Floats:
    """L_ij = tanh(x_ij) prod_{k<j} sech(x_ik) and L_ii = prod_{k<i} sech(x_ik): a product, never the root of 1 minus a
    sum of squares."""
    n = round((1 + math.sqrt(1 + 8 * x.shape[-1])) / 2)
    factor = np.zeros((*x.shape[:-1], n, n), x.dtype)
    factor[..., 0, 0] = 1
    for i in range(1, n):
        rest = np.ones_like(x[..., 0])
        for j in range(i):
            entry = x[..., i * (i - 1) // 2 + j]
            factor[..., i, j] = rest * np.tanh(entry)
            rest = rest * sech(entry)
        factor[..., i, i] = rest
    return factor


def corr_cholesky_inverse(y: Floats) -> Floats:
    """x_ij = asinh(L_ij/sqrt(r_ij)), r_ij = 1 - sum_{k<=j} L_ik^2; artanh of L_ij/sqrt(r_i(j-1)) loses its digits next
    to 1. Where r_ij is smaller than the roundings of the squares, its digits are those of rounding."""
    points = []
    for i in range(1, y.shape[-1]):
        rest = np.ones_like(y[..., 0, 0])
        for j in range(i):
            entry = y[..., i, j]
            # (1 - L)(1 + L) is exact where 1 - L^2 is not.
            rest = (1 - entry) * (1 + entry) if j == 0 else rest - entry * entry
            points.append(np.arcsinh(entry / np.sqrt(rest)))
    return np.stack(points, axis=-1)


def corr_cholesky_fldj(x: Floats) -> Floats:
    """sum_ij (i - j + 1)/2 log(sech(x_ij)^2), each logarithm by the two formulas of tanh's log-det: terms of one sign,
    nothing that overflows, digits kept near 0."""
    n = round((1 + math.sqrt(1 + 8 * x.shape[-1])) / 2)
    weight = np.array([0.5 * (i - j + 1) for i in range(1, n) for j in range(i)]).astype(x.dtype)
    return np.sum(weight * tanh_fldj(x), axis=-1)


def corr_cholesky_ildj(y: Floats) -> Floats:
    """-sum_ij log(r_ij)/2 and the last one of each row once more, r_ij as in ``inverse``, by log1p while the squares
    sum to less than a half."""
    total = np.zeros_like(y[..., 0, 0])
    for i in range(1, y.shape[-1]):
        used = np.zeros_like(total)
        rest = np.ones_like(total)
        logs = total
        for j in range(i):
            entry = y[..., i, j]
            used = used + entry * entry
            rest = (1 - entry) * (1 + entry) if j == 0 else rest - entry * entry
            logs = np.where(used < 0.5, np.log1p(-used), np.log(rest))
            total = total - 0.5 * logs
        total = total - 0.5 * logs
    return total


def unit_vector_forward(x: Floats) -> Floats:
    """(2 x, |x|^2 - 1)/(|x|^2 + 1), all of it divided by the square of the largest entry m where that is above 1: no
    square overflows."""
    m = np.maximum(np.max(np.abs(x), axis=-1), 1)[..., None]
    down = x / m
    squares = np.sum(down * down, axis=-1)[..., None]
    one = 1 / m / m
    heads = 2 * (down / m) / (squares + one)
    return np.concatenate([heads, (squares - one) / (squares + one)], axis=-1)


def unit_vector_fldj(x: Floats) -> Floats:
    """n log(2/(|x|^2 + 1)) with respect to surface measure: -n log1p((|x|^2 - 1)/2) where the norm is about 1, else
    logarithms of scaled squares, which do not overflow."""
    m = np.maximum(np.max(np.abs(x), axis=-1), 1)
    down = x / m[..., None]
    squares = np.sum(down * down, axis=-1)
    far = math.log(2) - np.log1p(squares * m * m)
    large = math.log(2) - 2 * np.log(m) - np.log(squares + 1 / m / m)
    near = -np.log1p(0.5 * (squares * m * m - 1))
    close = np.abs(squares * m * m - 1) < 0.5
    return x.shape[-1] * np.where(close, near, np.where(m > 1e6, large, far))


def spiral_rows(x: Floats) -> list[Floats]:
    """The rows of a lower triangle that the entries fill in a clockwise spiral, from its end."""
    count = x.shape[-1]
    n = round((math.sqrt(1 + 8 * count) - 1) / 2)
    order = [*range(n, count), *reversed(range(count))]
    return [np.stack([x[..., order[i * n + j]] for j in range(i + 1)], axis=-1) for i in range(n)]


def correlation_cholesky_forward(x: Floats) -> Floats:
    """(v, 1)/sqrt(|v|^2 + 1) for every row v of the strictly lower triangle, divided by the row's largest entry where
    that is above 1: no square overflows, and no entry of the diagonal is the root of a difference."""
    below = spiral_rows(x)
    zero = 0 * x[..., :1]
    rows = [np.concatenate([zero + 1, *[zero] * len(below)], axis=-1)]
    for i, v in enumerate(below):
        m = np.maximum(np.max(np.abs(v), axis=-1), 1)[..., None]
        down = v / m
        length = np.sqrt(np.sum(down * down, axis=-1)[..., None] + 1 / m / m)
        rows.append(np.concatenate([down / length, 1 / m / length, *[zero] * (len(below) - 1 - i)], axis=-1))
    return np.stack(rows, axis=-2)


def correlation_cholesky_fldj(x: Floats) -> Floats:
    """-sum_i (i + 2)/2 log(1 + |v_i|^2) over the rows v_i of i entries: by log1p while they are small, by scaled
    squares where they would overflow."""
    total = 0 * x[..., 0]
    for i, v in enumerate(spiral_rows(x)):
        m = np.maximum(np.max(np.abs(v), axis=-1), 1)
        down = v / m[..., None]
        squares = np.sum(down * down, axis=-1)
        large = 2 * np.log(m) + np.log(squares + 1 / m / m)
        total = total - 0.5 * (i + 3) * np.where(m > 1e6, large, np.log1p(squares * m * m))
    return total
