"""Which part of a framework a failing group is laid at the door of: its component, and the cause that it belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from conformance.comparison.groups import Group
from conformance.laws.case import Case


@dataclass(frozen=True)
class Attribution:
    """component: in the framework's own words. mechanism: what goes wrong there. cause: the id of the two together,
    the same in every run, mode, profile and version (ACCEPTANCE A31). better: how the reference computes it, in words;
    empty where nothing is known."""

    component: str
    mechanism: str
    cause: str
    better: str = ""


def attribute(group: Group, case: Case, framework: str) -> Attribution:
    """The cause of ``group``: so far the subject's own quantity, one cause per component."""
    component = f"{group.quantity} of {case.subject}"
    mechanism = "unattributed"
    key = hashlib.sha256("|".join((framework, component, mechanism)).encode()).hexdigest()[:12]
    return Attribution(component, mechanism, key)
