"""Correlation matrices by their Cholesky factors, over any number system."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf, isqrt

from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import CorrelationCholesky, Shape
from conformance.definitions.spaces.correlation import ReadByDiagonal
from conformance.definitions.spaces.triangular import square, triangle_size
from conformance.definitions.transforms.arrangement import spiral
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, length_of, total
from conformance.floats.enclosures import Kind


def corr_cholesky() -> TransformDefinition:
    """R^(n(n-1)/2) onto the Cholesky factors L of n x n correlation matrices: row i takes the next i coordinates x_ij,
    and L_ij = tanh(x_ij) prod_{k<j} sech(x_ik), L_ii = prod_{k<i} sech(x_ik).

    Source: Lewandowski, Kurowicka & Joe, J. Multivariate Anal. 100 (2009) 1989-2001, and Stan Reference Manual,
    "Cholesky factors of correlation matrices": the canonical partial correlations z = tanh x, and
    L_ij = z_ij sqrt(1 - sum_{k<j} L_ik^2), whose root is the product of sqrt(1 - z_ik^2) = sech(x_ik).

    Input: the strictly lower entries, row by row. log|det J| is taken with respect to Lebesgue measure on the strictly
    lower entries of L; the inverse is accordingly a function of them:
    x_ij = asinh(L_ij / sqrt(1 - sum_{k<=j} L_ik^2)).
    """
    return event_map(
        "corr_cholesky",
        _corr_cholesky,
        _corr_cholesky_inverse,
        "L_ij = tanh(x_ij) * prod_{k<j} sech(x_ik) for j < i, L_ii = prod_{k<i} sech(x_ik)",
        "Lewandowski, Kurowicka & Joe 2009; Stan Reference Manual, Cholesky factors of correlation matrices",
        codomain=Interval(-1.0, 1.0, True, True),
        target=CorrelationCholesky,
        output_shape=_matrix,
        input_shape=_coordinates,
        log_det_at_infinity=-inf,
        extends_to_infinity=True,
        boundary_inverse=_exhausted,
    )


def correlation_cholesky() -> TransformDefinition:
    """R^(n(n-1)/2) onto the Cholesky factors of n x n correlation matrices, by another map than ``corr_cholesky``: the
    strictly lower entries are filled in a spiral (``fill_triangular``), the diagonal is 1, and every row is divided by
    its length.

    Source: the documentation of tfp.bijectors.CorrelationCholesky. log|det J| is taken with respect to Lebesgue measure
    on the strictly lower entries.
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        n = triangle_size(len(x), -1)
        places = spiral(len(x))
        entries = [ns.const(0.0)] * (n * n)
        entries[0] = ns.const(1.0)
        for i in range(1, n):
            row = [x[at] for at in places[i - 1]]
            length = ns.sqrt(total(ns, [ns.const(1.0), *(v * v for v in row)]))
            entries[i * n : i * n + i + 1] = [*(v / length for v in row), ns.const(1.0) / length]
        return entries

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        n = isqrt(len(y))
        places = spiral(n * (n - 1) // 2)
        found: list[Element] = [None] * (n * (n - 1) // 2)
        for i in range(1, n):
            row = y[i * n : i * n + i]
            rest = ns.const(1.0)
            for v in row:
                rest = rest - v * v
            for at, v in zip(places[i - 1], row, strict=True):
                found[at] = v / ns.sqrt(rest)
        return found

    return event_map(
        "correlation_cholesky",
        forward,
        inverse,
        "L_ij = x_ij/sqrt(1 + sum_k x_ik^2) for j < i, L_ii = 1/sqrt(1 + sum_k x_ik^2), x filled in a spiral",
        "documentation of tfp.bijectors.CorrelationCholesky",
        codomain=Interval(-1.0, 1.0, True, True),
        target=ReadByDiagonal,
        output_shape=_matrix,
        input_shape=_coordinates,
    )


def _corr_cholesky(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
    n = triangle_size(len(x), -1)
    entries = [ns.const(0.0)] * (n * n)
    entries[0] = ns.const(1.0)
    coordinates = iter(x)
    for i in range(1, n):
        rest = ns.const(1.0)
        for j in range(i):
            coordinate = next(coordinates)
            entries[i * n + j] = rest * ns.tanh(coordinate)
            rest = rest * ns.sech(coordinate)
        entries[i * n + i] = rest
    return entries


def _corr_cholesky_inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
    n = isqrt(len(y))
    points = []
    for i in range(1, n):
        rest = ns.const(1.0)
        for entry in y[i * n : i * n + i]:
            rest = rest - entry * entry
            points.append(ns.asinh(entry / ns.sqrt(rest)))
    return points


def _exhausted(y: Sequence[float]) -> list[Kind]:
    """An entry that takes all that is left of its row's length has an infinite limit; those after it have none."""
    n = isqrt(len(y))
    kinds = []
    for i in range(1, n):
        rest = Fraction(1)
        for entry in y[i * n : i * n + i]:
            before, rest = rest, rest - Fraction(entry) ** 2
            if rest > 0:
                kinds.append(Kind.FINITE)
            elif before > 0:
                kinds.append(Kind.POS_INF if entry > 0 else Kind.NEG_INF)
            else:
                kinds.append(Kind.OUTSIDE)
    return kinds


def _matrix(shape: Shape) -> Shape:
    n = triangle_size(length_of(shape), -1)
    return (n, n)


def _coordinates(shape: Shape) -> Shape:
    n = square(shape, "a Cholesky factor of a correlation matrix", 2)
    return (n * (n - 1) // 2,)
