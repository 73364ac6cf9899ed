"""The names of definitions: what each of them constructs."""

from __future__ import annotations

from collections.abc import Callable

from conformance.definitions import correlations, densities, elliptical, slices, spherical, wishart
from conformance.definitions.distributions import (
    DistributionDefinition,
    bates,
    beta,
    beta_quotient,
    bounded,
    exponentially_modified,
    gamma,
    generalized,
    half_lines,
    horseshoe,
    inverse_gaussian,
    maxwell,
    mixture,
    noncentral_chi2,
    normal_inverse_gaussian,
    truncated,
    two_piece,
    von_mises,
)
from conformance.definitions.distributions import location_scale as families
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.transforms import (
    arrangement,
    blocks,
    cdfs,
    clipping,
    correlation,
    elementary,
    extremes,
    flooring,
    flows,
    heavy_tails,
    hyperbolic,
    linear,
    linear_flow,
    location_scale,
    matrices,
    matrix_location_scale,
    normalization,
    powers,
    simplex,
    splines,
    squashing,
    vectors,
)
from conformance.definitions.transforms.definition import TransformDefinition

TRANSFORMS: dict[str, Callable[..., TransformDefinition]] = {
    "identity": elementary.identity,
    "shift": elementary.shift,
    "scale": elementary.scale,
    "exp": elementary.exp,
    "log": elementary.log,
    "expm1": elementary.expm1,
    "log1p": elementary.log1p,
    "affine": elementary.affine,
    "reciprocal": elementary.reciprocal,
    "power": powers.power,
    "square": powers.square,
    "inverse_box_cox": powers.inverse_box_cox,
    "sigmoid": squashing.sigmoid,
    "tanh": squashing.tanh,
    "sinh": hyperbolic.sinh,
    "sinh_arcsinh": hyperbolic.sinh_arcsinh,
    "softsign": squashing.softsign,
    "softplus": squashing.softplus,
    "soft_clip": clipping.soft_clip,
    "softfloor": flooring.softfloor,
    "generalized_pareto": clipping.generalized_pareto,
    "lambert_w_tail": heavy_tails.lambert_w_tail,
    "abs": elementary.absolute,
    "rational_quadratic_spline": splines.rational_quadratic_spline,
    "gumbel_cdf": extremes.gumbel_cdf,
    "frechet_cdf": extremes.frechet_cdf,
    "generalized_extreme_value_cdf": extremes.generalized_extreme_value_cdf,
    "weibull_cdf": cdfs.weibull_cdf,
    "rayleigh_cdf": cdfs.rayleigh_cdf,
    "kumaraswamy_cdf": cdfs.kumaraswamy_cdf,
    "moyal_cdf": cdfs.moyal_cdf,
    "gompertz_cdf": cdfs.gompertz_cdf,
    "shifted_gompertz_cdf": cdfs.shifted_gompertz_cdf,
    "normal_cdf": cdfs.normal_cdf,
    "stick_breaking": simplex.stick_breaking,
    "corr_cholesky": correlation.corr_cholesky,
    "softmax": simplex.softmax,
    "softmax_centered": simplex.softmax_centered,
    "ascending": vectors.ascending,
    "unit_vector": vectors.unit_vector,
    "correlation_cholesky": correlation.correlation_cholesky,
    "permute": arrangement.permute,
    "reshape": arrangement.reshape,
    "transpose": arrangement.transpose,
    "pad": arrangement.pad,
    "fill_triangular": arrangement.fill_triangular,
    "cumsum": linear.cumsum,
    "scale_matvec_diag": linear.scale_matvec_diag,
    "scale_matvec_tril": linear.scale_matvec_tril,
    "scale_matvec_lu": linear.scale_matvec_lu,
    "scale_matvec": linear.scale_matvec,
    "permute_blocks": blocks.permute_blocks,
    "scale_matvec_blocks": blocks.scale_matvec_blocks,
    "householder": linear.householder,
    "linear_flow": linear_flow.linear_flow,
    "location_scale": location_scale.location_scale,
    "matrix_location_scale": matrix_location_scale.matrix_location_scale,
    "discrete_cosine_transform": linear.discrete_cosine_transform,
    "real_nvp": flows.real_nvp,
    "masked_autoregressive_flow": flows.masked_autoregressive_flow,
    "glow": flows.glow,
    "batch_normalization": normalization.batch_normalization,
    "cholesky_outer_product": matrices.cholesky_outer_product,
    "cholesky_to_inv_cholesky": matrices.cholesky_to_inv_cholesky,
    "matrix_inverse_tril": matrices.matrix_inverse_tril,
    "lower_cholesky": matrices.lower_cholesky,
    "positive_definite": matrices.positive_definite,
}

DIAGONAL: dict[str, Callable[[TransformDefinition], TransformDefinition]] = {
    "transform_diagonal": matrices.transform_diagonal,
    "fill_scale_tril": matrices.fill_scale_tril,
}

SLICED: dict[str, Callable[..., TransformDefinition]] = {"concatenate": slices.concatenate, "stack": slices.stack}

COMBINATORS = ("chain", "inline", "inverse", "independent", *SLICED, *DIAGONAL)

DISTRIBUTIONS: dict[str, Callable[..., DistributionDefinition]] = {
    "normal": families.normal,
    "uniform": bounded.uniform,
    "logistic": families.logistic,
    "laplace": families.laplace,
    "gumbel": families.gumbel,
    "exponential": half_lines.exponential,
    "student_t": families.student_t,
    "moyal": families.moyal,
    "half_normal": half_lines.half_normal,
    "half_student_t": half_lines.half_student_t,
    "exp_gamma": gamma.exp_gamma,
    "logistic_beta": beta.logistic_beta,
    "exp_beta_quotient": beta_quotient.exp_beta_quotient,
    "triangular": bounded.triangular,
    "continuous_bernoulli": bounded.continuous_bernoulli,
    "truncated_normal": truncated.truncated_normal,
    "truncated_cauchy": truncated.truncated_cauchy,
    "generalized_normal": generalized.generalized_normal,
    "exp_inverse_gaussian": inverse_gaussian.exp_inverse_gaussian,
    "exponentially_modified_gaussian": exponentially_modified.exponentially_modified_gaussian,
    "doublesided_maxwell": maxwell.doublesided_maxwell,
    "bates": bates.bates,
    "horseshoe": horseshoe.horseshoe,
    "normal_inverse_gaussian": normal_inverse_gaussian.normal_inverse_gaussian,
    "exp_noncentral_chi2": noncentral_chi2.exp_noncentral_chi2,
    "two_piece_normal": two_piece.two_piece_normal,
    "two_piece_student_t": two_piece.two_piece_student_t,
    "von_mises": von_mises.von_mises,
}

MIXTURES: dict[str, Callable[..., DistributionDefinition]] = {
    "mixture": mixture.mixture,
    "mixture_same_family": mixture.mixture_same_family,
}
"""Laws that are made of other laws: parts, and ``weights``."""

EVENT_LAWS: dict[str, Callable[..., EventLaw]] = {
    law.__name__: law
    for law in (
        densities.dirichlet,
        densities.relaxed_one_hot_categorical,
        densities.exp_relaxed_one_hot_categorical,
        elliptical.multivariate_student_t,
        elliptical.matrix_student_t,
        correlations.lkj,
        correlations.lkj_cholesky,
        wishart.wishart,
        spherical.spherical_uniform,
        spherical.power_spherical,
        spherical.von_mises_fisher,
    )
}
"""Laws of events that have a density of their own."""
