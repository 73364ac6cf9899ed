"""L14: a distribution can score what it draws itself, and draws what its cdf says.

The goodness of fit is Kolmogorov's statistic with the Dvoretzky-Kiefer-Wolfowitz bound in Massart's sharp form
(Annals of Probability 18, 1990), which holds for any law, atoms included: P(sup|F_n - G| > e) <= 2 exp(-2 n e^2) for n
draws of the law G. A draw is a float and stands for all reals that come out as it: with f the transform, x a draw of
the base, and WITHIN floats granted for the rounding of x and as many for that of f(x), an honest G(y) lies between the
exact cdf at f(f^-1(y - WITHIN floats) - WITHIN floats) and at the same with plus. Only a distance from that interval
counts. The false-alarm rate is thus proved, however many draws one float stands for: with n = 4096 and 1e-9 the
threshold is 0.0511. A law that is off by 0.1 more than such an interval holds, at any point, escapes with a
probability under 2e-8 (the same bound at e = 0.0489); away from saturation an interval holds under 1e-4 in float32.
Ends of the intervals are floats and not midpoints between them: wider than rounding to nearest needs, since nobody
promises more than a few ulp. float32 and float64 only: what a 16-bit generator can draw at all is coarser than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.registry import event_law, functions_of, made_of, transform_definition
from conformance.definitions.spaces import Shape, Space
from conformance.execution.request import Reply
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.floats.regions import Region
from conformance.laws.case import CLOSING_FATES, Case
from conformance.laws.law import Check, Law
from conformance.laws.left_open import at_jump
from conformance.laws.measure import Measure
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure

COUNT = 4096
FALSE_ALARM = 1e-9

SCORED = 256
"""Draws of a law of events whose densities are scored: each is certified by itself."""

WITHIN = 4
"""Floats that are granted to a sampler for the rounding of the base's draw, and as many for that of its image."""


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
    draws = np.asarray(reply.values, case.fmt.dtype)
    if case.declared.circular:
        draws = _on_one_turn(case, draws)
        if not len(draws):
            return
    if case.declared.target is not None:
        yield from _of_events(case, draws, case.declared.target, form.measure)
        return
    ordinary = np.full(len(draws), Region.ORDINARY, np.uint8)
    scored = case.measure_at("log_prob", draws, ordinary)
    if scored.offered:
        yield Check(_inherent(case, scored), "at its own samples")
    if case.fmt.bits > 16:
        yield from _fit(case, case.subject, draws, scored)


def _on_one_turn(case: Case, draws: NDArray[Any]) -> NDArray[Any]:
    """The angles of the turn that is the support, each a whole number of turns from the draw: which turn a sampler
    takes is a convention. What rounding brings to an end lies on the nearest float inside."""
    low, high = case.declared.support
    wide = draws[np.isfinite(draws.astype(np.float64))].astype(np.float64)
    wide -= (high - low) * np.rint((wide - (low + high) / 2) / (high - low))
    return _inside_the_turn(case, wide.astype(case.fmt.dtype))


def _inside_the_turn(case: Case, places: NDArray[Any]) -> NDArray[Any]:
    """The nearest floats strictly inside the support, which is a turn."""
    fmt = case.fmt
    low, high = (to_ordinal(np.asarray([end]).astype(fmt.dtype), fmt)[0] for end in case.declared.support)
    return from_ordinal(np.clip(to_ordinal(places, fmt), low + 1, high - 1), fmt)


def _of_events(case: Case, draws: NDArray[Any], space: Space, form: Measure) -> Iterator[Check]:
    """The first SCORED draws that lie exactly in the space: off a thin one, where rounding leaves most draws, no
    density is claimed. And the draws of every entry whose own law is known, against its cdf."""
    some = draws[np.isfinite(draws.astype(np.float64)).reshape(len(draws), -1).all(axis=1)]
    some = some[space.holds(some, case.fmt.precision)][:SCORED]
    if len(some):
        scored = case.measure_at("log_prob", some, np.full(len(some), Region.ORDINARY, np.uint8))
        if scored.offered:
            yield Check(scored, "at its own samples")
    if case.fmt.bits > 16:
        for index, (own, column) in enumerate(
            zip(event_law(case.subject).marginals, draws.reshape(len(draws), -1).T, strict=False)
        ):
            if not own:
                continue
            for one in _fit(case, own, np.ascontiguousarray(column), replace(form, of=own)):
                yield replace(one, note=f"entry {index}: {one.note}")


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
    nothing = np.full(1, np.nan).astype(case.fmt.dtype)
    truth = Enclosures.empty(1)
    truth.kind[:] = Kind.NAN
    measure = Measure(
        quantity="sample",
        status=reply.status,
        message=message,
        inputs=nothing,
        region=np.full(1, Region.ORDINARY, np.uint8),
        row=np.zeros(1, np.int64),
        component=np.zeros(1, np.int64),
        got=nothing,
        truth=truth,
        failures=np.zeros(1, np.uint8),
        usable=np.ones(1, bool),
        distances=distances(nothing, truth, case.fmt),
        excused=np.zeros(1, bool),
        attainable=np.full(1, "", "U16"),
    )
    return Check(measure.with_failures(np.array([failure], np.uint8)), f"{COUNT} draws")


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


def as_float(truth: Enclosures) -> NDArray[np.float64]:
    """The middle of each enclosure as float64, for statistics: accurate to float64, not certified."""
    with np.errstate(over="ignore", under="ignore"):
        value = np.ldexp(truth.hi + truth.lo, np.clip(truth.exponent, -2000, 2000).astype(np.int32))
    value = np.where(truth.kind == Kind.POS_INF, np.inf, value)
    value = np.where(truth.kind == Kind.NEG_INF, -np.inf, value)
    return np.where(np.isin(truth.kind, (Kind.NAN, Kind.OUTSIDE, Kind.UNDECIDED)), np.nan, value)


def _fit(case: Case, subject: str, draws: NDArray[np.generic], scored: Measure) -> Iterator[Check]:
    """The draws against the cdf of ``subject``, whose law they have to follow. scored: what the measure is made of."""
    if "cdf" not in functions_of(subject):
        return
    places, counts = np.unique(draws[np.isfinite(draws.astype(np.float64))], return_counts=True)
    if not len(places):
        return
    total = int(counts.sum())
    threshold = math.sqrt(math.log(2.0 / FALSE_ALARM) / (2.0 * total))
    # A probability is compared with a threshold of 0.05: the last bits of thousands of float64 say nothing here.
    cdf = as_float(case.oracle.roughly(subject, "cdf", places, case.fmt))
    if np.isnan(cdf).any():
        return
    upto = np.cumsum(counts) / total
    below = upto - counts / total
    gap = np.maximum(np.abs(cdf - upto), np.abs(cdf - below))
    # The exact cdf at a draw lies in the draw's interval, so that only what is far from it can be far from that.
    far = np.flatnonzero(gap > threshold)
    if len(far):
        low, high = _interval(case, subject, places[far])
        if np.isnan(low).any() or np.isnan(high).any():
            return
        excess = [np.maximum(low - share, share - high) for share in (upto[far], below[far])]
        gap[far] = np.maximum(np.maximum(*excess), 0.0)
    worst = int(np.argmax(gap))
    failures = np.zeros(1, np.uint8)
    if gap[worst] > threshold:
        failures[0] = Failure.VALUE_WRONG
    # The finding's "got" is the empirical cdf at the sample where it is farthest from the exact one.
    shares = [below[worst], upto[worst]]
    empirical = np.asarray([max(shares, key=lambda share: abs(share - cdf[worst]))]).astype(case.fmt.dtype)
    one = np.array([worst])
    exact = case.oracle.truth(subject, "cdf", places[one], case.fmt)
    yield Check(
        replace(
            scored,
            quantity="sample",
            status="ok",
            inputs=places[one],
            region=np.full(1, Region.ORDINARY, np.uint8),
            row=np.zeros(1, np.int64),
            component=np.zeros(1, np.int64),
            got=empirical,
            truth=exact,
            failures=failures,
            usable=failures == Failure.NONE,
            distances=distances(empirical, exact, case.fmt),
            terms=None,
            excused=np.zeros(1, bool),
            attainable=np.full(1, "", "U16"),
        ),
        f"empirical cdf of {COUNT} own samples (false-alarm rate {FALSE_ALARM:g})",
    )


def _interval(case: Case, subject: str, places: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The exact cdf at the two ends of what each draw stands for: see the module's docstring."""
    ends = [_stepped(places, sign, case.fmt) for sign in (-1, 1)]
    if case.declared.circular:
        ends = [_inside_the_turn(case, end) for end in ends]
    outer = [as_float(case.oracle.truth(subject, "cdf", end, case.fmt)) for end in ends]
    parts = made_of(subject).parts
    if len(parts) != 2:
        return outer[0], outer[1]
    base, transform = str(parts[0]), str(parts[1])
    increasing = bool(transform_definition(transform).increasing)
    shares = []
    for sign, end, share in zip((-1, 1), ends, outer, strict=True):
        truth = case.oracle.truth(transform, "inverse", end, case.fmt)
        with np.errstate(over="ignore"):
            x = as_float(truth).astype(case.fmt.dtype)
        known = np.isfinite(x.astype(np.float64))
        moved = case.oracle.truth(base, "cdf", _stepped(x[known], sign if increasing else -sign, case.fmt), case.fmt)
        # Where the inverse is infinite, or undefined beyond the support, the end itself has said all.
        share = share.copy()
        share[known] = as_float(moved) if increasing else 1.0 - as_float(moved)
        shares.append(share)
    return np.fmin(outer[0], shares[0]), np.fmax(outer[1], shares[1])


def _stepped(places: NDArray[Any], sign: int, fmt: Format) -> NDArray[Any]:
    """``WITHIN`` floats down or up, zero and the subnormals being one with the smallest normal number: some flush them,
    and some clamp to it."""
    top = infinity_ordinal(fmt)
    moved = from_ordinal(np.clip(to_ordinal(places, fmt) + sign * WITHIN, -top, top), fmt)
    tiny = np.abs(moved.astype(np.float64)) <= fmt.min_normal
    return np.where(tiny, np.asarray(sign * fmt.min_normal).astype(fmt.dtype), moved)


LAW = Law(
    "L14",
    "log_prob of a distribution's own samples is finite and right; the samples follow its cdf",
    check,
    about="distribution",
)
