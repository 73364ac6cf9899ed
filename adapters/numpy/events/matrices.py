"""Triangular, positive definite and correlation matrices over pairs.

Guarantee: an error of at most 2**-2p+10 times the condition number of an entry (p = 24 for float32, 53 for float64),
so within 0.51 ulp unless the matrix is singular to a dozen binades or a product on the way leaves the normal numbers
(then 27 were seen); the log-det of correlation_cholesky within 0.75 ulp. Sources: Golub & Van Loan, Matrix
Computations (2013), sections 3.1 and 4.2; the documentation of tfp.bijectors.CorrelationCholesky for that map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.events.arrangement import fill_triangular
from adapters.numpy.events.entries import Rows, flat, log_one_more, matrix, per_event, scaled_down, square, total
from adapters.numpy.pairs import Floats, Pair, joined, where
from adapters.numpy.transforms import Map


class _OfMatrices(Map):
    increasing = None
    event_rank = 2
    output_rank = 2


class CholeskyOuterProduct(_OfMatrices):
    """X X^T of a lower triangle with a positive diagonal."""

    def forward(self, x: Pair) -> Pair:
        return matrix(outer(square(x)))

    def inverse(self, y: Pair) -> Pair:
        return matrix(cholesky(square(y)))

    def fldj(self, x: Pair) -> Pair:
        return outer_log_det(square(x))

    def ildj(self, y: Pair) -> Pair:
        return -outer_log_det(cholesky(square(y)))


class MatrixInverseTriL(_OfMatrices):
    """The inverse of a lower triangle."""

    def forward(self, x: Pair) -> Pair:
        return matrix(inverted(square(x)))

    def inverse(self, y: Pair) -> Pair:
        return self.forward(y)

    def fldj(self, x: Pair) -> Pair:
        rows = square(x)
        return -(total([fn.log(row[i].abs()) for i, row in enumerate(rows)]) * float(len(rows) + 1))

    def ildj(self, y: Pair) -> Pair:
        return self.fldj(y)


class CholeskyToInvCholesky(_OfMatrices):
    """The Cholesky factor of (X X^T)^-1."""

    def forward(self, x: Pair) -> Pair:
        return matrix(self._factor(square(x)))

    def inverse(self, y: Pair) -> Pair:
        return self.forward(y)

    def fldj(self, x: Pair) -> Pair:
        """X -> X X^T -> its inverse -> the factor; log det of the middle step is -(n + 1) log det(X X^T)."""
        rows = square(x)
        logs = total([fn.log(row[i]) for i, row in enumerate(rows)])
        return outer_log_det(rows) - outer_log_det(self._factor(rows)) - logs * float(2 * (len(rows) + 1))

    def ildj(self, y: Pair) -> Pair:
        return self.fldj(y)

    def _factor(self, rows: Rows) -> Rows:
        """X^-1 = Q R by Givens rotations, so that (X X^T)^-1 = R^T R: the matrix itself, whose condition is the square
        of theirs, is never formed."""
        upper = inverted(rows)
        n = len(rows)
        for j in range(n):
            for i in range(j + 1, n):
                length = fn.sqrt(upper[j][j].square() + upper[i][j].square())
                c, s = upper[j][j] / length, upper[i][j] / length
                first = [c * a + s * b for a, b in zip(upper[j], upper[i], strict=True)]
                second = [c * b - s * a for a, b in zip(upper[j], upper[i], strict=True)]
                upper[j], upper[i] = first, second
        zero = rows[0][0].filled(0.0)
        return [[upper[j][i] if j <= i else zero for j in range(n)] for i in range(n)]


class TransformDiagonal(_OfMatrices):
    """A scalar map on the diagonal; everything else as it is."""

    def __init__(self, part: Map) -> None:
        self._part = part

    def forward(self, x: Pair) -> Pair:
        return _with_diagonal(x, self._part.forward(_diagonal(x)))

    def inverse(self, y: Pair) -> Pair:
        return _with_diagonal(y, self._part.inverse(_diagonal(y)))

    def fldj(self, x: Pair) -> Pair:
        return total(flat(self._part.fldj(_diagonal(x)), 1))

    def ildj(self, y: Pair) -> Pair:
        return total(flat(self._part.ildj(_diagonal(y)), 1))


class PositiveDefinite(_OfMatrices):
    """L L^T, where L is the lower triangle with its diagonal through another map."""

    def __init__(self, lower: Map) -> None:
        self._lower, self._product = lower, CholeskyOuterProduct()

    def forward(self, x: Pair) -> Pair:
        return self._product.forward(self._lower.forward(x))

    def inverse(self, y: Pair) -> Pair:
        return self._lower.inverse(self._product.inverse(y))

    def fldj(self, x: Pair) -> Pair:
        """The logarithms of L's diagonal are the entries x themselves; each counts once more for its exponential."""
        rows = square(x)
        n = len(rows)
        return total([row[i] * float(n - i + 1) for i, row in enumerate(rows)]) + rows[0][0].like(fn.LOG2 * n)

    def ildj(self, y: Pair) -> Pair:
        found = cholesky(square(y))
        n = len(found)
        weighted = total([fn.log(row[i]) * float(n - i + 1) for i, row in enumerate(found)])
        return -(weighted + y.like(fn.LOG2 * n))


class CorrelationCholesky(Map):
    """The strictly lower entries in a spiral, 1 on the diagonal, every row divided by its length.

    The inverse is a function of the strictly lower entries, and does not read the diagonal. The log-det is with respect
    to Lebesgue measure on them.
    """

    increasing = None
    event_rank = 1
    output_rank = 2

    def __init__(self) -> None:
        self._filled = fill_triangular()

    def forward(self, x: Pair) -> Pair:
        below = self._rows(x)
        zero = per_event(x, 1)
        found = [[per_event(x, 1, 1.0), *[zero] * len(below)]]
        for i, row in enumerate(below, start=1):
            down, one, k = scaled_down(row)
            length = fn.sqrt(total([v.square() for v in down]) + one)
            shrunk = Pair.of(np.ldexp(np.ones_like(one.hi), -k))
            found.append([*(v / length for v in down), shrunk / length, *[zero] * (len(below) - i)])
        return matrix(found)

    def inverse(self, y: Pair) -> Pair:
        rows = square(y)
        zero = per_event(y, 2)
        n = len(rows)
        below = []
        for i in range(1, n):
            length = fn.sqrt(1.0 - total([v.square() for v in rows[i][:i]]))
            below.append([*(v / length for v in rows[i][:i]), *[zero] * (n - 1 - i)])
        return self._filled.inverse(matrix(below))

    def fldj(self, x: Pair) -> Pair:
        rows = enumerate(self._rows(x), start=1)
        return -total([log_one_more(row) * (0.5 * (i + 2)) for i, row in rows])

    def ildj(self, y: Pair) -> Pair:
        terms = []
        for i, row in enumerate(square(y)):
            if i:
                used = total([v.square() for v in row[:i]])
                log = where(used.hi < 0.5, fn.log1p(-used), fn.log(1.0 - used))
                terms.append(log * (0.5 * (i + 2)))
        return -total(terms)

    def _rows(self, x: Pair) -> Rows:
        return [row[: i + 1] for i, row in enumerate(square(self._filled.forward(x)))]


def outer(x: Rows) -> Rows:
    """X X^T of a lower triangle."""
    n = len(x)
    return [[total([x[i][k] * x[j][k] for k in range(min(i, j) + 1)]) for j in range(n)] for i in range(n)]


def outer_log_det(x: Rows) -> Pair:
    """log|det| of X -> X X^T between lower entries: 2^n prod_i x_ii^(n - i)."""
    n = len(x)
    return total([fn.log(row[i]) * float(n - i) for i, row in enumerate(x)]) + x[0][0].like(fn.LOG2 * n)


def cholesky(y: Rows) -> Rows:
    """The factor, column by column, from the lower entries."""
    n = len(y)
    found = [[y[0][0].filled(0.0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = total([y[i][j], *(-(found[i][k] * found[j][k]) for k in range(j))])
            found[i][j] = fn.sqrt(rest) if i == j else rest / found[j][j]
    return found


def inverted(x: Rows) -> Rows:
    """The inverse of a lower triangle, column by column."""
    n = len(x)
    found = [[x[0][0].filled(0.0)] * n for _ in range(n)]
    for j in range(n):
        found[j][j] = 1.0 / x[j][j]
        for i in range(j + 1, n):
            found[i][j] = -(total([x[i][k] * found[k][j] for k in range(j, i)]) / x[i][i])
    return found


def _diagonal(x: Pair) -> Pair:
    return x.each(lambda word: np.diagonal(word, axis1=-2, axis2=-1).copy())


def _with_diagonal(x: Pair, diagonal: Pair) -> Pair:
    n = np.arange(x.hi.shape[-1])

    def changed(words: Sequence[Floats]) -> Floats:
        word, given = words
        word = word.copy()
        word[..., n, n] = given
        return word

    return joined(changed, (x, diagonal))
