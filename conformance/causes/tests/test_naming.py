"""The identity of a cause."""

from __future__ import annotations

from typing import get_args

from conformance.causes.naming import FAMILIES, cause_key, family_of
from conformance.causes.records import Mechanism


def test_the_identity_depends_on_framework_component_and_family_alone() -> None:
    key = cause_key("torch", "a.B.c", "overflow of an intermediate")
    assert key == cause_key("torch", "a.B.c", "underflow of an intermediate")
    others = {
        cause_key("tfp", "a.B.c", "overflow of an intermediate"),
        cause_key("torch", "a.B.d", "overflow of an intermediate"),
        cause_key("torch", "a.B.c", "clamp"),
    }
    assert len(others) == 3
    assert key not in others
    assert key == "f93772edca39"  # An identity that changes is a cause that people lose sight of.


def test_every_mechanism_has_a_family_and_families_name_mechanisms() -> None:
    assert set(FAMILIES) <= set(get_args(Mechanism))
    assert all(family_of(name) for name in get_args(Mechanism))
