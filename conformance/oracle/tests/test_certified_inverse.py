"""The certificate of an inverse: it holds for true candidates and refuses planted ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from conformance.definitions import construction, tables
from conformance.definitions.registry import transform_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.certified_inverse import certified_inverse
from conformance.oracle.pointwise.vector_inverse import certified_inverse as certified_vector_inverse

CASES = [
    ("exp", 3.0),
    ("affine(loc=0.75,scale=-2.5)", 0.3),
    ("power(exponent=-1.5)", 0.3),
    ("inverse_box_cox(power=0.5)", 0.01),
    ("sigmoid", 1e-10),
    ("tanh", 1 - 2.0**-53),
    ("softplus", 1e-300),
    ("gumbel_cdf(loc=0.5,scale=2.0)", 1 - 2.0**-53),
    ("normal_cdf", 1e-200),
    ("abs", 2.5),
]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    saved = ctx.prec
    ctx.prec = 128
    yield
    ctx.prec = saved


def planted(definition: TransformDefinition, spoil: Callable[[Any], Any]) -> TransformDefinition:
    """``definition`` with its candidate inverse spoilt."""
    true = definition.inverse_candidate
    return dataclasses.replace(definition, inverse_candidate=lambda ns, y: spoil(true(ns, y)))


@pytest.mark.parametrize(("subject", "y"), CASES)
def test_a_true_candidate_is_certified(subject: str, y: float) -> None:
    definition = transform_definition(subject)
    ball = certified_inverse(definition, arb(y))
    assert ball.is_finite()
    assert ball.rel_accuracy_bits() > 100
    ctx.prec = 400
    exact = definition.inverse_candidate(BallNumbers(), arb(y))
    assert ball.overlaps(exact)


@pytest.mark.parametrize(("subject", "y"), CASES)
@pytest.mark.parametrize("relative", [2.0**-60, -(2.0**-60), 2.0**-10, 1.0])
def test_a_planted_candidate_is_refused(subject: str, y: float, relative: float) -> None:
    """The candidate is off by 2**-60 of itself (and far more): no bracket of 2**-119 around it can be proved."""
    spoilt = planted(transform_definition(subject), lambda x: x * (1 + arb(relative)))
    assert not certified_inverse(spoilt, arb(y)).is_finite()


def test_a_ball_for_y_is_inverted_as_a_ball() -> None:
    ball = certified_inverse(transform_definition("tanh"), arb(0.5, 0.01))
    for inside in (0.49, 0.5, 0.51):
        assert ball.overlaps(arb(inside).atanh())
    assert ball.rad() < 0.05


def test_outside_the_range_nothing_is_certified() -> None:
    assert not certified_inverse(transform_definition("tanh"), arb(1.5)).is_finite()
    assert not certified_inverse(transform_definition("exp"), arb(-1)).is_finite()


def test_a_planted_candidate_ends_undecided_in_the_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the whole oracle: a wrong closed form costs the point, never the truth."""
    true = tables.TRANSFORMS["tanh"]
    monkeypatch.setitem(tables.TRANSFORMS, "tanh", lambda: planted(true(), lambda x: x + arb(2) ** -50))
    construction._transform.cache_clear()
    try:
        truth = Oracle().truth("tanh", "inverse", np.array([0.5]), format_named("float32"))
        assert truth.kind[0] == Kind.UNDECIDED
    finally:
        construction._transform.cache_clear()


def test_the_vector_certificate_refuses_a_planted_coordinate() -> None:
    stick = transform_definition("stick_breaking")
    y = [arb(0.25), arb(0.125), arb(0.5), arb(0.125)]
    assert all(c.is_finite() for c in certified_vector_inverse(stick, y, (4,)))
    spoilt = planted(stick, lambda x: [x[0], x[1] + arb(2) ** -50, x[2]])
    assert not any(c.is_finite() for c in certified_vector_inverse(spoilt, y, (4,)))
