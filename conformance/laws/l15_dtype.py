"""L15: the dtype is kept, and ITS accuracy is reached, also with parameters that no narrower format holds.

The catalogue's parameters have 8 significant bits, so that each is the same number in every format. A framework that
keeps its parameters in float32 is exact with them, and off by 1e-8 in float64 with any other; so float64 subjects are
asked once more with parameters that are as long as the format resolves, entries of vectors and matrices among them: as
arrays of that format and, where the framework takes them, as plain Python numbers. The latter are minor: that a Python
number takes the default dtype is what some frameworks document, and whoever hands over an array has the accuracy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, Value, parse
from conformance.definitions.registry import signature_of
from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Kind
from conformance.floats.regions import Region
from conformance.laws.batches import MODE, measured, times
from conformance.laws.case import Case
from conformance.laws.chosen import inner
from conformance.laws.law import Check, Law
from conformance.laws.measure import Measure
from conformance.laws.parts import on_the_way
from conformance.scoring.failures import Failure

Rows = NDArray[Any]

NARROW_ULP = 2.0**26
"""A median error above this many float64 ulp on ordinary inputs is what float32 arithmetic leaves (2^29 ulp of
float64 are one of float32); nothing that computes in float64 comes near it on well-conditioned inputs."""

PLAIN = "plain"
FORMS = ("arrays", PLAIN)
"""The forms that parameters are handed over in."""

ROWS = 9
"""Ordinary inputs that are asked with parameters of full length."""

STRETCH = 1.25**0.5
"""What the catalogue's parameters are multiplied by: with 8 bits of their own none of them stays short."""

NARROWED_ULP = 2.0**20, 2.0**36
"""A median error between these many float64 ulp, where the short parameters have none. One parameter that was rounded
to float32 is off by up to 2^28 ulp, and by chance by less; what is off by more than a few such is another formula."""


def check(case: Case) -> Iterator[Check]:
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if not measure.offered or not measure.returned_dtype:
            continue
        failures = np.zeros(len(measure.failures), np.uint8)
        ordinary = measure.region == Region.ORDINARY
        if measure.returned_dtype != case.fmt.name:
            failures[ordinary] = Failure.DTYPE_CHANGED
        elif case.fmt.name == "float64" and ordinary.any() and not _promised(case, quantity):
            # A value that is wrong altogether says nothing about the precision that it was computed in, and where
            # most are, neither do the few that come near.
            meant = ordinary & np.isin(measure.failures, (Failure.NONE, Failure.PRECISION_LOST))
            with np.errstate(invalid="ignore"):
                excess = measure.distances.ulp[meant] / np.maximum(1.0, measure.truth.condition[meant])
            finite = excess[np.isfinite(excess)]
            if 2 * len(finite) > int(np.count_nonzero(ordinary)) and np.median(finite) > NARROW_ULP:
                failures[meant & (measure.distances.ulp > NARROW_ULP)] = Failure.PRECISION_LOST
        yield Check(measure.with_failures(failures).where(ordinary))
    if case.fmt.name == "float64" and case.mode == MODE:
        yield from _of_full_length(case)


def _promised(case: Case, quantity: str) -> bool:
    """Whether an accuracy is documented: what is off by as much tells nothing of the precision it was computed in."""
    return case.tolerance(quantity).promise is not None


def full_length(subject: str) -> str | None:
    """The subject with parameters as long as float64 resolves, those in vectors and matrices too; None where it has
    none that is a number of any size."""
    stretched = _stretched(parse(subject))
    return None if stretched == parse(subject) else str(stretched)


def _stretched(spec: Spec) -> Spec:
    """Without what counts something, which stays."""
    whole = replace(spec, parts=tuple(map(_stretched, spec.parts)))
    every = [name for name in signature_of(spec.name) if _is_numbers(spec.params.get(name))]
    longer = {name: times(spec.params[name], STRETCH) for name in measured(spec, every, STRETCH)}
    return replace(whole, params={**spec.params, **longer})


def _is_numbers(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_numbers, value))
    return isinstance(value, float)


def _of_full_length(case: Case) -> Iterator[Check]:
    text = full_length(case.subject)
    if text is None:
        return
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if not measure.offered or not len(measure.row) or _promised(case, quantity):
            continue
        ordinary = np.unique(measure.row[measure.region == Region.ORDINARY])
        ordinary = ordinary[~np.isin(ordinary, measure.row[measure.failures != Failure.NONE])]
        # A formula that is wrong with short parameters as well says nothing about long ones.
        if 2 * len(ordinary) <= np.count_nonzero(measure.region == Region.ORDINARY) / _width(measure):
            continue
        rows = np.unique(inner(ordinary, ROWS))
        values = measure.inputs[rows]
        arrays, plain = (_answers(case, text, quantity, values, form) for form in FORMS)
        if arrays is not None and plain is not None and np.array_equal(arrays, plain, equal_nan=True):
            plain = None  # What is the same in both forms is judged once.
        for answers, form in zip((arrays, plain), FORMS, strict=True):
            if answers is not None:
                yield _judged(case, _scored(case, text, quantity, values, answers), form)


def _answers(case: Case, subject: str, quantity: str, values: Rows, form: str) -> Rows | None:
    """The answers of the stretched ``subject``; None where it has none, or is not taken in this form."""
    reply = case.framework.evaluate(Request(subject, quantity, case.fmt.name, case.mode, values, form=form))
    usable = reply.status == "ok" and reply.values is not None and reply.values.dtype == case.fmt.dtype
    return reply.values if usable else None


def _scored(case: Case, subject: str, quantity: str, values: Rows, answers: Rows) -> Measure:
    reply = Reply("ok", answers, np.zeros(len(values), np.uint8))
    region = np.full(len(values), Region.ORDINARY, np.uint8)
    return case.score(quantity, values, region, reply, subject=subject)


def _width(measure: Measure) -> int:
    return max(1, len(measure.row) // max(1, len(measure.inputs)))


def _narrowed(measure: Measure) -> bool:
    """Whether the median error, beyond conditioning, is what a parameter in float32 leaves."""
    near = np.isin(measure.failures, (Failure.NONE, Failure.PRECISION_LOST)) & (measure.truth.kind == Kind.FINITE)
    with np.errstate(invalid="ignore"):
        excess = measure.distances.ulp[near] / np.maximum(1.0, measure.truth.condition[near])
    excess = excess[np.isfinite(excess)]
    if 2 * len(excess) <= len(measure.row):  # What is wrong altogether says nothing about the precision.
        return False
    return bool(NARROWED_ULP[0] < np.median(excess) < NARROWED_ULP[1])


def _judged(case: Case, one: Measure, form: str) -> Check:
    narrowed = _narrowed(one)
    failures = np.where((one.distances.ulp > NARROWED_ULP[0]) & narrowed, Failure.PARAMETERS_NARROWED, Failure.NONE)
    said = f"parameters of full length{', as plain Python numbers' * (form == PLAIN)}: {one.of}"
    calls = tuple(
        (Request(one.of, one.quantity, case.fmt.name, case.mode, one.inputs[row], form=form), said) for row in one.row
    )
    accused = replace(one, calls=calls).with_failures(failures.astype(np.uint8))
    if form == PLAIN:
        accused = replace(accused, usable=np.ones(len(one.row), bool))
    part = _blamed(case, parse(one.of), one.quantity, one.inputs, form) if narrowed else None
    return Check(accused, blamed=part)


def _blamed(case: Case, spec: Spec, quantity: str, values: Rows, form: str) -> tuple[str, str] | None:
    """The smallest part that loses as much by itself, and the quantity that does."""

    def ask(part: Spec, quantity: str, at: Rows) -> Measure | None:
        answers = _answers(case, str(part), quantity, at, form)
        return None if answers is None else _scored(case, str(part), quantity, at, answers)

    for part, measure in on_the_way(spec, quantity, values, ask):
        if _narrowed(measure):
            return _blamed(case, part, measure.quantity, measure.inputs, form) or (str(part), measure.quantity)
    return None


LAW = Law("L15", "the dtype is kept and its own accuracy is reached, with parameters of every length", check)
