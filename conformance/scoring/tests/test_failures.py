"""Every kind of failure is named as documented, and nobody is accused of a rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import all_values
from conformance.floats.rounding import round_enclosures
from conformance.floats.tests.exact import enclose
from conformance.scoring.distance import distances
from conformance.scoring.failures import ACCUSES_NOBODY, FATES, Failure, allowed_nats, classify, usable
from conformance.scoring.grades import Circumstances, Gravity, gravities, moderate
from conformance.scoring.tolerance import Tolerance, default_tolerance, tolerance_for

ALL = list(FORMATS.values())
F32 = FORMATS["float32"]
TINY = Fraction(2) ** -149

LIMITS = {"+inf": Kind.POS_INF, "-inf": Kind.NEG_INF, "nan": Kind.NAN, "outside": Kind.OUTSIDE, "?": Kind.UNDECIDED}


def truth_of(value: Fraction | float | str, condition: float = 0.0) -> Enclosures:
    """One element: a number, or the word for a kind that is none."""
    if isinstance(value, str):
        truth = Enclosures.empty(1)
        truth.kind[:] = LIMITS[value]
    else:
        truth = enclose([Fraction(value)])
        truth.condition[:] = condition
    return truth


def judge(got: float, value: Fraction | float | str, fmt: Format = F32, **rules: Any) -> Failure:
    """The verdict on one result."""
    options: dict[str, Any] = {"log_quantity": False, "codomain": None, "tolerance": default_tolerance(fmt)}
    condition = rules.pop("condition", 0.0)
    code = classify(np.array([got]).astype(fmt.dtype), truth_of(value, condition), fmt, **{**options, **rules})
    return Failure(int(code[0]))


FLUSH = {"flush_to_zero": True}
LOG = {"log_quantity": True}
THRESHOLD = Fraction(2) ** 128 - Fraction(2) ** 103

CASES = [
    # got, truth, rules, verdict
    (1.0, 1.0, {}, Failure.NONE),
    (0.0, -0.0, {}, Failure.NONE),
    (-0.0, 0.0, {}, Failure.NONE),
    (1.0 + 16 * 2.0**-23, 1.0, {}, Failure.NONE),
    (1.0 + 17 * 2.0**-23, 1.0, {}, Failure.PRECISION_LOST),
    (1.0 + 20 * 2.0**-23, 1.0, {"condition": 1.0}, Failure.NONE),
    (1.0 + 21 * 2.0**-23, 1.0, {"condition": 1.0}, Failure.PRECISION_LOST),
    (1.0 + 416 * 2.0**-23, 1.0, {"condition": 100.0}, Failure.NONE),
    (1.0 + 417 * 2.0**-23, 1.0, {"condition": -100.0}, Failure.PRECISION_LOST),
    (1.125, 1.0, {}, Failure.PRECISION_LOST),
    (1.1875, 1.0, {}, Failure.VALUE_WRONG),
    (-1.0, 1.0, {}, Failure.WRONG_SIGN),
    (float("nan"), 1.0, {}, Failure.SPURIOUS_NAN),
    (float("nan"), "+inf", {}, Failure.SPURIOUS_NAN),
    (float("nan"), "nan", {}, Failure.NONE),
    (1.0, "nan", {}, Failure.VALUE_WRONG),
    (float("inf"), 1.0, {}, Failure.SPURIOUS_INF),
    (float("-inf"), 1e30, {}, Failure.SPURIOUS_INF),
    (float("inf"), 1e30, {}, Failure.EARLY_OVERFLOW),
    # overflow: half an ulp beyond the largest float infinity is right, and so it is within the tolerance below that
    (float("inf"), THRESHOLD, {}, Failure.NONE),
    (float("-inf"), -THRESHOLD * 100, {}, Failure.NONE),
    (float("inf"), -THRESHOLD * 100, {}, Failure.SPURIOUS_INF),
    (float("inf"), Fraction(2) ** 128 - 15 * Fraction(2) ** 104, {}, Failure.NONE),
    (float("inf"), Fraction(2) ** 128 - 20 * Fraction(2) ** 104, {}, Failure.EARLY_OVERFLOW),
    (F32.max_finite, THRESHOLD, {}, Failure.NONE),
    (F32.max_finite, THRESHOLD * 2, {}, Failure.VALUE_WRONG),
    # underflow
    (0.0, TINY / 2, {}, Failure.NONE),
    (-0.0, TINY / 2, {}, Failure.NONE),
    (0.0, -TINY / 2, FLUSH, Failure.NONE),
    (0.0, Fraction(2) ** -9000, FLUSH, Failure.NONE),
    (2.0**-149, Fraction(2) ** -9000, {}, Failure.NONE),
    (0.0, TINY, FLUSH, Failure.FLUSHED_TO_ZERO),
    (0.0, 1000 * TINY, {}, Failure.PRECISION_LOST),  # nothing here flushes
    (0.0, 1000 * TINY, FLUSH, Failure.FLUSHED_TO_ZERO),
    (F32.min_normal, Fraction(2) ** -127, FLUSH, Failure.FLUSHED_TO_ZERO),
    (-F32.min_normal, Fraction(2) ** -127, FLUSH, Failure.WRONG_SIGN),
    (0.0, Fraction(2) ** -126, FLUSH, Failure.PRECISION_LOST),
    (0.0, 2.0**-20, FLUSH, Failure.VALUE_WRONG),
    (1000 * 2.0**-149, 3000 * TINY, {}, Failure.PRECISION_LOST),
    (1.0, 2.0, {**FLUSH, "flushed_inputs": np.array([True])}, Failure.FLUSHED_TO_ZERO),
    (2.0, 2.0, {**FLUSH, "flushed_inputs": np.array([True])}, Failure.NONE),
    (1.0, 2.0, {"flushed_inputs": np.array([True])}, Failure.VALUE_WRONG),
    # limits
    (float("inf"), "+inf", {}, Failure.NONE),
    (float("-inf"), "-inf", {}, Failure.NONE),
    (float("-inf"), "+inf", {}, Failure.WRONG_SIGN),
    (3e38, "+inf", {}, Failure.VALUE_WRONG),
    # outside the domain
    (float("nan"), "outside", {}, Failure.NONE),
    (1.0, "outside", {}, Failure.OUTSIDE_ACCEPTED),
    # codomain, closed, since rounding may reach an open end
    (1.0, 1 - Fraction(1, 2**60), {"codomain": (0.0, 1.0)}, Failure.NONE),
    (1.0 + 2.0**-23, 1 - Fraction(1, 2**60), {"codomain": (0.0, 1.0)}, Failure.OUT_OF_CODOMAIN),
    (-(2.0**-149), Fraction(1, 2**200), {"codomain": (0.0, 1.0)}, Failure.OUT_OF_CODOMAIN),
    (0.0, Fraction(2) ** -9000, {"codomain": (0.0, 1.0)}, Failure.NONE),
    (float(np.float32(0.3)), 0.3, {"codomain": (0.0, 0.3)}, Failure.NONE),
    (float("inf"), "+inf", {"codomain": (0.0, float("inf"))}, Failure.NONE),
    # log-quantities
    (0.0, 2.0**-24, LOG, Failure.PRECISION_LOST),
    (-1e-7, 1e-7, LOG, Failure.PRECISION_LOST),
    (-1e-3, 1e-3, LOG, Failure.WRONG_SIGN),
    (0.04, 0.08, LOG, Failure.PRECISION_LOST),
    (0.0, 0.08, LOG, Failure.VALUE_WRONG),
    (100.0, 104.0, LOG, Failure.PRECISION_LOST),
    (100.0, 106.0, LOG, Failure.VALUE_WRONG),
    # what the input is granted shrinks below the normal numbers, where an ulp is no share of the value
    (F32.min_normal, 2 * TINY, {"condition": 1e10}, Failure.PRECISION_LOST),
    (20 * 2.0**-149, 2 * TINY, {"condition": 1e10}, Failure.NONE),
    (F32.min_normal, Fraction(2) ** -9000, {"condition": 1e10}, Failure.PRECISION_LOST),
    # beyond every float: magnitudes are compared, not infinities
    (-711.0, -28 * Fraction(10) ** 1896, LOG, Failure.VALUE_WRONG),
    (-711.0, -(Fraction(10) ** 40), LOG, Failure.VALUE_WRONG),
    (-3e38, -(Fraction(10) ** 40), LOG, Failure.VALUE_WRONG),
    (float("-inf"), -28 * Fraction(10) ** 1896, LOG, Failure.NONE),
    # a truth of 0: no relative measure says anything
    (1e-7, 0.0, {"condition": float("inf")}, Failure.NONE),
    (1e-3, 0.0, {"condition": float("inf")}, Failure.VALUE_WRONG),
    (1.0, "?", {}, Failure.UNDECIDED),
    (float("nan"), "?", {}, Failure.UNDECIDED),
]


@pytest.mark.parametrize(("got", "value", "rules", "verdict"), CASES, ids=[f"{c[0]}-{c[1]}-{c[3].name}" for c in CASES])
def test_verdict(got: float, value: Fraction | float | str, rules: dict[str, Any], verdict: Failure) -> None:
    assert judge(got, value, **rules) == verdict


@pytest.mark.parametrize("fmt", [FORMATS["float16"], FORMATS["bfloat16"]], ids=lambda f: f.name)
@pytest.mark.parametrize("flush", [False, True])
def test_correct_rounding_is_never_accused_at_any_tie_of_a_short_format(fmt: Format, flush: bool) -> None:
    line = all_values(fmt)[1:-3].astype(np.float64)
    truth = Enclosures.empty(len(line) - 1)
    truth.kind[:] = Kind.FINITE
    truth.hi, exponent = np.frexp((line[:-1] + line[1:]) / 2)
    truth.exponent = exponent.astype(np.int64)
    got, _ = round_enclosures(truth, fmt)
    for log_quantity in (False, True):
        codes = classify(
            got,
            truth,
            fmt,
            log_quantity=log_quantity,
            codomain=(-np.inf, np.inf),
            tolerance=Tolerance(0.5, 0.0),
            flush_to_zero=flush,
        )
        assert (codes == Failure.NONE).all()


@pytest.mark.parametrize("fmt", ALL, ids=lambda f: f.name)
def test_undecided_only_where_the_verdict_changes_within_the_enclosure(fmt: Format) -> None:
    rule = Tolerance(4.0, 0.0)
    unit = 2.0 ** (1 - fmt.precision)
    truth = enclose([Fraction(1)] * 4)
    truth.err[:] = [2.0**-54, unit, 0.0, 2.0**-54]  # hi is one half: err is doubled, and 2 units wide in the second
    got = np.array([1 + 4 * unit, 1 + 5 * unit, 1 + 4 * unit, 1 + 5 * unit]).astype(fmt.dtype)
    codes = classify(got, truth, fmt, log_quantity=False, codomain=None, tolerance=rule)
    assert codes.tolist() == [Failure.UNDECIDED, Failure.UNDECIDED, Failure.NONE, Failure.PRECISION_LOST]


def test_a_value_that_cannot_be_told_from_zero_accuses_and_excuses_nobody_wrongly() -> None:
    truth = Enclosures.empty(3)
    truth.kind[:] = Kind.FINITE
    truth.err[:] = 1.0
    truth.exponent[:] = [-9000, -9000, -100]
    got = np.array([0.0, 1.0, 0.0], np.float32)
    codes = classify(got, truth, F32, log_quantity=False, codomain=None, tolerance=default_tolerance(F32))
    assert codes.tolist() == [Failure.NONE, Failure.VALUE_WRONG, Failure.UNDECIDED]


def test_a_fate_outweighs_whatever_the_row_holds() -> None:
    fate = np.array([0, 1, 2, 3, 4], np.uint8)
    codes = classify(
        np.ones(5, np.float32),
        enclose([Fraction(1)] * 5),
        F32,
        log_quantity=False,
        codomain=None,
        tolerance=default_tolerance(F32),
        fate=fate,
    )
    unasked = Failure.UNDECIDED
    assert codes.tolist() == [Failure.NONE, Failure.CRASHED, Failure.TIMED_OUT, Failure.RAISED, unasked]
    assert set(FATES) == {1, 2, 3, 4}


def test_usable_is_right_or_right_in_nats() -> None:
    fmt, rule = F32, default_tolerance(F32)
    truth = enclose([Fraction(2) ** -30, Fraction(2) ** -10, Fraction(1), Fraction(1000)])
    got = np.array([0.0, 0.0, np.nan, 1000.001], np.float32)
    for log_quantity, expected in ((True, [True, False, False, True]), (False, [False, False, False, True])):
        codes = classify(got, truth, fmt, log_quantity=log_quantity, codomain=None, tolerance=rule)
        off = distances(got, truth, fmt)
        assert usable(codes, off, log_quantity=log_quantity, tolerance=rule).tolist() == expected
    nobody = np.array([Failure.UNDECIDED] * 4, np.uint8)
    assert usable(nobody, off, log_quantity=False, tolerance=rule).all()


GRADES = [
    (Failure.CRASHED, {"remote": True}, "grave"),
    (Failure.TIMED_OUT, {}, "grave"),
    (Failure.SPURIOUS_NAN, {}, "grave"),
    (Failure.SPURIOUS_NAN, {"outside": True}, "serious"),
    (Failure.SPURIOUS_NAN, {"everyday": False}, "serious"),
    (Failure.SPURIOUS_NAN, {"everyday": False, "remote": True}, "minor"),
    (Failure.RAISED, {"everyday": False, "remote": True}, "minor"),
    (Failure.VALUE_WRONG, {"nats": 1.0}, "grave"),
    (Failure.VALUE_WRONG, {"nats": 1.0, "attained": True}, "serious"),
    (Failure.VALUE_WRONG, {"nats": 1e-9}, "serious"),
    (Failure.VALUE_WRONG, {"nats": 1e-9, "log_quantity": True}, "grave"),
    (Failure.VALUE_WRONG, {"nats": 1.0, "at_limit": True}, "serious"),
    (Failure.WRONG_SIGN, {"everyday": False}, "serious"),
    (Failure.SHAPE_WRONG, {}, "grave"),
    (Failure.EARLY_OVERFLOW, {}, "serious"),
    (Failure.OUT_OF_CODOMAIN, {}, "serious"),
    (Failure.OUTSIDE_ACCEPTED, {"outside": True}, "minor"),
    (Failure.VALUE_WRONG, {"nats": 1.0, "outside": True}, "serious"),
    (Failure.RAISED, {}, "serious"),
    (Failure.DTYPE_CHANGED, {}, "serious"),
    (Failure.PRECISION_LOST, {"ulp": 1e6}, "serious"),
    (Failure.PRECISION_LOST, {"ulp": 300.0}, "serious"),
    (Failure.PRECISION_LOST, {"ulp": 200.0}, "minor"),
    (Failure.PRECISION_LOST, {"ulp": 1e6, "nats": 1e-7, "log_quantity": True}, "minor"),
    (Failure.PRECISION_LOST, {"ulp": 1e6, "nats": 1e-4, "log_quantity": True}, "serious"),
    (Failure.PRECISION_LOST, {"ulp": 1e6, "nats": 1e-4, "log_quantity": True, "usable": True}, "minor"),
    (Failure.FLUSHED_TO_ZERO, {"everyday": False}, "minor"),
    (Failure.INHERENT, {}, "minor"),
    (Failure.ORDER_BROKEN, {}, "minor"),
    (Failure.POSITION, {}, "minor"),
    (Failure.DECLARED_WRONG, {}, "serious"),
    (Failure.DECLARED_WRONG, {"usable": True}, "minor"),
    (Failure.PARAMETERS_NARROWED, {}, "serious"),
    (Failure.DRAWS_REPEATED, {}, "grave"),
    (Failure.SEED_IGNORED, {}, "serious"),
    (Failure.PARAMETERS_NARROWED, {"usable": True}, "minor"),
]


@pytest.mark.parametrize(("kind", "how", "expected"), GRADES)
def test_grade(kind: Failure, how: dict[str, Any], expected: str) -> None:
    off = distances(np.ones(1, np.float32), truth_of(2.0), F32)
    off.ulp[:], off.nats[:] = how.get("ulp", 1e7), how.get("nats", 1.0)
    known = {"everyday": True, "remote": False, "outside": False, "at_limit": False, "usable": False, "attained": False}
    at = Circumstances(**{name: np.array([how.get(name, normal)]) for name, normal in known.items()})
    codes = np.array([kind], np.uint8)
    (grade,) = gravities(codes, off, at, F32, log_quantity=how.get("log_quantity", False))
    assert Gravity(int(grade)).label == expected


def test_everyday_magnitudes_are_the_formats_own() -> None:
    assert moderate(F32) == moderate(FORMATS["bfloat16"]) == (1e-9, 1e6)
    assert moderate(FORMATS["float16"]) == (2.0**-14, 4094.0)


def test_errors_beyond_every_float_have_a_relative_size() -> None:
    truth = truth_of(-(Fraction(2) ** 6000))[np.zeros(3, int)]
    got = np.array([-711.0, -np.inf, np.nan], np.float32)
    off = distances(got, truth, F32)
    assert off.nats.tolist() == [np.inf, 0.0, np.inf]
    assert off.relative.tolist() == [1.0, 0.0, np.inf]
    assert distances(got[:1], truth_of(0.0), F32).relative.tolist() == [np.inf]
    codes = np.full(1, Failure.PRECISION_LOST, np.uint8)
    rule = default_tolerance(F32)
    assert not usable(codes, off[:1], log_quantity=True, tolerance=rule).any()


def test_roundoffs_of_a_sums_terms_are_inherent() -> None:
    """Where terms of size 3.7 cancel to 2^-30, 16 ulp of a term are nobody's fault, and 17 are."""
    rule, unit = default_tolerance(F32), 2.0**-22
    got = np.array([16 * unit, 17 * unit, -15 * unit, np.nan], np.float32)
    truth = truth_of(Fraction(1, 2**60))[np.zeros(4, int)]
    codes = classify(got, truth, F32, log_quantity=True, codomain=None, tolerance=rule, terms=np.full(4, 3.7))
    lost, nan = Failure.PRECISION_LOST, Failure.SPURIOUS_NAN
    assert codes.tolist() == [Failure.INHERENT, lost, Failure.INHERENT, nan]
    off = distances(got, truth, F32)
    assert usable(codes, off, log_quantity=True, tolerance=rule).tolist()[0]
    # Alone, with no terms known, it is lost precision.
    codes = classify(got[:1], truth[:1], F32, log_quantity=True, codomain=None, tolerance=rule, terms=np.zeros(1))
    assert codes.tolist() == [lost]


def test_next_to_a_zero_what_is_hardly_more_than_granted_has_no_wrong_sign() -> None:
    # The truth is 2^-20, and a condition number of 2^26 grants 16 (1 + 2^24) ulp, 16 times the truth.
    truth, granted = 2.0**-20, 16.0 * (1 + 2.0**24) * 2.0**-43
    off: dict[str, Any] = {"condition": 2.0**26}
    assert judge(truth - 0.99 * granted, truth, **off) == Failure.NONE
    assert judge(truth - 1.9 * granted, truth, **off) == Failure.PRECISION_LOST
    assert judge(truth - 2.1 * granted, truth, **off) == Failure.WRONG_SIGN
    assert judge(truth + 2.1 * granted, truth, **off) == Failure.VALUE_WRONG


def test_a_truth_that_cannot_be_told_from_zero_has_no_sign() -> None:
    truth = Enclosures.empty(1)
    truth.hi[:], truth.err[:], truth.exponent[:], truth.kind[:] = 0.5, 638.0, -4000, Kind.FINITE
    truth.condition[:] = np.inf
    got = np.array([-1e-5], np.float32)
    codes = classify(got, truth, F32, log_quantity=True, codomain=None, tolerance=default_tolerance(F32))
    assert Failure(int(codes[0])) == Failure.PRECISION_LOST


def test_roundoffs_of_a_constant_that_is_added_last_are_inherent() -> None:
    """Where x = loc + u cancels to 2^-30, 16 ulp of loc = 0.5 are nobody's fault, and 17 are."""
    truth = enclose([Fraction(2) ** -30] * 3)
    got = np.array([2.0**-30 + k * 2.0**-24 for k in (1, 16, 17)], np.float32)
    rule = default_tolerance(F32)
    codes = classify(got, truth, F32, log_quantity=False, codomain=None, tolerance=rule, terms=np.full(3, 0.5))
    assert codes.tolist() == [Failure.INHERENT, Failure.INHERENT, Failure.VALUE_WRONG]
    codes = classify(got[:1], truth[:1], F32, log_quantity=False, codomain=None, tolerance=rule)
    assert codes.tolist() == [Failure.VALUE_WRONG]


def test_an_error_in_nats_is_measured_against_the_terms_of_the_sum() -> None:
    rule = default_tolerance(F32)
    got, truth = np.array([1e-3, 1e-3, 1e-3], np.float32), truth_of(0.0)[np.zeros(3, int)]
    truth.condition[:] = np.inf
    terms = np.array([0.0, 200.0, 700.0])
    codes = classify(got, truth, F32, log_quantity=True, codomain=None, tolerance=rule, terms=terms)
    assert codes.tolist() == [Failure.PRECISION_LOST, Failure.PRECISION_LOST, Failure.NONE]
    got = np.array([1e-3, 1e-3, 1e-3], np.float32)
    truth = truth_of(Fraction(1, 10**9), 1.0)[np.zeros(3, int)]
    codes = classify(got, truth, F32, log_quantity=True, codomain=None, tolerance=rule, terms=terms)
    assert codes.tolist() == [Failure.PRECISION_LOST] * 3
    off = distances(got, truth, F32)
    can = usable(codes, off, log_quantity=True, tolerance=rule, terms=terms)
    assert can.tolist() == [False, False, True]


def test_every_name_of_the_acceptance_rules_has_a_label() -> None:
    assert [kind.label for kind in Failure] == [
        "right",
        "spurious nan",
        "spurious ±inf",
        "early overflow",
        "flushed to zero",
        "wrong sign",
        "out of codomain",
        "outside support accepted",
        "precision lost",
        "value wrong",
        "gradient wrong",
        "shape wrong",
        "dtype changed",
        "raised",
        "crashed",
        "timed out",
        "not offered",
        "undecided",
        "inherent",
        "order broken",
        "depends on position",
        "declared wrong",
        "parameters narrowed",
        "draws repeated",
        "seed ignored",
    ]


def test_tolerances_are_as_documented() -> None:
    assert [default_tolerance(fmt).ulp for fmt in ALL] == [8.0, 8.0, 16.0, 16.0]
    assert [default_tolerance(fmt).granted for fmt in ALL] == [1.0, 1.0, 0.25, 0.25]
    assert default_tolerance(F32).nats == 32 * float(np.finfo(np.float32).eps)
    for quantity in ("cdf", "log_cdf", "survival", "log_survival", "prob"):
        assert tolerance_for(quantity, F32).ulp == 64.0
    assert tolerance_for("fldj", F32) == default_tolerance(F32)


@pytest.mark.parametrize("fmt", [FORMATS["float32"], FORMATS["float64"]])
@pytest.mark.parametrize(
    ("exact", "condition", "size"),
    [(-3.0, 0.5, 0.0), (-3.0, 40.0, 0.0), (2.0**-12, 5000.0, 0.0), (2.0**-12, 1.0, 700.0), (0.0, np.inf, 0.0)],
)
def test_what_is_allowed_in_nats_is_where_the_verdict_turns(
    exact: float, condition: float, size: float, fmt: Format
) -> None:
    tolerance, truth = default_tolerance(fmt), truth_of(exact, condition)
    terms = np.array([size]) if size else None
    allowed = float(allowed_nats(truth, fmt, tolerance, terms)[0])
    for share, right in ((0.9, True), (1.2, False)):
        got = np.array([exact + share * allowed], fmt.dtype)
        code = classify(got, truth, fmt, log_quantity=True, codomain=None, tolerance=tolerance, terms=terms)
        assert (code[0] in ACCUSES_NOBODY) == right, (share, allowed, Failure(int(code[0])))


def test_nothing_is_allowed_in_nats_where_there_is_no_number() -> None:
    for word in LIMITS:
        assert allowed_nats(truth_of(word), F32, default_tolerance(F32))[0] == 0
