"""The lemmas that definitions of the catalogue declare, held against what follows mechanically from their formulas.

Knots have no test here: they are held through the integrals and modes that are split at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import pytest
from flint import acb, arb, ctx

from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.combinators import inverse
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import SlopeRate
from conformance.definitions.registry import definition_of
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import BALLS, FIRST, jet_at
from conformance.oracle.statistics.bounds import centre_of, density_rate, held, slope_rate
from conformance.oracle.statistics.divergence import _audit_growth
from conformance.oracle.statistics.integrals import FEWEST_AUDITED
from conformance.oracle.statistics.problem import Problem
from conformance.oracle.statistics.proved import audited

SIDES = (-1, 1)
PRECISION = 160
STEPS = 24


def _leaves(transform: TransformDefinition) -> Iterator[TransformDefinition]:
    yield from (leaf for part in transform.parts for leaf in _leaves(part))
    if transform.kind == "leaf" and not transform.event:
        yield transform


def _bases(law: DistributionDefinition) -> Iterator[DistributionDefinition]:
    for one in (law.base or law, *(mixed.law for mixed in law.mixed)):
        yield from [one] if one is law else _bases(one)
    if law.other is not None:
        yield from _bases(law.other)


def _collected() -> tuple[dict[str, DistributionDefinition], dict[str, TransformDefinition]]:
    """Bases and leaves of the catalogue's subjects of numbers, by name and parameters."""
    bases, leaves = dict[str, DistributionDefinition](), dict[str, TransformDefinition]()
    for subject in CATALOGUE:
        found = definition_of(subject)
        if isinstance(found, DistributionDefinition):
            bases |= {f"{one.name} {one.params}": one for one in _bases(found) if one.log_density is not None}
            maps = [found.transform] if found.transform is not None else []
        else:
            maps = [found] if isinstance(found, TransformDefinition) else []
        leaves |= {f"{one.name} {one.params}": one for each in maps for one in _leaves(each)}
    return bases, leaves


BASES, LEAVES = _collected()


def _bases_with(lemma: str) -> list[str]:
    return [name for name, base in BASES.items() if getattr(base.lemmas, lemma) not in (None, False, {}, ())]


def _leaves_with(lemma: str) -> list[str]:
    return [name for name, leaf in LEAVES.items() if getattr(leaf.lemmas, lemma) not in (None, False)]


@pytest.fixture(autouse=True)
def _precisely() -> Iterator[None]:
    with ctx.workprec(PRECISION):
        yield


def _log_slope_of(base: DistributionDefinition, x: arb) -> arb:
    assert base.log_density is not None
    return base.log_density(FIRST, FIRST.variable(x))[1]


@pytest.mark.parametrize("name", _bases_with("rate"))
def test_rates_of_densities(name: str) -> None:
    base = BASES[name]
    problem = Problem(base)
    for side, end in zip(SIDES, (base.support.lo, base.support.hi), strict=True):
        if abs(end) == inf:
            near = next(length for length in map(arb, range(1, 200)) if density_rate(base, side, length) is not None)
            assert problem.audit(side, near) >= FEWEST_AUDITED


@pytest.mark.parametrize("name", _bases_with("score"))
def test_bounds_of_scores(name: str) -> None:
    base = BASES[name]
    for side, end in zip(SIDES, (base.support.lo, base.support.hi), strict=True):
        if abs(end) == inf:
            assert _audit_growth(base, side, ratio(centre_of(base)) + side * arb(0.5)) >= FEWEST_AUDITED


@pytest.mark.parametrize("name", _bases_with("constant_score"))
def test_scores_that_are_the_same_everywhere(name: str) -> None:
    base = BASES[name]
    low = base.support.lo
    for step in range(1, STEPS):
        at = ratio(low) + arb(2) ** (-step if base.support.hi < inf else step - STEPS // 2)
        assert _log_slope_of(base, at).overlaps(ratio(base.lemmas.constant_score or 0))


@pytest.mark.parametrize("name", _bases_with("gaussian"))
def test_gaussian_densities(name: str) -> None:
    base = BASES[name]
    loc, scale = ratio(base.params["loc"]), ratio(base.params["scale"])
    for z in (-40.0, -1.5, 0.0, 0.75, 12.0):
        assert _log_slope_of(base, loc + scale * z).overlaps(-arb(z) / scale)


@pytest.mark.parametrize("name", _bases_with("vanishing"))
def test_powers_by_which_densities_vanish(name: str) -> None:
    problem = Problem(BASES[name])
    ends = [end for end in problem.ends() if end.vanishes is not None]
    assert ends
    for end in ends:
        assert end.vanishes is not None
        assert problem.audit_vanishing(end, ratio(end.vanishes.reach) * 0.75) >= FEWEST_AUDITED


@pytest.mark.parametrize("name", _bases_with("centre_rate"))
def test_rates_beside_centres(name: str) -> None:
    assert Problem(BASES[name]).audit_centre(arb(4)) >= FEWEST_AUDITED


def _holds(transform: TransformDefinition, rate: SlopeRate, side: int, start: arb) -> int:
    """How many of its bounds are told at distances beyond ``start``."""
    told, first = 0, jet_at(transform, start).log_slope
    for step in range(STEPS):
        distance = arb(2) ** (step / 2) - 1
        jet = jet_at(transform, start + side * distance)
        told += held(side * jet.bend, rate.lo, rate.hi, "log slope", start)
        most = rate.size * (rate.growth * distance).exp()
        assert not abs(jet.bend) > most
        if rate.rise is not None:
            assert not jet.log_slope - first > rate.rise
    return told


def _first_rate(transform: TransformDefinition, side: int) -> tuple[SlopeRate, arb] | None:
    for start in (0.125, 1.0, 2.0, 4.0, 8.0, 16.0):
        rate = slope_rate(transform, side, arb(side * start))
        if rate is not None:
            return rate, arb(side * start)
    return None


@pytest.mark.parametrize("name", [*_leaves_with("rate"), *_leaves_with("inverse_rate")])
def test_rates_of_slopes(name: str) -> None:
    leaf, told = LEAVES[name], 0
    for transform in (leaf, inverse(leaf)):
        for side in SIDES:
            found = _first_rate(transform, side)
            told += 0 if found is None else _holds(transform, found[0], side, found[1])
    softness = leaf.params.get("hinge_softness")  # Where it is negative no rate is declared.
    assert told >= FEWEST_AUDITED or (isinstance(softness, float) and softness < 0)


@pytest.mark.parametrize("name", [*_leaves_with("end_power"), *_leaves_with("inverse_end_power")])
def test_powers_of_slopes_at_finite_ends(name: str) -> None:
    leaf = LEAVES[name]
    for transform, power in ((leaf, leaf.lemmas.end_power), (inverse(leaf), leaf.lemmas.inverse_end_power)):
        if power is None:
            continue
        low = abs(float(transform.domain.lo)) < inf
        end, inwards = ratio(transform.domain.lo if low else transform.domain.hi), 1 if low else -1
        for step in range(STEPS):
            distance = arb(2) ** (2 - step)
            found = jet_at(transform, end + inwards * distance).bend * inwards * distance
            assert found.overlaps(ratio(power))
            assert found.rad() < 2.0**-40


@pytest.mark.parametrize("name", _leaves_with("end_rate"))
@pytest.mark.parametrize("low", [True, False])
def test_rates_of_slopes_at_finite_ends(name: str, low: bool) -> None:
    leaf = LEAVES[name]
    rate = leaf.lemmas.end_rate
    assert rate is not None
    whole, told = rate(BALLS, low, arb(0.5)), 0
    for step in range(1, STEPS):
        distance = arb(2) ** -step
        at = ratio(leaf.domain.lo) + distance if low else ratio(leaf.domain.hi) - distance
        derived = (1 if low else -1) * distance * jet_at(leaf, at).bend
        told += held(derived, whole.lower(), whole.upper(), "log slope", at)
    assert told >= FEWEST_AUDITED


@pytest.mark.parametrize("name", _leaves_with("gaussian_rate"))
@pytest.mark.parametrize("moment", [1, 2])
def test_rates_of_slopes_beside_a_gaussian_density(name: str, moment: int) -> None:
    leaf = LEAVES[name]
    rate, loc, scale = leaf.lemmas.gaussian_rate, float(leaf.params["shift"]), float(leaf.params["scale"])
    assert rate is not None
    assert rate(BALLS, loc + 1.0, scale, arb(4), moment) is None
    for step in range(STEPS):
        length = arb(2) ** (step / 4) * ratio(scale)
        most = rate(BALLS, loc, scale, length, moment)
        assert most is not None
        for side in SIDES:
            bend = side * jet_at(leaf, ratio(loc) + side * length).bend
            assert not -length / ratio(scale) ** 2 + moment * bend > most


@pytest.mark.parametrize("name", _leaves_with("log_slope"))
def test_closed_forms_of_log_slopes(name: str) -> None:
    leaf = LEAVES[name]
    closed = leaf.lemmas.log_slope
    assert closed is not None
    for x in (-7.5, -0.375, 2.0**-30, 1.25, 20.0):
        found = closed(ComplexNumbers(True), acb(x))
        assert found.real.overlaps(jet_at(leaf, arb(x)).log_slope)
        assert found.real.rad() < 2.0**-80


@pytest.mark.parametrize("name", _leaves_with("line"))
def test_lines(name: str) -> None:
    leaf = LEAVES[name]
    assert leaf.lemmas.line is not None
    loc, scale = map(ratio, leaf.lemmas.line)
    for x in (-40.0, 0.0, 0.375, 3.0):
        assert leaf.forward(BALLS, arb(x)).overlaps(loc + scale * x)


@pytest.mark.parametrize("name", _leaves_with("algebraic"))
def test_inverses_by_algebra(name: str) -> None:
    assert audited(LEAVES[name]) >= FEWEST_AUDITED


@pytest.mark.parametrize("name", [name for name, base in BASES.items() if base.support == REALS])
def test_kinks(name: str) -> None:
    """Next to its centre a density is a holomorphic function, unless it is kinked there or 0."""
    base = BASES[name]
    assert base.log_density is not None
    around = acb(ratio(centre_of(base)) + arb(0, 2.0**-20), arb(0, 2.0**-20))
    smooth = base.log_density(ComplexNumbers(True), around).is_finite()
    assert smooth is not (base.lemmas.kinked or base.lemmas.centre_rate is not None)


def test_there_is_something_to_hold() -> None:
    assert len(_bases_with("rate")) > 20
    assert len(_leaves_with("rate")) > 15
