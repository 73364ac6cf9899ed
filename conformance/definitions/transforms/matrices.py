"""Maps of triangular and of positive definite matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

from conformance.definitions.combinators import CannotCombine, chain, written
from conformance.definitions.intervals import POSITIVE, REALS
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Family, LowerTriangular, PositiveDefinite, Shape
from conformance.definitions.spaces.triangular import TriangularReals, square
from conformance.definitions.transforms.arrangement import fill_triangular
from conformance.definitions.transforms.definition import AnyMap, TransformDefinition
from conformance.definitions.transforms.events import event_map, total

Entries = list[list[Element]]

EVENT: Shape = (3, 3)
"""The event of a map of matrices whose subject names no other."""


def _of_matrices(
    name: str, forward: AnyMap, inverse: AnyMap, source: Family, target: Family, formula: str, reference: str
) -> TransformDefinition:
    def kept(shape: Shape) -> Shape:
        square(shape, f"an event of {name}")
        return shape

    return event_map(
        name,
        forward,
        inverse,
        formula,
        reference,
        event=EVENT,
        source=source,
        target=target,
        output_shape=kept,
        input_shape=kept,
        sums=True,
    )


def cholesky_outer_product() -> TransformDefinition:
    """Y = X X^T for lower triangular X with a positive diagonal; its inverse is the Cholesky factor.

    Source: Golub & Van Loan, Matrix Computations (2013), section 4.2. log|det J| is taken between the lower entries.
    """
    return _of_matrices(
        "cholesky_outer_product",
        lambda ns, x: _flat(_outer(_square(x))),
        lambda ns, y: _flat(cholesky(ns, _square(y))),
        LowerTriangular,
        PositiveDefinite,
        "x @ x.T",
        "Golub & Van Loan 2013, section 4.2",
    )


def matrix_inverse_tril() -> TransformDefinition:
    """Y = X^-1 for lower triangular X, by forward substitution; its own inverse.

    Source: Golub & Van Loan, Matrix Computations (2013), section 3.1.
    """

    def inverted(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        return _flat(_inverted(ns, _square(x)))

    return _of_matrices(
        "matrix_inverse_tril",
        inverted,
        inverted,
        LowerTriangular,
        LowerTriangular,
        "inv(x)",
        "Golub & Van Loan 2013, section 3.1",
    )


def cholesky_to_inv_cholesky() -> TransformDefinition:
    """The Cholesky factor of (X X^T)^-1 for lower triangular X with a positive diagonal; its own inverse.

    (X X^T)^-1 = X^-T X^-1. With rows and columns in the opposite order X^-1 is upper triangular, and so is its product
    with its transpose a Cholesky factorisation from the other end; what is written here is the definition itself.
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        inverse = _inverted(ns, _square(x))
        n = len(inverse)
        product = [
            [total(ns, [inverse[k][i] * inverse[k][j] for k in range(max(i, j), n)]) for j in range(n)]
            for i in range(n)
        ]
        return _flat(cholesky(ns, product))

    return _of_matrices(
        "cholesky_to_inv_cholesky",
        forward,
        forward,
        LowerTriangular,
        LowerTriangular,
        "cholesky(inv(x @ x.T))",
        "Golub & Van Loan 2013, section 4.2",
    )


def lower_cholesky() -> TransformDefinition:
    """The diagonal of a lower triangular matrix through e^x, everything else as it is."""

    made = _of_matrices(
        "lower_cholesky",
        _on_the_diagonal(lambda ns, v: ns.exp(v)),
        _on_the_diagonal(lambda ns, v: ns.log(v)),
        TriangularReals,
        LowerTriangular,
        "tril(x, -1) + diag(exp(diag(x)))",
        "elementary",
    )
    return replace(made, sums=False)


def transform_diagonal(part: TransformDefinition) -> TransformDefinition:
    """The diagonal of a lower triangular matrix through a scalar map, everything else as it is."""
    if part.event or part.increasing is None or not _written_forward(part):
        raise CannotCombine(f"transform_diagonal() needs a monotone scalar map that is no inverse, not {part.name}")

    positive = part.codomain.within(POSITIVE)
    made = _of_matrices(
        "transform_diagonal",
        _on_the_diagonal(part.forward),
        _on_the_diagonal(part.inverse_candidate),
        TriangularReals if part.domain == REALS else LowerTriangular,
        LowerTriangular if positive else TriangularReals,
        f"tril(x, -1) + diag({written(part, 'diag(x)')})",
        part.reference,
    )
    return replace(made, parts=(part,), ordinary=part.ordinary, sums=False)


def fill_scale_tril(part: TransformDefinition) -> TransformDefinition:
    """The lower triangle filled in a spiral, and its diagonal through a scalar map."""
    return chain(fill_triangular(), transform_diagonal(part))


def _written_forward(part: TransformDefinition) -> bool:
    return part.kind == "leaf" or (part.kind == "chain" and all(map(_written_forward, part.parts)))


def positive_definite() -> TransformDefinition:
    """Y = L L^T where L is ``lower_cholesky`` of the lower triangular event."""
    lower = lower_cholesky()
    return _of_matrices(
        "positive_definite",
        lambda ns, x: _flat(_outer(_square(lower.forward(ns, x)))),
        lambda ns, y: lower.inverse_candidate(ns, _flat(cholesky(ns, _square(y)))),
        TriangularReals,
        PositiveDefinite,
        "L @ L.T, L = tril(x, -1) + diag(exp(diag(x)))",
        "elementary",
    )


def _on_the_diagonal(scalar: AnyMap) -> AnyMap:
    def of_entries(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        n = isqrt(len(x))
        return [scalar(ns, v) if i % (n + 1) == 0 else v for i, v in enumerate(x)]

    return of_entries


def _square(x: Sequence[Element]) -> Entries:
    n = isqrt(len(x))
    return [list(x[i * n : i * n + n]) for i in range(n)]


def _flat(rows: Entries) -> list[Element]:
    return [entry for row in rows for entry in row]


def _outer(x: Entries) -> Entries:
    """X X^T of a lower triangle."""
    n = len(x)
    product: Entries = [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            entry = x[i][0] * x[j][0]
            for k in range(1, j + 1):
                entry = entry + x[i][k] * x[j][k]
            product[i][j] = product[j][i] = entry
    return product


def cholesky(ns: NumberSystem, y: Entries) -> Entries:
    """The lower triangle whose outer product is y, of which the lower entries are read."""
    n = len(y)
    zero = ns.const(0.0)
    lower: Entries = [[zero] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = y[i][j]
            for k in range(j):
                rest = rest - lower[i][k] * lower[j][k]
            lower[i][j] = ns.sqrt(rest) if i == j else rest / lower[j][j]
    return lower


def solved(ns: NumberSystem, lower: Entries, y: Sequence[Element]) -> list[Element]:
    """The x with L x = y for a lower triangle L, by forward substitution: over balls it holds the solution, as each
    entry is what its equation says. Entries that are None are 0; what stands above the diagonal is not read.

    Source: Golub & Van Loan, Matrix Computations (2013), section 3.1.
    """
    found = list[Element]()
    for i, (row, v) in enumerate(zip(lower, y, strict=True)):
        known = [-(a * x) for a, x in zip(row[:i], found, strict=True) if a is not None]
        found.append(total(ns, [v, *known]) / row[i])
    return found


def _inverted(ns: NumberSystem, x: Entries) -> Entries:
    """The inverse of a lower triangle."""
    n = len(x)
    zero, one = ns.const(0.0), ns.const(1.0)
    found: Entries = [[zero] * n for _ in range(n)]
    for j in range(n):
        found[j][j] = one / x[j][j]
        for i in range(j + 1, n):
            rest = x[i][j] * found[j][j]
            for k in range(j + 1, i):
                rest = rest + x[i][k] * found[k][j]
            found[i][j] = -(rest / x[i][i])
    return found
