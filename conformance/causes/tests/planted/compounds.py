"""Defects of laws that are sums, quotients and images of others."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

GAMMA_GAMMA = "gamma_gamma(concentration=2.5,mixing_concentration=4.5,mixing_rate=1.5)"
PERT = "pert(low=-1.0,high=3.0,peak=0.5,temperature=4.0)"
LAMBERT_W = "lambert_w_normal(loc=0.25,scale=1.5,tailweight=0.375)"
TOGETHER = "exponentially_modified_gaussian(loc=0.25,scale=1.5,rate=0.625)"
STUDENT = "matrix_student_t(df=4.5,loc=[[0.25,-1.5]],scale_column=[[1.5,0.0],[0.5,0.375]],scale_row=[[0.75]])"
BATES = "bates(high=2.5,low=-1.0,total_count=3.0)"
MAXWELL = "doublesided_maxwell(loc=0.25,scale=1.5)"


def _like(x: Array, number: float) -> Array:
    return np.asarray(number).astype(x.dtype)


@plant("gamma_gamma.variance", "wrong formula", GAMMA_GAMMA, dtypes="float64")
def variance_of_the_mean_alone(right: Right, value: Array, spec: Spec) -> Array:
    """That of the mean given the rate: what the gamma variable varies by itself is forgotten."""
    shape, mixing, rate = (spec.params[name] for name in ("concentration", "mixing_concentration", "mixing_rate"))
    return _like(value, (shape * rate / (mixing - 1)) ** 2 / (mixing - 2))


@plant("pert.log_prob", "wrong constant", PERT, dtypes="float64")
def density_of_the_share(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of the width, over which the beta variable is stretched, is forgotten."""
    return (right() + _like(y, np.log(spec.params["high"] - spec.params["low"]))).astype(y.dtype)


@plant("lambert_w_normal.variance", "wrong formula", LAMBERT_W)
def variance_of_the_base(right: Right, value: Array, spec: Spec) -> Array:
    """That of the normal variable before its tails were made heavier."""
    return _like(value, spec.params["scale"] ** 2)


@plant("exponentially_modified_gaussian.log_prob", "wrong formula", TOGETHER, dtypes="float64")
def mean_of_the_waiting_time_in_the_place_of_its_rate(right: Right, x: Array, spec: Spec) -> Array:
    """1/rate in the place of rate."""
    turned = {**spec.params, "rate": 1.0 / float(spec.params["rate"])}
    return right(of=Spec(spec.name, spec.parts, turned, spec.event))


@plant("exponentially_modified_gaussian.log_cdf", "underflow of an intermediate", TOGETHER, dtypes="float64")
def logarithm_of_the_lower_tail(right: Right, x: Array, spec: Spec) -> Array:
    """log(cdf), where the cdf has become 0 long before its logarithm leaves the range."""
    with np.errstate(all="ignore"):
        return np.where(x < 0, np.log(right(quantity="cdf")), right()).astype(x.dtype)


@plant("doublesided_maxwell.log_prob", "wrong constant", MAXWELL, dtypes="float64")
def density_of_one_side(right: Right, x: Array, spec: Spec) -> Array:
    """Twice the density, as on one side alone."""
    return (right() + _like(x, np.log(2.0))).astype(x.dtype)


@plant("doublesided_maxwell.survival", "threshold where a formula is switched, cancellation", MAXWELL, dtypes="float64")
def upper_side_of_two_by_one_minus_the_cdf(right: Right, x: Array, spec: Spec) -> Array:
    """1 - cdf: no digit is left of the upper tail."""
    return (1 - right(quantity="cdf")).astype(x.dtype)


@plant("matrix_student_t.log_prob", "wrong constant", STUDENT, batches=True)
def determinant_of_the_rows_once(right: Right, y: Array, spec: Spec) -> Array:
    """Of the rows' factor the determinant counts once, and not for every column."""
    row = np.log(np.diag(np.array(spec.params["scale_row"]))).sum()
    return (right() + _like(y, row * (y.shape[-1] - 1))).astype(y.dtype)


@plant("bates.log_prob", "wrong constant", BATES)
def density_of_the_sum(right: Right, x: Array, spec: Spec) -> Array:
    """The logarithm of the count, by which the sum is divided, is forgotten."""
    return (right() - _like(x, np.log(spec.params["total_count"]))).astype(x.dtype)


@plant("bates.variance", "wrong formula", BATES)
def variance_of_one_of_them(right: Right, value: Array, spec: Spec) -> Array:
    """That of one uniform variable."""
    return _like(value, (spec.params["high"] - spec.params["low"]) ** 2 / 12)
