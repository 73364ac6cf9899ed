"""L11 of laws of events: the shape first, then every entry, and a finding that names one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Spec
from adapters.numpy import Adapter as Reference
from conformance.cli.reproduce import shapes
from conformance.comparison.statistics import offers_of
from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS
from conformance.findings.results import Offer
from conformance.judging.cases import build_case
from conformance.judging.confirm import finding_of
from conformance.judging.groups import groups_of
from conformance.judging.profile import profile_named
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.laws.tests.test_statistics import WRONG, Wrong, judged, oracle, raising
from conformance.tests.in_process import InProcess

Array = NDArray[Any]

AXES = {"framework": "x", "version": "1", "device": "cpu"}
PRODUCT = "independent(normal(loc=[0.25,-1.5],scale=[1.5,0.375]),ndims=1.0)"
HEAVY = "independent(cauchy(loc=[0.25,-1.5],scale=1.5),ndims=1.0)"
MULTIVARIATE = "multivariate_normal(loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,0.375]])"
DIRICHLET = "dirichlet(concentration=[1.5,2.5,1.25])"
SPARSE = "dirichlet(concentration=[0.5,2.5,1.5])"
FLAT = "flat_dirichlet(size=4.0)"
WISHART = "wishart(df=5.5,scale_tril=[[1.5,0.0],[0.5,0.375]])"
SPHERE = "spherical_uniform(dimension=3.0)"
BENT = "logistic_normal(loc=[0.25,-1.5],scale=[1.5,0.625])"
PAIR = f"pair({MULTIVARIATE},multivariate_normal(loc=[-0.5,0.75],scale_tril=[[0.75,0.0],[-1.25,1.5]]))"
SUBJECTS = (PRODUCT, HEAVY, MULTIVARIATE, DIRICHLET, SPARSE, FLAT, WISHART, SPHERE, BENT)


def at(*index: int, by: Callable[[Any], Any]) -> Wrong:
    """One entry changed."""

    def change(right: Array) -> Array:
        changed = right.copy()
        changed[index] = by(changed[index])
        return changed

    return change


def narrow(*values: float) -> Array:
    return np.array(values, np.float32)


def plus_one(value: Any) -> Any:
    return value + 1


@pytest.mark.parametrize(
    ("subject", "quantity", "wrong", "told", "count"),
    [
        (MULTIVARIATE, "mean", at(1, by=plus_one), WRONG, 1),
        (MULTIVARIATE, "mean", lambda right: -right, ("wrong sign", "grave"), 2),
        (MULTIVARIATE, "variance", lambda _: narrow(1.5, 0.375) ** 2, WRONG, 1),
        (MULTIVARIATE, "variance", np.sqrt, WRONG, 2),
        (MULTIVARIATE, "stddev", np.square, WRONG, 2),
        (MULTIVARIATE, "mode", at(0, by=plus_one), WRONG, 1),
        (MULTIVARIATE, "covariance", at(0, 1, by=lambda value: -value), ("wrong sign", "grave"), 1),
        (MULTIVARIATE, "covariance", lambda right: np.diagonal(right), ("shape wrong", "grave"), 4),
        (MULTIVARIATE, "mean", lambda right: right[None], ("shape wrong", "grave"), 2),
        (MULTIVARIATE, "mean", lambda right: right.sum(), ("shape wrong", "grave"), 2),
        (MULTIVARIATE, "mean", raising, ("raised", "serious"), 2),
        (MULTIVARIATE, "mean", lambda right: np.full_like(right, np.nan), ("spurious nan", "grave"), 2),
        (MULTIVARIATE, "entropy", lambda right: right + np.float32(1), WRONG, 1),
        (PRODUCT, "mean", at(0, by=plus_one), WRONG, 1),
        (PRODUCT, "covariance", at(1, 0, by=plus_one), WRONG, 1),
        (HEAVY, "mean", at(1, by=lambda _: -1.5), WRONG, 1),
        (DIRICHLET, "mean", lambda right: right * np.float32(5.25), WRONG, 3),
        (DIRICHLET, "mode", lambda _: narrow(1.5, 2.5, 1.25) / np.float32(5.25), WRONG, 3),
        (FLAT, "mode", lambda right: np.ones_like(right), WRONG, 4),
        (SPARSE, "mode", lambda right: np.ones_like(right), WRONG, 3),
        (WISHART, "mean", lambda right: right / np.float32(5.5), WRONG, 4),
        (SPHERE, "variance", lambda right: np.ones_like(right), WRONG, 3),
        (PAIR, "kl", lambda right: right / np.float32(np.log(2)), WRONG, 1),
        (PAIR, "cross_entropy", lambda right: right + np.float32(1), WRONG, 1),
    ],
)
def test_a_wrong_entry_is_told(subject: str, quantity: str, wrong: Wrong, told: tuple[str, str], count: int) -> None:
    case, found = judged(subject, quantity, wrong)
    assert [(group.quantity, group.kind.label, group.grade.label) for group in found] == [(quantity, *told)]
    assert found[0].count == count
    offer = offered(case, quantity)
    assert offer.verdict == ("wrong shape" if told[0] == "shape wrong" else "raised" if "raised" in told else "wrong")


@pytest.mark.parametrize(
    ("wrong", "said", "misfits"),
    [
        (lambda right: right[None], "shape (1, 2)", True),
        (lambda right: right.sum(), "shape ()", True),
        (lambda right: right, "shape (2,)", False),
    ],
)
def test_the_shape_of_a_statistic_is_seen_again(wrong: Wrong, said: str, misfits: bool) -> None:
    """As ``conformance reproduce`` asks: no batch of inputs has a mean."""
    case, _ = judged(MULTIVARIATE, "mean", wrong)
    assert shapes(case, "mean", np.full(1, np.nan, np.float32)) == (said, misfits)


def offered(case: Case, quantity: str) -> Offer:
    return dict(offers_of(case, AXES, oracle()))[quantity]


@pytest.mark.parametrize(
    ("subject", "quantity", "wrong", "verdict"),
    [
        (MULTIVARIATE, "mean", lambda right: right, "right"),
        (MULTIVARIATE, "covariance", lambda right: right + np.float32(2.0**-24), "right"),
        (HEAVY, "mean", raising, "raised"),
        (HEAVY, "mean", lambda right: right, "right"),
        (FLAT, "mode", lambda right: right, "right"),
        (FLAT, "mode", lambda _: narrow(0.25, 0.5, 0.125, 0.125), "right"),
        (FLAT, "mode", raising, "raised"),
        (SPHERE, "mode", lambda _: narrow(0.0, 0.0, 1.0), "right"),
        (SPARSE, "mode", raising, "raised"),
        (SPARSE, "mode", lambda _: narrow(0.0, 0.75, 0.25), "undecided"),
        (BENT, "mean", lambda _: narrow(7.0, 7.0, 7.0), "undecided"),
    ],
)
def test_what_is_right_or_unknown_accuses_nobody(subject: str, quantity: str, wrong: Wrong, verdict: str) -> None:
    if subject == BENT:  # Of which the reference has no mean.
        change, wrong = wrong, lambda _: change(np.zeros(3, np.float32))
        case, found = judged(subject, quantity, wrong)
        assert not found
        return
    case, found = judged(subject, quantity, wrong)
    assert not found
    assert offered(case, quantity).verdict == verdict


def test_a_finding_names_the_entry() -> None:
    case, (group,) = judged(WISHART, "variance", at(1, 0, by=plus_one))
    found = finding_of(group, case, AXES, oracle())
    assert found.note == "entry [1, 0] of shape [2, 2]; 1 of 4 entries"
    assert found.note in found.summary
    assert found.worst.exact.startswith(oracle().statistics(WISHART, "variance")[2].text[:12])
    assert (found.confirmed_by, found.confirmed) == ("mpmath", True)
    offer = offered(case, "variance")
    assert (np.float32(offer.got), offer.message) == (np.float32(found.worst.got), "entry [1, 0] of shape [2, 2]")


def test_a_shape_is_told_by_itself() -> None:
    case, (group,) = judged(MULTIVARIATE, "mean", lambda right: right[:1])
    found = finding_of(group, case, AXES, oracle())
    assert "an array of shape [1] came, and not of [2]" in found.summary
    assert found.confirmed_by == "observation"


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_reference_is_accused_of_nothing(dtype: str) -> None:
    for subject in (*EVENT_LAW_SUBJECTS, *SUBJECTS):
        assert not judged(subject, "entropy", lambda right: right, dtype)[1], subject


def test_the_entry_whose_own_law_is_wrong_is_to_blame() -> None:
    entry = "normal(loc=-1.5,scale=0.375)"
    case = build_case(InProcess(OfAnEntry), oracle(), PRODUCT, "float32", "eager", profile_named("quick"), 1)
    (group,) = groups_of("L11", list(LAWS["L11"].check(case)), case)
    assert (group.quantity, group.blamed) == ("mean", (entry, "mean"))


class OfAnEntry(Reference):
    """The reference, with a mean of negative locations that is one too large, by itself and among others."""

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound = super()._distribution(spec, dtype, mode)
        right = bound.mean

        def wrong() -> Array:
            found = right()
            return np.asarray(np.where(found < 0, found + np.float32(1), found))

        bound.mean = wrong  # type: ignore[method-assign]
        return bound
