"""Subjects whose parameters are arrays where a number is meant: a batch, each member of which is a subject of its own.

Guarantee: every member's answer is to the bit what that member gives alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np

from adapters.interface import BoundDistribution, BoundTransform, Component, Reproduction, Spec, SpecError
from adapters.interface.contract import Array
from adapters.interface.spec import Value
from adapters.numpy.bases import BASES
from adapters.numpy.bound import NumpyDistribution, NumpyTransform, script
from adapters.numpy.combinators import takes_numbers
from adapters.numpy.events.table import AXES
from adapters.numpy.ready_made import READY_MADE

Shape = tuple[int, ...]

Law = TypeVar("Law", bound=BoundDistribution)


def batch_shape(spec: Spec) -> Shape:
    """What the array parameters broadcast to; () where there is none. SpecError where they do not broadcast."""
    shapes = [batch_shape(part) for part in spec.parts]
    shapes += [
        in_front(value, axes) for key, value in spec.params.items() if (axes := _axes(spec.name, key)) is not None
    ]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise SpecError(f"{spec}: parameters of shapes {', '.join(map(str, shapes))} do not broadcast") from None


def member(spec: Spec, index: Shape) -> Spec:
    """The subject that the batch holds at ``index``, an index into its batch shape."""
    params = {key: entry(value, index, _axes(spec.name, key)) for key, value in spec.params.items()}
    return replace(spec, parts=tuple(member(part, index) for part in spec.parts), params=params)


def _axes(name: str, parameter: str) -> int | None:
    """How many axes a parameter of what goes by this name has by itself; None where no array of more is a batch."""
    if name in BASES or name in READY_MADE or takes_numbers(name):
        return 0
    return AXES.get(name, {}).get(parameter)


def in_front(value: Value, axes: int) -> Shape:
    """A parameter's axes before ``axes`` of its own; none for rows of several lengths, which the map itself refuses."""
    try:
        shape: Shape = np.shape(np.array(value)) if isinstance(value, tuple) else ()
    except ValueError:
        return ()
    return shape[: max(0, len(shape) - axes)]


def entry(value: Value, index: Shape, axes: int | None) -> Value:
    """What a parameter with ``axes`` axes of its own is for the member at ``index``; itself for all without any."""
    if axes is None or not isinstance(value, tuple):
        return value
    own = in_front(value, axes)
    at = index[len(index) - len(own) :]
    for place, size in zip(at, own, strict=True):
        assert isinstance(value, tuple)
        value = value[0 if size == 1 else place]
    return value


def over_members(shape: Shape, value: Array, event: int, answer: Callable[[Shape, Array], Array]) -> Array:
    """``answer(index, rows)`` for every member's rows of ``value`` (batch shape, then ``event`` axes), put together."""
    lead = value.shape[: value.ndim - event]
    batch = np.broadcast_shapes(lead, shape)
    whole = np.broadcast_to(value, batch + value.shape[value.ndim - event :])
    front = (slice(None),) * (len(batch) - len(shape))
    result: Array | None = None
    for index in np.ndindex(*shape):
        # Where the batch is wider than the parameters are, a member of size 1 has every place of that axis.
        places = tuple(slice(None) if size == 1 else slice(at, at + 1) for size, at in zip(shape, index, strict=True))
        found = answer(index, np.ascontiguousarray(whole[front + places]))
        if result is None:
            result = np.zeros(batch + found.shape[len(batch) :], found.dtype)
        result[front + places] = found
    assert result is not None
    return result


class BatchedTransform(BoundTransform):
    """A batch of transforms by their parameters, each of them a NumpyTransform."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        self._spec, self._dtype, self._shape = spec, dtype, batch_shape(spec)
        self._members = {index: NumpyTransform(member(spec, index), dtype) for index in np.ndindex(*self._shape)}

    def _first(self) -> NumpyTransform:
        return self._members[(0,) * len(self._shape)]

    def forward(self, x: Array) -> Array:
        return over_members(self._shape, x, self._first().ranks[0], lambda at, rows: self._members[at].forward(rows))

    def inverse(self, y: Array) -> Array:
        return over_members(self._shape, y, self._first().ranks[1], lambda at, rows: self._members[at].inverse(rows))

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        rank = self._first().ranks[direction != "forward"]
        return over_members(
            self._shape, value, rank, lambda at, rows: self._members[at].log_det_jacobian(rows, direction)
        )

    def component(self, quantity: str) -> Component:
        return self._first().component(quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("transform", self._spec, self._dtype, quantity, value)


class Batched(BoundDistribution, Generic[Law]):
    """A batch of laws by their parameters, each of the members with draws of its own."""

    def __init__(self, spec: Spec, dtype: str, shape: Shape, members: Mapping[Shape, Law]) -> None:
        self._spec, self._dtype, self._shape, self._members = spec, dtype, shape, members
        self._first = members[(0,) * len(shape)]

    def sample(self, count: int, seed: int) -> Array:
        seeds = np.random.SeedSequence(seed).generate_state(len(self._members), np.uint64)
        draws = [each.sample(count, int(own)) for each, own in zip(self._members.values(), seeds, strict=True)]
        return np.stack(draws, axis=1).reshape(count, *self._shape, *draws[0].shape[1:])

    def statistic(self, quantity: str) -> Array:
        found = np.array([each.statistic(quantity) for each in self._members.values()])
        return found.reshape(*self._shape, *found.shape[1:])

    def declared(self, name: str, value: Array | None) -> Array:
        return np.array(self._shape, np.int64) if name == "batch_shape" else self._first.declared(name, value)

    def component(self, quantity: str) -> Component:
        return self._first.component(quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("distribution", self._spec, self._dtype, quantity, value)


class BatchedDistribution(Batched[NumpyDistribution]):
    """A batch of laws of numbers."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        shape = batch_shape(spec)
        super().__init__(
            spec, dtype, shape, {at: NumpyDistribution(member(spec, at), dtype) for at in np.ndindex(*shape)}
        )

    def _over(self, quantity: str, value: Array) -> Array:
        return over_members(self._shape, value, 0, lambda at, rows: getattr(self._members[at], quantity)(rows))

    def log_prob(self, y: Array) -> Array:
        return self._over("log_prob", y)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._over("log_prob_from_base", x)

    def function(self, quantity: str, value: Array) -> Array:
        return self._over(quantity, value)
