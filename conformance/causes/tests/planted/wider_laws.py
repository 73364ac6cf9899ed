"""Defects of laws of events, and of the gamma, beta, truncated and two-piece families."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import (
    EXP_RELAXED,
    FLAT_DIRICHLET,
    LKJ,
    LKJ_CHOLESKY,
    LOW_RANK,
    MATRIX,
    MULTIVARIATE,
    POWER,
    PRODUCT,
    RELAXED,
    STUDENT,
    WISHART,
    like,
    plant,
)


@plant("multivariate_normal.prob", "clamp", MULTIVARIATE, batches=True, dtypes="float32, float64")
def density_of_vectors_with_a_floor(right: Right, y: Array, spec: Spec) -> Array:
    """An exponential that does not go below 2^-128, far above the densities of most of what is asked."""
    return np.maximum(right(), like(y, 2.0**-128))


@plant("multivariate_normal.log_prob", "wrong constant", MULTIVARIATE, batches=True, dtypes="float32, float64")
def density_of_vectors_without_the_log_det(right: Right, y: Array, spec: Spec) -> Array:
    """The diagonal of the factor is forgotten."""
    log_det = np.log(np.diag(np.array(spec.params["scale_tril"]))).sum()
    return (right() + like(y, log_det)).astype(y.dtype)


@plant("normal.log_prob", "wrong constant", PRODUCT, batches=True)
def density_of_each_entry_without_its_scale(right: Right, y: Array, spec: Spec) -> Array:
    """The entries' own law forgets the logarithm of its scale, and the sum over them with it."""
    return (right() + like(y, np.log(np.array(spec.params["scale"])))).astype(y.dtype)


@plant("gamma.log_prob", "wrong formula", "gamma(concentration=2.5,rate=1.5)")
def rate_for_the_scale(right: Right, y: Array, spec: Spec) -> Array:
    """1/rate in the place of the rate."""
    turned = 1.0 / float(spec.params["rate"])
    return right(of=replace(spec, params={**spec.params, "rate": turned}))


@plant("exp_gamma.log_prob", "constant in a narrower dtype", "exp_gamma(concentration=2.5,rate=1.5)", dtypes="float64")
def log_gamma_in_float32(right: Right, x: Array, spec: Spec) -> Array:
    """The logarithm of Gamma(concentration) is rounded to float32."""
    exact = special.gammaln(spec.params["concentration"])
    return right() + like(x, exact - np.float32(exact))


@plant("inverse_gamma.survival", "cancellation", "inverse_gamma(concentration=2.5,scale=1.5)", dtypes="float64")
def tail_of_a_power_by_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """1 - cdf, where the tail falls like a power."""
    return (1 - right(quantity="cdf")).astype(y.dtype)


@plant("chi2.cdf", "wrong formula", "chi2(df=3.5)", dtypes="float64")
def degrees_of_freedom_for_the_concentration(right: Right, y: Array, spec: Spec) -> Array:
    """df in the place of df/2."""
    return right(of=replace(spec, params={"df": 2.0 * float(spec.params["df"])}))


@plant("gamma.mode", "wrong formula", "gamma(concentration=0.625,rate=0.015625)")
def mode_below_the_support(right: Right, value: Array, spec: Spec) -> Array:
    """(concentration - 1)/rate, which is negative for a concentration below 1."""
    return like(value, (spec.params["concentration"] - 1.0) / spec.params["rate"])


@plant("continuous_bernoulli.cdf", "cancellation", "continuous_bernoulli(probs=0.25)", dtypes="float32, float64")
def share_by_powers_of_the_odds(right: Right, x: Array, spec: Spec) -> Array:
    """(p^x (1 - p)^(1 - x) + p - 1)/(2p - 1): no digit is left next to 0."""
    p, one = like(x, spec.params["probs"]), like(x, 1.0)
    return np.where((x > 0) & (x < 1), (p**x * (one - p) ** (one - x) + p - one) / (p + p - one), right())


@plant("flat_dirichlet.log_prob", "shape of the result", FLAT_DIRICHLET)
def one_density_for_all_events(right: Right, y: Array, spec: Spec) -> Array:
    """The constant that it is, whatever the shape of what is asked."""
    return np.asarray(right().reshape(-1)[0])


@plant("relaxed_one_hot_categorical.log_prob", "wrong formula", RELAXED, batches=True)
def density_of_weights_as_that_of_their_logarithms(right: Right, y: Array, spec: Spec) -> Array:
    """The log-det of the exponential is forgotten."""
    return (right() + np.log(y).sum(axis=-1)).astype(y.dtype)


@plant("exp_relaxed_one_hot_categorical.log_prob", "wrong formula", EXP_RELAXED, batches=True)
def density_with_a_power_of_the_temperature_too_many(right: Right, y: Array, spec: Spec) -> Array:
    """log(temperature) times the number of weights, and not of those that are free."""
    return (right() + like(y, np.log(spec.params["temperature"]))).astype(y.dtype)


@plant("multivariate_normal.entropy", "wrong formula", LOW_RANK, batches=True)
def entropy_without_the_perturbation(right: Right, y: Array, spec: Spec) -> Array:
    """That of the diagonal alone."""
    diagonal = np.array(spec.params["cov_diag"])
    return like(right(), (len(diagonal) * (1 + np.log(2 * np.pi)) + np.log(diagonal).sum()) / 2)


@plant("multivariate_student_t.log_prob", "wrong formula", STUDENT, batches=True)
def density_with_the_power_of_one_entry(right: Right, y: Array, spec: Spec) -> Array:
    """(df + 1)/2 in the place of (df + n)/2."""
    away = (y.astype(np.float64) - spec.params["loc"]) @ np.linalg.inv(np.array(spec.params["scale_tril"])).T
    length = np.square(away).sum(axis=-1)
    return (right() + np.log1p(length / spec.params["df"]) / 2).astype(y.dtype)


@plant("matrix_normal.log_prob", "wrong constant", MATRIX, batches=True)
def density_of_matrices_with_the_other_power_of_a_determinant(right: Right, y: Array, spec: Spec) -> Array:
    """Of the rows' factor the determinant counts once for every row, and not for every column."""
    row = np.log(np.diag(np.array(spec.params["scale_row"]))).sum()
    return (right() + like(y, row)).astype(y.dtype)


@plant("lkj.log_prob", "wrong constant", LKJ)
def constant_with_another_power_of_pi(right: Right, y: Array, spec: Spec) -> Array:
    """n (n + 1)/4 in the place of n (n - 1)/4."""
    return (right() - like(y, spec.params["dimension"] / 2 * np.log(np.pi))).astype(y.dtype)


@plant("lkj_cholesky.log_prob", "wrong formula", LKJ_CHOLESKY)
def powers_of_the_correlations_density(right: Right, y: Array, spec: Spec) -> Array:
    """2 (concentration - 1) for every row: the slopes of L L^T are forgotten."""
    diagonal = np.diagonal(y, axis1=-2, axis2=-1)
    slopes = np.arange(diagonal.shape[-1] - 1, -1, -1) * np.log(diagonal)
    return (right() - slopes.sum(axis=-1)).astype(y.dtype)


@plant("wishart.log_prob", "wrong formula", WISHART, batches=True)
def power_of_the_determinant_without_the_rows(right: Right, y: Array, spec: Spec) -> Array:
    """(df - 1)/2 in the place of (df - n - 1)/2."""
    rows = y.shape[-1]
    return (right() + rows / 2 * np.linalg.slogdet(y.astype(np.float64))[1]).astype(y.dtype)


@plant("wishart.entropy", "wrong formula", WISHART, batches=True)
def entropy_with_a_sum_of_the_wrong_length(right: Right, y: Array, spec: Spec) -> Array:
    """The last digamma of the mean of the log determinant is left out."""
    df, rows = spec.params["df"], len(spec.params["scale_tril"])
    return right() + like(right(), (df - rows - 1) / 2 * special.digamma((df - rows + 1) / 2))


@plant("power_spherical.log_prob", "wrong constant", POWER, batches=True)
def power_of_two_of_another_length(right: Right, y: Array, spec: Spec) -> Array:
    """2^a in the place of 2^(a + b)."""
    return (right() + like(y, (y.shape[-1] - 1) / 2 * np.log(2.0))).astype(y.dtype)


@plant("beta.log_prob", "wrong formula", "beta(concentration1=2.5,concentration0=1.75)")
def concentrations_in_the_other_order(right: Right, y: Array, spec: Spec) -> Array:
    """The law of 1 - B."""
    first, second = (spec.params[name] for name in ("concentration1", "concentration0"))
    return right(of=replace(spec, params={"concentration1": second, "concentration0": first}))


@plant(
    "logistic_beta.survival",
    "cancellation",
    "logistic_beta(concentration1=2.5,concentration0=1.75)",
    dtypes="float32, float64",
)
def upper_tail_by_one_minus_the_cdf(right: Right, x: Array, spec: Spec) -> Array:
    """1 - I_p(a, b): no digit is left of the upper tail."""
    return (1 - right(quantity="cdf")).astype(x.dtype)


@plant("fisher_snedecor.log_prob", "wrong constant", "fisher_snedecor(df1=7.0,df2=5.5)")
def density_of_the_odds(right: Right, y: Array, spec: Spec) -> Array:
    """The logarithm of df1/df2, by which the odds are stretched, is forgotten once."""
    return (right() - like(y, np.log(spec.params["df1"] / spec.params["df2"]))).astype(y.dtype)


@plant("truncated_normal.cdf", "cancellation", "truncated_normal(loc=0.0,scale=1.0,low=3.0,high=4.0)")
def share_by_the_tail_on_the_other_side(right: Right, x: Array, spec: Spec) -> Array:
    """(Phi(z) - Phi(a))/(Phi(b) - Phi(a)), far out where Phi is next to 1."""
    low, high = (like(x, spec.params[end]) for end in ("low", "high"))
    inside = (special.ndtr(x) - special.ndtr(low)) / (special.ndtr(high) - special.ndtr(low))
    return np.where((x > low) & (x < high), inside, right()).astype(x.dtype)


@plant("truncated_cauchy.prob", "missing support mask", "truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=12.0)")
def density_that_goes_on_beyond_the_ends(right: Right, x: Array, spec: Spec) -> Array:
    """The whole law's density over the mass, inside and outside."""
    loc, scale, low, high = (like(x, spec.params[name]) for name in ("loc", "scale", "low", "high"))
    turn = np.arctan2((high - low) * scale, scale * scale + (low - loc) * (high - loc))
    z = (x - loc) / scale
    outside = (np.isfinite(x)) & ((x < low) | (x > high))
    return np.where(outside, 1 / (turn * scale * (1 + z * z)), right()).astype(x.dtype)


@plant(
    "two_piece_normal.log_prob", "wrong formula", "two_piece_normal(loc=0.25,scale=1.5,skewness=1.75)", dtypes="float64"
)
def skewness_to_the_other_side(right: Right, x: Array, spec: Spec) -> Array:
    """1/skewness in the place of skewness: the wider side is below."""
    turned = 1.0 / float(spec.params["skewness"])
    return right(of=replace(spec, params={**spec.params, "skewness": turned}))


@plant("triangular.survival", "cancellation", "triangular(low=-1.0,high=2.5,peak=0.25)", dtypes="float32, float64")
def upper_side_of_a_triangle_by_one_minus_the_cdf(right: Right, x: Array, spec: Spec) -> Array:
    """1 - cdf, where what is left is the square of a small distance."""
    return (1 - right(quantity="cdf")).astype(x.dtype)


@plant("generalized_normal.variance", "wrong formula", "generalized_normal(loc=0.25,scale=1.5,power=4.0)")
def variance_of_every_power_as_of_two(right: Right, value: Array, spec: Spec) -> Array:
    """scale^2/2, which holds for a power of 2 alone."""
    return like(value, spec.params["scale"] ** 2 / 2)


@plant(
    "inverse_gaussian.log_survival",
    "underflow of an intermediate",
    "inverse_gaussian(loc=1.5,concentration=2.5)",
    dtypes="float64",
)
def logarithm_of_one_minus_the_cdf(right: Right, y: Array, spec: Spec) -> Array:
    """log1p(-cdf), where the cdf has become 1 long before the logarithm is small."""
    with np.errstate(all="ignore"):
        return np.log1p(-right(quantity="cdf")).astype(y.dtype)
