"""L09: the members of a batch are what each of them would be alone, and draws of them are draws of their own.

The batch comes from the parameters, of the base and of the transform, and its members differ. A member is accused where
its answer in the batch fails and the one that the framework gives for it alone does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.contract import TRANSFORM_QUANTITIES
from adapters.interface.spec import parse
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.spaces import Shape
from conformance.execution.request import Request
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.laws.batches import ENUMERATED, batched, expected_shape, member, values_of
from conformance.laws.case import Case, Measure
from conformance.laws.l07_shapes import DTYPE, MADE_OF, MODE
from conformance.laws.law import Check, Law
from conformance.scoring.failures import Failure

Rows = NDArray[Any]

DRAWS = 16
SHARED = "the members of a batch share one draw"


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
    if case.is_distribution:
        yield from _of_draws(case)


def _of_members(case: Case, measure: Measure) -> Iterator[Check]:
    ordinary = np.unique(measure.row[measure.region == Region.ORDINARY])
    if len(ordinary) < 3:
        return
    rows = measure.inputs[ordinary[np.linspace(0, len(ordinary) - 1, 5).astype(int)[1:-1]]]
    event = rows.shape[1:]
    for inputs, parameters in ENUMERATED:
        text = batched(case.subject, parameters) if parameters else None
        if text is None:
            continue
        values = values_of(rows, inputs)
        request = Request(text, measure.quantity, case.fmt.name, case.mode, values, seed=case.seed, event=len(event))
        reply = case.framework.evaluate(request)
        expected = expected_shape(case.subject, measure.quantity, event, inputs, parameters)
        if reply.values is None or not _fits(reply.values.shape, expected):
            continue  # What has no answer, or one of another shape, is L07's.
        batch = np.broadcast_shapes(inputs, parameters)
        answers = np.broadcast_to(reply.values, expected).reshape(-1, *expected[len(batch) :])
        asked = np.broadcast_to(values_of(np.arange(len(rows)), inputs), batch).ravel()
        members = np.broadcast_to(np.arange(int(np.prod(parameters))).reshape(parameters), batch).ravel()
        for index in np.unique(members):
            here = members == index
            checked = _of_member(
                case, measure.quantity, member(case.subject, parameters, int(index)), rows[asked[here]], answers[here]
            )
            if checked is not None and checked.failures.any() and _a_part_does_it(case, inputs, parameters):
                continue
            if checked is not None:
                said = f"member {index} of parameters of shape {list(parameters)}, inputs of batch shape {list(inputs)}"
                yield Check(replace(checked, calls=tuple((request, said) for _ in checked.row)))


def _a_part_does_it(case: Case, inputs: Shape, parameters: Shape) -> bool:
    """Whether a scalar transform that the subject is made of goes wrong in such a batch by itself: it is accused where
    it stands alone."""
    rows = np.array([0.25, 0.5, 0.75]).astype(case.fmt.dtype)
    for part in parse(case.subject).parts:
        if is_distribution(part) or transform_definition(part).event or batched(str(part), parameters) is None:
            continue
        for quantity in TRANSFORM_QUANTITIES:
            request = Request(
                batched(str(part), parameters) or "",
                quantity,
                case.fmt.name,
                case.mode,
                values_of(rows, inputs),
                event=0,
            )
            reply = case.framework.evaluate(request)
            batch = np.broadcast_shapes(inputs, parameters)
            if reply.values is None or not _fits(reply.values.shape, batch):
                continue
            answers = np.broadcast_to(reply.values, batch).ravel()
            asked = np.broadcast_to(values_of(np.arange(len(rows)), inputs), batch).ravel()
            members = np.broadcast_to(np.arange(int(np.prod(parameters))).reshape(parameters), batch).ravel()
            for index in np.unique(members):
                here = members == index
                one = _of_member(
                    case, quantity, member(str(part), parameters, int(index)), rows[asked[here]], answers[here]
                )
                if one is not None and one.failures.any():
                    return True
    return False


def _of_member(case: Case, quantity: str, subject: str, rows: Rows, answers: Rows) -> Measure | None:
    """The member's answers in the batch, with the failures that its answers alone do not have; None without any."""
    region = np.full(len(rows), Region.ORDINARY, np.uint8)
    alone = case.ask(quantity, rows, subject=subject)
    if alone.values is None:
        return None
    own = case.score(quantity, rows, region, alone, subject=subject)
    fate = np.zeros(len(rows), np.uint8)
    scored = case.score(
        quantity, rows, region, replace(alone, values=answers, fate=fate), subject=subject, truth=own.truth
    )
    fresh = (own.failures == Failure.NONE) & (scored.truth.kind == Kind.FINITE)
    return scored.with_failures(np.where(fresh, scored.failures, Failure.NONE).astype(np.uint8))


def _fits(shape: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, expected) == expected
    except ValueError:
        return False


def _of_draws(case: Case) -> Iterator[Check]:
    measure = case.measure("log_prob")
    if not measure.offered or not (measure.region == Region.ORDINARY).any():
        return
    text = batched(case.subject, (3,))
    if text is None:
        return
    request = Request(text, "sample", case.fmt.name, case.mode, count=DRAWS, seed=case.seed)
    reply = case.framework.evaluate(request)
    if reply.values is None or reply.values.shape != (DRAWS, 3):
        return
    draws = reply.values.astype(np.float64)
    # A law that saturates draws one float all the time, and rightly.
    told = len(np.unique(draws[:, 0])) > DRAWS // 2
    shared = told and bool((draws == draws[:, :1]).all())
    at = int(np.argmax(measure.region == Region.ORDINARY))
    one = replace(measure, quantity="sample").where(np.array([at]))
    one = replace(one, calls=((request, SHARED if shared else ""),), message=SHARED if shared else "")
    yield Check(one.with_failures(np.array([Failure.VALUE_WRONG if shared else Failure.NONE], np.uint8)))


LAW = Law("L09", "the members of a batch are what each is alone, and drawn independently of each other", check)
