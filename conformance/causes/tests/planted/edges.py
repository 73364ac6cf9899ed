"""Defects at the ends of supports, and of axes: a generator that reaches its ends, a test against 0, a sum left out."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant
from conformance.causes.tests.planted.event_statistics import NORMALS

LOGISTIC = "logistic(loc=0.25,scale=1.5)"
BETA = "beta(concentration1=2.5,concentration0=1.75)"
HALF_STUDENT = "half_student_t(df=4.5,loc=0.25,scale=1.5)"


@plant("logistic.sample", "sampling", LOGISTIC)
def logit_of_a_uniform_number_that_reaches_zero(right: Right, asked: Array, spec: Spec) -> Array:
    """What is below 2^-9 of the uniform numbers is 0, and the logit of that -inf."""
    draws = right()
    lowest = spec.params["loc"] + spec.params["scale"] * np.log(2.0**-9)
    return np.where(draws < lowest, np.asarray(-np.inf, draws.dtype), draws)


@plant("beta.sample", "sampling", BETA)
def shares_that_reach_one(right: Right, asked: Array, spec: Spec) -> Array:
    """One share in a hundred is 1, the end of the support, where a draw alone is nobody's fault."""
    draws = right()
    draws[::100] = 1
    return draws


@plant("half_student_t.log_prob", "missing support mask", HALF_STUDENT)
def support_from_zero_on(right: Right, y: Array, spec: Spec) -> Array:
    """The density is 0 below 0, and not below loc: between the two its formula goes on."""
    loc = np.asarray(spec.params["loc"], y.dtype)
    return np.where((y > 0) & (y < loc), right(2 * loc - y), right())


@plant("pair.kl", "shape of the result", NORMALS, batches=True, dtypes="float32, float64")
def divergence_summed_over_the_batch(right: Right, value: Array, spec: Spec) -> Array:
    """The entries' terms are summed over axes of a batch, of which there are none, and not over the event."""
    (loc, factor), (other, second) = (
        (np.array(part.params["loc"]), np.array(part.params["scale_tril"])) for part in spec.parts
    )
    ratio, apart = np.linalg.solve(second, factor), np.linalg.solve(second, loc - other)
    terms = ((ratio**2).sum(axis=1) + apart**2 - 1) / 2 - np.log(np.abs(np.diagonal(ratio)))
    assert np.isclose(terms.sum(), right(), rtol=1e-4)
    return terms.astype(right().dtype)
