"""y = loc + L x: the map that makes a multivariate normal variable of independent standard normal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    triangular_matrix,
    vector,
)

Row = tuple[float, ...]
Exact = list[list[Fraction]]
Given = Mapping[str, Row | tuple[Row, ...]]
Factor = Callable[[NumberSystem], list[list[Element]]]
"""The lower triangular matrix L, over a number system; what stands above its diagonal is not read."""

_NAME = "location_scale"


def location_scale(
    loc: Row,
    scale_diag: Row | None = None,
    scale_tril: tuple[Row, ...] | None = None,
    covariance_matrix: tuple[Row, ...] | None = None,
    precision_matrix: tuple[Row, ...] | None = None,
    scale_matrix: tuple[Row, ...] | None = None,
    scale_perturb_diag: Row | None = None,
    scale_perturb_factor: tuple[Row, ...] | None = None,
    cov_diag: Row | None = None,
    cov_factor: tuple[Row, ...] | None = None,
) -> TransformDefinition:
    """y = loc + L x with L lower triangular and positive on its diagonal, given by exactly one of: its diagonal
    (and nothing else), itself, L L^T, the inverse of L L^T, or an invertible A with A A^T = L L^T; with D, E diagonal
    and U of any width, by D, E and U for A = D + U E U^T, or by D and U for L L^T = D + U U^T. The Cholesky factor of
    an exact matrix is unique.

    Source: Golub & Van Loan, Matrix Computations (2013), section 4.2.
    """
    shift = vector(_NAME, "loc", loc)
    every = {
        "scale_diag": scale_diag,
        "scale_tril": scale_tril,
        "covariance_matrix": covariance_matrix,
        "precision_matrix": precision_matrix,
        "scale_matrix": scale_matrix,
        "scale_perturb_diag": scale_perturb_diag,
        "scale_perturb_factor": scale_perturb_factor,
        "cov_diag": cov_diag,
        "cov_factor": cov_factor,
    }
    given: Given = {name: value for name, value in every.items() if value is not None}
    form = tuple(given)
    _known(_NAME, given)
    factor, size = _factor_of(given)
    if size != len(shift):
        raise BadChoice(_NAME, f"loc has {len(shift)} entries, and {' and '.join(form)} is for {size}")
    diagonal = form == ("scale_diag",)

    def row(i: int) -> range:
        """The columns in which L may have something else than 0, the diagonal last."""
        return range(i, i + 1) if diagonal else range(i + 1)

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = factor(ns)
        moved = [total(ns, [rows[i][j] * x[j] for j in row(i)]) for i in range(size)]
        return [v + ns.const(by) for v, by in zip(moved, shift, strict=True)]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        rows, found = factor(ns), list[Element]()
        for i, (v, by) in enumerate(zip(y, shift, strict=True)):
            terms = [v - ns.const(by), *(-(rows[i][j] * found[j]) for j in row(i)[:-1])]
            found.append(total(ns, terms) / rows[i][i])
        return found

    return event_map(
        _NAME,
        forward,
        inverse,
        f"loc + {_WORDS[form]} @ x",
        "Golub & Van Loan 2013, section 4.2",
        params={"loc": loc, **given},
        event=(size,),
        output_shape=same_length(size),
        input_shape=same_length(size),
        sums=not diagonal,
    )


_WORDS = {
    ("scale_diag",): "diag(scale_diag)",
    ("scale_tril",): "scale_tril",
    ("covariance_matrix",): "cholesky(covariance_matrix)",
    ("precision_matrix",): "cholesky(inv(precision_matrix))",
    ("scale_matrix",): "cholesky(scale_matrix @ scale_matrix.T)",
    ("scale_diag", "scale_perturb_diag", "scale_perturb_factor"): "cholesky(A @ A.T)",
    ("cov_diag", "cov_factor"): "cholesky(diag(cov_diag) + cov_factor @ cov_factor.T)",
}


def covariance_of(name: str, given: Given) -> Exact:
    """L L^T of the parameters of a law of this ``name``, exactly. BadParameter where they are none of the forms."""
    _known(name, given)
    _factor_of(given)
    if tuple(given) == ("scale_diag",):
        diagonal = _exact([given["scale_diag"]])[0]
        return [[v * v * (i == j) for j in range(len(diagonal))] for i, v in enumerate(diagonal)]
    return _squared(_exact(given["scale_tril"])) if "scale_tril" in given else _covariance(given)


def spreads(given: Given) -> list[Fraction]:
    """The exact variances of the entries of L x for independent x of variance 1."""
    rows = covariance_of(_NAME, given)
    return [rows[i][i] for i in range(len(rows))]


def _known(name: str, given: Given) -> None:
    if tuple(given) not in _WORDS:
        raise BadChoice(name, f"takes exactly one of {', or '.join(' and '.join(one) for one in _WORDS)}")


def _factor_of(given: Given) -> tuple[Factor, int]:
    if tuple(given) == ("scale_diag",):
        diagonal = _positive("scale_diag", given)
        size = len(diagonal)
        return lambda ns: [[ns.const(diagonal[i]) if i == j else None for j in range(size)] for i in range(size)], size
    if "scale_tril" in given:
        rows = triangular_matrix(_NAME, "scale_tril", given["scale_tril"])
        if min(rows[i][i] for i in range(len(rows))) <= 0:
            raise BadParameter(_NAME, "scale_tril", given["scale_tril"], "positive on its diagonal")
        return lambda ns: [[ns.const(v) for v in row] for row in rows], len(rows)
    exact = _covariance(given)
    return lambda ns: cholesky(ns, [[ns.rational(v.numerator, v.denominator) for v in row] for row in exact]), len(
        exact
    )


def _covariance(given: Given) -> Exact:
    """L L^T, exactly. BadParameter unless it is symmetric and positive definite."""
    form = tuple(given)
    if form in (("covariance_matrix",), ("precision_matrix",)):
        found = _exact(matrix(_NAME, form[0], given[form[0]]))
        if not _positive_definite(found):
            raise BadParameter(_NAME, form[0], given[form[0]], "symmetric and positive definite")
        return inverse_of(found) if form == ("precision_matrix",) else found
    if form == ("scale_matrix",):
        found = _squared(_exact(matrix(_NAME, "scale_matrix", given["scale_matrix"])))
        name = "scale_matrix"
    elif form == ("cov_diag", "cov_factor"):
        found, name = _perturbed(_positive("cov_diag", given), None, given, "cov_factor"), "cov_factor"
    else:
        weights = vector(_NAME, "scale_perturb_diag", given["scale_perturb_diag"])
        name = "scale_perturb_factor"
        found = _squared(_perturbed(vector(_NAME, "scale_diag", given["scale_diag"]), weights, given, name))
    if not _positive_definite(found):
        raise BadParameter(_NAME, name, given[name], "such that the matrix is square and invertible")
    return found


def _positive(name: str, given: Given) -> Row:
    diagonal = vector(_NAME, name, given[name])
    if min(diagonal) <= 0:
        raise BadParameter(_NAME, name, given[name], "positive throughout")
    return diagonal


def _perturbed(diagonal: Row, weights: Row | None, given: Given, name: str) -> Exact:
    """D + U E U^T, where E is 1 without ``weights``."""
    factor = _exact(matrix(_NAME, name, given[name]))
    width = [Fraction(1)] * len(factor[0]) if weights is None else [Fraction(v) for v in weights]
    if len(factor) != len(diagonal) or len(factor[0]) != len(width):
        raise BadParameter(_NAME, name, given[name], f"{len(diagonal)} rows of {len(width)}")
    return [
        [
            sum((u * e * v for u, e, v in zip(one, width, other, strict=True)), Fraction(diagonal[i]) * (i == j))
            for j, other in enumerate(factor)
        ]
        for i, one in enumerate(factor)
    ]


def _exact(rows: object) -> Exact:
    return [[Fraction(v) for v in row] for row in rows]  # type: ignore[attr-defined]


def _squared(rows: Exact) -> Exact:
    """A A^T."""
    return [[sum((u * v for u, v in zip(one, other, strict=True)), Fraction(0)) for other in rows] for one in rows]


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


def inverse_of(rows: Exact) -> Exact:
    """The exact inverse of an exact matrix."""
    found = fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in rows]).inv()
    return [[Fraction(int(v.p), int(v.q)) for v in row] for row in found.tolist()]
