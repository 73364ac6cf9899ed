"""Laws of events whose parameters have axes in front: a batch, each member of which is a law of its own.

Guarantee: every member's answer is to the bit what that member gives alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.interface import NotOffered, Spec, SpecError
from adapters.interface.contract import Array
from adapters.numpy import batches
from adapters.numpy.batches import Batched, Shape, entry, in_front, over_members
from adapters.numpy.bound_events import NumpyEventLaw
from adapters.numpy.event_laws import READY_MADE_EVENTS

AXES = {
    "df": 0,
    "concentration": 0,
    "temperature": 0,
    "loc": 1,
    "scale": 1,
    "scale_diag": 1,
    "scale_perturb_diag": 1,
    "cov_diag": 1,
    "mean_direction": 1,
    "logits": 1,
    "scale_tril": 2,
    "covariance_matrix": 2,
    "precision_matrix": 2,
    "scale_matrix": 2,
    "scale_perturb_factor": 2,
    "cov_factor": 2,
    "scale_row": 2,
    "scale_column": 2,
}
"""How many axes a parameter of one law of events has by itself."""

OTHERWISE = {
    ("dirichlet", "concentration"): 1,
    ("matrix_normal", "loc"): 2,
    ("matrix_student_t", "loc"): 2,
}


def batch_shape(spec: Spec) -> Shape:
    """What the axes in front of all parameters broadcast to; () where there are none. SpecError where they do not."""
    if spec.name == "independent":
        shapes = [in_front(value, _ndims(spec)) for value in spec.parts[0].params.values()]
    elif spec.name in READY_MADE_EVENTS:
        shapes = [in_front(value, _axes(spec.name, key)) for key, value in spec.params.items()]
    else:
        base, *maps = spec.parts
        shapes = [batch_shape(base), *map(batches.batch_shape, maps)]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise SpecError(f"{spec}: parameters of shapes {', '.join(map(str, shapes))} do not broadcast") from None


def member(spec: Spec, index: Shape) -> Spec:
    """The law that the batch holds at ``index``, an index into its batch shape."""
    if spec.name == "independent":
        part, axes = spec.parts[0], _ndims(spec)
        params = {key: entry(value, index, axes) for key, value in part.params.items()}
        return replace(spec, parts=(replace(part, params=params),))
    if spec.name in READY_MADE_EVENTS:
        return replace(spec, params={key: entry(v, index, _axes(spec.name, key)) for key, v in spec.params.items()})
    base, *maps = spec.parts
    return replace(spec, parts=(member(base, index), *(batches.member(one, index) for one in maps)))


def _ndims(spec: Spec) -> int:
    return int(spec.params.get("ndims", 1.0))


def _axes(name: str, parameter: str) -> int:
    """More than any value has for what counts something, which comes in no batches."""
    return OTHERWISE.get((name, parameter), AXES.get(parameter, 99))


class BatchedEventLaw(Batched[NumpyEventLaw]):
    """A batch of laws of events."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        shape = batch_shape(spec)
        super().__init__(spec, dtype, shape, {at: NumpyEventLaw(member(spec, at), dtype) for at in np.ndindex(*shape)})

    def _over(self, quantity: str, value: Array, event: Shape) -> Array:
        def answer(at: Shape, rows: Array) -> Array:
            found: Array = getattr(self._members[at], quantity)(rows)
            return found

        return over_members(self._shape, value, len(event), answer)

    def log_prob(self, y: Array) -> Array:
        return self._over("log_prob", y, self._first.event)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._over("log_prob_from_base", x, self._first.source)

    def function(self, quantity: str, value: Array) -> Array:
        if quantity != "prob":
            raise NotOffered(f"{quantity} of events")
        return self._over(quantity, value, self._first.event)

    def entropy(self) -> Array:
        return np.array([each.entropy() for each in self._members.values()]).reshape(self._shape)
