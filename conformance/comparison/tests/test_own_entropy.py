"""Beside an entropy that is not offered stands what minus the log density is over a framework's own draws."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from adapters.interface import BoundDistribution, NotOffered, Spec
from adapters.numpy import Adapter as Reference
from conformance.comparison.statistics import offers_of
from conformance.findings.results import Offer
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = Any
AXES = {"framework": "numpy", "version": "1", "device": "cpu"}
NORMAL, WEIBULL = "normal(loc=0.25,scale=1.5)", "weibull(scale=1.5,concentration=2.5)"
FLAT = "uniform(low=-0.5,high=1.5)"
SPHERE = "spherical_uniform(dimension=3.0)"
AWAY = re.compile(r"-log_prob over 4096 own draws: (\S+) ± (\S+) \(95 %\), ([+-]\d+\.\d) standard errors")


@cache
def oracle() -> Oracle:
    return Oracle()


def entropy_of(
    subject: str, dtype: str, density: Callable[[Array], Array], *, estimates: bool = False, mode: str = "eager"
) -> Offer:
    """What is told of the entropy of the reference that has none, and whose log densities are ``density`` of it."""

    class Without(Reference):
        def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
            bound = super()._distribution(spec, dtype, "eager")
            own, right = bound.log_prob, bound.entropy

            def lacking() -> Array:
                raise NotOffered("entropy")

            setattr(bound, "log_prob", lambda y: density(own(y)))  # noqa: B010
            setattr(bound, "entropy", lacking)  # noqa: B010
            if estimates:
                estimate = lambda count, seed: np.repeat(right(), count)  # noqa: E731
                setattr(bound, "entropy_estimate", estimate)  # noqa: B010
            return bound

    case = build_case(InProcess(Without), oracle(), subject, dtype, mode, profile_named("quick"), 1)
    return dict(offers_of(case, AXES, oracle()))["entropy"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [NORMAL, WEIBULL])
def test_it_is_the_entropy_where_sampler_and_density_are_right(subject: str, dtype: str) -> None:
    offer = entropy_of(subject, dtype, lambda right: right)
    assert (offer.status, offer.verdict, offer.got) == ("not_offered", "not offered", None)
    average, half, away = map(float, AWAY.search(offer.message).groups())  # type: ignore[union-attr]
    exact = float(oracle().statistic(subject, "entropy").text)
    assert abs(away) < 6
    assert abs(average - exact) < 3.5 * half < 0.2


def test_a_wrong_density_is_far_from_it_and_stays_not_offered() -> None:
    offer = entropy_of(NORMAL, "float32", lambda right: right + np.float32(0.25))
    assert float(AWAY.search(offer.message)[3]) < -15  # type: ignore[index]
    assert offer.verdict == "not offered"


def test_draws_without_a_density_are_counted() -> None:
    offer = entropy_of(NORMAL, "float32", lambda right: np.where(right < -4, -np.inf, right))
    assert re.search(r"of 4096 own draws \d+ have no finite log density", offer.message)


def test_a_constant_density_has_no_standard_error() -> None:
    assert entropy_of(FLAT, "float64", lambda right: right).message.endswith("own draws: 0.6931 ± 0 (95 %)")


def test_nothing_is_told_of_16_bits_nor_of_events_nor_in_another_mode() -> None:
    assert "own draws" not in entropy_of(NORMAL, "float32", lambda right: right, mode="graph").message
    assert "own draws" not in entropy_of(NORMAL, "bfloat16", lambda right: right).message
    assert "own draws" not in entropy_of(SPHERE, "float32", lambda right: right).message


def test_estimates_that_a_framework_offers_go_before() -> None:
    offer = entropy_of(NORMAL, "float64", lambda right: right, estimates=True)
    assert offer.verdict.startswith("estimate: unbiased")
    assert "own draws" not in offer.message
