"""Defects to be planted in laws that are made of other laws, in what those are made of, and in a law of directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

TWO = "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])"
FAR = (
    "mixture_same_family(normal(loc=0.25,scale=1.5),normal(loc=96.0,scale=0.5),"
    "weights=[0.99999904632568359375,9.5367431640625e-07])"
)
HEAVY = "mixture(normal(loc=-0.75,scale=0.5),student_t(df=4.5,loc=0.25,scale=1.5),weights=[0.75,0.25])"

FISHER = "von_mises_fisher(concentration=2.5,mean_direction=[0.5,-0.5,0.5,0.5])"


@plant("mixture_same_family.log_prob", "wrong formula", FAR, batches=True, dtypes="float64")
def weights_kept_off_zero(right: Right, x: Array, spec: Spec) -> Array:
    """No weight is below 2^-10, so that a rarer component has too large a density."""
    kept = tuple(max(w, 2.0**-10) for w in spec.params["weights"])
    return right(of=replace(spec, params={"weights": kept}))


@plant("mixture.variance", "wrong formula", HEAVY, batches=True, dtypes="float64")
def mean_of_the_variances(right: Right, value: Array, spec: Spec) -> Array:
    """The components' variances averaged; how far their means lie apart is forgotten."""
    variances = [right(of=part) for part in spec.parts]
    return np.asarray(np.average(variances, axis=0, weights=spec.params["weights"])).astype(variances[0].dtype)


@plant("mixture_same_family.survival", "wrong formula", TWO, batches=True)
def weights_in_the_other_order(right: Right, x: Array, spec: Spec) -> Array:
    """Each component with the weight of the other."""
    return right(of=replace(spec, params={"weights": spec.params["weights"][::-1]}))


@plant("normal.log_prob", "overflow of an intermediate", TWO)
def square_of_a_component(right: Right, x: Array, spec: Spec) -> Array:
    """(x - loc)^2 alone overflows: in the component, and not in the law that is mixed from it."""
    away = x - np.asarray(spec.params["loc"]).astype(x.dtype)
    return np.where(np.isinf(away * away), -np.inf, right()).astype(x.dtype)


@plant("student_t.log_cdf", "wrong formula", HEAVY, dtypes="float64")
def logarithm_of_a_components_tail(right: Right, x: Array, spec: Spec) -> Array:
    """Of half the degrees of freedom; the tail of the law that is mixed from it is made of the logarithm."""
    return right(of=replace(spec, params={**spec.params, "df": spec.params["df"] / 2}))


@plant("von_mises_fisher.log_prob", "wrong constant", FISHER, batches=True)
def bessel_function_of_the_dimension(right: Right, y: Array, spec: Spec) -> Array:
    """I_(n/2) in the place of I_(n/2 - 1)."""
    half, k = y.shape[-1] / 2, float(spec.params["concentration"])
    return (right() + np.log(special.ive(half - 1, k) / special.ive(half, k)).astype(y.dtype)).astype(y.dtype)


@plant("von_mises_fisher.entropy", "wrong formula", FISHER, batches=True)
def entropy_with_a_mean_of_length_one(right: Right, y: Array, spec: Spec) -> Array:
    """Minus the log density at the mean direction, and not at the mean, which is shorter."""
    half, k = len(spec.params["mean_direction"]) / 2, float(spec.params["concentration"])
    short = 1 - special.ive(half, k) / special.ive(half - 1, k)
    return np.asarray(right() - k * short).astype(right().dtype)
