"""The axis over the ordinary inputs: boundaries are resolved, both directions agree, nothing unusable is lost."""

from __future__ import annotations

import numpy as np
import pytest

from conformance.floats.formats import format_named
from conformance.scoring.closeup import BINS, Axis, Side, axis_of, encode

FLOAT32 = format_named("float32")
UNIT = axis_of((-1.0, 1.0), (-0.999, 0.999), FLOAT32)
HALF = axis_of((0.0, np.inf), (1e-3, 1e3), FLOAT32)
LINE = axis_of((-np.inf, np.inf), (-6.0, 6.0), FLOAT32)
MIRRORED = axis_of((-np.inf, 0.0), (-1e3, -1e-3), FLOAT32)


@pytest.mark.parametrize(
    ("axis", "values"),
    [
        (UNIT, [-1.0, -0.9999, -0.5, 0.0, 0.5, 0.9, 0.99, 1.0 - 2.0**-24, 1.0]),
        (HALF, [0.0, 1e-6, 1e-3, 0.5, 1.0, 3.0, 1e3]),
        (MIRRORED, [-1e3, -3.0, -1.0, -0.5, -1e-6, 0.0]),
        (LINE, [-9.0, -6.0, -1.0, 0.0, 1.0, 8.9]),
    ],
)
def test_places_rise_with_the_values(axis: Axis, values: list[float]) -> None:
    places = axis.places(np.array(values))
    assert (np.diff(places) > 0).all()
    assert places[0] >= 0
    assert places[-1] <= 1


def test_the_last_floats_before_a_boundary_have_bins_of_their_own() -> None:
    last = np.nextafter(np.float32(1), np.float32(0))
    places = UNIT.places(np.array([0.5, 0.9, 0.99, 0.999, last, 1.0], np.float64))
    assert len(set((places * BINS).astype(int).clip(0, BINS - 1))) == 6


def test_beyond_the_axis_is_nowhere() -> None:
    assert np.isnan(LINE.places(np.array([-9.1, 1e30]))).all()
    assert np.isnan(HALF.places(np.array([1e30]))).all()


def test_a_finite_error_stands_beside_what_is_unusable() -> None:
    inputs = np.array([0.9, 0.9, 0.9, np.nan, np.inf], np.float32)
    bits, unusable = encode(
        inputs, np.array([8.1, np.inf, 2.0, 5.0, 5.0]), np.array([False, True, False, True, True]), UNIT
    )
    at = int(UNIT.places(np.array([0.9]))[0] * BINS)
    assert bits[at] == chr(48 + 8)
    assert unusable[at] == "3"
    assert set(bits[:at] + bits[at + 1 :] + unusable[:at] + unusable[at + 1 :]) == {" "}


def test_one_of_a_thousand_still_shows() -> None:
    inputs = np.full(1000, 0.5, np.float32)
    unusable = np.zeros(1000, np.bool_)
    unusable[0] = True
    assert encode(inputs, np.zeros(1000), unusable, UNIT)[1].strip() == "1"


def test_where_the_ordinary_inputs_are_a_boundary_nothing_else_has_a_place() -> None:
    """A distribution function may be 1 in float64 at all the inputs that people have."""
    axis = axis_of((0.0, 1.0), (1.0, 1.0), format_named("float64"))
    assert np.isnan(axis.places(np.array([2.0]))).all()
    assert axis.places(np.array([1.0])).tolist() == [1.0]
    assert axis.places(np.array([0.0])).tolist() == [0.0]
    narrow = Axis(1.0, Side(0.0, 1.0), Side(3.0, 2.0))
    assert np.isnan(narrow.places(np.array([0.5, 2.0]))).all(), "a side of no octave has no places"
