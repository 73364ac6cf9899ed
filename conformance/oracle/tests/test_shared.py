"""What quantities of one subject share at a float is what each would have computed by itself, bit by bit."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.registry import functions_of
from conformance.oracle.pointwise import shared
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.pointwise.shared import Point

LAWS = (
    "johnson_su(skewness=-0.75,tailweight=1.25,loc=0.25,scale=1.5)",
    "half_normal(scale=1.5)",
    "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))",
    "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=2.5))",
)
MAPS = ("tanh", "inverse(tanh)", "chain(affine(loc=0.5,scale=2.0),tanh)", "softplus")
FLOATS = (0.625, 0.1, 2.0**-30)


def bits(point: Point) -> list[object]:
    return [end for ball in point for end in (ball.mid().man_exp(), ball.rad().man_exp())]


@pytest.mark.parametrize("subject", LAWS + MAPS)
def test_a_kept_point_is_the_one_that_would_be_computed_again(subject: str) -> None:
    """Quantities, floats and precisions in turn, so that each follows every other, and all of it twice; the two affine
    maps differ in a parameter alone."""
    saved = ctx.prec
    try:
        for _ in range(2):
            for precision in (73, 200, 93):
                ctx.prec = precision
                for x in FLOATS:
                    for quantity in functions_of(subject):
                        truth = ScalarTruth(subject, quantity)
                        assert bits(truth.at(x)) == bits(truth.enclose(arb(x))), (quantity, x, precision)
    finally:
        ctx.prec = saved


def test_the_quantities_of_a_law_ask_for_its_preimage_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    whole = shared.scored

    def counted(definition: DistributionDefinition, y: arb) -> shared.Scored:
        asked.append(y)
        return whole(definition, y)

    monkeypatch.setattr(shared, "scored", counted)
    shared._scored.cache_clear()
    for quantity in ("log_prob", "prob", "cdf", "log_survival"):
        ScalarTruth(LAWS[0], quantity).at(0.375)
    assert len(asked) == 1
