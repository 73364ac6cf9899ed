"""Distributions of tfp.distributions, one line each, and TransformedDistribution over them.

Guarantee: every value is what TFP's own classes return (``validate_args`` is off, as is their default).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.mixtures import MIXTURES, in_one_batch, with_weights_for_each
from adapters.interface.quantities import OF_PAIRS, SHAPES, STATISTICS, TAILS
from adapters.interface.scripts import expression
from adapters.tfp import components
from adapters.tfp.source import Call, Runner, all_of, constant
from adapters.tfp.transforms import bijector

Array = NDArray[Any]

BASES = {
    "normal": "tfd.Normal({loc}, {scale})",
    "uniform": "tfd.Uniform({low}, {high})",
    "logistic": "tfd.Logistic({loc}, {scale})",
    "laplace": "tfd.Laplace({loc}, {scale})",
    "gumbel": "tfd.Gumbel({loc}, {scale})",
    # As for Gamma below: without the flag nothing is promised outside the support.
    "exponential": "tfd.Exponential({rate}, force_probs_to_zero_outside_support=True)",
    "student_t": "tfd.StudentT({df}, {loc}, {scale})",
    "moyal": "tfd.Moyal({loc}, {scale})",
    "half_normal": "tfd.HalfNormal({scale})",
    "half_student_t": "tfd.HalfStudentT({df}, {loc}, {scale})",
    "exp_gamma": "tfd.ExpGamma({concentration}, {rate})",
    "logistic_beta": "tfd.SigmoidBeta({concentration1}, {concentration0})",
    # The type of its values is told apart from that of its parameter.
    "continuous_bernoulli": "tfd.ContinuousBernoulli(probs={probs}, dtype=tf.as_dtype(DTYPE))",
    "truncated_normal": "tfd.TruncatedNormal({loc}, {scale}, {low}, {high})",
    "truncated_cauchy": "tfd.TruncatedCauchy({loc}, {scale}, {low}, {high})",
    "triangular": "tfd.Triangular({low}, {high}, {peak})",
    "generalized_normal": "tfd.GeneralizedNormal({loc}, {scale}, {power})",
    "two_piece_normal": "tfd.TwoPieceNormal({loc}, {scale}, {skewness})",
    "exponentially_modified_gaussian": "tfd.ExponentiallyModifiedGaussian({loc}, {scale}, {rate})",
    "normal_inverse_gaussian": "tfd.NormalInverseGaussian({loc}, {scale}, {tailweight}, {skewness})",
    "horseshoe": "tfd.Horseshoe({scale})",
    "bates": "tfd.Bates({int_total_count}, {low}, {high})",
    "doublesided_maxwell": "tfd.DoublesidedMaxwell({loc}, {scale})",
    "two_piece_student_t": "tfd.TwoPieceStudentT({df}, {loc}, {scale}, {skewness})",
    "von_mises": "tfd.VonMises({loc}, {concentration})",
}

# Ready-made classes that are a base through a transform; conformance/definitions/ready_made.py says of which.
READY_MADE = {
    "log_normal": "tfd.LogNormal({loc}, {scale})",
    "logit_normal": "tfd.LogitNormal({loc}, {scale})",
    "log_logistic": "tfd.LogLogistic({loc}, {scale})",
    "weibull": "tfd.Weibull({concentration}, {scale})",
    "pareto": "tfd.Pareto({concentration}, {scale})",
    "generalized_pareto_law": "tfd.GeneralizedPareto({loc}, {scale}, {concentration})",
    "generalized_extreme_value": "tfd.GeneralizedExtremeValue({loc}, {scale}, {concentration})",
    "kumaraswamy": "tfd.Kumaraswamy({concentration1}, {concentration0})",
    "johnson_su": "tfd.JohnsonSU({skewness}, {tailweight}, {loc}, {scale})",
    "sinh_arcsinh_normal": "tfd.SinhArcsinh({loc}, {scale}, {skewness}, {tailweight})",
    "relaxed_bernoulli": "tfd.RelaxedBernoulli({temperature}, logits={logits})",
    "cauchy": "tfd.Cauchy({loc}, {scale})",
    "half_cauchy": "tfd.HalfCauchy({loc}, {scale})",
    "half_cauchy(scale)": "tfd.HalfCauchy(0.0, {scale})",
    # Without the flag its density outside the support is documented to be whatever the formula gives.
    "gamma": "tfd.Gamma({concentration}, {rate}, force_probs_to_zero_outside_support=True)",
    "chi2": "tfd.Chi2({df})",
    "chi": "tfd.Chi({df})",
    "beta": "tfd.Beta({concentration1}, {concentration0}, force_probs_to_zero_outside_support=True)",
    "inverse_gamma": "tfd.InverseGamma({concentration}, {scale})",
    "inverse_gaussian": "tfd.InverseGaussian({loc}, {concentration})",
    # Of three degrees of freedom, which alone are defined.
    "noncentral_chi2": "tfd.NoncentralChi2({df}, {noncentrality})",
    "beta_quotient": "tfd.BetaQuotient({concentration1_numerator}, {concentration0_numerator}, "
    "{concentration1_denominator}, {concentration0_denominator})",
    "exp_inverse_gamma": "tfd.ExpInverseGamma({concentration}, {scale})",
    "gamma_gamma": "tfd.GammaGamma({concentration}, {mixing_concentration}, {mixing_rate})",
    "pert": "tfd.PERT({low}, {peak}, {high}, {temperature})",
    "lambert_w_normal": "tfd.LambertWNormal({loc}, {scale}, {tailweight})",
    "lambert_w_laplace": "tfd.LambertWDistribution(tfd.Laplace({loc}, {scale}), {loc}, {scale}, {tailweight})",
    "multivariate_normal": "tfd.MultivariateNormalTriL({loc}, {scale_tril})",
    "multivariate_normal(loc,scale_diag)": "tfd.MultivariateNormalDiag({loc}, {scale_diag})",
    "multivariate_normal(covariance_matrix,loc)": "tfd.MultivariateNormalFullCovariance({loc}, {covariance_matrix})",
    "multivariate_normal(cov_diag,cov_factor,loc)": "tfd.MultivariateNormalDiagPlusLowRankCovariance("
    "{loc}, {cov_diag}, {cov_factor})",
    "multivariate_normal(loc,scale_diag,scale_perturb_diag,scale_perturb_factor)": ""
    "tfd.MultivariateNormalDiagPlusLowRank({loc}, {scale_diag}, {scale_perturb_factor}, {scale_perturb_diag})",
    "multivariate_normal(loc,scale_matrix)": "tfd.MultivariateNormalLinearOperator("
    "{loc}, tf.linalg.LinearOperatorFullMatrix({scale_matrix}))",
    "matrix_normal": "tfd.MatrixNormalLinearOperator({loc}, tf.linalg.LinearOperatorLowerTriangular({scale_row}), "
    "tf.linalg.LinearOperatorLowerTriangular({scale_column}))",
    # The type of its values is told by no parameter.
    "flat_dirichlet": "tfd.FlatDirichlet([{int_size}], dtype=tf.as_dtype(DTYPE))",
}

# Laws of events that have a class of their own, and what is made of laws of numbers.
EVENTS = {
    "independent": "tfd.Independent({0}, int({plain_ndims}))",
    "mixture": "tfd.Mixture(tfd.Categorical(probs={weights}), [{parts}])",
    "mixture_same_family": "tfd.MixtureSameFamily(tfd.Categorical(probs={weights}), {0})",
    "dirichlet": "tfd.Dirichlet({concentration})",
    "multivariate_student_t": "tfd.MultivariateStudentTLinearOperator("
    "{df}, {loc}, tf.linalg.LinearOperatorLowerTriangular({scale_tril}))",
    "matrix_student_t": "tfd.MatrixTLinearOperator({df}, {loc}, tf.linalg.LinearOperatorLowerTriangular({scale_row}), "
    "tf.linalg.LinearOperatorLowerTriangular({scale_column}))",
    "lkj": "tfd.LKJ({int_dimension}, {concentration})",
    "lkj_cholesky": "tfd.CholeskyLKJ({int_dimension}, {concentration})",
    "wishart": "tfd.WishartTriL({df}, {scale_tril})",
    "spherical_uniform": "tfd.SphericalUniform({int_dimension}, dtype=tf.as_dtype(DTYPE))",
    "von_mises_fisher": "tfd.VonMisesFisher({mean_direction}, {concentration})",
    "power_spherical": "tfd.PowerSpherical({mean_direction}, {concentration})",
    "relaxed_one_hot_categorical": "tfd.RelaxedOneHotCategorical({temperature}, logits={logits})",
    "exp_relaxed_one_hot_categorical": "tfd.ExpRelaxedOneHotCategorical({temperature}, logits={logits})",
}

NORMAL = frozenset({"normal", "log_normal", "logit_normal", "johnson_su", "sinh_arcsinh_normal", "lambert_w_normal"})
"""What is Normal itself, or made of it."""

STUDENT = frozenset({"student_t", "half_student_t", "two_piece_student_t"})

FLOAT_OR_DOUBLE = ("bates", "lkj", "lkj_cholesky", "wishart")
"""Laws whose parameters are documented to be "float or double" tensors, and of nothing narrower."""

_BY_A_SERIES = 10.5
"""Concentrations of VonMises below which its cdf is documented to be a series, and no approximation."""

QUANTITIES = {
    "log_prob": "d.log_prob(x)",
    # The bijector's cache hands log_prob the very x that produced y: TFP's way around a saturated y.
    "log_prob_from_base": "d.log_prob(d.bijector.forward(x))",
    "prob": "d.prob(x)",
    "cdf": "d.cdf(x)",
    "log_cdf": "d.log_cdf(x)",
    "survival": "d.survival_function(x)",
    "log_survival": "d.log_survival_function(x)",
    "icdf": "d.quantile(x)",
    "entropy": "d.entropy()",
    "mean": "d.mean()",
    "variance": "d.variance()",
    "stddev": "d.stddev()",
    "mode": "d.mode()",
    "covariance": "d.covariance()",
    "kl": "tfd.kl_divergence(d, other)",
    "cross_entropy": "d.cross_entropy(other)",
}
# What a distribution says of itself.
DECLARED = {
    "event_rank": "tf.convert_to_tensor(len(d.event_shape))",
    "law_bits": "tf.convert_to_tensor(8 * tf.as_dtype(d.dtype).size)",
    "batch_shape": "tf.convert_to_tensor(d.batch_shape)",
    "event_shape": "tf.convert_to_tensor(d.event_shape)",
}


def distribution(spec: Spec, dtype: str) -> str:
    """The expression over ``tf``, ``tfb``, ``tfd`` that constructs ``spec``. Raises NotOffered where TFP lacks it."""
    if spec.name == "mixture_same_family":
        spec = in_one_batch(spec)
    if spec.name == "mixture":  # Whose constructor asks for one batch shape of all that it is made of.
        spec = with_weights_for_each(spec)
    if spec.name != "transformed":
        number, part = (lambda value: constant(value, dtype)), (lambda inner: distribution(inner, dtype))
        return expression(spec, BASES | READY_MADE | EVENTS, number, part, "tfd")
    if len(spec.parts) != 2 or spec.params:
        raise SpecError(f"{spec}: transformed takes a base and a transform")
    base, transform = spec.parts
    return f"tfd.TransformedDistribution({distribution(base, dtype)}, {bijector(transform, dtype)})"


def setup(spec: Spec, dtype: str) -> str:
    """The lines that define ``d``, and for two distributions ``other``."""
    if spec.name != "pair":
        return f"d = {distribution(spec, dtype)}"
    first, second = (distribution(part, dtype) for part in spec.parts)
    return f"d = {first}\nother = {second}"


def _below(spec: Spec, most: float) -> bool:
    concentration = spec.params.get("concentration")
    return isinstance(concentration, float) and concentration < most


class TFPDistribution(BoundDistribution):
    """One distribution at one dtype in one mode. NotOffered at construction when TFP lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, plain: bool = False) -> None:
        self._runner, self._spec = runner, spec
        self._transformed = spec.name == "transformed"
        base = spec.parts[0] if self._transformed else spec
        self._bases = {part.name for part in base.parts} if base.name in MIXTURES else {base.name}
        self._setup = setup(spec, "" if plain else dtype).replace("DTYPE", repr(dtype))
        self._dtype, self._mode = dtype, mode
        self.watchable = spec.name != "beta_quotient"  # Loops of thousands of steps.
        if dtype in ("float16", "bfloat16") and base.name in FLOAT_OR_DOUBLE:
            raise NotOffered(f"the parameters of {base.name} are documented to be float or double tensors")

    def _call(self, quantity: str) -> Call:
        if quantity not in QUANTITIES or (self._spec.name == "pair") != (quantity in OF_PAIRS):
            raise NotOffered(f"{quantity} of {self._spec.names()}")
        if quantity == "stddev" and self._spec.name == "von_mises":
            # The variance is documented to be the circular one, whose root is no standard deviation of an angle.
            raise NotOffered(f"TFP documents no {quantity} of {self._spec.names()} but as that of a number")
        if quantity == "log_prob_from_base" and self._spec.name in READY_MADE:
            raise NotOffered("a ready-made distribution has no way to score a draw by the base value that it came from")
        if self._spec.name == "von_mises" and quantity in TAILS and not _below(self._spec, _BY_A_SERIES):
            raise NotOffered("the cdf of VonMises is documented to be a normal approximation of large concentrations")
        narrow = self._dtype in ("float16", "bfloat16")
        if narrow and self._bases & STUDENT and quantity in (*TAILS, "icdf"):
            raise NotOffered("the cdf of StudentT is documented for float32 and float64 only (tfp.math.special.stdtr)")
        # A mixture has no tail but the logarithm of its cdf, and makes the others of that.
        by_logarithm = TAILS if self._spec.name in MIXTURES else ("log_cdf", "log_survival")
        if narrow and self._bases & NORMAL and quantity in by_logarithm:
            raise NotOffered("the logarithm of Normal's cdf is documented for float32 and float64 only (log_ndtr)")
        if narrow and "truncated_normal" in self._bases and quantity != "mode":
            raise NotOffered("what a normal law has between two points is documented for float32 and float64 only")
        if narrow and "exponentially_modified_gaussian" in self._bases and quantity not in STATISTICS:
            raise NotOffered("the logarithm of the normal cdf is documented for float32 and float64 only (log_ndtr)")
        if quantity == "log_prob_from_base" and not self._transformed:
            quantity = "log_prob"
        argument = "" if quantity in STATISTICS else "x"
        return Call(self._setup, QUANTITIES[quantity], self._dtype, self._mode, argument)

    why_left_out = (
        "the loops of hyp2f1_small_argument end where no row changes any more, which that of a nan or of -inf never "
        "does, so that one of them makes a whole call take half a minute or more"
    )

    def left_out(self, quantity: str, value: Array) -> Array:
        """Of a beta quotient nan and -inf, where each of fifteen loops takes its 1,000 or 2,000 steps, for all rows."""
        if self._spec.name == "beta_quotient" and quantity in ("log_prob", "prob") and value.ndim == 1:
            return np.isnan(value) | np.isneginf(value)
        return super().left_out(quantity, value)

    def log_prob(self, y: Array) -> Array:
        return self._runner.run(self._call("log_prob"), y)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._runner.run(self._call("log_prob_from_base"), x)

    def function(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity), value)

    def statistic(self, quantity: str) -> Array:
        return self._runner.run(self._call(quantity))

    def sample(self, count: int, seed: int) -> Array:
        """Stateless draws from the pair of 31-bit halves of ``seed``. XLA draws others than the eager mode does."""
        text = f"d.sample({int(count)}, seed=seed)"
        return self._runner.run(Call(self._setup, text, self._dtype, self._mode, "seed"), int(seed))

    def scored_sample(self, count: int, seed: int) -> Array:
        return self._scored(0, count, seed)

    def scored_log_prob(self, count: int, seed: int) -> Array:
        return self._scored(1, count, seed)

    def _scored(self, place: int, count: int, seed: int) -> Array:
        """One of the two that ``experimental_sample_and_log_prob`` returns."""
        law = self._runner.names(self._setup)["d"]
        if not hasattr(law, "_sample_and_log_prob"):
            raise NotOffered(
                f"experimental_sample_and_log_prob of {type(law).__name__} is documented to be sample and log_prob"
            )
        text = f"d.experimental_sample_and_log_prob({int(count)}, seed=seed)[{place}]"
        return self._runner.run(Call(self._setup, text, self._dtype, self._mode, "seed"), int(seed))

    def declared(self, name: str, value: Array | None) -> Array:
        if name not in DECLARED:
            raise NotOffered(f"tfd declares no {name}")
        return self._runner.run(Call(self._setup, DECLARED[name], self._dtype, "eager", ""))

    def with_parameters(self, form: str) -> TFPDistribution:
        return TFPDistribution(self._runner, self._spec, self._dtype, self._mode, plain=form == "plain")

    def constructed(self) -> Sequence[object]:
        names = self._runner.names(self._setup)
        return [names[name] for name in ("d", "other") if name in names]

    def component(self, quantity: str) -> Component:
        if quantity == "log_prob_from_base" and not self._transformed:
            quantity = "log_prob"
        if quantity in OF_PAIRS:
            names = self._runner.names(self._setup)
            return components.of_pair(self._runner.tfp, names["d"], names["other"], quantity)
        return components.of_distribution(self._runner.tfp, self._made(), quantity)

    def _made(self) -> Any:
        """The object; where its class cannot be constructed in this dtype, the same in float32: its names are those."""
        try:
            return self._runner.names(self._setup)["d"]
        except Exception:  # Whatever the constructor raises is a finding of its own, and has to have a name.
            made = distribution(self._spec, "float32").replace("DTYPE", repr("float32"))
            return self._runner.names(f"d = {made}")["d"]

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DECLARED:
            call = Call(self._setup, DECLARED[quantity], self._dtype, "eager", "")
            return all_of(call) if quantity in SHAPES else call.script(np.zeros(()))
        return self._call(quantity).script(np.asarray(value))
