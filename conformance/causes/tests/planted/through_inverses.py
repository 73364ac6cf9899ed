"""Defects of statistics of laws that are seen through the inverse of a distribution function."""

from __future__ import annotations

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

KUMARASWAMY = "kumaraswamy(concentration1=2.5,concentration0=1.75)"


def _shapes(spec: Spec) -> tuple[float, float]:
    return float(spec.params["concentration1"]), float(spec.params["concentration0"])


@plant("kumaraswamy.entropy", "wrong formula", KUMARASWAMY)
def entropy_with_its_shapes_exchanged(right: Right, value: Array, spec: Spec) -> Array:
    """(1 - 1/a) + (1 - 1/b) H_b - log(ab), H_b the harmonic number, which belongs to the other share."""
    a, b = _shapes(spec)
    harmonic = special.digamma(b + 1) + np.euler_gamma
    return np.asarray((1 - 1 / a) + (1 - 1 / b) * harmonic - np.log(a * b)).astype(value.dtype)


@plant("kumaraswamy.variance", "wrong formula", KUMARASWAMY)
def second_moment_for_the_variance(right: Right, value: Array, spec: Spec) -> Array:
    """b B(1 + 2/a, b): the square of the mean is not taken off."""
    a, b = _shapes(spec)
    return np.asarray(b * special.beta(1 + 2 / a, b)).astype(value.dtype)
