"""Points: complete where they claim it, the same for the same seed, and each in its region."""

import numpy as np
import pytest

from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import infinity_ordinal, to_ordinal
from conformance.floats.regions import Frame, Region, regions_of
from conformance.inputs.scalar_points import Points, scalar_points
from conformance.inputs.thresholds import thresholds

LINE = Frame(-np.inf, np.inf, -4.0, 4.0)
UNIT = Frame(0.0, 1.0, 0.125, 0.875)
WIDE = [FORMATS["float32"], FORMATS["float64"]]


def drawn(fmt: Format, frame: Frame = LINE, role: str = "expectation", seed: int = 3) -> Points:
    return scalar_points(fmt, frame, density=128, seed=seed, role=role)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_16_bit_formats_are_exhaustive(name: str) -> None:
    fmt = FORMATS[name]
    points = drawn(fmt)
    assert points.exhaustive
    finite = points.values[np.isfinite(points.values.astype(float))]
    assert len(np.unique(to_ordinal(finite, fmt))) == 2 * infinity_ordinal(fmt) - 1
    assert np.isnan(points.values.astype(float)).any()


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_wider_formats_hold_every_special_value_and_no_point_twice(fmt: Format) -> None:
    values = drawn(fmt).values
    assert np.isnan(values).sum() == 1
    assert {np.inf, -np.inf} <= set(values[np.isinf(values)])
    zeros = values[values == 0]
    assert sorted(np.signbit(zeros)) == [False, True]
    rest = values[np.isfinite(values) & (values != 0)]
    assert len(np.unique(rest)) == len(rest)
    assert np.abs(rest).max() == fmt.max_finite
    assert np.abs(rest).min() == fmt.min_subnormal


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_every_threshold_comes_with_its_neighbours(fmt: Format) -> None:
    ordinals = set(to_ordinal(drawn(fmt).values[1:], fmt).tolist())
    for centre in to_ordinal(thresholds(fmt).astype(fmt.dtype), fmt):
        top = infinity_ordinal(fmt) - 1
        assert {int(np.clip(centre + step, -top, top)) for step in (-2, -1, 0, 1, 2)} <= ordinals


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_ends_of_the_domain_are_approached_from_both_sides(fmt: Format) -> None:
    points = drawn(fmt, UNIT)
    inside = points.values[points.region == Region.BOUNDARY].astype(np.float64)
    assert 1.0 in inside
    assert np.nextafter(fmt.dtype.type(1), fmt.dtype.type(0)) in inside
    assert (points.values[points.region == Region.OUTSIDE] > 1).any()
    assert (points.values[points.region == Region.OUTSIDE] < 0).any()


def test_gate_points_are_drawn_apart_from_expectation_points() -> None:
    fmt = FORMATS["float64"]
    expectation, gate = (set(drawn(fmt, role=role).values[5:].tolist()) for role in ("expectation", "gate"))
    marks = expectation & gate
    assert len(expectation - marks) > 200
    assert len(gate - marks) > 200


def test_the_seed_decides() -> None:
    fmt = FORMATS["float32"]
    np.testing.assert_array_equal(drawn(fmt).values, drawn(fmt).values)
    assert not np.array_equal(drawn(fmt).values, drawn(fmt, seed=4).values)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ValueError, match="expectation, gate"):
        drawn(FORMATS["float32"], role="both")


def test_regions_by_example() -> None:
    fmt = FORMATS["float32"]
    examples = {
        0.5: Region.ORDINARY,
        2.0**-11: Region.NEAR_ZERO,
        1e-40: Region.SUBNORMAL,
        50.0: Region.SATURATION,
        3e38: Region.RANGE_END,
        0.0: Region.SPECIAL,
        np.inf: Region.SPECIAL,
        np.nan: Region.SPECIAL,
    }
    values = np.array(list(examples), np.float32)
    assert [Region(code) for code in regions_of(values, fmt, LINE)] == list(examples.values())
    edge = np.array([1.0, np.nextafter(np.float32(1), np.float32(2)), -1e-40, 0.9], np.float32)
    expected = [Region.BOUNDARY, Region.OUTSIDE, Region.OUTSIDE, Region.SATURATION]
    assert [Region(code) for code in regions_of(edge, fmt, UNIT)] == expected
