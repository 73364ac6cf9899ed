"""Divergences of laws of events: closed forms, held against certified integrals and averages of log densities."""

from __future__ import annotations

from itertools import product
from math import fsum, log, pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from conformance.definitions.catalogue import PAIR_SUBJECTS
from conformance.definitions.registry import UnknownSubject, event_law, is_event_law, statistics_of
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.tests.test_event_densities import density
from conformance.oracle.tests.test_event_statistics import of_directions

WIDE = format_named("float64")
NORMALS, DIRICHLETS = (subject for subject in PAIR_SUBJECTS if is_event_law(subject))
P, Q = "loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,2.25]]", "loc=[-0.5,0.75],scale_tril=[[0.75,0.0],[-1.25,1.5]]"


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


@pytest.mark.parametrize("quantity", ["kl", "cross_entropy"])
@pytest.mark.parametrize(
    ("events", "numbers"),
    [
        (
            "pair(dirichlet(concentration=[1.5,2.5]),dirichlet(concentration=[0.5,4.0]))",
            "pair(beta(concentration1=1.5,concentration0=2.5),beta(concentration1=0.5,concentration0=4.0))",
        ),
        (
            "pair(multivariate_normal(loc=[0.25],scale_tril=[[1.5]]),"
            "multivariate_normal(covariance_matrix=[[6.25]],loc=[-1.0]))",
            "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))",
        ),
    ],
)
def test_of_one_coordinate_it_is_the_certified_integral_of_numbers(
    oracle: Oracle, events: str, numbers: str, quantity: str
) -> None:
    found, expected = (oracle.statistic(subject, quantity) for subject in (events, numbers))
    assert abs(MpNumbers(40).ctx.mpf(found.text) - MpNumbers(40).ctx.mpf(expected.text)) < 1e-28


def test_of_normal_vectors_it_is_the_average_of_log_densities(oracle: Oracle) -> None:
    """Whose difference is a polynomial of the second degree, for which Gauss's rule is exact."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(4)
    z, masses = (
        np.array(each)
        for each in zip(
            *[((x, y), u * v) for (x, u), (y, v) in product(zip(nodes, weights, strict=True), repeat=2)], strict=True
        )
    )
    points = z @ np.array([[1.5, 0.0], [0.5, 2.25]]).T + np.array([0.25, -1.5])
    own, other = (as_float(oracle.truth(f"multivariate_normal({given})", "log_prob", points, WIDE)) for given in (P, Q))
    masses = masses / (2 * np.pi)
    assert float(oracle.statistic(NORMALS, "kl").text) == pytest.approx(float(masses @ (own - other)), rel=1e-12)
    assert float(oracle.statistic(NORMALS, "cross_entropy").text) == pytest.approx(float(-masses @ other), rel=1e-12)


HALVES = "mean_direction=[0.5,-0.5,0.5,0.5]"
TURNED = "mean_direction=[-0.5,0.5,-0.5,-0.5]"
DIRECTIONS = (
    "spherical_uniform(dimension=4.0)",
    f"power_spherical(concentration=3.0,{HALVES})",
    f"power_spherical(concentration=1.0,{TURNED})",
    f"von_mises_fisher(concentration=2.5,{HALVES})",
    "von_mises_fisher(concentration=0.75,mean_direction=[0.0,-1.0,0.0,0.0])",
)


@pytest.mark.slow
@pytest.mark.parametrize("first", DIRECTIONS)
@pytest.mark.parametrize("second", DIRECTIONS)
def test_of_directions_it_is_the_integral_over_the_sphere(oracle: Oracle, first: str, second: str) -> None:
    """Of the difference of the log densities; where it is not worked out it says so. Along one line both depend on one
    entry alone, of which a quadrature takes the logarithm's end."""
    found = oracle.statistic(f"pair({first},{second})", "kl")
    if second.startswith("power") and first.startswith("von"):
        assert found.reason.endswith("powers along its line")
        return
    p, q = event_law(first), event_law(second)
    if second.startswith("power"):
        along, across = np.array([0.5, -0.5, 0.5, 0.5]), np.array([0.5, 0.5, 0.0, 0.0]) * sqrt(2.0)

        def weighed(t: float) -> float:
            at = (along * t + across * sqrt(1 - t * t)).tolist()
            mass = density(p, at)
            return 4 * pi * sqrt(1 - t * t) * mass * log(mass / density(q, at)) if mass else 0.0

        assert abs(float(along @ across)) < 1e-15
        expected, _ = quad(weighed, -1.0, 1.0, epsabs=1e-11, limit=400)
    else:
        terms = [(mass, log(density(p, at) / density(q, at))) for at, mass in of_directions(first, 24) if mass]
        expected = fsum(mass * apart for mass, apart in terms)
    assert float(found.text) == pytest.approx(expected, abs=1e-7 if second.startswith("power") else 1e-6)
    crossed = float(oracle.statistic(f"pair({first},{second})", "cross_entropy").text)
    assert crossed == pytest.approx(float(found.text) + float(oracle.statistic(first, "entropy").text), rel=1e-12)
    assert oracle.second_opinion(f"pair({first},{second})", "kl", np.nan, WIDE).agrees


def test_of_dirichlets_laws_it_is_made_of_what_a_weights_logarithm_is_on_average(oracle: Oracle) -> None:
    """The average by mpmath's quadrature over the law of one weight against the others; what else stands in the log
    densities is read off them at one point."""
    p, q, ns = (1.5, 2.5, 0.75), (0.5, 4.0, 1.25), MpNumbers(30)
    at = np.array([[0.25, 0.5, 0.25]])
    own, other = (
        as_float(oracle.truth(f"dirichlet(concentration=[{','.join(map(str, one))}])", "log_prob", at, WIDE))[0]
        for one in (p, q)
    )
    total = own - other
    for a, b, weight in zip(p, q, at[0], strict=True):
        law = event_law(f"dirichlet(concentration=[{a},{sum(p) - a}])")

        def integrand(v: Any, log_terms: Any = law.log_terms) -> Any:
            return ns.ctx.log(v) * ns.exp(ns.ctx.fsum(log_terms(ns, [v, 1 - v])))

        average = float(ns.ctx.quad(integrand, [0, 0.5, 1]))
        total += (a - b) * (average - np.log(weight))
    assert float(oracle.statistic(DIRICHLETS, "kl").text) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("subject", [NORMALS, DIRICHLETS])
def test_mpmath_agrees_and_a_law_has_no_divergence_from_itself(oracle: Oracle, subject: str) -> None:
    assert statistics_of(subject) == ("kl", "cross_entropy")
    for quantity in statistics_of(subject):
        assert oracle.second_opinion(subject, quantity, np.nan, WIDE).agrees
    part = subject.removeprefix("pair(")[: subject.index("),") - 4]
    assert oracle.statistic(f"pair({part},{part})", "kl").text == "0"
    own = oracle.statistic(part, "entropy").text
    assert float(oracle.statistic(f"pair({part},{part})", "cross_entropy").text) == pytest.approx(float(own), rel=1e-15)


def test_laws_of_two_families_are_undecided_and_of_two_shapes_refused(oracle: Oracle) -> None:
    student = "multivariate_student_t(df=4.5,loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,2.25]])"
    mixed = oracle.statistic(f"pair(multivariate_normal({P}),{student})", "kl")
    assert mixed.reason.endswith("the divergence of laws of events that are not of one family")
    with pytest.raises(UnknownSubject, match=r"two laws of events of shapes \[2\] and \[3\]"):
        event_law(f"pair(multivariate_normal({P}),multivariate_normal(loc=[0.0,0.0,0.0],scale_diag=[1.0,1.0,1.0]))")


def test_what_inverting_the_second_covariance_loses_is_granted(oracle: Oracle) -> None:
    narrow = "multivariate_normal(covariance_matrix=[[1.0,0.984375],[0.984375,1.0]],loc=[0.25,-1.5])"
    granted = oracle.truth(f"pair(multivariate_normal({P}),{narrow})", "kl", np.full(1, np.nan), WIDE).condition
    assert granted[0] > 100
    assert oracle.truth(f"pair({narrow},multivariate_normal({P}))", "kl", np.full(1, np.nan), WIDE).condition[0] < 20
