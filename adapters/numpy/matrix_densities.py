"""Densities of matrices: correlation matrices, their Cholesky factors, and sums of squares.

Guarantee: as that of all densities of events; a determinant is a product of pivots in pairs, whose last 8 bits are lost
for each factor of 256 in the matrix's condition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.densities import Density, Entries, Table
from adapters.numpy.events.entries import Rows, per_event, square, total
from adapters.numpy.events.location_scale import location_scale
from adapters.numpy.functions import LOG2, PI, exp_of, log_of
from adapters.numpy.pairs import Floats, Pair
from adapters.numpy.pushforward import Statistic
from adapters.numpy.tails import digamma, log_gamma


class _OnionLaw(Density):
    """A law of correlation matrices of n rows or of their factors: row m + 1 of the factor, without its diagonal, has a
    direction that is uniform, and a squared length of law Beta(m/2, a + (n - 1 - m)/2)."""

    def __init__(self, dimension: float, concentration: float) -> None:
        n, a = int(dimension), Fraction(concentration)
        if n != dimension or n < 2 or a <= 0:
            raise ValueError("takes a dimension of 2 or more, and a positive concentration")
        super().__init__((n, n))
        self._n, self._a, whole = n, a, a + Fraction(n - 1, 2)
        rows = sum((log_gamma(whole - Fraction(m, 2)) - log_gamma(whole) for m in range(1, n)), Fraction(0))
        self._log_constant = Fraction(n * (n - 1), 4) * log_of(PI) + rows

    def _factors(self, generator: np.random.Generator, count: int) -> Floats:
        n, found = self._n, np.zeros((count, self._n, self._n))
        found[:, 0, 0] = 1.0
        for m in range(1, n):
            length = generator.beta(m / 2, float(self._a) + (n - 1 - m) / 2, count)
            direction = generator.standard_normal((count, m))
            direction /= np.linalg.norm(direction, axis=1, keepdims=True)
            found[:, m, :m] = np.sqrt(length)[:, None] * direction
            found[:, m, m] = np.sqrt(1.0 - length)
        return found

    def _identity(self) -> Entries:
        return [Fraction(i == j) for i in range(self._n) for j in range(self._n)]

    def _entropy_of(self, weights: Sequence[Fraction]) -> Statistic:
        """Of the density prod_m L_mm^(2 weights_m)/c."""
        whole = self._a + Fraction(self._n - 1, 2)
        means = (digamma(whole - Fraction(m, 2)) - digamma(whole) for m in range(1, self._n))
        return self._log_constant - sum((w * v for w, v in zip(weights, means, strict=True)), Fraction(0))


class LKJ(_OnionLaw):
    """det(C)^(a - 1)/c of a correlation matrix, with respect to Lebesgue measure on the entries below the diagonal."""

    def log_prob(self, y: Pair) -> Pair:
        logs = [fn.log(pivot) for pivot in pivots(square(y))[1:]]
        return total(logs) * y.like(self._a - 1) - y.like(self._log_constant)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        factors = self._factors(generator, count)
        found = factors @ factors.transpose(0, 2, 1)
        found[:, np.arange(self._n), np.arange(self._n)] = 1.0
        return found

    def entropy(self) -> Statistic:
        return self._entropy_of([self._a - 1] * (self._n - 1))

    def mean(self) -> Entries:
        return self._identity()

    def covariance(self) -> Table:
        """Each entry is 2 B - 1 of a beta variable of the concentration b = a - 1 + n/2 twice, whose variance is
        1/(4 (2 b + 1)); different ones do not go together."""
        places = [(i, j) for i in range(self._n) for j in range(self._n)]
        own = 1 / (2 * (self._a - 1 + Fraction(self._n, 2)) + 1)
        return [[own if i != j and {i, j} == {k, m} else Fraction(0) for k, m in places] for i, j in places]

    def mode(self) -> Entries:
        return self.mean() if self._a > 1 else [math.nan] * self._n**2


class LKJCholesky(_OnionLaw):
    """prod_i L_ii^(n - i + 2 a - 2)/c of a factor, rows counted from 1, with respect to Lebesgue measure on the entries
    below the diagonal; the diagonal is what they leave."""

    def log_prob(self, y: Pair) -> Pair:
        terms = [y.like(-self._log_constant)]
        for m, row in enumerate(square(y)[1:], 1):
            left = -total([v.square() for v in row[:m]])
            terms.append(fn.log1p(left) * y.like(self._weight(m)))
        return total(terms)

    def _weight(self, m: int) -> Fraction:
        return self._a - 1 + Fraction(self._n - 1 - m, 2)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        return self._factors(generator, count)

    def entropy(self) -> Statistic:
        return self._entropy_of([self._weight(m) for m in range(1, self._n)])

    def mean(self) -> Entries:
        return [self._on_the_diagonal(i) if i == j else Fraction(0) for i in range(self._n) for j in range(self._n)]

    def variance(self) -> Entries:
        """Below the diagonal 1/(2 S) with S = a + (n - 1)/2, on it (S - m/2)/S less the squared mean."""
        whole, found = self._a + Fraction(self._n - 1, 2), list[Statistic]()
        for i, j in np.ndindex(self._n, self._n):
            below = 1 / (2 * whole) if j < i else Fraction(0)
            found.append(1 - Fraction(i, 2) / whole - self._on_the_diagonal(i) ** 2 if i == j else below)
        return found

    def mode(self) -> Entries:
        """NotOffered at a = 1, where the last row may be any."""
        if self._a == 1 and self._n > 2:
            raise NotOffered("the mode of a density that one row leaves as it is")
        return self._identity() if self._a > 1 else [math.nan] * self._n**2

    def _on_the_diagonal(self, m: int) -> Fraction:
        """The mean of the root of a variable Beta(S - m/2, m/2), S = a + (n - 1)/2."""
        whole, half = self._a + Fraction(self._n - 1, 2), Fraction(1, 2)
        own = log_gamma(whole - Fraction(m, 2) + half) - log_gamma(whole - Fraction(m, 2))
        return exp_of(own - log_gamma(whole + half) + log_gamma(whole)) if m else Fraction(1)


class Wishart(Density):
    """The law of a sum of df products Z Z^T of normal vectors of the covariance that ``location_scale`` takes."""

    def __init__(self, df: float, **scale: Any) -> None:
        n = len(next(iter(scale.values()), ()))
        factor = location_scale([0.0] * n, **scale)
        if df <= n - 1:
            raise ValueError("takes more degrees of freedom than one less than the rows")
        super().__init__((n, n))
        self._n, self._df, self._factor = n, Fraction(df), factor
        # Columns of L^-1, whose squares are V^-1.
        inverse = factor.inverse_rows
        self._inverse = [[sum((row[i] * row[j] for row in inverse), Fraction(0)) for j in range(n)] for i in range(n)]
        gammas = sum((log_gamma(self._df / 2 - Fraction(j, 2)) for j in range(n)), Fraction(0))
        self._log_gammas = Fraction(n * (n - 1), 4) * log_of(PI) + gammas
        self._log_constant = self._df * (Fraction(n, 2) * LOG2 + factor.log_det) + self._log_gammas

    def log_prob(self, y: Pair) -> Pair:
        rows = square(y)
        logs = total([fn.log(pivot) for pivot in pivots(rows)]) * y.like((self._df - self._n - 1) / 2)
        shares = [
            v * y.like(u / 2)
            for row, own in zip(rows, self._inverse, strict=True)
            for v, u in zip(row, own, strict=True)
        ]
        return total([logs, -total(shares), per_event(y, 2, y.like(-self._log_constant))])

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64: L T T^T L^T with T triangular, its entries normal and roots of chi-squared ones."""
        root = np.tril(generator.standard_normal((count, self._n, self._n)), -1)
        for i in range(self._n):
            root[:, i, i] = np.sqrt(generator.chisquare(float(self._df) - i, count))
        factor = np.array([[float(v) for v in row] for row in self._factor.rows]) @ root
        return factor @ factor.transpose(0, 2, 1)

    def entropy(self) -> Statistic:
        """By E tr(V^-1 X) = df n and E log det(X) = log det(V) + n log 2 + sum_j psi((df - j)/2)."""
        digammas = sum((digamma(self._df / 2 - Fraction(j, 2)) for j in range(self._n)), Fraction(0))
        mean_log = 2 * self._factor.log_det + self._n * LOG2 + digammas
        return self._log_constant + self._df * self._n / 2 - (self._df - self._n - 1) / 2 * mean_log

    def mean(self) -> Entries:
        return [self._df * v for row in self._factor.squared for v in row]

    def covariance(self) -> Table:
        """By E of a product of four normal variables (L. Isserlis, 1918), df times."""
        v, places = self._factor.squared, [(i, j) for i in range(self._n) for j in range(self._n)]
        return [[self._df * (v[i][k] * v[j][m] + v[i][m] * v[j][k]) for k, m in places] for i, j in places]

    def mode(self) -> Entries:
        power = self._df - self._n - 1
        return [power * v if power > 0 else math.nan for row in self._factor.squared for v in row]


def pivots(rows: Rows) -> list[Pair]:
    """Those of Gaussian elimination of a symmetric matrix, of which the lower triangle is read."""
    left, found = [list(row) for row in rows], []
    for k, row in enumerate(left):
        found.append(row[k])
        for i in range(k + 1, len(left)):
            factor = left[i][k] / row[k]
            for j in range(k + 1, i + 1):
                left[i][j] = left[i][j] - factor * left[j][k]
    return found


MATRIX_DENSITIES: dict[str, Callable[..., Density]] = {
    "lkj": LKJ,
    "lkj_cholesky": LKJCholesky,
    "wishart": Wishart,
}
"""By names of their own."""
