"""L09: the members of a batch are what each of them would be alone, and draws of them are draws of their own.

The batch comes from the parameters, of the base and of the transform, and its members differ. A member is accused where
its answer in the batch fails and the one that the framework gives for it alone does not. Alone it is asked once, at all
inputs of all batches: a call costs what it costs whatever its length.

Draws are asked of a batch whose members are equal: one noise that members share, of the shape of the sample or of one
of the parameters, is then one draw that they share, to the last bit. No parameter has all of the batch's axes, where a
law has several; and where a law is a base through maps, the batch comes once from the maps alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS, TRANSFORM_QUANTITIES
from adapters.interface.spec import parse
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.spaces import Shape
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.laws.batches import (
    CROSSED,
    DTYPE,
    MADE_OF,
    MODE,
    asked,
    batched,
    crossed,
    enumerated,
    fits,
    member,
    of_its_maps,
    values_of,
)
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.draws_measure import of_the_call
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure

Rows = NDArray[Any]

DRAWS = 16
TOLD = 13
"""How many of them tell that they are shared."""
THREE: Shape = (3,)
SHARED = "the members of a batch share one draw"

Alone = dict[str, tuple[Reply, Measure] | None]
"""By subject what a member gave alone, scored; None where it gave no values."""


def check(case: Case) -> Iterator[Check]:
    if case.fmt.name != DTYPE or case.mode != MODE:
        return
    wrong: set[str] = set()
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if measure.offered and len(measure.row) and not wrong.intersection(MADE_OF.get(quantity, ())):
            for one in _of_members(case, measure):
                if one.failed.any():
                    wrong.add(quantity)
                yield one
    if case.declared.is_distribution:
        yield from _of_draws(case)


def _of_members(case: Case, measure: Measure) -> Iterator[Check]:
    ordinary = np.unique(measure.row[measure.region == Region.ORDINARY])
    if len(ordinary) < 3:
        return
    rows = measure.inputs[inner(ordinary, 3)]
    alone: Alone = {}
    for inputs, parameters in case.inputs.batches or enumerated(case.subject):
        for index, request, one in _members(case, case.subject, measure.quantity, rows, inputs, parameters, alone):
            if one.failures.any() and _a_part_does_it(case, inputs, parameters):
                continue
            said = f"member {index} of parameters of shape {list(parameters)}, inputs of batch shape {list(inputs)}"
            yield Check(replace(one, calls=tuple((request, said) for _ in one.row)))


def _members(
    case: Case, subject: str, quantity: str, rows: Rows, inputs: Shape, parameters: Shape, alone: Alone
) -> Iterator[tuple[int, Request, Measure]]:
    """Every member of a batch that has an answer alone: its flat index, the call, and its answers in the batch.

    alone: what members gave alone at ``rows``, by their subjects; what is missing is added.
    """
    call = asked(case, subject, quantity, rows, inputs, parameters) if parameters else None
    if call is None:
        return
    reply = case.framework.evaluate(call.request)
    constant = quantity in LOG_DETS and reply.values is not None and fits(reply.values.shape, call.expected)
    if reply.values is None or (reply.values.shape != call.expected and not constant):
        return  # What has no answer, or one of another shape, is L07's.
    batch = np.broadcast_shapes(inputs, parameters)
    answers = np.broadcast_to(reply.values, call.expected).reshape(-1, *call.expected[len(batch) :])
    places = np.broadcast_to(values_of(np.arange(len(rows)), inputs), batch).ravel()
    members = np.broadcast_to(np.arange(int(np.prod(parameters))).reshape(parameters), batch).ravel()
    for index in range(int(np.prod(parameters))):
        here = members == index
        text = member(subject, index)
        if text not in alone:
            alone[text] = _alone(case, quantity, text, rows)
        one = _of_member(case, quantity, text, alone[text], rows, places[here], answers[here])
        if one is not None:
            yield index, call.request, one


def _a_part_does_it(case: Case, inputs: Shape, parameters: Shape) -> bool:
    """Whether a scalar transform that the subject is made of goes wrong in such a batch by itself: it is accused where
    it stands alone."""
    rows = np.array([0.25, 0.5, 0.75]).astype(case.fmt.dtype)
    return any(
        one.failures.any()
        for part in parse(case.subject).parts
        if not is_distribution(part) and not transform_definition(part).event
        for quantity in TRANSFORM_QUANTITIES
        for _, _, one in _members(case, str(part), quantity, rows, inputs, parameters, {})
    )


def _alone(case: Case, quantity: str, subject: str, rows: Rows) -> tuple[Reply, Measure] | None:
    """What the member gives alone at ``rows``, scored; None where it gives no values."""
    reply = case.ask(quantity, rows, subject=subject)
    if reply.values is None:
        return None
    return reply, case.score(quantity, rows, np.full(len(rows), Region.ORDINARY, np.uint8), reply, subject=subject)


def _of_member(
    case: Case,
    quantity: str,
    subject: str,
    alone: tuple[Reply, Measure] | None,
    rows: Rows,
    places: NDArray[np.intp],
    answers: Rows,
) -> Measure | None:
    """The member's answers in the batch at ``rows[places]``, with the failures that its answers alone do not have; None
    without any."""
    if alone is None:
        return None
    whole = alone[1]
    width = len(whole.row) // len(rows)
    own = whole.where((places[:, None] * width + np.arange(width)).ravel())
    values, region = rows[places], np.full(len(places), Region.ORDINARY, np.uint8)
    own = replace(own, inputs=values, row=np.repeat(np.arange(len(places)), width), returned_shape=answers.shape)
    if same(_at(alone[0], places, len(rows)), answers):  # They would fail where they fail alone: nobody's finding here.
        return own.with_failures(np.zeros(len(own.failures), np.uint8))
    reply = replace(alone[0], values=answers, fate=np.zeros(len(places), np.uint8))
    scored = case.score(quantity, values, region, reply, subject=subject, truth=own.truth)
    fresh = (own.failures == Failure.NONE) & (scored.truth.kind == Kind.FINITE)
    return scored.with_failures(np.where(fresh, scored.failures, Failure.NONE).astype(np.uint8))


def _at(alone: Reply, places: NDArray[np.intp], count: int) -> Reply:
    """The reply at these of its ``count`` rows; a constant log-det, which has none, as it is."""
    values, fate = alone.values, alone.fate
    if values is not None and values.shape[:1] == (count,):
        values = values[places]
    return replace(alone, values=values, fate=None if fate is None else fate[places])


def same(alone: Reply, answers: Rows) -> bool:
    """Whether the answers are those of the reply in every bit, and each of them came without a mishap."""
    values = alone.values
    if values is None or alone.fate is None or alone.fate.any():
        return False
    return (values.dtype, values.shape, values.tobytes()) == (answers.dtype, answers.shape, answers.tobytes())


def _of_draws(case: Case) -> Iterator[Check]:
    if not case.measure("log_prob").offered:
        return
    for batches in (
        ((crossed(case.subject, equal=True), CROSSED), (batched(case.subject, THREE, equal=True), THREE)),
        ((of_its_maps(case.subject, THREE), THREE),),
    ):
        for text, shape in batches:
            found = None if text is None else _drawn(case, text, shape)
            if found is not None:
                request, draws = found
                told = any(shared(draws, axis) for axis in range(1, 1 + len(shape)))
                said = SHARED if told else ""
                one = of_the_call(case, Failure.DRAWS_REPEATED if told else Failure.NONE, said)
                yield Check(replace(one, calls=((request, said),)), f"of equal laws, {text}")
                break  # The next batch stands in for one that has no draws.


def _drawn(case: Case, text: str, shape: Shape) -> tuple[Request, Rows] | None:
    """DRAWS draws of a batch of laws of this shape; None where there are none, or of another shape, which is L07's."""
    request = Request(text, "sample", case.fmt.name, case.mode, count=DRAWS, seed=case.seed)
    reply = case.framework.evaluate(request)
    event = () if case.declared.target is None else case.declared.target.shape
    if reply.values is None or reply.values.shape != (DRAWS, *shape, *event):
        return None
    return request, reply.values.astype(np.float64)


def shared(draws: Rows, axis: int) -> bool:
    """Whether members along this axis share their draws: TOLD of them, no two the same, are equal along it.

    Of independent draws of equal laws, whatever these are, even saturated ones that draw few floats, that happens with
    a probability below 2e-12: TOLD certain draws are certain different values v and come again as those with the
    product of their probabilities, which is at most TOLD^-TOLD as they add up to 1; summed over the values that the
    first draws may have, and over the 560 choices of TOLD of DRAWS.
    """
    first = np.take(draws, [0], axis)
    equal = (draws == first).reshape(len(draws), -1).all(axis=1)
    told = first.reshape(len(draws), -1)[equal]
    return len(told) >= TOLD and len(np.unique(told, axis=0)) >= TOLD


LAW = Law("L09", "the members of a batch are what each is alone, and none has the draws of another", check)
