"""L07: results have the shapes that batches of inputs and of parameters give them, and objects declare those.

The expected shape needs no oracle: the inputs' batch shape broadcast with the parameters', then the event of the
result. A log-det may come in any shape that broadcasts to that, since constant ones are given in the parameters' shape.
Values belong to the other laws; members that differ from the plain call belong to L09.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from adapters.interface.quantities import LOG_DETS
from adapters.interface.spec import parse
from conformance.definitions.registry import is_distribution, is_event_law, transform_definition
from conformance.definitions.spaces import Shape
from conformance.execution.request import Reply, Request
from conformance.floats.regions import Region
from conformance.laws import declared_shapes, relatives
from conformance.laws.batches import CROSSED, DTYPE, MADE_OF, MODE, Asked, asked, batched, crossed, enumerated, fits
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.laws.scored import CLOSING_FATES
from conformance.scoring.failures import Failure

DRAWS = 5


def check(case: Case) -> Iterator[Check]:
    if case.fmt.name != DTYPE or case.mode != MODE:
        return
    wrong: dict[str, set[tuple[Shape, Shape]]] = {}
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if measure.offered and len(measure.row):
            yield from _of_quantity(case, measure, wrong)
    if case.declared.is_distribution:
        yield from _of_draws(case)
    elif case.measure("forward").offered and case.inputs.batches is None:
        yield from _of_relatives(case, {quantity for quantity, batches in wrong.items() if batches})


def _of_quantity(case: Case, measure: Measure, wrong: dict[str, set[tuple[Shape, Shape]]]) -> Iterator[Check]:
    """wrong: the batches at which each quantity before this one was found wrong; those of this one are added."""
    ordinary = np.flatnonzero((measure.region == Region.ORDINARY) & (measure.component == 0))
    if not len(ordinary):
        return
    chosen = inner(ordinary, 3)
    rows = measure.inputs[measure.row[chosen]]
    calls: list[Asked] = []
    replies: list[Reply] = []
    batches = [(*batch, False) for batch in case.inputs.batches or enumerated(case.subject)]
    if measure.quantity == "log_prob" and not case.inputs.batches:
        batches.append(((3,), CROSSED, True))
    for inputs, parameters, across in batches:
        one = asked(case, case.subject, measure.quantity, rows, inputs, parameters, across)
        if one is None:
            continue
        reply = case.framework.evaluate(one.request)
        if reply.status != "not_offered":
            calls.append(one)
            replies.append(reply)
    failures = np.array([_judged(one, reply) for one, reply in zip(calls, replies, strict=True)], np.uint8)
    for index in np.flatnonzero(failures):
        one = calls[index]
        batch = (one.inputs, one.parameters)
        wrong.setdefault(measure.quantity, set()).add(batch)
        made_of = any(batch in wrong.get(other, ()) for other in MADE_OF.get(measure.quantity, ()))
        if made_of or _a_part_does_it(case, rows, one):
            failures[index] = Failure.NONE
    yield _checked(measure, int(chosen[0]), calls, replies, failures)
    if measure.quantity in ("forward", "inverse"):
        yield from declared_shapes.of_map(case, measure.quantity, calls, replies)


def _judged(one: Asked, reply: Reply) -> Failure:
    if reply.values is None:
        return CLOSING_FATES.get(reply.status, Failure.RAISED)
    shape = reply.values.shape
    if shape == one.expected or (one.request.quantity in LOG_DETS and fits(shape, one.expected)):
        return Failure.NONE
    return Failure.SHAPE_WRONG


def _a_part_does_it(case: Case, rows: np.ndarray, one: Asked) -> bool:
    """Whether a scalar part of the subject, asked alone with the same batches, fails as well: it is accused where it
    stands alone."""
    if is_event_law(case.subject):
        return False  # Its parts are maps of events, or laws whose arrays are no batch.
    for part in parse(case.subject).parts:
        if not is_distribution(part) and transform_definition(part).event:
            continue
        for quantity in ("fldj", "ildj", "forward", "inverse", "log_prob", "cdf"):
            some = rows.reshape(-1)[:3]
            alone = asked(case, str(part), quantity, some, one.inputs, one.parameters, one.across)
            if alone is None:  # A part without parameters meets inputs that are as wide as those of the others.
                batch = np.broadcast_shapes(one.inputs, one.parameters)
                alone = asked(case, str(part), quantity, some, batch, ())
            assert alone is not None
            reply = case.framework.evaluate(alone.request)
            if reply.status != "not_offered" and _judged(alone, reply) != Failure.NONE:
                return True
            if reply.values is not None and reply.values.dtype != case.fmt.dtype:
                return True  # Which the next part may refuse.
    return False


def _of_relatives(case: Case, wrong: set[str]) -> Iterator[Check]:
    """What is made as the subject is, but for the quantities of which the subject itself has a wrong shape."""
    seen: dict[str, list[tuple[Asked, Reply]]] = {}
    for subject in relatives.relatives(case.subject):
        for one, reply in relatives.calls(case, subject):
            seen.setdefault(one.request.quantity, []).append((one, reply))
    for quantity, answered in seen.items():
        measure = case.measure(quantity)
        if quantity in wrong or not measure.offered or not len(measure.row):
            continue
        calls, replies = [one for one, _ in answered], [reply for _, reply in answered]
        failures = np.array([_judged(one, reply) for one, reply in answered], np.uint8)
        ordinary = np.flatnonzero((measure.region == Region.ORDINARY) & (measure.component == 0))
        rows = measure.inputs[measure.row[inner(ordinary, 3)]] if len(ordinary) else measure.inputs
        for at in np.flatnonzero(failures).tolist():
            if _a_part_does_it(case, rows, calls[at]):
                failures[at] = Failure.NONE
        found = _checked(measure, int(np.argmax(measure.region == Region.ORDINARY)), calls, replies, failures)
        accused = next((one.of for one, failed in zip(calls, failures, strict=True) if failed), "")
        yield replace(found, blamed=(accused, quantity) if accused else None)
        if quantity in ("forward", "inverse"):
            for subject in dict.fromkeys(one.of for one in calls):
                own = [(one, reply) for one, reply in answered if one.of == subject]
                yield from declared_shapes.of_map(case, quantity, [one for one, _ in own], [reply for _, reply in own])


def _of_draws(case: Case) -> Iterator[Check]:
    measure = case.measure("log_prob")
    if not measure.offered or not (measure.region == Region.ORDINARY).any():
        return
    at = int(np.argmax(measure.region == Region.ORDINARY))
    draws: list[tuple[Asked, Reply]] = []
    for parameters, across in (((), False), ((3,), False), ((2, 1), False), (CROSSED, True)):
        text = crossed(case.subject) if across else batched(case.subject, parameters)
        # Samplers of events take long: what is declared of a batch is held against the definition alone.
        drawn = parameters in ((), (3,)) or not is_event_law(case.subject)
        if text is not None:
            request = Request(text, "sample", case.fmt.name, case.mode, count=DRAWS, seed=case.seed)
            event = () if case.declared.target is None else case.declared.target.shape
            one = Asked(request, (DRAWS,), parameters, (DRAWS, *parameters, *event), across)
            draws.append((one, case.framework.evaluate(request) if drawn else Reply("not_offered")))
    offered = [(one, reply) for one, reply in draws if reply.status != "not_offered"]
    failures = np.array([_judged(one, reply) for one, reply in offered], np.uint8)
    calls, replies = [one for one, _ in offered], [reply for _, reply in offered]
    yield _checked(replace(measure, quantity="sample"), at, calls, replies, failures)
    yield from declared_shapes.of_law(case, draws)


def _checked(measure: Measure, at: int, calls: list[Asked], replies: list[Reply], failures: np.ndarray) -> Check:
    """One component per call, all shown at the one input."""
    said = tuple(one.said(reply) for one, reply in zip(calls, replies, strict=True))
    message = next((reply.message for reply, failed in zip(replies, failures, strict=True) if failed), "")
    several = measure.where(np.full(len(calls), at))
    several = replace(several, calls=tuple(zip((one.request for one in calls), said, strict=True)), message=message)
    return Check(several.with_failures(failures))


LAW = Law("L07", "results and declared shapes are those that batches of inputs and of parameters give", check)
