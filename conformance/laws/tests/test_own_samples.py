"""L14's goodness of fit where one float stands for many draws: nobody honest is accused, whoever is wrong is caught."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, NotOffered, Spec
from adapters.numpy import Adapter as Reference
from conformance.floats.formats import format_named
from conformance.judging.cases import build_case
from conformance.judging.profile import profile_named
from conformance.laws.draws_interval import interval
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

Array = NDArray[Any]
Sampler = Callable[[BoundDistribution, int, int], Array]

SATURATED = (
    "transformed(normal(loc=10.0,scale=0.125),tanh)",
    "transformed(normal(loc=-10.0,scale=0.125),tanh)",
    "transformed(normal(loc=0.0,scale=20.0),tanh)",
    "transformed(normal(loc=4.0,scale=3.0),tanh)",
    "transformed(normal(loc=8.75,scale=0.125),tanh)",
    "transformed(normal(loc=-200.0,scale=1.0),sigmoid)",
    "transformed(normal(loc=20.0,scale=1.0),sigmoid)",
    "transformed(normal(loc=20.0,scale=1.0),chain(affine(loc=0.0,scale=-1.0),sigmoid))",
    "transformed(normal(loc=1048576.0,scale=0.125),affine(loc=-1048576.0,scale=1.0))",
)
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"


@cache
def oracle() -> Oracle:
    return Oracle()


class Sampling(Reference):
    """The reference with another sampler. dense: with a density too, at whose draws thousands of truths are needed."""

    def __init__(self, sampler: Sampler, dense: bool = True) -> None:
        super().__init__()
        self._sampler, self._dense = sampler, dense

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound, sampler, dense = super()._distribution(spec, dtype, mode), self._sampler, self._dense

        class Bound(type(bound)):  # type: ignore[misc]
            def sample(self, count: int, seed: int) -> Array:
                return sampler(bound, count, seed)

            def log_prob(self, y: Array) -> Array:
                if not dense:
                    raise NotOffered("log_prob: the draws alone are looked at")
                return bound.log_prob(y)

        return Bound(spec, dtype)


def fit_of(subject: str, dtype: str, sampler: Sampler) -> Any:
    """The measure of the goodness of fit alone."""
    framework = InProcess(lambda: Sampling(sampler, dense=False))
    case = build_case(framework, oracle(), subject, dtype, "eager", profile_named("quick"), 7)
    fits = [check for check in LAWS["L14"].check(case) if check.note.startswith("empirical")]
    assert len(fits) == 1
    return fits[0].measure


def honest(bound: BoundDistribution, count: int, seed: int) -> Array:
    return bound.sample(count, seed)


def clamped(bound: BoundDistribution, count: int, seed: int) -> Array:
    """As torch keeps a sigmoid away from 0 and 1."""
    draws = bound.sample(count, seed)
    info = np.finfo(draws.dtype)
    return np.clip(draws, -1 + info.eps, 1 - info.eps) if (draws < 0).any() else np.clip(draws, info.tiny, 1 - info.eps)


def truncated(bound: BoundDistribution, count: int, seed: int) -> Array:
    """Rounded towards 0, and two floats too low."""
    draws = bound.sample(count, seed)
    for _ in range(2):
        draws = np.nextafter(draws, np.zeros_like(draws))
    return draws


def flushed(bound: BoundDistribution, count: int, seed: int) -> Array:
    draws = bound.sample(count, seed)
    return np.where(np.abs(draws) < np.finfo(draws.dtype).tiny, 0, draws).astype(draws.dtype)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [honest, clamped, truncated, flushed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("subject", SATURATED[:-1])
def test_nobody_is_accused_of_the_rounding_of_draws(subject: str, dtype: str, sampler: Sampler) -> None:
    assert fit_of(subject, dtype, sampler).failures[0] == Failure.NONE


def test_nobody_is_accused_of_the_rounding_of_the_base() -> None:
    assert fit_of(SATURATED[-1], "float32", honest).failures[0] == Failure.NONE


def of(parameters: str) -> Sampler:
    """Draws of another law: tanh of a normal with these parameters."""

    def sampler(bound: BoundDistribution, count: int, seed: int) -> Array:
        subject = f"transformed(normal({parameters}),tanh)"
        return Reference().distribution(subject, str(bound._dtype)).sample(count, seed)  # type: ignore[attr-defined]

    return sampler


def moved(share: float) -> Sampler:
    """A ``share`` of the draws becomes the least of them: the cdf is off by that much."""

    def sampler(bound: BoundDistribution, count: int, seed: int) -> Array:
        draws = bound.sample(count, seed)
        return np.where(np.arange(count) < share * count, -np.float64(0.9999), draws).astype(draws.dtype)

    return sampler


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("subject", "sampler"),
    [
        (SATURATED[0], of("loc=0.0,scale=0.125")),
        (SATURATED[0], of("loc=-10.0,scale=0.125")),
        (SATURATED[0], moved(0.1)),
        (SATURATED[2], of("loc=0.0,scale=1.0")),
        (SATURATED[2], of("loc=0.0,scale=10.0")),
        (SATURATED[2], moved(0.1)),
        (SATURATED[3], of("loc=0.0,scale=3.0")),
        (SATURATED[3], of("loc=4.0,scale=1.0")),
        (SATURATED[3], moved(0.1)),
        (TANH_NORMAL, of("loc=0.0,scale=1.5")),
        (TANH_NORMAL, of("loc=0.25,scale=1.0")),
        (TANH_NORMAL, moved(0.1)),
    ],
)
def test_a_sampler_of_another_law_is_caught(subject: str, sampler: Sampler, dtype: str) -> None:
    measure = fit_of(subject, dtype, sampler)
    assert measure.failures[0] == Failure.VALUE_WRONG
    assert not measure.usable[0]


def in_another_turn(bound: BoundDistribution, count: int, seed: int) -> Array:
    """Angles between 0 and 2 pi, or between 4 pi and 6 pi."""
    draws = bound.sample(count, seed)
    turns = np.where(np.arange(count) % 2, 0.0, 2.0) * 2 * np.pi
    return (np.mod(draws.astype(np.float64), 2 * np.pi) + turns).astype(draws.dtype)


def twice_as_far(bound: BoundDistribution, count: int, seed: int) -> Array:
    draws = bound.sample(count, seed)
    return (0.75 + 2 * (draws - np.asarray(0.75, draws.dtype))).astype(draws.dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_angle_may_be_drawn_in_any_turn(dtype: str) -> None:
    subject = "von_mises(concentration=2.5,loc=0.75)"
    for sampler in (honest, in_another_turn):
        assert fit_of(subject, dtype, sampler).failures[0] == Failure.NONE
    assert fit_of(subject, dtype, twice_as_far).failures[0] == Failure.VALUE_WRONG
    framework = InProcess(lambda: Sampling(in_another_turn))
    case = build_case(framework, oracle(), subject, dtype, "eager", profile_named("quick"), 7)
    for check in LAWS["L14"].check(case):
        assert not check.broken.any(), check.note


def test_an_interval_holds_little_away_from_saturation() -> None:
    """What the power of the test rests on: see the module's docstring."""
    framework = InProcess(lambda: Sampling(honest))
    case = build_case(framework, oracle(), TANH_NORMAL, "float32", "eager", profile_named("quick"), 7)
    low, high = interval(case, TANH_NORMAL, np.linspace(-0.99, 0.99, 199).astype(format_named("float32").dtype))
    assert (high >= low).all()
    assert (high - low).max() < 1e-4


@pytest.mark.slow
def test_a_draw_on_an_open_end_is_nobodys_finding() -> None:
    framework = InProcess(lambda: Sampling(honest))
    for dtype in ("float32", "float64"):
        case = build_case(framework, oracle(), SATURATED[2], dtype, "eager", profile_named("quick"), 7)
        scored = next(c for c in LAWS["L14"].check(case) if c.note == "at its own samples")
        at_end = np.abs(scored.measure.inputs[scored.measure.row].astype(np.float64)) == 1
        assert at_end.sum() > 1000
        assert not scored.broken.any()


def test_a_library_with_a_distribution_function_that_is_declared_nowhere_is_not_judged_by_it() -> None:
    """A normal inverse Gaussian law has none without an integral: its tails and its draws accuse nobody."""

    class Offering(Reference):
        def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
            bound = super()._distribution(spec, dtype, mode)

            class Bound(type(bound)):  # type: ignore[misc]
                def function(self, quantity: str, value: Array) -> Array:
                    return np.full_like(value, 0.5)

            return Bound(spec, dtype)

    subject = "normal_inverse_gaussian(loc=0.25,scale=1.5,skewness=-0.625,tailweight=1.25)"
    case = build_case(InProcess(Offering), oracle(), subject, "float32", "eager", profile_named("quick"), 7)
    assert case.ask("cdf", np.zeros(3, np.float32)).status == "not_offered"
    for name in ("L10", "L24"):
        assert not list(LAWS[name].check(case))
    notes = [check.note for check in LAWS["L14"].check(case)]
    assert "at its own samples" in notes
    assert not any("empirical" in note for note in notes)
