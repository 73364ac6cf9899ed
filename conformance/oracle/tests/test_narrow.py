"""From a ball to floats: the split always covers the ball, and narrowness means what it says."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.pointwise.narrow import Split, excess_bits, split

F64 = format_named("float64")


def ball(mantissa: int, exponent: int, radius: int, radius_exponent: int) -> arb:
    return arb((mantissa, exponent), (radius, radius_exponent))


def interval(piece: Split) -> tuple[Fraction, Fraction]:
    scale = Fraction(2) ** piece.exponent
    middle = (Fraction(piece.hi) + Fraction(piece.lo)) * scale
    return middle - Fraction(piece.err) * scale, middle + Fraction(piece.err) * scale


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-(2**200), 2**200),
    st.integers(-1500, 1500),
    st.integers(0, 2**29),
    st.integers(-1800, 1400),
)
def test_a_split_covers_its_ball(mantissa: int, exponent: int, radius: int, radius_exponent: int) -> None:
    saved = ctx.prec
    ctx.prec = 400
    try:
        value = ball(mantissa, exponent, radius, radius_exponent)
        piece = split(value)
        if piece.kind != Kind.FINITE:
            assert piece.kind == Kind.UNDECIDED
            return
        low, high = interval(piece)
        middle = Fraction(mantissa) * Fraction(2) ** exponent
        reach = Fraction(radius) * Fraction(2) ** radius_exponent
        assert low <= middle - reach
        assert high >= middle + reach
        assert piece.hi == 0 or 0.5 <= abs(piece.hi) < 1
        assert abs(piece.lo) <= 2.0**-53
    finally:
        ctx.prec = saved


def test_exact_values_have_no_error() -> None:
    for value in (0.0, 1.0, -0.75, 5e-324, 1.7e308):
        piece = split(arb(value))
        assert piece.err == 0.0
        assert math.ldexp(piece.hi, piece.exponent) == value


def test_values_beyond_every_exponent_become_infinite() -> None:
    assert split(ball(3, 2**41, 0, 0)).kind == Kind.POS_INF
    assert split(ball(-3, 2**41, 0, 0)).kind == Kind.NEG_INF
    assert split(ball(1, -(2**41), 0, 0)) == Split(0.0, 0.0, 1.0, 1 - 2**40, Kind.FINITE)
    assert split(ball(1, -(2**41), 1, -5)) == Split(0.0, 0.0, 1.0, -3, Kind.FINITE)
    assert split(ball(1, 0, 1, 2**41)).kind == Kind.UNDECIDED


@pytest.mark.parametrize(
    ("radius_exponent", "mantissa", "exponent", "narrow"),
    [
        (-52 - 21, 1, 0, False),  # at 1 an ulp of the binade below is 2**-53
        (-53 - 21, 1, 0, True),
        (-1074 - 20, 1, -1074, False),
        (-1074 - 21, 1, -1074, True),
        (-1074 - 21, 0, 0, True),
        (-1074 - 20, 0, 0, False),
    ],
)
def test_narrowness_is_2_to_the_minus_20_ulp(radius_exponent: int, mantissa: int, exponent: int, narrow: bool) -> None:
    excess = excess_bits(ball(mantissa, exponent, 1, radius_exponent), F64)
    assert excess is not None
    assert (excess <= 0) == narrow


def test_unbounded_balls_are_never_narrow() -> None:
    assert excess_bits(arb("nan"), F64) is None
    assert excess_bits(arb("inf"), F64) is None
    assert excess_bits(arb(0, "inf"), F64) is None
