"""L14's other methods that draw, and log densities that come with draws: what is wrong is found, and once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, NotOffered, Spec
from adapters.numpy import Adapter as Reference
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.laws.tests.test_own_samples import oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

Array = NDArray[Any]

NORMAL = "normal(loc=0.25,scale=1.5)"
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
SATURATED = "transformed(normal(loc=4.0,scale=3.0),tanh)"
WIDE = "transformed(normal(loc=0.0,scale=20.0),tanh)"
PAIRS = "multivariate_normal(loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,0.375]])"
ADDED = "with the draw, in one call"


class Drawing(Reference):
    """The reference, which also draws by ``rsample`` and draws and scores in one call.

    shifted: what is added to the draws of ``rsample``; other: draws of another seed; nats: what is added to the log
    densities that come with draws; column: they come with an axis too many; columns: the draws that come with them do;
    short: there are fewer of these; unseeded: these go on where the last ones ended; wrong: by how much ``log_prob`` is
    off; before: the base's own draw is scored, of which the draw is the rounded image, as TFP does.
    """

    def __init__(self, **spoiled: Any) -> None:
        super().__init__()
        self.spoiled = spoiled
        self.calls = 0

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        spoiled, reference = self.spoiled, super()._distribution(spec, dtype, mode)

        adapter, drawing = Reference(), self

        class Bound(type(reference)):  # type: ignore[misc]
            def log_prob(self, y: Array) -> Array:
                found = reference.log_prob(y)
                return found + np.asarray(spoiled.get("wrong", 0.0), found.dtype)

            def rsample(self, count: int, seed: int) -> Array:
                draws = reference.sample(count, seed + spoiled.get("other", 0))
                return draws + np.asarray(spoiled.get("shifted", 0.0), draws.dtype)

            def scored_sample(self, count: int, seed: int) -> Array:
                if spoiled.get("unscored"):
                    raise NotOffered("scored_sample")
                if "before" in spoiled:
                    return forward(self._base_values(count, seed))
                drawing.calls += 1
                found = reference.sample(count, seed + drawing.calls * bool(spoiled.get("unseeded")))
                found = found[: spoiled.get("short", count)]
                return found[:, None] if "columns" in spoiled else found

            def scored_log_prob(self, count: int, seed: int) -> Array:
                if spoiled.get("unscored"):
                    raise NotOffered("scored_log_prob")
                if "before" in spoiled:
                    return reference.log_prob_from_base(self._base_values(count, seed))
                found = self.log_prob(reference.sample(count, seed))
                found = found + np.asarray(spoiled.get("nats", 0.0), found.dtype)
                return found[:, None] if spoiled.get("column") else found

            def _base_values(self, count: int, seed: int) -> Array:
                return adapter.distribution(str(spec.parts[0]), dtype, mode).sample(count, seed)

        def forward(x: Array) -> Array:
            return adapter.transform(str(spec.parts[1]), dtype, mode).forward(x)

        return Bound(spec, dtype)


def told(subject: str, dtype: str = "float32", mode: str = "eager", **spoiled: Any) -> list[tuple[str, str]]:
    """What L14 accuses of: the quantity and the kind."""
    framework = InProcess(lambda: Drawing(**spoiled))
    case = build_case(framework, oracle(), subject, dtype, mode, profile_named("quick"), 7)
    found = []
    for check in LAWS["L14"].check(case):
        for kind in np.unique(check.measure.failures[check.failed]):
            found.append((check.measure.quantity, Failure(kind).label))
    return sorted(set(found))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [NORMAL, TANH_NORMAL, SATURATED, PAIRS])
def test_nobody_honest_is_accused(subject: str, dtype: str) -> None:
    assert told(subject, dtype) == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [TANH_NORMAL, SATURATED, WIDE])
def test_what_the_draw_was_rounded_from_may_be_what_is_scored(subject: str, dtype: str) -> None:
    assert told(subject, dtype, before=True) == []


def test_densities_of_other_draws_accuse_of_the_seed_alone() -> None:
    assert told(NORMAL, unseeded=True) == [("scored_sample", "seed ignored")]


@pytest.mark.parametrize("spoiled", [{"columns": True}, {"short": 10}])
def test_draws_of_another_shape_are_not_scored(spoiled: dict[str, Any]) -> None:
    assert {quantity for quantity, _ in told(NORMAL, **spoiled)} == {"scored_sample"}


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [NORMAL, PAIRS])
def test_draws_by_another_method_have_to_follow_the_law(subject: str, dtype: str) -> None:
    assert told(subject, dtype, other=1) == []  # Other draws of the same law.
    assert told(subject, dtype, shifted=1.0) == [("rsample", "value wrong")]


def test_draws_by_another_method_have_to_lie_in_the_support() -> None:
    assert ("rsample", "out of codomain") in told(TANH_NORMAL, shifted=0.5)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", [NORMAL, TANH_NORMAL, PAIRS])
def test_the_log_density_that_comes_with_a_draw_is_that_of_the_draw(subject: str, dtype: str) -> None:
    assert {quantity for quantity, _ in told(subject, dtype, nats=0.125)} == {"scored_log_prob"}


def test_its_shape_is_that_of_the_draws() -> None:
    assert told(NORMAL, column=True) == [("scored_log_prob", "shape wrong")]


def test_where_log_prob_is_wrong_too_it_alone_is_told() -> None:
    assert {quantity for quantity, _ in told(NORMAL, wrong=0.125)} == {"log_prob"}


def test_what_is_not_offered_is_not_told() -> None:
    assert told(NORMAL, unscored=True, nats=0.125) == []


@pytest.mark.parametrize(("dtype", "mode"), [("float16", "eager"), ("bfloat16", "eager"), ("float32", "graph")])
def test_other_formats_and_modes_are_not_asked(dtype: str, mode: str) -> None:
    assert told(NORMAL, dtype, mode, nats=0.125, shifted=1.0) == []
