"""L09: the members of a batch are what each of them would be alone, and draws of them are draws of their own.

The batch comes from the parameters, of the base and of the transform, and its members differ. A member is accused where
its answer in the batch fails and the one that the framework gives for it alone does not. Alone it is asked once, at all
inputs of all batches: a call costs what it costs whatever its length.

Of draws only what is equal to the last bit is told: one noise that members of other parameters share is not seen.
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
from conformance.laws.batches import DTYPE, MADE_OF, MODE, asked, batched, enumerated, fits, member, values_of
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure

Rows = NDArray[Any]

DRAWS = 16
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
    measure = case.measure("log_prob")
    if not measure.offered or not (measure.region == Region.ORDINARY).any():
        return
    text = batched(case.subject, (3,))
    if text is None:
        return
    request = Request(text, "sample", case.fmt.name, case.mode, count=DRAWS, seed=case.seed)
    reply = case.framework.evaluate(request)
    event = () if case.declared.target is None else case.declared.target.shape
    if reply.values is None or reply.values.shape != (DRAWS, 3, *event):
        return
    draws = reply.values.astype(np.float64)
    # A law that saturates draws one float all the time, and rightly.
    told = len(np.unique(draws[:, 0], axis=0)) > DRAWS // 2
    shared = told and bool((draws == draws[:, :1]).all())
    at = int(np.argmax(measure.region == Region.ORDINARY))
    one = replace(measure, quantity="sample").where(np.array([at]))
    one = replace(one, calls=((request, SHARED if shared else ""),), message=SHARED if shared else "")
    yield Check(one.with_failures(np.array([Failure.VALUE_WRONG if shared else Failure.NONE], np.uint8)))


LAW = Law("L09", "the members of a batch are what each is alone, and none has the draws of another", check)
