"""Moments of weights that are made of independent entries: held against certified laws of numbers where there are two
weights, against draws where there are more, and their remainders against what they bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray

from adapters.numpy import Adapter as Reference
from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.registry import distribution_definition, event_law, statistics_of, transform_definition
from conformance.definitions.weights import Entry, Noise, Shares, Sticks
from conformance.floats.formats import format_named
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.opinion.mp_numbers import MpNumbers
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.vector_jets import log_det_at
from conformance.oracle.statistics.truth import Statistic
from conformance.oracle.weights.moments import covariance_of, mean_of, structure_of, sum_of_mean_logs
from conformance.oracle.weights.nodes import LAWS, Gumbel, Normal, rule, widest_step
from conformance.oracle.weights.shares import Line
from conformance.oracle.weights.sticks import _piece

WIDE = format_named("float64")
SOFTMAX = "transformed(independent(normal(loc={loc},scale={scale}),ndims=1.0),softmax_centered)"
SUBJECTS = [
    *(subject for subject in EVENT_LAW_SUBJECTS if structure_of(event_law(subject)) is not None),
    SOFTMAX.format(loc="[0.25,-1.5]", scale="[1.5,0.625]"),
    "relaxed_one_hot_categorical(logits=[1.5,-2.0,0.25],temperature=2.5)",
    "exp_relaxed_one_hot_categorical(logits=[1.5,-2.0,0.25],temperature=2.5)",
]
NORMALS = tuple(Entry(Noise.NORMAL, Fraction(a), Fraction(b)) for a, b in ((0.25, 1.5), (-1.5, 0.625), (0.75, 2.5)))


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def number(one: Statistic) -> Fraction:
    return Fraction(one.text)


def plain(value: arb) -> float:
    return float(value.mid())


@pytest.mark.parametrize("name", [one for one in TRANSFORM_SUBJECTS if transform_definition(one).weights is not None])
def test_a_map_onto_weights_makes_them_as_it_says(name: str) -> None:
    """By its forward map, and by the log-det that follows from it: the sum of the logarithms of all weights, with
    respect to Lebesgue measure on all but the last."""
    transform, x, balls = transform_definition(name), [0.25, -1.5, 3.0], BallNumbers()
    assert transform.weights is not None
    structure = transform.weights(tuple(Entry(Noise.NORMAL, Fraction(v), Fraction(1)) for v in x))
    made = transform.forward(balls, [arb(v) for v in x])
    if isinstance(structure, Shares):
        powers = [(arb(entry.loc.numerator) / entry.loc.denominator).exp() for entry in structure.entries]
        expected = [power / sum(powers, arb(0)) for power in powers]
    else:
        z = [1 / (1 + odds * (-arb(v)).exp()) for v, odds in zip(x, structure.odds, strict=True)]
        expected = [prod((1 - one for one in z[:i]), start=first) for i, first in enumerate([*z, arb(1)])]
    assert len(made) == len(expected)
    assert all(abs(one - other) < 1e-14 for one, other in zip(made, expected, strict=True))
    volume = transform.target_at((4,)).log_volume(balls, made)
    logs = sum((weight.log() for weight in made), arb(0)) + (arb(0) if volume is None else volume)
    assert abs(log_det_at(transform, [arb(v) for v in x], (3,)) - logs) < 1e-13


@pytest.mark.slow
@pytest.mark.parametrize("noise", [Noise.NORMAL, Noise.GUMBEL])
def test_the_bounds_of_the_rule_hold(noise: Noise) -> None:
    """Each is an integral of the noise's density, by mpmath's quadrature: along lines, beyond ends, of powers of e."""
    law, mp = LAWS[noise], MpNumbers(30).ctx

    def density(z: Any) -> Any:
        return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) if noise is Noise.NORMAL else mp.exp(-z - mp.exp(-z))

    def over(f: Any, low: float = -40.0, high: float = 60.0) -> float:
        return float(mp.quad(f, np.linspace(low, high, 41).tolist()))

    assert plain(law.density(arb(0.625))) == pytest.approx(float(density(mp.mpf(0.625))), rel=1e-14)
    assert over(lambda z: z * density(z)) == pytest.approx(plain(law.mean), abs=1e-10)
    assert over(lambda z: z * z * density(z)) == pytest.approx(plain(law.variance + law.mean**2), rel=1e-10)
    for t in (-2.5, 0.5):
        assert over(lambda z, t=t: mp.exp(t * z) * density(z)) == pytest.approx(
            plain(law.log_mgf(arb(t)).exp()), rel=1e-9
        )
    for y in (0.25, 0.875, 1.375):
        along = over(lambda x, y=y: abs(density(mp.mpc(x, y))), -6.0)
        size = over(lambda x, y=y: abs(mp.mpc(x, y) * density(mp.mpc(x, y))), -6.0)
        assert along <= plain(law.mass(y)) * (1 + 1e-9) < 1.01 * along * (1 + 1e-9)
        assert size < plain(law.size(y)) < 3 * size + 6
    for nats in (4.0, 24.0):
        low, high = law.reach(nats)
        assert low <= -1 < 2 <= high
        left = over(lambda z: abs(z) * density(z), low - 30.0, low) + over(lambda z: z * density(z), high, high + 60.0)
        assert left <= plain(law.beyond(low, high)) < 20 * np.exp(-nats)
        assert over(density, law.lowest(nats) - 40.0, law.lowest(nats)) <= np.exp(-nats) * (1 + 1e-9)
    assert plain(law.log_mgf(arb(law.steepest(24.0)))) <= 24.0 + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("noise", [Noise.NORMAL, Noise.GUMBEL])
@pytest.mark.parametrize("nats", [6.0, 12.0, 30.0])
def test_a_sum_over_the_nodes_is_as_near_as_it_says(noise: Noise, nats: float) -> None:
    """A rule of few nodes, and so of an error that shows, for 1/(1 + e^z): at most 1 in size where |Im z| < pi/2."""
    law, mp = LAWS[noise], MpNumbers(40).ctx
    with ctx.workprec(200):
        step = arb(widest_step(law, 1.5, nats))
        found = rule(law, step, 1.5, nats)
        total = sum((weight / (1 + (step * (found.first + k)).exp()) for k, weight in enumerate(found.weights)), arb(0))

        def density(z: Any) -> Any:
            return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) if noise is Noise.NORMAL else mp.exp(-z - mp.exp(-z))

        exact = arb(str(mp.quad(lambda z: density(z) / (1 + mp.exp(z)), np.linspace(-16.0, 96.0, 113).tolist())))
        assert abs(total - exact) < found.off + arb(2) ** -100
        assert found.off < 16 * (-arb(nats)).exp()


@pytest.mark.parametrize(
    ("subject", "other"),
    [
        (
            "relaxed_one_hot_categorical(logits=[0.75,-1.5],temperature=0.375)",
            "relaxed_bernoulli(logits=2.25,temperature=0.375)",
        ),
        (
            "relaxed_one_hot_categorical(logits=[-1.0,0.25],temperature=1.75)",
            "relaxed_bernoulli(logits=-1.25,temperature=1.75)",
        ),
        ("logistic_normal(loc=[0.25],scale=[1.5])", "logit_normal(loc=0.25,scale=1.5)"),
        ("logistic_normal(loc=[-2.0],scale=[0.125])", "logit_normal(loc=-2.0,scale=0.125)"),
        (SOFTMAX.format(loc="[0.25]", scale="[1.5]"), "logit_normal(loc=0.25,scale=1.5)"),
    ],
)
def test_one_of_two_weights_is_a_number_of_a_certified_law(oracle: Oracle, subject: str, other: str) -> None:
    """Whose mean, variance and entropy are integrals over the number itself. A surface is wider by the root of two."""
    for quantity in ("mean", "variance", "stddev"):
        first, second = map(number, oracle.statistics(subject, quantity))
        expected = number(oracle.statistic(other, quantity))
        assert abs(first - expected) < abs(expected) * Fraction(1, 10**28)
        assert abs(second - (1 - first if quantity == "mean" else first)) < Fraction(1, 10**28)
    wide = Fraction(0.5 * np.log(2.0)) if "softmax" in subject else Fraction(0)
    expected = number(oracle.statistic(other, "entropy")) + wide
    assert abs(number(oracle.statistic(subject, "entropy")) - expected) < Fraction(1, 10 ** (15 if wide else 27))


@pytest.mark.slow
def test_the_logarithm_of_one_of_two_weights_is_a_number_of_a_certified_law(oracle: Oracle) -> None:
    """Minus the logarithm of 1 + e^-v, v logistic."""
    subject = "exp_relaxed_one_hot_categorical(logits=[0.75,-1.5],temperature=0.375)"
    mp = MpNumbers(40).ctx
    t, shift = mp.mpf(0.375), mp.mpf(2.25)

    def over(f: Any) -> Any:
        def weighed(v: Any) -> Any:
            e = mp.exp(-abs(t * v - shift))
            return t * e / (1 + e) ** 2 * f(mp.log1p(mp.exp(-abs(v))) + max(-v, mp.zero))

        return mp.quad(weighed, np.linspace(-400, 400, 201).tolist())

    mean = over(lambda u: -u)
    variance = over(lambda u: (u + mean) ** 2)
    assert float(oracle.statistics(subject, "mean")[0].text) == pytest.approx(float(mean), rel=1e-14)
    assert float(oracle.statistics(subject, "variance")[0].text) == pytest.approx(float(variance), rel=1e-14)
    difference = oracle.statistics(subject, "covariance")
    both = number(difference[0]) + number(difference[3]) - 2 * number(difference[1])
    assert float(both) == pytest.approx(float(mp.pi**2 / 3 / t**2), rel=1e-14)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_adds_up_to_one_does(oracle: Oracle, subject: str) -> None:
    """The weights, so that a row of their covariances adds up to 0. Of their logarithms the differences are logistic
    variables, whose variance is pi^2/(3 t^2)."""
    structure, count = structure_of(event_law(subject)), event_law(subject).space.size
    assert structure is not None
    with ctx.workprec(200):
        rows = [[covariance_of(structure, i, k, 112) for k in range(count)] for i in range(count)]
        if not (isinstance(structure, Shares) and structure.logarithms):
            whole = [
                sum((mean_of(structure, i, 112) for i in range(count)), arb(-1)),
                *(sum(row, arb(0)) for row in rows),
            ]
            assert all(one.contains(0) and one.rad() < 1e-32 for one in whole)
            return
        scale = structure.entries[0].scale
        for i, k in np.ndindex(count, count):
            apart = rows[i][i] + rows[k][k] - 2 * rows[i][k]
            expected = (arb.pi() * scale.numerator / scale.denominator) ** 2 / 3 if i != k else arb(0)
            assert (apart - expected).contains(0)
            assert apart.rad() < 1e-28


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_million_draws_have_the_moments_and_the_entropy(oracle: Oracle, subject: str) -> None:
    """Within six standard errors, which one in 5e8 is beyond; the reference's draws, and its densities at some."""
    count = event_law(subject).space.size
    law = Reference().distribution(subject, "float64")
    y = law.sample(1_000_000, 7)

    def near(values: NDArray[np.float64], expected: float) -> bool:
        return bool(abs(values.mean() - expected) < 6 * values.std() / len(values) ** 0.5)

    means = [float(one.text) for one in oracle.statistics(subject, "mean")]
    covariances = [float(one.text) for one in oracle.statistics(subject, "covariance")]
    for i in range(count):
        assert near(y[:, i], means[i])
        for k in range(count):
            assert near((y[:, i] - means[i]) * (y[:, k] - means[k]), covariances[i * count + k])
    few = y[:50_000]
    if not event_law(subject).space.bounds[1]:  # Logarithms as they are drawn are off by roundings that all share.
        few = few - np.log(np.exp(few).sum(axis=1, keepdims=True))
    assert near(-law.log_prob(few), float(oracle.statistic(subject, "entropy").text))


class Near(Normal):
    """Whose nodes end early."""

    def reach(self, nats: float) -> tuple[float, float]:
        return -1.25, 2.0


class NearGumbel(Gumbel):
    """Likewise."""

    def reach(self, nats: float) -> tuple[float, float]:
        return -1.0, 2.5


@pytest.mark.slow
@pytest.mark.parametrize("law", [Normal(), Gumbel(), Near(), NearGumbel()])
@pytest.mark.parametrize("nats", [3.0, 8.0, 30.0])
def test_a_sum_of_products_with_the_noise_is_as_near_as_it_says(law: Normal | Gumbel, nats: float) -> None:
    """For z/(1 + e^z), at most |z| in size; and with nodes that end early."""
    mp = MpNumbers(40).ctx
    with ctx.workprec(200):
        step = arb(widest_step(law, 1.5, nats))
        found = rule(law, step, 1.5, nats)
        places = [step * (found.first + k) for k in range(len(found.weights))]
        shares = [weight / (1 + z.exp()) for weight, z in zip(found.weights, places, strict=True)]
        totals = sum(shares, arb(0)), sum((z * share for z, share in zip(places, shares, strict=True)), arb(0))

        def density(z: Any) -> Any:
            return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) if isinstance(law, Normal) else mp.exp(-z - mp.exp(-z))

        ends = np.linspace(-16.0, 96.0, 113).tolist()
        for power, (total, off) in enumerate(zip(totals, (found.off, found.off_by_size), strict=True)):
            exact = arb(str(mp.quad(lambda z, power=power: z**power * density(z) / (1 + mp.exp(z)), ends)))
            assert abs(total - exact) < off + arb(2) ** -100


class EndsLow(Line):
    """A lattice that ends early below."""

    def _nats_below(self) -> float:
        return 1.0


class EndsHigh(Line):
    """One that ends early above."""

    def _nats_above(self) -> float:
        return 1.5 - 2 * float(self.factor.log())


class Coarse(Line):
    """One of few places."""

    def _chosen_step(self) -> float:
        return 0.75


@pytest.mark.parametrize("noise", [Noise.NORMAL, Noise.GUMBEL])
def test_what_is_known_of_one_piece_of_a_stick_at_few_nodes_holds_the_exact_one(noise: Noise) -> None:
    entry = Entry(noise, Fraction(1, 4), Fraction(5, 2))
    with ctx.workprec(200):
        exact = _piece(entry, 2, 100)
        for goal in (-12, -8, -4, 0):
            for one, other in zip(_piece(entry, 2, goal), exact, strict=True):
                assert one.contains(other)


class Fine(Line):
    """Of the places of which every eighth is one of the coarse lattice."""

    def _chosen_step(self) -> float:
        return 0.09375


@pytest.mark.parametrize("noise", [Noise.NORMAL, Noise.GUMBEL])
def test_a_function_of_one_entry_is_off_by_what_is_said_at_most(noise: Noise) -> None:
    """At few nodes for each of six, in units of what the lattice counts in."""
    entries = (Entry(noise, Fraction(1, 4), Fraction(5, 2)), Entry(noise, Fraction(-1), Fraction(8, 3)))
    coarse, fine, worst = Coarse(entries, 64), Fine(entries, 64), 0
    bound = (coarse.off + fine.off) / coarse.unit
    for i, which, moved in product((0, 1), (0, 1, 2), (False, True)):
        own, other = (one.averaged(i, which, moved) for one in (coarse, fine))
        for at in range(max(coarse.first, -20), 5):
            apart = abs(own[at - coarse.first] - other[8 * at - fine.first])
            assert arb(int(apart)) < bound
            worst = max(worst, int(apart))
    assert worst > 1000 * len(fine.rules[0].weights), "then it is rounding"


CERTAIN = tuple(Entry(Noise.NONE, Fraction(a), Fraction(1)) for a in (-4.25, -5.5, -4.0))


@pytest.mark.parametrize("kind", [EndsLow, EndsHigh, Coarse])
@pytest.mark.parametrize("entries", [CERTAIN, (NORMALS[0], CERTAIN[1], NORMALS[1])])
def test_each_remainder_by_itself_covers_what_it_stands_for(kind: type[Line], entries: tuple[Entry, ...]) -> None:
    """Where nothing else is off by as much. Without noise the weights are numbers, and nothing is averaged."""
    off, exact = kind(entries, 112), Line(entries, 112)
    with ctx.workprec(200):
        sums = [*off.means, *(one for row in off.seconds for one in row), off.mean_log, off.variance_of_log_sum]
        exact_sums = [*exact.means, *(one for row in exact.seconds for one in row), exact.mean_log]
        sums, exact_sums = [*sums, *off.with_log_sum], [*exact_sums, exact.variance_of_log_sum, *exact.with_log_sum]
        for one, other in zip(sums, exact_sums, strict=True):
            assert one.contains(other)
        assert max(one.rad() for one in sums) > 1e-9, "then another remainder is larger"
        moved = max(abs(one.mid() - other) for one, other in zip(sums, exact_sums, strict=True))
        assert moved > 1e-12
        if entries is CERTAIN:
            powers = [(arb(entry.loc.numerator) / entry.loc.denominator).exp() for entry in entries]
            whole = sum(powers, arb(0))
            assert abs(exact.log_sum - whole.log()) < 1e-30
            assert all(abs(one - power / whole) < 1e-30 for one, power in zip(exact.means, powers, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "structure",
    [
        Shares(tuple(Entry(Noise.GUMBEL, Fraction(a), Fraction(8, 3)) for a in (2, -4, 1))),
        Shares(tuple(Entry(Noise.GUMBEL, Fraction(a), Fraction(1, 4)) for a in (2, -4, 1)), logarithms=True),
        Shares((*NORMALS, Entry(Noise.NONE, Fraction(0), Fraction(1))), logarithms=True),
        Shares((*NORMALS, Entry(Noise.NONE, Fraction(0), Fraction(1)))),
        Sticks(NORMALS, (3, 2, 1)),
    ],
)
def test_a_wide_enclosure_holds_a_narrow_one(structure: Shares | Sticks) -> None:
    """At few bits the lattice is coarse and short, and its errors large; each remainder has to cover them."""
    count = len(structure.entries)

    def everything(goal: int) -> list[arb]:
        with ctx.workprec(400):
            moments = [mean_of(structure, i, goal) for i in range(count)]
            moments += [covariance_of(structure, i, k, goal) for i, k in np.ndindex(count, count)]
            return [*moments, sum_of_mean_logs(structure, goal)]

    narrow = everything(160)
    for goal in (-8, 16, 64) if isinstance(structure, Sticks) else (-24, 16, 64):
        for one, other in zip(narrow, everything(goal), strict=True):
            assert other.contains(one)
            assert other.rad() < arb(2) ** (10 - goal)


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["entropy", "mean", "variance", "stddev", "covariance"])
def test_mpmath_agrees_on_sticks_and_is_silent_on_the_others(oracle: Oracle, quantity: str) -> None:
    for subject in SUBJECTS:
        found = oracle.second_opinion(subject, quantity, np.nan, WIDE)
        if subject.startswith("logistic_normal") or (subject.startswith("exp") and quantity == "entropy"):
            assert found.agrees, found
        else:
            assert not found.possible, found


def test_what_takes_too_many_nodes_is_undecided(oracle: Oracle) -> None:
    subject = "relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25],temperature=0.0009765625)"
    for quantity in statistics_of(subject):
        told = {one.reason for one in oracle.statistics(subject, quantity)}
        assert all(
            reason.endswith("entries of such scales need too many nodes") or quantity == "mode" for reason in told
        )
    with pytest.raises(ArithmeticError):
        Line((Entry(Noise.NORMAL, Fraction(0), Fraction(1, 1 << 20)), Entry(Noise.NONE, Fraction(0), Fraction(1))), 112)


@pytest.mark.parametrize(
    ("temperature", "reason"), [(1.5, ""), (2.0, "the mode of relaxed_one_hot_categorical is not worked out")]
)
def test_a_relaxed_density_grows_towards_a_corner(oracle: Oracle, temperature: float, reason: str) -> None:
    """Of three weights below a temperature of 2: as two of them shrink together, by the certified density."""
    subject = f"relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25],temperature={temperature})"
    (one, *_) = oracle.statistics(subject, "mode")
    assert one.reason == reason
    assert one.text == ("undecided" if reason else "nan")
    law, mp = event_law(subject), MpNumbers(40)
    assert law.log_terms is not None
    heights = []
    for k in (20, 40, 60):
        u = mp.ctx.mpf(2) ** -k
        heights.append(mp.ctx.fsum(law.log_terms(mp, [u, u, 1 - 2 * u])))
    rise = float((heights[2] - heights[1]) / (20 * mp.ctx.log(2)))
    assert rise == pytest.approx(2.0 - temperature, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loc", "scale"), [(0.25, 1.5), (-2.0, 0.125), (0.25, 5.0), (-1.0, 3.0), (0.0, 2.0), (0.0, 2.25), (0.03125, 2.25)]
)
def test_the_mode_of_two_weights_is_that_of_a_number(oracle: Oracle, loc: float, scale: float) -> None:
    """By the oracle's brackets of the modes of numbers; where there are two as high no point is alone. Below a scale of
    the root of 2 the density has one maximum whatever loc is, and above it may have two."""
    found = oracle.statistics(f"logistic_normal(loc=[{loc}],scale=[{scale}])", "mode")
    expected = oracle.statistic(f"logit_normal(loc={loc},scale={scale})", "mode")
    if expected.also:
        assert {one.reason for one in found} == {"two points at which the density cannot be told to be larger"}
        return
    assert abs(number(found[0]) - number(expected)) < Fraction(1, 10**28)
    assert abs(number(found[0]) + number(found[1]) - 1) < Fraction(1, 10**28)


@pytest.mark.parametrize(
    "subject",
    [
        *(subject for subject in EVENT_LAW_SUBJECTS if subject.startswith("logistic_normal")),
        "logistic_normal(loc=[0.25,-0.5],scale=[0.375,1.25])",
        "logistic_normal(loc=[1.25,-0.5,0.125,2.0],scale=[2.5,2.75,0.5,2.0])",
    ],
)
def test_no_density_of_sticks_is_larger_than_at_the_mode(oracle: Oracle, subject: str) -> None:
    """By mpmath: with the same base value but for one entry, from far below to far above; and a little beside it."""
    law = event_law(subject)
    assert law.transform is not None
    mp, y = MpNumbers(60), oracle.statistics(subject, "mode")
    weights = [mp.ctx.mpf(one.text) for one in y]
    x = law.transform.inverse_candidate(mp, weights)
    entries = [distribution_definition(member) for member in (law.base or law).members]

    def height(at: Sequence[Any]) -> Any:
        logs = [mp.log(weight) for weight in law.transform.forward(mp, at)]  # type: ignore[union-attr]
        squares = [((v - one.params["loc"]) / one.params["scale"]) ** 2 / 2 for one, v in zip(entries, at, strict=True)]
        return -mp.ctx.fsum([*logs, *squares])

    highest = height(x)
    for i in range(len(x)):
        for moved in (*(mp.ctx.mpf(k) / 4 for k in range(-160, 161)), mp.ctx.mpf(2) ** -20, -(mp.ctx.mpf(2) ** -20)):
            assert height([v + moved * (k == i) for k, v in enumerate(x)]) < highest or not moved


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.375, 3.0])
def test_the_logarithms_have_the_entropy_of_their_density(oracle: Oracle, temperature: float) -> None:
    """By mpmath's quadrature over both differences to the last, in which the density falls as e^-|u|."""
    subject = f"exp_relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25],temperature={temperature})"
    law, at, span = event_law(subject), np.array([0.75, -1.5, 0.25]) / temperature, 44.0 / temperature
    assert law.log_terms is not None
    nodes, weights = np.polynomial.legendre.leggauss(400)
    u, v = np.meshgrid(nodes * span + at[0] - at[2], nodes * span + at[1] - at[2])
    scores = [0.75 - temperature * u, -1.5 - temperature * v, np.full_like(u, 0.25)]
    whole = np.logaddexp(np.logaddexp(scores[0], scores[1]), scores[2])
    log_density = np.log(2.0) + 2 * np.log(temperature) + sum(scores) - 3 * whole
    rows = ((5, 9), (200, 210), (390, 30))
    for i, k in rows:  # The same density, by the definition.
        mp = MpNumbers(30)
        own = mp.ctx.fsum(law.log_terms(mp, [mp.ctx.mpf(u[i, k]), mp.ctx.mpf(v[i, k]), mp.ctx.zero]))
        assert float(own) == pytest.approx(log_density[i, k], rel=1e-12)
    mass = np.outer(weights, weights) * span**2 * np.exp(log_density)
    assert mass.sum() == pytest.approx(1.0, rel=1e-9)
    assert float(oracle.statistic(subject, "entropy").text) == pytest.approx(-(mass * log_density).sum(), rel=1e-9)
