"""The identity of a cause: the same in every run, mode, profile and version (ACCEPTANCE A31)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

FAMILIES = {
    "overflow of an intermediate": "range",
    "underflow of an intermediate": "range",
    "cancellation": "accuracy",
    "kernel accuracy": "accuracy",
    "threshold where a formula is switched": "accuracy",
    "constant in a narrower dtype": "accuracy",
    "clamp": "value",
    "missing direction": "value",
    "wrong constant": "value",
    "wrong formula": "value",
    "exception": "call",
    "crash": "call",
    "time-out": "call",
}
"""Mechanisms that may be told apart differently with other points, and are the same thing to mend."""

UNATTRIBUTED = "unattributed"

SUBNORMAL = ": subnormal numbers"
"""How the component is called that flushes wherever it computes: the framework, and not one of its functions."""

NARROWED = "parameters in a narrower dtype"


def family_of(mechanism: str) -> str:
    """What of a mechanism enters the identity of its cause; a mechanism outside FAMILIES is one by itself."""
    return FAMILIES.get(mechanism, mechanism)


def cause_key(framework: str, component: str, mechanism: str) -> str:
    """Twelve hexadecimal digits: a digest of framework, component and the family of the mechanism."""
    text = "|".join((framework, component, family_of(mechanism)))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def other_keys(framework: str, component: str, mechanism: str, families: Iterable[str]) -> list[str]:
    """The identities that the runs of one cause would have each by itself, where that is not the cause's own.

    With other subjects or dtypes in a run, another mechanism may explain the most points of what belongs together, and
    what was a cause by itself may be part of a larger one. These keys are how it is found again.
    """
    own = cause_key(framework, component, mechanism)
    return sorted({cause_key(framework, component, family) for family in families} - {own})
