"""A base that is seen through its own cdf is uniform: what ``cdf_map`` declares, held against the definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.registry import distribution_definition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.oracle import Oracle

SELF_SEEN = (
    "transformed(gumbel(loc=0.5,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))",
    "transformed(normal(loc=0.0,scale=1.0),normal_cdf)",
)
OTHERS = (
    "transformed(gumbel(loc=0.25,scale=2.0),gumbel_cdf(loc=0.5,scale=2.0))",
    "transformed(normal(loc=0.25,scale=1.5),normal_cdf)",
    "transformed(normal(loc=0.0,scale=1.0),tanh)",
    "gumbel(loc=0.5,scale=2.0)",
)
_SERIES = SeriesNumbers(4)


def _series(map_of: Any, x: float) -> list[arb]:
    return _SERIES.coefficients(map_of(_SERIES, _SERIES.variable(arb(x))))


@pytest.mark.parametrize("subject", SELF_SEEN)
def test_the_transform_is_the_cdf_and_its_slope_the_density(subject: str) -> None:
    definition = distribution_definition(subject)
    assert definition.uniform
    base, transform = definition.base, definition.transform
    assert isinstance(base, DistributionDefinition)
    assert transform is not None
    assert base.cdf is not None
    assert base.log_density is not None
    for x in (-6.0, -1.5, 0.0, 0.375, 2.0, 9.0):
        seen, own = _series(transform.forward, x), _series(base.cdf, x)
        assert all(a.overlaps(b) for a, b in zip(seen, own, strict=True)), x
        density = _series(base.log_density, x)[0]
        assert (seen[1].log() - density).contains(0), x
        assert float(seen[1].log().rad()) < 1e-9, x


@pytest.mark.parametrize("subject", OTHERS)
def test_others_are_not(subject: str) -> None:
    assert not distribution_definition(subject).uniform


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
def test_its_log_density_is_0_with_the_condition_of_a_zero(dtype: str) -> None:
    fmt = FORMATS[dtype]
    oracle = Oracle(None)
    y = np.concatenate([np.linspace(0.01, 0.99, 50), [-0.5, 1.5]]).astype(fmt.dtype)
    for x, quantity in ((y, "log_prob"), (y[:50] * 8 - 4, "log_prob_from_base"), (y[:3], "log_prob")):
        truth = oracle.truth(SELF_SEEN[0], quantity, x.astype(fmt.dtype), fmt)
        inside = (x > 0) & (x < 1) | (quantity == "log_prob_from_base")
        assert (truth.kind == np.where(inside, Kind.FINITE, Kind.NEG_INF)).all()
        assert (truth.hi == 0).all()
        assert (truth.err == 0).all()
        assert np.isinf(truth.condition[inside & (x != 0)]).all()
