"""L11: a statistic that is offered and wrong is a finding, what does not exist may be said in three ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Spec
from adapters.interface.spec import parse
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import BARE_SUBJECTS, DISTRIBUTION_SUBJECTS, PAIR_SUBJECTS, READY_MADE_SUBJECTS
from conformance.floats.formats import format_named
from conformance.judging.cases import build_case
from conformance.judging.confirm import finding_of
from conformance.judging.groups import Group, groups_of
from conformance.judging.profile import profile_named
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.oracle.opinion.second_opinion import second_opinion
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Wrong = Callable[[Array], Any]

NORMAL, CAUCHY = "normal(loc=0.25,scale=1.5)", "cauchy(loc=0.25,scale=1.5)"
HALF, TAILED = "half_cauchy(scale=1.5)", "half_student_t(df=1.5,loc=0.25,scale=1.5)"
LINE = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
HEAVY = "log_logistic(loc=0.25,scale=1.5)"
SQUASHED = "transformed(normal(loc=0.25,scale=1.5),tanh)"
WIDE = "transformed(normal(loc=0.0,scale=20.0),tanh)"
FLAT = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
EXPONENTIAL = "exponential(rate=1.5)"
NORMALS = f"pair({NORMAL},normal(loc=-1.0,scale=2.5))"
ALIKE = f"pair({NORMAL},{NORMAL})"
APART = "pair(uniform(low=-0.5,high=1.5),uniform(low=0.25,high=0.75))"
WRONG = ("value wrong", "grave")
UNKNOWN = "transformed(normal(loc=0.25,scale=1.0),chain(exp,softplus,tanh))"


@cache
def oracle() -> Oracle:
    return Oracle()


class Computing(Reference):
    """The reference whose ``quantity`` of ``subject`` is ``wrong(right)``."""

    def __init__(self, subject: str, quantity: str, wrong: Wrong) -> None:
        super().__init__()
        self._subject, self._change = subject, (quantity, wrong)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound, (quantity, wrong) = super()._distribution(spec, dtype, mode), self._change
        if spec == parse(self._subject):
            right = getattr(bound, quantity)
            if quantity == "mode" and spec.name == "transformed" and spec.parts[0].name == "normal":
                right = bound.mean  # Of a bent law the reference has no mode, and the change makes its own.
            setattr(bound, quantity, lambda: np.asarray(wrong(right())))
        return bound


def judged(subject: str, quantity: str, wrong: Wrong, dtype: str = "float32", of: str = "") -> tuple[Case, list[Group]]:
    framework = InProcess(lambda: Computing(of or subject, quantity, wrong))
    case = build_case(framework, oracle(), subject, dtype, "eager", profile_named("quick"), 1)
    return case, list(groups_of("L11", list(LAWS["L11"].check(case)), case))


def raising(right: Array) -> Array:
    raise ValueError("the mean does not exist")


@pytest.mark.parametrize(
    ("subject", "quantity", "wrong", "dtype", "told"),
    [
        (
            NORMAL,
            "entropy",
            lambda right: right - np.float32(np.log(2 * np.pi) / 2),
            "float32",
            ("value wrong", "grave"),
        ),
        (NORMAL, "entropy", lambda right: right / np.float32(np.log(2)), "float32", WRONG),
        (NORMAL, "variance", np.sqrt, "float32", WRONG),
        (
            NORMAL,
            "variance",
            lambda right: np.float64(np.float32(right * 1.1)) / 1.1,
            "float64",
            ("precision lost", "serious"),
        ),
        (NORMAL, "mean", lambda right: -right, "float32", ("wrong sign", "grave")),
        (NORMAL, "mean", lambda right: np.full_like(right, np.nan), "float32", ("spurious nan", "grave")),
        (NORMAL, "mean", lambda right: np.repeat(right, 2), "float32", ("shape wrong", "grave")),
        (NORMAL, "mean", raising, "float32", ("raised", "serious")),
        (HEAVY, "mean", lambda right: np.float32(7.0), "float32", ("value wrong", "serious")),
        (CAUCHY, "mean", lambda right: np.float32(0.25), "float32", WRONG),
        (CAUCHY, "variance", lambda right: np.float32(2.25), "float32", WRONG),
        (HALF, "mean", lambda right: np.full_like(right, np.nan), "float32", ("spurious nan", "serious")),
        (HALF, "variance", lambda right: np.float32(2.25), "float32", ("value wrong", "serious")),
        (TAILED, "variance", lambda right: np.full_like(right, np.nan), "float32", ("spurious nan", "serious")),
        (NORMAL, "stddev", np.square, "float32", WRONG),
        (LINE, "median", lambda right: right + 1, "float32", WRONG),
        (NORMAL, "mode", lambda right: np.full_like(right, np.nan), "float32", ("spurious nan", "grave")),
        (SQUASHED, "mode", lambda _: np.tanh(np.float32(0.25)), "float32", WRONG),
        (FLAT, "mode", lambda right: np.float32(2.5), "float32", WRONG),
        (EXPONENTIAL, "mode", lambda right: np.float32(0.5), "float32", WRONG),
        (NORMALS, "kl", lambda right: right / np.float32(np.log(2)), "float32", WRONG),
        (NORMALS, "cross_entropy", lambda right: right + np.float32(1), "float32", WRONG),
        (ALIKE, "kl", lambda right: right + np.float32(0.25), "float32", WRONG),
        (APART, "kl", lambda right: np.float32(1.5), "float32", ("value wrong", "serious")),
    ],
)
def test_a_wrong_statistic_is_told(
    subject: str, quantity: str, wrong: Wrong, dtype: str, told: tuple[str, str]
) -> None:
    _, found = judged(subject, quantity, wrong, dtype)
    assert [(group.quantity, group.kind.label, group.grade.label) for group in found] == [(quantity, *told)]


@pytest.mark.parametrize(
    ("subject", "quantity", "wrong"),
    [
        (NORMAL, "mean", lambda right: right),
        (CAUCHY, "mean", raising),
        (CAUCHY, "variance", raising),
        (CAUCHY, "variance", lambda right: np.float32(np.inf)),
        (HALF, "variance", lambda right: right),
        (HALF, "variance", lambda right: np.full_like(right, np.nan)),
        (HALF, "stddev", lambda right: np.full_like(right, np.nan)),
        (UNKNOWN, "mean", lambda right: right + 1),
        (CAUCHY, "stddev", lambda right: np.float32(np.inf)),
        (CAUCHY, "stddev", raising),
        (NORMALS, "kl", lambda right: right),
        (ALIKE, "kl", lambda right: right + np.float32(2.0**-22)),
        (APART, "cross_entropy", lambda right: right),
        (f"pair({NORMAL},{SQUASHED})", "kl", lambda _: np.float32(7.0)),
        (FLAT, "mode", lambda right: np.float32(-3.0)),
        (FLAT, "mode", lambda right: np.full_like(right, np.nan)),
        (FLAT, "mode", raising),
        (EXPONENTIAL, "mode", lambda right: np.full_like(right, np.nan)),
        (WIDE, "mode", lambda _: np.float32(1.0)),
        (WIDE, "mode", lambda _: np.float32(-1.0)),
        # A sum of terms of the size of 1 may come out a roundoff of 1 away from 0.
        ("normal(loc=0.0,scale=0.2421875)", "entropy", lambda right: right + np.float32(2.0**-22)),
    ],
)
def test_what_is_right_or_unknown_or_does_not_exist_accuses_nobody(subject: str, quantity: str, wrong: Wrong) -> None:
    assert not judged(subject, quantity, wrong)[1]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_reference_is_accused_of_nothing(dtype: str) -> None:
    for subject in (*DISTRIBUTION_SUBJECTS, *READY_MADE_SUBJECTS, *BARE_SUBJECTS, *PAIR_SUBJECTS, NORMAL):
        quantity = "kl" if subject in PAIR_SUBJECTS else "mean"
        assert not judged(subject, quantity, lambda right: right, dtype)[1], subject


def test_the_base_is_to_blame_for_what_is_made_of_it() -> None:
    base = "gumbel(loc=0.25,scale=1.5)"
    framework = InProcess(lambda: Both(base))
    case = build_case(framework, oracle(), LINE, "float32", "eager", profile_named("quick"), 1)
    (group,) = groups_of("L11", list(LAWS["L11"].check(case)), case)
    assert (group.quantity, group.blamed) == ("mean", (base, "mean"))


class Both(Reference):
    """The reference, with a mean of this base that is one too large, and so are the means that are made of it."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound = super()._distribution(spec, dtype, mode)
        right = bound.mean
        bound.mean = lambda: right() + np.float32(1.0)  # type: ignore[method-assign]
        return bound


@pytest.mark.slow
@pytest.mark.parametrize("subject", [NORMAL, LINE, "weibull(scale=1.5,concentration=2.5)"])
@pytest.mark.parametrize("quantity", ["entropy", "mean", "variance", "stddev", "median"])
def test_mpmath_confirms_it_by_an_integral_of_its_own(subject: str, quantity: str) -> None:
    case, (group,) = judged(subject, quantity, lambda right: right * np.float32(1.5))
    found = finding_of(group, case, {"framework": "x", "version": "1", "device": "cpu"}, oracle())
    assert (found.confirmed_by, found.confirmed) == ("mpmath", True)
    assert " at " not in found.summary
    assert found.worst.exact.startswith(oracle().statistic(subject, quantity).text[:20])


def test_a_base_is_blamed_for_the_divergence_of_what_is_made_of_it() -> None:
    bases = "pair(normal(loc=-1.0,scale=2.5),normal(loc=0.25,scale=1.5))"
    subject = "pair(log_normal(loc=-1.0,scale=2.5),log_normal(loc=0.25,scale=1.5))"
    framework = InProcess(lambda: WrongDivergence())
    case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    (group,) = groups_of("L11", list(LAWS["L11"].check(case)), case)
    assert (group.quantity, group.blamed) == ("kl", (bases, "kl"))


class WrongDivergence(Reference):
    """The reference, with a divergence that is one too large."""

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound = super()._distribution(spec, dtype, mode)
        right = bound.kl
        bound.kl = lambda: right() + np.float32(1.0)  # type: ignore[method-assign]
        return bound


def test_two_laws_are_asked_for_nothing_else() -> None:
    case, _ = judged(NORMALS, "kl", lambda right: right)
    assert not case.quantities
    assert [law.id for law in LAWS.values() if law.applies(NORMALS)] == ["L11"]
    assert {case.ask(name, np.zeros(1, np.float32)).status for name in ("log_prob", "cdf")} == {"not_offered"}
    assert case.ask("mean").status == "not_offered"
    assert oracle().statistic(NORMALS, "kl").text.startswith("0.31582562376599068320")


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["kl", "cross_entropy"])
@pytest.mark.parametrize("subject", [NORMALS, "pair(laplace(loc=0.25,scale=1.5),laplace(loc=-1.0,scale=2.5))"])
def test_mpmath_confirms_what_is_asked_of_two(subject: str, quantity: str) -> None:
    case, (group,) = judged(subject, quantity, lambda right: right * np.float32(1.5))
    found = finding_of(group, case, {"framework": "x", "version": "1", "device": "cpu"}, oracle())
    assert (found.confirmed_by, found.confirmed) == ("mpmath", True)


@pytest.mark.slow
def test_mpmath_does_not_confirm_another_number() -> None:
    fmt = format_named("float32")
    truth = oracle().truth(NORMAL, "variance", np.full(1, np.nan), fmt)
    assert second_opinion(NORMAL, "variance", np.asarray(np.nan), truth, fmt).agrees
    truth.hi[:] *= 1 + 2.0**-20
    assert not second_opinion(NORMAL, "variance", np.asarray(np.nan), truth, fmt).agrees
