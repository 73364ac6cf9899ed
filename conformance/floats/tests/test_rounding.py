"""One correct rounding, against exact rationals: exhaustively at the ties of the short formats, at random elsewhere."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values, from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.rounding import round_enclosures, round_rational
from conformance.floats.tests.exact import enclose

Floats = NDArray[np.float64]
SHORT = [FORMATS["float16"], FORMATS["bfloat16"]]
ALL = list(FORMATS.values())


def same(a: float, b: float) -> bool:
    """Equal, signs of zeros included."""
    return a == b and math.copysign(1.0, a) == math.copysign(1.0, b)


def ties(fmt: Format) -> tuple[Floats, Floats]:
    """Every midpoint of two consecutive floats, and what it rounds to: the even one. All exact in float64."""
    line = all_values(fmt)[1:-3]
    wide = line.astype(np.float64)
    middles = (wide[:-1] + wide[1:]) / 2
    return middles, np.where(to_ordinal(line[:-1], fmt) % 2 == 0, wide[:-1], wide[1:])


def near(values: Floats, shift: float) -> Enclosures:
    """values * (1 + shift / 2**80), exactly: far below what hi alone can say, so lo has to decide."""
    enc = Enclosures.empty(len(values))
    enc.kind[:] = Kind.FINITE
    enc.hi, exponent = np.frexp(values)
    enc.exponent = exponent.astype(np.int64)
    enc.lo = np.abs(enc.hi) * shift * 2.0**-80
    return enc


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
def test_every_tie_goes_to_even_and_its_neighbourhood_to_the_nearest(fmt: Format) -> None:
    middles, even = ties(fmt)
    line = all_values(fmt)[1:-3].astype(np.float64)
    for shift, wanted in ((0.0, even), (-1.0, line[:-1]), (1.0, line[1:])):
        rounded, decided = round_enclosures(near(middles, shift), fmt)
        assert decided.all()
        assert (rounded.astype(np.float64) == wanted).all()


@pytest.mark.parametrize("fmt", SHORT, ids=lambda f: f.name)
def test_round_rational_agrees_at_every_tie(fmt: Format) -> None:
    middles, even = ties(fmt)
    for value, wanted in zip(middles[::5].tolist(), even[::5].tolist(), strict=True):
        middle = Fraction(value)
        assert round_rational(middle.numerator, middle.denominator, fmt) == wanted
        just_above = middle + abs(middle) / 2**200
        assert round_rational(just_above.numerator, just_above.denominator, fmt) > value


@given(st.integers(-(2**200), 2**200), st.integers(1, 2**200), st.integers(-1200, 1200))
def test_round_rational_to_float64_is_pythons_own_division(numerator: int, denominator: int, scale: int) -> None:
    value = Fraction(numerator, denominator) * Fraction(2) ** scale
    try:
        wanted = float(value)  # correctly rounded, subnormals included
    except OverflowError:
        wanted = math.copysign(math.inf, numerator)
    got = round_rational(value.numerator, value.denominator, FORMATS["float64"])
    assert got == wanted
    assert value == 0 or math.copysign(1.0, got) == math.copysign(1.0, numerator)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_round_rational_to_float32_is_one_conversion(value: float) -> None:
    with np.errstate(over="ignore"):
        wanted = float(np.float32(value))
    assert round_rational(*value.as_integer_ratio(), FORMATS["float32"]) == wanted


def test_rounding_twice_would_be_wrong_here_and_once_is_right() -> None:
    # 1 + 2^-24 + 2^-60: float64 keeps 1 + 2^-24, a tie of float32, which then goes down to 1.
    value = 1 + Fraction(1, 2**24) + Fraction(1, 2**60)
    assert float(np.float32(float(value))) == 1.0
    assert round_rational(value.numerator, value.denominator, FORMATS["float32"]) == 1.0 + 2.0**-23
    assert float(round_enclosures(enclose([value]), FORMATS["float32"])[0][0]) == 1.0 + 2.0**-23


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_enclosures_round_like_rationals_over_the_whole_range(fmt: Format) -> None:
    rng = np.random.default_rng(11)
    values = []
    for _ in range(4000):
        mantissa = Fraction(int(rng.integers(1, 2**62)) * 2 ** int(rng.integers(0, 43)) + 1)
        exponent = int(rng.integers(fmt.emin - fmt.precision - 4, fmt.emax + 4)) - mantissa.numerator.bit_length()
        values.append(mantissa * Fraction(2) ** exponent * (-1) ** int(rng.integers(2)))
    enc = enclose(values)
    got, decided = round_enclosures(enc, fmt)
    assert decided.all()
    for value, result in zip(values, got.astype(np.float64), strict=True):
        assert same(float(result), round_rational(value.numerator, value.denominator, fmt))


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_floats_and_powers_of_two_round_to_themselves(fmt: Format) -> None:
    rng = np.random.default_rng(3)
    ordinals = rng.integers(-infinity_ordinal(fmt) + 1, infinity_ordinal(fmt), 500)
    values = from_ordinal(ordinals, fmt).astype(np.float64).tolist()
    values += [2.0**k for k in range(fmt.lowest_exponent, fmt.emax + 1)]
    got, decided = round_enclosures(enclose([Fraction(v) for v in values]), fmt)
    assert decided.all()
    assert got.astype(np.float64).tolist() == values


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_just_below_a_power_of_two_the_finer_spacing_counts(fmt: Format) -> None:
    # The midpoint between 1 and the float below it lies half a finer unit below 1.
    tie = 1 - Fraction(1, 2 ** (fmt.precision + 1))
    below = 1.0 - 2.0**-fmt.precision
    values = [tie, tie - Fraction(1, 2**90), tie + Fraction(1, 2**90), 1 - Fraction(1, 2**90)]
    assert round_enclosures(enclose(values), fmt)[0].astype(np.float64).tolist() == [1.0, below, 1.0, 1.0]


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_overflow_and_underflow_thresholds(fmt: Format) -> None:
    top = Fraction(2) ** (fmt.emax + 1)
    half = Fraction(2) ** (fmt.emax - fmt.precision)
    tiny = Fraction(fmt.min_subnormal) / 2
    hair = Fraction(1, 2**90)
    values = [top - half, (top - half) * (1 - hair), -top * 2**5000, tiny, tiny * (1 + hair), -tiny * (1 - hair)]
    got = round_enclosures(enclose(values), fmt)[0].astype(np.float64).tolist()
    assert got == [round_rational(v.numerator, v.denominator, fmt) for v in values]
    assert got[:3] == [math.inf, fmt.max_finite, -math.inf]
    assert same(got[3], 0.0)
    assert got[4] == fmt.min_subnormal
    assert same(got[5], -0.0)


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_an_enclosure_across_a_tie_is_not_decided_and_one_beside_it_is(fmt: Format) -> None:
    tie = 1 + Fraction(1, 2**fmt.precision)
    wide = enclose([tie, tie + Fraction(1, 2**80), Fraction(1)], err=2.0**-85)
    assert round_enclosures(wide, fmt)[1].tolist() == [False, True, True]


def test_the_ends_of_an_enclosure_are_never_rounded_inwards() -> None:
    # The upper end reaches the tie exactly: another result is possible there, so it must not count as decided.
    fmt = FORMATS["float64"]
    tie = 1 + Fraction(1, 2**53)
    for gap in (70, 90, 100, 103):
        enc = enclose([tie - Fraction(3, 2**gap)])
        enc.err[0] = 3 * 2.0 ** -(gap + 1) * (1 + 2.0**-52)  # hi is scaled by one half
        assert not round_enclosures(enc, fmt)[1][0]


def test_a_zero_is_negative_only_where_that_is_known() -> None:
    around, below = Enclosures.empty(1), Enclosures.empty(1)
    around.kind[:] = below.kind[:] = Kind.FINITE
    around.err[:], below.hi[:] = 0.5, -1.0
    around.exponent[:] = below.exponent[:] = -2000
    for enclosures, negative in ((around, False), (below, True)):
        values, decided = round_enclosures(enclosures, FORMATS["float32"])
        assert decided.all()
        assert values[0] == 0
        assert np.signbit(values[0]) == negative


def test_kinds_that_are_no_number() -> None:
    enc = Enclosures.empty(5)
    enc.kind[:] = [Kind.POS_INF, Kind.NEG_INF, Kind.NAN, Kind.OUTSIDE, Kind.UNDECIDED]
    values, decided = round_enclosures(enc, FORMATS["float32"])
    assert values[:2].tolist() == [np.inf, -np.inf]
    assert np.isnan(values[2:]).all()
    assert decided.tolist() == [True, True, True, False, False]


def test_zero_denominator() -> None:
    with pytest.raises(ZeroDivisionError):
        round_rational(1, 0, FORMATS["float32"])
