"""The spaces: what they hold, what they draw, and how their charts fit."""

from __future__ import annotations

from fractions import Fraction
from math import fsum, inf, log, log1p
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.intervals import POSITIVE, REALS, Interval
from conformance.definitions.spaces import (
    Correlation,
    CorrelationCholesky,
    LogSimplex,
    LowerTriangular,
    Ordered,
    Place,
    PositiveDefinite,
    Product,
    Reals,
    RoundedFactors,
    RoundedSphere,
    Simplex,
    Space,
    Sphere,
)
from conformance.definitions.spaces.definite import nearly_definite
from conformance.definitions.spaces.product import box
from conformance.floats.formats import FORMATS, Format
from conformance.floats.regions import Region

EVERY = [
    Reals((3,)),
    Reals((2, 5)),
    Simplex((4,)),
    Simplex((21,)),
    LogSimplex((4,)),
    CorrelationCholesky((2, 2)),
    CorrelationCholesky((5, 5)),
    RoundedFactors((5, 5)),
    Correlation((2, 2)),
    Correlation((5, 5)),
    LowerTriangular((1, 1)),
    LowerTriangular((5, 5)),
    PositiveDefinite((1, 1)),
    PositiveDefinite((3, 3)),
    Ordered((1,)),
    Ordered((20,)),
    Sphere((4,)),
    RoundedSphere((4,)),
    box((3,), [Interval(-1.0, 1.0), POSITIVE, REALS]),
    box((2, 2), [Interval(-0.75, inf), REALS, Interval(-inf, 2.5), Interval(0.25, 3.0)]),
]
FLOATS = FloatNumbers()


@pytest.mark.parametrize("space", EVERY, ids=str)
@pytest.mark.parametrize("fmt", list(FORMATS.values()), ids=lambda fmt: fmt.name)
def test_what_is_drawn_are_points_of_the_space(space: Space, fmt: Format) -> None:
    rows = space.draw(fmt, 32, (1, 0))
    assert rows.dtype == fmt.dtype
    assert rows.shape[1:] == space.shape
    assert len(rows) > 16
    assert np.array_equal(rows, space.draw(fmt, 32, (1, 0)), equal_nan=True)
    if isinstance(space, Sphere):  # Next to no row of floats has length 1 exactly.
        assert all(space.place(row, fmt.precision) != Place.OUTSIDE for row in rows.astype(np.float64).tolist())
    else:
        assert space.holds(rows, fmt.precision).all()
    regions = {Region(code) for code in space.regions(rows, fmt)}
    if fmt.precision > 11:  # Of 21 weights that are multiples of 2^-8 some are always small.
        assert Region.ORDINARY in regions
        assert len(regions) > 1
    low, high = space.bounds
    wide = rows.astype(np.float64)
    assert (~np.isfinite(wide) | (wide >= low) & (wide <= high)).all()


def test_every_entry_of_a_box_lies_in_its_own_interval() -> None:
    ends = [(-1.0, 1.0), (0.0, inf), (-inf, 2.5), (0.1, 0.3)]
    space = box((4,), [Interval(low, high) for low, high in ends])
    for fmt in FORMATS.values():
        rows = space.draw(fmt, 64, (1, 0)).astype(np.float64)
        finite = np.isfinite(rows)
        assert all(np.isinf(rows[:, column]).any() and np.isnan(rows[:, column]).any() for column in range(4))
        low, high = np.array(ends).T
        assert (~finite | (rows >= low) & (rows <= high)).all()
        whole = rows[finite.all(axis=1)]
        assert len(whole) >= 100
        assert len(space.mended(whole.astype(fmt.dtype), fmt)) == len(whole)
        moved = whole + np.array([2.0, 0.0, 0.0, 0.0])
        assert len(space.mended(moved.astype(fmt.dtype), fmt)) < len(whole) / 2


@pytest.mark.parametrize("space", EVERY, ids=str)
def test_the_chart_gives_back_the_point(space: Space) -> None:
    fmt = FORMATS["float64"]
    for row in space.draw(fmt, 16, (2, 0)).reshape(-1, space.size)[:16].tolist():
        if not isinstance(space, Product | Sphere):
            found = space.completed(FLOATS, [row[index] for index in space.free])
            assert found == pytest.approx(row, rel=1e-9, abs=1e-12)
            assert space.place(row, fmt.precision) == Place.INSIDE


@pytest.mark.parametrize("fmt", list(FORMATS.values()), ids=lambda fmt: fmt.name)
def test_drawn_weights_sum_to_exactly_one(fmt: Format) -> None:
    for row in Simplex((4,)).draw(fmt, 64, (1, 1)).astype(np.float64):
        assert fsum(row) == 1.0
        assert (row > 0).all()


@pytest.mark.parametrize("fmt", list(FORMATS.values()), ids=lambda fmt: fmt.name)
def test_drawn_factors_have_rows_of_length_one(fmt: Format) -> None:
    for matrix in CorrelationCholesky((4, 4)).draw(fmt, 64, (1, 1)).astype(np.float64):
        for i in range(4):
            used = fsum(matrix[i, :i] ** 2)
            assert used < 1
            assert used + matrix[i, i] ** 2 == pytest.approx(1, abs=2.0 ** (2 - fmt.precision))


@pytest.mark.parametrize(
    ("space", "row", "place"),
    [
        (Simplex((3,)), [0.25, 0.25, 0.5], Place.INSIDE),
        (Simplex((3,)), [0.5, 0.5, 0.0], Place.BOUNDARY),
        (Simplex((3,)), [0.0, 0.5, 0.5], Place.BOUNDARY),
        (Simplex((3,)), [0.5, 0.75, -0.25], Place.OUTSIDE),
        (Simplex((3,)), [0.25, 0.25, 0.25], Place.OUTSIDE),
        (LowerTriangular((2, 2)), [1.0, 0.0, 5.0, 2.0], Place.INSIDE),
        (LowerTriangular((2, 2)), [1.0, 2.0**-900, 5.0, 2.0], Place.OUTSIDE),
        (LowerTriangular((2, 2)), [1.0, 0.0, 5.0, 0.0], Place.BOUNDARY),
        (PositiveDefinite((2, 2)), [1.0, 0.5, 0.5, 1.0], Place.INSIDE),
        (PositiveDefinite((2, 2)), [1.0, 1.0, 1.0, 1.0], Place.BOUNDARY),
        (PositiveDefinite((2, 2)), [0.0, 0.0, 0.0, 1.0], Place.BOUNDARY),
        (PositiveDefinite((2, 2)), [1.0, 2.0, 2.0, 1.0], Place.OUTSIDE),
        (PositiveDefinite((2, 2)), [1.0, 0.5, 0.25, 1.0], Place.OUTSIDE),
        (Ordered((3,)), [1.0, 2.0, 2.0], Place.BOUNDARY),
        (Ordered((3,)), [1.0, 2.0, 1.5], Place.OUTSIDE),
        (CorrelationCholesky((2, 2)), [1.0, 0.0, 0.6, 0.8], Place.INSIDE),
        (CorrelationCholesky((2, 2)), [1.0, 0.0, 1.0, 0.0], Place.BOUNDARY),
        (CorrelationCholesky((2, 2)), [1.0, 0.0, 0.6, -0.8], Place.OUTSIDE),
        (CorrelationCholesky((2, 2)), [1.0, 0.0, 0.6, 0.5], Place.OUTSIDE),
        (Sphere((2,)), [0.6, 0.8], Place.INSIDE),
        (Sphere((2,)), [0.6, 0.7], Place.OUTSIDE),
        (Simplex((2,)), [float("inf"), 0.0], Place.OUTSIDE),
    ],
)
def test_membership_is_decided_exactly(space: Space, row: list[float], place: Place) -> None:
    assert space.place(row, 53) == place


def test_mended_rows_are_points() -> None:
    fmt, corr = FORMATS["float64"], CorrelationCholesky((4, 4))
    rows = corr.draw(fmt, 40, (1, 0))
    again = corr.mended(rows, fmt)
    assert np.array_equal(np.tril(again, -1), np.tril(rows, -1))
    np.testing.assert_allclose(again, rows, atol=1e-13)
    rows[:, 1, 0] = 1.5
    assert not len(corr.mended(rows, fmt))
    definite = PositiveDefinite((3, 3))
    rows = definite.draw(fmt, 8, (1, 0))
    skewed = rows.copy()
    skewed[:, 0, 2] += 1.0
    assert np.array_equal(definite.mended(skewed, fmt), rows)


def test_neighbours_on_a_simplex_stay_on_it() -> None:
    fmt, space = FORMATS["float32"], Simplex((4,))
    rows = space.draw(fmt, 64, (1, 0))
    near = space.neighbours(rows, fmt, np.random.default_rng(1))
    assert near is not None
    assert len(near) > len(rows) // 2  # What left the simplex was dropped: there must be something to see.
    assert not {tuple(row) for row in near.tolist()} <= {tuple(row) for row in rows.tolist()}
    assert all(sum(map(Fraction, row)) == 1 for row in near.astype(np.float64).tolist())


@pytest.mark.parametrize(
    ("family", "shape"),
    [(Simplex, (1,)), (Simplex, (2, 2)), (CorrelationCholesky, (1, 1)), (LowerTriangular, (2, 3)), (Ordered, (2, 2))],
)
def test_a_shape_that_no_such_space_has_is_refused_on_one_line(family: type[Space], shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape") as caught:
        family(shape)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "reached"),
    [
        ([0.5, 0.5, 0.0], True),
        ([0.5, 0.50390625, 0.0], True),  # two roundings up beside a weight that is too small for them
        ([0.5, 0.4921875, 0.0], True),
        ([0.5, 0.625, 0.0], False),
        ([0.5, 0.25, 0.125], False),
        ([0.5, 0.50390625, -0.00390625], False),
        ([1.0, 0.09375, 0.0], True),
        ([1.0, 0.09375, 1e-30], False),  # beyond the bound by less than the sum is rounded by
        ([0.5, 0.40625, 1e-30], True),
    ],
)
def test_a_rounded_point_of_a_simplex_may_add_up_to_more_than_one(row: list[float], reached: bool) -> None:
    assert Simplex((3,)).reached(row, 8) is reached


def test_weights_that_miss_one_by_less_than_a_rounding_are_not_on_the_simplex() -> None:
    rows = np.array([[0.5, 0.5 - 2.0**-60, 2.0**-60], [0.5, 0.5, 2.0**-60], [0.5, 0.25, 0.25], [0.75, 0.25, 0.0]])
    assert Simplex((3,)).holds(rows, 53).tolist() == [False, False, True, False]


@pytest.mark.parametrize("row", [[1.7e308, 1.7e308], [1.7e308, inf], [1.0, 1.7e308], [2.0, 0.0]])
def test_rows_whose_sum_overflows_are_no_points_of_a_simplex(row: list[float]) -> None:
    """fsum raises where it overflows on the way."""
    simplex = Simplex((2,))
    assert not simplex.reached(row, 53)
    assert simplex.place(row, 53) is Place.OUTSIDE
    assert simplex.holds(np.array([row, [0.25, 0.75]]), 53).tolist() == [False, True]


def test_of_many_weights_one_may_be_off_by_what_the_roundings_of_all_leave() -> None:
    row = [2.5] + [0.0] * 63
    assert Simplex((64,)).reached(row, 8)
    assert not Simplex((47,)).reached(row[:47], 8)


BIT = 2.0**-24
"""2**-precision of float32, in which format the rows below are rounded."""


@pytest.mark.parametrize(
    ("space", "row", "precision", "reached"),
    [
        # Two weights: 64 (2 + 1) bits, on either side of 1.
        (LogSimplex((2,)), [-inf, log1p(191 * BIT)], 24, True),
        (LogSimplex((2,)), [-inf, log1p(193 * BIT)], 24, False),
        (LogSimplex((2,)), [log1p(-191 * BIT), -inf], 24, True),
        (LogSimplex((2,)), [log1p(-193 * BIT), -inf], 24, False),
        (LogSimplex((2,)), [-inf, -inf], 24, False),
        (LogSimplex((2,)), [0.0, 1e4], 24, False),  # e^10000 is no float.
        # From here on 8 n bits, n = 2.
        (Correlation((2, 2)), [1.0, 1 + 15 * BIT, 1 + 15 * BIT, 1.0], 24, True),
        (Correlation((2, 2)), [1.0, 1 + 17 * BIT, 1 + 17 * BIT, 1.0], 24, False),
        (Correlation((2, 2)), [1.0, 0.5, 0.5, 1 + 15 * BIT], 24, True),
        (Correlation((2, 2)), [1.0, 0.5, 0.5, 1 + 17 * BIT], 24, False),
        (Correlation((2, 2)), [1 - 15 * BIT, 0.5, 0.5, 1.0], 24, True),
        (Correlation((2, 2)), [1 - 17 * BIT, 0.5, 0.5, 1.0], 24, False),
        (Correlation((2, 2)), [1.0, 0.5, 0.5 + 15 * BIT, 1.0], 24, True),
        (Correlation((2, 2)), [1.0, 0.5, 0.5 + 17 * BIT, 1.0], 24, False),
        (RoundedFactors((2, 2)), [1.0, 0.0, 1 + 7 * BIT, 0.0], 24, True),  # Squares change by twice as much.
        (RoundedFactors((2, 2)), [1.0, 0.0, 1 + 9 * BIT, 0.0], 24, False),
        (RoundedFactors((2, 2)), [1 - 7 * BIT, 0.0, 0.0, 1.0], 24, True),
        (RoundedFactors((2, 2)), [1 - 9 * BIT, 0.0, 0.0, 1.0], 24, False),
        (RoundedFactors((2, 2)), [1.0, 0.0, 1 + 9 * BIT, 0.0], 20, True),
        (RoundedFactors((2, 2)), [1.0, 0.0, 1 - 2.0**-8, 0.0], 8, True),
        (RoundedFactors((2, 2)), [1.0, 0.0, 1 - 2.0**-6, 0.0], 8, False),  # 1/32, and 16 bits would be 1/16.
        (RoundedFactors((2, 2)), [1.0, BIT**5, 0.0, 1.0], 24, False),
        (RoundedFactors((2, 2)), [1.0, 0.0, 0.0, -1.0], 24, False),
        (PositiveDefinite((2, 2)), [4.0, 2 + 30 * BIT, 2 + 30 * BIT, 1.0], 24, True),
        (PositiveDefinite((2, 2)), [4.0, 2 + 34 * BIT, 2 + 34 * BIT, 1.0], 24, False),
        (PositiveDefinite((2, 2)), [4.0, 1.0, 1 + 30 * BIT, 1.0], 24, True),
        (PositiveDefinite((2, 2)), [4.0, 1.0, 1 + 34 * BIT, 1.0], 24, False),
        (PositiveDefinite((2, 2)), [0.0, 0.0, 0.0, 1.0], 24, True),
        (PositiveDefinite((2, 2)), [-(BIT**5), 0.0, 0.0, 1.0], 24, False),
        (RoundedSphere((2,)), [0.0, 1 + 7 * BIT], 24, True),
        (RoundedSphere((2,)), [0.0, 1 + 9 * BIT], 24, False),
        (RoundedSphere((2,)), [7 * BIT - 1, 0.0], 24, True),
        (RoundedSphere((2,)), [9 * BIT - 1, 0.0], 24, False),
    ],
)
def test_a_draw_may_be_off_its_space_by_what_its_precision_excuses(
    space: Space, row: list[float], precision: int, reached: bool
) -> None:
    assert space.reached(row, precision) is reached


@pytest.mark.parametrize(
    ("below", "above", "reached"),
    [
        (0.5, 0.5, True),
        (-0.5 - 11.5 * BIT, -0.5 - 11.5 * BIT, True),  # Its least eigenvalue is 1 - 2 |v|, and 8 n bits are 24.
        (-0.5 - 12.5 * BIT, -0.5 - 12.5 * BIT, False),
        (0.5, 0.5 + 23 * BIT, True),
        (0.5, 0.5 - 25 * BIT, False),
    ],
)
@pytest.mark.parametrize("scales", [(1.0, 1.0, 1.0), (2.0**-40, 1.0, 2.0**40)])
def test_what_is_nearly_definite_does_not_depend_on_units(
    below: float, above: float, reached: bool, scales: tuple[float, ...]
) -> None:
    matrix = np.eye(3) + np.tril(np.full((3, 3), below), -1) + np.triu(np.full((3, 3), above), 1)
    assert nearly_definite(matrix * np.outer(scales, scales), 24) is reached


def test_a_sphere_whose_entries_are_all_free_has_no_chart_of_a_half() -> None:
    row = [0.5, -0.5, 0.5, 0.5]
    assert Sphere((4,)).log_volume(FLOATS, row) == pytest.approx(log(2))
    assert RoundedSphere((4,)).log_volume(FLOATS, row) is None


def test_where_nothing_else_is_said_a_rounded_point_lies_in_the_closed_set() -> None:
    assert Ordered((2,)).reached([1.0, 1.0], 24)
    assert not Ordered((2,)).reached([1.0, 0.5], 24)


@pytest.mark.parametrize("count", [1, 7, 64, 1000])
def test_the_first_rows_that_hold_are_those_of_all(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third row of a simplex is off by an ulp; of many rows no more are decided than it takes."""
    space, fmt = Simplex((4,)), FORMATS["float64"]
    rows = space.draw(fmt, 96, (1, 0))
    rows[::3, 0] = np.nextafter(rows[::3, 0], 1.0)
    asked = []
    whole = Simplex.holds

    def counted(self: Simplex, some: NDArray[Any], bits: int) -> NDArray[np.bool_]:
        asked.append(len(some))
        return whole(self, some, bits)

    monkeypatch.setattr(Simplex, "holds", counted)
    found = space.first_held(rows, fmt.precision, count)
    assert found.tolist() == np.flatnonzero(whole(space, rows, fmt.precision))[:count].tolist()
    assert sum(asked) <= min(len(rows), 3 * count)
