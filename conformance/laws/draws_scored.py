"""Draws that come with their log densities in one call: each against the exact log density of the draw that came.

A method of that kind may score the number before the last map and before its rounding, and be the better for it (TFP
documents "numerically stable implementations" of ``experimental_sample_and_log_prob``). So what the draw was rounded
from may be what is scored: the condition number grants 4 ulp of the draw, within NEAR floats of an end of the support,
where it tells too little, nothing is asked, and what can be used is right. Where ``log_prob`` is wrong at the same draw
that is what is to be mended, and told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import among
from conformance.floats.ordinals import to_ordinal
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.draws_measure import of_the_call
from conformance.laws.law import Check
from conformance.laws.scored import CLOSING_FATES
from conformance.scoring.failures import ACCUSES_NOBODY, Failure

SCORED = 64
"""Draws that are scored: the formula is one for all of them."""

NEAR = 16
"""Floats."""


def scored_at_once(case: Case, count: int) -> Iterator[Check]:
    """The log densities that come with ``count`` draws; nothing where they do not come by a method of their own."""
    answer = case.ask("scored_log_prob", count=count)
    if answer.status == "not_offered":
        return
    drawn = case.ask("scored_sample", count=count)
    event = () if case.declared.target is None else case.declared.target.shape
    if drawn.values is None or drawn.values.shape != (count, *event):  # Told of the draws, where these are offered.
        return
    if answer.values is None or answer.values.shape != (count,):
        shape = "no array" if answer.values is None else f"shape {answer.values.shape}"
        failure = CLOSING_FATES.get(answer.status, Failure.RAISED) if answer.values is None else Failure.SHAPE_WRONG
        told = of_the_call(case, failure, answer.message or f"{shape} for {count} log densities", answer.status)
        yield Check(replace(told, quantity="scored_log_prob"), f"log densities of {count} draws")
        return
    # Draws and densities are two answers: they belong together where the same seed gives the same draws.
    again = case.ask("scored_sample", count=count, again=1)
    if again.values is None or again.values.tobytes() != drawn.values.tobytes():
        told = of_the_call(case, Failure.SEED_IGNORED, f"{count} draws of one seed, asked twice, differ", "ok")
        yield Check(replace(told, quantity="scored_sample"), f"{count} draws with their log densities, twice")
        return
    draws = np.asarray(drawn.values, case.fmt.dtype)
    rows = _inside(case, draws)
    if not len(rows):
        return
    at, ordinary = draws[rows], np.full(len(rows), Region.ORDINARY, np.uint8)
    measure = case.score("log_prob", at, ordinary, replace(answer, values=answer.values[rows]))
    own = case.measure_at("log_prob", at, ordinary)
    # What one scores who has the very draw in more digits is no measure of who scores what it was rounded from.
    accused = ~measure.usable & (measure.attainable == "")
    if own.offered:
        accused &= among(own.failures, ACCUSES_NOBODY)
    failures = np.where(accused, measure.failures, Failure.NONE).astype(np.uint8)
    yield Check(replace(measure.with_failures(failures), quantity="scored_log_prob"), "with the draw, in one call")


def _inside(case: Case, draws: NDArray[Any]) -> NDArray[np.intp]:
    """The first SCORED finite draws that the support holds, of numbers more than NEAR floats away from its ends."""
    finite = np.asarray(np.isfinite(draws.astype(np.float64)).reshape(len(draws), -1).all(axis=1))
    if case.declared.target is not None:
        held = np.flatnonzero(finite)
        return held[case.declared.target.first_held(draws[held], case.fmt.precision, SCORED)]
    with np.errstate(over="ignore"):
        low, high = to_ordinal(np.asarray(case.declared.support).astype(case.fmt.dtype), case.fmt)
    places = to_ordinal(np.where(finite, draws, 0).astype(case.fmt.dtype), case.fmt)
    return np.flatnonzero(finite & (places > low + NEAR) & (places < high - NEAR))[:SCORED]
