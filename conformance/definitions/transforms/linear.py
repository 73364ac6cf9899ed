"""Linear maps of vectors: their log-det is the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms.definition import EVENT, AnyMap, TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.parameters import (
    BadParameter,
    permutation_of,
    triangular_matrix,
    vector,
    whole,
)
from conformance.definitions.transforms.parameters import (
    matrix as rows_of,
)

Row = tuple[float, ...]


def _linear(
    name: str,
    params: dict[str, Any],
    forward: AnyMap,
    inverse: AnyMap,
    formula: str,
    reference: str,
    size: int | None,
) -> TransformDefinition:
    """A linear map of R^n; size None: of every n."""
    return event_map(
        name,
        forward,
        inverse,
        formula,
        reference,
        params=params,
        event=EVENT if size is None else (size,),
        output_shape=same_length(size),
        input_shape=same_length(size),
        sums=True,
        batched=tuple(name for name, value in params.items() if isinstance(value, tuple)),
    )


def scale_matvec_diag(scale_diag: Row) -> TransformDefinition:
    """y_i = d_i x_i, no d_i = 0."""
    diagonal = vector("scale_matvec_diag", "scale_diag", scale_diag)
    if 0.0 in diagonal:
        raise BadParameter("scale_matvec_diag", "scale_diag", scale_diag, "without a 0")
    made = _linear(
        "scale_matvec_diag",
        {"scale_diag": scale_diag},
        lambda ns, x: [ns.const(d) * v for d, v in zip(diagonal, x, strict=True)],
        lambda ns, y: [v / ns.const(d) for d, v in zip(diagonal, y, strict=True)],
        "scale_diag * x",
        "elementary",
        len(diagonal),
    )
    return replace(made, sums=False)


def scale_matvec_tril(scale_tril: tuple[Row, ...]) -> TransformDefinition:
    """y = L x, L lower triangular without a 0 on its diagonal; what stands above the diagonal must be 0."""
    rows = triangular_matrix("scale_matvec_tril", "scale_tril", scale_tril)
    return _linear(
        "scale_matvec_tril",
        {"scale_tril": scale_tril},
        lambda ns, x: _lower_times(ns, rows, x),
        lambda ns, y: _lower_solved(ns, rows, y),
        "scale_tril @ x",
        "elementary",
        len(rows),
    )


def scale_matvec_lu(lower_upper: tuple[Row, ...], permutation: Row) -> TransformDefinition:
    """y = P L U x: L is 1 on its diagonal, U has no 0 there, both stand in one matrix; row permutation[i] of L U x is
    row i of it before the rows were exchanged, that is y_permutation[i] = (L U x)_i.

    Source: Golub & Van Loan, Matrix Computations (2013), section 3.4, whose P A = L U reads A = P^T L U.
    """
    name = "scale_matvec_lu"
    rows = rows_of(name, "lower_upper", lower_upper)
    order = permutation_of(name, "permutation", permutation)
    n = len(rows)
    if any(len(row) != n for row in rows) or len(order) != n:
        raise BadParameter(name, "lower_upper", lower_upper, f"square, of the size {len(order)} of permutation")
    if any(rows[i][i] == 0 for i in range(n)):
        raise BadParameter(name, "lower_upper", lower_upper, "without a 0 on its diagonal")

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        upper = [_dot(ns, rows[i][i:], x[i:]) for i in range(n)]
        product = [total(ns, [_dot(ns, rows[i][:i], upper[:i]), upper[i]]) for i in range(n)]
        placed: list[Element] = [None] * n
        for i, at in enumerate(order):
            placed[at] = product[i]
        return placed

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        lower: list[Element] = []
        for i, at in enumerate(order):
            lower.append(total(ns, [y[at], *(-(ns.const(rows[i][j]) * lower[j]) for j in range(i))]))
        found: list[Element] = [None] * n
        for i in reversed(range(n)):
            rest = total(ns, [lower[i], *(-(ns.const(rows[i][j]) * found[j]) for j in range(i + 1, n))])
            found[i] = rest / ns.const(rows[i][i])
        return found

    formula = "P @ L @ U @ x"
    reference = "Golub & Van Loan 2013, section 3.4"
    return _linear(
        name, {"lower_upper": lower_upper, "permutation": permutation}, forward, inverse, formula, reference, n
    )


def scale_matvec(matrix: tuple[Row, ...]) -> TransformDefinition:
    """y = A x for an invertible square matrix A."""
    rows = rows_of("scale_matvec", "matrix", matrix)
    n = len(rows)
    inverse = _inverse(rows) if len(rows[0]) == n else None
    if inverse is None:
        raise BadParameter("scale_matvec", "matrix", matrix, "an invertible square matrix")
    return _linear(
        "scale_matvec",
        {"matrix": matrix},
        lambda ns, x: [_dot(ns, row, x) for row in rows],
        lambda ns, y: [_rational_dot(ns, row, y) for row in inverse],
        "matrix @ x",
        "elementary",
        n,
    )


def householder(reflection_axis: Row) -> TransformDefinition:
    """y = x - 2 v (v.x)/(v.v): the reflection at the plane that is normal to v = reflection_axis, whatever its length.

    Source: Golub & Van Loan, Matrix Computations (2013), section 5.1.
    """
    axis = vector("householder", "reflection_axis", reflection_axis)
    exact = [Fraction(v) for v in axis]
    square = sum((v * v for v in exact), Fraction(0))
    if square == 0:
        raise BadParameter("householder", "reflection_axis", reflection_axis, "not all 0")
    entries = [[Fraction(int(i == j)) - 2 * a * b / square for j, b in enumerate(exact)] for i, a in enumerate(exact)]

    def reflected(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        return [_rational_dot(ns, row, x) for row in entries]

    return _linear(
        "householder",
        {"reflection_axis": reflection_axis},
        reflected,
        reflected,
        "x - 2 v (v.x)/(v.v)",
        "Golub & Van Loan 2013, section 5.1",
        len(axis),
    )


def cumsum() -> TransformDefinition:
    """y_i = x_0 + ... + x_i."""

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        sums = [x[0]]
        for v in x[1:]:
            sums.append(sums[-1] + v)
        return sums

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return [y[0], *(after - before for before, after in pairwise(y))]

    return _linear("cumsum", {}, forward, inverse, "y_i = x_0 + ... + x_i", "elementary", None)


def discrete_cosine_transform(dct_type: float) -> TransformDefinition:
    """The orthonormal discrete cosine transform of type 2 or 3, of vectors of any length N; each inverts the other.

    Type 2: y_k = c_k (x_0 cos(pi k/2N) + ... + x_(N-1) cos(pi (2N - 1)k/2N)), c_0 = sqrt(1/N), else c_k = sqrt(2/N).
    Source: Strang, The discrete cosine transform, SIAM Review 41 (1999), who proves that it is orthogonal.
    """
    name = "discrete_cosine_transform"
    chosen = whole(name, "dct_type", dct_type)
    if chosen not in (2, 3):
        raise BadParameter(name, "dct_type", dct_type, "2 or 3")

    def second(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = _cosines(ns, len(x))
        return [_weighted(ns, row, x) for row in rows]

    def third(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = _cosines(ns, len(x))
        return [_weighted(ns, column, x) for column in zip(*rows, strict=True)]

    forward, inverse = (second, third) if chosen == 2 else (third, second)
    params = {"dct_type": dct_type}
    made = _linear(name, params, forward, inverse, f"dct(x, type={chosen})", "Strang 1999", None)
    return replace(made, isometry=True)


def _cosines(ns: NumberSystem, n: int) -> list[list[Element | None]]:
    """The matrix of type 2, row by row; None where it is 0."""
    rows: list[list[Element | None]] = []
    for k in range(n):
        size = ns.sqrt(ns.rational(2 if k else 1, n))
        angles = [Fraction((2 * i + 1) * k, 2 * n) for i in range(n)]
        rows.append([None if angle.denominator == 2 else size * ns.cos_pi(angle) for angle in angles])
    return rows


def _weighted(ns: NumberSystem, weights: Sequence[Element | None], x: Sequence[Element]) -> Element:
    return total(ns, [w * v for w, v in zip(weights, x, strict=True) if w is not None])


def _dot(ns: NumberSystem, row: Sequence[float], x: Sequence[Element]) -> Element:
    return total(ns, [ns.const(a) * v for a, v in zip(row, x, strict=True) if a != 0])


def _rational_dot(ns: NumberSystem, row: Sequence[Fraction], x: Sequence[Element]) -> Element:
    return total(ns, [ns.rational(a.numerator, a.denominator) * v for a, v in zip(row, x, strict=True) if a])


def _inverse(rows: Sequence[Row]) -> list[list[Fraction]] | None:
    """Exact; None for a singular matrix."""
    exact = [[fmpq(*float(v).as_integer_ratio()) for v in row] for row in rows]
    try:
        found = fmpq_mat(exact).inv()
    except ZeroDivisionError:
        return None
    return [[Fraction(int(v.p), int(v.q)) for v in row] for row in found.tolist()]


def _lower_times(ns: NumberSystem, rows: Sequence[Row], x: Sequence[Element]) -> list[Element]:
    return [_dot(ns, row[: i + 1], x[: i + 1]) for i, row in enumerate(rows)]


def _lower_solved(ns: NumberSystem, rows: Sequence[Row], y: Sequence[Element]) -> list[Element]:
    found: list[Element] = []
    for i, row in enumerate(rows):
        rest = total(ns, [y[i], *(-(ns.const(row[j]) * found[j]) for j in range(i) if row[j] != 0)])
        found.append(rest / ns.const(row[i]))
    return found
