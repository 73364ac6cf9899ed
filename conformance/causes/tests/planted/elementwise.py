"""Defects of maps of numbers."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted import library
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import EXP, FALLING, SIGMOID, SLICED, SOFTPLUS, TANH, like, plant


@plant("tanh.fldj", "cancellation", *TANH)
def tanh_log_det_by_softplus(right: Right, x: Array, spec: Spec) -> Array:
    """2 (log 2 - x - softplus(-2x)): every digit is gone near 0."""
    two = like(x, 2.0)
    return two * (np.log(two) - x - np.logaddexp(like(x, 0.0), -two * x))


@plant("tanh.fldj", "cancellation", *TANH, dtypes="float32, float64")
def tanh_log_det_by_the_square(right: Right, x: Array, spec: Spec) -> Array:
    """log(1 - tanh(x)^2) is -inf where tanh rounds to 1."""
    return library.log(1 - library.tanh(x) ** 2)


@plant("tanh.fldj", "wrong constant", *TANH, *SLICED)
def tanh_log_det_off_by_log_four(right: Right, x: Array, spec: Spec) -> Array:
    """log 4 is left out."""
    return right() - like(x, np.log(4.0))


@plant("tanh.fldj", "limit at a special value", *TANH, dtypes="float32, float64")
def tanh_log_det_without_limits(right: Right, x: Array, spec: Spec) -> Array:
    """nan at the infinities, where the limit is -inf."""
    return np.where(np.isinf(x), like(x, np.nan), right())


@plant("tanh.inverse", "cancellation", *TANH, dtypes="float32, float64")
def atanh_by_a_quotient(right: Right, y: Array, spec: Spec) -> Array:
    """log((1 + y) / (1 - y)) / 2 loses y near 0."""
    return np.where(np.abs(y) < 1, like(y, 0.5) * np.log((1 + y) / (1 - y)), right())


@plant("tanh.forward", "constant in a narrower dtype", *TANH, dtypes="float64")
def tanh_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """float64 goes through float32."""
    return right().astype(np.float32).astype(x.dtype)


@plant("sigmoid.forward", "clamp", *SIGMOID)
def sigmoid_clamped(right: Right, x: Array, spec: Spec) -> Array:
    """Kept away from its ends by the resolution of the format."""
    eps = np.finfo(x.dtype).eps
    return np.clip(right(), eps, 1 - eps)


@plant("sigmoid.inverse", "clamp", *SIGMOID[:2], dtypes="float32, float64")
def logit_clamped(right: Right, y: Array, spec: Spec) -> Array:
    """The argument is kept away from 0 and 1."""
    return right(np.clip(y, like(y, 1e-6), like(y, 1 - 1e-6)))


@plant("sigmoid.fldj", "missing direction", *SIGMOID)
def sigmoid_log_det_with_the_other_sign(right: Right, x: Array, spec: Spec) -> Array:
    """-log|f'|."""
    return -right()


@plant("sigmoid.forward", "exception", *SIGMOID)
def sigmoid_raises_for_one(right: Right, x: Array, spec: Spec) -> Array:
    """A batch of one has no second axis."""
    if len(x) == 1:
        raise IndexError("index 1 is out of bounds for axis 0 with size 1")
    return right()


@plant("softplus.forward", "overflow of an intermediate", *SOFTPLUS)
def softplus_by_exp(right: Right, x: Array, spec: Spec) -> Array:
    """log1p(exp(x)) is inf where exp(x) is."""
    # Below 0 nothing is wrong with it, and its last bits are the processor's: what composites of it lose is nobody's.
    return np.where(x < 0, right(), library.log1p(library.exp(x)))


@plant("softplus.forward", "cancellation", *SOFTPLUS, kernel="sloppy_log1p")
def softplus_over_a_sloppy_log1p(right: Right, x: Array, spec: Spec) -> Array:
    """The right formula; the log1p under it loses small arguments."""
    return np.maximum(x, 0) + library.sloppy_log1p(library.exp(-np.abs(x)))


@plant("exp.forward", "kernel accuracy", *EXP, kernel="sloppy_exp")
def exp_by_a_sloppy_kernel(right: Right, x: Array, spec: Spec) -> Array:
    """Nothing but the library's exp, which is off by 100 ulp."""
    return library.sloppy_exp(x)


@plant("tanh.forward", "constant in a narrower dtype", *TANH, kernel="narrow_tanh", dtypes="float64")
def tanh_by_a_narrow_kernel(right: Right, x: Array, spec: Spec) -> Array:
    """Nothing but the library's tanh, which goes through float32."""
    return library.narrow_tanh(x)


@plant("softplus.forward", "threshold where a formula is switched", *SOFTPLUS, dtypes="float64")
def softplus_cut_at_20(right: Right, x: Array, spec: Spec) -> Array:
    """x itself beyond 20."""
    return np.where(x > 20, x, right())


@plant("softplus.ildj", "wrong formula", *SOFTPLUS)
def softplus_log_det_of_the_other_direction(right: Right, y: Array, spec: Spec) -> Array:
    """The forward map's log-det at y."""
    return right(y, "fldj")


@plant("softplus.fldj", "shape of the result", *SOFTPLUS)
def softplus_log_det_keeps_an_axis(right: Right, x: Array, spec: Spec) -> Array:
    """One axis too many."""
    return right()[..., None]


@plant("exp.forward", "kernel accuracy", *EXP, dtypes="float32, float64")
def exp_with_a_poor_table(right: Right, x: Array, spec: Spec) -> Array:
    """Off by up to 200 ulp, smoothly."""
    return (right() * (1 + like(x, 100 * np.finfo(x.dtype).eps) * np.sin(x))).astype(x.dtype)


@plant("exp.forward", "dtype of the result", *EXP, dtypes="float32, float64")
def exp_in_float64(right: Right, x: Array, spec: Spec) -> Array:
    """float64 comes for float32, and float32 for float64."""
    return right().astype(np.float64 if x.dtype == np.float32 else np.float32)


# Of a framework that was not measured to flush nobody says that it does: what is seen is where the answer turns 0.
@plant("exp.forward", "threshold where a formula is switched", *EXP, dtypes="float32, float64")
def exp_gives_up_below_the_normal_numbers(right: Right, x: Array, spec: Spec) -> Array:
    """No result is subnormal."""
    result = right()
    return np.where(np.abs(result) < np.finfo(x.dtype).tiny, like(x, 0.0), result)


@plant("exp.inverse", "missing support mask", "exp", "inverse(exp)", dtypes="float32, float64")
def log_of_the_magnitude(right: Right, y: Array, spec: Spec) -> Array:
    """log|y| accepts negative numbers."""
    return right(np.abs(y))


@plant("exp.inverse", "exception", "exp", "inverse(exp)", EXP[2], dtypes="float32, float64")
def log_raises(right: Right, y: Array, spec: Spec) -> Array:
    """Not written yet."""
    raise RuntimeError("inverse is only known from the cache")


@plant(
    "power.fldj",
    "overflow of an intermediate, underflow of an intermediate",
    "power(exponent=2.5)",
    "power(exponent=-1.5)",
    dtypes="float32, float64",
)
def power_log_det_by_its_value(right: Right, x: Array, spec: Spec) -> Array:
    """log|p y / x| overflows where y does."""
    return np.log(np.abs(like(x, spec.params["exponent"]) * right(x, "forward") / x))


@plant("affine.fldj", "wrong formula", "affine(loc=0.75,scale=-2.5)", FALLING)
def affine_log_det_of_a_negative_scale(right: Right, x: Array, spec: Spec) -> Array:
    """log of the scale, not of its magnitude."""
    return np.full_like(x, np.log(spec.params["scale"]) if spec.params["scale"] > 0 else np.nan)


@plant(
    "affine.fldj",
    "constant in a narrower dtype",
    "affine(loc=-1.25,scale=3.0)",
    "affine(loc=0.75,scale=-2.5)",
    dtypes="float32, float64",
)
def affine_log_det_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """log|scale| is a float32 number."""
    return np.full_like(x, np.float32(np.log(np.abs(np.float32(spec.params["scale"])))))
