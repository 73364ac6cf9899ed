"""L12's mass under a density: certified sums, a rule that integrates, and what is found by it and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, NotOffered, Spec
from adapters.numpy import Adapter as Reference
from conformance.floats.formats import FORMATS
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws.case import Case
from conformance.laws.law import Check
from conformance.laws.mass import Mass, mass_of, normalised
from conformance.laws.quadrature import rule_for
from conformance.laws.tests.test_own_samples import oracle
from conformance.scoring.failures import ACCUSES_NOBODY
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Spoiled = Callable[[Array, Array], Array]
"""(inputs, right log densities) -> what is answered."""

NORMAL = "normal(loc=0.25,scale=1.5)"
TRUNCATED = "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)"
LAWS = [
    NORMAL,
    TRUNCATED,
    "transformed(normal(loc=0.25,scale=1.5),tanh)",
    "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))",
    "cauchy(loc=0.25,scale=1.5)",
    "beta(concentration1=0.625,concentration0=2.5)",
    "weibull(scale=1.5,concentration=0.625)",
    "lambert_w_normal(loc=0.25,scale=1.5,tailweight=0.375)",
    "mixture(normal(loc=-0.75,scale=0.5),student_t(df=4.5,loc=0.25,scale=1.5),weights=[0.75,0.25])",
    "von_mises(concentration=28.0,loc=-0.5)",
    "noncentral_chi2(df=3.0,noncentrality=2.5)",
]


class Densities(Reference):
    """The reference, with other log densities."""

    def __init__(self, spoiled: Spoiled) -> None:
        super().__init__()
        self._spoiled = spoiled

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound, spoiled = super()._distribution(spec, dtype, mode), self._spoiled
        own = bound.log_prob
        bound.log_prob = lambda y: np.asarray(spoiled(y, own(y)), y.dtype)  # type: ignore[method-assign]
        return bound


def honest(y: Array, right: Array) -> Array:
    return right


def off_by(nats: float) -> Spoiled:
    return lambda y, right: right + np.asarray(nats, right.dtype)


def lacking(y: Array, right: Array) -> Array:
    raise NotOffered("log_prob")


def without_a_quarter(y: Array, right: Array) -> Array:
    """Nothing between the quartile and the median of a normal law."""
    return np.where((y > 0.25 - 0.6744897501960817 * 1.5) & (y <= 0.25), -np.inf, right)


def without_a_cell(y: Array, right: Array) -> Array:
    return np.where((y > -0.8125) & (y < -0.75), -np.inf, right)


def case_of(subject: str, dtype: str, spoiled: Spoiled = honest, mode: str = "eager", seed: int = 7) -> Case:
    return build_case(
        InProcess(lambda: Densities(spoiled)), oracle(), subject, dtype, mode, profile_named("quick"), seed
    )


def check_of(subject: str, dtype: str, spoiled: Spoiled = honest) -> Check:
    (check,) = normalised(case_of(subject, dtype, spoiled))
    return check


def mass(subject: str, dtype: str, spoiled: Spoiled = honest) -> Mass:
    case = case_of(subject, dtype, spoiled)
    rule = rule_for(case.oracle, subject, case.fmt)
    found = mass_of(case, rule, case.measure_at("log_prob", rule.nodes, np.zeros(len(rule.nodes), np.uint8)))
    assert found is not None
    return found


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("subject", LAWS)
def test_the_reference_integrates_to_one(subject: str, dtype: str) -> None:
    assert not check_of(subject, dtype).failed.any()


@pytest.mark.parametrize("subject", LAWS[:-1])
def test_the_rule_integrates_the_exact_density(subject: str) -> None:
    assert mass(subject, "float64").error < 1e-12
    assert mass(subject, "float32").error < 1e-6


def test_without_a_distribution_function_the_error_tells_what_is_beyond_the_panels() -> None:
    assert 1e-3 < mass(LAWS[-1], "float64").error < 1e-2


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_constant_factor_is_told_in_nats(dtype: str) -> None:
    found = mass(NORMAL, dtype, off_by(0.5))
    assert found.log_ratio == pytest.approx(0.5, abs=1e-6)
    assert not found.explained
    assert check_of(NORMAL, dtype, off_by(0.5)).broken.any()
    assert "integrates to 1.6487" in check_of(NORMAL, dtype, off_by(0.5)).note


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_missing_quarter_of_the_support_is_a_quarter_of_the_mass(dtype: str) -> None:
    found = mass(NORMAL, dtype, without_a_quarter)
    assert np.exp(found.log_ratio) == pytest.approx(0.75, abs=0.01)  # The gap's end is no end of a panel.
    assert not found.explained


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_no_listed_point_sees_is_found(dtype: str) -> None:
    case = case_of(TRUNCATED, dtype, without_a_cell, seed=1)
    listed = case.inputs.points("log_prob").values
    assert not ((listed > -0.8125) & (listed < -0.75)).any(), "another defect is to be planted"
    (check,) = normalised(case)
    inside = check.measure.inputs[check.measure.row[check.broken]]
    assert len(inside) > 4
    assert ((inside > -0.8125) & (inside < -0.75)).all()


@pytest.mark.parametrize(("dtype", "little", "much"), [("float32", 2e-6, 2e-5), ("float64", 2e-15, 1e-13)])
def test_roundings_are_granted_and_no_more(dtype: str, little: float, much: float) -> None:
    assert not check_of(NORMAL, dtype, off_by(little)).failed.any()
    assert check_of(NORMAL, dtype, off_by(much)).failed.any()


def test_where_the_mass_is_one_what_accuses_by_itself_is_for_other_laws() -> None:
    """An error at the first node, whose weight is little."""

    def one_node(y: Array, right: Array) -> Array:
        return np.where(y == y[0], right + np.asarray(1e-3, right.dtype), right)

    case = case_of(NORMAL, "float32", one_node)
    rule = rule_for(case.oracle, NORMAL, case.fmt)
    alone = case.measure_at("log_prob", rule.nodes, np.zeros(len(rule.nodes), np.uint8))
    assert (~np.isin(alone.failures, ACCUSES_NOBODY)).sum() == 1
    assert not check_of(NORMAL, "float32", one_node).failed.any()


def test_a_density_that_is_no_number_has_no_mass() -> None:
    spoiled = check_of(NORMAL, "float32", lambda y, right: np.where(y > 1, np.nan, right))
    assert spoiled.broken.any()
    assert "cannot be summed" in spoiled.note


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_sums_are_those_of_mpmath(dtype: str) -> None:
    """The difference of both sums in 60 digits, from the definition's own formula and the floats that came."""
    spoiled = off_by(1e-4)
    case = case_of(NORMAL, dtype, spoiled)
    rule = rule_for(case.oracle, NORMAL, case.fmt)
    answers = case.ask("log_prob", rule.nodes).values
    assert answers is not None
    with mpmath.workdps(60):
        nodes, weights = ([mpmath.mpf(float(one)) for one in values] for values in (rule.nodes, rule.weights))
        exact = [mpmath.npdf(node, mpmath.mpf("0.25"), mpmath.mpf("1.5")) for node in nodes]
        both = [mpmath.fdot(weights, exact)]
        both.append(mpmath.fdot(weights, [mpmath.exp(mpmath.mpf(float(one))) for one in answers]))
        wanted = mpmath.log(both[1] / both[0])
        assert mass(NORMAL, dtype, spoiled).log_ratio == pytest.approx(float(wanted), rel=1e-9)


def test_a_law_of_which_floats_resolve_little_is_not_judged() -> None:
    assert list(normalised(case_of("transformed(normal(loc=0.0,scale=20.0),tanh)", "float32", off_by(0.5)))) == []


@pytest.mark.parametrize("subject", [NORMAL, TRUNCATED, "cauchy(loc=0.25,scale=1.5)"])
def test_in_sixteen_bits_nodes_are_its_floats_and_a_constant_of_a_thirtieth_is_told(subject: str) -> None:
    found = mass(subject, "float16")
    assert abs(found.log_ratio) < 2e-4  # What rounding each log density leaves.
    assert found.error < 1e-3
    assert 2.0**-5 <= found.granted < 0.04
    assert not check_of(subject, "float16", off_by(0.025)).failed.any()
    assert check_of(subject, "float16", off_by(0.045)).failed.any()
    assert check_of(subject, "float16", off_by(-0.045)).failed.any()


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_both_tails_have_panels(dtype: str) -> None:
    """That few shares next to 1 are floats of 16 bits leaves none out."""
    low, high = rule_for(oracle(), NORMAL, FORMATS[dtype]).ends
    assert high - 0.25 == pytest.approx(0.25 - low, rel=1e-6)
    assert mpmath.ncdf(high, 0.25, 1.5) == pytest.approx(1 - 2.0**-20, abs=1e-9)


def test_in_sixteen_bits_no_node_is_asked_beside_all_floats() -> None:
    asked: list[int] = []

    def noted(y: Array, right: Array) -> Array:
        asked.append(len(y))
        return right + np.asarray(0.5, right.dtype)

    case = case_of(NORMAL, "float16", noted)
    (check,) = normalised(case)
    assert asked == [len(case.inputs.points("log_prob"))]
    rule = rule_for(case.oracle, NORMAL, case.fmt)
    np.testing.assert_array_equal(check.measure.inputs[check.measure.row], rule.nodes)
    assert "integrates to 1.64" in check.note


@pytest.mark.parametrize("share", [0.75, 1.25])
def test_a_quarter_of_the_mass_is_what_bfloat16_would_not_tell(share: float) -> None:
    """Why it is not asked, and float16 is."""
    spoiled = off_by(float(np.log(share)))
    assert mass(NORMAL, "bfloat16", spoiled).explained
    assert not mass(NORMAL, "float16", spoiled).explained
    assert abs(mass(NORMAL, "bfloat16").log_ratio) < 1e-3


def test_what_is_not_offered_in_sixteen_bits_is_not_summed() -> None:
    assert list(normalised(case_of("moyal(loc=0.25,scale=1.5)", "float16", lacking))) == []


@pytest.mark.parametrize(("dtype", "mode"), [("bfloat16", "eager"), ("float32", "graph")])
def test_other_formats_and_modes_are_not_asked(dtype: str, mode: str) -> None:
    assert list(normalised(case_of(NORMAL, dtype, off_by(0.5), mode))) == []


@pytest.mark.parametrize(
    ("subject", "dtype"),
    [
        ("normal(loc=0.0,scale=1e-50)", "float64"),  # Its scale is 0 in float32,
        ("uniform(low=1.0,high=1.000000001)", "float64"),  # and this one empty.
        ("normal(loc=1e8,scale=0.125)", "float32"),  # All quantiles are one float.
    ],
)
def test_a_law_that_a_narrow_format_has_no_room_for_stops_nothing(subject: str, dtype: str) -> None:
    checks = list(normalised(case_of(subject, dtype, honest)))
    assert not any(check.measure.failures[check.broken].any() for check in checks)
