"""Defects of what is promised beside values: order, dtype of parameters, position, what is declared, composites."""

from __future__ import annotations

from functools import reduce

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import EXP, SLICED, SOFTPLUS, TANH, like, plant


def _ulps(x: Array, count: float) -> Array:
    """1 + count roundoffs of the dtype."""
    return np.asarray(1 + count * float(np.finfo(x.dtype).eps)).astype(x.dtype)


@plant("softplus.forward", "order of the results", "softplus", dtypes="float32, float64")
def softplus_a_step_down_at_two(right: Right, x: Array, spec: Spec) -> Array:
    """From 2 on another formula, whose value is six ulp lower: each is right by itself."""
    return np.where(x >= 2, right() * _ulps(x, -6.0), right())


@plant("exp.inverse", "kernel accuracy, order of the results", "exp", dtypes="float32, float64")
def log_a_step_down_at_two(right: Right, x: Array, spec: Spec) -> Array:
    """The two branches of a logarithm meet eight ulp apart."""
    return np.where(x >= 2, right() * _ulps(x, -8.0), right())


@plant("affine.forward", "order of the results", "affine(loc=-1.25,scale=3.0)", dtypes="float32, float64")
def a_line_with_a_step(right: Right, x: Array, spec: Spec) -> Array:
    """Above 1 the product is rounded once more."""
    return np.where(x >= 1, right() * _ulps(x, -8.0), right())


def _short(spec: Spec) -> Spec:
    """The subject with parameters that are float32 numbers."""
    return spec.with_numbers(lambda number: float(np.float32(number)))


@plant(
    "affine.forward",
    "parameters in a narrower dtype",
    "affine(loc=0.75,scale=-2.5)",
    TANH[2],
    dtypes="float32, float64",
)
def affine_parameters_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """Parameters are kept in float32, which holds the short ones exactly."""
    return right(of=_short(spec))


@plant("normal.log_prob", "parameters in a narrower dtype", TANH[3], EXP[2], dtypes="float64")
def normal_parameters_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """The same in the base of a transformed distribution."""
    return right(of=_short(spec))


@plant(
    "power.forward",
    "parameters in a narrower dtype",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
    plain=True,
    dtypes="float64",
)
def plain_numbers_take_the_default_dtype(right: Right, x: Array, spec: Spec) -> Array:
    """A plain Python number becomes a float32 array."""
    return right(of=_short(spec))


@plant("softplus.forward", "position in the array", *SOFTPLUS[:2], dtypes="float32, float64")
def softplus_has_a_tail_of_its_own(right: Right, x: Array, spec: Spec) -> Array:
    """One value alone goes through another formula, 12 ulp higher: each answer is right by itself."""
    result = right()
    return result + 12 * np.spacing(result) if x.size == 1 else result


@plant("tanh.forward", "position in the array", *TANH[:3])
def tanh_reads_behind_the_end(right: Right, x: Array, spec: Spec) -> Array:
    """The last element of an array of 33 is nan."""
    result = right()
    if x.shape == (33,):
        result[-1] = np.nan
    return result


@plant("normal.log_prob", "position in the array", TANH[3], EXP[2])
def normal_density_of_one_value_alone(right: Right, x: Array, spec: Spec) -> Array:
    """The log of the scale is counted twice for one value alone."""
    return right() - like(x, np.log(spec.params["scale"])) if x.size == 1 else right()


@plant("affine.increasing", "what is declared", "affine(loc=0.75,scale=-2.5)", "chain(affine(loc=0.5,scale=-1.5),exp)")
def every_affine_map_rises(right: Right, x: Array, spec: Spec) -> Array:
    """The direction is declared without a look at the scale."""
    return np.asarray(True)


@plant("tanh.codomain", "what is declared", *TANH)
def codomain_of_the_sigmoid(right: Right, x: Array, spec: Spec) -> Array:
    """The image of tanh is declared to be (0, 1)."""
    return (x > 0) & (x < 1)


@plant("transformed.support", "what is declared", EXP[2])
def support_of_the_mirror_image(right: Right, x: Array, spec: Spec) -> Array:
    """The support is declared to be the negative numbers."""
    return right(-x)


@plant("independent.event_rank_in", "what is declared", "independent(tanh,ndims=1)")
def rank_of_the_part(right: Right, x: Array, spec: Spec) -> Array:
    """A map of vectors declares the rank of the elementwise map within."""
    return np.asarray(0)


@plant("chain.fldj", "wrong formula", TANH[2], EXP[1])
def log_det_at_the_wrong_link(right: Right, x: Array, spec: Spec) -> Array:
    """Every part's log-det at x."""
    return reduce(np.add, [right(x, "fldj", part) for part in spec.parts])


@plant("independent.fldj", "shape of the result", "independent(tanh,ndims=1)", dtypes="float32, float64")
def event_not_summed(right: Right, x: Array, spec: Spec) -> Array:
    """One log-det per coordinate."""
    return right(x.reshape(-1), "fldj", spec.parts[0]).reshape(x.shape)


@plant("concatenate.fldj", "wrong formula", *SLICED, batches=True)  # The lengths are an array, and no batch.
def log_det_of_the_first_slice_alone(right: Right, x: Array, spec: Spec) -> Array:
    """The second part's log-det is left out."""
    at, axes = (x[..., :1, :], (-2, -1)) if spec.params.get("ndims") == 2 else (x[..., :1], (-1,))
    return right(at.reshape(-1), "fldj", spec.parts[0]).reshape(at.shape).sum(axis=axes)


@plant("concatenate.inverse", "wrong formula", *SLICED, batches=True)
def every_slice_through_the_first_part(right: Right, x: Array, spec: Spec) -> Array:
    """The inverse of the first part on all entries."""
    return right(x.reshape(-1), "inverse", spec.parts[0]).reshape(x.shape)
