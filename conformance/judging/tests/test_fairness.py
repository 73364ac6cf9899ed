"""Grades that a maintainer accepts: everyday inputs, real flushing, attainable answers, inherent roundoffs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.numpy import Adapter as Reference
from conformance.execution.in_process import InProcess
from conformance.execution.request import Reply, Request
from conformance.floats.regions import Region, regions_of
from conformance.judging.cases import build_case, frame_of
from conformance.judging.groups import graded, groups_of, shown_point
from conformance.judging.profile import PROFILES
from conformance.laws.attainable import witnessed
from conformance.laws.case import Case
from conformance.laws.everyday import everyday, remote
from conformance.laws.measure import Measure
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.scoring.grades import Gravity

Alter = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
CHAIN = "chain(affine(loc=0.5,scale=2.0),tanh)"
GUMBEL = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
REVERSED = "transformed(normal(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"


class Altered(InProcess):
    """The reference with some quantities of some subjects changed."""

    def __init__(self, **changes: Alter) -> None:
        super().__init__(Reference)
        self._changes = changes

    def evaluate(self, request: Request) -> Reply:
        reply = super().evaluate(request)
        change = self._changes.get(request.quantity)
        if change is None or reply.values is None or request.values is None:
            return reply
        with np.errstate(all="ignore"):
            values = change(request.values, reply.values)
        return Reply("ok", np.asarray(values).astype(reply.values.dtype), reply.fate)


def case_of(subject: str, dtype: str = "float32", flushes: bool = False, **changes: Alter) -> Case:
    return build_case(Altered(**changes), Oracle(), subject, dtype, "eager", PROFILES["quick"], 1, flushes=flushes)


def scored(case: Case, quantity: str, x: list[Any], got: list[Any]) -> Measure:
    values = np.array(x).astype(case.fmt.dtype)
    reply = Reply("ok", np.array(got).astype(case.fmt.dtype), None)
    return case.score(quantity, values, case.inputs.regions(quantity, values), reply)


def grade_at(case: Case, quantity: str, x: Any, got: Any) -> tuple[Failure, Gravity]:
    measure = scored(case, quantity, [x], [got])
    (grades, _) = graded(case, measure)
    return Failure(int(measure.failures[0])), Gravity(int(grades[0]))


@pytest.mark.parametrize("subject", ["exp", "inverse(exp)", "tanh"])
@pytest.mark.parametrize("law", ["L04", "L05"])
def test_the_region_is_that_of_the_input_that_is_asked(subject: str, law: str) -> None:
    case = case_of(subject)
    for check in LAWS[law].check(case):
        measure = check.measure
        frame = frame_of(case.oracle, subject, measure.quantity)
        assert (measure.region == regions_of(measure.inputs, case.fmt, frame)[measure.row]).all()
        assert len(np.unique(measure.region)) > 2


def test_everyday_inputs_are_ordinary_of_moderate_size_or_reached() -> None:
    case = case_of("exp")
    values = np.array([0.0, 1e35, 1e-12, 1e-8, 5e5, np.inf, np.nan], np.float32)
    usual = everyday(case, "inverse", values, case.inputs.regions("inverse", values))
    # exp(-200) is 0 and exp(200) is inf: both come out of everyday inputs.
    assert usual.tolist() == [True, False, False, True, True, False, False]
    assert remote(case, "inverse", values).tolist() == [False] * 6 + [True]
    # Nothing that people compute with gives an infinite x, and a power of it reaches no zero.
    assert remote(case, "fldj", values).tolist() == [False] * 5 + [True, True]
    power = case_of("power(exponent=2.5)")
    assert not everyday(power, "ildj", values[:1], power.inputs.regions("ildj", values[:1]))[0]
    # A normal variable of moderate size has an exponential of 0, a gamma variable of moderate size is none.
    for law, reached in (("log_normal(loc=0.25,scale=1.5)", True), ("gamma(concentration=2.5,rate=48.0)", False)):
        case = case_of(law)
        assert everyday(case, "log_prob", values[:1], case.inputs.regions("log_prob", values[:1]))[0] == reached
        assert remote(case, "log_prob", values[5:6])[0] != reached
    half = case_of("exp", "float16")
    values = np.array([1e-4, 5e-5, 4000.0, 5000.0], np.float16)
    assert everyday(half, "ildj", values, np.full(4, Region.SATURATION, np.uint8)).tolist() == [
        True,
        False,
        True,
        False,
    ]


def test_nobody_is_asked_for_the_density_of_an_infinite_draw() -> None:
    case = case_of("transformed(normal(loc=0.25,scale=1.5),sigmoid)")
    assert grade_at(case, "log_prob_from_base", np.inf, np.nan) == (Failure.SPURIOUS_NAN, Gravity.MINOR)
    assert grade_at(case, "log_prob_from_base", 2.0, np.nan) == (Failure.SPURIOUS_NAN, Gravity.GRAVE)
    # y = 1 is what a large base draw rounds to; its density is a limit.
    assert grade_at(case, "log_prob", 1.0, np.nan) == (Failure.SPURIOUS_NAN, Gravity.SERIOUS)
    overflown = case_of("transformed(normal(loc=0.25,scale=1.5),exp)")
    assert grade_at(overflown, "log_prob", np.inf, np.nan) == (Failure.SPURIOUS_NAN, Gravity.SERIOUS)


def test_what_a_power_does_at_1e35_is_not_grave() -> None:
    case = case_of("power(exponent=2.5)", "float64")
    assert grade_at(case, "fldj", 1e35, np.nan) == (Failure.SPURIOUS_NAN, Gravity.SERIOUS)
    assert grade_at(case, "fldj", 1e5, np.nan) == (Failure.SPURIOUS_NAN, Gravity.GRAVE)


def clamped(_: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    return np.clip(y, np.finfo(np.float32).tiny, np.float32(1) - np.finfo(np.float32).eps)


@pytest.mark.parametrize(("y", "got"), [(1.0, 15.94), (0.0, -87.3), (1e-43, -87.3)])
def test_past_the_clamp_of_its_own_image_a_framework_is_not_met(y: float, got: float) -> None:
    own = case_of("sigmoid", forward=clamped)
    kind, grade = grade_at(own, "inverse", y, got)
    assert (kind, grade) == (grade_at(case_of("sigmoid"), "inverse", y, got)[0], Gravity.MINOR)
    # The end of the clamp itself is met: every large x gives it.
    eps = float(np.finfo(np.float32).eps)
    assert grade_at(own, "inverse", 1.0 - eps, np.nan)[1] == Gravity.GRAVE


def test_flushed_is_only_what_flushing_explains_to_the_last_bit() -> None:
    log = case_of("exp", flushes=True)
    low = float(np.log(np.finfo(np.float32).tiny))
    kinds = scored(log, "inverse", [1e-40] * 3 + [-1e-40], [-np.inf, low, np.nan, -np.inf]).failures.tolist()
    assert kinds[0] == Failure.FLUSHED_TO_ZERO
    assert Failure.FLUSHED_TO_ZERO not in kinds[1:3]
    cdf = case_of(REVERSED, flushes=True)
    exact = cdf.ask("cdf", np.array([1e-40], np.float32)).values
    assert exact is not None
    # Its mirror image, 5 % off here, is as wrong at 0: that has nothing to do with flushing.
    assert grade_at(cdf, "cdf", 1e-40, 1.0 - exact[0]) == (Failure.PRECISION_LOST, Gravity.SERIOUS)
    steady = case_of("exp")
    assert grade_at(steady, "inverse", 1e-40, -np.inf)[0] == Failure.SPURIOUS_INF
    assert grade_at(steady, "forward", -90.0, 0.0)[0] == Failure.PRECISION_LOST
    assert grade_at(case_of("exp", flushes=True), "forward", -90.0, 0.0)[0] == Failure.FLUSHED_TO_ZERO


def test_a_row_is_flushed_element_by_element() -> None:
    case = case_of("stick_breaking", flushes=True)
    row = np.array([[0.5, 1e-40, 0.25]], np.float32)
    right = case.ask("forward", row).values
    flushed = case.ask("forward", np.array([[0.5, 0.0, 0.25]], np.float32)).values
    assert right is not None
    assert flushed is not None
    measure = scored(case, "forward", row.tolist(), (flushed + np.array([[0.25, 0, 0, 0]], np.float32)).tolist())
    assert measure.failures.tolist()[0] == Failure.VALUE_WRONG


SIMPLEX = [1 - 2.0**-24, 2.0**-24 - 2.0**-40, 2.0**-40]


def test_conditioning_does_not_excuse_what_the_reference_attains() -> None:
    case = case_of("stick_breaking", "float32")
    right = case.ask("inverse", np.array([SIMPLEX], np.float32)).values
    assert right is not None
    wrong = right + np.array([[0.0, 59.6]], np.float32)
    measure = scored(case, "inverse", [SIMPLEX], wrong.tolist())
    assert measure.failures.tolist() == [Failure.NONE, Failure.VALUE_WRONG]
    assert measure.attainable.tolist() == ["", "numpy"]
    assert not measure.usable[1]
    assert shown_point(case, measure, np.array([1])) == (1, Gravity.SERIOUS)


def test_a_peer_that_is_right_takes_the_excuse_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.laws.attainable.reference_answers", lambda *_: None)
    case = case_of("stick_breaking", "float32")
    right = case.ask("inverse", np.array([SIMPLEX], np.float32)).values
    assert right is not None
    measure = scored(case, "inverse", [SIMPLEX], (right + np.array([[0.0, 59.6]], np.float32)).tolist())
    assert measure.failures.tolist() == [Failure.NONE, Failure.NONE]
    assert measure.excused.tolist() == [False, True]
    heard = witnessed(case, measure, right.ravel(), "tfp")
    assert heard.failures.tolist() == [Failure.NONE, Failure.VALUE_WRONG]
    assert heard.attainable.tolist() == ["", "tfp"]
    assert not heard.excused.any()
    assert witnessed(case, measure, measure.got, "paddle") is measure


def test_the_log_det_of_a_chain_is_held_against_its_parts() -> None:
    """log 2 + log sech^2(2x + 1/2) crosses 0; there a few roundoffs of log 2 are all bits, and nobody's fault."""
    case = case_of(CHAIN, "float64")
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        value = case.ask("fldj", np.array([middle])).values
        low, high = (middle, high) if value is not None and value[0] > 0 else (low, middle)
    right = case.ask("fldj", np.array([low])).values
    assert right is not None
    unit = 2.0**-53
    measure = scored(case, "fldj", [low, low], [right[0] + 12 * unit, right[0] + 40 * unit])
    assert measure.failures[0] in (Failure.INHERENT, Failure.NONE)
    far = scored(case, "fldj", [low], [right[0] + 1e-9])
    assert far.failures[0] not in (Failure.INHERENT, Failure.NONE)


@pytest.mark.slow
def test_the_shown_point_has_a_truth_that_can_be_printed() -> None:
    """-711 where the truth is -986.7 must not hide behind -711 where it is -1e1897, or a limit."""
    case = case_of(GUMBEL, "float64", log_prob=lambda _, y: np.maximum(y, -711.0))
    groups = [group for law in ("L02", "L08") for group in groups_of(law, LAWS[law].check(case), case)]
    wrong = [group for group in groups if group.kind in (Failure.VALUE_WRONG, Failure.SPURIOUS_INF)]
    assert wrong
    assert any(group.grade == Gravity.GRAVE for group in wrong)
    for group in wrong:
        if group.grade == Gravity.GRAVE:
            exact = float(case.oracle.digits(GUMBEL, "log_prob", group.input))  # type: ignore[attr-defined]
            assert np.isfinite(exact)
            assert abs(float(group.input)) < 1e6


@pytest.mark.parametrize(
    ("y", "shown", "grade"),
    [
        # At 4000 the truth is -1e463: as grave as at a millionth, but nothing that can be printed beside -711.
        ([4000.0, 1e-6], 1, Gravity.GRAVE),
        # 1e-12 is no everyday input, so that nothing about it is grave.
        ([1e-12, 4000.0], 1, Gravity.GRAVE),
        # Of two that can be printed the more everyday one, though the other is farther off.
        ([26.0, 900.0], 0, Gravity.GRAVE),
        ([900.0, 26.0], 1, Gravity.GRAVE),
    ],
)
def test_which_point_is_shown(y: list[float], shown: int, grade: Gravity) -> None:
    case = case_of(GUMBEL, "float64")
    measure = scored(case, "log_prob", y, [-711.0] * len(y))
    assert set(measure.failures.tolist()) == {int(Failure.VALUE_WRONG)}
    assert shown_point(case, measure, np.arange(len(y))) == (shown, grade)


def test_the_gravest_point_of_a_group_is_shown_and_of_those_the_most_everyday() -> None:
    def alter(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        return np.where(np.abs(x) > 50.0, np.nan, y)

    case = case_of("softplus", forward=alter)
    groups = list(groups_of("L03", LAWS["L03"].check(case), case))
    (saturated,) = [group for group in groups if group.region == Region.SATURATION]
    assert saturated.grade == Gravity.GRAVE
    assert abs(float(saturated.input)) < 200.0
    ends = [group for group in groups if group.region == Region.RANGE_END]
    assert [group.grade for group in ends] == [Gravity.SERIOUS]


def test_nobody_is_blamed_for_the_roundoff_of_a_constant_that_is_added_last() -> None:
    """TFP's LambertWTail at -0.0105: shift + scale u is next to 0, and off by an ulp of the shift."""
    case = case_of("lambert_w_tail(shift=0.5,scale=1.5,tailweight=0.375)")
    assert grade_at(case, "inverse", -0.010525942, 2.9802322e-08)[0] == Failure.INHERENT
    assert grade_at(case, "inverse", 0.0, 0.009908378)[0] == Failure.INHERENT
    assert grade_at(case, "inverse", 0.0, 0.00992)[0] == Failure.PRECISION_LOST
    # What no constant is added to has no such excuse.
    case = case_of("frechet_cdf(loc=-0.5,scale=1.5,concentration=2.5)")
    assert grade_at(case, "inverse", 1.69832e-07, -2.9802322e-08)[0] == Failure.INHERENT
    assert grade_at(case, "forward", -0.125, 1e-9)[0] == Failure.VALUE_WRONG


MATVEC = "scale_matvec(matrix=[[0.75,2.5,-1.25],[-1.5,0.625,0.5],[2.25,-0.375,1.75]])"


def test_what_a_sum_of_inputs_loses_in_working_precision_is_excused_though_pairs_keep_it() -> None:
    x = [[16777216.0, 1.25, -16777216.0]]
    plain = np.cumsum(np.array(x, np.float32), axis=1).tolist()
    assert plain == [[16777216.0, 16777218.0, 2.0]]
    measure = scored(case_of("cumsum"), "forward", x, plain)
    assert [Failure(int(code)) for code in measure.failures] == [Failure.NONE] * 3
    assert not measure.excused.any()
    assert measure.attainable.tolist() == ["", "", ""]
    worse = scored(case_of("cumsum"), "forward", x, [[16777216.0, 16777218.0, 2e9]])
    assert Failure(int(worse.failures[2])) == Failure.VALUE_WRONG


def test_products_that_were_flushed_are_no_cancellation() -> None:
    x = [[2.5e-38, -1.5e-38, 2e-38]]
    case = case_of(MATVEC, flushes=True)
    right = case.ask("forward", np.array(x, np.float32)).values
    assert right is not None
    off = (right + np.array([[2.0**-125, 0.0, 0.0]], np.float32)).tolist()
    assert Failure(int(scored(case, "forward", x, off).failures[0])) == Failure.FLUSHED_TO_ZERO
    assert Failure(int(scored(case_of(MATVEC), "forward", x, off).failures[0])) == Failure.VALUE_WRONG
    far = (right + np.array([[2.0**-118, 0.0, 0.0]], np.float32)).tolist()
    assert Failure(int(scored(case, "forward", x, far).failures[0])) == Failure.WRONG_SIGN
