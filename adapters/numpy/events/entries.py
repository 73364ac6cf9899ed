"""Single entries of events as pairs, and events made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.pairs import Pair, joined, where

Rows = list[list[Pair]]


def flat(x: Pair, rank: int) -> list[Pair]:
    """The entries of every event, whose last ``rank`` axes are one, in C order."""
    shape = (*x.hi.shape[: x.hi.ndim - rank], -1)
    rows = x.each(lambda word: word.reshape(shape))
    return [rows.each(lambda word, i=i: word[..., i]) for i in range(rows.hi.shape[-1])]  # type: ignore[misc]


def event(entries: Sequence[Pair], shape: tuple[int, ...]) -> Pair:
    """The other way."""
    rows = joined(lambda words: np.stack(np.broadcast_arrays(*words), -1), entries)
    return rows.each(lambda word: word.reshape(*word.shape[:-1], *shape))


def per_event(x: Pair, rank: int, value: Pair | float = 0.0) -> Pair:
    """The same value once for every event."""
    one = value if isinstance(value, Pair) else x.like(value)
    shape = x.hi.shape[: x.hi.ndim - rank]
    return one.each(lambda word: np.broadcast_to(word, shape).copy())


def square(x: Pair) -> Rows:
    """The entries of a matrix, row by row."""
    n = x.hi.shape[-1]
    entries = flat(x, 2)
    return [entries[i * n : i * n + n] for i in range(n)]


def matrix(rows: Rows) -> Pair:
    """The other way."""
    return event([entry for row in rows for entry in row], (len(rows), len(rows)))


def total(terms: Sequence[Pair]) -> Pair:
    """The sum of at least one term."""
    found = terms[0]
    for term in terms[1:]:
        found = found + term
    return found


def scaled_down(x: Sequence[Pair]) -> tuple[list[Pair], Pair, np.ndarray[tuple[int, ...], np.dtype[np.int32]]]:
    """The terms times 2^-k, 2^-2k as a pair, and k >= 0: such that the squares of the terms add up to no overflow."""
    size = np.maximum(np.max(np.abs([v.hi for v in x]), axis=0), 1)
    exponent = np.frexp(np.where(np.isfinite(size), size, 1))[1].astype(np.int32)
    k = np.where(exponent > 8, exponent, 0).astype(np.int32)
    down = [v.each(lambda word: np.ldexp(word, -k)) for v in x]
    return down, Pair.of(np.ldexp(np.ones_like(x[0].hi), -2 * k)), k


def log_one_more(x: Sequence[Pair]) -> Pair:
    """log(1 + the squares of the terms)."""
    down, one, k = scaled_down(x)
    squares = total([v.square() for v in down])
    far = fn.log(squares + one) + squares.like(fn.LOG2) * Pair.of((2 * k).astype(x[0].hi.dtype))
    return where(k == 0, fn.log1p(squares), far)
