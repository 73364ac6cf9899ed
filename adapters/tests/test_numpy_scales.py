"""Small scales in the reference: where the distance in scales overflows, density and tails do not."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.numpy import Adapter
from conformance.definitions.parameters import in_format
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.oracle.oracle import Oracle
from conformance.scoring.distance import distances

LAWS = (
    "cauchy(loc=0.125,scale={scale!r})",
    "student_t(df=4.5,loc=0.125,scale={scale!r})",
    "student_t(df=0.03125,loc=-0.125,scale={scale!r})",
    "half_cauchy(loc=0.125,scale={scale!r})",
    "half_student_t(df=4.5,loc=0.125,scale={scale!r})",
    "cauchy(loc=0.0,scale={scale!r})",
    "student_t(df=4.5,loc=0.0,scale={scale!r})",
    "half_cauchy(loc=0.0,scale={scale!r})",
    "half_student_t(df=4.5,loc=0.0,scale={scale!r})",
    "pareto(concentration=2.5,scale={scale!r})",
    "pareto(concentration=0.03125,scale={scale!r})",
)
TAILS = ("cdf", "log_cdf", "survival", "log_survival")


@pytest.mark.parametrize("scale", [0.7, 0.001, 1e-30, 1e-37])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out_a_small_scale_is_as_good_as_any(law: str, scale: float, dtype: str) -> None:
    """And next to where it lies: at the scale itself, beside it and around the middle, where that is 0 down to what is
    far smaller than the scale."""
    oracle, fmt = Oracle(None), FORMATS[dtype]
    subject = in_format(law.format(scale=scale), fmt)
    bound, near = Adapter().distribution(subject, dtype), scale * np.array([1.0, 1 + 2.0**-20, 1.5, 2.0, 7.0, 1e4])
    far = fmt.max_finite * np.array([1.0, 0.75, 2.0**-9, 2.0**-11, 1e-20])
    inside = scale * np.array([2.0**-3, 2.0**-9, 1e-5, 1e-9])
    size = np.concatenate([near, inside, 0.125 + near, far])
    both = size if "half" in law or "pareto" in law else np.concatenate([size, -size])
    x = both.astype(fmt.dtype)
    for quantity in ("log_prob", *TAILS):
        truth = oracle.truth(subject, quantity, x, fmt)
        assert not np.isin(truth.kind, [Kind.UNDECIDED, Kind.NAN]).any()
        off, condition = distances(bound.function(quantity, x), truth, fmt), np.nan_to_num(truth.condition)
        assert (off.ulp <= 0.51 * (1 + condition)).all(), quantity


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_way_back_through_a_factor_and_exp_does_not_divide(dtype: str) -> None:
    oracle, fmt = Oracle(None), FORMATS[dtype]
    for factor in (0.001, 3.75):
        subject = in_format(f"chain(exp,scale(scale={factor!r}))", fmt)
        bound = Adapter().transform(subject, dtype)
        y = np.array([fmt.max_finite, fmt.max_finite * 2.0**-9, factor, factor * 1.25, 1.0, 1e-20]).astype(fmt.dtype)
        for quantity, got in (("inverse", bound.inverse(y)), ("ildj", bound.log_det_jacobian(y, "inverse"))):
            truth = oracle.truth(subject, quantity, y, fmt)
            assert (distances(got, truth, fmt).ulp <= 0.51).all(), quantity
