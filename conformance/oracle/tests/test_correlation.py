"""Correlation Cholesky: its definition against the matrices it stands for, and its inverse at the boundary."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from conformance.definitions.registry import transform_definition
from conformance.definitions.spaces.triangular import triangle_size
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle

F64 = format_named("float64")
ORACLE = Oracle()
CORR = "corr_cholesky"


def values(truth: Enclosures) -> Any:
    return np.ldexp(truth.hi, truth.exponent.astype(np.int32))


def factor(flat: Any, n: int) -> Any:
    """The matrix: strictly lower entries row by row, then the diagonal."""
    matrix = np.diag(flat[len(flat) - n :])
    matrix[np.tril_indices(n, -1)] = flat[: len(flat) - n]
    return matrix


def test_rows_have_length_one_and_partial_correlations_are_tanh() -> None:
    """C = L L^T; its partial correlation of rows i and j given rows 0 .. j-1 is tanh(x_ij) (Lewandowski et al.)."""
    x = np.array([[0.3, -1.2, 2.0, 0.7, -0.4, 0.1]])
    matrix = values(ORACLE.truth(CORR, "forward", x, F64)).reshape(4, 4)
    correlation = matrix @ matrix.T
    np.testing.assert_allclose(np.diag(correlation), 1.0, rtol=1e-15)
    partial = []
    for i in range(1, 4):
        for j in range(i):
            kept = np.array([*range(j), j, i])
            precision = np.linalg.inv(correlation[np.ix_(kept, kept)])
            partial.append(-precision[-2, -1] / math.sqrt(precision[-1, -1] * precision[-2, -2]))
    np.testing.assert_allclose(partial, np.tanh(x[0]), rtol=1e-12)


def test_the_log_det_is_that_of_differences() -> None:
    x, step = np.array([0.3, -1.2, 2.0]), 1e-5
    rows = np.array([x + step * side * np.eye(3)[j] for j in range(3) for side in (1, -1)])
    moved = values(ORACLE.truth(CORR, "forward", rows, F64)).reshape(3, 2, 9)[:, :, [3, 6, 7]]
    jacobian = (moved[:, 0] - moved[:, 1]) / (2 * step)
    found = values(ORACLE.truth(CORR, "fldj", x[None], F64))[0]
    assert found == pytest.approx(math.log(abs(np.linalg.det(jacobian))), rel=1e-8)


def test_mpmath_agrees() -> None:
    x = np.array([0.3, -1.2, 4.0, 1e-9, 0.0, -3.0])
    y = values(ORACLE.truth(CORR, "forward", x[None], F64)).reshape(4, 4)
    for quantity, row in (("forward", x), ("fldj", x), ("inverse", y), ("ildj", y)):
        assert ORACLE.second_opinion(CORR, quantity, row, F64).agrees, quantity
    back = values(ORACLE.truth(CORR, "inverse", y[None], F64))
    np.testing.assert_allclose(back, x, rtol=1e-6, atol=1e-15)


def kinds(*flat: float, quantity: str = "inverse") -> list[Kind]:
    rows = np.array([flat]) if quantity == "fldj" else factor(flat, 3)[None]
    return [Kind(int(k)) for k in ORACLE.truth(CORR, quantity, rows, F64).kind]


def test_the_boundary_of_the_matrices() -> None:
    fin, minus, plus, out = Kind.FINITE, Kind.NEG_INF, Kind.POS_INF, Kind.OUTSIDE
    assert kinds(0.0, 0.6, 0.0, 1.0, 1.0, 0.8) == [fin, fin, fin]
    assert kinds(1.0, 0.5, 0.25, 1.0, 0.0, math.sqrt(1 - 0.25 - 0.0625)) == [plus, fin, fin]
    assert kinds(0.5, -1.0, 0.0, 1.0, math.sqrt(0.75), 0.0) == [fin, minus, out]
    assert kinds(0.5, 0.75, 0.75, 1.0, 0.5, 0.0) == [out] * 3
    assert kinds(0.5, 0.5, 0.5, 1.0, 0.25, 0.7) == [out] * 3
    assert kinds(0.5, 0.0, 0.0, -1.0, 0.87, 1.0) == [out] * 3
    assert kinds(0.5, -1.0, 0.0, 1.0, math.sqrt(0.75), 0.0, quantity="ildj") == [plus]
    beside = ORACLE.truth(CORR, "inverse", factor([0.5, -1.0, 0.0, 1.0, math.sqrt(0.75), 0.0], 3)[None], F64)
    assert values(beside)[0] == pytest.approx(math.atanh(0.5), rel=1e-15)


def test_limits_at_infinity() -> None:
    truth = ORACLE.truth(CORR, "forward", np.array([[0.5, np.inf, 1.0]]), F64)
    wanted = factor([math.tanh(0.5), 1.0, 0.0, 1.0, 1 / math.cosh(0.5), 0.0], 3)
    np.testing.assert_allclose(values(truth).reshape(3, 3), wanted, rtol=1e-15)
    assert kinds(0.5, np.inf, 1.0, quantity="fldj") == [Kind.NEG_INF]


def test_only_triangles_are_events() -> None:
    definition = transform_definition(CORR)
    assert [definition.output_event((m,)) for m in (1, 3, 6)] == [(2, 2), (3, 3), (4, 4)]
    assert [definition.input_event((n, n)) for n in (2, 3, 4)] == [(1,), (3,), (6,)]
    assert triangle_size(45, -1) == 10
    with pytest.raises(ValueError, match=r"has 1, 3, 6, 10, \.\.\. entries, not 4"):
        ORACLE.truth(CORR, "forward", np.zeros((1, 4)), F64)
