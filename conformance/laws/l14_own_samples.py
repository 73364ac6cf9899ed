"""L14: a distribution can score what it draws itself, and draws what its cdf says.

What is asked of draws, each in a module of its own: that the same seed draws the same and another one others
(``draws_seed``, of every law, in float32); that they fit the exact cdf as a whole (``draws_fit.fit``); that of a law of
numbers as many lie in the tails as are meant (``draws_fit.tails``), and no more come twice than its floats explain
(``draws_repeated``). All but the first are tests with one proved rate of false alarms (``draws_measure``). A draw is a
float and stands for all reals that come out as it (``draws_interval``). The ends of what it stands for are floats and
not midpoints between them: wider than rounding to nearest needs, since nobody promises more than a few ulp. The cdf is
asked in float32 and float64 only: what a 16-bit generator can draw at all is coarser than that.

Where a framework has other methods that draw (OTHERWISE), they have to draw the same under the same seed, or to follow
the law by themselves, in eager mode; and a log density that comes with a draw is that of the draw (``draws_scored``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import event_law
from conformance.definitions.spaces import Shape, Space
from conformance.execution.request import Reply
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.laws.batches import MODE
from conformance.laws.case import Case
from conformance.laws.draws_fit import fit, tails
from conformance.laws.draws_interval import inside_the_turn
from conformance.laws.draws_measure import of_the_call
from conformance.laws.draws_repeated import repeated
from conformance.laws.draws_scored import scored_at_once
from conformance.laws.draws_seed import seeded
from conformance.laws.law import Check, Law
from conformance.laws.left_open import at_jump
from conformance.laws.measure import Measure
from conformance.laws.scored import CLOSING_FATES
from conformance.scoring.failures import Failure

COUNT = 4096

OTHERWISE = ("rsample", "scored_sample")
"""Methods beside ``sample`` that draw."""

SCORED = 256
"""Draws of a law of events whose densities are scored: each is certified by itself."""


def check(case: Case) -> Iterator[Check]:
    if not case.declared.is_distribution:
        return
    reply = case.ask("sample", count=COUNT)
    if reply.status == "not_offered":
        return
    form = _form(case, reply)
    yield form
    if reply.values is None or form.measure.failures[0] == Failure.SHAPE_WRONG:
        return
    if case.fmt.name == "float32":
        # One generator serves all formats, and a compiler takes the seed for a constant: once per mode is enough.
        yield from seeded(case, reply, COUNT)
    sampled = np.asarray(reply.values, case.fmt.dtype)
    draws = _taken(case, sampled)
    yield from _scored(case, draws)
    yield from _fitting(case, draws)
    if case.mode == MODE and case.fmt.bits > 16:
        for quantity in OTHERWISE:
            yield from _otherwise(case, quantity, sampled)
        yield from scored_at_once(case, COUNT)


def _otherwise(case: Case, quantity: str, sampled: NDArray[Any]) -> Iterator[Check]:
    """What comes by another method under the same seed. Where it is what ``sample`` drew, bit by bit, no more is asked
    of it: else it has to follow the law by itself."""
    reply = case.ask(quantity, count=COUNT)
    if reply.status == "not_offered":
        return
    form = _form(case, reply)
    checks = [form]
    if reply.values is not None and form.measure.failures[0] != Failure.SHAPE_WRONG:
        draws = np.asarray(reply.values, case.fmt.dtype)
        if not np.array_equal(draws, sampled, equal_nan=True):
            checks += _fitting(case, _taken(case, draws))
    for one in checks:
        yield replace(one, measure=replace(one.measure, quantity=quantity))


def _taken(case: Case, draws: NDArray[Any]) -> NDArray[Any]:
    """The draws as numbers of the support where that is a turn."""
    return _on_one_turn(case, draws) if case.declared.circular else draws


def _scored(case: Case, draws: NDArray[Any]) -> Iterator[Check]:
    """The log density at the draws. Of events at the first SCORED that lie exactly in the space: off a thin one, where
    rounding leaves most draws, no density is claimed."""
    if case.declared.target is not None:
        draws = draws[np.isfinite(draws.astype(np.float64)).reshape(len(draws), -1).all(axis=1)]
        draws = draws[case.declared.target.first_held(draws, case.fmt.precision, SCORED)]
    if not len(draws):
        return
    scored = case.measure_at("log_prob", draws, np.full(len(draws), Region.ORDINARY, np.uint8))
    if scored.offered:
        yield Check(scored if case.declared.target is not None else _inherent(case, scored), "at its own samples")


def _fitting(case: Case, draws: NDArray[Any]) -> Iterator[Check]:
    """The draws against the exact cdf; of events those of every entry whose own law is known."""
    if case.fmt.bits <= 16 or not len(draws):
        return
    if case.declared.target is None:
        yield from fit(case, case.subject, draws)
        yield from tails(case, case.subject, draws)
        yield from repeated(case, case.subject, draws)
        return
    columns = draws.reshape(len(draws), -1).T
    for index, (own, column) in enumerate(zip(event_law(case.subject).marginals, columns, strict=False)):
        if not own:
            continue
        for one in fit(case, own, np.ascontiguousarray(column), of=own):
            yield replace(one, note=f"entry {index}: {one.note}")


def _on_one_turn(case: Case, draws: NDArray[Any]) -> NDArray[Any]:
    """The angles of the turn that is the support, each a whole number of turns from the draw: which turn a sampler
    takes is a convention. What rounding brings to an end lies on the nearest float inside."""
    low, high = case.declared.support
    wide = draws[np.isfinite(draws.astype(np.float64))].astype(np.float64)
    wide -= (high - low) * np.rint((wide - (low + high) / 2) / (high - low))
    return inside_the_turn(case, wide.astype(case.fmt.dtype))


def _event(case: Case) -> Shape:
    return () if case.declared.target is None else case.declared.target.shape


def _form(case: Case, reply: Reply) -> Check:
    """Whether draws came at all, and COUNT of them in the dtype that was asked. There is no input: it shows as NaN."""
    failure, message = Failure.NONE, reply.message
    if reply.values is None:
        failure = CLOSING_FATES.get(reply.status, Failure.RAISED)
    elif reply.values.shape != (COUNT, *_event(case)):
        failure, message = Failure.SHAPE_WRONG, f"shape {reply.values.shape} for {COUNT} draws"
    elif reply.values.dtype != case.fmt.dtype:
        failure, message = Failure.DTYPE_CHANGED, f"{reply.values.dtype} came for {case.fmt.name}"
    else:
        failure, message = _out_of_support(case, reply.values, message)
    return Check(of_the_call(case, failure, message, reply.status), f"{COUNT} draws")


def _out_of_support(case: Case, draws: NDArray[np.generic], message: str) -> tuple[Failure, str]:
    """A draw is a number in the closed support; its ends are compared after rounding, which may reach an open end.

    By a rounding of the transform it may lie a few floats past a jump. In float16 whatever is beyond 65504 is infinite,
    which the tails of these distributions reach; in the wider formats they never do.
    """
    wide = draws.astype(np.float64)
    if case.declared.target is not None:
        return _out_of_space(case.declared.target, wide, case.fmt, message)
    with np.errstate(over="ignore"):
        low, high = np.asarray(case.declared.support).astype(case.fmt.dtype).astype(np.float64)
    if case.declared.circular:  # Every angle is one of the circle.
        low, high = -np.inf, np.inf
    for failure, bad, what in (
        (Failure.SPURIOUS_NAN, np.isnan(wide), "nan"),
        (
            Failure.OUT_OF_CODOMAIN,
            ((wide < low) | (wide > high)) & ~at_jump(case, draws),
            f"outside the support, {low:g} to {high:g}",
        ),
        (Failure.SPURIOUS_INF, np.isinf(wide) & (case.fmt.emax > 100), "infinite"),
    ):
        if bad.any():
            return failure, f"{np.count_nonzero(bad)} of {COUNT} draws are {what}"
    return Failure.NONE, message


def _out_of_space(space: Space, draws: NDArray[np.float64], fmt: Format, message: str) -> tuple[Failure, str]:
    """As above: a draw lies in the space or on its boundary, up to what rounding excuses."""
    rows = draws.reshape(len(draws), -1)
    finite = np.isfinite(rows).all(axis=1)
    outside = [not space.reached(row, fmt.precision) for row in rows[finite].tolist()]
    for failure, count, what in (
        (Failure.SPURIOUS_NAN, np.count_nonzero(np.isnan(rows).any(axis=1)), "hold a nan"),
        (Failure.OUT_OF_CODOMAIN, sum(outside), f"are outside the support, {space}"),
        (Failure.SPURIOUS_INF, np.count_nonzero(~finite) * (fmt.emax > 100), "hold an infinity"),
    ):
        if count:
            return failure, f"{count} of {COUNT} draws {what}"
    return Failure.NONE, message


def _inherent(case: Case, measure: Measure) -> Measure:
    """Mark what is right at draws on an end of the open support, where log_prob is infinite as its limit is.

    Rounding leaves a sampler no choice but to draw such an end, or a clamp: counted, and nobody's finding. Whether it
    does so too often is the cdf's to say.
    """
    ends = np.isin(
        measure.inputs.astype(np.float64), np.asarray(case.declared.support).astype(case.fmt.dtype).astype(float)
    )
    ends &= ~at_jump(case, measure.inputs)
    inherent = ends[measure.row] & np.isinf(measure.got.astype(np.float64)) & (measure.failures == Failure.NONE)
    failures = np.where(inherent, Failure.INHERENT, measure.failures).astype(np.uint8)
    return replace(measure.with_failures(failures), usable=measure.usable)


LAW = Law(
    "L14",
    "log_prob of a distribution's own samples is finite and right; the samples follow its cdf and their seed",
    check,
    about="distribution",
)
