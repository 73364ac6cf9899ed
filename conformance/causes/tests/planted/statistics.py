"""Defects of statistics, and of ready-made laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import NORMAL, TANH, like, plant


@plant("normal.entropy", "wrong formula", NORMAL[0])
def entropy_without_its_constant(right: Right, value: Array, spec: Spec) -> Array:
    """log(scale) + 1/2: the half of log(2 pi) is left out."""
    return right() - like(right(), np.log(2 * np.pi) / 2)


@plant("logistic.entropy", "wrong formula", "logistic(loc=0.25,scale=1.5)")
def entropy_in_bits(right: Right, value: Array, spec: Spec) -> Array:
    """The logarithm to the base 2."""
    return right() / like(right(), np.log(2.0))


@plant("laplace.variance", "wrong formula", "laplace(loc=0.25,scale=1.5)")
def standard_deviation_for_the_variance(right: Right, value: Array, spec: Spec) -> Array:
    """The square root of it."""
    return np.sqrt(right())


@plant("log_normal.mean", "wrong formula", "log_normal(loc=0.25,scale=1.5)")
def median_for_the_mean(right: Right, value: Array, spec: Spec) -> Array:
    """exp(loc)."""
    return np.exp(like(right(), spec.params["loc"]))


@plant(
    "log_logistic.mean", "closed form outside its range", "log_logistic(loc=0.25,scale=1.5)", dtypes="float32, float64"
)
def closed_form_of_an_infinite_mean(right: Right, value: Array, spec: Spec) -> Array:
    """e^loc pi s / sin(pi s), which is negative for the scale s = 1.5."""
    turn = np.pi * spec.params["scale"]
    return like(right(), np.exp(spec.params["loc"]) * turn / np.sin(turn))


@plant("pareto.variance", "overflow of an intermediate", "pareto(scale=1.5,concentration=2.5)")
def variance_without_its_smaller_factor(right: Right, value: Array, spec: Spec) -> Array:
    """scale^2 a / ((a - 1)^2 (a - 2)), infinite for every a below 3 in the place of 2."""
    return np.full_like(right(), np.inf)


@plant("gumbel.mean", "constant in a narrower dtype", "gumbel(loc=0.25,scale=1.5)", dtypes="float64")
def euler_constant_to_six_digits(right: Right, value: Array, spec: Spec) -> Array:
    """loc + scale 0.577216, whatever the dtype."""
    return like(right(), spec.params["loc"] + spec.params["scale"] * 0.577216)


@plant("gumbel.stddev", "wrong formula", "gumbel(loc=0.25,scale=1.5)")
def variance_for_the_standard_deviation(right: Right, value: Array, spec: Spec) -> Array:
    """Its square."""
    return right() * right()


@plant("exponential.median", "wrong formula", "exponential(rate=1.5)")
def mean_for_the_median(right: Right, value: Array, spec: Spec) -> Array:
    """1/rate."""
    return right(quantity="mean")


@plant("transformed.mode", "wrong formula", TANH[3])
def mode_of_the_base_through_a_bent_map(right: Right, value: Array, spec: Spec) -> Array:
    """tanh(loc), the median."""
    return np.tanh(like(right(quantity="mean"), spec.parts[0].params["loc"]))


@plant("pair.kl", "wrong formula", "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))")
def divergence_in_the_wrong_direction(right: Right, value: Array, spec: Spec) -> Array:
    """KL(q, p)."""
    first, second = spec.parts
    return right(of=replace(spec, parts=(second, first)))


@plant("pair.cross_entropy", "wrong formula", "pair(laplace(loc=0.25,scale=1.5),laplace(loc=-1.0,scale=2.5))")
def divergence_for_the_cross_entropy(right: Right, value: Array, spec: Spec) -> Array:
    """The entropy of the first is not added."""
    return right(quantity="kl")


@plant("weibull.cdf", "missing direction", "weibull(scale=1.5,concentration=2.5)")
def survival_of_a_ready_made_law(right: Right, y: Array, spec: Spec) -> Array:
    """exp(-(y/scale)^concentration)."""
    return (1 - right()).astype(y.dtype)


@plant(
    "johnson_su.log_prob",
    "wrong constant",
    "johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)",
    dtypes="float64",
)
def density_without_the_tailweight(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of the tail weight is left out."""
    return right() - like(y, np.log(spec.params["tailweight"]))


@plant(
    "kumaraswamy.icdf",
    "cancellation, threshold where a formula is switched",
    "kumaraswamy(concentration1=2.5,concentration0=0.625)",
)
def quantile_by_one_minus_a_power(right: Right, q: Array, spec: Spec) -> Array:
    """(1 - (1 - q)^(1/b))^(1/a): no digit is left for a small q."""
    a, b = (1 / like(q, spec.params[name]) for name in ("concentration1", "concentration0"))
    return np.where((q > 0) & (q < 1), (1 - (1 - q) ** b) ** a, right())
