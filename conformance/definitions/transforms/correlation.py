"""Correlation matrices by their Cholesky factors, over any number system."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isqrt

from conformance.definitions.intervals import REALS, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms.definition import TransformDefinition


def matrix_size(entries: int, step: int) -> int:
    """n where a triangle of an n x n matrix has ``entries`` = n (n + step)/2 entries; ValueError where no n has."""
    n = (isqrt(8 * entries + 1) - step) // 2
    if n < 2 or n * (n + step) != 2 * entries:
        first = ", ".join(str(k * (k + step) // 2) for k in (2, 3, 4, 5))
        raise ValueError(f"corr_cholesky takes events of {first}, ... coordinates, not {entries}")
    return n


def corr_cholesky() -> TransformDefinition:
    """R^(n(n-1)/2) onto the Cholesky factors L of n x n correlation matrices: row i takes the next i coordinates x_ij,
    and L_ij = tanh(x_ij) prod_{k<j} sech(x_ik), L_ii = prod_{k<i} sech(x_ik).

    Source: Lewandowski, Kurowicka & Joe, J. Multivariate Anal. 100 (2009) 1989-2001, and Stan Reference Manual,
    "Cholesky factors of correlation matrices": the canonical partial correlations z = tanh x, and
    L_ij = z_ij sqrt(1 - sum_{k<j} L_ik^2), whose root is the product of sqrt(1 - z_ik^2) = sech(x_ik).

    Input: the strictly lower entries, row by row. Output: the strictly lower entries of L, row by row, then its n
    diagonal entries. log|det J| is taken with respect to Lebesgue measure on the strictly lower entries; the inverse is
    accordingly a function of them: x_ij = asinh(L_ij / sqrt(1 - sum_{k<=j} L_ik^2)).
    """
    return TransformDefinition(
        name="corr_cholesky",
        params={},
        forward=_corr_cholesky,
        inverse_candidate=_corr_cholesky_inverse,
        domain=REALS,
        codomain=Interval(-1.0, 1.0, True, True),
        increasing=None,
        formula="L_ij = tanh(x_ij) * prod_{k<j} sech(x_ik) for j < i, L_ii = prod_{k<i} sech(x_ik)",
        reference="Lewandowski, Kurowicka & Joe 2009; Stan Reference Manual, Cholesky factors of correlation matrices",
        ordinary=(-4.0, 4.0),
        event_rank_in=1,
        event_rank_out=1,
        base_measure="Lebesgue on the strictly lower entries",
        output_width=lambda event: event + matrix_size(event, -1),
        input_width=lambda event: event - matrix_size(event, 1),
        log_det_at_infinity=-inf,
    )


def _corr_cholesky(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
    n = matrix_size(len(x), -1)
    below, diagonal = [], [ns.const(1.0)]
    coordinates = iter(x)
    for i in range(1, n):
        rest = ns.const(1.0)
        for _ in range(i):
            coordinate = next(coordinates)
            below.append(rest * ns.tanh(coordinate))
            rest = rest * ns.sech(coordinate)
        diagonal.append(rest)
    return [*below, *diagonal]


def _corr_cholesky_inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
    n = matrix_size(len(y), 1)
    points = []
    entries = iter(y)
    for i in range(1, n):
        rest = ns.const(1.0)
        for _ in range(i):
            entry = next(entries)
            rest = rest - entry * entry
            points.append(ns.asinh(entry / ns.sqrt(rest)))
    return points
