"""Batches: subjects whose parameters are arrays, inputs with leading axes, and the shapes that results then have.

An array where the definition wants a number is a batch, by broadcasting, as in every framework. The truth of a batch is
the truth of its members, each a subject of its own, and the expected shape follows from ranks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, Value, parse
from conformance.definitions.registry import result_event, takes_events, takes_number
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
    """The subject with every number that the definition takes as a number in an array of ``shape``: times FACTORS.

    None where it has no such parameter, and for subjects of events, whose axes an array of parameters would meet first.
    ``shape`` () gives the subject itself.
    """
    if not shape:
        return subject
    if takes_events(subject):
        return None
    factors = np.resize(FACTORS, shape)
    found = changed(parse(subject), lambda value: _tuples((value * factors).tolist()))
    return None if found == parse(subject) else str(found)


def member(subject: str, shape: Shape, index: int) -> str:
    """The member of ``batched(subject, shape)`` at the flat ``index``, as a subject of its own."""
    factor = float(np.resize(FACTORS, shape).ravel()[index])
    return str(changed(parse(subject), lambda value: value * factor))


def changed(spec: Spec, change: Callable[[float], Value]) -> Spec:
    """The subject with every parameter changed that its definition takes as one number."""
    params = dict(spec.params)
    for name, value in spec.params.items():
        if isinstance(value, float) and takes_number(spec.name, name):
            params[name] = change(value)
    return Spec(spec.name, tuple(changed(part, change) for part in spec.parts), params, spec.event)


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
