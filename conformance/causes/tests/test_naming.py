"""The identity of a cause."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from adapters.interface import Spec
from conformance.causes.naming import FAMILIES, cause_key, family_of, other_keys
from conformance.causes.records import Mechanism
from conformance.causes.tests.planted.adapter import Array, Plant, Right
from conformance.causes.tests.planted.matrix import told_of
from conformance.causes.writing import cause_of
from conformance.oracle.oracle import Oracle
from conformance.tests.reference_answers import ReferenceAnswers


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


def test_what_is_merged_is_found_by_the_identity_that_it_had_by_itself() -> None:
    keys = other_keys("torch", "a.B.c", "wrong formula", ("value", "accuracy", "missing support mask"))
    assert keys == sorted(cause_key("torch", "a.B.c", name) for name in ("cancellation", "missing support mask"))


@pytest.mark.slow
def test_an_identity_survives_other_subjects_in_the_run() -> None:
    """softplus alone is inaccurate; with a sharper one that is wrong throughout, both are one cause of another name."""

    def wrong(right: Right, x: Array, spec: Spec) -> Array:
        two = np.asarray(2, x.dtype)
        return two * right() if spec.params else np.log(1 + np.exp(-np.abs(x))) + np.maximum(x, 0)

    plant = Plant("merged", "softplus.forward", ("wrong formula",), (), "two formulas of one class", wrong)
    alone, both = (
        cause_of(told_of(plant, subjects, Oracle(), ReferenceAnswers())[0], [], "1.0")
        for subjects in (("softplus",), ("softplus", "softplus(hinge_softness=2.0)"))
    )
    assert alone.id != both.id
    assert alone.id in both.also
    assert both.id not in both.also


def test_every_mechanism_has_a_family_and_families_name_mechanisms() -> None:
    assert set(FAMILIES) <= set(get_args(Mechanism))
    assert all(family_of(name) for name in get_args(Mechanism))
