"""What a framework has for the mode, the median, the mean and the entropy of a policy, and what stands in for it.

Few frameworks have one of them for a transformed law. People then use tanh(loc), the average of draws, and minus the
average log density of draws: each is asked of the framework's own functions and held against the certified value.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.actions.policies import DRAWS, Truth
from conformance.execution.plain import one_line
from conformance.execution.request import Reply
from conformance.floats.enclosures import as_float
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.oracle.oracle import Oracle

HALF = "icdf(0.5)"
OF_LOC = "tanh(loc)"
OF_DRAWS = "mean of draws"
ESTIMATE = "entropy_estimate"
OF_ACTIONS = "-mean log_prob"
OF_BASES = "-mean log_prob_from_base"


@dataclass(frozen=True)
class Stated:
    """quantity: mode, median, mean or entropy. by: the method of that name, or what stands in for it. value: nan where
    there is none. off: of a mode how many nats of log density it lacks, of an entropy the error in nats, of the others
    the error in units of the action; nan where there is no value."""

    quantity: str
    by: str
    status: str
    message: str
    value: float
    off: float


def stated_by(
    case: Case, truth: Truth, drawn: Reply, from_y: Measure, from_x: Measure, oracle: Oracle
) -> tuple[Stated, ...]:
    """Every method and every stand-in, in one order. drawn: the framework's own draws; from_y: its log_prob of them;
    from_x: its log_prob_from_base at base values."""
    loc, half = (np.array([value]).astype(case.fmt.dtype) for value in (truth.policy.loc, 0.5))
    median = float(as_float(oracle.truth("tanh", "forward", loc, case.fmt))[0])
    mean = float(oracle.statistic(truth.policy.subject, "mean").text)
    found = []
    for by, reply in (("mode", case.ask("mode")), (OF_LOC, case.ask("forward", loc, subject="tanh"))):
        status, message, value = _answer(reply)
        found.append(Stated("mode", by, status, message, value, _short(case, truth, by, value, oracle)))

    def add(quantity: str, by: str, reply: Reply, right: float) -> None:
        status, message, value = _answer(reply)
        found.append(Stated(quantity, by, status, message, value, abs(value - right)))

    add("median", "median", case.ask("median"), median)
    add("median", HALF, case.ask("icdf", half), median)
    add("median", OF_LOC, case.ask("forward", loc, subject="tanh"), median)
    add("mean", "mean", case.ask("mean"), mean)
    add("mean", OF_DRAWS, drawn, mean)
    add("entropy", "entropy", case.ask("entropy"), truth.entropy)
    add("entropy", ESTIMATE, case.ask("entropy_estimate", count=DRAWS), truth.entropy)
    for by, measure in ((OF_ACTIONS, from_y), (OF_BASES, from_x)):
        answered = measure.status in ("ok", "mixed") and len(measure.got)
        value = -_average(measure.got) if answered else nan
        found.append(
            Stated("entropy", by, measure.status, one_line(measure.message), value, abs(value - truth.entropy))
        )
    return tuple(found)


def _answer(reply: Reply) -> tuple[str, str, float]:
    """Status, message, and the average of what was answered."""
    if reply.values is None or not reply.values.size:
        return reply.status, one_line(reply.message), nan
    return reply.status, "", _average(reply.values)


def _average(values: NDArray[Any]) -> float:
    """In float64; nan or infinite where one of them is."""
    return float(np.mean(values.astype(np.float64)))


def _short(case: Case, truth: Truth, by: str, y: float, oracle: Oracle) -> float:
    """By how many nats the log density lies below that of the mode. Of tanh(loc), which may round to an end that has
    no density, at loc itself."""
    if not isfinite(y):
        return nan
    if by == OF_LOC:
        return truth.nats_of_median
    at = np.array([y]).astype(case.fmt.dtype)
    found = float(as_float(oracle.truth(case.subject, "log_prob", at, case.fmt))[0])
    return max(0.0, truth.most - found) if isfinite(found) else inf
