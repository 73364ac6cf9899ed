"""L09, of draws: noise that members of a batch share is seen, whichever axis they share it along, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from conformance.laws.batches import CROSSED, batched, crossed, of_its_maps
from conformance.laws.l09_independence import DRAWS, THREE, shared

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("noise", "along"),
    [((1, 1), {1, 2}), ((2, 1), {2}), ((1, 3), {1}), ((2, 3), set())],
)
@pytest.mark.parametrize("event", [(), (4,)])
def test_the_axes_along_which_noise_is_shared_are_told(
    noise: tuple[int, ...], along: set[int], event: tuple[int, ...]
) -> None:
    drawn = RNG.normal(size=(DRAWS, *noise, *event))
    draws = np.broadcast_to(0.25 + 1.5 * drawn, (DRAWS, *CROSSED, *event))
    assert {axis for axis in (1, 2) if shared(draws, axis)} == along


def test_a_few_draws_that_rounding_tells_apart_do_not_hide_the_others() -> None:
    draws = np.repeat(RNG.normal(size=(DRAWS, 1)), 3, axis=1)
    draws[:3, 1] = np.nextafter(draws[:3, 1], 2)
    assert shared(draws, 1)
    draws[3, 2] += 1
    assert not shared(draws, 1)


@pytest.mark.parametrize("values", [1, 2, 8, 12])
def test_a_law_of_few_floats_shares_nothing(values: int) -> None:
    every = RNG.integers(values, size=(2000, DRAWS, 3)).astype(np.float64)
    assert not any(shared(draws, 1) for draws in every)
    same = np.repeat(np.arange(DRAWS)[:, None] % values, 3, axis=1).astype(np.float64)
    assert not shared(same, 1), "it may be what the law has"


def test_members_are_equal_and_no_parameter_has_the_whole_batch() -> None:
    law = "transformed(normal(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"
    assert crossed(law, equal=True) == (
        "transformed(normal(loc=[[0.25],[0.25]],scale=[1.5,1.5,1.5]),"
        "affine(loc=[0.75,0.75,0.75],scale=[-2.5,-2.5,-2.5]))"
    )
    assert batched("exponential(rate=1.5)", THREE, equal=True) == "exponential(rate=[1.5,1.5,1.5])"
    assert of_its_maps(law, THREE) == (
        "transformed(normal(loc=0.25,scale=1.5),affine(loc=[0.75,0.75,0.75],scale=[-2.5,-2.5,-2.5]))"
    )


@pytest.mark.parametrize(
    "law",
    [
        "normal(loc=0.25,scale=1.5)",
        "transformed(normal(loc=0.25,scale=1.5),exp)",
        "mixture(normal(loc=-0.75,scale=0.5),normal(loc=0.25,scale=1.5),weights=[0.75,0.25])",
        "pair(normal(loc=0.25,scale=1.5),normal(loc=-1.0,scale=2.5))",
    ],
)
def test_a_batch_comes_from_maps_alone_where_these_have_numbers(law: str) -> None:
    assert of_its_maps(law, THREE) is None
