"""Where the entries of a lower triangular matrix lie relative to the Cholesky factors of correlation matrices.

The interior is where every row's strictly lower entries have a sum of squares below 1.
On its boundary a row is exhausted by one of its entries, whose coordinate has an infinite limit; the entries after it
have none.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.transforms.correlation import matrix_size
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format

SLACK = Fraction(1, 64)
"""The diagonal is what the other entries leave, and is not read: rounded to any format the squares of a row of length 1
still add up to 1 within this (2**-8 for bfloat16). Rows that are further off belong to no such matrix."""


def placed(y: list[float]) -> list[Kind] | None:
    """One Kind per strictly lower entry: FINITE inside, POS_INF or NEG_INF where it exhausts its row, OUTSIDE after.

    None where ``y`` (strictly lower entries by row, then the diagonal) is no such matrix: an entry is not finite, a
    diagonal one is negative, a row's squares pass 1, or with the diagonal differ from 1 by more than SLACK.
    """
    n = matrix_size(len(y), 1)
    below, diagonal = y[: len(y) - n], y[len(y) - n :]
    if not all(isfinite(v) for v in y) or any(v < 0 for v in diagonal):
        return None
    kinds: list[Kind] = []
    entries = iter(below)
    for i, last in enumerate(diagonal):
        rest = Fraction(1)
        for _ in range(i):
            entry = next(entries)
            before, rest = rest, rest - Fraction(entry) ** 2
            if rest < 0:
                return None
            if rest > 0:
                kinds.append(Kind.FINITE)
            elif before > 0:
                kinds.append(Kind.POS_INF if entry > 0 else Kind.NEG_INF)
            else:
                kinds.append(Kind.OUTSIDE)
        if abs(rest - Fraction(last) ** 2) > SLACK:
            return None
    return kinds


def exhausted(rows: NDArray[Any], fmt: Format) -> NDArray[np.bool_]:
    """Which of ``rows`` (N, entries, of dtype ``fmt``) have a row with less left than 4 ulp of its entries amount to.

    There the remainder says one thing and the diagonal, which is rounded too, another; an infinite coordinate is right
    for a matrix within a rounding of this one.
    """
    wide = rows.astype(np.float64)
    size = matrix_size(wide.shape[1], 1)
    thin = np.zeros(len(wide), np.bool_)
    at = 0
    for i in range(size):
        entries = np.abs(wide[:, at : at + i])
        at += i
        with np.errstate(invalid="ignore", over="ignore"):
            rest = 1.0 - np.square(entries).sum(axis=1)
            # An ulp of l is at most 2^(1-p) l, and the square changes by 2 l times as much.
            thin |= rest < 4.0 * 2.0 * 2.0 ** (1 - fmt.precision) * np.square(entries).sum(axis=1)
    return thin


def regular(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of ``rows`` (N, entries) are Cholesky factors of regular correlation matrices, decided exactly."""
    kinds = [placed(row) for row in rows.astype(np.float64).tolist()]
    return np.array([found is not None and all(kind == Kind.FINITE for kind in found) for found in kinds], np.bool_)
