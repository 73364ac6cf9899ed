"""The reference at the ends of every support, held against the oracle's limits: many parameters, two dtypes in turn.

At such an end log p_base and log|f'| are both infinite, and which of them wins depends on the parameters: through tanh
a normal with scale=1.5 falls to 0 and one with scale=20 rises without bound before it does.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from adapters.interface import parse
from adapters.numpy import Adapter
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS
from conformance.definitions.registry import distribution_definition
from conformance.floats.enclosures import Kind, as_float
from conformance.floats.formats import format_named
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.oracle.oracle import Oracle

BASES = (
    "normal(loc=0.0,scale=1.0)",
    "normal(loc=0.0,scale=20.0)",
    "normal(loc=10.0,scale=0.125)",
    "normal(loc=-4.0,scale=3.0)",
    "normal(loc=0.0,scale=1024.0)",
    "normal(loc=0.0009765625,scale=1.0)",
    "logistic(loc=0.0,scale=1.0)",
    "logistic(loc=3.0,scale=0.5)",
    "logistic(loc=0.25,scale=0.375)",
    "laplace(loc=-2.0,scale=0.5)",
    "laplace(loc=0.25,scale=20.0)",
    "gumbel(loc=0.5,scale=2.0)",
    "gumbel(loc=0.25,scale=0.125)",
    "gumbel(loc=-3.0,scale=20.0)",
    "exponential(rate=1.0)",
    "exponential(rate=0.0625)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
    "student_t(df=0.5,loc=0.0,scale=20.0)",
    "uniform(low=0.25,high=0.75)",
)
MAPS = (
    "exp",
    "affine(loc=0.75,scale=-2.5)",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
    "inverse_box_cox(power=0.5)",
    "sigmoid",
    "tanh",
    "softplus",
    "gumbel_cdf(loc=0.5,scale=2.0)",
    "gumbel_cdf(loc=-3.0,scale=20.0)",
    "normal_cdf",
    "inverse(sigmoid)",
    "inverse(exp)",
    "inverse(softplus)",
    "chain(affine(loc=0.5,scale=2.0),tanh)",
    "chain(affine(loc=0.5,scale=-1.5),exp)",
    "chain(sigmoid,sigmoid)",
)
DTYPES = ("float16", "bfloat16", "float32", "float64")
ADAPTER = Adapter()


def subjects() -> list[str]:
    pairs = [f"transformed({base},{transform})" for base in BASES for transform in MAPS]
    return sorted({*filter(_defined, pairs), *DISTRIBUTION_SUBJECTS})


def _defined(subject: str) -> bool:
    try:
        distribution_definition(subject)
    except ValueError:
        return False
    return True


@cache
def oracle() -> Oracle:
    return Oracle()


def asked() -> list[tuple[str, tuple[str, ...]]]:
    """Every subject and the dtypes that it is asked in: two of the four in turn, all four where a map has no other.

    Guarantee: every map is asked in every dtype.
    """
    by_map: dict[str, list[str]] = {}
    for subject in subjects():
        by_map.setdefault(str(parse(subject).parts[1]), []).append(subject)
    return [
        (subject, DTYPES if len(alike) == 1 else DTYPES[turn % 2 :: 2])
        for alike in by_map.values()
        for turn, subject in enumerate(alike)
    ]


def test_every_map_is_asked_in_every_dtype() -> None:
    met = {(str(parse(subject).parts[1]), dtype) for subject, dtypes in asked() for dtype in dtypes}
    assert {subject for subject, _ in asked()} == set(subjects())
    assert met == {(str(parse(subject).parts[1]), dtype) for subject in subjects() for dtype in DTYPES}


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "dtypes"), [pytest.param(*each, id=each[0]) for each in asked()])
def test_the_ends_have_the_limits_that_the_oracle_proves(subject: str, dtypes: tuple[str, ...]) -> None:
    for dtype in dtypes:
        check_the_ends(subject, dtype)


def check_the_ends(subject: str, dtype: str) -> None:
    definition, fmt = distribution_definition(subject), format_named(dtype)
    base = definition.base
    assert base is not None
    bound = ADAPTER.distribution(subject, dtype)
    with np.errstate(over="ignore"):
        ends = np.array([float(definition.support.lo), float(definition.support.hi)]).astype(fmt.dtype)
        base_ends = np.array([float(base.support.lo), float(base.support.hi)]).astype(fmt.dtype)
    top = infinity_ordinal(fmt)
    around = from_ordinal(np.clip(to_ordinal(ends, fmt)[:, None] + np.arange(-1, 2), -top, top).ravel(), fmt)
    for quantity, at in (("log_prob", around), ("cdf", around), ("log_prob_from_base", base_ends)):
        truth = oracle().truth(subject, quantity, at, fmt)
        got = getattr(bound, quantity)(at).astype(np.float64)
        if base.name == "uniform" and quantity == "log_prob":
            continue  # A jump, at which one rounding of the inverse decides the side.
        for value, kind, exact, point in zip(got, truth.kind, as_float(truth), at, strict=True):
            if kind in (Kind.UNDECIDED, Kind.NAN):
                continue
            wanted = {Kind.POS_INF: np.inf, Kind.NEG_INF: -np.inf}.get(kind, exact)
            with np.errstate(over="ignore"):
                wanted = float(np.asarray(wanted).astype(fmt.dtype))
            near = value == wanted or (
                np.isfinite(wanted) and abs(value - wanted) <= 2.0 ** (4 - fmt.precision) * max(1.0, abs(wanted))
            )
            assert near, f"{dtype} {quantity} at {float(point)!r} is {value!r}, the limit {wanted!r}"
