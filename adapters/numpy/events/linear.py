"""Linear maps of vectors: the matrix and its inverse are exact fractions, rounded to pairs.

Guarantee: an entry is off by at most 2**-2p+8 times the sum of the sizes of its products (p = 24 for float32, 53 for
float64), so within 0.51 ulp unless they cancel by a dozen binades or more; the log-det, a constant, within 0.5 ulp.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.events.arrangement import whole_numbers
from adapters.numpy.events.entries import event, flat, per_event, total
from adapters.numpy.pairs import Pair
from adapters.numpy.transforms import Map

Matrix = list[list[Fraction]]


class Linear(Map):
    """y = A x."""

    increasing = None
    event_rank = 1
    output_rank = 1

    def __init__(self, rows: Matrix) -> None:
        self._rows = rows
        self._inverse, determinant = inverted(rows)
        self._log = fn.log_of(abs(determinant))

    def forward(self, x: Pair) -> Pair:
        return _times(self._rows, x)

    def inverse(self, y: Pair) -> Pair:
        return _times(self._inverse, y)

    def fldj(self, x: Pair) -> Pair:
        return per_event(x, self.event_rank, x.like(self._log))

    def ildj(self, y: Pair) -> Pair:
        return per_event(y, self.event_rank, y.like(-self._log))


class DiscreteCosines(Map):
    """The orthonormal transform of type 2, of vectors of any length; ``third``: that of type 3, its inverse."""

    increasing = None
    event_rank = 1
    output_rank = 1

    def __init__(self, third: bool) -> None:
        self._third = third

    def forward(self, x: Pair) -> Pair:
        return _times(_cosines(x.hi.shape[-1], self._third), x)

    def inverse(self, y: Pair) -> Pair:
        return _times(_cosines(y.hi.shape[-1], not self._third), y)

    def fldj(self, x: Pair) -> Pair:
        return per_event(x, 1)

    def ildj(self, y: Pair) -> Pair:
        return per_event(y, 1)


@functools.lru_cache(maxsize=64)
def _cosines(n: int, turned: bool) -> Matrix:
    """Row k of type 2 holds c_k cos(pi (2 i + 1) k/2n), c_0 = sqrt(1/n), else sqrt(2/n); ``turned``: its columns."""
    sizes = [fn.root_of(Fraction(2 if k else 1, n)) for k in range(n)]
    # An odd multiple of pi/2 has the cosine 0, of which 60 digits would leave a rest.
    angles = [[Fraction((2 * i + 1) * k, 2 * n) for i in range(n)] for k in range(n)]
    rows = [
        [Fraction(0) if angle.denominator == 2 else sizes[k] * fn.cos_pi_of(angle) for angle in row]
        for k, row in enumerate(angles)
    ]
    return [list(column) for column in zip(*rows, strict=True)] if turned else rows


class Cumsum(Map):
    """y_i = x_0 + ... + x_i."""

    increasing = None
    event_rank = 1
    output_rank = 1

    def forward(self, x: Pair) -> Pair:
        entries = flat(x, 1)
        return event([total(entries[: i + 1]) for i in range(len(entries))], (len(entries),))

    def inverse(self, y: Pair) -> Pair:
        entries = flat(y, 1)
        differences = [after - before for before, after in pairwise(entries)]
        return event([entries[0], *differences], (len(entries),))

    def fldj(self, x: Pair) -> Pair:
        return per_event(x, 1)

    def ildj(self, y: Pair) -> Pair:
        return per_event(y, 1)


def scale_matvec_diag(scale_diag: tuple[float, ...]) -> Map:
    """A diagonal matrix."""
    diagonal = numbers("scale_diag", scale_diag)
    return Linear([[d if i == j else Fraction(0) for j in range(len(diagonal))] for i, d in enumerate(diagonal)])


def scale_matvec_tril(scale_tril: tuple[tuple[float, ...], ...]) -> Map:
    """A lower triangular matrix; what stands above its diagonal must be 0."""
    rows = _rows("scale_tril", scale_tril)
    if any(v for i, row in enumerate(rows) for v in row[i + 1 :]):
        raise ValueError("scale_tril is 0 above its diagonal")
    return Linear(rows)


def scale_matvec_lu(lower_upper: tuple[tuple[float, ...], ...], permutation: tuple[float, ...]) -> Map:
    """Row i of L U becomes row permutation[i]; L and U stand in one matrix, L without the ones on its diagonal."""
    both, order = _rows("lower_upper", lower_upper), whole_numbers("permutation", permutation)
    n = len(both)
    if sorted(order) != list(range(n)):
        raise ValueError("permutation names every row once")
    rows: Matrix = [[] for _ in range(n)]
    for i, at in enumerate(order):
        lower = [*both[i][:i], Fraction(1)]
        rows[at] = [sum((lower[k] * both[k][j] for k in range(min(i, j) + 1)), Fraction(0)) for j in range(n)]
    return Linear(rows)


def scale_matvec(matrix: tuple[tuple[float, ...], ...]) -> Map:
    """Any invertible matrix."""
    return Linear(_rows("matrix", matrix))


def scale_matvec_blocks(lengths: tuple[float, ...], matrix: tuple[tuple[float, ...], ...]) -> Map:
    """A matrix whose blocks of these lengths above the diagonal are 0."""
    sizes, rows = whole_numbers("lengths", lengths), _rows("matrix", matrix)
    ends = [sum(sizes[: block + 1]) for block in range(len(sizes))]
    if min(sizes) < 1 or ends[-1] != len(rows):
        raise ValueError("lengths add up to the rows of matrix, and none is 0")
    if any(v for i, row in enumerate(rows) for v in row[next(end for end in ends if end > i) :]):
        raise ValueError("matrix is 0 above the blocks on its diagonal")
    return Linear(rows)


def householder(reflection_axis: tuple[float, ...]) -> Map:
    """x - 2 v (v.x)/(v.v)."""
    axis = numbers("reflection_axis", reflection_axis)
    length = sum(v * v for v in axis)
    if not length:
        raise ValueError("reflection_axis is not 0")
    return Linear([[int(i == j) - 2 * a * b / length for j, b in enumerate(axis)] for i, a in enumerate(axis)])


def linear_flow(field: tuple[tuple[float, ...], ...]) -> Map:
    """The exponential of a matrix, by its power series to 60 digits."""
    rows = _rows("field", field)
    if _size(rows) > 4:  # The fractions of the series grow with every term.
        raise ValueError("the sizes of a row of field add up to 4 at the most")
    places = range(len(rows))
    term: Matrix = [[Fraction(int(i == j)) for j in places] for i in places]
    found, count = term, 0
    while count < 2 * _size(rows) or _size(term) > 10**-60:
        count += 1
        term = [[sum((term[i][k] * rows[k][j] for k in places), Fraction(0)) / count for j in places] for i in places]
        found = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(found, term, strict=True)]
    return Linear(found)


def _size(rows: Matrix) -> Fraction:
    """The largest sum of the sizes of a row: from twice as many terms as this on the rest of the series is below the
    last one."""
    return max(sum((abs(v) for v in row), Fraction(0)) for row in rows)


def discrete_cosine_transform(dct_type: float) -> Map:
    """Type 2, or type 3."""
    if dct_type not in (2.0, 3.0):
        raise ValueError("dct_type is 2 or 3")
    return DiscreteCosines(dct_type == 3.0)


def inverted(rows: Matrix) -> tuple[Matrix, Fraction]:
    """The inverse and the determinant. ValueError for a singular matrix."""
    n = len(rows)
    wide = [[*row, *(Fraction(int(i == j)) for j in range(n))] for i, row in enumerate(rows)]
    determinant = Fraction(1)
    for k in range(n):
        pivot = next((i for i in range(k, n) if wide[i][k]), None)
        if pivot is None:
            raise ValueError("the matrix is singular")
        wide[k], wide[pivot] = wide[pivot], wide[k]
        determinant *= wide[k][k]
        wide[k] = [v / wide[k][k] for v in wide[k]]
        for i in range(n):
            if i != k and wide[i][k]:
                wide[i] = [a - wide[i][k] * b for a, b in zip(wide[i], wide[k], strict=True)]
    return [row[n:] for row in wide], determinant


def _times(rows: Matrix, x: Pair) -> Pair:
    entries = flat(x, 1)
    if len(entries) != len(rows):
        raise ValueError(f"takes vectors of {len(rows)} entries, not of {len(entries)}")
    return event([products(row, entries) for row in rows], (len(rows),))


def products(row: Sequence[Fraction], entries: Sequence[Pair]) -> Pair:
    """The sum of products, without those that are 0, since an infinite entry would make them nan.

    Entries are moved by a power of two into the middle of the range first where products would leave it.
    """
    used = [(a, entry) for a, entry in zip(row, entries, strict=True) if a]
    size = np.max(np.abs([entry.hi for _, entry in used]), axis=0)
    info = np.finfo(size.dtype)
    exponent = np.frexp(np.where(np.isfinite(size), size, 1))[1]
    k = np.where(exponent < info.minexp // 2, exponent, np.where(exponent > info.maxexp - 16, 16, 0))
    terms = []
    for a, entry in used:
        moved = entry.each(lambda word: np.ldexp(word, -k))
        terms.append(moved * moved.like(a))
    found = total(terms)
    hi = np.ldexp(found.hi, k)
    kept = np.isfinite(hi) & (np.abs(hi) > info.tiny * hi.dtype.type(2.0 ** (info.nmant + 4)))
    return Pair(hi, np.where(kept, np.ldexp(found.lo, k), hi.dtype.type(0)))


def numbers(name: str, value: object) -> list[Fraction]:
    if not isinstance(value, tuple) or not value or not all(isinstance(v, float) for v in value):
        raise ValueError(f"{name} is a list of numbers")
    return [Fraction(v) for v in value]


def _rows(name: str, value: object) -> Matrix:
    rows = [numbers(f"a row of {name}", row) for row in value] if isinstance(value, tuple) else []
    if not rows or any(len(row) != len(rows) for row in rows):
        raise ValueError(f"{name} is a square matrix")
    return rows
