"""L14: a distribution can score what it draws itself, and draws what its cdf says.

The goodness of fit is Kolmogorov's statistic with the Dvoretzky-Kiefer-Wolfowitz bound in Massart's sharp form
(Annals of Probability 18, 1990): P(sup|F_n - F| > e) <= 2 exp(-2 n e^2). With n = 4096 and a false-alarm rate of
1e-9 the threshold is 0.0511; a cdf that is off by 0.1 anywhere escapes with a probability under 2e-8 (the same bound
at e = 0.0489). The rounding of the samples to the dtype adds the jump of the exact cdf over one ulp, which is
allowed for by testing float32 and float64 only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from conformance.execution.request import Reply
from conformance.floats.enclosures import Enclosures, Kind
from conformance.inputs.regions import Region
from conformance.laws.case import CLOSING_FATES, Case, Measure
from conformance.laws.law import Check, Law
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure

COUNT = 4096
FALSE_ALARM = 1e-9


def check(case: Case) -> Iterator[Check]:
    if not case.is_distribution:
        return
    reply = case.ask("sample", count=COUNT)
    if reply.status == "not_offered":
        return
    form = _form(case, reply)
    yield form
    if reply.values is None or form.measure.failures[0] == Failure.SHAPE_WRONG:
        return
    draws = np.asarray(reply.values, case.fmt.dtype)
    ordinary = np.full(len(draws), Region.ORDINARY, np.uint8)
    scored = case.measure_at("log_prob", draws, ordinary)
    if scored.offered:
        yield Check(_inside_too(case, scored), "at its own samples")
    if case.fmt.bits > 16:
        yield from _fit(case, draws, scored)


def _form(case: Case, reply: Reply) -> Check:
    """Whether draws came at all, and COUNT of them in the dtype that was asked. There is no input: it shows as NaN."""
    failure, message = Failure.NONE, reply.message
    if reply.values is None:
        failure = CLOSING_FATES.get(reply.status, Failure.RAISED)
    elif reply.values.shape != (COUNT,):
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
    )
    return Check(measure.with_failures(np.array([failure], np.uint8)), f"{COUNT} draws")


def _out_of_support(case: Case, draws: NDArray[np.generic], message: str) -> tuple[Failure, str]:
    """A draw is a number in the closed support; its ends are compared after rounding, which may reach an open end.

    By a rounding of the transform it may lie a few floats past a jump. In float16 whatever is beyond 65504 is infinite,
    which the tails of these distributions reach; in the wider formats they never do.
    """
    wide = draws.astype(np.float64)
    with np.errstate(over="ignore"):
        low, high = np.asarray(case.support).astype(case.fmt.dtype).astype(np.float64)
    for failure, bad, what in (
        (Failure.SPURIOUS_NAN, np.isnan(wide), "nan"),
        (
            Failure.OUT_OF_CODOMAIN,
            ((wide < low) | (wide > high)) & ~case.at_jump(draws),
            f"outside the support, {low:g} to {high:g}",
        ),
        (Failure.SPURIOUS_INF, np.isinf(wide) & (case.fmt.emax > 100), "infinite"),
    ):
        if bad.any():
            return failure, f"{np.count_nonzero(bad)} of {COUNT} draws are {what}"
    return Failure.NONE, message


def _inside_too(case: Case, measure: Measure) -> Measure:
    """Add to the failures every draw that was rounded onto the end of the open support, by its infinite log_prob.

    The limit is the right answer there; what fails is the draw. By one rounding either side of a jump is right.
    """
    infinite = np.isinf(measure.got.astype(np.float64)) & (measure.failures == Failure.NONE)
    infinite &= ~case.at_jump(measure.inputs[measure.row])
    failures = np.where(infinite, Failure.OUT_OF_CODOMAIN, measure.failures).astype(np.uint8)
    # A minor finding, by which no law fails: rounding leaves a sampler little choice.
    return replace(measure.with_failures(failures), usable=measure.usable)


def as_float(truth: Enclosures) -> NDArray[np.float64]:
    """The middle of each enclosure as float64, for statistics: accurate to float64, not certified."""
    with np.errstate(over="ignore", under="ignore"):
        value = np.ldexp(truth.hi + truth.lo, np.clip(truth.exponent, -2000, 2000).astype(np.int32))
    value = np.where(truth.kind == Kind.POS_INF, np.inf, value)
    value = np.where(truth.kind == Kind.NEG_INF, -np.inf, value)
    return np.where(np.isin(truth.kind, (Kind.NAN, Kind.OUTSIDE, Kind.UNDECIDED)), np.nan, value)


def _fit(case: Case, draws: NDArray[np.generic], scored: Measure) -> Iterator[Check]:
    ordered = np.sort(draws[np.isfinite(draws.astype(np.float64))])
    if not len(ordered):
        return
    threshold = math.sqrt(math.log(2.0 / FALSE_ALARM) / (2.0 * len(ordered)))
    exact = case.oracle.truth(case.subject, "cdf", ordered, case.fmt)
    cdf = as_float(exact)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    gap = np.maximum(np.abs(cdf - steps[:-1]), np.abs(cdf - steps[1:]))
    if np.isnan(gap).any():
        return
    worst = int(np.argmax(gap))
    failures = np.zeros(1, np.uint8)
    if gap[worst] > threshold:
        failures[0] = Failure.VALUE_WRONG
    # The finding's "got" is the empirical cdf at the sample where it is farthest from the exact one.
    empirical = np.asarray([steps[worst]]).astype(case.fmt.dtype)
    one = np.array([worst])
    yield Check(
        replace(
            scored,
            quantity="sample",
            status="ok",
            inputs=ordered[one],
            region=np.full(1, Region.ORDINARY, np.uint8),
            row=np.zeros(1, np.int64),
            component=np.zeros(1, np.int64),
            got=empirical,
            truth=exact[one],
            failures=failures,
            usable=failures == Failure.NONE,
            distances=distances(empirical, exact[one], case.fmt),
        ),
        f"empirical cdf of {COUNT} own samples (false-alarm rate {FALSE_ALARM:g})",
    )


LAW = Law(
    "L14",
    "log_prob of a distribution's own samples is finite and right; the samples follow its cdf",
    check,
    about="distribution",
)
