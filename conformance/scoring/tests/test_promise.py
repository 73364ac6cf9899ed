"""What keeps a promise is right, what breaks it is named as any other failure, and nobody else's verdict moves."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from conformance.floats.formats import FORMATS, Format
from conformance.floats.tests.exact import enclose
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure, allowed_nats, classify
from conformance.scoring.promise import Promise, kept, promised_nats
from conformance.scoring.tolerance import Tolerance, default_tolerance

F32, F64 = FORMATS["float32"], FORMATS["float64"]
HUNDREDTH = Promise(relative=0.01, absolute=0.0, of_event=False, source="a test")
NATS = Promise(relative=0.0, absolute=7e-4, of_event=False, source="a test")


def rule(promise: Promise, fmt: Format = F32) -> Tolerance:
    known = default_tolerance(fmt)
    return Tolerance(known.ulp, known.nats, known.granted, promise)


def judge(got: float, value: Fraction | float, promise: Promise, fmt: Format = F32, **rules: Any) -> Failure:
    options: dict[str, Any] = {"log_quantity": False, "codomain": None, **rules}
    error = options.pop("error", Fraction(0))
    truth = enclose([Fraction(value)])
    truth.err[:] = np.ldexp(float(error), -truth.exponent.astype(int))
    code = classify(np.array([got]).astype(fmt.dtype), truth, fmt, tolerance=rule(promise, fmt), **options)
    return Failure(int(code[0]))


@pytest.mark.parametrize(
    ("got", "truth", "promise", "rules", "verdict"),
    [
        (1.0099, 1.0, HUNDREDTH, {}, Failure.NONE),
        (1.0101, 1.0, HUNDREDTH, {}, Failure.PRECISION_LOST),
        (-1.0, 1.0, HUNDREDTH, {}, Failure.WRONG_SIGN),
        (1.2, 1.0, HUNDREDTH, {}, Failure.VALUE_WRONG),
        (np.nan, 1.0, HUNDREDTH, {}, Failure.SPURIOUS_NAN),
        (np.inf, 1.0, HUNDREDTH, {}, Failure.SPURIOUS_INF),
        # Next to a zero a share says nothing, and a distance says it all: whatever its sign.
        (1e-30, 0.0, HUNDREDTH, {}, Failure.VALUE_WRONG),
        (-6e-4, 0.0, NATS, {}, Failure.NONE),
        (-6e-4, 5e-5, NATS, {"log_quantity": True}, Failure.NONE),
        (-8e-4, 0.0, NATS, {"log_quantity": True}, Failure.PRECISION_LOST),
        # What is rounded to a format is off by its ulp, whatever is promised.
        (1e4 * (1 + 2.0**-23), 1e4, Promise(0.0, 1e-9, False, ""), {}, Failure.NONE),
        # The enclosure decides only as far as it is narrow enough.
        (1.0100001, 1.0, HUNDREDTH, {"error": Fraction(1, 1000)}, Failure.UNDECIDED),
        (1.005, 1.0, HUNDREDTH, {"error": Fraction(1, 1000)}, Failure.NONE),
        (1.0120, 1.0, HUNDREDTH, {"error": Fraction(1, 1000)}, Failure.PRECISION_LOST),
        # A share of the size of a larger term counts where the terms are told.
        (1.05, 1.0, HUNDREDTH, {"terms": np.array([10.0])}, Failure.NONE),
        (1.11, 1.0, HUNDREDTH, {"terms": np.array([10.0])}, Failure.PRECISION_LOST),
        # Flushing is none of its business where the promise is kept all the same.
        (0.0, Fraction(2) ** -130, NATS, {"flush_to_zero": True}, Failure.NONE),
        (0.0, Fraction(2) ** -130, HUNDREDTH, {"flush_to_zero": True}, Failure.FLUSHED_TO_ZERO),
        (np.inf, Fraction(2) ** 128 * Fraction(995, 1000), HUNDREDTH, {}, Failure.NONE),
        (np.inf, Fraction(2) ** 128 * Fraction(98, 100), HUNDREDTH, {}, Failure.EARLY_OVERFLOW),
    ],
)
def test_verdicts(got: float, truth: float, promise: Promise, rules: dict[str, Any], verdict: Failure) -> None:
    assert judge(got, truth, promise, **rules) == verdict


def test_the_deepest_numbers_and_those_beyond_every_float() -> None:
    """A distance is one in float64's subnormals too, whose ulp is 2^-1074, and a share is one where no float is."""
    assert judge(1e-5, Fraction(2) ** -1074, NATS, F64) == Failure.NONE
    assert judge(1e-2, Fraction(2) ** -1074, NATS, F64) == Failure.VALUE_WRONG
    top = Fraction(np.finfo(np.float64).max)
    assert judge(float(top), top * Fraction(1005, 1000), HUNDREDTH, F64) == Failure.NONE
    assert judge(float(top), top * Fraction(103, 100), HUNDREDTH, F64) == Failure.PRECISION_LOST


def test_a_promise_widens_what_a_sum_of_densities_may_be_off_by() -> None:
    truth = enclose([Fraction(-3), Fraction(-20)])
    plain = allowed_nats(truth, F64, default_tolerance(F64))
    assert (allowed_nats(truth, F64, rule(NATS, F64)) == 7e-4).all()
    assert (plain < 1e-12).all()
    assert promised_nats(HUNDREDTH, truth).tolist() == [0.03, 0.2]


def test_nothing_is_kept_where_nothing_is_promised() -> None:
    truth = enclose([Fraction(1)])
    off = distances(np.ones(1), truth, F64)
    assert not any(mask.any() for mask in kept(None, off, truth))
    assert all(mask.all() for mask in kept(HUNDREDTH, off, truth))


def test_it_says_what_it_allows_and_why() -> None:
    assert str(HUNDREDTH) == "off by at most 0.01 of the value: a test"
    assert str(Promise(0.1, 1e-4, True, "a solver")) == "off by at most 0.0001 and 0.1 of the event: a solver"
