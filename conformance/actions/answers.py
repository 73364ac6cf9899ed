"""What a framework makes of its own draws from a policy: log_prob of the action, and of the base value before tanh."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from conformance.actions.policies import DRAWS, SEED, Policy, draws_of
from conformance.causes.records import Remedy
from conformance.causes.remedies import remedies_at
from conformance.comparison.cases import build_case
from conformance.comparison.profile import PROFILES
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import ensure
from conformance.execution.home import home
from conformance.execution.plain import one_line
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.oracle.oracle import Oracle


@dataclass(frozen=True)
class Scored:
    """offered: whether it was answered at all. lost: share of the answers that are nan or infinite where a number is
    right. worst: the largest error of the others, in nats."""

    offered: bool
    lost: float = 0.0
    worst: float = 0.0


@dataclass(frozen=True)
class Answers:
    """One framework on one policy. again: log_prob of its own draws, which has to find the base value again. kept:
    log_prob_from_base at base values drawn for it, which has not. saturated: share of its draws that are exactly ±1.
    remedy: what to write instead where ``again`` loses draws, run and seen to be right."""

    framework: str
    version: str
    policy: Policy
    status: str
    message: str = ""
    saturated: float = 0.0
    again: Scored = Scored(False)
    kept: Scored = Scored(False)
    remedy: Remedy | None = None


def answers_of(framework: str, policies: Sequence[Policy], fmt: Format, oracle: Oracle) -> Iterator[Answers]:
    """One Answers per policy; one alone, of status "failed", where the framework cannot be started."""
    environment = ensure(framework, home() / "environments", lambda text: print(text, file=sys.stderr))
    with FrameworkClient(environment, framework) as client:
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            yield Answers(framework, "", policies[0], "failed", one_line(str(problem)))
            return
        flushes = bool(description.get("flush_to_zero", {}).get(fmt.name, False))
        for policy in policies:
            case = build_case(
                client, oracle, policy.subject, fmt.name, "eager", PROFILES["default"], SEED, flushes=flushes
            )
            yield _answered(framework, one_line(str(description["version"])), policy, case, client, oracle)


def _answered(
    framework: str, version: str, policy: Policy, case: Case, client: FrameworkClient, oracle: Oracle
) -> Answers:
    drawn = case.ask("sample", count=DRAWS)
    x = draws_of(policy, case.fmt)
    kept = _scored(case.measure_at("log_prob_from_base", x, _ordinary(x)))
    if drawn.values is None:  # Without a sampler of its own the draws are exact ones, rounded to the dtype.
        y = np.tanh(x.astype(np.float64)).astype(case.fmt.dtype)
    else:
        y = drawn.values.reshape(-1).astype(case.fmt.dtype)
    measure = case.measure_at("log_prob", y, _ordinary(y))
    again = _scored(measure)
    remedy = None
    if again.lost:
        wide = measure.got.astype(np.float64)
        rows = list(y[measure.row[~np.isfinite(wide)]][:4])
        found = remedies_at(framework, policy.subject, "log_prob", case.fmt.name, rows, client, oracle)
        remedy = found[0] if found else None
    status = "ok" if again.offered or kept.offered else "not offered"
    saturated = float(np.mean(np.abs(y.astype(np.float64)) == 1.0))
    return Answers(framework, version, policy, status, one_line(measure.message), saturated, again, kept, remedy)


def _ordinary(values: np.ndarray) -> np.ndarray:
    return np.full(len(values), Region.ORDINARY, np.uint8)


def _scored(measure: Measure) -> Scored:
    if measure.status not in ("ok", "mixed") or not len(measure.got):
        return Scored(False)
    wide = measure.got.astype(np.float64)
    finite = np.isfinite(wide)
    off = measure.distances.nats[finite & np.isfinite(measure.distances.nats)]
    return Scored(True, float(np.mean(~finite)), float(off.max(initial=0.0)))
