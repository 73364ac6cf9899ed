"""L07 on declared shapes: those that are right, unknown, or those of a wrong answer accuse nobody; the others do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, BoundTransform, Spec
from adapters.interface.quantities import OF_SHAPES
from adapters.numpy import Adapter as Reference
from adapters.numpy.batches import batch_shape
from conformance.definitions.registry import event_law
from conformance.judging.cases import build_case
from conformance.judging.groups import groups_of
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Said = Callable[[tuple[int, ...], Spec], Any]

LINE, RESHAPE = "affine(loc=0.75,scale=-2.5)", "reshape(event_in=[2.0,3.0],event_out=[3.0,2.0])"
NORMAL, TANH_NORMAL = "normal(loc=0.25,scale=1.5)", "transformed(normal(loc=0.25,scale=1.5),tanh)"
GAUSSIAN = "multivariate_normal(loc=[0.25,-1.5,0.75],scale_diag=[1.5,0.625,2.75])"


@cache
def oracle() -> Oracle:
    return Oracle()


class Declaring(Reference):
    """The reference that declares the shape ``said``(shape that is asked about, subject) under ``name``, of every
    subject whose name is ``of``."""

    def __init__(self, of: str, name: str, said: Said, flat: bool = False) -> None:
        super().__init__()
        self._of, self._name, self._said, self._flat = of, name, said, flat

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        return self._with(super()._transform(spec, dtype, mode), spec, dtype)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        return self._with(super()._distribution(spec, dtype, mode), spec, dtype)

    def _with(self, bound: Any, spec: Spec, dtype: str) -> Any:
        if spec.name != self._of:
            return bound
        own, said, flat = self._name, self._said, self._flat

        class Bound(type(bound)):  # type: ignore[misc]
            def forward(self, x: Array) -> Array:
                found = bound.forward(x)
                return found.ravel() if flat else found

            def declared(self, name: str, value: Array | None) -> Array:
                if name != own:
                    return bound.declared(name, value)
                return np.array(said(() if value is None else tuple(value.tolist()), spec), np.int64)

        return Bound(spec, dtype)


def told(
    subject: str, name: str, said: Said, of: str = "", flat: bool = False
) -> list[tuple[str, str, str, tuple[str, str] | None]]:
    """(quantity, kind, grade, blamed part) of every finding of L07 on ``subject``. flat: its images have one axis."""
    framework = InProcess(lambda: Declaring(of or subject.partition("(")[0], name, said, flat))
    case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    found = groups_of("L07", list(LAWS["L07"].check(case)), case)
    return [(group.quantity, group.kind.label, group.grade.label, group.blamed) for group in found]


def as_it_is(shape: tuple[int, ...], spec: Spec) -> tuple[int, ...]:
    """The shape that the reference's own answer to an array of this shape has."""
    return Reference().transform(spec).forward(np.full(shape, 0.5, np.float32)).shape


def kept(shape: tuple[int, ...], spec: Spec) -> tuple[int, ...]:
    return shape


def breaks(shape: tuple[int, ...], spec: Spec) -> tuple[int, ...]:
    raise AttributeError("no such attribute")


def test_only_maps_are_asked_about_the_shape_of_an_array() -> None:
    assert set(OF_SHAPES) == {f"{way}{what}_shape" for way in ("forward", "inverse") for what in ("", "_event")}


@pytest.mark.parametrize(
    "subject", ["exp", LINE, RESHAPE, "stick_breaking", "corr_cholesky", "stack(exp,tanh,dim=0.0,ndims=2.0)"]
)
def test_the_shape_that_an_answer_has_is_the_right_one(subject: str) -> None:
    assert told(subject, "forward_shape", as_it_is) == []


@pytest.mark.parametrize(
    ("subject", "name", "said"),
    [
        (RESHAPE, "forward_event_shape", lambda shape, spec: (3, 2)),
        (RESHAPE, "inverse_event_shape", lambda shape, spec: (-1, 3)),
        (LINE, "forward_event_shape", kept),
        (TANH_NORMAL, "batch_shape", lambda shape, spec: batch_shape(spec)),
        (GAUSSIAN, "event_shape", lambda shape, spec: event_law(GAUSSIAN).event),
    ],
)
def test_what_is_right_or_unknown_accuses_nobody(subject: str, name: str, said: Said) -> None:
    assert told(subject, name, said) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "name", "said"),
    [
        (LINE, "forward_shape", kept),
        (LINE, "inverse_shape", kept),
        (RESHAPE, "forward_shape", kept),
        (RESHAPE, "inverse_shape", lambda shape, spec: (*shape[:-2], 6)),
        ("stick_breaking", "inverse_event_shape", lambda shape, spec: (shape[0] + 1,)),
        (TANH_NORMAL, "batch_shape", lambda shape, spec: np.shape(spec.parts[0].params["loc"])),
        (TANH_NORMAL, "event_shape", lambda shape, spec: batch_shape(spec)),
        (GAUSSIAN, "batch_shape", lambda shape, spec: np.shape(spec.params["loc"])),
        (GAUSSIAN, "event_shape", lambda shape, spec: ()),
    ],
)
def test_another_shape_is_told(subject: str, name: str, said: Said) -> None:
    assert told(subject, name, said) == [(name, "declared wrong", "serious", None)]


def test_what_raises_is_told() -> None:
    assert told(LINE, "forward_shape", breaks) == [("forward_shape", "raised", "serious", None)]


def test_a_declaration_that_agrees_with_a_wrong_answer_is_no_second_defect() -> None:
    def flat(shape: tuple[int, ...], spec: Spec) -> tuple[int, ...]:
        return (int(np.prod(as_it_is(shape, spec))),)

    found = told("exp", "forward_shape", flat, flat=True)
    assert [(quantity, kind) for quantity, kind, _, _ in found] == [("forward", "shape wrong")]


def test_what_a_part_declares_by_itself_is_laid_to_the_part() -> None:
    found = told("chain(affine(loc=0.5,scale=2.0),tanh)", "forward_shape", kept, of="affine")
    assert found == []  # The chain itself declares nothing here.

    class Both(Declaring):
        def _with(self, bound: Any, spec: Spec, dtype: str) -> Any:
            self._of = spec.name
            return super()._with(bound, spec, dtype)

    subject = "chain(affine(loc=0.5,scale=2.0),tanh)"
    case = build_case(
        InProcess(lambda: Both("", "forward_shape", kept)),
        oracle(),
        subject,
        "float32",
        "eager",
        profile_named("quick"),
        1,
    )
    (group,) = groups_of("L07", list(LAWS["L07"].check(case)), case)
    assert group.blamed == ("affine(loc=0.5,scale=2.0)", "forward_shape")
