"""Statistics: what a framework offers beside what is certified to be true."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol, cast

import numpy as np
from msgspec.structs import replace

from conformance.definitions.registry import statistic_event, statistics_of
from conformance.definitions.spaces import Shape
from conformance.findings.names import StatisticName
from conformance.findings.results import Offer, OfferStatus
from conformance.floats.enclosures import Kind
from conformance.judging.confirm import entry_of, json_number
from conformance.laws.case import Case
from conformance.laws.l11_statistics import measured
from conformance.laws.l14_own_samples import COUNT
from conformance.laws.measure import Measure
from conformance.scoring.failures import Failure
from conformance.scoring.tolerance import default_tolerance

ESTIMATES = 20000
"""One-sample estimates averaged where a framework offers only an estimate."""

CONFIDENCE, SPREADS = "95 %", 1.96
"""Of the interval around an average over draws, and its half in standard errors, by the central limit theorem."""

Z_LIMIT = 6.0
"""An average of estimates farther than six standard errors from the truth is biased: a false alarm once in 5e8."""


class Truths(Protocol):
    """The part of the oracle that knows statistics."""

    def statistics(self, subject: str, quantity: str) -> tuple[Any, ...]: ...


def offers_of(case: Case, axes: Mapping[str, str], oracle: Truths) -> Iterator[tuple[StatisticName, Offer]]:
    """(statistic, offer) for each statistic of a distribution."""
    for quantity in statistics_of(case.subject):
        truths = oracle.statistics(case.subject, quantity)
        truth, event = truths[0], statistic_event(case.subject, quantity)
        reply = case.ask(quantity)
        offer = Offer(
            framework=axes["framework"],
            version=axes["version"],
            mode=case.mode,
            dtype=case.fmt.name,
            status=cast(OfferStatus, reply.status),
            verdict=reply.status.replace("_", " "),
            message=reply.message[:300],
        )
        if event and reply.status == "ok" and reply.values is not None and reply.values.shape == event:
            measure = measured(case, case.subject, quantity, reply)
            reason = next((one.reason for one in truths if one.reason), "")
            offer = replace(offer, **_judged_events(measure, event, reason))
        elif event and reply.status == "ok":
            offer = replace(offer, verdict="wrong shape")
        elif reply.status == "ok" and reply.values is not None and reply.values.size == 1 and truth.reason:
            got = json_number(float(reply.values.reshape(())))
            offer = replace(offer, got=got, verdict="undecided", message=truth.reason)
        elif reply.status == "ok" and reply.values is not None and reply.values.size == 1:
            offer = replace(offer, **_judged(measured(case, case.subject, quantity, reply)))
        elif reply.status == "ok":
            offer = replace(offer, verdict="wrong shape")
        elif quantity == "entropy" and not truth.reason:
            offer = replace(offer, **_estimated(case, truth))
            if reply.status == "not_offered" and offer.status != "ok":
                told = [said for said in (offer.message, _over_own_draws(case, truth)) if said]
                offer = replace(offer, message="; ".join(told))
        yield quantity, offer


def exact_value(truth: Any) -> Fraction | float:
    """The statistic as a Fraction (of its 30 digits), or +-inf."""
    return float(truth.text) if truth.infinite else Fraction(truth.text)


def _judged_events(measure: Measure, event: Shape, reason: str) -> dict[str, Any]:
    """The same of an event: it is wrong where an entry is. Shown is the entry that is farthest off, of the wrong ones
    where there are any; undecided where nothing is wrong and an entry could not be told."""
    open_entries = measure.failures == Failure.UNDECIDED
    off = np.nan_to_num(measure.distances.ulp, nan=np.inf)
    at = int(np.lexsort((np.arange(len(off)), -off, measure.usable))[0])
    if measure.usable.all() and open_entries.any():
        at = int(np.flatnonzero(open_entries)[0])
        said = {"got": json_number(measure.got[at]), "verdict": "undecided"}
        return said | {"message": reason or "the density has no largest value"}
    return _judged(measure.where(np.array([at]))) | {"message": entry_of(at, event)}


def _judged(measure: Measure) -> dict[str, Any]:
    """got, its distances from the truth where that is a number, and the verdict: wrong is what breaks L11."""
    said: dict[str, Any] = {"got": json_number(measure.got[0]), "verdict": "right" if measure.usable[0] else "wrong"}
    if measure.truth.kind[0] == Kind.FINITE and np.isfinite(measure.got.astype(np.float64))[0]:
        said |= {"ulp": json_number(measure.distances.ulp[0]), "nats": json_number(measure.distances.nats[0])}
    return said


def _estimated(case: Case, truth: Any) -> dict[str, Any]:
    """An offer of one-sample estimates, judged by its bias: (average - truth) in standard errors."""
    reply = case.ask("entropy_estimate", count=ESTIMATES)
    if reply.status != "ok" or reply.values is None or truth.infinite:
        return {}
    draws = np.asarray(reply.values, np.float64).ravel()
    if not np.isfinite(draws).all():
        bad = int(np.count_nonzero(~np.isfinite(draws)))
        return {"status": "ok", "got": "nan", "verdict": f"estimate: {bad} of {len(draws)} are not finite"}
    average, error = float(draws.mean()), float(draws.std(ddof=1) / math.sqrt(len(draws)))
    z = (average - float(exact_value(truth))) / error if error else math.inf
    # The dtype's own resolution is no bias.
    within = abs(z) <= Z_LIMIT or abs(average - float(exact_value(truth))) <= default_tolerance(case.fmt).nats
    return {
        "status": "ok",
        "got": json_number(average),
        "nats": json_number(abs(average - float(exact_value(truth)))),
        "verdict": f"estimate: {'unbiased' if within else 'biased'} ({z:+.1f} standard errors, {len(draws)} draws)",
    }


def _over_own_draws(case: Case, truth: Any) -> str:
    """What minus a framework's log density is on average over its own draws, in words; "" where it does not have both.

    That is its entropy, taken through sampler and density from end to end. Nobody is judged by it: what 16 bits can
    draw is too coarse, and off a thin space, on which events lie but for rounding, several densities are right; neither
    is asked, nor any mode but the eager one, whose offer is shown.
    """
    if case.mode != "eager" or case.fmt.bits == 16 or truth.infinite:
        return ""
    drawn = case.ask("sample", count=COUNT)
    if drawn.status != "ok" or drawn.values is None or drawn.values.shape != (COUNT,):  # An event is no number.
        return ""
    scored = case.ask("log_prob", np.asarray(drawn.values, case.fmt.dtype))
    if scored.status != "ok" or scored.values is None or scored.values.shape != (COUNT,):
        return ""
    own = -np.asarray(scored.values, np.float64)
    bad = int(np.count_nonzero(~np.isfinite(own)))
    if bad:
        return f"of {COUNT} own draws {bad} have no finite log density"
    average, error = float(own.mean()), float(own.std(ddof=1) / math.sqrt(COUNT))
    off = average - float(exact_value(truth))
    away = f", {off / error:+.1f} standard errors from the entropy" if error else ""
    return f"-log_prob over {COUNT} own draws: {average:.4g} ± {SPREADS * error:.2g} ({CONFIDENCE}){away}"
