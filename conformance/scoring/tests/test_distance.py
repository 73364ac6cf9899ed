"""Distances against exact rationals: exhaustively for the short formats, and where the scales lie far apart."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values, from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.rounding import round_enclosures
from conformance.floats.tests.exact import enclose, exact_value
from conformance.scoring.distance import distances

SHORT = [FORMATS["float16"], FORMATS["bfloat16"]]
ALL = list(FORMATS.values())


def between(fmt: Format, share: float, nudge: float) -> Enclosures:
    """For each pair of consecutive floats a truth at ``share`` of the way up, moved by nudge * 2**-80 of itself."""
    line = all_values(fmt)[1:-3].astype(np.float64)
    enc = Enclosures.empty(len(line) - 1)
    enc.kind[:] = Kind.FINITE
    enc.hi, exponent = np.frexp(line[:-1] + share * np.diff(line))
    enc.exponent = exponent.astype(np.int64)
    enc.lo = np.abs(enc.hi) * nudge * 2.0**-80
    return enc


def exact_ulp(got: float, exact: Fraction, fmt: Format) -> Fraction:
    """The definition of A5, by integers: 2**(E-1) <= |exact| < 2**E."""
    size = abs(exact)
    top = size.numerator.bit_length() - size.denominator.bit_length()
    top += size >= Fraction(2) ** top
    return abs(Fraction(got) - exact) / Fraction(2) ** max(top - fmt.precision, fmt.emin - fmt.precision + 1)


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
@pytest.mark.parametrize(
    ("share", "nudge"), [(0.5, 0.0), (0.5, 1.0), (0.5, -1.0), (0.25, 0.0), (0.875, 1.0), (0.0, -1.0)]
)
def test_a_correctly_rounded_result_scores_at_most_half_an_ulp_everywhere(
    fmt: Format, share: float, nudge: float
) -> None:
    truth = between(fmt, share, nudge)
    got, decided = round_enclosures(truth, fmt)
    off = distances(got, truth, fmt)
    assert decided.all()
    assert off.ulp.max() <= 0.5
    if (share, nudge) == (0.5, 0.0):
        assert off.ulp.min() == 0.5


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
def test_the_float_on_the_wrong_side_scores_more_than_half_an_ulp_everywhere(fmt: Format) -> None:
    truth = between(fmt, 0.25, 0.0)
    above = all_values(fmt)[2:-3]
    wide = above.astype(np.float64)
    spacing = np.diff(all_values(fmt)[1:-3].astype(np.float64))
    unit = np.exp2(np.maximum(truth.exponent - fmt.precision, fmt.lowest_exponent))
    assert (distances(above, truth, fmt).ulp == 0.75 * spacing / unit).all()
    assert (spacing / unit >= 1.0).all()
    assert (wide > 0).any()


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_ulp_and_nats_equal_exact_rationals(fmt: Format) -> None:
    rng = np.random.default_rng(23)
    exact: list[Fraction] = []
    for _ in range(1500):
        mantissa = int(rng.integers(2**61, 2**62)) * 2**40 + int(rng.integers(2**40))
        exponent = int(rng.integers(fmt.emin - fmt.precision, fmt.emax)) - 102
        exact.append(Fraction(mantissa) * Fraction(2) ** exponent * (-1) ** int(rng.integers(2)))
    truth = enclose(exact)
    nearest = to_ordinal(round_enclosures(truth, fmt)[0], fmt)
    steps = np.rint(rng.standard_normal(1500) * 10.0 ** rng.integers(0, 4, 1500)).astype(np.int64)
    top = infinity_ordinal(fmt) - 1
    got = from_ordinal(np.clip(nearest + steps, -top, top), fmt)
    off = distances(got, truth, fmt)
    for i, value in enumerate(got.astype(np.float64).tolist()):
        middle = exact_value(truth, i)
        ulp = exact_ulp(value, middle, fmt)
        assert off.ulp[i] == pytest.approx(float(ulp), rel=2.0**-51)
        assert off.nats[i] == pytest.approx(float(abs(Fraction(value) - middle)), rel=2.0**-51)
        assert off.bits[i] == pytest.approx(min(math.log2(1 + ulp), fmt.precision))


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_a_truth_just_below_a_power_of_two_has_the_finer_unit(fmt: Format) -> None:
    truth = enclose([1 - Fraction(1, 2**100), Fraction(1)])
    got = np.array([1.0, 1.0]).astype(fmt.dtype)
    above = np.array([1.0 + 2.0 ** (1 - fmt.precision)] * 2).astype(fmt.dtype)
    assert distances(got, truth, fmt).ulp.max() <= 2.0**-40
    assert distances(above, truth, fmt).ulp == pytest.approx([2.0, 1.0])


def test_the_finer_unit_also_where_hi_itself_is_the_power_of_two() -> None:
    truth = enclose([Fraction(1), Fraction(-1)])
    truth.lo[:] = [-(2.0**-70), 2.0**-70]
    above = np.array([1.0 + 2.0**-23, -1.0 - 2.0**-23], np.float32)
    assert distances(above, truth, FORMATS["float32"]).ulp == pytest.approx([2.0, 2.0])


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_an_enclosure_around_a_power_of_two_has_the_larger_unit(sign: float) -> None:
    """2^88 itself, as an evaluation leaves it: a middle just below (or above) and a radius that reaches across."""
    fmt = FORMATS["float32"]
    truth = Enclosures.empty(3)
    truth.kind[:], truth.condition[:] = Kind.FINITE, 1.0
    truth.hi[:] = sign * np.array([1.0 - 2.0**-42, 0.5, 0.5])
    truth.lo[:] = sign * np.array([0.0, -(2.0**-60), -(2.0**-60)])
    truth.err[:] = [2.0**-41, 2.0**-50, 2.0**-61]
    truth.exponent[:] = [88, 89, 89]
    got = np.full(3, sign * 2.0**88 * 1.125, np.float32)
    # The last enclosure lies below the power for sure, and its unit is half as large.
    assert np.round(distances(got, truth, fmt).ulp / 2.0**20, 3).tolist() == [1.0, 1.0, 2.0]


def test_zero_is_as_far_from_a_fraction_of_the_smallest_float_as_that_fraction() -> None:
    truth = enclose([Fraction(3, 4) * Fraction(2) ** -1074, Fraction(1, 3) * Fraction(2) ** -1074])
    assert distances(np.zeros(2), truth, FORMATS["float64"]).ulp == pytest.approx([0.75, 1 / 3])


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
@pytest.mark.parametrize("depth", [2500, 5000, 2**39])
def test_a_truth_far_below_the_format_is_as_far_from_a_float_as_zero_is(fmt: Format, depth: int) -> None:
    truth = Enclosures.empty(4)
    truth.kind[:] = Kind.FINITE
    truth.hi[:] = 0.75
    truth.exponent[:] = -depth
    got = np.array([0.0, -0.0, fmt.min_subnormal, 1.0]).astype(fmt.dtype)
    off = distances(got, truth, fmt)
    assert off.ulp.tolist() == [0.0, 0.0, 1.0, 1.0 / fmt.min_subnormal if fmt.bits < 64 else 2.0**1023 * 2**51]
    assert off.nats.tolist() == [0.0, 0.0, fmt.min_subnormal, 1.0]


def test_a_result_far_above_the_truth_keeps_its_distance_in_nats() -> None:
    fmt = FORMATS["float64"]
    off = distances(np.array([1e10, 1e300]), enclose([Fraction(2) ** -1050] * 2), fmt)
    assert off.nats.tolist() == [1e10, 1e300]


def test_an_enclosure_of_zero_is_as_wide_as_it_says() -> None:
    fmt = FORMATS["float32"]
    truth = Enclosures.empty(2)
    truth.kind[:] = Kind.FINITE
    truth.err[:] = 1.0
    truth.exponent[:] = [-5000, -149]
    off = distances(np.array([0.0, 2.0**-149], np.float32), truth, fmt)
    assert off.ulp.tolist() == [0.0, 1.0]
    assert off.ulp_slack.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_infinity_is_right_from_half_an_ulp_beyond_the_maximum_on(fmt: Format) -> None:
    threshold = Fraction(2) ** (fmt.emax + 1) - Fraction(2) ** (fmt.emax - fmt.precision)
    hair = threshold / 2**90
    truth = enclose([threshold, threshold - hair, threshold * 2, -threshold, -threshold + hair])
    got = np.array([np.inf, np.inf, np.inf, -np.inf, -np.inf]).astype(fmt.dtype)
    off = distances(got, truth, fmt)
    assert off.ulp.tolist() == [0.0, math.inf, 0.0, 0.0, math.inf]
    assert off.nats.tolist() == off.ulp.tolist()
    assert (distances(-got, truth, fmt).ulp == math.inf).all()


def test_limits_nan_and_what_has_no_truth() -> None:
    fmt = FORMATS["float32"]
    truth = Enclosures.empty(6)
    truth.kind[:] = [Kind.POS_INF, Kind.NEG_INF, Kind.POS_INF, Kind.FINITE, Kind.OUTSIDE, Kind.UNDECIDED]
    got = np.array([np.inf, np.inf, 3e38, np.nan, 1.0, 1.0], np.float32)
    ulp = distances(got, truth, fmt).ulp.tolist()
    assert ulp[:4] == [0.0, math.inf, math.inf, math.inf]
    assert all(math.isnan(v) for v in ulp[4:])


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_bits_saturate_at_the_precision_and_excess_is_what_conditioning_does_not_force(fmt: Format) -> None:
    truth = enclose([Fraction(1)] * 4)
    truth.condition[:] = [np.nan, 7.0, 2.0**60, 0.0]
    got: NDArray[Any] = np.array([np.nan, 1.0 + 2.0 ** (5 - fmt.precision), 2.0, 1.0]).astype(fmt.dtype)
    off = distances(got, truth, fmt)
    lost = math.log2(1 + 2.0**4)
    assert off.bits.tolist() == pytest.approx([fmt.precision, lost, math.log2(1 + 2.0 ** (fmt.precision - 1)), 0.0])
    assert off.excess.tolist() == pytest.approx([fmt.precision, lost - 3.0, 0.0, 0.0])
