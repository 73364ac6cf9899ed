"""y = loc + L x, with L lower triangular: given as it is, by its diagonal, or by a matrix that it is a root of.

Guarantee: as of a linear map whose matrix is exact; a Cholesky factor is known to 60 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from adapters.numpy import functions as fn
from adapters.numpy.events.entries import event, flat
from adapters.numpy.events.linear import Linear, Matrix, inverted
from adapters.numpy.pairs import Pair

Rows = tuple[tuple[float, ...], ...]


class LocationScale(Linear):
    """y = loc + L x; ``log_det`` is log|det L|, to 60 digits."""

    def __init__(self, loc: Sequence[float], rows: Matrix) -> None:
        super().__init__(rows)
        self._loc = [Fraction(v) for v in loc]
        if len(self._loc) != len(rows):
            raise ValueError("loc has an entry for each row")
        self.log_det: Fraction = self._log

    def forward(self, x: Pair) -> Pair:
        moved = flat(super().forward(x), 1)
        return event([v + v.like(by) for v, by in zip(moved, self._loc, strict=True)], (len(moved),))

    def inverse(self, y: Pair) -> Pair:
        moved = [v - v.like(by) for v, by in zip(flat(y, 1), self._loc, strict=True)]
        return super().inverse(event(moved, (len(moved),)))


def location_scale(
    loc: Sequence[float],
    scale_diag: Sequence[float] | None = None,
    scale_tril: Rows | None = None,
    covariance_matrix: Rows | None = None,
    precision_matrix: Rows | None = None,
) -> LocationScale:
    """L is scale_tril, has the diagonal scale_diag, or is the Cholesky factor of the covariance, that is of the inverse
    of the precision. ValueError unless exactly one of them is given."""
    given = [v for v in (scale_diag, scale_tril, covariance_matrix, precision_matrix) if v is not None]
    if len(given) != 1:
        raise ValueError("takes exactly one of scale_diag, scale_tril, covariance_matrix and precision_matrix")
    if scale_diag is not None:
        return LocationScale(loc, [[Fraction(d) * (i == j) for j in range(len(loc))] for i, d in enumerate(scale_diag)])
    rows = [[Fraction(v) for v in row] for row in given[0]]  # type: ignore[union-attr]
    if covariance_matrix is not None:
        rows = _cholesky(rows)
    elif precision_matrix is not None:
        rows = _cholesky(inverted(rows)[0])
    return LocationScale(loc, rows)


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
