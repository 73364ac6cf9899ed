"""The reference implementation's distributions against mpmath: densities, cdfs, statistics, support, draws."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from adapters.interface import NotOffered, SpecError, evaluate, parse
from adapters.numpy import Adapter
from adapters.numpy.bases import build_base
from adapters.numpy.combinators import build
from adapters.numpy.pushforward import Pushforward, _exact_sum
from adapters.tests.closed_forms import BITS, forms, ulps
from adapters.tests.closed_laws import law, log_density
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS

ADAPTER = Adapter()
FALLING = [s for s in DISTRIBUTION_SUBJECTS if "scale=-2.5" in s]
# The cdfs that are summed as series lose some of their second word in float32.
CDF_BOUNDS = {"normal": 0.51, "student_t": 0.51}


def base_points(subject: str, dtype: str) -> Any:
    """Points of the base: its bulk, its tails, and close to its location."""
    base = parse(subject).parts[0]
    rng = np.random.default_rng(11)
    if base.name == "uniform":
        low, high = base.params["low"], base.params["high"]
        return np.concatenate([rng.uniform(low, high, 60), [low, np.nextafter(np.float32(high), 0)]]).astype(dtype)
    sizes = np.exp(rng.uniform(-12, np.log(30), 60))
    if base.name == "exponential":
        return sizes.astype(dtype)
    upper = base.params["loc"] + base.params["scale"] * sizes
    lower = base.params["loc"] - base.params["scale"] * (sizes if base.name != "gumbel" else np.minimum(sizes, 4.0))
    return np.concatenate([lower, upper]).astype(dtype)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_density_and_cdf_are_right_to_the_last_place(subject: str, dtype: str) -> None:
    spec = parse(subject)
    distribution, exact = ADAPTER.distribution(subject, dtype), law(spec, subject not in FALLING)
    x = base_points(subject, dtype)
    y = ADAPTER.transform(spec.parts[1], dtype).forward(x)
    # Rounding to an end of the support has limits of its own.
    low, high = build(spec.parts[1]).codomain
    y = y[(y > low) & (y < high) & (y != 0)]
    if spec.parts[0].name == "uniform":
        y = y[(y > y.min()) & (y < y.max())]
    for quantity, points in (("log_prob", y), ("log_prob_from_base", x), ("cdf", y)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = evaluate(distribution, quantity, points)
        assert got.dtype == np.dtype(dtype)
        with mp.workprec(BITS):
            off = ulps(got, [exact[quantity](mp.mpf(float(v))) for v in points], dtype)
        bound = CDF_BOUNDS.get(spec.parts[0].name, 0.501) if quantity == "cdf" else 0.501
        worst = int(np.argmax(off))
        assert off[worst] <= bound, f"{quantity}: {off[worst]:.4g} ulp at {float(points[worst]).hex()}"


@pytest.mark.slow
@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_statistics_agree_with_mpmath(subject: str) -> None:
    spec = parse(subject)
    base, transform = spec.parts
    found = Pushforward(build_base(base), build(transform))
    with mp.workdps(22):
        density, f = log_density(base), forms(transform)
        loc, scale = base.params.get("loc", 0.0), base.params.get("scale", 1.0)
        ends = [loc + scale * v for v in (-60, -20, -8, -3, 0, 3, 8, 20, 60)]
        if base.name == "uniform":
            ends = [base.params["low"], base.params["high"]]
        elif base.name == "exponential":
            ends = [0.0, 0.01, 1.0, 4.0, 15.0, 60.0]
        elif base.name == "gumbel":
            ends = [loc + scale * v for v in (-6, -3, 0, 3, 8, 20, 40, 80)]
        elif base.name == "student_t":
            ends = [-mp.inf, -30, 0, 30, mp.inf]

        def expected(g: Any) -> Any:
            return mp.quad(lambda x: mp.exp(density(x)) * g(x), ends)

        entropy = expected(lambda x: f.fldj(x) - density(x))
        assert close(found.entropy(), entropy)
        if "laplace" in subject:  # E exp(X) diverges for scale >= 1.
            assert found.mean() == found.variance() == np.inf
            return
        mean = expected(f.forward)
        assert close(found.mean(), mean)
        assert close(found.variance(), expected(lambda x: (f.forward(x) - mean) ** 2))


def close(got: Any, exact: Any) -> bool:
    value = mp.mpf(got.numerator) / got.denominator
    return bool(abs(value - exact) <= mp.mpf(2) ** -56 * max(1, abs(exact)))


INF, NAN = np.inf, np.nan
OUTSIDE = {
    DISTRIBUTION_SUBJECTS[0]: ([-2.0, -1.0, 1.0, 2.0, NAN], [-INF] * 4 + [NAN], [0.0, 0.0, 1.0, 1.0, NAN]),
    DISTRIBUTION_SUBJECTS[1]: ([-1.0, 0.0, INF], [-INF] * 3, [0.0, 0.0, 1.0]),
    DISTRIBUTION_SUBJECTS[3]: ([-1.0, 0.0, 1.0, 2.0], [-INF, INF, INF, -INF], [0.0, 0.0, 1.0, 1.0]),
    "transformed(logistic(loc=0.0,scale=1.0),sigmoid)": ([0.0, 0.5, 1.0, 2.0], [0, 0, 0, -INF], [0.0, 0.5, 1.0, 1.0]),
    DISTRIBUTION_SUBJECTS[5]: ([-1.0, 0.0, INF], [-INF, INF, -INF], [0.0, 0.0, 1.0]),
    DISTRIBUTION_SUBJECTS[6]: ([-INF, INF], [-INF, -INF], [0.0, 1.0]),
    DISTRIBUTION_SUBJECTS[7]: ([-INF, -2.0, 2.0, INF], [-INF] * 4, [0.0, 0.0, 1.0, 1.0]),
    DISTRIBUTION_SUBJECTS[8]: ([-1.0, 0.0, INF], [-INF, INF, -INF], [0.0, 0.0, 1.0]),
    DISTRIBUTION_SUBJECTS[9]: ([-INF, INF], [-INF, -INF], [0.0, 1.0]),
    DISTRIBUTION_SUBJECTS[10]: ([-1.0, 0.0, 0.5, 1.0, 2.0], [-INF, 0, 0, 0, -INF], [0.0, 0.0, 0.5, 1.0, 1.0]),
    DISTRIBUTION_SUBJECTS[11]: ([-4.0, 3.0], [-INF, -INF], [0.0, 1.0]),
    "exponential(rate=1.5)": ([-1.0, INF, NAN], [-INF, -INF, NAN], [0.0, 1.0, NAN]),
    "normal(loc=0.25,scale=1.5)": ([-INF, INF], [-INF, -INF], [0.0, 1.0]),
    "uniform(low=0.25,high=0.75)": ([0.0, 0.25, 1.0], [-INF, np.log(2.0), -INF], [0.0, 0.0, 1.0]),
}


@pytest.mark.parametrize("subject", OUTSIDE)
def test_outside_the_support_and_at_its_ends(subject: str) -> None:
    y, density, share = (np.array(v, np.float64) for v in OUTSIDE[subject])
    distribution = ADAPTER.distribution(subject, "float64")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(distribution.log_prob(y), density)
        np.testing.assert_array_equal(distribution.cdf(y), share)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_draws_follow_the_cdf(subject: str, dtype: str) -> None:
    distribution = ADAPTER.distribution(subject, dtype)
    draws = distribution.sample(4000, 7)
    assert draws.dtype.name == dtype
    assert np.array_equal(draws, distribution.sample(4000, 7))
    if dtype in ("float32", "float64"):
        # A draw stands for what rounds to it: of a saturated law many draws are one float.
        places, counts = np.unique(draws, return_counts=True)
        upto = np.cumsum(counts) / len(draws)
        wide = ADAPTER.distribution(subject, "float64")
        below, above = (
            wide.cdf(np.nextafter(places, end).astype(np.float64)) for end in places.dtype.type([-INF, INF])
        )
        gaps = [np.maximum(below - share, share - above) for share in (upto, upto - counts / len(draws))]
        # Kolmogorov-Smirnov: beyond 1.95/sqrt(n) one time in a thousand; the seed is fixed.
        assert np.max(gaps) < 1.95 / np.sqrt(len(draws))


@pytest.mark.parametrize(
    "subject",
    ["transformed(normal(loc=0.0,scale=1.0),abs)", "transformed(normal(loc=0.0,scale=1.0),stick_breaking)", "x"],
)
def test_what_has_no_density_here_is_not_offered(subject: str) -> None:
    with pytest.raises(NotOffered):
        ADAPTER.distribution(subject)


@pytest.mark.parametrize("subject", ["normal(loc=0.0)", "transformed(exp)", "normal(loc=0.0,scale=1.0,df=3.0)"])
def test_wrong_parameters_are_refused(subject: str) -> None:
    with pytest.raises(SpecError):
        ADAPTER.distribution(subject)


def test_floats_of_every_size_are_summed_exactly() -> None:
    terms = np.array([5e-324, -1.7976931348623157e308, 2.2250738585072014e-308, 0.0, -0.0, 1.0, -(2.0**-1060), 1e300])
    assert _exact_sum(terms) == sum(Fraction(float(term)) for term in terms)


def test_the_statistics_of_a_law_are_worked_out_once_for_all_dtypes() -> None:
    subject = DISTRIBUTION_SUBJECTS[0]
    assert ADAPTER.distribution(subject, "float32")._law is ADAPTER.distribution(subject, "float64")._law  # type: ignore[attr-defined]
