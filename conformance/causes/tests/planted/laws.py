"""Defects of densities, draws, tails and quantiles of laws of numbers."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import EXP, FALLING, FLAT, HEAVY, LOG_LOGISTIC, NORMAL, TANH, like, plant


@plant("normal.log_prob", "wrong constant", TANH[3], EXP[2])
def normal_density_without_its_scale(right: Right, x: Array, spec: Spec) -> Array:
    """log(scale) is left out."""
    return right() + like(x, np.log(spec.params["scale"]))


@plant("normal.log_prob", "constant in a narrower dtype", TANH[3], EXP[2], dtypes="float64")
def normal_density_with_a_float32_constant(right: Right, x: Array, spec: Spec) -> Array:
    """log sqrt(2 pi) is a float32 number."""
    exact = 0.5 * np.log(2 * np.pi)
    return right() + like(x, exact - np.float64(np.float32(exact)))


@plant("student_t.log_prob", "overflow of an intermediate", HEAVY)
def student_t_by_the_square(right: Right, x: Array, spec: Spec) -> Array:
    """log(1 + z^2 / df) overflows with z^2."""
    z = (x - like(x, spec.params["loc"])) / like(x, spec.params["scale"])
    return np.where(np.isinf(z * z), like(x, -np.inf), right())


@plant("uniform.log_prob", "missing support mask", FLAT)
def uniform_density_everywhere(right: Right, x: Array, spec: Spec) -> Array:
    """-log(high - low), inside and outside."""
    inside = -np.log(like(x, spec.params["high"] - spec.params["low"]))
    return np.where(np.isnan(x), x, inside).astype(x.dtype)


@plant("exponential.log_prob", "missing support mask", "transformed(exponential(rate=1.5),affine(loc=0.75,scale=-2.5))")
def exponential_density_below_zero(right: Right, x: Array, spec: Spec) -> Array:
    """log(rate) - rate x, for negative x too."""
    rate = like(x, spec.params["rate"])
    return np.where(x < 0, np.log(rate) - rate * x, right())


@plant("gumbel.cdf", "missing direction", FALLING, dtypes="float32, float64")
def gumbel_survival(right: Right, x: Array, spec: Spec) -> Array:
    """The other tail."""
    return (1 - right()).astype(x.dtype)


@plant("transformed.cdf", "missing direction", FALLING, FLAT, dtypes="float32, float64")
def cdf_of_a_falling_map(right: Right, y: Array, spec: Spec) -> Array:
    """cdf of the base at the inverse, whatever the direction."""
    return (1 - right()).astype(y.dtype)


@plant("transformed.log_prob", "missing support mask", EXP[2], FLAT, dtypes="float32, float64")
def density_outside_the_support(right: Right, y: Array, spec: Spec) -> Array:
    """0 nats where there is no density."""
    result = right()
    return np.where(np.isneginf(result) & np.isfinite(y) & (y != 0), like(y, 0.0), result)


@plant("transformed.log_prob", "wrong formula", EXP[2], TANH[3])
def log_det_left_out(right: Right, y: Array, spec: Spec) -> Array:
    """The density of x, not of y."""
    return right(right(y, "inverse", spec.parts[1]), "log_prob", spec.parts[0])


@plant("transformed.log_prob_from_base", "wrong formula", EXP[2], TANH[3])
def log_det_added(right: Right, x: Array, spec: Spec) -> Array:
    """+ fldj in place of - fldj."""
    return right(x, "log_prob", spec.parts[0]) + right(x, "fldj", spec.parts[1])


@plant("transformed.sample", "sampling", EXP[2])
def samples_shifted(right: Right, value: Array, spec: Spec) -> Array:
    """Half a unit too far."""
    draws = right()
    return (draws * like(draws, 1.6)).astype(draws.dtype)


@plant("transformed.sample", "exception", EXP[2], dtypes="float32, float64")
def sampling_raises(right: Right, value: Array, spec: Spec) -> Array:
    """No sampler for this transform."""
    raise ValueError("sample needs a bijector with a static event shape")


@plant("normal.log_cdf", "underflow of an intermediate", *NORMAL, dtypes="float32, float64")
def log_of_an_underflowed_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """log(cdf) is -inf where the cdf underflows."""
    below = right(quantity="cdf")
    return np.where(below < 0.5, np.log(below), right())


@plant("normal.survival", "cancellation", *NORMAL)
def survival_by_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """1 - cdf has no digit left in the upper tail."""
    return (1 - right(quantity="cdf")).astype(y.dtype)


@plant("logistic.log_survival", "missing direction", "logistic(loc=0.25,scale=1.5)", LOG_LOGISTIC)
def log_survival_of_the_other_tail(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of the cdf."""
    return right(quantity="log_cdf")


@plant("normal.icdf", "clamp", *NORMAL)
def quantile_of_a_clamped_share(right: Right, q: Array, spec: Spec) -> Array:
    """q is kept away from 0 and 1."""
    return right(np.clip(q, like(q, 1e-6), like(q, 1 - 1e-6)))


@plant("transformed.icdf", "wrong formula", FALLING)
def quantile_of_a_falling_map(right: Right, q: Array, spec: Spec) -> Array:
    """The base's own quantile, though the map falls."""
    base, mapped = spec.parts
    return right(right(quantity="icdf", of=base), "forward", mapped)


@plant("normal.prob", "wrong constant", "normal(loc=0.25,scale=1.5)", dtypes="float32, float64")
def density_of_the_standard_law(right: Right, y: Array, spec: Spec) -> Array:
    """The scale is left out of the constant."""
    return (right() * like(y, spec.params["scale"])).astype(y.dtype)
