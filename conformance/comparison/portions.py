"""The reference's part of a comparison in portions of its subjects, side by side.

A framework's part is the work of one process, since the causes of its findings are told over all of them, and what some
frameworks answer depends on what their process did before. The reference is accused of nothing and answers alike
whenever it is asked, so its portions, joined in order, are what one process would have come to. Where one of them has a
finding after all, its whole part is run as any other's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, pairwise

from conformance.comparison.framework_run import FrameworkResult, run_framework
from conformance.comparison.kept import keep, result_of
from conformance.comparison.plan import Plan
from conformance.execution.environments import Environment
from conformance.execution.frameworks import REFERENCE, USUAL_SHARE
from conformance.execution.progress import ORACLE

LEAST = 24
"""Subjects of a portion at least: each starts a process of its own, which takes as long as judging a few."""


def stages_of(plan: Plan) -> dict[str, float]:
    """The names under which the parts of ``plan`` tell how far they are: the oracle's, a framework's or a portion's,
    with how long each usually takes beside the others (``USUAL_SHARE``; 1 where nothing is known)."""
    shares = {ORACLE: USUAL_SHARE[ORACLE] / plan.jobs}
    for name in plan.frameworks:
        stages = _stages(plan, name) or [name]
        shares |= dict.fromkeys(stages, USUAL_SHARE.get(name, 1.0) / len(stages))
    return shares


def tasks_of(plan: Plan, environment: Environment) -> list[Callable[[], FrameworkResult]]:
    """What is to be done for one framework's part, in any order; each can be carried to another process."""
    stages = _stages(plan, environment.framework)
    if not stages:
        return [partial(result_of, plan, environment)]
    cuts = _cuts(plan, len(stages))
    return [
        partial(run_framework, replace(plan, subjects=plan.subjects[low:high]), environment, stage)
        for stage, (low, high) in zip(stages, pairwise(cuts), strict=True)
    ]


def joined(plan: Plan, environment: Environment, results: Sequence[FrameworkResult]) -> FrameworkResult | None:
    """What ``tasks_of`` came to as one result, which is kept; None where it takes the whole part in one process."""
    if len(results) == 1:
        return results[0]
    failed = next((result for result in results if result.entry.status == "failed"), None)
    if failed is not None:
        return failed
    if any(result.findings for result in results):
        return None
    whole = FrameworkResult(results[0].entry, settled=all(result.settled for result in results))
    for result in results:
        whole.cells += result.cells
        whole.law_results += result.law_results
        whole.offers |= result.offers
        whole.remedies |= result.remedies
        whole.ranges |= result.ranges
    keep(plan, environment, whole)
    return whole


def _cuts(plan: Plan, count: int) -> list[int]:
    """Where the subjects are cut into ``count`` runs of about as many laws and dtypes: of some subjects less is asked
    than of others, and these stand side by side."""
    each = [len(asked.dtypes) * len(asked.laws) for asked in map(plan.asked, plan.subjects)]
    before = list(accumulate(each, initial=0))
    return [bisect_left(before, at * before[-1] / count) for at in range(count + 1)]


def _stages(plan: Plan, framework: str) -> list[str]:
    """The names of the portions; none where the part is not divided."""
    count = min(2 * plan.jobs, len(plan.subjects) // LEAST) if framework == REFERENCE and plan.jobs > 1 else 0
    return [f"{framework} {at}/{count}" for at in range(1, count + 1)] if count > 1 else []
