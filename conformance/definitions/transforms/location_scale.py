"""y = loc + L x: the map that makes a multivariate normal variable of independent standard normal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.matrices import cholesky, solved
from conformance.definitions.transforms.parameters import (
    BadChoice,
    BadParameter,
    matrix,
    scale_factor,
    vector,
)

Row = tuple[float, ...]
Exact = list[list[Fraction]]
Given = Mapping[str, Row | tuple[Row, ...]]
Factor = Callable[[NumberSystem], list[list[Element]]]
"""The lower triangular matrix L, over a number system: None where it has 0 whatever its parameters are."""

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
    given = chosen(_NAME, every)
    shift, factor = fitting(_NAME, loc, given)
    form, size = tuple(given), len(shift)
    diagonal = form == ("scale_diag",)

    def row(i: int) -> range:
        """The columns in which L may have something else than 0, the diagonal last."""
        return range(i, i + 1) if diagonal else range(i + 1)

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        rows = factor(ns)
        moved = [total(ns, [rows[i][j] * x[j] for j in row(i)]) for i in range(size)]
        return [v + ns.const(by) for v, by in zip(moved, shift, strict=True)]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return solved(ns, factor(ns), [v - ns.const(by) for v, by in zip(y, shift, strict=True)])

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


def chosen(name: str, every: Mapping[str, Row | tuple[Row, ...] | None]) -> Given:
    """Those of ``every`` form's parameters that were given. BadChoice, in the ``name`` of the map or law that takes
    them, unless they are one of the forms that can be written with them."""
    given = {parameter: value for parameter, value in every.items() if value is not None}
    forms = [form for form in _WORDS if set(form) <= set(every)]
    if tuple(given) not in forms:
        raise BadChoice(name, f"takes exactly one of {', or '.join(' and '.join(form) for form in forms)}")
    return given


def fitting(name: str, loc: Row, given: Given) -> tuple[Row, Factor]:
    """loc and L, given in one of the forms. BadParameter, in the ``name`` of the map or law that they are given to, for
    what is none of its kind, and where the two do not go together."""
    shift = vector(name, "loc", loc)
    factor, size = _factor_of(name, given)
    if size != len(shift):
        raise BadChoice(name, f"loc has {len(shift)} entries, and {' and '.join(given)} is for {size}")
    return shift, factor


def covariance_of(name: str, given: Given) -> Exact:
    """L L^T of the parameters of a law of this ``name``, in one of the forms, exactly. BadParameter where they give
    none."""
    _factor_of(name, given)
    if tuple(given) == ("scale_diag",):
        diagonal = _exact([given["scale_diag"]])[0]
        return [[v * v * (i == j) for j in range(len(diagonal))] for i, v in enumerate(diagonal)]
    return _squared(_exact(given["scale_tril"])) if "scale_tril" in given else _covariance(name, given)


def condition_of(given: Given) -> float:
    """What rounding the parameters is magnified by on the way to L L^T: the condition number of a matrix that has to be
    inverted; 1 for what is only multiplied and added."""
    return condition_number(_exact(given["precision_matrix"])) if tuple(given) == ("precision_matrix",) else 1.0


def condition_number(rows: Exact) -> float:
    """|A| |A^-1| in the norm of the largest row (Higham, Accuracy and Stability of Numerical Algorithms (2002), section
    7.1)."""
    return float(_largest_row(rows) * _largest_row(inverse_of(rows)))


def _largest_row(rows: Exact) -> Fraction:
    return max(sum(map(abs, row), Fraction(0)) for row in rows)


def _factor_of(name: str, given: Given) -> tuple[Factor, int]:
    if tuple(given) == ("scale_diag",):
        diagonal = _positive(name, "scale_diag", given)
        size = len(diagonal)
        return lambda ns: [[ns.const(diagonal[i]) if i == j else None for j in range(size)] for i in range(size)], size
    if "scale_tril" in given:
        rows = scale_factor(name, "scale_tril", given["scale_tril"])
        return lambda ns: [[ns.const(v) for v in row] for row in rows], len(rows)
    covariance = _covariance(name, given)
    return lambda ns: cholesky(ns, [[exact(ns, v) for v in row] for row in covariance]), len(covariance)


def _covariance(name: str, given: Given) -> Exact:
    """L L^T, exactly. BadParameter unless it is symmetric and positive definite."""
    form = tuple(given)
    if form in (("covariance_matrix",), ("precision_matrix",)):
        found = _exact(matrix(name, form[0], given[form[0]]))
        if not _positive_definite(found):
            raise BadParameter(name, form[0], given[form[0]], "symmetric and positive definite")
        return inverse_of(found) if form == ("precision_matrix",) else found
    if form == ("scale_matrix",):
        found = _squared(_exact(matrix(name, "scale_matrix", given["scale_matrix"])))
    elif form == ("cov_diag", "cov_factor"):
        found = _perturbed(name, _positive(name, "cov_diag", given), None, given)
    else:
        diagonal, weights = (vector(name, key, given[key]) for key in form[:2])
        found = _squared(_perturbed(name, diagonal, weights, given))
    if not _positive_definite(found):
        raise BadParameter(name, form[-1], given[form[-1]], "such that the matrix is square and invertible")
    return found


def _positive(name: str, parameter: str, given: Given) -> Row:
    diagonal = vector(name, parameter, given[parameter])
    if min(diagonal) <= 0:
        raise BadParameter(name, parameter, given[parameter], "positive throughout")
    return diagonal


def _perturbed(name: str, diagonal: Row, weights: Row | None, given: Given) -> Exact:
    """D + U E U^T, where E is 1 without ``weights`` and U the parameter that was given last."""
    parameter = tuple(given)[-1]
    factor = _exact(matrix(name, parameter, given[parameter]))
    width = [Fraction(1)] * len(factor[0]) if weights is None else [Fraction(v) for v in weights]
    if len(factor) != len(diagonal) or len(factor[0]) != len(width):
        raise BadParameter(name, parameter, given[parameter], f"{len(diagonal)} rows of {len(width)}")
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
