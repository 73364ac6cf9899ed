"""Every statistic of every distribution, as enclosures that are proved.

Between two points Arb integrates (F. Johansson, Numerical integration in arbitrary-precision ball arithmetic, 2018);
beyond them a bound is proved from declared and audited rates (``bounds.py``). An infinite mean or variance is
proved as such. H(Y) = E[-log p_X(X) + log|f'(X)|]; Var[Y] = E[(Y - c)^2] - (E[Y] - c)^2 with c close to the mean;
where that takes long, or no bound is declared, a closed form may be, which the tests hold against integrals.
The median is the quantile of 1/2, enclosed as every other; ``statistics/modes.py`` has the mode and
``statistics/divergence.py`` KL(p, q), to which a cross-entropy H(p) is added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from math import prod

from flint import arb, ctx

from adapters.interface.quantities import OF_PAIRS, STATISTICS
from adapters.interface.spec import parse
from conformance.definitions.directions import NotInClosedForm
from conformance.definitions.distributions import DistributionDefinition, quantile_map
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.registry import bases_of, distribution_definition, event_law, is_event_law, is_pair
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Certificate
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import value_at
from conformance.oracle.pointwise.vector_jets import log_det_at
from conformance.oracle.statistics.divergence import divergence, is_infinite
from conformance.oracle.statistics.integrals import expectation
from conformance.oracle.statistics.modes import modes_of
from conformance.oracle.statistics.problem import NotProvable, Problem
from conformance.oracle.statistics.tails import Quantity, diverges
from conformance.oracle.weights.moments import forget as forget_weights
from conformance.oracle.weights.moments import structure_of, sum_of_mean_logs

QUANTITIES = STATISTICS

DIGITS = 30
_WANTED_BITS = 103
"""30 digits are 99.7 bits; the rest decides the last digit's rounding in all but one case in ten."""

_FIRST_GOAL, _LAST_GOAL = 110, 2000
_ZERO_BITS = 100
"""A statistic below 2**-100 whose enclosure contains 0 is reported as 0 (lo and hi say how near)."""

_MOMENTS = {"mean": 1, "variance": 2, "stddev": 2}
_SPREADS = ("variance", "stddev")
_INFINITE, _NONE = ("inf", "inf"), ("nan", "nan")

_EXACT_PRECISION = 1024
"""Enough that no step after the integration rounds visibly."""


Interval = tuple[str, str]


class UnknownStatistic(ValueError):
    """There is no such statistic. One line, with the valid names."""


@dataclass(frozen=True)
class Statistic:
    """The exact value lies in [lo, hi]; entropy is in nats.

    lo, hi: decimal text (``Fraction(lo)`` is exact), rounded outwards. text: the value to 30 significant digits, "0"
    where the enclosure cannot tell it from 0. infinite: True where the value is proved to be "inf" or "-inf" (then lo,
    hi and text say which), or proved not to exist ("nan"). certificate: CERTIFIED where all of this is proved.
    reason: why nothing is known, on one line; lo, hi and text are "undecided" then. also: what is right as well, as
    intervals whose every point is, ends included: the other modes of a law that has several, the support of one whose
    density is constant, inf for the variance of a law without a mean, since E[(Y - c)^2] is infinite for every c,
    nan for that of a law whose mean is infinite, since Y - E[Y] is no number then, and
    nan, or saying that there is none, for a mode that is an end of the support: some define it by a zero of the
    derivative, some exclude the end, and at some the density has no largest value.
    """

    lo: str
    hi: str
    text: str
    certificate: Certificate
    infinite: bool
    reason: str = ""
    also: tuple[Interval, ...] = ()

    @property
    def shown(self) -> str:
        """``text``, and what else is right: "-1 or 1", "any from 0.25 to 3"."""
        others = [ends for ends in self.also if ends != _NONE and ends != _INFINITE]
        if self.infinite and others:
            ((low, high),) = others
            return f"any from {low} to {high}"
        return " or ".join([self.text, *(_shortest(*ends) for ends in others)])


def undecided(reason: str) -> Statistic:
    """The statistic of which nothing is known, for this reason."""
    return Statistic("undecided", "undecided", "undecided", Certificate.FLOAT, False, reason)


@lru_cache(maxsize=512)
def statistic(subject: str, quantity: str) -> Statistic:
    """The ``quantity`` (one of QUANTITIES) of a distribution, to 30 digits where CERTIFIED.

    The variance is "inf" where the mean is: E[(Y - c)^2] is infinite for every c. A mode is the lowest where there are
    several, and the end of the support towards which a density grows without bound. UnknownStatistic for another
    quantity, UnknownSubject for another subject, NotProvable where neither a proof nor an agreement is to be had.
    """
    if quantity not in QUANTITIES:
        raise UnknownStatistic(f"unknown statistic {quantity!r}; known: {', '.join(QUANTITIES)}")
    if (quantity in OF_PAIRS) != is_pair(subject):
        raise UnknownStatistic(f"{quantity} is asked of {'two distributions' if quantity in OF_PAIRS else 'one'}")
    if is_event_law(subject):
        return _of_events(event_law(subject), quantity)
    if quantity == "mode":
        return _mode(subject)
    written = str(parse(subject))
    if quantity == "median":  # Its inverse is proved by brackets whatever the maps rest on.
        definition = distribution_definition(written)
        return stated(lambda goal: _median(definition, goal), quantity, Certificate.CERTIFIED)
    problem = _problem(written)
    if problem.base.circular and quantity == "stddev":
        raise NotProvable("the stddev of an angle is defined in more than one way")
    if quantity in OF_PAIRS:
        return _of_pair(subject, quantity, problem)
    if quantity in _MOMENTS:
        unbounded = _infinite(problem, _MOMENTS[quantity])
        if unbounded:
            also: tuple[Interval, ...] = ()
            if quantity != "mean":
                also = (_INFINITE,) if unbounded == "nan" else (_NONE,) if _infinite(problem, _MOMENTS["mean"]) else ()
            return Statistic(unbounded, unbounded, unbounded, Certificate.CERTIFIED, True, also=also)
    certificate = Certificate.CERTIFIED if problem.proved_maps else Certificate.AGREED
    return stated(lambda goal: _value(problem, quantity, goal), quantity, certificate)


def _of_events(law: EventLaw, quantity: str) -> Statistic:
    """Entropy, or for two laws of one family their divergence, to which the entropy of the first is added."""
    if quantity == "entropy":
        return stated(*_entropy_of_events(law))
    if quantity not in OF_PAIRS:
        raise NotProvable(f"the {quantity} of a law of events is an event")
    p, q = law.family, None if law.other is None else law.other.family
    if p is None or q is None or p.name != q.name:
        raise NotProvable("the divergence of laws of events that are not of one family")

    def kl(_: int) -> arb:
        try:
            found: arb = p.divergence(BallNumbers(), p.parameters, q.parameters)
        except NotInClosedForm as problem:
            raise NotProvable(str(problem)) from None
        return arb(0) if p.parameters == q.parameters else found

    if quantity == "kl":
        return stated(kl, quantity, Certificate.CERTIFIED)
    entropy, _, certificate = _entropy_of_events(law)
    return stated(lambda goal: kl(goal) + entropy(goal), quantity, certificate)


def _entropy_of_events(law: EventLaw) -> tuple[Callable[[int], arb], str, Certificate]:
    """Of a law of independent entries, or of its image under a map whose log-det is the same everywhere."""
    if law.log_terms is not None:
        closed, shares = law.entropy, law.shares
        if closed is not None:
            return lambda _: closed(BallNumbers()), "entropy", Certificate.CERTIFIED
        if shares is None or shares.entropy_of_logarithms is None:
            raise NotProvable("the entropy of a law of events with a density of its own is not worked out")
        of_logs = shares.entropy_of_logarithms
        return lambda goal: of_logs(BallNumbers()) + sum_of_mean_logs(shares, goal), "entropy", Certificate.CERTIFIED
    problems = [_problem(member) for member in (law.base or law).members]
    certificate = Certificate.CERTIFIED if all(one.proved_maps for one in problems) else Certificate.AGREED

    def value(goal: int) -> arb:
        total = sum((_value(problem, "entropy", goal) for problem in problems), arb(0))
        return total if law.transform is None else total + _mean_log_det(law, law.transform, goal)

    return value, "entropy", certificate


def _mean_log_det(law: EventLaw, transform: TransformDefinition, goal: int) -> arb:
    """E log|det J| of a map onto weights of known make, whose logarithms it is the sum of, or of one whose log-det is
    the same everywhere."""
    structure = structure_of(law)
    if structure is None:
        return _one_log_det(transform, law.source.shape)
    volume = law.space.log_volume(BallNumbers(), [arb(1)] * law.space.size)
    return sum_of_mean_logs(structure, goal) + (arb(0) if volume is None else volume)


def _one_log_det(transform: TransformDefinition, event: Shape) -> arb:
    """log|det J| over a box that holds every float, which proves that it is one number. NotProvable otherwise."""
    found = log_det_at(transform, [arb(0, arb(2) ** 1100)] * prod(event), event)
    if not found.is_finite() or found.rad() > arb(2) ** -_WANTED_BITS:
        raise NotProvable(f"the log-det of {transform.name} is not the same everywhere")
    return found


def stated(at: Callable[[int], arb], quantity: str, certificate: Certificate) -> Statistic:
    """The statistic whose value ``at`` encloses, the more narrowly the higher the goal that it is asked with, in bits.
    NotProvable where it stays too wide for 30 digits."""
    saved = ctx.prec
    ctx.prec = _EXACT_PRECISION
    try:
        value = _narrowed(at, quantity)
        return Statistic(*_bounds(value), _text(value), certificate, False)
    finally:
        ctx.prec = saved


def _median(definition: DistributionDefinition, goal: int) -> arb:
    """The quantile of 1/2."""
    with ctx.workprec(goal):
        return value_at(quantile_map(definition), arb(0.5))


def _mode(subject: str) -> Statistic:
    """The lowest mode, the others beside it. Whatever the maps rest on, inverses are proved by brackets here."""
    with ctx.workprec(_EXACT_PRECISION):
        return _of_modes(subject)


def _of_modes(subject: str) -> Statistic:
    certificate, bits = Certificate.CERTIFIED, _FIRST_GOAL
    while bits <= _LAST_GOAL:
        modes = modes_of(subject, bits)
        if modes.flat is not None:
            (low, _), (_, high) = (_bounds(end) for end in modes.flat)
            return Statistic("nan", "nan", "nan", certificate, True, also=((low, high),))
        found = sorted((mode.y for mode in modes.points), key=lambda y: float(y.mid()))
        if all(map(_told, found)):
            others = [_bounds(y) for y in found[1:]] + [_NONE] * modes.at_end
            return Statistic(*_bounds(found[0]), _text(found[0]), certificate, False, also=tuple(others))
        bits *= 2
    raise NotProvable(f"the mode could not be narrowed to {DIGITS} digits")


def _shortest(low: str, high: str) -> str:
    """The middle of a narrow bracket, to 30 digits."""
    return str(Context(prec=DIGITS).divide(Decimal(low) + Decimal(high), Decimal(2)).normalize())


def _told(value: arb) -> bool:
    """Whether 30 digits stand, or the value cannot be told from 0."""
    return int(value.rel_accuracy_bits()) >= _WANTED_BITS or (
        value.contains(0) and bool(value.rad() < arb(2) ** -_ZERO_BITS)
    )


def _infinite(problem: Problem, moment: int) -> str:
    """Which of "inf", "-inf" and "nan" the moment is proved to be; "" where it is not proved to be any."""
    found = _infinite_orders(problem, moment)
    means = {sign for order, sign in found if order == 1}
    if len(means) == 2:
        return "nan"
    if moment == 2:
        return "inf" if found else ""
    return "" if not means else "inf" if 1 in means else "-inf"


def _infinite_orders(problem: Problem, moment: int) -> set[tuple[int, int]]:
    """The orders up to ``moment`` of which the moment is proved infinite, with the sign; of a mixture those of all its
    components."""
    if problem.members and problem.transform is None:
        return set[tuple[int, int]]().union(*(_infinite_orders(member, moment) for _, member in problem.members))
    found = set[tuple[int, int]]()
    if problem.closed is not None:  # Declared finite.
        return found
    for end in problem.ends():
        lengths = [arb(2) ** k for k in ((3, 6, 10) if end.point is None else (-10,))]
        for order in range(1, moment + 1):
            for length in lengths:
                if diverges(problem, end, order, length):
                    if end.point is None:
                        problem.audit(end.side, length)
                    found.add((order, 1 if (end.side > 0) == problem.increasing else -1))
    return found


def _of_pair(subject: str, quantity: str, problem: Problem) -> Statistic:
    """KL(p, q), or with the entropy of p added; infinite where p has mass outside the support of q."""
    bases = bases_of(subject)
    if bases is None:
        raise NotProvable("the divergence of laws that go through different maps")
    p, q = (distribution_definition(base) for base in bases)
    if is_infinite(p, q):
        return Statistic("inf", "inf", "inf", Certificate.CERTIFIED, True)

    def kl(goal: int) -> arb:
        return arb(0) if bases[0] == bases[1] else divergence(p, q, goal)

    if quantity == "kl":
        return stated(kl, quantity, Certificate.CERTIFIED)
    certificate = Certificate.CERTIFIED if problem.proved_maps else Certificate.AGREED
    return stated(lambda goal: kl(goal) + _value(problem, "entropy", goal), quantity, certificate)


def _narrowed(at: Callable[[int], arb], quantity: str) -> arb:
    """The value, at a goal that is raised until 30 digits stand or the value cannot be told from 0."""
    goal = _FIRST_GOAL
    while goal <= _LAST_GOAL:
        value = at(goal)
        lacking = _WANTED_BITS - int(value.rel_accuracy_bits())
        if lacking <= 0 or (quantity not in _SPREADS and _told(value)):
            return value
        goal = 2 * goal if value.contains(0) else goal + max(8, lacking + 4)
    raise NotProvable(f"the {quantity} could not be narrowed to {DIGITS} digits")


@lru_cache(maxsize=64)
def _problem(subject: str) -> Problem:
    return Problem(distribution_definition(subject))


_moment = lru_cache(maxsize=256)(expectation)
"""A variance rests on the mean's integral, and a standard deviation on both."""


def _value(problem: Problem, quantity: str, goal: int) -> arb:
    closed = problem.closed
    if quantity == "entropy":
        if closed is not None and closed.entropy is not None:
            entropy: arb = closed.entropy(BallNumbers())
            return entropy
        return expectation(problem, Quantity(0), goal)
    if closed is not None:
        found: arb = (closed.mean if quantity == "mean" else closed.variance)(BallNumbers())
        return found.sqrt() if quantity == "stddev" else found
    if problem.members and problem.transform is None:
        variance = _of_mixture(problem, quantity, goal)
        return variance.sqrt() if quantity == "stddev" else variance
    if problem.base.circular and quantity == "variance":  # 1 - E[cos(X - loc)]
        return _moment(problem, Quantity(2, problem.base.params["loc"]), goal)
    mean = _moment(problem, Quantity(1), goal)
    if quantity == "mean":
        return mean
    shift = float(mean.mid())
    off = mean - arb(shift)  # squared by a product: ** 2 is nan where a tiny ball contains 0
    variance = _moment(problem, Quantity(2, shift), goal) - off * off
    return variance.sqrt() if quantity == "stddev" else variance


def _of_mixture(problem: Problem, quantity: str, goal: int) -> arb:
    """The mean, or the variance as the mean of the components' and that of their means (the law of total variance)."""
    means = [_value(member, "mean", goal) for _, member in problem.members]
    mean = sum((ratio(weight) * one for (weight, _), one in zip(problem.members, means, strict=True)), arb(0))
    if quantity == "mean":
        return mean
    total = arb(0)
    for (weight, member), one in zip(problem.members, means, strict=True):
        total += ratio(weight) * (_value(member, "variance", goal) + (one - mean) * (one - mean))
    return total


def forget() -> None:
    """Drop everything that is kept in memory, so that the next answer is worked out from nothing."""
    for kept in (statistic, _problem, _moment):
        kept.cache_clear()
    forget_weights()


def _decimal(point: arb, context: Context) -> Decimal:
    """The exact (dyadic) ``point`` in decimal, rounded as the context says."""
    mantissa, exponent = point.man_exp()
    wide = Context(prec=2000)
    scale = wide.power(Decimal(2), int(exponent)) if exponent >= 0 else None
    numerator = Decimal(int(mantissa))
    if scale is not None:
        return context.plus(wide.multiply(numerator, scale))
    return context.divide(numerator, Decimal(2 ** -int(exponent)))


def _bounds(value: arb) -> tuple[str, str]:
    low = _decimal(value.lower(), Context(prec=DIGITS + 6, rounding=ROUND_FLOOR))
    high = _decimal(value.upper(), Context(prec=DIGITS + 6, rounding=ROUND_CEILING))
    return str(low), str(high)


def _text(value: arb) -> str:
    if value.contains(0):
        return "0"
    return str(_decimal(value.mid(), Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)))


__all__ = ["QUANTITIES", "NotProvable", "Statistic", "UnknownStatistic", "forget", "stated", "statistic", "undecided"]
