"""What a framework makes of actions: log_prob of its own draws, of actions inverted again and clipped, and of x."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.actions.policies import CLIP, DRAWS, SEED, Policy, Truth, draws_of
from conformance.actions.snippets import deterministic, scoring
from conformance.actions.stated import Stated, stated_by
from conformance.causes.records import Remedy
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import ensure
from conformance.execution.home import home
from conformance.execution.plain import one_line
from conformance.execution.request import Reply
from conformance.floats.enclosures import as_float
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.floats.rounding import round_enclosures
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.oracle.oracle import Oracle


@dataclass(frozen=True)
class Scored:
    """offered: whether it was answered at all. lost: share of the answers that are nan or infinite where a number is
    right. worst: the largest error of the others, in nats; mean: their mean error, with its sign."""

    offered: bool
    lost: float = 0.0
    worst: float = 0.0
    mean: float = 0.0


@dataclass(frozen=True)
class Answers:
    """One framework on one policy. again: log_prob of its own draws, held against the truth at those very floats. kept:
    log_prob_from_base at base values drawn for it. saturated: share of its draws that are exactly ±1.

    inverted and cut start from the same base values, mapped by the framework's own tanh, and are held against the truth
    at the base value: inverted is log_prob of that action, cut of the action clipped to ±CLIP. inverted_by: log_prob,
    or log_prob_from_base at the exact inverse, rounded to the dtype, where the framework scores no action.
    stated: see ``Stated``. remedy: what to write to score an action; action: what to write for the mode. Both were run.
    """

    framework: str
    version: str
    policy: Policy
    status: str
    message: str = ""
    saturated: float = 0.0
    again: Scored = Scored(False)
    kept: Scored = Scored(False)
    inverted_by: str = ""
    inverted: Scored = Scored(False)
    cut: Scored = Scored(False)
    stated: tuple[Stated, ...] = ()
    remedy: Remedy | None = None
    action: Remedy | None = None


def answers_of(framework: str, truths: Sequence[Truth], fmt: Format, oracle: Oracle) -> Iterator[Answers]:
    """One Answers per policy; one alone, of status "failed", where the framework cannot be started."""
    environment = ensure(framework, home() / "environments", lambda text: print(text, file=sys.stderr))
    with FrameworkClient(environment, framework) as client:
        try:
            description = client.describe()
        except FrameworkUnusable as problem:
            yield Answers(framework, "", truths[0].policy, "failed", one_line(str(problem)))
            return
        flushes = bool(description.get("flush_to_zero", {}).get(fmt.name, False))
        for truth in truths:
            subject = truth.policy.subject
            case = build_case(client, oracle, subject, fmt.name, "eager", PROFILES["default"], SEED, flushes=flushes)
            yield _answered(framework, one_line(str(description["version"])), truth, case, client, oracle)


def _answered(
    framework: str, version: str, truth: Truth, case: Case, client: FrameworkClient, oracle: Oracle
) -> Answers:
    policy, fmt = truth.policy, case.fmt
    drawn = case.ask("sample", count=DRAWS)
    x = draws_of(policy, fmt)
    from_x = case.measure_at("log_prob_from_base", x, _ordinary(x))
    if drawn.values is None:  # Without a sampler of its own the draws are exact ones, rounded to the dtype.
        y = np.tanh(x.astype(np.float64)).astype(fmt.dtype)
    else:
        y = drawn.values.reshape(-1).astype(fmt.dtype)
    from_y = case.measure_at("log_prob", y, _ordinary(y))
    again, kept = _scored(from_y), _scored(from_x)
    lost = y[from_y.row[~np.isfinite(from_y.got.astype(np.float64))]][:4] if again.lost else y[:0]
    by_x = kept.offered and not again.offered
    by = "log_prob_from_base" if by_x else "log_prob"
    inverted, cut = _handed_back(case, x, by, oracle)
    return Answers(
        framework=framework,
        version=version,
        policy=policy,
        status="ok" if again.offered or kept.offered else "not offered",
        message=one_line(from_y.message),
        saturated=float(np.mean(np.abs(y.astype(np.float64)) == 1.0)),
        again=again,
        kept=kept,
        inverted_by=by if inverted.offered else "",
        inverted=inverted,
        cut=cut,
        stated=stated_by(case, truth, drawn, from_y, from_x, oracle),
        remedy=scoring(framework, policy.subject, fmt, list(lost), client, oracle, by_x),
        action=deterministic(framework, truth, fmt, client, oracle),
    )


def _handed_back(case: Case, x: NDArray[Any], by: str, oracle: Oracle) -> tuple[Scored, Scored]:
    """The framework's own tanh(x), scored as it is and clipped, against the truth at x."""
    mapped = case.ask("forward", x, subject="tanh")
    if mapped.values is None:
        return Scored(False), Scored(False)
    exact = as_float(oracle.truth(case.subject, "log_prob_from_base", x, case.fmt))
    y = mapped.values.reshape(-1).astype(case.fmt.dtype)
    end = case.fmt.dtype.type(CLIP)
    found = []
    for at in (y, np.clip(y, -end, end).astype(case.fmt.dtype)):  # NumPy clips bfloat16 in float32.
        if by == "log_prob_from_base":
            at = round_enclosures(oracle.truth("tanh", "inverse", at, case.fmt), case.fmt)[0]
        found.append(_held(case.ask(by, at), exact))
    return found[0], found[1]


def _ordinary(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.full(len(values), Region.ORDINARY, np.uint8)


def _scored(measure: Measure) -> Scored:
    if measure.status not in ("ok", "mixed") or not len(measure.got):
        return Scored(False)
    return _compared(measure.got, as_float(measure.truth))


def _held(reply: Reply, exact: NDArray[np.float64]) -> Scored:
    if reply.values is None or reply.values.size != len(exact):
        return Scored(False)
    return _compared(reply.values.reshape(-1), exact)


def _compared(got: NDArray[Any], exact: NDArray[np.float64]) -> Scored:
    wide = got.astype(np.float64)
    finite = np.isfinite(wide)
    held = finite & np.isfinite(exact)
    off = wide[held] - exact[held]
    if not len(off):
        return Scored(True, float(np.mean(~finite)))
    return Scored(True, float(np.mean(~finite)), float(np.abs(off).max()), float(off.mean()))
