"""y = loc + L x: the map that makes a multivariate normal variable of independent standard normal ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.matrices import cholesky
from conformance.definitions.transforms.parameters import (
    BadChoice,
    BadParameter,
    matrix,
    one_of,
    triangular_matrix,
    vector,
)

Row = tuple[float, ...]
Exact = list[list[Fraction]]
Factor = Callable[[NumberSystem], list[list[Element]]]
"""The lower triangular matrix L, over a number system; what stands above its diagonal is not read."""

_NAME = "location_scale"


def location_scale(
    loc: Row,
    scale_diag: Row | None = None,
    scale_tril: tuple[Row, ...] | None = None,
    covariance_matrix: tuple[Row, ...] | None = None,
    precision_matrix: tuple[Row, ...] | None = None,
) -> TransformDefinition:
    """y = loc + L x with L lower triangular and positive on its diagonal, given by exactly one of: its diagonal
    (and nothing else), itself, L L^T, or the inverse of L L^T. The Cholesky factor of an exact matrix is unique.

    Source: Golub & Van Loan, Matrix Computations (2013), section 4.2.
    """
    shift = vector(_NAME, "loc", loc)
    given = {
        "scale_diag": scale_diag,
        "scale_tril": scale_tril,
        "covariance_matrix": covariance_matrix,
        "precision_matrix": precision_matrix,
    }
    one_of(_NAME, **given)  # type: ignore[arg-type]
    parameter, value = next((name, value) for name, value in given.items() if value is not None)
    factor, size = _factor_of(parameter, value)
    if size != len(shift):
        raise BadChoice(_NAME, f"loc has {len(shift)} entries, and {parameter} is for {size}")

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = factor(ns)
        moved = [total(ns, [rows[i][j] * x[j] for j in _row(parameter, i)]) for i in range(size)]
        return [v + ns.const(by) for v, by in zip(moved, shift, strict=True)]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        rows, found = factor(ns), list[Element]()
        for i, (v, by) in enumerate(zip(y, shift, strict=True)):
            terms = [v - ns.const(by), *(-(rows[i][j] * found[j]) for j in _row(parameter, i)[:-1])]
            found.append(total(ns, terms) / rows[i][i])
        return found

    return event_map(
        _NAME,
        forward,
        inverse,
        f"loc + {_WORDS[parameter]} @ x",
        "Golub & Van Loan 2013, section 4.2",
        params={"loc": loc, parameter: value},
        event=(size,),
        output_shape=same_length(size),
        input_shape=same_length(size),
        sums=parameter != "scale_diag",
    )


_WORDS = {
    "scale_diag": "diag(scale_diag)",
    "scale_tril": "scale_tril",
    "covariance_matrix": "cholesky(covariance_matrix)",
    "precision_matrix": "cholesky(inv(precision_matrix))",
}


def spreads(parameter: str, value: Row | tuple[Row, ...]) -> list[Fraction]:
    """The exact variances of the entries of L x for independent x of variance 1."""
    if parameter == "scale_diag":
        return [Fraction(v) ** 2 for v in value]  # type: ignore[arg-type]
    rows = [[Fraction(v) for v in row] for row in value]  # type: ignore[union-attr]
    if parameter == "scale_tril":
        return [sum((v * v for v in row), Fraction(0)) for row in rows]
    if parameter == "precision_matrix":
        rows = _inverse(rows)
    return [rows[i][i] for i in range(len(rows))]


def _row(parameter: str, i: int) -> range:
    """The columns of row i in which L may have something else than 0, the diagonal last."""
    return range(i, i + 1) if parameter == "scale_diag" else range(i + 1)


def _factor_of(parameter: str, value: object) -> tuple[Factor, int]:
    if parameter == "scale_diag":
        diagonal = vector(_NAME, parameter, value)
        if min(diagonal) <= 0:
            raise BadParameter(_NAME, parameter, value, "positive throughout")
        size = len(diagonal)
        return lambda ns: [[ns.const(diagonal[i]) if i == j else None for j in range(size)] for i in range(size)], size
    if parameter == "scale_tril":
        rows = triangular_matrix(_NAME, parameter, value)
        if min(rows[i][i] for i in range(len(rows))) <= 0:
            raise BadParameter(_NAME, parameter, value, "positive on its diagonal")
        return lambda ns: [[ns.const(v) for v in row] for row in rows], len(rows)
    exact = [[Fraction(v) for v in row] for row in matrix(_NAME, parameter, value)]
    if not _positive_definite(exact):
        raise BadParameter(_NAME, parameter, value, "symmetric and positive definite")
    if parameter == "precision_matrix":
        exact = _inverse(exact)
    return lambda ns: cholesky(ns, [[ns.rational(v.numerator, v.denominator) for v in row] for row in exact]), len(
        exact
    )


def _positive_definite(rows: Exact) -> bool:
    """Whether the matrix is square, symmetric, and has positive pivots in exact elimination."""
    n = len(rows)
    if len(rows[0]) != n or any(rows[i][j] != rows[j][i] for i in range(n) for j in range(i)):
        return False
    left = [list(row) for row in rows]
    for k in range(n):
        if left[k][k] <= 0:
            return False
        for i in range(k + 1, n):
            share = left[i][k] / left[k][k]
            left[i] = [a - share * b for a, b in zip(left[i], left[k], strict=True)]
    return True


def _inverse(rows: Exact) -> Exact:
    found = fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in rows]).inv()
    return [[Fraction(int(v.p), int(v.q)) for v in row] for row in found.tolist()]
