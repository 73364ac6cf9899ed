"""Densities of events that are written down: their constants, held against integrals and laws of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, exp, fsum, log, pi, sin, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from conformance.definitions.event_laws import EventLaw
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.registry import event_law
from conformance.floats.enclosures import as_float
from conformance.floats.formats import format_named
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle

WIDE = format_named("float64")


def density(law: EventLaw, coordinates: Sequence[float]) -> float:
    """In float64, in the chart of the law's space."""
    ns = FloatNumbers()
    assert law.log_terms is not None
    return exp(fsum(law.log_terms(ns, law.space.completed(ns, coordinates))))


@pytest.mark.parametrize(("temperature", "logits"), [(0.375, (0.75, -1.5)), (2.5, (-0.25, 1.0))])
def test_two_relaxed_weights_are_a_relaxed_bernoulli_variable(temperature: float, logits: tuple[float, float]) -> None:
    """Whose density is that of a logistic variable's image, written for numbers."""
    oracle, given = Oracle(), f"logits=[{logits[0]},{logits[1]}],temperature={temperature}"
    weight = np.array([0.125, 0.5, 0.875, 0.9375])
    both = np.stack([weight, 1 - weight], axis=1)
    one = f"relaxed_bernoulli(temperature={temperature},logits={logits[0] - logits[1]})"
    expected = as_float(oracle.truth(one, "log_prob", weight, WIDE))
    found = oracle.truth(f"relaxed_one_hot_categorical({given})", "log_prob", both, WIDE)
    assert as_float(found) == pytest.approx(expected, rel=1e-14)
    # The difference of their logarithms is a logistic variable itself, of which the logarithms are rounded here.
    one = one.replace("relaxed_bernoulli", "logit_relaxed_bernoulli")
    logs = np.log(both)
    expected = as_float(oracle.truth(one, "log_prob", logs[:, 0] - logs[:, 1], WIDE))
    found = oracle.truth(f"exp_relaxed_one_hot_categorical({given})", "log_prob", logs, WIDE)
    assert as_float(found) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("temperature", [1.0, 1.5])
def test_three_relaxed_weights_have_a_density_that_integrates_to_one(temperature: float) -> None:
    """In its chart, which is that of the first two weights; and over the differences of the logarithms to the last."""
    given = f"logits=[0.75,-0.5,0.25],temperature={temperature}"
    nodes, weights = np.polynomial.legendre.leggauss(48)
    # Steps that are flat at their ends, where the density is no polynomial.
    u = (nodes + 1) / 2
    shares = list(zip(u**3 * (10 - 15 * u + 6 * u**2), weights / 2 * 30 * u**2 * (1 - u) ** 2, strict=True))
    law = event_law(f"relaxed_one_hot_categorical({given})")
    total = fsum(w * v * (1 - x) * density(law, [x, y * (1 - x)]) for x, w in shares for y, v in shares)
    assert total == pytest.approx(1, abs=1e-6)
    # The rule of rectangles, which is exact to 10 digits for an analytic density that falls exponentially.
    law, line = event_law(f"exp_relaxed_one_hot_categorical({given})"), np.arange(-40.0, 40.0, 0.25).tolist()
    assert fsum(density(law, [x, y, 0.0]) for x in line for y in line) / 16 == pytest.approx(1, abs=1e-9)


LENGTHS = [0.25, -3.5, 17.0]


def test_one_entry_of_a_multivariate_student_variable_is_a_student_variable() -> None:
    oracle, y = Oracle(), np.array(LENGTHS)
    one, vector = "student_t(df=4.5,loc=0.25,scale=1.5)", "multivariate_student_t(df=4.5,loc=[0.25],scale_tril=[[1.5]])"
    expected = as_float(oracle.truth(one, "log_prob", y, WIDE))
    assert as_float(oracle.truth(vector, "log_prob", y[:, None], WIDE)) == pytest.approx(expected, rel=1e-14)
    # The one is an integral that is certified, the other a closed form.
    entropies = [oracle.statistic(subject, "entropy") for subject in (one, vector)]
    assert float(entropies[1].text) == pytest.approx(float(entropies[0].text), rel=1e-14)


@pytest.mark.parametrize("entries", [2, 3])
def test_an_entry_of_a_multivariate_student_variable_integrates_out(entries: int) -> None:
    """What is left is the law of the others, which ends at one entry: so the constant is right for every length."""

    def law(n: int) -> EventLaw:
        rows = [[2.0 * (i == j) for j in range(n)] for i in range(n)]
        return event_law(f"multivariate_student_t(df=3.5,loc={[0.0] * n},scale_tril={rows})".replace(" ", ""))

    ns, at = MpNumbers(20), [1.25, -0.5][: entries - 1]
    whole, fewer = law(entries), law(entries - 1)

    def log_density(one: EventLaw, y: Sequence[Any]) -> Any:
        assert one.log_terms is not None
        return ns.ctx.fsum(one.log_terms(ns, [ns.ctx.mpf(v) for v in y]))

    total = ns.ctx.quad(lambda last: ns.exp(log_density(whole, [*at, last])), [-ns.ctx.inf, 0, ns.ctx.inf])
    assert abs(ns.ctx.log(total) - log_density(fewer, at)) < 1e-12


def test_a_matrix_student_variable_is_a_multivariate_one_under_its_kronecker_product() -> None:
    """Rows one after the other, the scale of the rows outside: the products of these entries are exact."""
    left, right = np.array([[0.75, 0.0], [-0.5, 1.25]]), np.array([[1.5, 0.0], [0.5, 0.375]])
    loc, rng = np.array([[0.25, -1.5], [1.25, 0.5]]), np.random.default_rng(5)
    flat = f"loc={loc.ravel().tolist()},scale_tril={np.kron(left, right).tolist()}"
    given = f"loc={loc.tolist()},scale_column={right.tolist()},scale_row={left.tolist()}"
    vector = f"multivariate_student_t(df=4.5,{flat})".replace(" ", "")
    matrix = f"matrix_student_t(df=4.5,{given})".replace(" ", "")
    y, oracle = rng.standard_normal((5, 2, 2)) * 3, Oracle()
    expected = as_float(oracle.truth(vector, "log_prob", y.reshape(5, 4), WIDE))
    assert as_float(oracle.truth(matrix, "log_prob", y, WIDE)) == pytest.approx(expected, rel=1e-15)
    entropies = [float(oracle.statistic(subject, "entropy").text) for subject in (vector, matrix)]
    assert entropies[0] == pytest.approx(entropies[1], rel=1e-15)
    other = f"matrix_student_t(df=4.5,loc={loc.tolist()},scale_column={left.tolist()},scale_row={right.tolist()})"
    swapped = as_float(oracle.truth(other.replace(" ", ""), "log_prob", y, WIDE))
    assert swapped != pytest.approx(expected, rel=1e-3), "rows and columns are told apart"


def over_factors(nodes: int) -> list[tuple[list[float], float]]:
    """Entries below the diagonal of the Cholesky factors of correlation matrices of three rows, with weights of an
    integral over them: by angles, in which the densities are analytic."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    angles = list(zip((at * pi / 2).tolist(), (weights * pi / 2).tolist(), strict=True))
    return [
        ([sin(a), sin(b), cos(b) * sin(c)], u * v * w * cos(a) * cos(b) ** 2 * cos(c))
        for a, u in angles
        for b, v in angles
        for c, w in angles
    ]


@pytest.mark.slow
@pytest.mark.parametrize("concentration", [1.0, 1.5, 2.5])
def test_densities_of_correlations_and_their_factors_integrate_to_one(concentration: float) -> None:
    """In their charts; of the correlations by what the factor makes of them, c_32 = l_21 l_31 + l_22 l_32."""
    given = f"(concentration={concentration},dimension=3.0)"
    of_factors, of_correlations = event_law(f"lkj_cholesky{given}"), event_law(f"lkj{given}")
    factors, correlations, entropies = [], [], [[], []]  # type: ignore[var-annotated]
    for (a, b, c), weight in over_factors(24):
        root = sqrt(1 - a * a)
        values = density(of_factors, [a, b, c]), density(of_correlations, [a, b, a * b + root * c])
        factors.append(values[0] * weight)
        correlations.append(values[1] * weight * root)
        entropies[0].append(-factors[-1] * log(values[0]))
        entropies[1].append(-correlations[-1] * log(values[1]))
    assert fsum(factors) == pytest.approx(1, rel=1e-12)
    assert fsum(correlations) == pytest.approx(1, rel=1e-12)
    for name, terms in zip(("lkj_cholesky", "lkj"), entropies, strict=True):
        assert float(Oracle().statistic(name + given, "entropy").text) == pytest.approx(fsum(terms), abs=1e-4)


def test_the_volume_of_the_correlation_matrices_is_the_published_one() -> None:
    """pi^2/2 of three rows, and 32 pi^2/27 of four (Joe, Journal of Multivariate Analysis 97 (2006), section 2.4)."""
    for n, volume in ((3, pi**2 / 2), (4, 32 * pi**2 / 27)):
        law = event_law(f"lkj(concentration=1.0,dimension={n}.0)")
        assert 1 / density(law, [0.125] * (n * (n - 1) // 2)) == pytest.approx(volume, rel=1e-14)


@pytest.mark.parametrize("df", [1.25, 6.5])
def test_a_wishart_matrix_of_one_row_is_a_gamma_variable(df: float) -> None:
    oracle, y = Oracle(), np.array([0.125, 2.5, 40.0])
    one, matrix = f"gamma(concentration={df / 2},rate=0.125)", f"wishart(df={df},scale_tril=[[2.0]])"
    expected = as_float(oracle.truth(one, "log_prob", y, WIDE))
    assert as_float(oracle.truth(matrix, "log_prob", y[:, None, None], WIDE)) == pytest.approx(expected, rel=1e-14)
    entropies = [oracle.statistic(subject, "entropy") for subject in (one, matrix)]
    assert float(entropies[1].text) == pytest.approx(float(entropies[0].text), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "form", ["scale_tril=[[1.5,0.0],[-0.5,0.75]]", "covariance_matrix=[[2.25,-0.75],[-0.75,0.8125]]"]
)
def test_the_density_of_wishart_matrices_of_two_rows_integrates_to_one(form: str) -> None:
    """Over X = L T T^T L^T, whose slopes are |L|^3 times 4 t_11^2 t_22: in T the density falls as a normal one. Both
    forms are of one law."""
    subject = f"wishart(df=6.5,{form})"
    law = event_law(subject)
    a, b, c = 1.5, -0.5, 0.75
    nodes, weights = np.polynomial.legendre.leggauss(32)
    positive = list(zip((5 * (nodes + 1)).tolist(), (5 * weights).tolist(), strict=True))
    whole = list(zip((7 * nodes).tolist(), (7 * weights).tolist(), strict=True))
    masses, entropies = [], []
    for s, u in positive:
        for t, v in positive:
            for r, w in whole:
                first, second, third = a * s, b * s + c * r, c * t
                value = density(law, [first**2, first * second, second**2 + third**2])
                masses.append(value * (a * c) ** 3 * 4 * s**2 * t * u * v * w)
                entropies.append(-masses[-1] * log(value))
    assert fsum(masses) == pytest.approx(1, rel=1e-8)
    assert float(Oracle().statistic(subject, "entropy").text) == pytest.approx(fsum(entropies), rel=1e-7)


@pytest.mark.parametrize(
    "law",
    ["power_spherical(concentration=2.5", "von_mises_fisher(concentration=2.5", "von_mises_fisher(concentration=24.0"],
)
@pytest.mark.parametrize(("n", "area"), [(2, 2 * pi), (3, 4 * pi), (4, 2 * pi**2), (5, 8 * pi**2 / 3)])
def test_directions_have_densities_that_integrate_to_one(law: str, n: int, area: float) -> None:
    """A uniform one is one over the sphere's area. The others depend on the first entry t alone, over which spheres of
    one dimension less lie, of radius sqrt(1 - t^2); by the angle of t."""
    at = [1.0] + [0.0] * (n - 1)
    assert density(event_law(f"spherical_uniform(dimension={n}.0)"), at) == pytest.approx(1 / area, rel=1e-14)
    subject = f"{law},mean_direction={at})".replace(" ", "")
    directed, below = event_law(subject), {2: 2.0, 3: 2 * pi, 4: 4 * pi, 5: 2 * pi**2}[n]
    nodes, weights = np.polynomial.legendre.leggauss(64)
    masses, entropies = [], []
    for node, weight in zip(((nodes + 1) * pi / 2).tolist(), (weights * pi / 2).tolist(), strict=True):
        value = density(directed, [cos(node), sin(node)] + [0.0] * (n - 2))
        masses.append(value * below * sin(node) ** (n - 2) * weight)
        entropies.append(-masses[-1] * log(value))
    assert fsum(masses) == pytest.approx(1, rel=1e-9)
    assert float(Oracle().statistic(subject, "entropy").text) == pytest.approx(fsum(entropies), rel=1e-6)


def beside(marginal: str, at: float) -> float:
    """The density of an entry's law in float64."""
    return float(np.exp(as_float(Oracle().truth(marginal, "log_prob", np.array([at]), WIDE))[0]))


@pytest.mark.parametrize("concentration", [(0.5, 2.5, 1.5), (4.0, 0.75, 2.0)])
def test_a_weight_of_dirichlets_law_is_a_beta_variable(concentration: tuple[float, ...]) -> None:
    """By the integral over the weight between it and the last."""
    law = event_law(f"dirichlet(concentration=[{','.join(map(repr, concentration))}])")
    at = 0.375
    # The other weights have densities that are infinite at their ends, which a quadrature on a finite interval is for.
    over, _ = quad(lambda v: density(law, [at, v]), 0.0, 1 - at, epsabs=0, epsrel=1e-9, limit=400)
    assert beside(law.marginals[0], at) == pytest.approx(over, rel=1e-7)
    assert len(law.marginals) == 3


@pytest.mark.parametrize("concentration", [0.75, 1.5, 3.0])
def test_an_entry_of_lkjs_law_is_a_beta_variable(concentration: float) -> None:
    """By the integral over the two other entries of three rows, which lie in an ellipse."""
    law = event_law(f"lkj(concentration={concentration},dimension=3.0)")
    at = 0.375
    across = sqrt(1 - at * at)

    def ring(radius: float) -> float:
        """The mean over a circle that the ellipse is an image of; its points are the nodes of a periodic integral."""
        angles = 2 * pi * np.arange(32) / 32
        return float(
            np.mean([density(law, [at, radius * cos(t), radius * (at * cos(t) + across * sin(t))]) for t in angles])
        )

    over, _ = quad(lambda r: 2 * pi * r * across * ring(r), 0.0, 1.0, epsabs=0, epsrel=1e-9, limit=400)
    assert beside(law.marginals[3], at) == pytest.approx(over, rel=1e-7)
    assert [bool(own) for own in law.marginals] == [False] * 3 + [True] + [False] * 2 + [True, True, False]
    factor = event_law(f"lkj_cholesky(concentration={concentration},dimension=3.0)")
    assert factor.marginals == ("", "", "", law.marginals[3], "", "", law.marginals[3], "", "")


@pytest.mark.parametrize("n", [2, 3, 5])
def test_an_entry_of_a_direction_has_the_nth_part_of_its_square(n: int) -> None:
    """Its law is symmetric, and the squares of n entries with one law add up to 1; for n = 3 it is uniform."""
    own = event_law(f"spherical_uniform(dimension={n})").marginals
    assert len(set(own)) == 1
    variance = as_float(Oracle().truth(own[0], "variance", np.zeros(1), WIDE))[0]
    assert variance == pytest.approx(1 / n, rel=1e-14)
    if n == 3:
        assert beside(own[0], 0.375) == pytest.approx(0.5, rel=1e-14)
