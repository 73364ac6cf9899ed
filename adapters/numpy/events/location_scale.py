"""y = loc + L x, with L lower triangular: given as it is, by its diagonal, or by a matrix that it is a root of.

Guarantee: as of a linear map whose matrix is exact; a Cholesky factor is known to 60 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from adapters.numpy import functions as fn
from adapters.numpy.events.entries import event, flat
from adapters.numpy.events.linear import Linear, Matrix, inverted, numbers
from adapters.numpy.pairs import Pair

Rows = tuple[tuple[float, ...], ...]


class LocationScale(Linear):
    """y = loc + L x; ``log_det`` is log|det L| and ``squared`` L L^T, to 60 digits."""

    def __init__(self, loc: Sequence[float | Fraction], rows: Matrix) -> None:
        super().__init__(rows)
        self._loc = [Fraction(v) for v in loc]
        if len(self._loc) != len(rows):
            raise ValueError("loc has an entry for each row")
        self.log_det: Fraction = self._log
        self.rows, self.inverse_rows = self._rows, self._inverse
        self.loc, self.squared = self._loc, _product(rows, rows)

    def forward(self, x: Pair) -> Pair:
        moved = flat(super().forward(x), 1)
        return event([v + v.like(by) for v, by in zip(moved, self._loc, strict=True)], (len(moved),))

    def inverse(self, y: Pair) -> Pair:
        moved = [v - v.like(by) for v, by in zip(flat(y, 1), self._loc, strict=True)]
        return super().inverse(event(moved, (len(moved),)))


class MatrixLocationScale(LocationScale):
    """Y = loc + A X B^T, taken as a vector in C order."""

    event_rank = 2
    output_rank = 2

    def __init__(self, loc: Rows, scale_row: Rows, scale_column: Rows) -> None:
        left, right = (_exact(rows) for rows in (scale_row, scale_column))
        self._event = len(loc), len(loc[0])
        kronecker = [[u * v for u in row for v in column] for row in left for column in right]
        super().__init__([v for row in loc for v in row], kronecker)

    def forward(self, x: Pair) -> Pair:
        return self._shaped(super().forward(event(flat(x, 2), self._vector)))

    def inverse(self, y: Pair) -> Pair:
        return self._shaped(super().inverse(event(flat(y, 2), self._vector)))

    @property
    def _vector(self) -> tuple[int]:
        return (self._event[0] * self._event[1],)

    def _shaped(self, x: Pair) -> Pair:
        return event(flat(x, 1), self._event)


def location_scale(
    loc: Sequence[float],
    scale_diag: Sequence[float] | None = None,
    scale_tril: Rows | None = None,
    covariance_matrix: Rows | None = None,
    precision_matrix: Rows | None = None,
    scale_matrix: Rows | None = None,
    scale_perturb_diag: Sequence[float] | None = None,
    scale_perturb_factor: Rows | None = None,
    cov_diag: Sequence[float] | None = None,
    cov_factor: Rows | None = None,
) -> LocationScale:
    """L is scale_tril, has the diagonal scale_diag, or is the Cholesky factor of the covariance, that is of the inverse
    of the precision, of A A^T for scale_matrix A or for A = diag(scale_diag) + U diag(scale_perturb_diag) U^T, or of
    diag(cov_diag) + U U^T. ValueError unless exactly one of these is given."""
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
    given = {name for name, value in every.items() if value is not None}
    if given == {"scale_diag"}:
        assert scale_diag is not None
        return LocationScale(loc, _diagonal(scale_diag))
    if given == {"scale_tril"}:
        return LocationScale(loc, _exact(scale_tril))
    if given == {"covariance_matrix"}:
        return LocationScale(loc, _cholesky(_exact(covariance_matrix)))
    if given == {"precision_matrix"}:
        return LocationScale(loc, _cholesky(inverted(_exact(precision_matrix))[0]))
    if given == {"scale_matrix"}:
        rows = _exact(scale_matrix)
        return LocationScale(loc, _cholesky(_product(rows, rows)))
    if given == {"cov_diag", "cov_factor"}:
        rows = _exact(cov_factor)
        return LocationScale(loc, _cholesky(_sum(_diagonal(cov_diag), _product(rows, rows))))
    if given == {"scale_diag", "scale_perturb_diag", "scale_perturb_factor"}:
        rows = _exact(scale_perturb_factor)
        root = _sum(_diagonal(scale_diag), _product(_product(rows, _diagonal(scale_perturb_diag)), rows))
        return LocationScale(loc, _cholesky(_product(root, root)))
    raise ValueError("takes one form of the scale")


def batch_normalization(
    beta: tuple[float, ...],
    epsilon: float,
    gamma: tuple[float, ...],
    moving_mean: tuple[float, ...],
    moving_variance: tuple[float, ...],
) -> LocationScale:
    """(x - beta) / gamma times the root of moving_variance + epsilon, plus moving_mean: the constant and the scale of
    every entry to 60 digits. ValueError unless there is one number of each for every entry, and scales are
    positive."""
    given = {"beta": beta, "gamma": gamma, "moving_mean": moving_mean, "moving_variance": moving_variance}
    rows = [numbers(name, value) for name, value in given.items()]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"{', '.join(given)} have one number of each for every entry")
    scales, shifts = [], []
    for offset, by, mean, variance in zip(*rows, strict=True):
        squared = variance + Fraction(epsilon)
        if by <= 0 or squared <= 0 or epsilon < 0:
            raise ValueError("gamma and moving_variance + epsilon are positive, and epsilon is not below 0")
        scales.append(fn.root_of(squared) / by)
        shifts.append(mean - offset * scales[-1])
    return LocationScale(shifts, _diagonal(scales))


def _exact(rows: Any) -> Matrix:
    return [[Fraction(v) for v in row] for row in rows]


def _diagonal(entries: Any) -> Matrix:
    return [[Fraction(v) * (i == j) for j in range(len(entries))] for i, v in enumerate(entries)]


def _sum(a: Matrix, b: Matrix) -> Matrix:
    return [[u + v for u, v in zip(one, other, strict=True)] for one, other in zip(a, b, strict=True)]


def _product(a: Matrix, b: Matrix) -> Matrix:
    """A B^T."""
    return [[sum((u * v for u, v in zip(one, other, strict=True)), Fraction(0)) for other in b] for one in a]


def _cholesky(rows: Matrix) -> Matrix:
    n = len(rows)
    found = [[Fraction(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = rows[i][j] - sum((found[i][k] * found[j][k] for k in range(j)), Fraction(0))
            if i == j and rest <= 0:
                raise ValueError("the matrix is not positive definite")
            found[i][j] = fn.root_of(rest) if i == j else rest / found[j][j]
    return found
