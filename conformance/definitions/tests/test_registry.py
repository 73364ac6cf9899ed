"""Names find their definitions, and nothing else does."""

from __future__ import annotations

import pytest

from conformance.definitions.catalogue import CATALOGUE, DISTRIBUTION_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.registry import (
    UnknownSubject,
    distribution_definition,
    is_distribution,
    transform_definition,
)


@pytest.mark.parametrize("subject", TRANSFORM_SUBJECTS)
def test_every_transform_of_the_catalogue_is_defined(subject: str) -> None:
    definition = transform_definition(subject)
    assert not is_distribution(subject)
    assert definition.formula
    assert definition.reference
    low, high = definition.ordinary
    assert low < high
    assert definition.domain.contains(low)
    assert definition.domain.contains(high)


@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_every_distribution_of_the_catalogue_is_defined(subject: str) -> None:
    definition = distribution_definition(subject)
    assert is_distribution(subject)
    assert definition.ordinary[0] < definition.ordinary[1]
    middle = sum(definition.ordinary) / 2
    assert definition.support.contains(middle)


def test_the_catalogue_lists_nothing_twice() -> None:
    assert len(set(CATALOGUE)) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("tanhh", "known: exp, affine"),
        ("affine(loc=1.0)", "affine takes loc, scale"),
        ("affine(loc=1.0,scale=0.0)", "scale must be nonzero"),
        ("gumbel_cdf(loc=1.0,scale=-1.0)", "scale must be positive"),
        ("power(exponent=0.0)", "exponent must not be 0"),
        ("chain", "at least one part"),
        ("inverse(tanh,exp)", "takes one transform"),
        ("independent(tanh,ndims=0)", "ndims from 1 to 3"),
        ("independent(stick_breaking,ndims=1)", "scalar part"),
        ("chain(stick_breaking,exp)", "a log-det of both has no meaning"),
        ("chain(corr_cholesky,tanh)", "a log-det of both has no meaning"),
        ("independent(tanh,ndims=1.5)", "ndims must be a whole number"),
        ("tanh@3", "maps numbers, and takes no event"),
        ("stick_breaking@2x3", "takes vectors"),
        ("corr_cholesky@4", "has 1, 3, 6, 10, ... entries, not 4"),
        ("chain(exp,inverse(stick_breaking))", "a log-det of both has no meaning"),
        ("tanh(exp)", "takes no parameters"),
    ],
)
def test_an_unknown_transform_is_named_on_one_line(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said) as caught:
        transform_definition(subject)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("cauchy(loc=0.0,scale=1.0)", "known: normal"),
        ("normal(loc=0.0,scale=-1.0)", "must be positive"),
        ("uniform(low=1.0,high=0.0)", "low must be below high"),
        ("exponential(rate=0.0)", "must be positive"),
        ("transformed(normal(loc=0.0,scale=1.0))", "a base and a transform"),
        ("transformed(normal(loc=0.0,scale=1.0),abs)", "monotone scalar"),
        ("transformed(normal(loc=0.0,scale=1.0),power(exponent=2.0))", "leaves the domain"),
        ("transformed(normal(loc=0.0,scale=1.0),stick_breaking)", "monotone scalar"),
    ],
)
def test_an_unknown_distribution_is_named_on_one_line(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said) as caught:
        distribution_definition(subject)
    assert "\n" not in str(caught.value)


def test_direction_and_ranges_of_composites() -> None:
    falling = transform_definition("chain(affine(loc=0.5,scale=-1.5),exp)")
    assert falling.increasing is False
    assert str(falling.codomain) == "(0, inf)"
    back = transform_definition("inverse(chain(affine(loc=0.5,scale=2.0),tanh))")
    assert str(back.domain) == "(-1, 1)"
    assert back.increasing is True
    assert transform_definition("chain(affine(loc=1.0,scale=2.0),power(exponent=2.5))").domain.lo == -0.5
    assert transform_definition("inverse_box_cox(power=0.75)").domain.lo * 3 == -4


def test_the_number_of_coordinates_follows_the_parts() -> None:
    assert transform_definition("stick_breaking").output_event((3,)) == (4,)
    assert transform_definition("inverse(stick_breaking)").output_event((4,)) == (3,)
    assert transform_definition("chain(affine(loc=0.5,scale=2.0),stick_breaking)").output_event((3,)) == (4,)
    assert transform_definition("chain(inverse(stick_breaking),exp)").input_event((3,)) == (4,)
