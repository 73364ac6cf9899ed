"""Batches: subjects whose parameters are arrays, inputs with leading axes, and the shapes that results then have.

An array where the definition wants a number is a batch, by broadcasting, as in every framework. The truth of a batch is
the truth of its members, each a subject of its own, and the expected shape follows from ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, Value, parse
from conformance.definitions.registry import (
    UnknownSubject,
    definition_of,
    is_distribution,
    result_event,
    signature_of,
    takes_events,
    takes_number,
    transform_definition,
)
from conformance.definitions.spaces import Shape
from conformance.execution.request import Reply, Request
from conformance.laws.case import Case

ENUMERATED: tuple[tuple[Shape, Shape], ...] = (
    ((), ()),
    ((1,), ()),
    ((2, 3), ()),
    ((2, 1, 3), ()),
    ((), (3,)),
    ((3,), (3,)),
    ((1,), (1,)),
    ((2, 3), (3,)),
    ((2, 1), (3,)),
    ((3,), (2, 1)),
)
"""(batch shape of the inputs, batch shape of the parameters): ranks 0 to 3, axes of size 1 on either side."""

DTYPE, MODE = "float32", "eager"
"""Batches are asked for once: no dtype and no compiler changes their shapes (what compiling breaks, L17 says)."""

MADE_OF = {"ildj": ("inverse", "fldj")}
"""What a quantity is commonly computed by: where that goes wrong in a batch, it is accused there."""

FACTORS = (1.0, 1.25, 0.75)
"""What the parameters of a batch's members are multiplied by: all of them differ, and what is positive stays so."""


@dataclass(frozen=True)
class Asked:
    """One call with batches: what was asked, and the shape that its result has to have."""

    request: Request
    inputs: Shape
    parameters: Shape
    expected: Shape

    def said(self, reply: Reply) -> str:
        """One clause for a reader: the shapes of everything."""
        given = f"inputs of batch shape {list(self.inputs)}"
        if self.parameters:
            given += f", parameters of shape {list(self.parameters)}"
        came = "no answer" if reply.values is None else f"an answer of shape {list(reply.values.shape)}"
        return f"{given}: {came} in the place of {list(self.expected)}"


def batched(subject: str, shape: Shape) -> str | None:
    """The subject with every number that the definition takes as a number in an array of ``shape``, times FACTORS; and
    every array that it takes in batches with these axes in front, its entries likewise.

    None where it has no such parameter, and for subjects of events that have others, whose axes the event would meet
    first. ``shape`` () gives the subject itself.
    """
    if not shape:
        return subject
    if takes_events(subject) and (is_distribution(subject) or not transform_definition(subject).batched):
        return None
    found = _of_members(parse(subject), np.arange(int(np.prod(shape))).reshape(shape))
    return None if found == parse(subject) else str(found)


def member(subject: str, index: int) -> str:
    """The member of ``batched`` at the flat ``index``, as a subject of its own."""
    return str(_of_members(parse(subject), np.array(index)))


def measured(spec: Spec, names: Iterable[str], factor: float) -> list[str]:
    """Those of these parameters that may be larger by the factor, all at once: what counts something, as the entries of
    a permutation do, may not."""
    every = list(names)
    if _defined(spec, {name: times(spec.params[name], factor) for name in every}):
        return every
    return [name for name in every if _defined(spec, {name: times(spec.params[name], factor)})]


def times(value: Value, factor: float) -> Value:
    """A number, or every number of a list."""
    if isinstance(value, tuple):
        return tuple(times(item, factor) for item in value)
    assert value is not None
    return value * factor


def _of_members(spec: Spec, members: NDArray[np.int64]) -> Spec:
    """The subject of these members, by number, their axes in front. What counts something is repeated as it is."""
    single, arrays = _batched(spec)
    larger = measured(spec, arrays, FACTORS[1]) if arrays else single

    def scaled(name: str, members: NDArray[np.int64], entrywise: bool) -> Value:
        value = np.array(spec.params[name])
        entries = np.arange(value.size).reshape(value.shape) % 2 * entrywise
        factors = np.array(FACTORS)[np.add.outer(members, entries) % len(FACTORS)]
        return _tuples((value * (factors if name in larger else np.ones_like(factors))).tolist())

    # Neighbouring entries have different factors, since some maps do not see a vector's length; unless they may not.
    entrywise = bool(arrays) and all(
        _defined(spec, {name: scaled(name, np.array(one), True) for name in larger}) for one in range(len(FACTORS))
    )
    params = {**spec.params, **{name: scaled(name, members, entrywise) for name in arrays or single}}
    return Spec(spec.name, tuple(_of_members(part, members) for part in spec.parts), params, spec.event)


def _defined(spec: Spec, params: Mapping[str, Value]) -> bool:
    one = replace(spec, params={**spec.params, **params})
    try:
        definition_of(one)
    except UnknownSubject:
        return False
    return True


def _batched(spec: Spec) -> tuple[list[str], tuple[str, ...]]:
    """The parameters of a leaf that arrays make a batch of: numbers, and vectors or matrices."""
    single = [key for key, value in spec.params.items() if isinstance(value, float) and takes_number(spec.name, key)]
    leaf = signature_of(spec.name) and not is_distribution(spec)
    return single, transform_definition(spec).batched if leaf else ()


def _tuples(value: Any) -> Value:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else float(value)


def values_of(rows: NDArray[Any], shape: Shape) -> NDArray[Any]:
    """An array with this batch shape whose members are ``rows``, over and over."""
    count = int(np.prod(shape))
    return np.array(np.resize(rows, (count, *rows.shape[1:])).reshape((*shape, *rows.shape[1:])), order="C")


def asked(
    case: Case, subject: str, quantity: str, rows: NDArray[Any], inputs: Shape, parameters: Shape
) -> Asked | None:
    """The call of ``quantity`` with batches of these shapes; None where ``batched`` gives no such subject."""
    text = batched(subject, parameters)
    if text is None:
        return None
    values, event = values_of(rows, inputs), rows.shape[1:]
    request = Request(text, quantity, case.fmt.name, case.mode, values, seed=case.seed, event=len(event))
    return Asked(request, inputs, parameters, expected_shape(subject, quantity, event, inputs, parameters))


def fits(shape: Shape, expected: Shape) -> bool:
    """Whether a result of this shape broadcasts to the expected one."""
    try:
        return np.broadcast_shapes(shape, expected) == expected
    except ValueError:
        return False


def expected_shape(subject: str, quantity: str, event: Shape, inputs: Shape, parameters: Shape) -> Shape:
    """The shape of ``quantity`` of the plain ``subject`` at inputs of a batch shape, with parameters of another."""
    return (*np.broadcast_shapes(inputs, parameters), *result_event(subject, quantity, event))
