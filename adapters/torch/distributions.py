"""Distributions of torch.distributions, one line each, and TransformedDistribution over them.

Guarantee: every value is what torch's own classes return. All distributions are built with validate_args=False,
because bulk evaluation includes points outside the support, whose results are to be judged and not raised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.contract import Array
from adapters.interface.mixtures import in_one_batch
from adapters.interface.quantities import DRAWN, OF_PAIRS, SETS, STATISTICS
from adapters.torch import components
from adapters.torch.source import constructor, function, offered, refused, run, said, script, to_torch
from adapters.torch.transforms import transform_expression

# torch has no logistic class; its documentation of TransformedDistribution gives this construction for one.
BASES = {
    "normal": "Normal({loc}, {scale}, validate_args=False)",
    "uniform": "Uniform({low}, {high}, validate_args=False)",
    "laplace": "Laplace({loc}, {scale}, validate_args=False)",
    "gumbel": "Gumbel({loc}, {scale}, validate_args=False)",
    "exponential": "Exponential({rate}, validate_args=False)",
    "student_t": "StudentT({df}, {loc}, {scale}, validate_args=False)",
    "half_normal": "HalfNormal({scale}, validate_args=False)",
    "continuous_bernoulli": "ContinuousBernoulli({probs}, validate_args=False)",
    "von_mises": "VonMises({loc}, {concentration}, validate_args=False)",
    "logistic": "TransformedDistribution("
    "Uniform(torch.tensor(0.0, dtype=dtype), torch.tensor(1.0, dtype=dtype), validate_args=False), "
    "[SigmoidTransform().inv, AffineTransform({loc}, {scale})], validate_args=False)",
}

# Ready-made classes that are a base through a transform; conformance/definitions/ready_made.py says of which.
READY_MADE = {
    "log_normal": "LogNormal({loc}, {scale}, validate_args=False)",
    "weibull": "Weibull({scale}, {concentration}, validate_args=False)",
    "pareto": "Pareto({scale}, {concentration}, validate_args=False)",
    "generalized_pareto_law": "GeneralizedPareto({loc}, {scale}, {concentration}, validate_args=False)",
    "kumaraswamy": "Kumaraswamy({concentration1}, {concentration0}, validate_args=False)",
    "relaxed_bernoulli": "RelaxedBernoulli({temperature}, logits={logits}, validate_args=False)",
    # Its module is public, and the package does not hand the name on.
    "logit_relaxed_bernoulli": "torch.distributions.relaxed_bernoulli.LogitRelaxedBernoulli("
    "{temperature}, logits={logits}, validate_args=False)",
    "cauchy": "Cauchy({loc}, {scale}, validate_args=False)",
    "half_cauchy": "HalfCauchy({scale}, validate_args=False)",
    "gamma": "Gamma({concentration}, {rate}, validate_args=False)",
    "chi2": "Chi2({df}, validate_args=False)",
    "beta": "Beta({concentration1}, {concentration0}, validate_args=False)",
    "fisher_snedecor": "FisherSnedecor({df1}, {df2}, validate_args=False)",
    "inverse_gamma": "InverseGamma({concentration}, {scale}, validate_args=False)",
    "multivariate_normal": "MultivariateNormal({loc}, scale_tril={scale_tril}, validate_args=False)",
    "multivariate_normal(covariance_matrix,loc)": "MultivariateNormal("
    "{loc}, covariance_matrix={covariance_matrix}, validate_args=False)",
    "multivariate_normal(loc,precision_matrix)": "MultivariateNormal("
    "{loc}, precision_matrix={precision_matrix}, validate_args=False)",
    "multivariate_normal(cov_diag,cov_factor,loc)": "LowRankMultivariateNormal("
    "{loc}, {cov_factor}, {cov_diag}, validate_args=False)",
    "logistic_normal": "LogisticNormal({loc}, {scale}, validate_args=False)",
}

# Laws of events that have a class of their own, and what is made of laws of numbers.
EVENTS = {
    "independent": "Independent({0}, int({plain_ndims}), validate_args=False)",
    "dirichlet": "Dirichlet({concentration}, validate_args=False)",
    "lkj_cholesky": "LKJCholesky({int_dimension}, {concentration}, validate_args=False)",
    "mixture_same_family": "MixtureSameFamily(Categorical({weights}, validate_args=False), {0}, validate_args=False)",
    "wishart": "Wishart({df}, scale_tril={scale_tril}, validate_args=False)",
    "wishart(covariance_matrix,df)": "Wishart({df}, covariance_matrix={covariance_matrix}, validate_args=False)",
    "wishart(df,precision_matrix)": "Wishart({df}, precision_matrix={precision_matrix}, validate_args=False)",
    "relaxed_one_hot_categorical": "RelaxedOneHotCategorical({temperature}, logits={logits}, validate_args=False)",
    # Its module is public, and the package does not hand the name on.
    "exp_relaxed_one_hot_categorical": "torch.distributions.relaxed_categorical.ExpRelaxedCategorical("
    "{temperature}, logits={logits}, validate_args=False)",
}

QUANTITIES = {
    "log_prob": "d.log_prob(value)",
    "cdf": "d.cdf(value)",
    "icdf": "d.icdf(value)",
    "sample": "d.sample((value,))",
    "rsample": "d.rsample((value,))",
    "entropy": "d.entropy()",
    "mean": "d.mean",
    "variance": "d.variance",
    "stddev": "d.stddev",
    "mode": "d.mode",
    "covariance": "d.covariance_matrix",
    "kl": "torch.distributions.kl_divergence(d, other)",
    # The transform's cache hands log_prob the very x that produced y: torch's documented way around a saturated y.
    "log_prob_from_base": "cached.log_prob(t(value))",
}

# What a distribution says of itself.
DECLARED = {
    "support": "d.support.check(value)",
    "event_rank": "torch.as_tensor(len(d.event_shape))",
    "batch_shape": "torch.as_tensor(d.batch_shape)",
    "event_shape": "torch.as_tensor(d.event_shape)",
}


def law(spec: Spec, plain: bool = False) -> str:
    """The constructor call of a law that is no image under a transform."""
    if spec.name == "mixture_same_family":
        spec = in_one_batch(spec)
    return constructor(spec, BASES | READY_MADE | EVENTS, lambda part: law(part, plain), plain)


def distribution_lines(spec: Spec, plain: bool = False) -> str:
    """The lines that define ``d``; for a transformed distribution ``t`` and its cached twin, for a pair ``other``."""
    if spec.name == "pair":
        first, second = (_expression(part, plain) for part in spec.parts)
        return f"d = {first}\nother = {second}\n"
    if spec.name != "transformed":
        return f"d = {law(spec, plain)}\n"
    if len(spec.parts) != 2:
        raise SpecError(f"{spec}: transformed takes a base and a transform")
    base, transform = law(spec.parts[0], plain), transform_expression(spec.parts[1], plain)
    return (
        f"base = {base}\nd = TransformedDistribution(base, [{transform}], validate_args=False)\n"
        f"t = {transform}.with_cache(1)\ncached = TransformedDistribution(base, [t], validate_args=False)\n"
    )


def _expression(spec: Spec, plain: bool) -> str:
    """The expression that constructs a distribution."""
    if spec.name != "transformed":
        return law(spec, plain)
    base, transform = constructor(spec.parts[0], BASES, plain=plain), transform_expression(spec.parts[1], plain)
    return f"TransformedDistribution({base}, [{transform}], validate_args=False)"


class TorchDistribution(BoundDistribution):
    """One torch distribution at one dtype in one mode. NotOffered at construction when torch lacks it."""

    def __init__(self, spec: Spec, dtype: str, mode: str, plain: bool = False) -> None:
        self._spec = spec
        self._transformed = spec.name == "transformed"
        self._lines = distribution_lines(spec, plain)
        self._dtype, self._mode = dtype, mode
        self._namespace = run(self._lines, dtype)
        self._functions: dict[str, Callable[..., torch.Tensor]] = {}

    def _text(self, quantity: str) -> str:
        if (self._spec.name == "pair") != (quantity in OF_PAIRS) or quantity not in QUANTITIES:
            raise NotOffered(f"torch has no {quantity} of {self._spec.names()}")
        if quantity == "covariance" and self._spec.name != "multivariate_normal":
            # Elsewhere a property of that name is a parameter: Wishart's is the scale.
            raise NotOffered(f"torch has no covariance of {self._spec.names()}")
        if quantity == "stddev" and self._spec.name == "von_mises":
            # The variance is documented to be the circular one, whose root is no standard deviation of an angle.
            raise NotOffered(f"torch documents no {quantity} of {self._spec.names()}")
        if quantity == "log_prob_from_base" and self._spec.name in READY_MADE:
            raise NotOffered("a ready-made distribution has no way to score a draw by the base value that it came from")
        if quantity == "log_prob_from_base" and not self._transformed:
            return QUANTITIES["log_prob"]
        return QUANTITIES[quantity]

    def _evaluate(self, quantity: str, value: torch.Tensor | int | None) -> Array:
        if quantity not in self._functions:
            self._functions[quantity] = function(self._text(quantity), self._namespace, self._mode)
        return offered(lambda: self._functions[quantity](value), quantity, self._dtype)

    def log_prob(self, y: Array) -> Array:
        return self._evaluate("log_prob", to_torch(y, self._dtype))

    def log_prob_from_base(self, x: Array) -> Array:
        return self._evaluate("log_prob_from_base", to_torch(x, self._dtype))

    def function(self, quantity: str, value: Array) -> Array:
        return self._evaluate(quantity, to_torch(value, self._dtype))

    def sample(self, count: int, seed: int) -> Array:
        torch.manual_seed(seed)
        return self._evaluate("sample", count)

    def rsample(self, count: int, seed: int) -> Array:
        if not self._namespace["d"].has_rsample:
            raise NotOffered(f"torch says that {self._spec.names()} has no rsample")
        torch.manual_seed(seed)
        return self._evaluate("rsample", count)

    def statistic(self, quantity: str) -> Array:
        return self._evaluate(quantity, None)

    def declared(self, name: str, value: Array | None) -> Array:
        return said(DECLARED, name, self._namespace, self._dtype, value)

    def with_parameters(self, form: str) -> TorchDistribution:
        return TorchDistribution(self._spec, self._dtype, self._mode, plain=form == "plain")

    def constructed(self) -> Sequence[object]:
        return [self._namespace[name] for name in ("d", "other") if name in self._namespace]

    def component(self, quantity: str) -> Component:
        if quantity == "log_prob_from_base" and not self._transformed:
            quantity = "log_prob"
        if quantity in OF_PAIRS:
            return components.of_pair(self._namespace["d"], self._namespace["other"])
        return components.of_distribution(self._namespace["d"], quantity)

    def refused(self, quantity: str, value: Array) -> list[bool]:
        return refused(self._lines, self._text(quantity), self._dtype, value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DRAWN:
            raise NotOffered(f"a script for {quantity}, which takes a count and a seed")
        if quantity in DECLARED:
            return script(self._lines, DECLARED[quantity], self._dtype, "eager", value if quantity in SETS else None)
        point = None if quantity in STATISTICS else value
        return script(self._lines, self._text(quantity), self._dtype, self._mode, point)
