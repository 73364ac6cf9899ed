"""Densities and entropies of laws of events: SciPy's, mpmath's, and the limits that need no number."""

from __future__ import annotations

from fractions import Fraction
from math import comb, prod
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray
from scipy import integrate, stats

from adapters.tests.published_events import FACTOR, LOC, PUBLISHED
from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS
from conformance.definitions.registry import event_law
from conformance.definitions.spaces import Reals, Shape
from conformance.floats.enclosures import Kind, as_float
from conformance.floats.formats import format_named
from conformance.floats.regions import Region
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.scalar_truth import UnknownQuantity

WIDE = format_named("float64")

Rows = NDArray[np.float64]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def points(subject: str, count: int = 12) -> Rows:
    """Ordinary events, in which every entry has another size."""
    space = event_law(subject).space
    if subject.startswith("independent(log"):
        return np.asarray(np.exp(reals((3,), count)))
    if space == Reals(space.shape):
        return reals(space.shape, count)
    rows = space.draw(WIDE, count, (5,))
    return rows if len(space.shape) == 1 else rows[space.regions(rows, WIDE) == Region.ORDINARY]


def reals(shape: Shape, count: int) -> Rows:
    return np.random.default_rng(5).standard_normal((count, *shape)) * [1.5, 0.75, 2.0] + 0.125


@pytest.mark.parametrize("subject", PUBLISHED)
def test_densities_are_scipys(oracle: Oracle, subject: str) -> None:
    y = points(subject)
    expected = PUBLISHED[subject].logpdf(y)
    assert as_float(oracle.truth(subject, "log_prob", y, WIDE)) == pytest.approx(expected, rel=1e-10, abs=1e-10)
    assert as_float(oracle.truth(subject, "prob", y, WIDE)) == pytest.approx(np.exp(expected), rel=1e-10)


@pytest.mark.parametrize("subject", PUBLISHED)
def test_mpmath_agrees(oracle: Oracle, subject: str) -> None:
    for quantity in ("log_prob", "prob", "log_prob_from_base"):
        if quantity == "log_prob_from_base" and event_law(subject).base is None:
            continue
        x = (points(subject) if quantity != "log_prob_from_base" else reals(event_law(subject).source.shape, 1))[0]
        for name in ("float32", "float64"):
            fmt = format_named(name)
            at = np.asarray(x, fmt.dtype)
            if event_law(subject).space.bounds == (0.0, 1.0) and quantity != "log_prob_from_base":
                at = np.array([0.125, 0.25, 0.5, 0.125], fmt.dtype)
            found = oracle.second_opinion(subject, quantity, at, fmt)
            assert found.agrees, (quantity, name, found)


@pytest.mark.slow
@pytest.mark.parametrize("subject", [subject for subject, law in PUBLISHED.items() if law.entropy is not None])
def test_entropies_are_scipys(oracle: Oracle, subject: str) -> None:
    found = oracle.statistic(subject, "entropy")
    assert float(found.text) == pytest.approx(PUBLISHED[subject].entropy, rel=1e-12)
    nowhere = np.full(1, np.nan)
    assert oracle.second_opinion(subject, "entropy", nowhere[0], WIDE).agrees


def test_what_is_no_single_number_or_not_worked_out_says_so(oracle: Oracle) -> None:
    for subject in PUBLISHED:
        assert oracle.statistic(subject, "mean").reason.endswith("the mean of a law of events is an event")
    bent = "transformed(independent(normal(loc=[0.25,-1.5,0.75],scale=1.5),ndims=1.0),ascending)"
    assert "not the same everywhere" in oracle.statistic(bent, "entropy").reason


@pytest.mark.slow
@pytest.mark.parametrize(
    "subject",
    [
        "logistic_normal(loc=[0.25],scale=[1.5])",
        "transformed(independent(normal(loc=[0.25],scale=[1.5]),ndims=1.0),softmax_centered)",
    ],
)
def test_a_law_on_the_simplex_integrates_to_one_in_its_base_measure(oracle: Oracle, subject: str) -> None:
    """The surface measure of a segment is sqrt(2) times Lebesgue measure on its first weight."""
    unit = np.sqrt(2.0) if "softmax" in subject else 1.0
    assert event_law(subject).space.measure.startswith("surface" if "softmax" in subject else "Lebesgue")

    def density(weight: float) -> float:
        weight = round(weight * 2**40) / 2**40  # Then both weights are floats whose sum is 1.
        return float(as_float(oracle.truth(subject, "prob", np.array([[weight, 1 - weight]]), WIDE))[0])

    total, _ = integrate.quad(density, 0.001, 0.999, epsabs=1e-6)
    beyond = stats.norm(0.25, 1.5).sf(np.log(999.0)) + stats.norm(0.25, 1.5).cdf(-np.log(999.0))
    assert total * unit == pytest.approx(1 - beyond, abs=1e-5)


def test_the_density_at_a_base_value_is_that_at_its_image(oracle: Oracle) -> None:
    subject = EVENT_LAW_SUBJECTS[3]
    x = points(EVENT_LAW_SUBJECTS[0], 4)
    y = x @ FACTOR.T + LOC
    at_base = as_float(oracle.truth(subject, "log_prob_from_base", x, WIDE))
    assert at_base == pytest.approx(as_float(oracle.truth(subject, "log_prob", y, WIDE)), rel=1e-12)


@pytest.mark.parametrize(
    ("subject", "row", "kind", "prob"),
    [
        (EVENT_LAW_SUBJECTS[0], [np.inf, 0.5, 1.0], Kind.NEG_INF, Kind.FINITE),
        (EVENT_LAW_SUBJECTS[0], [np.nan, 0.5, 1.0], Kind.NAN, Kind.NAN),
        (EVENT_LAW_SUBJECTS[1], [-1.0, 0.5, 1.0], Kind.NEG_INF, Kind.FINITE),
        (EVENT_LAW_SUBJECTS[1], [0.0, 0.5, 1.0], Kind.NEG_INF, Kind.FINITE),
        (EVENT_LAW_SUBJECTS[3], [np.inf, 0.5, 1.0], Kind.UNDECIDED, Kind.UNDECIDED),
        (EVENT_LAW_SUBJECTS[6], [0.0, 0.25, 0.25, 0.5], Kind.UNDECIDED, Kind.UNDECIDED),
        (EVENT_LAW_SUBJECTS[6], [0.5, 0.25, 0.25, 0.5], Kind.UNDECIDED, Kind.UNDECIDED),
    ],
)
def test_off_the_open_set(oracle: Oracle, subject: str, row: list[float], kind: Kind, prob: Kind) -> None:
    found = oracle.truth(subject, "log_prob", np.array([row]), WIDE)
    assert Kind(int(found.kind[0])) == kind
    found = oracle.truth(subject, "prob", np.array([row]), WIDE)
    assert Kind(int(found.kind[0])) == prob
    assert found.hi[0] == 0


def test_one_entry_whose_density_is_infinite_and_one_whose_density_is_zero_leave_it_open(oracle: Oracle) -> None:
    """The limit depends on the way there."""
    subject = "independent(transformed(logistic(loc=[0.25,0.5],scale=1.5),sigmoid),ndims=1.0)"
    for row, kind in (([0.0, 0.5], Kind.POS_INF), ([0.0, 1.5], Kind.UNDECIDED), ([0.5, 1.5], Kind.NEG_INF)):
        found = oracle.truth(subject, "log_prob", np.array([row]), WIDE)
        assert Kind(int(found.kind[0])) == kind


@pytest.mark.parametrize("quantity", ["cdf", "icdf", "fldj"])
def test_what_a_law_of_events_has_no_value_of(oracle: Oracle, quantity: str) -> None:
    with pytest.raises(UnknownQuantity, match="known: log_prob"):
        oracle.truth(EVENT_LAW_SUBJECTS[0], quantity, points(EVENT_LAW_SUBJECTS[0]), WIDE)


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 3, 1)])
def test_events_of_another_shape_are_refused(oracle: Oracle, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"takes inputs of shape \(N, 3\)"):
        oracle.truth(EVENT_LAW_SUBJECTS[0], "log_prob", np.ones(shape), WIDE)


def test_parameters_are_those_of_the_format(oracle: Oracle) -> None:
    subject, x = "multivariate_normal(loc=[0.1,0.2],scale_diag=[0.3,0.7])", np.array([[0.5, 0.25]], np.float32)

    def exact(loc: Any, scale: Any) -> float:
        return float(stats.norm(loc, scale).logpdf(x.astype(np.float64)).sum())

    narrow = as_float(oracle.truth(subject, "log_prob", x, format_named("float32")))[0]
    short = [np.asarray(one, np.float32).astype(np.float64) for one in ([0.1, 0.2], [0.3, 0.7])]
    assert narrow == pytest.approx(exact(*short), rel=1e-14)
    assert narrow != pytest.approx(exact([0.1, 0.2], [0.3, 0.7]), rel=1e-9)


@pytest.mark.parametrize("concentration", [(2, 3, 4), (1, 1, 1), (5, 1, 2), (3, 3, 1, 2)])
def test_the_constant_of_dirichlets_density_makes_it_integrate_to_one(concentration: tuple[int, ...]) -> None:
    """For whole numbers the density is a polynomial in the first weights, whose integral over the simplex is exact:
    one weight after the other is integrated from 0 to what the weights before it leave, by the beta integral's sum."""
    law = event_law(f"dirichlet(concentration=[{','.join(f'{a}.0' for a in concentration)}])")
    assert law.log_terms is not None
    weight = Fraction(1, 4)
    at = [weight] * (len(concentration) - 1)
    rest = 1 - sum(at, Fraction(0))
    plain = prod((v ** (a - 1) for v, a in zip([*at, rest], concentration, strict=True)), start=Fraction(1))
    ctx.prec = 256
    density = sum(law.log_terms(BallNumbers(), [arb(v.numerator) / v.denominator for v in [*at, rest]]), arb(0)).exp()
    constant = density * plain.denominator / plain.numerator
    ctx.prec = 53
    assert (constant * _integral([a - 1 for a in concentration])).overlaps(arb(1))
    assert constant.rad() < 1e-50


def test_the_entropy_of_dirichlets_law_is_the_integral_that_it_stands_for(oracle: Oracle) -> None:
    """With two weights, by mpmath's quadrature of -p log p over the first."""
    found = oracle.statistic("dirichlet(concentration=[2.5,1.25])", "entropy")
    log_terms, ns = event_law("dirichlet(concentration=[2.5,1.25])").log_terms, MpNumbers(30)
    assert log_terms is not None

    def integrand(weight: Any) -> Any:
        log_density = ns.ctx.fsum(log_terms(ns, [weight, 1 - weight]))
        return -log_density * ns.exp(log_density)

    assert abs(ns.ctx.quad(integrand, [0, 0.5, 1]) - ns.ctx.mpf(found.text)) < 1e-15


def _integral(powers: list[int]) -> arb:
    """Of x_0^p_0 ... x_(n-1)^p_(n-1) (1 - x_0 - ... - x_(n-1))^p_n over the simplex, as a fraction: the last weight's
    power becomes that of what is left, times the sum that expands int_0^r x^p (r - x)^q dx = r^(p+q+1) times it."""
    found, left = Fraction(1), powers[-1]
    for power in reversed(powers[:-1]):
        found *= sum((Fraction((-1) ** k * comb(left, k), power + k + 1) for k in range(left + 1)), Fraction(0))
        left += power + 1
    return arb(found.numerator) / found.denominator
