"""Polynomials with two-word coefficients (double-double), evaluated in a compiled loop or in NumPy, bit for bit alike.

GUARANTEE: value + low differs from the polynomial by no more than ``piecewise_words.evaluation_error`` says, and
|low| <= 2**-53 |value|. Here is why, with u = 2**-53 and a pair (s, l), |l| <= u|s|, times t plus a pair (c, k):

* q + e = s t exactly (Dekker), since |t| <= 1 and the partial sums are far from overflow; what underflow loses is
  below 2**-1000 and covered by the bound's 2**-960. h + r = q + c exactly (Knuth).
* l t, its sum with e, the sum with k and the sum with r are rounded: u^2|s|, 2 u^2|s|, u^2 (2|s| + |c|) and
  u^2 (3|s| + 2|c|), together at most 8 u^2 (|s| + |c|) up to a factor 1 + 2**-40, and 2**-103 < 2**-100.
* The last sum is Knuth's again, exact whichever word is the larger, and leaves |l| <= u|s|.

t itself is exact: x and the centre of its piece are multiples of one power of two, less than 2**53 of it apart, and
the scale is a power of two. Sources: T. J. Dekker, A floating-point technique for extending the available precision,
Numer. Math. 18 (1971); D. E. Knuth, The Art of Computer Programming 2, section 4.2.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures
from conformance.oracle.piecewise import eval as piecewise_eval
from conformance.oracle.piecewise.eval import Floats, enclose
from conformance.oracle.piecewise.table import Table

SPLITTER = 2.0**27 + 1.0
_CHUNK = 65536


def enclose_pairs(table: Table, x: Floats) -> Enclosures:
    """As ``piecewise_eval.enclose``, for tables of two words."""
    return enclose(table, x, horner_pairs)


def horner_pairs(table: Table, piece: NDArray[np.int32], x: Floats) -> tuple[Floats, Floats, Floats]:
    """p as value + low, and dp/dt, of two-word pieces at every x; every entry of ``piece`` must name a piece."""
    value, low, slope = np.empty(len(x)), np.empty(len(x)), np.empty(len(x))
    if piecewise_eval.compiles():
        from conformance.oracle.piecewise import loops

        loops.horner_pairs(
            x, piece, table.centre, table.scale, table.length, table.fine, table.words, value, low, slope
        )
        return value, low, slope
    for a in range(0, len(x), _CHUNK):
        part = slice(a, a + _CHUNK)
        value[part], low[part], slope[part] = _steps(table, piece[part], x[part])
    return value, low, slope


def _steps(table: Table, piece: NDArray[np.int32], x: Floats) -> tuple[Floats, Floats, Floats]:
    t = (x - table.centre[piece]) * table.scale[piece]
    fine, length = table.fine[piece], table.length[piece]
    value, low, slope = np.zeros_like(t), np.zeros_like(t), np.zeros_like(t)
    for j in range(int(length.max()) - 1, -1, -1):
        words = table.words[piece, j]
        slope = slope * t + value
        plain = value * t + words[:, 0]
        paired = fine > j
        if not paired.any():
            value = plain
            continue
        high, rest = _step(value, low, t, words)
        value, low = np.where(paired, high, plain), np.where(paired, rest, 0.0)
    return value, low, slope


def _step(s: Any, l: Any, t: Any, words: Any) -> tuple[Any, Any]:  # noqa: E741
    big = SPLITTER * t
    t1 = big - (big - t)
    t2 = t - t1
    q = s * t
    big = SPLITTER * s
    s1 = big - (big - s)
    s2 = s - s1
    e = (((s1 * t1 - q) + s1 * t2) + s2 * t1) + s2 * t2
    e = e + l * t
    c = words[:, 0]
    h = q + c
    z = h - q
    r = (q - (h - z)) + (c - z)
    m = r + (e + words[:, 1])
    value = h + m
    z = value - h
    return value, (h - (value - z)) + (m - z)
