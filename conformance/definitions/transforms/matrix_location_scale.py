"""Y = loc + A X B^T: the map that makes a matrix normal variable of independent standard normal entries."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, total
from conformance.definitions.transforms.parameters import BadChoice, BadParameter, matrix, triangular_matrix

Rows = tuple[tuple[float, ...], ...]

_NAME = "matrix_location_scale"


def matrix_location_scale(loc: Rows, scale_row: Rows, scale_column: Rows) -> TransformDefinition:
    """Y = loc + A X B^T for matrices X of the shape of loc; A = scale_row and B = scale_column are lower triangular and
    positive on their diagonals.

    Source: Gupta & Nagar, Matrix Variate Distributions (1999), section 2.3.
    """
    shift, left, right = matrix(_NAME, "loc", loc), factor("scale_row", scale_row), factor("scale_column", scale_column)
    n, p = len(shift), len(shift[0])
    if (len(left), len(right)) != (n, p):
        raise BadChoice(_NAME, f"loc is {n} by {p}, scale_row for {len(left)} rows, scale_column for {len(right)}")

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        mixed = [
            [total(ns, [ns.const(left[i][k]) * x[k * p + j] for k in range(i + 1)]) for j in range(p)] for i in range(n)
        ]
        return [
            total(ns, [mixed[i][k] * ns.const(right[j][k]) for k in range(j + 1)]) + ns.const(shift[i][j])
            for i in range(n)
            for j in range(p)
        ]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        moved = [[y[i * p + j] - ns.const(shift[i][j]) for j in range(p)] for i in range(n)]
        columns = [_solved(ns, left, [row[j] for row in moved]) for j in range(p)]
        return [v for i in range(n) for v in _solved(ns, right, [column[i] for column in columns])]

    return event_map(
        _NAME,
        forward,
        inverse,
        "loc + scale_row @ x @ scale_column.T",
        "Gupta & Nagar 1999, section 2.3",
        params={"loc": loc, "scale_row": scale_row, "scale_column": scale_column},
        event=(n, p),
        output_shape=_same((n, p)),
        input_shape=_same((n, p)),
        sums=True,
    )


def factor(parameter: str, value: object) -> Rows:
    """A lower triangular matrix that is positive on its diagonal."""
    rows = triangular_matrix(_NAME, parameter, value)
    if min(rows[i][i] for i in range(len(rows))) <= 0:
        raise BadParameter(_NAME, parameter, value, "positive on its diagonal")
    return rows


def _solved(ns: NumberSystem, rows: Rows, y: Sequence[Element]) -> list[Element]:
    """By forward substitution."""
    found = list[Element]()
    for row, v in zip(rows, y, strict=True):
        known = [v, *(-(ns.const(a) * x) for a, x in zip(row, found, strict=False))]
        found.append(total(ns, known) / ns.const(row[len(found)]))
    return found


def _same(event: Shape) -> object:
    def same(shape: Shape) -> Shape:
        if shape != event:
            raise ValueError(f"takes matrices of shape {list(event)}, not events of shape {list(shape)}")
        return shape

    return same
