"""What L07 asks of declared shapes: of the image of an input, of a draw, and of the batch that parameters make.

They are held against what the definition proves. A declaration that is wrong and names the shape that the framework's
own answer has is no second defect: then that answer is accused. What a part declares by itself is laid to the part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from adapters.interface.quantities import OF_SHAPES
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import (
    composed_of,
    entries_of,
    event_law,
    is_distribution,
    is_event_law,
    transform_definition,
)
from conformance.definitions.spaces import Shape
from conformance.execution.request import Reply, Request
from conformance.floats.regions import Region
from conformance.laws.batches import CROSSED, Asked, batched, crossed
from conformance.laws.case import Case
from conformance.laws.law import Check
from conformance.laws.measure import Measure
from conformance.laws.scored import CLOSING_FATES
from conformance.laws.truths import exactly
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure

BATCHES: tuple[tuple[Shape, Shape], ...] = (
    ((), ()),
    ((2, 1, 3), ()),
    ((), (3,)),
    ((2, 1), (3,)),
    ((3,), (2, 1)),
)
"""(batch shape of the inputs, batch shape of the parameters) of those that L07 evaluates, about which more is asked."""

PARAMETERS: dict[str, tuple[Shape, ...]] = {"batch_shape": ((), (3,), CROSSED), "event_shape": ((), (3,))}
"""The batches of parameters at which a law is asked what it declares."""

UNKNOWN = -1


@dataclass(frozen=True)
class Told:
    """One declaration: the question, the call that it is about, the reply, what holds, and the shape in its place of
    an answer that the framework gave; None where it gave none."""

    request: Request
    about: Asked
    reply: Reply
    expected: Shape
    answered: Shape | None

    @property
    def declared(self) -> Shape:
        """() where nothing could be read."""
        return () if self.reply.values is None else tuple(int(size) for size in self.reply.values.ravel())

    @property
    def failure(self) -> Failure:
        if self.reply.values is None:
            return CLOSING_FATES.get(self.reply.status, Failure.RAISED)
        right = _fits(self.declared, self.expected) or _fits(self.declared, self.answered)
        return Failure.NONE if right else Failure.DECLARED_WRONG

    def said(self) -> str:
        """One clause for a reader."""
        of = "" if self.request.shape is None else f"an input of shape {list(self.request.shape)}"
        given = ", ".join(filter(None, (of, self.about.batch()))) or "parameters without axes"
        given = f"{self.about.of}: {given}" if self.about.of else given
        came = "no answer" if self.reply.values is None else f"{list(self.declared)} is declared"
        return f"{given}: {came} where {list(self.expected)} holds"


def of_map(case: Case, quantity: str, calls: Sequence[Asked], replies: Sequence[Reply]) -> Iterator[Check]:
    """What a map declares of the shapes that ``calls`` of its ``quantity``, "forward" or "inverse", were made with."""
    names = whole, alone = f"{quantity}_shape", f"{quantity}_event_shape"
    told: dict[str, list[Told]] = {name: [] for name in names}
    lacking: set[str] = set()
    known: set[Shape] = set()  # Of an event alone a declaration has no batch of inputs.
    for one, answer in zip(calls, replies, strict=True):
        values = one.request.values
        if (one.inputs, one.parameters) not in BATCHES or values is None:
            continue
        answered = None if answer.values is None else answer.values.shape
        axes = one.request.event or 0
        cut = len(np.broadcast_shapes(one.inputs, one.parameters))
        questions = [(whole, values.shape, one.expected, answered)]
        if one.parameters not in known:
            event = values.shape[values.ndim - axes :]
            questions.append((alone, event, one.expected[cut:], None if answered is None else answered[cut:]))
        known.add(one.parameters)
        for name, shape, expected, own in questions:
            request = Request(one.request.subject, name, case.fmt.name, case.mode, event=axes, shape=shape)
            reply = None if name in lacking else case.framework.evaluate(request)
            if reply is None or reply.status == "not_offered":
                lacking.add(name)
                continue
            told[name].append(Told(request, one, reply, expected, own))
    for name in names:
        if told[name]:
            yield _checked(case, name, told[name])


def of_law(case: Case, draws: Sequence[tuple[Asked, Reply]]) -> Iterator[Check]:
    """What a law declares of the shapes of these draws."""
    event = event_law(case.subject).event if is_event_law(case.subject) else ()
    for name, batches in PARAMETERS.items():
        told = []
        for one, drawn in draws:
            if one.parameters not in batches:
                continue
            asked = Request(one.request.subject, name, case.fmt.name, case.mode)
            reply = case.framework.evaluate(asked)
            if reply.status == "not_offered":
                continue
            expected = one.parameters if name == "batch_shape" else event
            told.append(Told(asked, one, reply, expected, _in_draws(drawn, name, len(event))))
        if told:
            yield _checked(case, name, told)


def _in_draws(drawn: Reply, name: str, axes: int) -> Shape | None:
    """The shape of the batch, or of the event, that draws really have."""
    if drawn.values is None or drawn.values.ndim < 1 + axes:
        return None
    cut = drawn.values.ndim - axes
    return drawn.values.shape[1:cut] if name == "batch_shape" else drawn.values.shape[cut:]


def _saying(case: Case, told: Told, spec: Spec) -> tuple[str, str] | None:
    """The smallest part of the subject that declares a wrong shape by itself, in the same batches, and the declaration:
    a scalar map asked about the same shape, or a law. Of a ready-made law the parts are those that it is made of
    elsewhere, of independent entries the law of the first. What was asked of another subject is laid to that one."""
    name, about = told.request.quantity, told.about
    if about.of:
        return about.of, name
    entries = spec.name == "independent" and is_distribution(spec)
    for part in entries_of(spec)[:1] if entries else composed_of(spec).parts:
        law = is_distribution(part)
        if law != (name not in OF_SHAPES) or (not law and transform_definition(part).event):
            continue
        text = crossed(str(part)) if about.across else batched(str(part), about.parameters)
        batch = about.parameters if text is not None else ()
        request = Request(text or str(part), name, case.fmt.name, case.mode, event=0, shape=told.request.shape)
        if not law:
            shape = told.request.shape or ()
            expected = shape if name.endswith("event_shape") else np.broadcast_shapes(shape, batch)
        elif name == "batch_shape":
            expected = batch
        else:
            expected = event_law(part).event if is_event_law(part) else ()
        reply = case.framework.evaluate(request)
        if reply.status != "not_offered" and Told(request, about, reply, expected, None).failure:
            return _saying(case, told, part) or (str(part), name)
    return None


def _fits(declared: Shape, shape: Shape | None) -> bool:
    """Whether it is that shape, as far as it says what it is."""
    if shape is None or len(declared) != len(shape):
        return False
    return all(size in (UNKNOWN, true) for size, true in zip(declared, shape, strict=True))


def _checked(case: Case, name: str, told: Sequence[Told]) -> Check:
    """One component per declaration, all at no input."""
    failures = np.array([one.failure for one in told], np.uint8)
    message = next((one.reply.message for one in told if one.failure), "")
    read = [one.reply.values is not None for one in told]
    got = np.where(read, [len(one.declared) for one in told], np.nan).astype(case.fmt.dtype)
    truth = exactly(np.array([float(len(one.expected)) for one in told]))
    zeros = np.zeros(len(told), np.int64)
    measure = Measure(
        quantity=name,
        status="ok",
        message=message,
        inputs=np.full(1, np.nan).astype(case.fmt.dtype),
        region=np.full(len(told), Region.ORDINARY, np.uint8),
        row=zeros,
        component=zeros,
        got=got,
        truth=truth,
        failures=failures,
        usable=failures == Failure.NONE,
        distances=distances(got, truth, case.fmt),
        excused=np.zeros(len(told), bool),
        attainable=np.full(len(told), "", "U16"),
        calls=tuple((one.request, one.said()) for one in told),
        shapes=tuple((one.declared, one.expected) for one in told),
    )
    wrong = next((one for one in told if one.failure), None)
    return Check(measure, blamed=None if wrong is None else _saying(case, wrong, parse(case.subject)))
