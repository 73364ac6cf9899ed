"""What L07 asks of combinators besides the subject at hand: the same combinator of one part and of one part more, over
more axes, along the other axis, and turned round twice.

Only shapes are asked, which follow from the definition; the answers' values belong to subjects of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import UnknownSubject, is_distribution, transform_definition
from conformance.definitions.spaces import Shape
from conformance.definitions.tables import SLICED
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.execution.request import Reply, Request
from conformance.laws.batches import Asked, expected_shape, values_of
from conformance.laws.case import Case

INPUTS: tuple[Shape, ...] = ((), (2, 1, 3))
"""Batch shapes of the inputs: one event, and axes of size 1 among others."""


def relatives(subject: str) -> tuple[str, ...]:
    """Composites that are made as ``subject`` is, as far as they are defined; none of what is no composite."""
    spec = parse(subject)
    if is_distribution(spec) or spec.event:
        return ()
    return tuple(str(one) for one in _made_likewise(spec) if _defined(one))


def calls(case: Case, subject: str) -> Iterator[tuple[Asked, Reply]]:
    """What a relative is asked, and what the framework answers: the map there and, from what that gave, back, with both
    log-dets. Nothing follows what it has not, or what fails."""
    definition = transform_definition(subject)
    for inputs in INPUTS:
        x = values_of(_event(definition, case.fmt.dtype)[None], inputs)
        there = _call(case, subject, "forward", x, inputs, definition.event)
        reply = case.framework.evaluate(there.request)
        if reply.status == "not_offered":
            return
        yield there, reply
        asked = [_call(case, subject, "fldj", x, inputs, definition.event)]
        y, event = reply.values, definition.output_event(definition.event) if definition.event else ()
        if y is not None and y.shape == there.expected and y.dtype == case.fmt.dtype:
            asked += [_call(case, subject, name, y, inputs, event) for name in ("inverse", "ildj")]
        for one in asked:
            answer = case.framework.evaluate(one.request)
            if answer.status != "not_offered":
                yield one, answer


def _made_likewise(spec: Spec) -> Iterator[Spec]:
    if spec.name == "chain":
        yield replace(spec, parts=spec.parts[:1])
        yield replace(spec, parts=(*spec.parts, spec.parts[0]))
    if spec.name == "inverse":
        yield Spec("inverse", (spec,))
    if spec.name == "independent":
        yield replace(spec, params={"ndims": spec.params.get("ndims", 1.0) + 1.0})
    if spec.name in SLICED:
        first = {"lengths": spec.params["lengths"][:1]} if "lengths" in spec.params else {}
        more = {"lengths": (*spec.params["lengths"], *first["lengths"])} if first else {}
        yield replace(spec, parts=spec.parts[:1], params={**spec.params, **first})
        yield replace(spec, parts=(*spec.parts, spec.parts[0]), params={**spec.params, **more})
        yield replace(spec, params={**spec.params, **_other_axis(spec)})
    if spec.name == "reshape":
        flat = (float(prod(spec.params["event_in"])),)
        back = (spec.params["event_in"], spec.params["event_out"])
        yield Spec("inverse", (spec,))
        yield Spec("chain", (spec, _reshape(back[1], flat), _reshape(flat, back[0])))


def _reshape(event_in: Any, event_out: Any) -> Spec:
    return Spec("reshape", (), {"event_in": event_in, "event_out": event_out})


def _other_axis(spec: Spec) -> dict[str, float]:
    """The next axis, on the same side of 0 where there is one."""
    dim, ndims = spec.params.get("dim", -1.0), spec.params.get("ndims", 1.0)
    least = 0.0 if dim >= 0 else -ndims
    return {"dim": least + (dim - least + 1) % ndims if ndims > 1 else dim + ndims, "ndims": ndims}


def _defined(spec: Spec) -> bool:
    try:
        definition = transform_definition(spec)
    except UnknownSubject:
        return False
    return definition.bijective and definition.has_log_det


def _event(definition: TransformDefinition, dtype: Any) -> NDArray[Any]:
    """An ordinary input: numbers in the middle of what is everyday for each entry."""
    low, high = definition.ordinary
    count = prod(definition.event)
    return np.linspace(low + (high - low) / 3, high - (high - low) / 3, count).reshape(definition.event).astype(dtype)


def _call(case: Case, subject: str, quantity: str, values: NDArray[Any], inputs: Shape, event: Shape) -> Asked:
    request = Request(subject, quantity, case.fmt.name, case.mode, values, seed=case.seed, event=len(event))
    return Asked(request, inputs, (), expected_shape(subject, quantity, event, inputs, ()), of=subject)
