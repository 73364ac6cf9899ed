"""L07 on what is made as a composite is: which that are, and who is accused where one of them fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Spec
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import TRANSFORM_SUBJECTS
from conformance.judging.cases import build_case
from conformance.judging.groups import groups_of
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.laws.relatives import relatives
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Wrong = Callable[[Array], Array]

CHAIN, STACK = "chain(affine(loc=0.5,scale=2.0),tanh)", "stack(exp,tanh,dim=0.0,ndims=2.0)"
COMPOSITES = [subject for subject in TRANSFORM_SUBJECTS if relatives(subject)]


@cache
def oracle() -> Oracle:
    return Oracle()


class Broken(Reference):
    """The reference whose ``quantity`` is wrong of composites of this name with so many parts."""

    def __init__(self, name: str, parts: int, quantity: str, wrong: Wrong) -> None:
        super().__init__()
        self._what, self._quantity, self._wrong = (name, parts), quantity, wrong

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        bound, quantity, wrong = super()._transform(spec, dtype, mode), self._quantity, self._wrong
        if (spec.name, len(spec.parts)) != self._what:
            return bound

        class Bound(type(bound)):  # type: ignore[misc]
            def forward(self, x: Array) -> Array:
                return wrong(bound.forward(x)) if quantity == "forward" else bound.forward(x)

            def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
                found = bound.log_det_jacobian(value, direction)
                return wrong(found) if (quantity, direction) == ("fldj", "forward") else found

        return Bound(spec, dtype)


def told(framework: Any, subject: str) -> list[tuple[str, str, tuple[str, str] | None]]:
    """(quantity, kind, blamed part) of every finding of L07."""
    case = build_case(InProcess(framework), oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    found = groups_of("L07", list(LAWS["L07"].check(case)), case)
    return [(group.quantity, group.kind.label, group.blamed) for group in found]


def test_one_part_one_more_and_the_other_axis() -> None:
    assert relatives(CHAIN) == (
        "chain(affine(loc=0.5,scale=2.0))",
        "chain(affine(loc=0.5,scale=2.0),tanh,affine(loc=0.5,scale=2.0))",
    )
    assert relatives(STACK) == (
        "stack(exp,dim=0.0,ndims=2.0)",
        "stack(exp,tanh,exp,dim=0.0,ndims=2.0)",
        "stack(exp,tanh,dim=1.0,ndims=2.0)",
    )
    assert relatives("concatenate(tanh,exp,dim=-2.0,lengths=[2.0,1.0],ndims=2.0)")[-1] == (
        "concatenate(tanh,exp,dim=-1.0,lengths=[2.0,1.0],ndims=2.0)"
    )
    assert relatives("stack(tanh,exp)")[-1] == "stack(tanh,exp,dim=0.0,ndims=1.0)"
    assert relatives("inverse(exp)") == ("inverse(inverse(exp))",)
    assert relatives("independent(tanh,ndims=1)") == ("independent(tanh,ndims=2.0)",)
    assert relatives("tanh") == ()


@pytest.mark.parametrize("subject", COMPOSITES)
def test_the_reference_is_accused_of_nothing(subject: str) -> None:
    assert told(Reference, subject) == []


@pytest.mark.parametrize(
    ("subject", "broken", "wrong", "accused"),
    [
        (CHAIN, ("chain", 1, "fldj"), lambda found: found[..., None], ("fldj", "shape wrong")),
        (CHAIN, ("chain", 3, "forward"), np.ravel, ("forward", "shape wrong")),
        (STACK, ("stack", 1, "forward"), np.squeeze, ("forward", "shape wrong")),
        ("inverse(exp)", ("inverse", 1, "fldj"), np.atleast_1d, ("fldj", "shape wrong")),
    ],
)
def test_what_only_a_relative_does_is_laid_to_it(
    subject: str, broken: tuple[str, int, str], wrong: Wrong, accused: tuple[str, str]
) -> None:
    (found,) = told(lambda: Broken(*broken, wrong), subject)
    assert found[:2] == accused
    relative = found[2]
    if subject != "inverse(exp)":  # There the subject is of the same name, and is accused itself.
        assert relative is not None
        assert relative[0] in relatives(subject)
        assert relative[1] == accused[0]
