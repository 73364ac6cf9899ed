"""L22: an element's result does not depend on the tensor's length, on its position in it, or on the run.

A few inputs whose answers in the long arrays of the other laws are right are asked again: two of them alone, all of
them over and over in arrays of 16 and of 33, and those of 33 twice. No vector register divides 33, so that its last
element goes through the scalar tail. What comes is held against the same truth, and what fails there has the kind of
its failure. Two answers that are both right commonly differ in the last bit, since the body of a vector loop and its
tail round differently, and nobody is accused of that; only where they are farther apart than ROUNDING it is told,
and is minor, since each of them can be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_DETS
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import result_event
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.laws.batches import DTYPE, MODE
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.laws.parts import on_the_way
from conformance.scoring.distance import unit_exponent
from conformance.scoring.failures import Failure

Rows = NDArray[Any]

ORDINARY = 3
"""Ordinary inputs that are asked; beside them one of every other region inside the domain, and one that is answered
by a subnormal number."""

ALONE = 2
"""How many of them are asked alone."""

ROUNDING = 0.5
"""Right answers that lie no farther apart than this share of what is allowed either of them are rounding."""

LONG = 16
"""How often the inputs of a part are repeated to see what it answers in a long array."""


@dataclass(frozen=True)
class Layout:
    """One request: the places of its rows among the chosen ones, and how it is told. again: asked a second time."""

    places: NDArray[np.intp]
    said: str
    again: bool = False


def check(case: Case) -> Iterator[Check]:
    if case.fmt.name != DTYPE or case.mode != MODE:
        return
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if measure.offered and len(measure.row):
            yield from _of_quantity(case, measure)


def _of_quantity(case: Case, measure: Measure) -> Iterator[Check]:
    rows = _chosen(case, measure)
    if not len(rows):
        return  # Nothing is right in a long array, and that is another law's.
    for layout, one in _of_layouts(case, measure, rows, list(_layouts(len(rows)))):
        wrong = np.unique(layout.places[one.row[Check(one).failed]])
        values = measure.inputs[rows]
        part = _blamed(case, parse(case.subject), measure.quantity, values, layout, wrong) if len(wrong) else None
        yield Check(one, layout.said, part)


def _chosen(case: Case, measure: Measure) -> NDArray[np.intp]:
    """Rows whose answers are right in every component: ORDINARY ordinary ones, one whose answer is subnormal, and one
    of each other region, in this order."""
    width = len(measure.row) // len(measure.inputs)
    right = ((measure.failures == Failure.NONE) & (measure.truth.kind != Kind.UNDECIDED)).reshape(-1, width).all(axis=1)
    region = measure.region[::width]
    size = np.abs(measure.got.astype(np.float64)).reshape(-1, width)
    subnormal = ((size > 0) & (size < case.fmt.min_normal)).any(axis=1)
    picked = [inner(np.flatnonzero(right & (region == Region.ORDINARY)), ORDINARY)]
    others = (region == one for one in Region if one not in (Region.ORDINARY, Region.OUTSIDE))
    picked += [inner(np.flatnonzero(right & one), 1) for one in (subnormal, *others)]
    return np.array(list(dict.fromkeys(np.concatenate(picked).tolist())), np.intp)


def _layouts(count: int) -> Iterator[Layout]:
    every = np.arange(count)
    for place in every[1::2][:ALONE]:  # An ordinary input, and one of the others.
        yield Layout(every[place : place + 1], "asked alone")
    yield Layout(np.resize(every[::-1], 16), "in an array of 16")
    for again in (False, True):
        yield Layout(np.resize(every, 33), "in an array of 33" + again * ", asked again", again)


def _of_layouts(
    case: Case, measure: Measure, rows: NDArray[np.intp], layouts: Sequence[Layout], subject: str = ""
) -> Iterator[tuple[Layout, Measure]]:
    """The answers at ``rows`` of ``measure`` in each layout, judged, but for those that have no values or another form,
    which other laws judge. subject: what was asked, where it is not the case's own. Scored together, since a score
    costs as much as a request."""
    width = len(measure.row) // max(1, len(measure.inputs))
    answered, answers = [], []
    for layout in layouts:
        values = measure.inputs[rows[layout.places]]
        shape = (len(values), *result_event(subject or case.subject, measure.quantity, values.shape[1:]))
        got = _asked(case, subject or case.subject, measure.quantity, values, layout.again)
        if got is not None and (got.shape == shape or (got.size == 1 and measure.quantity in LOG_DETS)):
            answered.append(layout)
            answers.append(np.broadcast_to(got, shape) if got.shape == shape else np.full(shape, got.reshape(())))
    if not answered:
        return
    places = np.concatenate([rows[layout.places] for layout in answered])
    usual = measure.where((places[:, None] * width + np.arange(width)).ravel())
    values, reply = measure.inputs[places], Reply("ok", np.concatenate(answers), np.zeros(len(places), np.uint8))
    region = usual.region[::width]
    scored = case.score(measure.quantity, values, region, reply, subject=subject, truth=usual.truth)
    start = 0
    for layout in answered:
        here = slice(start * width, (start + len(layout.places)) * width)
        part = scored.where(np.arange(len(scored.row))[here])
        mine = slice(start, start + len(layout.places))
        part = replace(part, inputs=values[mine], row=part.row - start)
        yield layout, _judged(case, part, usual.where(np.arange(len(usual.row))[here]))
        start += len(layout.places)


def _asked(case: Case, subject: str, quantity: str, values: Rows, again: bool) -> Rows | None:
    event = (values.ndim - 1) or None
    request = Request(subject, quantity, case.fmt.name, case.mode, values, event=event, again=int(again))
    reply = case.framework.evaluate(request)
    usable = reply.status == "ok" and reply.values is not None and reply.values.dtype == case.fmt.dtype
    return reply.values if usable else None


def _judged(case: Case, scored: Measure, usual: Measure) -> Measure:
    """What fails in this layout, and where the usual answers are right as these are and far from them; two answers that
    keep one promise lie where it says, however far apart."""
    tolerance = case.tolerance(scored.quantity, scored.of)
    if tolerance.promise is not None:
        return scored
    unit = unit_exponent(scored.truth, case.fmt)
    granted = (
        ROUNDING
        * tolerance.ulp
        * (1.0 + tolerance.granted * np.abs(np.nan_to_num(scored.truth.condition, posinf=np.inf)))
    )
    with np.errstate(all="ignore"):
        apart = np.abs(scored.got.astype(np.float64) - usual.got.astype(np.float64))
        far = apart > np.ldexp(granted, np.clip(unit, -2000, 2000).astype(np.int32))
    far &= (usual.failures == Failure.NONE) & (scored.failures == Failure.NONE) & (scored.truth.kind == Kind.FINITE)
    told = scored.with_failures(np.where(far, Failure.POSITION, scored.failures).astype(np.uint8))
    if far.any():
        at = int(np.argmax(far))
        said = f"{scored.got[at]} in the place of {usual.got[at]}, which comes in a long array"
        told = replace(told, message=said)
    return replace(told, usable=told.usable | far)


def _blamed(
    case: Case, spec: Spec, quantity: str, values: Rows, layout: Layout, wrong: NDArray[np.intp]
) -> tuple[str, str] | None:
    """The smallest part on the way of ``values`` through ``spec`` that goes wrong in this layout at what it is handed,
    and the quantity that does; None where no part does. wrong: the places of ``values`` that are accused."""

    def in_a_long_array(part: Spec, quantity: str, at: Rows) -> Measure | None:
        rows = np.concatenate([at] * LONG)
        try:
            measure = case.measure_at(quantity, rows, np.full(len(rows), Region.ORDINARY, np.uint8), subject=str(part))
        except ValueError:  # Such as an event of another shape than the part takes.
            return None
        return measure if measure.status == "ok" and len(measure.row) else None

    for part, measure in on_the_way(spec, quantity, values, in_a_long_array):
        at = measure.inputs[: len(measure.inputs) // LONG]
        if len(at) == len(values):
            for _, one in _of_layouts(case, measure, np.arange(len(at)), [layout], str(part)):
                if np.isin(layout.places[one.row[Check(one).failed]], wrong).any():
                    return _blamed(case, part, measure.quantity, at, layout, wrong) or (str(part), measure.quantity)
    return None


LAW = Law("L22", "a result does not depend on the tensor's length, on the place in it, or on the run", check)
