"""One law on one case: what was judged, and the groups of failing points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from conformance.judging.groups import Group, groups_of
from conformance.laws.case import Case
from conformance.laws.law import Check, Law
from conformance.scoring.failures import Failure


@dataclass(frozen=True)
class Judgement:
    """points: results judged. undecided: those that the oracle could not decide. failing: all groups of failing
    points. breaking: the groups that break the law; what failed and can be used all the same (``Check.broken``) is in
    ``failing`` only. quantities: what was judged."""

    points: int
    undecided: int
    quantities: tuple[str, ...]
    failing: tuple[Group, ...]
    breaking: tuple[Group, ...]


def judge(law: Law, case: Case) -> Judgement:
    """Put ``case`` under ``law``; nothing is confirmed and no script is run yet."""
    checks = list(law.check(case))
    codes = [check.measure.failures for check in checks]
    return Judgement(
        points=sum(len(one) for one in codes),
        undecided=sum(int(np.count_nonzero(one == Failure.UNDECIDED)) for one in codes),
        quantities=tuple(dict.fromkeys(check.measure.quantity for check in checks if len(check.measure.failures))),
        failing=tuple(groups_of(law.id, checks, case)),
        breaking=tuple(groups_of(law.id, [_only_broken(check) for check in checks], case)),
    )


def axes_of(group: Group, case: Case, axes: Mapping[str, str]) -> dict[str, Any]:
    """What a list of known failures is matched against, without the cost of a whole finding."""
    return {
        "law": group.law,
        **axes,
        "mode": case.mode,
        "dtype": case.fmt.name,
        "subject": case.subject,
        "quantity": group.quantity,
        "region": group.region.label,
        "kind": group.kind.label,
    }


def not_offered(case: Case) -> dict[str, str]:
    """The quantities of the case that the framework has no way to compute, with its words, and those that it is not
    asked since they are too large."""
    absent = {quantity: case.inputs.too_large[quantity] for quantity in case.unasked}
    for quantity in case.quantities:
        measure = case.measure(quantity)
        if not measure.offered:
            absent[quantity] = measure.message or quantity
    return absent


def _only_broken(check: Check) -> Check:
    measure = check.measure
    kept = np.where(check.broken, measure.failures, Failure.NONE).astype(np.uint8)
    return replace(check, measure=measure.with_failures(kept))
