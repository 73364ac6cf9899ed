"""Defects of distribution functions as maps, of maps of vectors, and of shapes and batches."""

from __future__ import annotations

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import EXP, TANH, like, plant


@plant("normal_cdf.forward", "cancellation", "normal_cdf", "inverse(normal_cdf)")
def normal_cdf_by_erf(right: Right, x: Array, spec: Spec) -> Array:
    """(1 + erf) / 2 loses the lower tail."""
    return (like(x, 0.5) * (1 + special.erf(x * like(x, np.sqrt(0.5))))).astype(x.dtype)


@plant("normal_cdf.inverse", "cancellation", "normal_cdf", "inverse(normal_cdf)", dtypes="float32, float64")
def normal_quantile_by_erfinv(right: Right, y: Array, spec: Spec) -> Array:
    """2y - 1 forgets a small y."""
    return (like(y, np.sqrt(2.0)) * special.erfinv(2 * y - 1)).astype(y.dtype)


@plant("gumbel_cdf.inverse", "clamp", "gumbel_cdf(loc=0.5,scale=2.0)", "inverse(gumbel_cdf(loc=0.5,scale=2.0))")
def gumbel_quantile_clamped(right: Right, y: Array, spec: Spec) -> Array:
    """The argument is kept away from 0 by the resolution."""
    return right(np.clip(y, np.finfo(y.dtype).eps, None).astype(y.dtype))


@plant("inverse_box_cox.forward", "wrong formula", "inverse_box_cox(power=0.5)")
def another_power_family(right: Right, x: Array, spec: Spec) -> Array:
    """x^(1/p) for (1 + p x)^(1/p)."""
    return np.where(x >= 0, np.abs(x) ** like(x, 1 / spec.params["power"]), right()).astype(x.dtype)


@plant("stick_breaking.fldj", "wrong formula", "stick_breaking")
def stick_breaking_without_the_sizes(right: Right, x: Array, spec: Spec) -> Array:
    """Only the sigmoids' log-dets, not the log of what is left of the stick."""
    z = x - np.log(np.arange(x.shape[-1], 0, -1)).astype(x.dtype)
    return (-np.logaddexp(0, z) - np.logaddexp(0, -z)).sum(axis=-1).astype(x.dtype)


@plant("corr_cholesky.fldj", "wrong constant, wrong formula", "corr_cholesky")
def correlation_log_det_off_by_log_two(right: Right, x: Array, spec: Spec) -> Array:
    """The base measure of another set of coordinates."""
    return right() + like(x, np.log(2.0))


@plant("exp.forward", "shape of the result", "exp", EXP[1])
def one_number_as_a_vector(right: Right, x: Array, spec: Spec) -> Array:
    """A value without axes is answered with one of length 1."""
    return np.atleast_1d(right())


@plant("sigmoid.fldj", "shape of the result", "sigmoid", "inverse(sigmoid)")
def axes_of_length_one_dropped(right: Right, x: Array, spec: Spec) -> Array:
    """Axes of length 1 are squeezed away."""
    return np.squeeze(right()) if x.ndim > 2 else right()


@plant("tanh.forward", "shape of the result", "tanh")
def a_batch_of_two_axes_is_flattened(right: Right, x: Array, spec: Spec) -> Array:
    """Everything beyond one axis becomes one axis."""
    return right().ravel() if x.ndim > 1 else right()


@plant("affine.fldj", "exception", "affine(loc=0.75,scale=-2.5)", TANH[2], batches=True)
def parameters_wider_than_inputs(right: Right, x: Array, spec: Spec) -> Array:
    """The log-det is expanded to the inputs' shape, which a batch of parameters may exceed."""
    return np.broadcast_to(right(np.zeros((), x.dtype)), x.shape).astype(x.dtype)


@plant("transformed.sample", "sampling", TANH[3], EXP[2], batches=True)
def one_draw_for_all_members(right: Right, x: Array, spec: Spec) -> Array:
    """The base is drawn once for a batch that comes from parameters."""
    drawn = right()
    return np.broadcast_to(drawn[:, :1], drawn.shape).copy() if drawn.ndim > 1 else drawn


@plant(
    "affine.forward",
    "wrong formula, wrong constant",
    "affine(loc=0.75,scale=-2.5)",
    "affine(loc=-1.25,scale=3.0)",
    batches=True,
)
def the_first_member_for_all(right: Right, x: Array, spec: Spec) -> Array:
    """Every member of a batch is answered with the first one's parameters."""
    if not isinstance(spec.params["loc"], tuple):
        return right()
    first = Spec("affine", (), {key: _first(value) for key, value in spec.params.items()})
    return np.broadcast_to(right(of=first), right().shape).copy()


@plant("power.inverse", "wrong formula, wrong constant", "power(exponent=2.5)", "power(exponent=-1.5)", batches=True)
def members_in_the_opposite_order(right: Right, x: Array, spec: Spec) -> Array:
    """The members of a batch of parameters are taken from the other end."""
    exponent = spec.params["exponent"]
    return right(of=Spec("power", (), {"exponent": exponent[::-1]})) if isinstance(exponent, tuple) else right()


def _first(value: float | tuple[object, ...]) -> float:
    while isinstance(value, tuple):
        value = value[0]  # type: ignore[assignment]
    return float(value)
