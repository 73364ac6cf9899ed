"""Defects of laws whose densities are Bessel functions of their variable."""

from __future__ import annotations

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

NIG = "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)"
NONCENTRAL = "noncentral_chi2(df=3.0,noncentrality=2.5)"


@plant("normal_inverse_gaussian.log_prob", "overflow of an intermediate", NIG)
def logarithm_of_a_bessel_function(right: Right, x: Array, spec: Spec) -> Array:
    """log(K_1), where K_1 has become 0 long before its logarithm leaves the range: -inf."""
    kind = x.dtype.type
    loc, scale, tailweight = (kind(spec.params[name]) for name in ("loc", "scale", "tailweight"))
    with np.errstate(all="ignore"):
        gone = special.k1(tailweight * np.hypot(x - loc, scale)).astype(x.dtype) == 0
        return np.where(gone & np.isfinite(x), kind(-np.inf), right()).astype(x.dtype)


@plant("normal_inverse_gaussian.variance", "wrong formula", NIG)
def variance_without_the_spread_of_the_mean(right: Right, value: Array, spec: Spec) -> Array:
    """scale/sqrt(tailweight^2 - skewness^2): that the mean varies with the variance is forgotten."""
    scale, tailweight, skewness = (spec.params[name] for name in ("scale", "tailweight", "skewness"))
    return np.asarray(scale / np.sqrt(tailweight**2 - skewness**2)).astype(value.dtype)


@plant("noncentral_chi2.log_prob", "overflow of an intermediate", NONCENTRAL, dtypes="float32, float64")
def logarithm_of_a_hyperbolic_sine(right: Right, x: Array, spec: Spec) -> Array:
    """log(sinh(sqrt(noncentrality x))), where sinh is infinite long before its logarithm is large: inf."""
    kind = x.dtype.type
    with np.errstate(all="ignore"):
        gone = np.isinf(np.sinh(np.sqrt(kind(spec.params["noncentrality"]) * x)).astype(x.dtype))
        return np.where(gone & np.isfinite(x), kind(np.inf), right()).astype(x.dtype)


@plant("noncentral_chi2.variance", "wrong formula", NONCENTRAL)
def variance_with_the_noncentrality_once(right: Right, value: Array, spec: Spec) -> Array:
    """2 (df + noncentrality), where the noncentrality counts twice."""
    return np.asarray(2 * (spec.params["df"] + spec.params["noncentrality"])).astype(value.dtype)
