"""From subject names to maps of vectors and matrices, and of numbers where a parameter is none."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from adapters.interface import Spec, SpecError
from adapters.numpy.events import arrangement, flows, linear, matrices, vectors
from adapters.numpy.events.location_scale import MatrixLocationScale, batch_normalization, location_scale
from adapters.numpy.maps.elementary import Reciprocal
from adapters.numpy.maps.splines import RationalQuadraticSpline
from adapters.numpy.transforms import Exp, Map

EVENT_MAPS: dict[str, Callable[..., Map]] = {
    "softmax": vectors.Softmax,
    "softmax_centered": vectors.SoftmaxCentered,
    "ascending": vectors.Ascending,
    "unit_vector": vectors.UnitVector,
    "correlation_cholesky": matrices.CorrelationCholesky,
    "permute": arrangement.permute,
    "reshape": arrangement.reshape,
    "transpose": arrangement.transpose,
    "pad": arrangement.pad,
    "fill_triangular": arrangement.fill_triangular,
    "cumsum": linear.Cumsum,
    "scale_matvec_diag": linear.scale_matvec_diag,
    "scale_matvec_tril": linear.scale_matvec_tril,
    "scale_matvec_lu": linear.scale_matvec_lu,
    "scale_matvec": linear.scale_matvec,
    "permute_blocks": arrangement.permute_blocks,
    "scale_matvec_blocks": linear.scale_matvec_blocks,
    "householder": linear.householder,
    "linear_flow": linear.linear_flow,
    "location_scale": location_scale,
    "matrix_location_scale": MatrixLocationScale,
    "discrete_cosine_transform": linear.discrete_cosine_transform,
    "rational_quadratic_spline": RationalQuadraticSpline,
    "reciprocal": Reciprocal,
    "real_nvp": flows.RealNVP,
    "masked_autoregressive_flow": flows.MaskedAutoregressiveFlow,
    "glow": flows.Glow,
    "batch_normalization": batch_normalization,
    "cholesky_outer_product": matrices.CholeskyOuterProduct,
    "cholesky_to_inv_cholesky": matrices.CholeskyToInvCholesky,
    "matrix_inverse_tril": matrices.MatrixInverseTriL,
    "lower_cholesky": lambda: matrices.TransformDiagonal(Exp()),
    "positive_definite": lambda: matrices.PositiveDefinite(matrices.TransformDiagonal(Exp())),
}

AXES: dict[str, dict[str, int]] = {
    "scale_matvec_diag": {"scale_diag": 1},
    "scale_matvec_tril": {"scale_tril": 2},
    "scale_matvec_lu": {"lower_upper": 2, "permutation": 1},
    "scale_matvec": {"matrix": 2},
    "householder": {"reflection_axis": 1},
    "rational_quadratic_spline": {"bin_widths": 1, "bin_heights": 1, "knot_slopes": 1},
}
"""The axes of parameters that come in batches, by axes in front of these."""


def event_map(spec: Spec) -> Map:
    """The map that a name of EVENT_MAPS and its parameters stand for. SpecError, on one line, for what it takes not."""
    make = EVENT_MAPS[spec.name]
    known = inspect.signature(make).parameters
    needed = {name for name, parameter in known.items() if parameter.default is inspect.Parameter.empty}
    if spec.parts or not needed <= set(spec.params) <= set(known):
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(known) or 'no parameters'}")
    try:
        return make(**spec.params)
    except ValueError as problem:
        raise SpecError(f"{spec}: {problem}") from None
