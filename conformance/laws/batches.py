"""Batches: subjects whose parameters are arrays, inputs with leading axes, and the shapes that results then have.

An array where the definition wants a number is a batch, by broadcasting, as in every framework. The truth of a batch is
the truth of its members, each a subject of its own, and the expected shape follows from ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, Value, parse
from conformance.definitions.members import NOT_BROADCAST, SHARED_BY_A_BATCH
from conformance.definitions.registry import (
    UnknownSubject,
    definition_of,
    is_distribution,
    is_event_law,
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

OF_LAWS_OF_EVENTS: tuple[tuple[Shape, Shape], ...] = (
    ((), ()),
    ((2, 1, 3), ()),
    ((1,), (1,)),
    ((2, 1), (3,)),
    ((3,), (2, 1)),
)
"""Those that laws of events are asked: their densities take the longest, and shapes have an event's axes besides."""

DTYPE, MODE = "float32", "eager"
"""Batches are asked for once: their shapes follow from ranks, which no dtype and no compiler changes."""

MADE_OF = {"ildj": ("inverse", "fldj")}
"""What a quantity is commonly computed by: where that goes wrong in a batch, it is accused there."""

FACTORS = (1.0, 1.25, 0.75)
"""What the parameters of a batch's members are multiplied by: all of them differ, and what is positive stays so."""

Within = Callable[[Spec], Spec]
"""From a part with other parameters to the subject whose definition says whether it may have them."""


CROSSED: Shape = (2, 3)
"""What the parameters of ``crossed`` subjects broadcast to. Laws are asked that, of which alone it is promised, for
densities and draws."""


@dataclass(frozen=True)
class Asked:
    """One call with batches: what was asked, and the shape that its result has to have. across: its parameters are of
    several shapes, which broadcast to ``parameters``. of: the subject, where that is not the case's."""

    request: Request
    inputs: Shape
    parameters: Shape
    expected: Shape
    across: bool = False
    of: str = ""

    def batch(self) -> str:
        """The shape of the parameters, for a reader; "" where they have no axes."""
        if not self.parameters:
            return ""
        several = "shapes that broadcast to" if self.across else "shape"
        return f"parameters of {several} {list(self.parameters)}"

    def said(self, reply: Reply) -> str:
        """One clause for a reader: the shapes of everything."""
        of = f"{self.of}: " if self.of else ""
        given = of + ", ".join(filter(None, (f"inputs of batch shape {list(self.inputs)}", self.batch())))
        came = "no answer" if reply.values is None else f"an answer of shape {list(reply.values.shape)}"
        return f"{given}: {came} in the place of {list(self.expected)}"


def enumerated(subject: str) -> tuple[tuple[Shape, Shape], ...]:
    """The batches that a subject is asked."""
    return OF_LAWS_OF_EVENTS if is_event_law(subject) else ENUMERATED


def batched(subject: str, shape: Shape, equal: bool = False) -> str | None:
    """The subject with every number that the definition takes as a number in an array of ``shape``, times FACTORS; and
    every array that it takes in batches, as every array of a law of events, with these axes in front, its entries
    likewise. equal: all members are the first one.

    None where it has no such parameter, and for maps of events that have others, whose axes the event would meet
    first. ``shape`` () gives the subject itself.
    """
    if not shape:
        return subject
    if not is_distribution(subject) and takes_events(subject) and not transform_definition(subject).batched:
        return None
    found = _of_members(parse(subject), _numbered(shape, equal))
    return None if found == parse(subject) else str(found)


def _numbered(shape: Shape, equal: bool) -> NDArray[np.int64]:
    """Which member stands where in a batch of this shape."""
    return np.arange(int(np.prod(shape))).reshape(shape) * (not equal)


def crossed(subject: str, equal: bool = False) -> str | None:
    """The subject in a batch of shape CROSSED in which no parameter has all of its axes: the first that comes in
    batches has an axis of 2 and one of size 1, the others have the axis of 3. None with fewer than two such parameters,
    and of what holds one of NOT_BROADCAST. equal: all members are the first one.
    """
    full = None if _holds(parse(subject), NOT_BROADCAST) else batched(subject, CROSSED, equal)
    if full is None:
        return None
    shapes: list[Shape] = []
    found = _crossed(parse(subject), parse(full), shapes)
    return str(found) if len(shapes) > 1 else None


def of_its_maps(subject: str, shape: Shape) -> str | None:
    """A law that is a base through maps, in a batch of equal members that comes from the maps alone: the numbers that
    these take in arrays of ``shape``, the base as it is. None for other laws, and where the maps have no such numbers.
    """
    law = parse(subject)
    base, *maps = law.parts or (law,)
    if not maps or not is_distribution(base) or any(map(is_distribution, maps)):
        return None
    moved = [one if takes_events(one) else _of_members(one, _numbered(shape, equal=True)) for one in maps]
    return None if moved == maps else str(replace(law, parts=(base, *moved)))


def _holds(spec: Spec, names: Sequence[str]) -> bool:
    return spec.name in names or any(_holds(part, names) for part in spec.parts)


def _crossed(plain: Spec, full: Spec, shapes: list[Shape]) -> Spec:
    """shapes: of the parameters before these; theirs are added."""
    parts = tuple(_crossed(one, other, shapes) for one, other in zip(plain.parts, full.parts, strict=True))
    params = dict(full.params)
    for name, value in full.params.items():
        if value != plain.params[name]:
            array = np.array(value)[0] if shapes else np.array(value)[:, :1]
            shapes.append(array.shape)
            params[name] = _tuples(array.tolist())
    return replace(full, parts=parts, params=params)


def member(subject: str, index: int) -> str:
    """The member of ``batched`` at the flat ``index``, as a subject of its own."""
    return str(_of_members(parse(subject), np.array(index)))


def measured(spec: Spec, names: Iterable[str], factor: float, within: Within = lambda spec: spec) -> list[str]:
    """Those of these parameters that may be larger by the factor, all at once: what counts something, as the entries of
    a permutation do, may not, nor may a direction, which has the length 1."""
    every = list(names)
    if _defined(spec, {name: times(spec.params[name], factor) for name in every}, within):
        return every
    return [name for name in every if _defined(spec, {name: times(spec.params[name], factor)}, within)]


def times(value: Value, factor: float) -> Value:
    """A number, or every number of a list."""
    if isinstance(value, tuple):
        return tuple(times(item, factor) for item in value)
    assert value is not None
    return value * factor


def _of_members(spec: Spec, members: NDArray[np.int64], within: Within | None = None) -> Spec:
    """The subject of these members, by number, their axes in front. What counts something is repeated as it is.

    within: of a part whose arrays are those of an event, all of which come in batches: the whole; see ``Within``.
    """
    if within is None and is_event_law(spec) and spec.parts:
        return _of_parts(spec, members)
    single, arrays = _batched(spec) if within is None else ([], _arrays(spec))
    law, whole = within is not None or is_event_law(spec), within or (lambda one: one)
    chosen = [*arrays, *single] if law else list(arrays or single)
    larger = measured(spec, chosen, FACTORS[1], whole) if arrays or law else single

    def scaled(name: str, members: NDArray[np.int64], entrywise: bool) -> Value:
        value = np.array(spec.params[name])
        entries = np.arange(value.size).reshape(value.shape) % 2 * entrywise
        factors = np.array(FACTORS)[np.add.outer(members, entries) % len(FACTORS)]
        return _tuples((value * (factors if name in larger else np.ones_like(factors))).tolist())

    # Neighbouring entries have different factors, since some maps do not see a vector's length; unless they may not.
    entrywise = bool(arrays) and all(
        _defined(spec, {name: scaled(name, np.array(one), True) for name in larger}, whole)
        for one in range(len(FACTORS))
    )
    params = {**spec.params, **{name: scaled(name, members, entrywise) for name in chosen}}
    return Spec(spec.name, tuple(_of_members(part, members) for part in spec.parts), params, spec.event)


def _of_parts(law: Spec, members: NDArray[np.int64]) -> Spec:
    """A law of independent entries, by the arrays of its part, or the image of one: the map that follows comes in
    batches where it is said to."""

    def with_part(part: Spec) -> Spec:
        return replace(law, parts=(part, *law.parts[1:]))

    if law.name == "independent":
        return with_part(_of_members(law.parts[0], members, with_part))
    base, *maps = law.parts
    moved = [_of_members(one, members) if transform_definition(one).batched else one for one in maps]
    return replace(law, parts=(_of_members(base, members), *moved))


def _defined(spec: Spec, params: Mapping[str, Value], within: Within) -> bool:
    one = within(replace(spec, params={**spec.params, **params}))
    try:
        definition_of(one)
    except UnknownSubject:
        return False
    return True


def _batched(spec: Spec) -> tuple[list[str], tuple[str, ...]]:
    """The parameters of a leaf that arrays make a batch of: numbers, and vectors or matrices."""
    shared = SHARED_BY_A_BATCH.get(spec.name, "")
    numbers = {key for key, value in spec.params.items() if isinstance(value, float) and key != shared}
    single = [key for key in spec.params if key in numbers and takes_number(spec.name, key)]
    if is_event_law(spec):
        return single, _arrays(spec)
    leaf = signature_of(spec.name) and not is_distribution(spec)
    return single, transform_definition(spec).batched if leaf else ()


def _arrays(spec: Spec) -> tuple[str, ...]:
    return tuple(key for key, value in spec.params.items() if isinstance(value, tuple))


def _tuples(value: Any) -> Value:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else float(value)


def values_of(rows: NDArray[Any], shape: Shape) -> NDArray[Any]:
    """An array with this batch shape whose members are ``rows``, over and over."""
    count = int(np.prod(shape))
    return np.array(np.resize(rows, (count, *rows.shape[1:])).reshape((*shape, *rows.shape[1:])), order="C")


def asked(
    case: Case,
    subject: str,
    quantity: str,
    rows: NDArray[Any],
    inputs: Shape,
    parameters: Shape,
    across: bool = False,
) -> Asked | None:
    """The call of ``quantity`` with batches of these shapes; None where ``batched`` gives no such subject, or where
    ``crossed`` gives none: ``across`` asks for that, of parameters of shape CROSSED."""
    text = crossed(subject) if across else batched(subject, parameters)
    if text is None:
        return None
    values, event = values_of(rows, inputs), rows.shape[1:]
    request = Request(text, quantity, case.fmt.name, case.mode, values, seed=case.seed, event=len(event))
    return Asked(request, inputs, parameters, expected_shape(subject, quantity, event, inputs, parameters), across)


def fits(shape: Shape, expected: Shape) -> bool:
    """Whether a result of this shape broadcasts to the expected one."""
    try:
        return np.broadcast_shapes(shape, expected) == expected
    except ValueError:
        return False


def expected_shape(subject: str, quantity: str, event: Shape, inputs: Shape, parameters: Shape) -> Shape:
    """The shape of ``quantity`` of the plain ``subject`` at inputs of a batch shape, with parameters of another."""
    return (*np.broadcast_shapes(inputs, parameters), *result_event(subject, quantity, event))
