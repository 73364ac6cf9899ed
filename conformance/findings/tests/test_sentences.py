"""Sentences about large events can be read."""

from __future__ import annotations

import pytest

from conformance.findings.names import MOST_SHOWN, asked_at, elided, named

LARGE = " ".join(str(k) for k in range(400))


def test_a_matrix_of_three_rows_stands_whole() -> None:
    whole = " ".join(["0.5"] * MOST_SHOWN)
    assert asked_at("forward", "softmax", whole) == f"forward of softmax at {whole}"
    assert elided("nan") == "nan"


@pytest.mark.parametrize("quantity", ["forward", "fldj", "log_prob"])
def test_of_a_matrix_of_twenty_rows_the_first_entries_and_their_number_are_told(quantity: str) -> None:
    told = asked_at(quantity, "lower_cholesky@20x20", LARGE)
    assert told == f"{quantity} of lower_cholesky@20x20 at 0 1 2 3 4 5 6 7 … (400 numbers)"


def test_a_parameter_of_a_matrix_of_four_rows_stands_whole() -> None:
    four = ",".join(["[0.5,1e-08,-2.0,1.0]"] * 4)
    subject = f"chain(glow(lower_upper=[{four}],permutation=[2.0,0.0]),exp)@4"
    assert named(subject) == subject


def test_of_a_matrix_of_twenty_rows_a_sentence_names_the_first_numbers() -> None:
    rows = ",".join(["[" + ",".join(["0.5"] * 20) + "]"] * 20)
    said = asked_at("log_prob", f"multivariate_normal(loc=[0.25],scale_tril=[{rows}])", "1.0")
    assert said == "log_prob of multivariate_normal(loc=[0.25],scale_tril=[0.5,0.5,0.5,… (400 numbers)]) at 1.0"
