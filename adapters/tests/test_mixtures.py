"""Mixtures as frameworks construct them: one batched law, or weights for every member of a batch."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.interface import BoundDistribution, NotOffered, SpecError
from adapters.interface.contract import Array
from adapters.interface.mixtures import in_one_batch, with_weights_for_each
from adapters.interface.spec import parse
from adapters.numpy import Adapter

TWO = "mixture_same_family(normal(loc=-1.5,scale=0.5),normal(loc=1.25,scale=2.0),weights=[0.375,0.625])"
BATCH = TWO.replace("loc=-1.5", "loc=[-1.5,0.5,2.0]")


def test_parameters_stand_along_a_last_axis() -> None:
    assert str(in_one_batch(parse(TWO))) == str(
        parse("mixture_same_family(normal(loc=[-1.5,1.25],scale=[0.5,2.0]),weights=[0.375,0.625])")
    )
    merged = in_one_batch(parse(BATCH)).parts[0].params
    assert merged == {"loc": ((-1.5, 1.25), (0.5, 1.25), (2.0, 1.25)), "scale": (0.5, 2.0)}


def test_weights_are_repeated_for_every_member() -> None:
    assert with_weights_for_each(parse(TWO)) == parse(TWO)
    assert with_weights_for_each(parse(BATCH)).params["weights"] == ((0.375, 0.625),) * 3


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("mixture_same_family(normal(loc=0.0,scale=1.0),gumbel(loc=0.0,scale=1.0),weights=[0.5,0.5])", NotOffered),
        ("mixture_same_family(half_normal(scale=1.0),half_normal(scale=1.0,loc=0.5),weights=[0.5,0.5])", NotOffered),
        ("mixture_same_family(normal(loc=none,scale=1.0),normal(loc=0.0,scale=1.0),weights=[0.5,0.5])", NotOffered),
        (
            "mixture_same_family(normal(loc=[0.0,1.0],scale=1.0),normal(loc=[0.0,1.0,2.0],scale=1.0),weights=[0.5,0.5])",
            SpecError,
        ),
        ("mixture_same_family(weights=[1.0])", SpecError),
    ],
)
def test_what_makes_no_batch_is_no_batch(subject: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        in_one_batch(parse(subject))


def test_a_batch_of_the_reference_is_its_members() -> None:
    y = np.array([-2.0, 0.25, 3.0])
    batch = Adapter().distribution(BATCH, dtype="float64")
    alone = [
        Adapter().distribution(BATCH.replace("[-1.5,0.5,2.0]", at), dtype="float64") for at in ("-1.5", "0.5", "2.0")
    ]
    for quantity in ("log_prob", "cdf", "log_survival"):
        expected = [_answer(law, quantity, y[k : k + 1])[0] for k, law in enumerate(alone)]
        np.testing.assert_array_equal(_answer(batch, quantity, y), expected)


def _answer(law: BoundDistribution, quantity: str, y: Array) -> Array:
    return law.log_prob(y) if quantity == "log_prob" else law.function(quantity, y)


@pytest.mark.parametrize("weights", ["[0.5]", "0.5", "[0.5,0.25,0.25]"])
def test_the_reference_takes_as_many_weights_as_laws(weights: str) -> None:
    with pytest.raises(SpecError):
        Adapter().distribution(TWO.replace("[0.375,0.625]", weights), dtype="float64")


def test_a_far_component_whose_density_is_0_leaves_the_others() -> None:
    """-inf beside a number, and beside another -inf, is no nan."""
    far = "mixture_same_family(uniform(low=0.0,high=1.0),uniform(low=0.0,high=1.0),weights=[0.25,0.75])"
    law = Adapter().distribution(far, dtype="float32")
    np.testing.assert_array_equal(law.log_prob(np.array([-1.0, 0.5, 2.0], np.float32)), [-np.inf, 0.0, -np.inf])
    wide = (
        Adapter()
        .distribution(TWO, dtype="float32")
        .log_prob(np.array([-3e38, 3e38, -np.inf, np.inf, np.nan], np.float32))
    )
    np.testing.assert_array_equal(wide, [-np.inf, -np.inf, -np.inf, -np.inf, np.nan])
