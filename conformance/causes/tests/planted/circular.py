"""Defects of a law of an angle."""

from __future__ import annotations

import numpy as np
from scipy import special

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant
from conformance.causes.tests.planted.planting import like

ANGLE = "von_mises(concentration=2.5,loc=0.75)"


@plant("von_mises.log_prob", "wrong constant", ANGLE)
def bessel_function_of_order_one(right: Right, x: Array, spec: Spec) -> Array:
    """I_1 in the place of I_0."""
    k = spec.params["concentration"]
    return (right() + like(x, np.log(special.ive(0, k) / special.ive(1, k)))).astype(x.dtype)


@plant("von_mises.variance", "wrong formula", ANGLE)
def variance_by_the_square_of_the_length(right: Right, value: Array, spec: Spec) -> Array:
    """1 - length^2, as that of a direction in the plane has it."""
    answer = right()
    return (1 - (1 - answer) ** 2).astype(answer.dtype)


@plant("von_mises.cdf", "threshold where a formula is switched, cancellation", ANGLE, dtypes="float32, float64")
def lower_side_by_one_minus_the_upper(right: Right, x: Array, spec: Spec) -> Array:
    """1 - survival: no digit is left next to the beginning of the turn."""
    return (1 - right(quantity="survival")).astype(x.dtype)
