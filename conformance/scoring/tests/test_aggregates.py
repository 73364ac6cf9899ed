"""Accuracy, stability, the safe range and the curve of a few results that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values, from_ordinal
from conformance.scoring.accuracy import accuracy
from conformance.scoring.curve import BINS, decode, encode
from conformance.scoring.distance import Distances
from conformance.scoring.safe_range import SafeRange, safe_range
from conformance.scoring.stability import stability

F32 = FORMATS["float32"]


def from_ulp(ulp: list[float]) -> Distances:
    values = np.array(ulp)
    bits = np.minimum(np.log2(1 + values), F32.precision)
    return Distances(values, np.zeros(len(ulp)), values, values, bits, bits)


def test_accuracy_is_taken_over_the_mask_and_over_what_has_a_truth() -> None:
    off = from_ulp([0.0, 3.0, 1.0, 1e9, math.nan])
    found = accuracy(off, np.array([True, True, True, False, True]), F32)
    assert found is not None
    assert (found.worst_ulp, found.worst_index) == (3.0, 1)
    assert found.mean_ulp == pytest.approx(4 / 3)
    assert found.p99_ulp == 3.0
    assert found.kept_percent == pytest.approx(100 * (1 - (0 + 2 + 1) / 3 / 24))


def test_an_infinite_error_is_all_bits_lost_and_stays_visible() -> None:
    found = accuracy(from_ulp([0.0, math.inf]), np.array([True, True]), F32)
    assert found is not None
    assert (found.worst_ulp, found.worst_index, found.mean_ulp, found.kept_percent) == (math.inf, 1, math.inf, 50.0)


def test_the_99th_percentile_lets_one_in_a_hundred_go() -> None:
    found = accuracy(from_ulp([0.0] * 198 + [5.0, 1e6]), np.ones(200, bool), F32)
    assert found is not None
    assert found.p99_ulp == 5.0


def test_nothing_to_score_is_none_and_not_perfect() -> None:
    assert accuracy(from_ulp([math.nan]), np.array([True]), F32) is None
    assert accuracy(from_ulp([1.0]), np.array([False]), F32) is None
    assert stability(np.array([True]), np.array([False])) is None


def test_stability_is_a_share_of_the_mask() -> None:
    found = stability(np.array([True, False, True, True]), np.array([True, True, True, False]))
    assert found is not None
    assert (found.usable, found.total, found.share) == (2, 3, 2 / 3)


X = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("bad", "low", "high"),
    [((), -3.0, 3.0), ((3.0,), -3.0, 2.0), ((-2.0,), -1.0, 3.0), ((-2.0, 2.0), -1.0, 1.0), ((-3.0, 3.0), -2.0, 2.0)],
)
def test_the_safe_range_ends_before_the_first_failure_on_either_side(
    bad: tuple[float, ...], low: float, high: float
) -> None:
    order = np.random.default_rng(1).permutation(len(X))
    fine = ~np.isin(X, bad)
    assert safe_range(X[order].astype(np.float32), fine[order], 0.5) == SafeRange(low, high)


def test_a_failure_on_both_sides_of_the_centre_leaves_no_safe_range() -> None:
    assert safe_range(X, ~np.isin(X, (0.0, 1.0)), 0.5) is None
    assert safe_range(X, np.zeros(len(X), bool), 0.5) is None
    assert safe_range(X[:0], np.zeros(0, bool), 0.5) is None


def test_infinite_and_nan_inputs_do_not_count() -> None:
    inputs = np.concatenate([X, [np.inf, -np.inf, np.nan]])
    assert safe_range(inputs, np.isfinite(inputs), 0.5) == SafeRange(-3.0, 3.0)


def test_a_zero_of_either_sign_must_be_fine() -> None:
    inputs = np.array([-1.0, 0.0, -0.0, 1.0])
    assert safe_range(inputs, np.array([True, True, False, True]), 0.5) == SafeRange(1.0, 1.0)


@pytest.mark.parametrize("fmt", [FORMATS["float16"], FORMATS["bfloat16"]], ids=lambda f: f.name)
def test_the_curve_bins_the_whole_line_evenly_and_symmetrically(fmt: Format) -> None:
    line = all_values(fmt)[1:-3]
    text = encode(line, np.zeros(len(line)), fmt)
    assert text == "0" * BINS
    wide = line.astype(np.float64)
    left = encode(line[wide < 0], np.zeros(np.count_nonzero(wide < 0)), fmt)
    assert left == "0" * (BINS // 2) + " " * (BINS // 2)
    counts = [encode(line[i : i + 1], np.zeros(1), fmt).index("0") for i in range(0, len(line), 97)]
    assert counts == sorted(counts)


def test_the_worst_of_a_bin_shows_and_unusable_outshines_it() -> None:
    x = from_ordinal(np.array([1, 2, 3, 2**30, 2**30 + 1]), F32)
    decoded = decode(encode(x, np.array([1.2, 7.4, 3.0, 2.0, np.inf]), F32))
    assert sorted(decoded[decoded >= 0].tolist()) == [7.0, np.inf]
    assert np.count_nonzero(decoded == -1.0) == BINS - 2


def test_what_has_no_place_on_the_line_is_passed_over() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 1.0], np.float32)
    assert encode(x, np.array([1.0, 1.0, 1.0, np.nan]), F32) == " " * BINS


@given(st.lists(st.floats(0, 64) | st.just(math.inf), min_size=1, max_size=40))
def test_encode_and_decode_agree(bits: list[float]) -> None:
    line = np.linspace(-infinity(), infinity(), BINS).astype(np.int64)[: len(bits)]
    text = encode(from_ordinal(line, F32), np.array(bits), F32)
    assert len(text) == BINS
    assert all(32 <= ord(character) < 127 for character in text)
    assert decode(text)[: len(bits)].tolist() == [b if math.isinf(b) else round(b) for b in bits]


def infinity() -> int:
    return (F32.emax - F32.emin + 2) * 2**23 - 1


def test_bits_beyond_the_alphabet_are_cut_and_strangers_refused() -> None:
    assert "p" in encode(np.array([1.0], np.float32), np.array([1000.0]), F32)
    with pytest.raises(ValueError, match="no character of a curve"):
        decode("0q")
    with pytest.raises(ValueError, match="no character of a curve"):
        decode("0!")
