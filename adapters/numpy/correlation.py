"""Cholesky factors of correlation matrices over pairs.

Guarantee: every entry and both log-dets within 0.51 ulp, entries below 2**-99 (float32) within 1 ulp. Source:
Lewandowski, Kurowicka & Joe, J. Multivariate Anal. 100 (2009); Stan Reference Manual, "Cholesky factors of correlation
matrices".
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.numpy import functions as fn
from adapters.numpy.events.entries import event, flat, matrix, per_event, square
from adapters.numpy.maps.hyperbolic import asinh
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map


class CorrCholesky(Map):
    """L_ij = tanh(x_ij) prod_{k<j} sech(x_ik), L_ii = prod_{k<i} sech(x_ik), i = 0 .. n-1.

    Input events are the strictly lower entries by row. The log-det is with respect to Lebesgue measure on the strictly
    lower entries of L, and the inverse a function of them.
    """

    increasing = None
    event_rank = 1
    output_rank = 2

    def forward(self, x: Pair) -> Pair:
        n = _size(x)
        zero = per_event(x, 1)
        rows = [[per_event(x, 1, 1.0)] + [zero] * (n - 1)]
        for row in _rows(x, n):
            rest, entries = per_event(x, 1, 1.0), []
            for entry in row:
                entries.append(rest * fn.tanh(entry))
                rest = rest * _sech(entry)
            rows.append([*entries, rest] + [zero] * (n - 1 - len(entries)))
        return matrix(rows)

    def inverse(self, y: Pair) -> Pair:
        points = []
        for row in _below(y):
            for entry, (_, rest) in zip(row, _sums(row), strict=True):
                points.append(asinh(entry / fn.sqrt(rest)))
        return event(points, (len(points),))

    def fldj(self, x: Pair) -> Pair:
        # sech(x_ij) once in every entry of its row from j on, the diagonal left out, and once more in tanh's own slope.
        total = per_event(x, 1)
        for i, row in enumerate(_rows(x, _size(x)), start=1):
            for j, entry in enumerate(row):
                total = total + fn.log_sech_squared(entry) * (0.5 * (i - j + 1))
        return total

    def ildj(self, y: Pair) -> Pair:
        # Summed by parts: half of log(1 - sum_{k<=j} L_ik^2) for every j, and the last one of a row in full.
        total = per_event(y, 2)
        for row in _below(y):
            logs = [where(rest.hi < 0.5, fn.log(rest), fn.log1p(-used)) for used, rest in _sums(row)]
            for log in logs:
                total = total - log.scaled(0.5)
            total = total - logs[-1].scaled(0.5)
        return total


def _size(x: Pair) -> int:
    """n where the strictly lower triangle of an n x n matrix has as many entries as an event has coordinates."""
    entries = x.hi.shape[-1]
    n = round((2 * entries + 0.25) ** 0.5 + 0.5)
    if n < 2 or n * (n - 1) != 2 * entries:
        raise ValueError(f"{entries} coordinates make no triangle of a matrix")
    return n


def _below(y: Pair) -> Iterator[list[Pair]]:
    """The strictly lower entries of every row of a matrix that has some."""
    for i, row in enumerate(square(y)[1:], start=1):
        yield row[:i]


def _rows(x: Pair, n: int) -> Iterator[list[Pair]]:
    entries = flat(x, 1)
    for i in range(1, n):
        first = i * (i - 1) // 2
        yield entries[first : first + i]


def _sums(row: list[Pair]) -> list[tuple[Pair, Pair]]:
    """After each entry of a row: the sum of squares so far, and what it leaves of 1."""
    used = row[0].like(0.0)
    sums = []
    for entry in row:
        used = used + entry.square()
        sums.append((used, 1.0 - used))
    return sums


def _sech(x: Pair) -> Pair:
    half = fn.exp(-x.abs())
    return half.scaled(2.0) / (half.square() + 1.0)
