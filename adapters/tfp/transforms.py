"""Transforms of tfp.bijectors, one line each.

Guarantee: every value is what TFP's own bijectors return for fresh tensors of the bound dtype.
``tfb.Chain`` applies its LAST bijector first; a subject's first part comes first, so the order is turned round.
A bijector has no event of its own: ``event_ndims`` in the log-det call is how many axes of a row are one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, NotOffered, Reproduction, Spec
from adapters.interface.quantities import OF_SHAPES
from adapters.interface.scripts import expression
from adapters.tfp import components
from adapters.tfp.source import Call, Runner, all_of, constant

Array = NDArray[Any]

# What a flow is made of, as its network computes it: of u, the shift and the logarithm of the scale.
_NETWORK = (
    "(lambda h: (tf.linalg.matvec({shift}, h) + {shift_bias}, tf.linalg.matvec({log_scale}, h) + {log_scale_bias}))"
    "(tf.math.tanh(tf.linalg.matvec({hidden}, u) + {hidden_bias}))"
)

# Maps of several tensors, between a vector that is cut and one that is joined.
_OPERATOR = (
    "tf.linalg.LinearOperatorBlockLowerTriangular([[tf.linalg.LinearOperatorFullMatrix("
    "m[at[i]:at[i + 1], at[j]:at[j + 1]], is_non_singular=i == j or None) for j in range(i + 1)] "
    "for i in range(len(at) - 1)], is_non_singular=True)"
)

# A coupling takes its dtype from its network's variables; the convolution draws its weights, and is given others.
_GLOW = """\
class Coupling(tf.Module):
    def __init__(self, *weights):
        self.weights = [tf.Variable(weight) for weight in weights]

    def __call__(self, u):
        hidden, hidden_bias, shift, shift_bias, log_scale, log_scale_bias = self.weights
        h = tf.math.tanh(tf.linalg.matvec(hidden, u) + hidden_bias)
        return tf.concat([tf.linalg.matvec(log_scale, h) + log_scale_bias, tf.linalg.matvec(shift, h) + shift_bias], -1)


def with_convolution(glow, **weights):
    for variable in glow.variables:
        name = variable.name.rpartition("/")[2].partition(":")[0]
        if name in weights:
            variable.assign(weights[name])
    return glow


"""

# Where the log-det is one number that of the inverse is handed over alone: the class makes the other of it.
_INLINE = """\
def inline(b):
    slopes = {"inverse_log_det_jacobian_fn": lambda y: b.inverse_log_det_jacobian(y, b.inverse_min_event_ndims)}
    if not b.is_constant_jacobian:
        slopes["forward_log_det_jacobian_fn"] = lambda x: b.forward_log_det_jacobian(x, b.forward_min_event_ndims)
    shapes = {
        name + "_fn": getattr(b, name)
        for way in ("forward", "inverse")
        for name in (way + "_event_shape", way + "_event_shape_tensor")
    }
    return tfb.Inline(
        forward_fn=b.forward, inverse_fn=b.inverse, is_increasing=b._internal_is_increasing,
        forward_min_event_ndims=b.forward_min_event_ndims, inverse_min_event_ndims=b.inverse_min_event_ndims,
        is_constant_jacobian=b.is_constant_jacobian, **slopes, **shapes)


"""

_BEFORE = {"Coupling(": _GLOW, "inline(": _INLINE, "tf_keras.": "import tf_keras\n\n"}
"""What stands in front of a constructor call that has this in it."""

# No corr_cholesky: tfb.CorrelationCholesky is the subject correlation_cholesky, another map of the same sets.
# PowerTransform is (1+p*x)**(1/p), and documents its power as a Python number, which it casts to the input's dtype.
TRANSFORMS = {
    "identity": "tfb.Identity()",
    "shift": "tfb.Shift({shift})",
    "scale": "tfb.Scale({given:scale log_scale})",
    "exp": "tfb.Exp()",
    "log": "tfb.Log()",
    "expm1": "tfb.Expm1()",
    "log1p": "tfb.Log1p()",
    "affine": "tfb.Chain([tfb.Shift({loc}), tfb.Scale({scale})])",
    "power": "tfb.Power({exponent})",
    "square": "tfb.Square()",
    "reciprocal": "tfb.Reciprocal()",
    "rational_quadratic_spline": "tfb.RationalQuadraticSpline("
    "{bin_widths}, {bin_heights}, {knot_slopes}, range_min={number_range_min})",
    "inverse_box_cox": "tfb.PowerTransform({number_power})",
    "sigmoid": "tfb.Sigmoid({given:low high})",
    "tanh": "tfb.Tanh()",
    "softplus": "tfb.Softplus({given:hinge_softness low})",
    "soft_clip": "tfb.SoftClip({given:low high hinge_softness})",
    "generalized_pareto": "tfb.GeneralizedPareto({loc}, {scale}, {concentration})",
    "lambert_w_tail": "tfb.LambertWTail({shift}, {scale}, {tailweight})",
    "softsign": "tfb.Softsign()",
    "softfloor": "tfb.Softfloor({temperature})",
    "sinh": "tfb.Sinh()",
    "sinh_arcsinh": "tfb.SinhArcsinh({skewness}, {tailweight})",
    "abs": "tfb.AbsoluteValue()",
    "gumbel_cdf": "tfb.GumbelCDF({loc}, {scale})",
    "frechet_cdf": "tfb.FrechetCDF({loc}, {scale}, {concentration})",
    "generalized_extreme_value_cdf": "tfb.GeneralizedExtremeValueCDF({loc}, {scale}, {concentration})",
    "normal_cdf": "tfb.NormalCDF()",
    "weibull_cdf": "tfb.WeibullCDF({scale}, {concentration})",
    "rayleigh_cdf": "tfb.RayleighCDF({scale})",
    "kumaraswamy_cdf": "tfb.KumaraswamyCDF({concentration1}, {concentration0})",
    "moyal_cdf": "tfb.MoyalCDF({loc}, {scale})",
    "gompertz_cdf": "tfb.GompertzCDF({concentration}, {rate})",
    "shifted_gompertz_cdf": "tfb.ShiftedGompertzCDF({concentration}, {rate})",
    "stick_breaking": "tfb.IteratedSigmoidCentered()",
    "softmax_centered": "tfb.SoftmaxCentered()",
    "ascending": "tfb.Ascending()",
    "unit_vector": "tfb.UnitVector()",
    "correlation_cholesky": "tfb.CorrelationCholesky()",
    "permute": "tfb.Permute({int_permutation})",
    "reshape": "tfb.Reshape(event_shape_out={int_event_out}, event_shape_in={int_event_in})",
    "transpose": "tfb.Transpose(perm={int_perm})",
    "pad": "tfb.Pad([[{int_before}, {int_after}]], constant_values={value})",
    "fill_triangular": "tfb.FillTriangular()",
    "fill_triangular(upper)": "tfb.FillTriangular(upper={upper})",
    "cumsum": "tfb.Cumsum()",
    "scale_matvec_diag": "tfb.ScaleMatvecDiag({scale_diag})",
    "scale_matvec_tril": "tfb.ScaleMatvecTriL({scale_tril})",
    "scale_matvec_lu": "tfb.ScaleMatvecLU({lower_upper}, {int_permutation})",
    "scale_matvec": "tfb.ScaleMatvecLinearOperator(tf.linalg.LinearOperatorFullMatrix({matrix}, is_non_singular=True))",
    "discrete_cosine_transform": "tfb.DiscreteCosineTransform(dct_type={int_dct_type})",
    "permute_blocks": "(lambda lengths, order: tfb.Chain([tfb.Invert(tfb.Split([lengths[i] for i in order])), "
    "tfb.Restructure(order), tfb.Split(lengths)]))({int_lengths}, {int_order})",
    "scale_matvec_blocks": "(lambda m, lengths, at: tfb.Chain([tfb.Invert(tfb.Split(lengths)), "
    f"tfb.ScaleMatvecLinearOperatorBlock({_OPERATOR}), tfb.Split(lengths)]))"
    "({matrix}, {int_lengths}, [sum({int_lengths}[:i]) for i in range(len({int_lengths}) + 1)])",
    "householder": "tfb.Householder({reflection_axis})",
    # Its solver and its tolerances are the default; the trace is exact, since the default one is drawn.
    "linear_flow": "tfb.FFJORD(lambda t, x: tf.linalg.matvec({field}, x), "
    "trace_augmentation_fn=tfb.ffjord.trace_jacobian_exact, dtype=tf.constant({field}).dtype)",
    "real_nvp": "tfb.RealNVP({int_num_masked}, shift_and_log_scale_fn=lambda u, units: " + _NETWORK + ")",
    "masked_autoregressive_flow": "tfb.MaskedAutoregressiveFlow(lambda u: " + _NETWORK + ")",
    "glow": "with_convolution(tfb.Glow(output_shape=(2, 2, 1), num_glow_blocks=1, num_steps_per_block=1, "
    "coupling_bijector_fn=lambda shape: Coupling({hidden}, {hidden_bias}, {shift}, {shift_bias}, {log_scale}, "
    "{log_scale_bias}), grab_after_block=(0.0,), use_actnorm=False), lower_upper={lower_upper}, "
    "permutation={int_permutation})",
    "batch_normalization": "tfb.BatchNormalization(tf_keras.layers.BatchNormalization(epsilon={plain_epsilon}, "
    "beta_initializer=tf.constant_initializer({plain_beta}), gamma_initializer=tf.constant_initializer({plain_gamma}), "
    "moving_mean_initializer=tf.constant_initializer({plain_moving_mean}), "
    "moving_variance_initializer=tf.constant_initializer({plain_moving_variance}), dtype=tf.constant({beta}).dtype), "
    "training=False)",
    "cholesky_outer_product": "tfb.CholeskyOuterProduct()",
    "cholesky_to_inv_cholesky": "tfb.CholeskyToInvCholesky()",
    "matrix_inverse_tril": "tfb.MatrixInverseTriL()",
    "transform_diagonal": "tfb.TransformDiagonal({0})",
    "fill_scale_tril": "tfb.FillScaleTriL({0}, diag_shift=None)",
    "chain": "tfb.Chain([{reversed}])",
    "inline": "inline({0})",
    "inverse": "tfb.Invert({0})",
    "independent": "{0}",
    "concatenate": "tfb.Blockwise([{parts}], block_sizes={int_lengths})",
    "stack": "tfb.Blockwise([{parts}])",
}

QUANTITIES = {
    "forward": "b.forward(x)",
    "inverse": "b.inverse(x)",
    "fldj": "b.forward_log_det_jacobian(x, event_ndims={rank})",
    "ildj": "b.inverse_log_det_jacobian(x, event_ndims={rank})",
}

# What a bijector says of itself; a map of several axes that is written as an elementwise one says nothing of them.
DECLARED = {
    "increasing": "tf.convert_to_tensor(b._internal_is_increasing())",
    "injective": "tf.convert_to_tensor(b._is_injective)",
    "constant_log_det": "tf.convert_to_tensor(b.is_constant_jacobian)",
    "event_rank_in": "tf.convert_to_tensor(b.forward_min_event_ndims)",
    "event_rank_out": "tf.convert_to_tensor(b.inverse_min_event_ndims)",
    "map_bits": "tf.convert_to_tensor(8 * tf.as_dtype(b.dtype).size)",
    "forward_event_shape": "tf.constant([-1 if n is None else n for n in b.forward_event_shape({shape})], tf.int32)",
    "inverse_event_shape": "tf.constant([-1 if n is None else n for n in b.inverse_event_shape({shape})], tf.int32)",
}


def bijector(spec: Spec, dtype: str, arrays: bool = False) -> str:
    """The expression over ``tf`` and ``tfb`` that constructs ``spec``. Raises NotOffered where TFP has no such map.

    arrays: what TFP documents as a Python number is a tensor too.
    """
    table = {name: text.replace("{number_", "{") for name, text in TRANSFORMS.items()} if arrays else TRANSFORMS
    number, part = lambda value: constant(value, dtype), lambda inner: bijector(inner, dtype, arrays)
    return expression(spec, table, number, part, "tfp.bijectors")


class TFPTransform(BoundTransform):
    """One bijector at one dtype in one mode. NotOffered at construction when TFP lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, form: str = "") -> None:
        self._runner, self._spec = runner, spec
        made = bijector(spec, "" if form == "plain" else dtype, form == "arrays")
        self._setup = "".join(text for name, text in _BEFORE.items() if name in made) + f"b = {made}"
        self._untold = spec.name == "independent"
        # AbsoluteValue answers with the pair (negative branch, non-negative branch).
        branch = {"inverse": "[1]", "ildj": "[1]"} if spec.name == "abs" else {}
        self._texts = {quantity: text + branch.get(quantity, "") for quantity, text in QUANTITIES.items()}
        self._dtype, self._mode = dtype, mode

    def _call(self, quantity: str, axes: int) -> Call:
        """axes: of one event, where nobody said otherwise."""
        event_ndims = axes if self.event_axes is None else self.event_axes
        text = self._texts[quantity].format(rank=event_ndims)
        return Call(self._setup, text, self._dtype, self._mode)

    def _asked(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity, np.ndim(value) - 1), value)

    def forward(self, x: Array) -> Array:
        return self._asked("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._asked("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._asked({"forward": "fldj", "inverse": "ildj"}[direction], value)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._runner.run(self._said(name, value))

    def _said(self, name: str, value: Array | None) -> Call:
        if name not in DECLARED or (self._untold and name.startswith("event_rank")):
            raise NotOffered(f"tfp.bijectors declares no {name}")
        if name == "map_bits" and self._runner.names(self._setup)["b"].dtype is None:
            raise NotOffered("the bijector takes any dtype")
        text = DECLARED[name].format(shape=np.asarray(value).tolist()) if name in OF_SHAPES else DECLARED[name]
        return Call(self._setup, text, self._dtype, "eager", "")

    def with_parameters(self, form: str) -> TFPTransform:
        return TFPTransform(self._runner, self._spec, self._dtype, self._mode, form)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["b"]]

    def component(self, quantity: str) -> Component:
        return components.of_bijector(self._runner.tfp, self._runner.names(self._setup)["b"], quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DECLARED:
            call = self._said(quantity, value)
            return all_of(call) if quantity in OF_SHAPES else call.script(np.zeros(()))
        return self._call(quantity, np.ndim(value)).script(np.asarray(value))
