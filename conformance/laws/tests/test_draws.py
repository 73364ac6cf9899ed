"""L14's tests of tails, repetitions and seeds: what samplers get wrong is found, and nobody honest is accused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import count as counter
from itertools import permutations
from math import comb, exp, prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution
from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.registry import event_law, is_distribution, is_event_law, is_pair
from conformance.execution.frameworks import FRAMEWORKS
from conformance.floats.formats import format_named
from conformance.judging.cases import build_case
from conformance.judging.profile import LEANLY, profile_named
from conformance.laws.draws_fit import tails, too_few
from conformance.laws.draws_interval import interval
from conformance.laws.draws_measure import FALSE_ALARM
from conformance.laws.draws_repeated import repeated
from conformance.laws.draws_seed import by_chance
from conformance.laws.registry import LAWS
from conformance.laws.tests.test_own_samples import (
    SATURATED,
    Sampler,
    Sampling,
    clamped,
    flushed,
    honest,
    oracle,
    truncated,
)
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

Array = NDArray[Any]

NORMAL = "normal(loc=0.25,scale=1.5)"
MIXTURE = "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])"
PAIRS = "multivariate_normal(loc=[0.25,-1.5],scale_tril=[[1.5,0.0],[0.5,0.375]])"
_asked = counter()


def case_of(subject: str, dtype: str, sampler: Sampler) -> Any:
    framework = InProcess(lambda: Sampling(sampler, dense=False))
    return build_case(framework, oracle(), subject, dtype, "eager", profile_named("quick"), 7)


def told(subject: str, dtype: str, sampler: Sampler) -> list[tuple[str, str]]:
    """What L14 accuses the sampler of: the kind, and the first word of the note that tells the check."""
    found = []
    for check in LAWS["L14"].check(case_of(subject, dtype, sampler)):
        for kind in np.unique(check.measure.failures[check.failed]):
            found.append((Failure(kind).label, check.note.split()[0]))
    return found


def clipped(bound: BoundDistribution, count: int, seed: int) -> Array:
    """Both tails end at 1.9 standard deviations."""
    draws = bound.sample(count, seed)
    return np.clip(draws, *np.array([0.25 - 1.9 * 1.5, 0.25 + 1.9 * 1.5]).astype(draws.dtype))


def without_an_upper_tail(bound: BoundDistribution, count: int, seed: int) -> Array:
    draws = bound.sample(count, seed)
    return np.minimum(draws, np.asarray(0.25 + 1.8 * 1.5, draws.dtype))


def with_heavy_tails(bound: BoundDistribution, count: int, seed: int) -> Array:
    """One draw in a hundred lies three times as far out: nobody sees that in the middle."""
    draws = bound.sample(count, seed)
    far = np.arange(count) % 100 == 0
    return np.where(far, np.asarray(0.25 - 3.5 * 1.5, draws.dtype), draws).astype(draws.dtype)


def in_pairs(bound: BoundDistribution, count: int, seed: int) -> Array:
    return np.repeat(bound.sample((count + 1) // 2, seed), 2)[:count]


def one_in_ten_twice(bound: BoundDistribution, count: int, seed: int) -> Array:
    draws = bound.sample(count, seed)
    draws[count - count // 10 :] = draws[: count // 10]
    return draws


def without_a_seed(bound: BoundDistribution, count: int, seed: int) -> Array:
    return bound.sample(count, next(_asked))


def with_one_seed(bound: BoundDistribution, count: int, seed: int) -> Array:
    return bound.sample(count, 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        (honest, []),
        (clipped, [("value wrong", "tails")]),
        (without_an_upper_tail, [("value wrong", "tails")]),
        (with_heavy_tails, [("value wrong", "tails")]),
        (in_pairs, [("draws repeated", "repetitions")]),
        (one_in_ten_twice, [("draws repeated", "repetitions")]),
    ],
)
def test_what_samplers_get_wrong_is_found_once(sampler: Sampler, expected: list[tuple[str, str]], dtype: str) -> None:
    assert told(NORMAL, dtype, sampler) == expected


@pytest.mark.parametrize("subject", [NORMAL, PAIRS])
def test_seeds_are_tried_of_numbers_and_of_events(subject: str) -> None:
    assert told(subject, "float32", honest) == []
    assert told(subject, "float32", without_a_seed) == [("seed ignored", "the")]
    assert told(subject, "float32", with_one_seed) == [("seed ignored", "another")]


def test_seeds_are_tried_once_for_all_formats() -> None:
    for dtype in ("float16", "bfloat16", "float64"):
        assert told(NORMAL, dtype, without_a_seed) == []


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_where_all_draws_are_one_number_another_seed_has_the_same(dtype: str) -> None:
    for sampler in (honest, with_one_seed):
        assert told(SATURATED[0], dtype, sampler) == []


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [honest, clamped, truncated, flushed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("subject", SATURATED[:-1])
def test_nobody_is_accused_of_saturated_draws(subject: str, sampler: Sampler) -> None:
    for dtype in ("float32", "float64"):
        assert told(subject, dtype, sampler) == []


def test_the_message_says_what_came_and_what_was_meant() -> None:
    case = case_of(NORMAL, "float32", clipped)
    (check,) = tails(case, NORMAL, case.ask("sample", count=4096).values)
    assert check.failed.tolist() == [
        False,
        True,
        True,
        False,
    ]  # 4 of 4096 are meant in the outer ones: none is no alarm
    assert check.measure.message == (
        "0 of 4096 draws are at or below -3.2395217, where 41 are meant; "
        "0 of 4096 draws are above 3.7395225, where 41 are meant"
    )


def least(total: int, share: Fraction, alarm: Fraction) -> tuple[int, int]:
    """The largest count that is too small and the smallest that is too large, in exact arithmetic."""
    each = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    below, few = Fraction(0), -1
    while below + each[few + 1] < alarm:
        few += 1
        below += each[few]
    above, many = Fraction(0), total + 1
    while above + each[many - 1] < alarm:
        many -= 1
        above += each[many]
    return few, many


@pytest.mark.parametrize("share", [Fraction(1, 100), Fraction(1, 1000), Fraction(99, 100), Fraction(1, 2)])
def test_a_tail_alarms_where_the_exact_binomial_says_so(share: Fraction) -> None:
    total = 512
    few, many = least(total, share, Fraction(FALSE_ALARM))
    upto = np.arange(total + 1)
    alarms = too_few(upto, total, np.full(total + 1, float(share)))
    assert np.flatnonzero(alarms).tolist() == list(range(few + 1))
    alarms = too_few(total - upto, total, np.full(total + 1, float(1 - share)))
    assert np.flatnonzero(alarms).tolist() == list(range(many, total + 1))


def test_the_counts_of_the_docstring() -> None:
    upto = np.arange(4097)
    for share, few, many in ((0.01, 6, 90), (0.001, -1, 24)):
        assert np.flatnonzero(too_few(upto, 4096, np.full(4097, share))).tolist() == list(range(few + 1))
        too_many = too_few(4096 - upto, 4096, np.full(4097, 1 - share))
        assert int(np.flatnonzero(too_many)[0]) == many


def bits_of_uniform(bits: int) -> Sampler:
    """Quantiles of a generator of that many bits."""

    def sampler(bound: BoundDistribution, count: int, seed: int) -> Array:
        drawn = np.random.default_rng(seed).integers(1 << bits, size=count)
        shares = ((drawn + 0.5) / (1 << bits)).astype(np.float64)
        exact = Reference().distribution(NORMAL, "float64").function("icdf", shares)
        return exact.astype(bound._dtype)  # type: ignore[attr-defined]

    return sampler


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_generator_of_16_bits_accuses_nobody_and_one_of_12_does(dtype: str) -> None:
    for bits, failure in ((32, Failure.NONE), (16, Failure.NONE), (12, Failure.DRAWS_REPEATED)):
        case = case_of(NORMAL, dtype, bits_of_uniform(bits))
        (check,) = repeated(case, NORMAL, case.ask("sample", count=4096).values)
        assert check.measure.failures[0] == failure


def test_what_a_clamp_piles_up_is_no_repetition() -> None:
    """1 less the resolution of float32 stands for all that a saturated law has there; a copy elsewhere does not."""
    for sampler in (clamped, flushed):
        case = case_of(SATURATED[3], "float32", sampler)
        draws = case.ask("sample", count=4096).values
        assert len(np.unique(draws)) < 4096 - 400, "or there is nothing to excuse"
        (check,) = repeated(case, SATURATED[3], draws)
        assert check.measure.failures[0] == Failure.NONE


def test_a_mixture_has_parts_and_is_not_a_base_under_a_transform() -> None:
    places = np.array([-2.5, 0.25, 1.5], format_named("float32").dtype)
    low, high = interval(case_of(MIXTURE, "float32", honest), MIXTURE, places)
    exact = Reference().distribution(MIXTURE, "float32").function("cdf", places)
    assert ((low <= exact) & (exact <= high) & (high - low < 1e-4)).all()
    assert told(MIXTURE, "float32", lambda bound, count, seed: np.sort(bound.sample(count, seed)) * np.float32(2)) == [
        ("value wrong", "empirical"),
        ("value wrong", "tails"),
    ]


@pytest.mark.parametrize("draws", ["aab", "aaa", "abc", "aabb"])
def test_the_probability_of_the_same_draws_twice_is_counted(draws: str) -> None:
    """Among all orders of both requests' draws, those whose second half repeats the first."""
    orders = set(permutations(draws + draws))
    half = len(draws)
    repeating = [order for order in orders if order[:half] == order[half:]]
    found = exp(by_chance(np.array([ord(letter) for letter in draws], np.float32)))
    assert found == pytest.approx(len(repeating) / len(orders), rel=1e-9)


def test_a_run_over_everything_holds_fewer_tests_than_its_rate_of_false_alarms_is_shared_by() -> None:
    """Ten for a law of numbers, one for each entry of an event, and one for a request, in two dtypes and two modes;
    further laws are asked eagerly alone."""

    def tests(subjects: Sequence[str]) -> int:
        laws = [one for one in subjects if is_distribution(one) and not is_pair(one)]
        return sum(1 + (prod(event_law(one).event) if is_event_law(one) else 10) for one in laws)

    run = tests(CATALOGUE) * 2 * 2 + tests(FURTHER_SUBJECTS) * 2 * len(LEANLY["modes"])
    assert FALSE_ALARM * run * len(FRAMEWORKS) < 1e-6
