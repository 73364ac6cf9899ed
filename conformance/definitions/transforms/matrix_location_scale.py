"""Y = loc + A X B^T: the map that makes a matrix normal variable of independent standard normal entries."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, total
from conformance.definitions.transforms.matrices import solved
from conformance.definitions.transforms.parameters import BadChoice, matrix, scale_factor

Rows = tuple[tuple[float, ...], ...]

_NAME = "matrix_location_scale"


def matrix_location_scale(loc: Rows, scale_row: Rows, scale_column: Rows) -> TransformDefinition:
    """Y = loc + A X B^T for matrices X of the shape of loc; A = scale_row and B = scale_column are lower triangular and
    positive on their diagonals.

    Source: Gupta & Nagar, Matrix Variate Distributions (1999), section 2.3.
    """
    shift, left, right = fitting(_NAME, loc, scale_row, scale_column)
    n, p = len(shift), len(shift[0])

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
        a, b = ([[ns.const(v) for v in row] for row in rows] for rows in (left, right))
        columns = [solved(ns, a, [row[j] for row in moved]) for j in range(p)]
        return [v for i in range(n) for v in solved(ns, b, [column[i] for column in columns])]

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


def fitting(name: str, loc: Rows, scale_row: Rows, scale_column: Rows) -> tuple[Rows, Rows, Rows]:
    """The three matrices. BadParameter, in the ``name`` of the map or law that they are given to, for what is none of
    its kind, and where they do not go together."""
    shift = matrix(name, "loc", loc)
    left, right = scale_factor(name, "scale_row", scale_row), scale_factor(name, "scale_column", scale_column)
    n, p = len(shift), len(shift[0])
    if (len(left), len(right)) != (n, p):
        raise BadChoice(name, f"loc is {n} by {p}, scale_row for {len(left)} rows, scale_column for {len(right)}")
    return shift, left, right


def _same(event: Shape) -> object:
    def same(shape: Shape) -> Shape:
        if shape != event:
            raise ValueError(f"takes matrices of shape {list(event)}, not events of shape {list(shape)}")
        return shape

    return same
