"""Density, both tails, their logarithms and quantiles: against mpmath's own functions, and against each other."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from adapters.interface.quantities import TAILS
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.registry import (
    distribution_definition,
    functions_of,
    is_distribution,
    is_pair,
    takes_events,
)
from conformance.floats.enclosures import Enclosures, Kind, as_float
from conformance.floats.formats import FORMATS
from conformance.oracle.bulk import scalars
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.tier import PiecewiseTiers
from conformance.oracle.pointwise.blocks import block_truth

F32, F64 = FORMATS["float32"], FORMATS["float64"]
BASES = [
    "normal(loc=0.25,scale=1.5)",
    "uniform(low=-0.5,high=1.5)",
    "logistic(loc=0.25,scale=1.5)",
    "laplace(loc=0.25,scale=1.5)",
    "gumbel(loc=0.25,scale=1.5)",
    "exponential(rate=1.5)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
]
FALLING = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
LAWS = [*BASES, FALLING, "transformed(normal(loc=0.25,scale=1.5),tanh)", "transformed(laplace(loc=0.25,scale=1.5),exp)"]
SHARES = np.array([2.0**-80, 2.0**-30, 0.0625, 0.3125, 0.5, 0.625, 0.984375, 1.0 - 2.0**-40])

mp.mp.dps = 60


def truth(subject: str, quantity: str, x: np.ndarray) -> Enclosures:
    return block_truth(subject, quantity, x, F64)


def exact(found: Enclosures, index: int) -> mp.mpf:
    assert found.kind[index] == Kind.FINITE
    scale = int(found.exponent[index])
    return mp.ldexp(mp.mpf(float(found.hi[index])), scale) + mp.ldexp(mp.mpf(float(found.lo[index])), scale)


def normal_tail(z: mp.mpf) -> mp.mpf:
    return mp.erfc(z / mp.sqrt(2)) / 2


@pytest.mark.parametrize("z", [-30.0, -3.0, 0.0, 0.5, 6.0, 40.0])
def test_the_normal_law_is_mpmaths(z: float) -> None:
    x = np.array([0.25 + 1.5 * z])
    at = (mp.mpf(x[0]) - mp.mpf(0.25)) / mp.mpf(1.5)
    wanted = {
        "prob": mp.exp(-at * at / 2) / (mp.mpf(1.5) * mp.sqrt(2 * mp.pi)),
        "cdf": normal_tail(-at),
        "log_cdf": mp.log(normal_tail(-at)) if at < 0 else mp.log1p(-normal_tail(at)),
        "survival": normal_tail(at),
        "log_survival": mp.log(normal_tail(at)) if at > 0 else mp.log1p(-normal_tail(-at)),
    }
    for quantity, value in wanted.items():
        assert mp.almosteq(exact(truth(BASES[0], quantity, x), 0), value, rel_eps=mp.mpf(2) ** -70), quantity


@pytest.mark.parametrize("subject", LAWS)
def test_a_quantile_goes_back_to_its_share(subject: str) -> None:
    """cdf(icdf(q)) = q, to what rounding the quantile to a float moves it: seen from both neighbours."""
    y = as_float(truth(subject, "icdf", SHARES))
    known = np.isfinite(y)
    assert known.all()
    below, above = (as_float(truth(subject, "cdf", np.nextafter(y, end))) for end in (-np.inf, np.inf))
    assert ((below <= SHARES) & (above >= SHARES)).all()


@pytest.mark.parametrize("subject", LAWS)
def test_both_sides_add_up_and_their_logarithms_are_theirs(subject: str) -> None:
    y = as_float(truth(subject, "icdf", SHARES[1:-1]))
    found = {quantity: truth(subject, quantity, y) for quantity in (*TAILS, "prob", "log_prob")}
    for index in range(len(y)):
        value = {quantity: exact(one, index) for quantity, one in found.items()}
        assert mp.almosteq(value["cdf"] + value["survival"], 1, abs_eps=mp.mpf(2) ** -70)
        for quantity, logarithm in (("cdf", "log_cdf"), ("survival", "log_survival"), ("prob", "log_prob")):
            assert mp.almosteq(
                mp.log(value[quantity]), value[logarithm], rel_eps=mp.mpf(2) ** -60, abs_eps=mp.mpf(2) ** -70
            )


@pytest.mark.slow
@pytest.mark.parametrize("subject", LAWS)
@pytest.mark.parametrize("quantity", ["prob", "cdf", "log_cdf", "survival", "log_survival", "icdf"])
def test_every_tier_overlaps_arb(subject: str, quantity: str) -> None:
    rng = np.random.default_rng(7)
    if quantity == "icdf":
        x = rng.uniform(0.001, 0.999, 400).astype(np.float32)
    else:
        x = as_float(truth(subject, "icdf", rng.uniform(0.001, 0.999, 400))).astype(np.float32)
    plain = block_truth(subject, quantity, x, F32)
    for tier in (scalars.enclose(subject, quantity, x, F32), PiecewiseTiers(None).enclose(subject, quantity, x, F32)):
        if tier is None:
            continue
        both = (tier.kind == Kind.FINITE) & (plain.kind == Kind.FINITE)
        first, second = as_float(tier)[both], as_float(plain)[both]
        assert (np.abs(first - second) <= 1e-9 * np.abs(second)).all()


NUMBERS = [one for one in CATALOGUE if is_distribution(one) and not takes_events(one) and not is_pair(one)]


# Of an angle nothing is said beyond its turn: see test_von_mises.py.
@pytest.mark.parametrize("subject", [one for one in NUMBERS if not distribution_definition(one).circular])
def test_beyond_the_support_all_is_certain(subject: str) -> None:
    support = distribution_definition(subject).support
    certain = {"cdf": (0.0, 1.0), "survival": (1.0, 0.0), "prob": (0.0, 0.0), "log_survival": (0.0, -np.inf)}
    certain["log_cdf"] = (-np.inf, 0.0)
    places = [(float(support.lo) - 1.0, 0), (float(support.hi) + 1.0, 1)]
    for y, side in places:
        if np.isfinite(y):
            for quantity in certain.keys() & set(functions_of(subject)):
                values = certain[quantity]
                for many in (1, 64):  # Alone, and where whole runs are settled at once.
                    found = Oracle(None).truth(subject, quantity, np.full(many, y, np.float32), F32)
                    assert as_float(found).tolist() == [values[side]] * many, quantity


def test_the_ends_of_quantiles_are_the_ends_of_the_support() -> None:
    ends = np.array([0.0, 1.0, -0.5, 1.5, np.nan])
    for subject, low, high in (
        (FALLING, -np.inf, np.inf),
        (LAWS[-2], -1.0, 1.0),
        ("exponential(rate=1.5)", 0.0, np.inf),
    ):
        found = truth(subject, "icdf", ends)
        assert as_float(found)[:2].tolist() == [low, high]
        assert found.kind[2:].tolist() == [Kind.OUTSIDE, Kind.OUTSIDE, Kind.NAN]


def test_a_quantile_of_a_heavy_tail_is_proved() -> None:
    """At 1e-300 with 1.25 degrees of freedom, where float formulas give up: F(-t) = c t^-df to 1/t^2."""
    found = exact(truth("student_t(df=1.25,loc=0.0,scale=1.0)", "icdf", np.array([1e-300])), 0)
    df = mp.mpf(1.25)
    scale = mp.gamma((df + 1) / 2) / (mp.gamma(df / 2) * mp.sqrt(mp.pi * df)) * df ** ((df + 1) / 2) / df
    assert mp.almosteq(-found, (scale / mp.mpf(1e-300)) ** (1 / df), rel_eps=mp.mpf(2) ** -70)


@pytest.mark.parametrize("subject", LAWS)
@pytest.mark.parametrize("quantity", ["prob", "cdf", "log_cdf", "survival", "log_survival", "icdf"])
def test_the_second_opinion_shares_the_view(subject: str, quantity: str) -> None:
    x = 0.28125 if quantity == "icdf" else float(as_float(truth(subject, "icdf", np.array([0.71875])))[0])
    opinion = Oracle(None).second_opinion(subject, quantity, np.float64(x), F64)
    assert opinion.possible
    assert opinion.agrees, opinion.value_text
