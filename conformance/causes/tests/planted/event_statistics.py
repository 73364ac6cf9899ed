"""Defects in the statistics of laws of events: what is wrong with one entry, or with all of them."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import MULTIVARIATE, WISHART, plant

DIRICHLET = "dirichlet(concentration=[1.5,2.5,1.25])"
NORMALS = f"pair({MULTIVARIATE},multivariate_normal(loc=[-0.5,0.75],scale_tril=[[0.75,0.0],[-1.25,1.5]]))"


@plant("multivariate_normal.variance", "wrong formula", MULTIVARIATE, batches=True)
def variance_of_the_factors_diagonal(right: Right, value: Array, spec: Spec) -> Array:
    """The squares of the diagonal of L, and not the diagonal of L L^T: right for the first entry alone."""
    return (np.diagonal(np.array(spec.params["scale_tril"])) ** 2).astype(right().dtype)


@plant("multivariate_normal.entropy", "wrong formula", MULTIVARIATE, batches=True)
def entropy_of_one_dimension_less(right: Right, value: Array, spec: Spec) -> Array:
    """(n - 1)/2 log(2 pi e) + log|L|."""
    found = right()
    return np.asarray(found - np.log(2 * np.pi * np.e) / 2).astype(found.dtype)


@plant("dirichlet.mean", "wrong formula", DIRICHLET, batches=True)
def mean_that_is_not_divided_by_the_sum(right: Right, value: Array, spec: Spec) -> Array:
    """The concentrations themselves."""
    return np.array(spec.params["concentration"]).astype(right().dtype)


@plant("dirichlet.mode", "wrong formula", DIRICHLET, batches=True, dtypes="float32, float64")
def mode_that_is_the_mean(right: Right, value: Array, spec: Spec) -> Array:
    """As of a law that is symmetric."""
    return right(quantity="mean")


@plant("wishart.variance", "wrong formula", WISHART, batches=True)
def variance_of_the_diagonal_everywhere(right: Right, value: Array, spec: Spec) -> Array:
    """2 df V_ij^2, which holds on the diagonal."""
    factor = np.array(spec.params["scale_tril"])
    return (2 * float(spec.params["df"]) * (factor @ factor.T) ** 2).astype(right().dtype)


@plant("spherical_uniform.covariance", "wrong formula", "spherical_uniform(dimension=3.0)")
def covariance_of_normal_entries(right: Right, value: Array, spec: Spec) -> Array:
    """The identity: the length was not divided out."""
    found = right()
    return np.eye(len(found), dtype=found.dtype)


@plant("pair.kl", "wrong formula", NORMALS, batches=True, dtypes="float32, float64")
def divergence_with_whole_logarithms_of_determinants(right: Right, value: Array, spec: Spec) -> Array:
    """log(det V/det U), of which a half is meant."""
    first, second = (float(np.prod(np.diagonal(np.array(part.params["scale_tril"])))) for part in spec.parts)
    found = right()
    return np.asarray(found + np.log(second / first)).astype(found.dtype)
