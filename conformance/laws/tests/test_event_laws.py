"""Laws of events under law: the reference is accused of nothing, and whoever is wrong is caught where he is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Spec
from adapters.numpy import Adapter as Reference
from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import Tracer
from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS
from conformance.floats.formats import format_named
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws.case import Case
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Answer = Callable[[BoundDistribution, tuple[Any, ...]], Array]

PRODUCT, TRIL, SIMPLEX = EVENT_LAW_SUBJECTS[0], EVENT_LAW_SUBJECTS[3], EVENT_LAW_SUBJECTS[6]
FACTOR = np.array([[1.5, 0.0, 0.0], [0.5, 2.25, 0.0], [-1.25, 0.75, 0.625]])


@cache
def oracle() -> Oracle:
    return Oracle()


class Planted(Reference):
    """The reference with another answer to one question, asked of subjects whose name begins in some way."""

    def __init__(self, method: str, answer: Answer, heads: tuple[str, ...] = ("",)) -> None:
        super().__init__()
        self._method, self._answer, self._heads = method, answer, heads

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound = super()._distribution(spec, dtype, mode)
        if not spec.name.startswith(self._heads):
            return bound
        answer = self._answer
        kind = type("Bound", (type(bound),), {self._method: lambda _, *args: answer(bound, args)})
        made: BoundDistribution = kind(spec, dtype)
        return made


def case_of(framework: Reference, subject: str, dtype: str = "float32") -> Case:
    return build_case(InProcess(lambda: framework), oracle(), subject, dtype, "eager", profile_named("quick"), 7)


def failing(framework: Reference, law: str, subject: str, dtype: str = "float32") -> list[tuple[str, str, str]]:
    """(quantity, failure, the check's note) of everything that breaks the law or is told as minor."""
    found = []
    for check in LAWS[law].check(case_of(framework, subject, dtype)):
        codes = {int(code) for code in check.measure.failures[check.failed]}
        found += [(check.measure.quantity, Failure(code).name, check.note) for code in codes]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("subject", EVENT_LAW_SUBJECTS)
def test_the_reference_is_accused_of_nothing(subject: str) -> None:
    for law in LAWS.values():
        if law.applies(subject):
            assert failing(Reference(), law.id, subject) == [], law.id


@pytest.mark.slow
def test_a_law_that_is_offered_is_really_looked_at() -> None:
    case = case_of(Reference(), TRIL)
    looked = {law.id: sum(len(check.measure.row) for check in law.check(case)) for law in LAWS.values()}
    assert {name for name, count in looked.items() if count} >= {"L02", "L07", "L08", "L11", "L12", "L14", "L20", "L22"}


def _sign_of_the_log_det(bound: BoundDistribution, args: tuple[Any, ...]) -> Array:
    return (bound.log_prob(*args) + np.float32(2 * np.log(np.diag(FACTOR)).sum())).astype(np.float32)


def test_a_log_det_of_the_wrong_sign_breaks_the_change_of_variables() -> None:
    assert ("log_prob", "VALUE_WRONG", "") in failing(Planted("log_prob", _sign_of_the_log_det), "L08", TRIL)


def test_an_entropy_without_the_log_det_is_found() -> None:
    def entropy(bound: BoundDistribution, _: tuple[Any, ...]) -> Array:
        return np.asarray(1.5 * (1 + np.log(2 * np.pi)), np.float32)

    assert [kind for _, kind, _ in failing(Planted("entropy", entropy), "L11", TRIL)] == ["VALUE_WRONG"]


def _transposed(bound: BoundDistribution, args: tuple[Any, ...]) -> Array:
    count, seed = args
    normal = np.random.default_rng(seed).standard_normal((count, 3))
    return (normal @ FACTOR + [0.25, -1.5, 0.75]).astype(np.float32)


def test_draws_by_the_transpose_of_the_factor_do_not_follow_the_entries_own_laws() -> None:
    found = failing(Planted("sample", _transposed), "L14", TRIL)
    assert found
    assert {kind for _, kind, _ in found} == {"VALUE_WRONG"}
    assert all(note.startswith(("entry 0", "entry 2")) for _, _, note in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "answer", "kind"),
    [
        (TRIL, lambda bound, args: bound.sample(*args)[:, None], "SHAPE_WRONG"),
        (TRIL, lambda bound, args: bound.sample(*args).sum(axis=1), "SHAPE_WRONG"),
        (TRIL, lambda bound, args: np.where(bound.sample(*args) > 4, np.nan, bound.sample(*args)), "SPURIOUS_NAN"),
        (TRIL, lambda bound, args: np.where(bound.sample(*args) > 4, np.inf, bound.sample(*args)), "SPURIOUS_INF"),
        (SIMPLEX, lambda bound, args: bound.sample(*args) * np.float32(1.0625), "OUT_OF_CODOMAIN"),
        (SIMPLEX, lambda bound, args: bound.sample(*args) - np.float32(0.125), "OUT_OF_CODOMAIN"),
    ],
)
def test_draws_of_another_shape_or_outside_the_support(subject: str, answer: Answer, kind: str) -> None:
    assert kind in [one for _, one, _ in failing(Planted("sample", answer), "L14", subject)]


@pytest.mark.slow
def test_own_samples_are_scored_by_the_density() -> None:
    found = failing(Planted("log_prob", _sign_of_the_log_det), "L14", TRIL)
    assert ("log_prob", "VALUE_WRONG", "at its own samples") in found


def test_a_density_for_each_entry_is_one_of_another_shape() -> None:
    def log_prob(bound: BoundDistribution, args: tuple[Any, ...]) -> Array:
        return np.zeros_like(args[0])

    assert ("log_prob", "SHAPE_WRONG", "") in failing(Planted("log_prob", log_prob), "L07", TRIL)
    assert ("log_prob", "SHAPE_WRONG", "") in failing(Planted("log_prob", log_prob), "L08", TRIL)


def test_a_law_that_says_that_its_draws_are_numbers() -> None:
    def declared(bound: BoundDistribution, args: tuple[Any, ...]) -> Array:
        return np.asarray(0) if args[0] == "event_rank" else bound.declared(*args)

    assert failing(Planted("declared", declared), "L20", TRIL) == [("event_rank", "DECLARED_WRONG", "")]


def _twice(bound: BoundDistribution, args: tuple[Any, ...]) -> Array:
    return (2 * bound.log_prob(*args)).astype(np.float32)


@pytest.mark.parametrize(
    ("heads", "blamed"),
    [(("independent", "normal"), "normal(loc=0.25,scale=1.5) log_prob"), (("independent",), f"{PRODUCT} log_prob")],
)
def test_a_product_is_traced_to_the_entry_that_is_wrong_by_itself(heads: tuple[str, ...], blamed: str) -> None:
    framework = Planted("log_prob", _twice, heads)
    asker = FrameworkAsker(InProcess(lambda: framework), oracle(), "float32", "eager", False, 1)
    x = np.array([[0.5, -1.0, 2.0]], np.float32)
    values = asker.ask(PRODUCT, "log_prob", x).values
    assert values is not None
    leaf = Tracer(asker).trace(PRODUCT, "log_prob", x, values)[0]
    assert f"{leaf.subject} {leaf.quantity}" == blamed


def test_the_largest_term_is_an_entrys_or_the_log_det() -> None:
    """What errors are granted where a sum of logarithms cancels."""
    terms = case_of(Reference(), TRIL, "float64").inputs.terms
    assert terms is not None
    z = np.array([[8.0, 0.0, 0.0]])
    size = terms("log_prob", z @ FACTOR.T + [0.25, -1.5, 0.75])
    assert size == pytest.approx([32 + np.log(2 * np.pi) / 2])
    small = "multivariate_normal(loc=[0.0,0.0],scale_diag=[1e-30,1e-30])"
    terms = case_of(Reference(), small, "float64").inputs.terms
    assert terms is not None
    assert terms("log_prob", np.array([[0.0, 0.0]])) == pytest.approx([60 * np.log(10.0)])


@pytest.mark.slow
def test_formats_have_their_own_draws() -> None:
    for dtype in ("float16", "bfloat16", "float64"):
        assert failing(Reference(), "L14", TRIL, dtype) == []
        assert format_named(dtype).dtype == case_of(Reference(), TRIL, dtype).ask("sample", count=4).values.dtype  # type: ignore[union-attr]
