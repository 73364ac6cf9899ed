"""Statistics of laws of events: closed forms, held against integrals of the density that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import cos, fsum, inf, nan, pi, prod, sin, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS
from conformance.definitions.moments import Exact, Moments, Peak
from conformance.definitions.registry import event_law, statistic_event, statistics_of
from conformance.definitions.spaces import RoundedSphere
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.opinion import second_opinion
from conformance.oracle.opinion.entries import each_entry
from conformance.oracle.opinion.moments import expectation
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers
from conformance.oracle.opinion.second_opinion import Opinion
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics.truth import Statistic
from conformance.oracle.tests.test_event_densities import density, over_factors

WIDE = format_named("float64")
CLOSED = [subject for subject in EVENT_LAW_SUBJECTS if event_law(subject).moments is not None]
PEAKED = [subject for subject in EVENT_LAW_SUBJECTS if (peak := event_law(subject).peak) is not None and peak.at]
MVN = "multivariate_normal(loc=[0.25,-1.5],"

Points = Iterator[tuple[Sequence[float], float]]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def numbers(statistics: Sequence[Statistic]) -> list[Fraction]:
    return [Fraction(one.text) for one in statistics]


def declared(moments: Moments) -> tuple[list[float], NDArray[np.float64]]:
    n = len(moments.mean)
    rows = [[in_figures(moments.covariance(i, j)) for j in range(n)] for i in range(n)]
    return [in_figures(m) for m in moments.mean], np.array(rows)


def in_figures(value: Exact | None) -> float:
    return float(value(MpNumbers(30))) if callable(value) else float(value or 0)


def integrated(points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and covariances of the entries, by points and their masses, which add up to 1."""
    rows, masses = (np.array(list(each)) for each in zip(*points, strict=True))
    assert fsum(masses) == pytest.approx(1, rel=1e-8)
    means = masses @ rows
    moved = rows - means
    return means, (moved * masses[:, None]).T @ moved


def gauss(count: int, low: float, high: float) -> list[tuple[float, float]]:
    at, weights = np.polynomial.legendre.leggauss(count)
    half = (high - low) / 2
    return list(zip((low + half * (at + 1)).tolist(), (half * weights).tolist(), strict=True))


def around(count: int) -> list[tuple[float, float]]:
    """Angles: exact for trigonometric polynomials below ``count``."""
    return [(2 * pi * k / count, 2 * pi / count) for k in range(count)]


@pytest.mark.parametrize("concentration", [(0.5, 2.5, 1.5, 4.0), (4.0, 0.75, 2.0)])
def test_moments_of_dirichlets_law_are_those_of_weights_and_of_sums_of_two(
    oracle: Oracle, concentration: tuple[float, ...]
) -> None:
    """Each of which is a beta variable, whose moments are certified integrals."""
    subject = f"dirichlet(concentration=[{','.join(map(str, concentration))}])"
    whole, n = sum(concentration), len(concentration)

    def beta(a: float, quantity: str) -> Fraction:
        return Fraction(oracle.statistic(f"beta(concentration1={a},concentration0={whole - a})", quantity).text)

    means, covariances = (numbers(oracle.statistics(subject, each)) for each in ("mean", "covariance"))
    for i, a in enumerate(concentration):
        assert abs(means[i] - beta(a, "mean")) < 1e-28
        assert abs(covariances[i * n + i] - beta(a, "variance")) < 1e-28
        for j, b in enumerate(concentration):
            if i != j and n > 3:
                both = beta(a + b, "variance") - beta(a, "variance") - beta(b, "variance")
                assert abs(covariances[i * n + j] - both / 2) < 1e-28


@pytest.mark.parametrize("subject", [one for one in CLOSED if "normal" in one])
def test_moments_of_a_linear_image_are_those_of_its_columns(oracle: Oracle, subject: str) -> None:
    """f(0) is the mean, and what f adds to it at each unit vector a column, whose outer products add up."""
    law, ns = event_law(subject), MpNumbers(50)
    assert law.transform is not None
    zero, n = [ns.ctx.zero] * law.space.size, law.space.size
    at_zero = law.transform.forward(ns, zero)
    columns = [
        [
            u - v
            for u, v in zip(law.transform.forward(ns, [*zero[:k], ns.ctx.one, *zero[k + 1 :]]), at_zero, strict=True)
        ]
        for k in range(n)
    ]
    for got, expected in zip(oracle.statistics(subject, "mean"), at_zero, strict=True):
        assert abs(ns.ctx.mpf(got.text) - expected) < 1e-28
    assert law.moments is not None
    for i, j in np.ndindex(n, n):
        both = law.moments.covariance(i, j)
        assert isinstance(both, Fraction)
        expected = ns.ctx.fsum(column[i] * column[j] for column in columns)
        assert abs(ns.ctx.mpf(both.numerator) / both.denominator - expected) < 1e-40


def of_student(df: float) -> Points:
    """loc + L z, z by its angle and u = z^2/(df + z^2), in which a power of the density is a polynomial."""
    law, (a, b, c), loc = event_law(STUDENT.format(df=df)), (1.5, 0.5, 2.25), (0.25, -1.5)
    for (u, v), (angle, w) in product(gauss(24, 0.0, 1.0), around(8)):
        length = sqrt(df * u / (1 - u))
        x, y = length * cos(angle), length * sin(angle)
        at = [loc[0] + a * x, loc[1] + b * x + c * y]
        yield at, density(law, at) * a * c * df / (2 * (1 - u) ** 2) * v * w


STUDENT = "multivariate_student_t(df={df},loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,2.25]])"


def of_wishart(subject: str) -> Points:
    """L T T^T L^T, by the entries of T, in which the density falls as a normal one, times whole powers for these df."""
    law, (a, b, c) = event_law(subject), (1.5, -0.5, 0.75)
    for (s, u), (t, v), (r, w) in product(gauss(32, 0.0, 9.0), gauss(32, 0.0, 9.0), gauss(32, -7.0, 7.0)):
        first, second, third = a * s, b * s + c * r, c * t
        at = [first**2, first * second, second**2 + third**2]
        yield [at[0], at[1], at[1], at[2]], density(law, at) * (a * c) ** 3 * 4 * s**2 * t * u * v * w


def of_correlations(concentration: float) -> Points:
    """Three rows, by angles of the factor."""
    law = event_law(f"lkj(concentration={concentration},dimension=3.0)")
    for (a, b, c), weight in over_factors(20):
        root = sqrt(1 - a * a)
        at = [a, b, a * b + root * c]
        yield [1.0, at[0], at[1], at[0], 1.0, at[2], at[1], at[2], 1.0], density(law, at) * weight * root


def of_factors(concentration: float) -> Points:
    """Three rows of a factor, likewise; the first has no freedom, and the diagonal is what the others leave."""
    law = event_law(f"lkj_cholesky(concentration={concentration},dimension=3.0)")
    for (a, b, c), weight in over_factors(20):
        second, third = sqrt(1 - a * a), sqrt(1 - b * b - c * c)
        yield [1.0, 0.0, 0.0, a, second, 0.0, b, c, third], density(law, [a, b, c]) * weight


def of_directions(subject: str, count: int = 12) -> Points:
    """In four dimensions, by the angles of the first two and of the last two entries, and the share of the squares that
    the last two have, over which the surface measure is a half."""
    law = event_law(subject)
    for (share, u), (a, v), (b, w) in product(gauss(count, 0.0, 1.0), around(count), around(count)):
        first, last = sqrt(1 - share), sqrt(share)
        at = [first * cos(a), first * sin(a), last * cos(b), last * sin(b)]
        yield at, density(law, at) * u * v * w / 2


HALVES = "mean_direction=[0.5,-0.5,0.5,0.5]"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "points"),
    [
        (STUDENT.format(df=6.0), lambda: of_student(6.0)),
        ("wishart(df=6.0,scale_tril=[[1.5,0.0],[-0.5,0.75]])", None),
        ("wishart(df=6.0,covariance_matrix=[[2.25,-0.75],[-0.75,0.8125]])", None),
        ("lkj(concentration=1.5,dimension=3.0)", lambda: of_correlations(1.5)),
        ("lkj(concentration=3.0,dimension=3.0)", lambda: of_correlations(3.0)),
        ("lkj_cholesky(concentration=1.0,dimension=3.0)", lambda: of_factors(1.0)),
        ("lkj_cholesky(concentration=2.5,dimension=3.0)", lambda: of_factors(2.5)),
        ("spherical_uniform(dimension=4.0)", None),
        (f"power_spherical(concentration=1.0,{HALVES})", None),
        (f"power_spherical(concentration=3.0,{HALVES})", None),
        (f"von_mises_fisher(concentration=2.5,{HALVES})", None),
        ("von_mises_fisher(concentration=0.75,mean_direction=[0.0,-1.0,0.0,0.0])", None),
    ],
)
def test_moments_are_the_integrals_that_they_stand_for(subject: str, points: Callable[[], Points] | None) -> None:
    if points is None:
        means, covariances = integrated((of_wishart if subject.startswith("wishart") else of_directions)(subject))
    else:
        means, covariances = integrated(points())
    moments = event_law(subject).moments
    assert moments is not None
    mean, covariance = declared(moments)
    assert means == pytest.approx(np.array(mean), rel=1e-7, abs=1e-9)
    assert covariances == pytest.approx(covariance, rel=1e-6, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("subject", CLOSED)
def test_an_entrys_moments_are_those_of_the_law_that_it_follows(oracle: Oracle, subject: str) -> None:
    """Which are certified integrals, up to the rounding of the law's parameters."""
    law, checked = event_law(subject), 0
    means, variances, roots = (numbers(oracle.statistics(subject, each)) for each in ("mean", "variance", "stddev"))
    for i, marginal in enumerate(law.marginals):
        if marginal:
            spread = float(roots[i])
            assert float(oracle.statistic(marginal, "mean").text) == pytest.approx(float(means[i]), abs=1e-14 * spread)
            own = float(oracle.statistic(marginal, "variance").text)
            assert own == pytest.approx(float(variances[i]), rel=1e-14)
            assert abs(roots[i] ** 2 - variances[i]) < variances[i] * Fraction(1, 10**28)
            checked += 1
    assert checked or subject.startswith(("power_spherical", "von_mises_fisher"))


@pytest.mark.slow
@pytest.mark.parametrize("subject", PEAKED)
def test_a_mode_has_a_higher_density_than_whatever_was_drawn(oracle: Oracle, subject: str) -> None:
    """By mpmath; and than points on the way there, which a sphere is left on."""
    law = event_law(subject)
    at = np.array([float(one.text) for one in oracle.statistics(subject, "mode")])
    draws = Reference().distribution(subject, "float64").sample(12, 5).reshape(12, -1)

    def log_density(row: NDArray[np.float64]) -> float:
        return float(Opinion(subject, "log_prob", row.tolist(), 40, law.event).values()[0])

    highest = log_density(at)
    for share, draw in product((2.0**-8, 2.0**-3, 1.0), draws):
        moved = (1 - share) * at + share * draw
        if isinstance(law.space, RoundedSphere):
            moved = moved / np.linalg.norm(moved)
        assert log_density(moved) < highest
    if not isinstance(law.space, RoundedSphere):
        assert oracle.second_opinion(subject, "mode", np.nan, WIDE).agrees


@pytest.mark.slow
@pytest.mark.parametrize("subject", CLOSED)
def test_mpmath_agrees(oracle: Oracle, subject: str) -> None:
    for quantity in statistics_of(subject):
        known = all(one.text not in ("nan", "undecided") for one in oracle.statistics(subject, quantity))
        if quantity not in ("entropy", "mode") and known and "student" not in subject:
            assert oracle.second_opinion(subject, quantity, np.nan, WIDE).agrees, quantity


def test_what_bears_entries_out_is_integrated_once(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    integrals = []

    def counted(*asked: Any) -> Any:
        integrals.append(asked)
        return expectation(*asked)

    monkeypatch.setattr("conformance.oracle.opinion.moments.expectation", counted)
    second_opinion._statistic.cache_clear()
    subject = f"{MVN}scale_tril=[[1.5,0.0],[0.5,0.375]])"
    for quantity in ("variance", "stddev", "covariance"):
        assert oracle.second_opinion(subject, quantity, np.nan, WIDE).agrees
        assert len(integrals) == 4, "the mean and the variance of both entries, and nothing more for the others"


def test_independent_entries_have_the_statistics_of_their_own_laws(oracle: Oracle) -> None:
    members = ["log_normal(loc=0.25,scale=1.5)", "log_normal(loc=-1.5,scale=0.625)"]
    subject = "independent(log_normal(loc=[0.25,-1.5],scale=[1.5,0.625]),ndims=1.0)"
    for quantity in ("mean", "variance", "stddev", "mode"):
        assert oracle.statistics(subject, quantity) == tuple(oracle.statistic(one, quantity) for one in members)
    variances = [Fraction(oracle.statistic(one, "variance").text) for one in members]
    assert numbers(oracle.statistics(subject, "covariance")) == [variances[0], 0, 0, variances[1]]
    heavy = "independent(cauchy(loc=[0.25,-1.5],scale=1.5),ndims=1.0)"
    assert [one.text for one in oracle.statistics(heavy, "covariance")] == ["nan", "undecided", "undecided", "nan"]


@pytest.mark.parametrize(
    ("df", "mean", "variance", "between"),
    [(0.75, "nan", "nan", "undecided"), (1.5, "0.25", "inf", "undecided"), (2.0, "0.25", "inf", "undecided")],
)
def test_where_students_vectors_have_no_moments(
    oracle: Oracle, df: float, mean: str, variance: str, between: str
) -> None:
    """As the law of an entry has none."""
    subject, entry = STUDENT.format(df=df), f"student_t(df={df},loc=0.25,scale=1.5)"
    found = [float(oracle.statistics(subject, each)[0].text) for each in ("mean", "variance", "stddev")]
    assert list(map(str, found)) == [mean, variance, variance]
    assert [str(float(oracle.statistic(entry, each).text)) for each in ("mean", "variance")] == [mean, variance]
    assert oracle.statistics(subject, "covariance")[1].text == between


@pytest.mark.parametrize(("concentration", "n"), [(0.75, 2), (1.5, 4), (40.0, 3)])
def test_the_diagonal_of_a_factor_has_the_moments_of_a_root_of_a_beta_variable(
    oracle: Oracle, concentration: float, n: int
) -> None:
    """By mpmath's quadrature of the beta density, in which 1 - L_ii^2 is the squared length of the row's rest."""
    subject = f"lkj_cholesky(concentration={concentration},dimension={n}.0)"
    means, variances = (numbers(oracle.statistics(subject, each)) for each in ("mean", "variance"))
    ctx = MpNumbers(40).ctx
    for m in range(1, n):
        s, rest = ctx.mpf(concentration) + ctx.mpf(n - 1 - m) / 2, ctx.mpf(m) / 2

        def over(power: float, s: Any = s, rest: Any = rest) -> Any:
            # By v^2 = 1 - u the density has no singularity at the end where u = 1.
            kernel = ctx.quad(lambda v: 2 * (1 - v * v) ** (s - 1 + power) * v ** (2 * rest - 1), [0, 0.5, 1])
            return kernel / ctx.beta(s, rest)

        mean = over(0.5)
        assert abs(ctx.mpf(means[m * n + m].numerator) / means[m * n + m].denominator - mean) < 1e-20
        found = variances[m * n + m]
        assert abs(ctx.mpf(found.numerator) / found.denominator - (over(1.0) - mean**2)) < 1e-20


@pytest.mark.parametrize(
    ("concentration", "n", "mode"), [(1.5, 3, "1"), (1.0, 2, "nan"), (0.75, 3, "nan"), (1.0, 3, "undecided")]
)
def test_where_the_density_of_a_factor_is_largest(oracle: Oracle, concentration: float, n: int, mode: str) -> None:
    """At 1 only the last row is free, so that no point is alone and not all are as good."""
    found = oracle.statistics(f"lkj_cholesky(concentration={concentration},dimension={n}.0)", "mode")
    assert [found[i * n + i].text for i in range(n)] == [mode] * n


def test_the_statistics_have_the_shapes_that_are_asked(oracle: Oracle) -> None:
    for subject in EVENT_LAW_SUBJECTS:
        event = event_law(subject).event
        asked = statistics_of(subject)
        assert ("covariance" in asked) == (len(event) == 1)
        for quantity in asked:
            shape = () if quantity == "entropy" else event * 2 if quantity == "covariance" else event
            assert statistic_event(subject, quantity) == shape
            if quantity != "entropy":
                assert len(oracle.statistics(subject, quantity)) == prod(shape)
                assert len(oracle.truth(subject, quantity, np.full(2, np.nan), WIDE)) == 2 * prod(shape)
    assert statistic_event(EVENT_LAW_SUBJECTS[0], "log_prob") == ()
    unknown = oracle.statistics("relaxed_one_hot_categorical(logits=[0.75,-1.5],temperature=1.5)", "mode")
    assert {one.reason for one in unknown} == {"the mode of relaxed_one_hot_categorical is not worked out"}


@pytest.mark.parametrize(
    ("subject", "got", "kinds"),
    [
        ("flat_dirichlet(size=3.0)", [0.25, 0.25, 0.5], {Kind.FINITE}),
        ("flat_dirichlet(size=3.0)", [0.25, 0.25, 0.25], {Kind.NAN}),
        ("flat_dirichlet(size=3.0)", [nan, nan, nan], {Kind.NAN}),
        ("lkj(concentration=1.0,dimension=2.0)", [1.0, 0.5, 0.5, 1.0], {Kind.FINITE}),
        ("lkj(concentration=1.0,dimension=2.0)", [1.0, 1.5, 1.5, 1.0], {Kind.NAN}),
        ("lkj(concentration=0.5,dimension=2.0)", [1.0, 1.0, 1.0, 1.0], {Kind.UNDECIDED}),
        ("spherical_uniform(dimension=2.0)", [0.0, 1.0], {Kind.FINITE}),
        ("spherical_uniform(dimension=2.0)", [0.0, 0.0], {Kind.NAN}),
        ("dirichlet(concentration=[0.5,2.5,1.5])", [0.0, 0.75, 0.25], {Kind.UNDECIDED}),
        ("dirichlet(concentration=[0.5,2.5,1.5])", [0.0, 0.75, 0.75], {Kind.NAN}),
        ("dirichlet(concentration=[0.5,2.5,1.5])", [0.25, 0.5, 0.25], {Kind.NAN}),
        ("dirichlet(concentration=[0.5,2.5,1.5])", [nan, nan, nan], {Kind.NAN}),
        ("dirichlet(concentration=[1.0,2.5,1.5])", [0.0, 0.75, 0.25], {Kind.FINITE}),
        ("dirichlet(concentration=[1.0,2.5,1.5])", [nan, nan, nan], {Kind.NAN}),
        ("wishart(df=3.0,scale_tril=[[1.5,0.0],[0.5,0.75]])", [0.0] * 4, {Kind.FINITE}),
        ("wishart(df=2.5,scale_tril=[[1.5,0.0],[0.5,0.75]])", [nan] * 4, {Kind.NAN}),
        (f"{MVN}scale_diag=[1.5,0.625])", [nan, nan], {Kind.FINITE}),
        (f"{MVN}scale_diag=[1.5,0.625])", [inf, 0.0], {Kind.FINITE}),
    ],
)
def test_what_is_right_for_a_mode(oracle: Oracle, subject: str, got: list[float], kinds: set[Kind]) -> None:
    """Any point where the density is the same everywhere, and none; none where it grows without bound."""
    truth = oracle.nearest(subject, "mode", np.array(got), WIDE)
    assert {Kind(int(kind)) for kind in truth.kind} == kinds
    if kinds == {Kind.FINITE} and event_law(subject).peak == Peak(flat=True):
        assert (truth.hi * 2.0**truth.exponent).tolist() == got


def test_a_closed_form_that_nothing_bears_out_confirms_no_accusation() -> None:
    ns, subject = MpNumbers(40), "dirichlet(concentration=[1.5,2.5,1.25])"
    law, oracle = event_law(subject), Oracle()
    assert law.moments is not None
    assert law.peak is not None
    assert law.peak.at is not None

    def of(marginal: str, quantity: str) -> Any:
        return ns.ctx.mpf(oracle.statistic(marginal, quantity).text)

    def log_density(at: Sequence[Any]) -> Any:
        assert law.log_terms is not None
        return ns.ctx.fsum(law.log_terms(ns, at))

    for quantity in ("mean", "variance", "mode"):
        assert len(each_entry(ns, law, quantity, of, log_density)) == 3
    own, turned = law.moments, law.peak.at[::-1]
    wrong = replace(
        law,
        moments=Moments(own.mean[::-1], lambda i, j: own.covariance(2 - i, 2 - j)),
        peak=Peak(turned),
    )
    for quantity in ("mean", "variance", "covariance", "mode"):
        with pytest.raises(CannotCompute):
            each_entry(ns, wrong, quantity, of, log_density)


def test_what_inverting_a_matrix_loses_is_granted_to_what_is_made_of_it(oracle: Oracle) -> None:
    """And to nothing of a law of the same covariance that is given as that."""
    precise = f"{MVN}precision_matrix=[[1.0,0.984375],[0.984375,1.0]])"
    assert oracle.truth(precise, "variance", np.full(1, np.nan), WIDE).condition.min() > 100
    assert oracle.truth(precise, "mean", np.full(1, np.nan), WIDE).condition.max() < 100
    plain = f"{MVN}covariance_matrix=[[1.0,0.984375],[0.984375,1.0]])"
    assert oracle.truth(plain, "variance", np.full(1, np.nan), WIDE).condition.max() < 5
    apart = oracle.truth(f"{MVN}scale_diag=[1.5,0.625])", "covariance", np.full(1, np.nan), WIDE)
    assert apart.condition[1] == inf
    assert apart.hi[1] == 0
