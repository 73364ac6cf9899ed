"""Ready-made laws are those that are published under their names: SciPy's, and the densities of the papers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adapters.tests.published_laws import published
from conformance.definitions.catalogue import BARE_SUBJECTS, READY_MADE_SUBJECTS
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.registry import (
    UnknownSubject,
    distribution_definition,
    functions_of,
    is_distribution,
    made_of,
)
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle

SHIFTED = ("half_normal(scale=1.5,loc=0.25)", "half_cauchy(scale=1.5,loc=0.25)")
FLAT = "generalized_pareto_law(loc=0.25,scale=1.5,concentration=0.0)"
LIMIT = "generalized_extreme_value(loc=0.25,scale=1.5,concentration=0.0)"
QUOTIENT = (
    "beta_quotient(concentration0_denominator=3.0,concentration0_numerator=2.0,concentration1_denominator=3.75,"
    "concentration1_numerator=1.5)"
)


def ordinary(subject: str) -> np.ndarray:
    low, high = distribution_definition(subject).ordinary
    return np.linspace(low, high, 23)[1:-1]


@pytest.mark.parametrize("subject", [*READY_MADE_SUBJECTS, *BARE_SUBJECTS, *SHIFTED, FLAT, LIMIT, QUOTIENT])
def test_density_and_cdf_are_the_published_ones(subject: str) -> None:
    law, y, oracle = published(subject), ordinary(subject), Oracle()
    for quantity, published_of in (("log_prob", law.logpdf), ("cdf", law.cdf)):
        if quantity not in functions_of(subject):
            continue
        expected = published_of(y)
        exact = as_float(oracle.truth(subject, quantity, y, format_named("float64")))
        np.testing.assert_allclose(exact, expected, rtol=1e-8, atol=1e-10, err_msg=quantity)


@pytest.mark.slow
@pytest.mark.parametrize("subject", [*READY_MADE_SUBJECTS, *BARE_SUBJECTS, *SHIFTED])
def test_statistics_are_the_published_ones(subject: str) -> None:
    law, oracle = published(subject).frozen, Oracle()
    if law is None:
        pytest.skip("nobody publishes them")
    for quantity, expected in (("entropy", law.entropy()), ("mean", law.mean()), ("variance", law.var())):
        said = oracle.statistic(subject, quantity)
        assert not said.reason, said.reason
        exact = float(said.text)
        # SciPy has inf for what does not exist, and takes its entropy by an integral of its own.
        if math.isfinite(exact):
            assert exact == pytest.approx(float(expected), rel=1e-6), quantity


def test_every_one_is_in_the_catalogue_and_is_a_distribution() -> None:
    """But for the one whose class takes too long to be compared (adapters/tfp/coverage.toml)."""
    named = [*READY_MADE_SUBJECTS, QUOTIENT]
    assert {subject.partition("(")[0] for subject in named} == set(READY_MADE)
    for subject in named:
        assert is_distribution(subject)
        assert made_of(subject).name in ("transformed", "student_t", "half_student_t")


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("weibull(scale=-1.0,concentration=2.0)", "weibull: scale must be positive, not -1.0"),
        ("cauchy(loc=1.0)", "cauchy takes loc, scale, not loc"),
        ("johnson_su(skewness=0.0,tailweight=0.0,loc=0.0,scale=1.0)", "johnson_su: tailweight must be positive"),
        ("log_normal(loc=0.0,scale=0.0)", "scale must be positive"),
        ("pareto(exp,scale=1.0,concentration=1.0)", "pareto takes scale, concentration"),
    ],
)
def test_a_wrong_parameter_is_told_on_one_line(subject: str, told: str) -> None:
    with pytest.raises(UnknownSubject, match=told) as problem:
        distribution_definition(subject)
    assert "\n" not in str(problem.value)
