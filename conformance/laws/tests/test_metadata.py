"""L20: what is declared too widely, or not at all, accuses nobody; what excludes or misleads is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundTransform, NotOffered, Spec
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import CATALOGUE
from conformance.judging.cases import build_case
from conformance.judging.groups import groups_of
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Said = Callable[[Any], Any]


@cache
def oracle() -> Oracle:
    return Oracle()


class Declaring(Reference):
    """The reference that declares ``said`` under ``name`` of ``subject``."""

    def __init__(self, subject: str, name: str, said: Said) -> None:
        super().__init__()
        self._subject, self._said = subject, (name, said)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        bound, (name, said) = super()._transform(spec, dtype, mode), self._said
        if str(spec) != self._subject:
            return bound

        class Bound(type(bound)):  # type: ignore[misc]
            def declared(self, asked: str, value: Array | None) -> Array:
                return said(value) if asked == name else bound.declared(asked, value)

        return Bound(spec, dtype)


def told(subject: str, name: str, said: Said, of: str = "") -> list[tuple[str, str, tuple[str, str] | None]]:
    """(property, grade, blamed part) of every finding of L20 on ``subject``; ``of``: whose declaration is changed."""
    framework = InProcess(lambda: Declaring(of or subject, name, said))
    case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
    found = groups_of("L20", list(LAWS["L20"].check(case)), case)
    return [(group.quantity, group.grade.label, group.blamed) for group in found]


def everything(value: Array | None) -> Array:
    return np.ones(len(np.asarray(value)), bool)


def refuses(value: Array | None) -> Array:
    raise NotOffered("nothing is declared")


def breaks(value: Array | None) -> Array:
    raise AttributeError("no such attribute")


@pytest.mark.parametrize(
    ("subject", "name", "said"),
    [
        ("exp", "codomain", everything),
        ("sigmoid", "codomain", lambda y: (y >= 0) & (y <= 1)),
        ("sigmoid", "codomain", lambda y: (y > 0) & (y < 1)),
        ("power(exponent=2.5)", "domain", lambda x: x > 0),
        ("affine(loc=0.75,scale=-2.5)", "constant_log_det", lambda _: np.asarray(False)),
        ("affine(loc=0.75,scale=-2.5)", "increasing", refuses),
        ("affine(loc=0.75,scale=-2.5)", "increasing", lambda _: np.array([True, False])),
        ("lower_cholesky", "injective", lambda _: np.asarray(False)),
    ],
)
def test_a_declaration_that_promises_less_accuses_nobody(subject: str, name: str, said: Said) -> None:
    assert told(subject, name, said) == []


@pytest.mark.parametrize(
    ("subject", "name", "said", "grade"),
    [
        ("affine(loc=0.75,scale=-2.5)", "increasing", lambda _: np.asarray(True), "serious"),
        ("exp", "increasing", lambda _: np.asarray(False), "serious"),
        ("exp", "codomain", lambda y: y > 1, "serious"),
        ("exp", "domain", lambda x: x > 0, "serious"),
        ("tanh", "constant_log_det", lambda _: np.asarray(True), "serious"),
        ("tanh", "event_rank_in", lambda _: np.asarray(1), "serious"),
        ("abs", "injective", lambda _: np.asarray(True), "minor"),
        ("abs", "codomain", lambda y: y > 0, "minor"),
        ("log", "domain", everything, "minor"),
        ("exp", "domain", breaks, "minor"),
    ],
)
def test_what_excludes_or_misleads_is_told(subject: str, name: str, said: Said, grade: str) -> None:
    assert told(subject, name, said) == [(name, grade, None)]


def test_what_a_part_declares_is_laid_to_the_part() -> None:
    def wrong(_: Array | None) -> Array:
        return np.asarray(False)

    chain = "chain(affine(loc=0.5,scale=2.0),tanh)"
    assert told(chain, "increasing", wrong, of="tanh") == []  # The chain itself says what is right.
    assert told("inverse(tanh)", "domain", lambda y: y > 0.5) == [("domain", "serious", None)]


@pytest.mark.slow
def test_the_reference_is_accused_of_nothing_in_the_whole_catalogue() -> None:
    framework = InProcess(Reference)
    for subject in CATALOGUE:
        case = build_case(framework, oracle(), subject, "float32", "eager", profile_named("quick"), 1)
        assert not list(groups_of("L20", list(LAWS["L20"].check(case)), case)), subject
