"""The loops of ``eval`` and ``pairs`` that numba compiles. Imported only where it is there: see ``eval.compiles``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """numba.njit with exact IEEE semantics and a disk cache where one can be written."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return numba.njit(cache=True, nogil=True, fastmath=False, **options)(function)
        except RuntimeError:
            return numba.njit(nogil=True, fastmath=False, **options)(function)

    return decorate


@compiled()
def find(bits, root, blocks, out):  # type: ignore[no-untyped-def]
    for i in range(bits.size):
        entry = root[(bits[i] >> 52) & 4095]
        shift = 48
        while entry <= -3:
            entry = blocks[-3 - entry, (bits[i] >> shift) & 15]
            shift -= 4
        out[i] = entry


@compiled()
def horner(x, piece, centre, scale, length, words, value, slope):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        one = piece[i]
        t = (x[i] - centre[one]) * scale[one]
        p, d = 0.0, 0.0
        for j in range(length[one] - 1, -1, -1):
            d = d * t + p
            p = p * t + words[one, j, 0]
        value[i] = p
        slope[i] = d


@compiled()
def horner_pairs(x, piece, centre, scale, length, fine, words, value, low, slope):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        one = piece[i]
        t = (x[i] - centre[one]) * scale[one]
        s, l, d = 0.0, 0.0, 0.0  # noqa: E741
        for j in range(length[one] - 1, fine[one] - 1, -1):
            d = d * t + s
            s = s * t + words[one, j, 0]
        big = 134217729.0 * t
        t1 = big - (big - t)
        t2 = t - t1
        for j in range(fine[one] - 1, -1, -1):
            d = d * t + s
            q = s * t
            big = 134217729.0 * s
            s1 = big - (big - s)
            s2 = s - s1
            e = (((s1 * t1 - q) + s1 * t2) + s2 * t1) + s2 * t2
            e = e + l * t
            c = words[one, j, 0]
            h = q + c
            z = h - q
            r = (q - (h - z)) + (c - z)
            m = r + (e + words[one, j, 1])
            s = h + m
            z = s - h
            l = (h - (s - z)) + (m - z)  # noqa: E741
        value[i] = s
        low[i] = l
        slope[i] = d
