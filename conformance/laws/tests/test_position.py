"""L22: last bits are nobody's fault, and what is asked again is really asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Spec
from adapters.numpy import Adapter as Reference
from conformance.execution.request import Request
from conformance.judging.cases import build_case
from conformance.judging.groups import groups_of
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = NDArray[Any]


@cache
def oracle() -> Oracle:
    return Oracle()


class Altered(Reference):
    """The reference, with the forward answers of ``subjects`` altered by ``change(x, y)``."""

    def __init__(self, subjects: tuple[str, ...], change: Callable[[Array, Array], Array]) -> None:
        super().__init__()
        self._subjects, self._change = subjects, change

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        bound, change = super()._transform(spec, dtype, mode), self._change
        if str(spec) not in self._subjects:
            return bound

        class Bound(type(bound)):  # type: ignore[misc]
            def forward(self, x: Array) -> Array:
                return change(x, bound.forward(x))

        return Bound(spec, dtype)


def told(change: Callable[[Array, Array], Array], subject: str = "softplus", *parts: str) -> set[tuple[str, ...]]:
    """(quantity, kind, grade, blamed part) of every finding of L22; ``parts``: what is altered beside the subject."""
    framework = InProcess(lambda: Altered((subject, *parts), change))
    case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    found = groups_of("L22", list(LAWS["L22"].check(case)), case)
    return {(one.quantity, one.kind.label, one.grade.label, ".".join(one.blamed or ())) for one in found}


def off(count: float) -> Callable[[Array, Array], Array]:
    """One value alone is answered ``count`` ulp higher."""
    return lambda x, y: y + np.float32(count) * np.spacing(y) if len(x) == 1 else y


@pytest.mark.parametrize("count", [0.0, 1.0, 4.0, 7.0])
def test_last_bits_are_nobodys_fault(count: float) -> None:
    assert told(off(count)) == set()


def test_where_nothing_is_right_in_a_long_array_there_is_nothing_to_ask() -> None:
    assert told(lambda x, y: np.where(np.isnan(y), np.float32(0), np.float32(np.nan))) == set()


def test_right_answers_that_are_far_apart_are_minor() -> None:
    assert told(off(13.0)) == {("forward", "depends on position", "minor", "")}


def test_what_fails_in_one_place_has_the_kind_of_its_failure() -> None:
    def tail(x: Array, y: Array) -> Array:
        return np.where(np.arange(len(x)) == 0, np.float32(np.nan), y) if x.shape == (33,) else y

    assert told(tail) == {("forward", "spurious nan", "grave", "")}


def test_what_a_part_does_too_is_laid_to_the_part() -> None:
    def alone(x: Array, y: Array) -> Array:
        return -y if len(x) == 1 else y

    chain = "chain(affine(loc=0.5,scale=2.0),tanh)"
    assert {parts for *_, parts in told(alone, chain)} == {""}
    assert {parts for *_, parts in told(alone, chain, "tanh")} == {"tanh.forward"}


def test_a_second_time_is_another_question() -> None:
    values = np.zeros(33, np.float32)
    first, second = (Request("exp", "forward", "float32", values=values, again=again) for again in (0, 1))
    assert first.header() != second.header()
    assert "again" not in first.header()
