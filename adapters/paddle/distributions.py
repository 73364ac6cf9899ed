"""Distributions of paddle.distribution, one line each, and TransformedDistribution over them.

Guarantee: every value is what Paddle's own classes return. They have no cache and no way to score a sample by the point
that it came from, so ``log_prob_from_base`` is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.quantities import OF_PAIRS, SHAPES, STATISTICS
from adapters.interface.scripts import expression
from adapters.paddle import components
from adapters.paddle.source import Call, Runner, all_of, constant
from adapters.paddle.transforms import transform

Array = NDArray[Any]

BASES = {
    "normal": "pd.Normal({loc}, {scale})",
    "uniform": "pd.Uniform({low}, {high})",
    "laplace": "pd.Laplace({loc}, {scale})",
    "gumbel": "pd.Gumbel({loc}, {scale})",
    "exponential": "pd.Exponential({rate})",
    "student_t": "pd.StudentT({df}, {loc}, {scale})",
    "continuous_bernoulli": "pd.ContinuousBernoulli({probs})",
}

# Ready-made classes that are a base through a transform; conformance/definitions/ready_made.py says of which.
READY_MADE = {
    "log_normal": "pd.LogNormal({loc}, {scale})",
    "cauchy": "pd.Cauchy({loc}, {scale})",
    "gamma": "pd.Gamma({concentration}, {rate})",
    "chi2": "pd.Chi2({df})",
    "beta": "pd.Beta({concentration1}, {concentration0})",
    "multivariate_normal": "pd.MultivariateNormal({loc}, scale_tril={scale_tril})",
    "multivariate_normal(covariance_matrix,loc)": "pd.MultivariateNormal({loc}, covariance_matrix={covariance_matrix})",
    "multivariate_normal(loc,precision_matrix)": "pd.MultivariateNormal({loc}, precision_matrix={precision_matrix})",
}

# Laws of events that have a class of their own, or are made of a law of numbers.
EVENTS = {
    "independent": "pd.Independent({0}, {int_ndims})",
    "dirichlet": "pd.Dirichlet({concentration})",
    "lkj_cholesky": "pd.LKJCholesky({int_dimension}, {concentration})",
}

QUANTITIES = {
    "log_prob": "d.log_prob(x)",
    "prob": "d.prob(x)",
    "cdf": "d.cdf(x)",
    "icdf": "d.icdf(x)",
    "entropy": "d.entropy()",
    "mean": "d.mean",
    "variance": "d.variance",
    "stddev": "d.stddev",
    "kl": "pd.kl_divergence(d, other)",
}
# What a distribution says of itself.
DECLARED = {
    "event_rank": "paddle.to_tensor(len(d.event_shape))",
    "batch_shape": "paddle.to_tensor(d.batch_shape)",
    "event_shape": "paddle.to_tensor(d.event_shape)",
}


def distribution(spec: Spec, dtype: str) -> str:
    """The expression over ``paddle`` and ``pd`` that constructs ``spec``. Raises NotOffered where Paddle lacks it."""
    if spec.name != "transformed":
        number, part = (lambda value: constant(value, dtype)), (lambda inner: distribution(inner, dtype))
        return expression(spec, BASES | READY_MADE | EVENTS, number, part, "paddle")
    if len(spec.parts) != 2 or spec.params:
        raise SpecError(f"{spec}: transformed takes a base and a transform")
    base, map_of_it = spec.parts
    return f"pd.TransformedDistribution({distribution(base, dtype)}, [{transform(map_of_it, dtype)}])"


def setup(spec: Spec, dtype: str) -> str:
    """The lines that define ``d``, and for two distributions ``other``."""
    if spec.name != "pair":
        return f"d = {distribution(spec, dtype)}"
    first, second = (distribution(part, dtype) for part in spec.parts)
    return f"d = {first}\nother = {second}"


class PaddleDistribution(BoundDistribution):
    """One distribution at one dtype in one mode. NotOffered at construction when Paddle lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, plain: bool = False) -> None:
        self._runner, self._spec = runner, spec
        self._setup = setup(spec, "" if plain else dtype)
        self._dtype, self._mode = dtype, mode

    def _call(self, quantity: str) -> Call:
        if quantity not in QUANTITIES or (self._spec.name == "pair") != (quantity in OF_PAIRS):
            raise NotOffered(f"paddle has no {quantity} of {self._spec.names()}")
        if quantity in ("cdf", "icdf", "stddev"):
            kind = type(self._runner.names(self._setup)["d"])
            if not hasattr(kind, quantity):
                raise NotOffered(f"paddle's {kind.__name__} has no {quantity}")
        return Call(self._setup, QUANTITIES[quantity], self._dtype, self._mode, quantity in STATISTICS)

    def log_prob(self, y: Array) -> Array:
        return self._runner.run(self._call("log_prob"), y)

    def function(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity), value)

    def statistic(self, quantity: str) -> Array:
        return self._runner.run(self._call(quantity))

    def sample(self, count: int, seed: int) -> Array:
        self._runner.paddle.seed(int(seed))
        call = Call(self._setup, f"d.sample([{int(count)}])", self._dtype, self._mode, constant=True)
        return self._runner.run(call)

    def rsample(self, count: int, seed: int) -> Array:
        law = self._runner.names(self._setup)["d"]
        if not components.has_rsample(self._runner.paddle.distribution, law):
            raise NotOffered(f"paddle's {type(law).__name__} has no rsample, or is made of one that has none")
        if self._dtype != "float32" and components.reparameterised_in_float32(self._runner.paddle.distribution, law):
            raise NotOffered("the data type of what rsample draws is documented to be float32")
        self._runner.paddle.seed(int(seed))
        call = Call(self._setup, f"d.rsample([{int(count)}])", self._dtype, self._mode, constant=True)
        return self._runner.run(call)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._runner.run(self._said(name))

    def _said(self, name: str) -> Call:
        if name not in DECLARED:
            raise NotOffered(f"paddle's distributions declare no {name}")
        return Call(self._setup, DECLARED[name], self._dtype, "eager", True)

    def with_parameters(self, form: str) -> PaddleDistribution:
        return PaddleDistribution(self._runner, self._spec, self._dtype, self._mode, plain=form == "plain")

    def constructed(self) -> Sequence[object]:
        names = self._runner.names(self._setup)
        return [names[name] for name in ("d", "other") if name in names]

    def component(self, quantity: str) -> Component:
        names = self._runner.names(self._setup)
        if quantity in OF_PAIRS:
            return components.of_pair(names["d"], names["other"])
        built = names["d"]
        return components.of_distribution(self._runner.paddle.distribution, built, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DECLARED:
            call = self._said(quantity)
            return all_of(call) if quantity in SHAPES else call.script(np.asarray(value))
        call = self._call(quantity)
        return call.script(np.asarray(value))
