"""Defects of shapes: of what is declared of them, and of laws of events in batches."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import MULTIVARIATE, plant

RESHAPE = "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])"
DIRICHLET = "dirichlet(concentration=[1.5,2.5,1.25,4.0])"


@plant("reshape.forward_shape", "what is declared", RESHAPE, dtypes="float32, float64")
def shape_of_the_input_for_that_of_the_image(right: Right, shape: Array, spec: Spec) -> Array:
    """The image is declared to have the shape that the reshaped event had."""
    return shape


@plant("multivariate_normal.batch_shape", "what is declared", MULTIVARIATE)
def batch_of_the_locations_alone(right: Right, value: Array, spec: Spec) -> Array:
    """The batch shape is that of the locations, whatever those of the scales are."""
    return np.array(np.shape(spec.params["loc"])[:-1], np.int64)


@plant("dirichlet.event_shape", "what is declared", DIRICHLET)
def the_whole_shape_for_that_of_an_event(right: Right, value: Array, spec: Spec) -> Array:
    """The axes of a batch are counted to the event."""
    return np.array(np.shape(spec.params["concentration"]), np.int64)


@plant("chain.fldj", "shape of the result", "chain(affine(loc=0.5,scale=2.0),tanh)")
def terms_of_one_part_kept_apart(right: Right, x: Array, spec: Spec) -> Array:
    """The terms of a chain are summed along an axis of their own, which stays where there is one alone."""
    return right()[..., None] if len(spec.parts) == 1 else right()


@plant("multivariate_normal.log_prob", "shape of the result", MULTIVARIATE, event_batches=True)
def density_summed_over_the_batch(right: Right, y: Array, spec: Spec) -> Array:
    """Beside the event's axis the first one of a batch of laws is summed."""
    answer = right()
    batch = np.ndim(spec.params["loc"]) - 1
    return np.asarray(answer.sum(axis=-batch)) if batch else answer


@plant("multivariate_normal.sample", "shape of the result", MULTIVARIATE, event_batches=True)
def draws_of_the_laws_in_one_row(right: Right, asked: Array, spec: Spec) -> Array:
    """The draws of all laws of a batch come out along one axis."""
    draws = right()
    return draws.reshape(-1, draws.shape[-1])


@plant("dirichlet.log_prob", "wrong formula, wrong constant", DIRICHLET, event_batches=True)
def concentrations_of_the_neighbouring_law(right: Right, y: Array, spec: Spec) -> Array:
    """Every law of a batch has the concentrations of the one before it."""
    rows = np.array(spec.params["concentration"])
    if rows.ndim == 1:
        return right()
    moved = tuple(map(_tuples, np.roll(rows, 1, axis=0).tolist()))
    return right(of=Spec(spec.name, (), {"concentration": moved}))


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
