"""Matrices of many rows: what is ordinary about them is what people compute with, at every size."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from conformance.definitions.spaces import (
    Correlation,
    CorrelationCholesky,
    LowerTriangular,
    PositiveDefinite,
    RoundedFactors,
    Space,
)
from conformance.definitions.spaces.space import near_boundary
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region

FLOAT32 = FORMATS["float32"]
SIZES = (2, 3, 5, 10, 20)
FACTORS = (LowerTriangular, CorrelationCholesky, RoundedFactors)
WHOLE = (PositiveDefinite, Correlation)


def ordinary_of(space: Space) -> tuple[np.ndarray, int]:
    """The ordinary ones of what is drawn, in float64, and how many are drawn."""
    rows = space.draw(FLOAT32, 64, (3, 0))
    return rows[space.regions(rows, FLOAT32) == Region.ORDINARY].astype(np.float64), len(rows)


@pytest.mark.slow
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("family", FACTORS + WHOLE)
def test_at_every_size_a_quarter_of_what_is_drawn_is_ordinary(family: type[Space], n: int) -> None:
    found, drawn = ordinary_of(family((n, n)))
    assert len(found) >= drawn / 4


@pytest.mark.slow
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("family", FACTORS + WHOLE)
def test_ordinary_matrices_of_many_rows_can_be_inverted_in_float32(family: type[Space], n: int) -> None:
    """Half of them with condition numbers below 50 n for factors and below (50 n)^2 / 10 for products of two, so with
    digits left in float32, of whose 24 bits normal entries of one size leave none at 20 rows."""
    found, _ = ordinary_of(family((n, n)))
    condition = np.median(np.linalg.cond(found))
    assert condition < (50.0 * n if family in FACTORS else 250.0 * n**2)


@pytest.mark.parametrize("n", [5, 20])
def test_rows_of_many_follow_the_uniform_correlation_matrix(n: int) -> None:
    """Whose determinant has the mean prod_i (n - i + 1)/(n + 1), i = 1 .. n - 1: each factor is that of a beta law with
    shapes (n - i + 1)/2 and i/2 (Lewandowski, Kurowicka & Joe 2009, section 3.2); within five standard errors."""
    rows = CorrelationCholesky((n, n)).draw(FORMATS["float64"], 3000, (5, 0))[:3000]
    determinants = np.prod(np.diagonal(rows, axis1=1, axis2=2) ** 2, axis=1)
    exact = prod((n - i + 1) / (n + 1) for i in range(1, n))
    error = determinants.std() / np.sqrt(len(determinants))
    assert abs(determinants.mean() - exact) < 5.0 * error


def test_the_least_of_many_is_small_and_of_few_is_not() -> None:
    assert [near_boundary(n) for n in (1, 4)] == [2.0**-6, 2.0**-6]
    assert near_boundary(8) == 2.0**-8
