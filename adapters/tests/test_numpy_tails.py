"""The reference's densities, tails, their logarithms and quantiles are right to half an ulp and a little."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from flint import arb, ctx

from adapters.interface import NotOffered
from adapters.interface.quantities import TAILS
from adapters.numpy import Adapter, student_tails
from adapters.numpy.pairs import Pair
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import is_distribution, is_pair, takes_events
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.judging.cases import standard_points
from conformance.judging.profile import profile_named
from conformance.oracle.numbers import ball_student
from conformance.oracle.oracle import Oracle
from conformance.scoring.distance import distances

LAWS = [one for one in CATALOGUE if is_distribution(one) and not takes_events(one) and not is_pair(one)]
BASES = [
    "horseshoe(scale=1.5)",
    "normal(loc=0.25,scale=1.5)",
    "uniform(low=-0.5,high=1.5)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
    "beta_quotient(concentration0_denominator=3.0,concentration0_numerator=2.0,concentration1_denominator=3.75,"
    "concentration1_numerator=1.5)",
]
LACKING = {
    "student_t": ("icdf",),
    "half_student_t": ("icdf",),
    "cauchy": ("icdf",),
    "two_piece_student_t": ("icdf",),
    "inverse_gaussian": ("icdf",),
    "exponentially_modified_gaussian": ("icdf",),
    "normal_inverse_gaussian": (*TAILS, "icdf"),
    "noncentral_chi2": (*TAILS, "icdf"),
    "kumaraswamy": ("log_cdf", "log_survival"),
    "mixture": ("icdf",),
    "von_mises": ("icdf",),
}
"""What the reference does not offer of these."""
QUANTITIES = ("prob", "cdf", "log_cdf", "survival", "log_survival", "icdf")


@pytest.mark.slow
@pytest.mark.parametrize("subject", [*BASES, *LAWS])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_value_is_the_nearest_float_or_its_neighbour(subject: str, dtype: str) -> None:
    oracle, fmt = Oracle(None), FORMATS[dtype]
    bound = Adapter().distribution(subject, dtype)
    for quantity in QUANTITIES:
        points = standard_points(oracle, subject, quantity, fmt, profile_named("quick"), 3, "expectation")
        x = points.values[:: 1 if dtype == "float32" else 4]
        try:
            got = bound.function(quantity, x)
        except NotOffered:
            assert any(name in subject and quantity in lacking for name, lacking in LACKING.items()), (
                subject,
                quantity,
            )
            continue
        truth = oracle.truth(subject, quantity, x, fmt)
        off = distances(got, truth, fmt)
        told = ~np.isin(truth.kind, [Kind.UNDECIDED, Kind.OUTSIDE, Kind.NAN])
        allowed = 0.51 * (1 + np.nan_to_num(truth.condition, nan=0.0, posinf=np.inf))
        assert (off.ulp[told] <= allowed[told]).all(), quantity


def test_what_underflows_has_a_logarithm_all_the_same() -> None:
    for dtype in ("float32", "float64"):
        y = np.array([-1e3, -1e15]).astype(dtype)
        for subject in ("normal(loc=0.0,scale=1.0)", "logistic(loc=0.0,scale=1.0)", "laplace(loc=0.0,scale=1.0)"):
            bound = Adapter().distribution(subject, dtype)
            assert (bound.cdf(y) <= np.finfo(dtype).tiny).all()
            assert np.isfinite(bound.log_cdf(y)).all()
            np.testing.assert_array_equal(bound.log_survival(-y), bound.log_cdf(y))


# Of 10 the distribution function of float32 underflows from 1e5 on, of 300 that of float64 from 180 on.
DEGREES = (0.25, 2.5, 9.0, 10.0, 15.0, 30.0, 300.0, 1023.0, 1024.0, 1e6, 1e15, 1e20, 1e36)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_tails_of_any_degrees_of_freedom_are_told_by_their_logarithms(df: float, dtype: str) -> None:
    """Where the distribution function underflows too: from a standard deviation to the ends of the format."""
    oracle, fmt, subject = Oracle(None), FORMATS[dtype], f"student_t(df={df!r},loc=0.0,scale=1.0)"
    far = [1.1, 2.9, 4.0, 5.5, 10.001, 13.5, 37.0, 100.0, 1e4, 4e5, 3e7, 1e15, 1e20, 1e38, fmt.max_finite]
    x = -np.array(far).astype(fmt.dtype)
    bound = Adapter().distribution(subject, dtype)
    for quantity, at in (("log_cdf", x), ("log_survival", -x)):
        truth = oracle.truth(subject, quantity, at, fmt)
        assert (truth.kind == Kind.FINITE).all()
        assert (distances(bound.function(quantity, at), truth, fmt).ulp <= 0.51).all(), quantity


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tails_of_any_degrees_of_freedom_are_the_nearest_floats(df: float, dtype: str) -> None:
    """On either side of where the series hands over to the fraction, and where the tail is subnormal."""
    oracle, fmt = Oracle(None), FORMATS[dtype]
    join, drawn = min(3.0 if dtype == "float32" else 4.0, df**0.5), np.random.default_rng(3)
    size = np.concatenate([[1e-30, join, np.nextafter(join, 0.0)], np.exp(drawn.uniform(-9, 9, 60))])
    x = np.concatenate([size, -size]).astype(fmt.dtype)
    for law in ("student_t", "half_student_t"):
        subject = f"{law}(df={df!r},loc=0.0,scale=1.0)"
        bound = Adapter().distribution(subject, dtype)
        # Of the half law's tails Arb decides next to nothing at 1e20 and beyond: I_w(1/2, df/2) is what they are there.
        tails = () if law != "student_t" and df > 1e18 else ("cdf", "survival", "log_cdf", "log_survival")
        for quantity in ("log_prob", *tails):
            truth = oracle.truth(subject, quantity, x, fmt)
            told = ~np.isin(truth.kind, [Kind.UNDECIDED, Kind.NEG_INF])
            assert told.mean() > (0.9 if law == "student_t" else 0.4)
            off, condition = distances(bound.function(quantity, x), truth, fmt), np.nan_to_num(truth.condition)
            assert (off.ulp[told] <= 0.51 * (1 + condition[told])).all(), (law, quantity)


@pytest.mark.parametrize(("dtype", "bits"), [("float32", 32), ("float64", 60)])
def test_pairs_hold_students_tails_to_what_is_guaranteed(dtype: str, bits: int) -> None:
    drawn, join = np.random.default_rng(1), 3.0 if dtype == "float32" else 4.0
    with ctx.workprec(300):
        # Of 1e32 and more what is of size 1/df has no second word in float32.
        degrees = (0.25, 5.0, 12.0, 15.9, 17.0, 100.0, 1e6, 1e15, 1e33, 1e36, 3e38, *([1e300] if bits == 60 else []))
        # Without and with a power of two that is handed over by itself.
        for df, exponent in zip(degrees, itertools.cycle((0, 40)), strict=False):
            joint = min(join, df**0.5)
            t = np.concatenate([[joint, joint * (1 - 1e-6)], np.exp(drawn.uniform(-4, 9, 20))]).astype(dtype)
            # With and without a power of two that is handed over by itself.
            z = Pair.of(np.ldexp(-t, -exponent))
            tails, logs = student_tails.cdf(z, df, exponent), student_tails.log_cdf(z, df, exponent)
            for at, tail, rest, log, log_rest in zip(t, tails.hi, tails.lo, logs.hi, logs.lo, strict=True):
                known = ball_student.cdf(arb(-float(at)), df)
                assert abs((arb(float(log)) + float(log_rest)) / known.log() - 1) < 2.0**-bits, (df, at)
                if tail > np.finfo(dtype).tiny * 2.0**60:
                    assert abs((arb(float(tail)) + float(rest)) / known - 1) < 2.0**-bits, (df, at)
