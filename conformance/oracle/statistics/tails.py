"""What lies beyond the last piece that is integrated: bounds of tails, and proofs that a tail is infinite.

Notation of the docstrings: t' = t - L is the distance beyond L; w, a, b, l are the weight, |F - shift|, |F'| and
|log|F'|| at L; [-s.., -s] the outward rate of log w; k = 1 or 2 the moment. Every formula is the integral of the bound
that Gronwall's inequality gives from the rates; ``Quantity`` says which integrand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from conformance.definitions.lemmas import SlopeRate
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import BALLS
from conformance.oracle.statistics.bounds import centre_rate, joint_rate
from conformance.oracle.statistics.problem import End, Local, Problem

_E = arb(1).exp()


@dataclass(frozen=True)
class Quantity:
    """The integrand w (F - shift)**moment, or w (-log w + log|F'|) where ``moment`` is 0."""

    moment: int
    shift: float = 0.0


def tail_bound(problem: Problem, end: End, quantity: Quantity, length: arb) -> arb | None:
    """An upper bound of the integral of |integrand| beyond distance ``length``; None where none follows there."""
    if end.point is not None:
        beside = _near_finite_end if end.vanishes is None else _where_it_vanishes
        return beside(problem, end, quantity, length)
    rates = problem.rates(end.side, length)
    if rates is None:
        return None
    here = problem.at(ratio(problem.centre) + end.side * length)
    density, slope = rates
    fall = -density.hi
    if not (fall > 0 and here.weight < 1):
        return None
    bound = (_power_tail if density.power else _exponential_tail)(problem, end, quantity, length, here, fall, slope)
    return bound if bound is not None and bound.is_finite() else None


def _limit_of_value(problem: Problem, end: End) -> float | Fraction | None:
    """The finite end of the range that F tends to, monotonically; None where it is infinite."""
    if problem.transform is None:
        return None
    codomain = problem.transform.codomain
    limit = codomain.hi if (end.side > 0) == problem.increasing else codomain.lo
    # An end that is only rounded to its float is no bound; 1 more than it is.
    return None if abs(limit) == float("inf") else limit


def _largest_value(problem: Problem, end: End, here: Local, shift: float) -> arb | None:
    """A bound of |F - shift| between the point ``here`` and the end, where F tends to a finite limit."""
    limit = _limit_of_value(problem, end)
    if limit is None:
        return None
    assert problem.transform is not None
    slack = Fraction(0) if problem.transform.codomain.exact else 1 + abs(Fraction(limit))
    return abs(here.value - ratio(shift)).max(abs(ratio(limit) - ratio(shift)) + ratio(slack))


def _to_the(moment: int, x: arb) -> arb:
    """x or its square, by a product: ``** 2`` is nan where a tiny ball contains 0."""
    return x if moment == 1 else x * x


def _exponential_tail(
    problem: Problem, end: End, quantity: Quantity, length: arb, here: Local, fall: arb, slope: SlopeRate
) -> arb | None:
    """Where log w falls at a rate of at least s: w(t) <= w e^(-s t').

    w |log w| <= w^(1/2) 2/e, since y |log y| <= 1/e at y = w^(1/2) < 1; its integral is at most (2/e) w^(1/2) 2/s.
    |log|F'|| <= l + B (e^(c t') - 1)/c with B e^(c t') the bound of its rate: integral w (l/s + B/(s (s - c))).
    |F - shift| <= a + b t' e^(r t'), r the rate of log|F'| where that is positive, 0 otherwise:
    k = 1: w (a/s + b/(s - r)^2); k = 2: w (2 a^2/s + 4 b^2/(s - 2r)^3). Where r is unbounded and w |F'|^k falls at a
    rate of at least j all the same, |F'| growing outwards: |F - shift| <= a + t' |F'(t)|, and
    k = 1: w (a/s + b/j^2); k = 2: w (2 a^2/s + 4 b^2/j^3).
    """
    w = here.weight
    if quantity.moment == 0:
        if not fall > slope.growth:
            return None
        own = (2 / _E) * w.sqrt() * 2 / fall
        return own + w * (abs(here.log_slope) / fall + slope.size / (fall * (fall - slope.growth)))
    largest = _largest_value(problem, end, here, quantity.shift)
    if largest is not None:
        return w * _to_the(quantity.moment, largest) / fall
    together = joint_rate(problem.base, problem.transform, end.side, length, quantity.moment)
    if together is not None and slope.lo is not None and slope.lo >= 0:
        left = -together
    else:
        left = fall - quantity.moment * slope.hi.max(arb(0))
    if not left > 0:
        return None
    a, b = abs(here.value - ratio(quantity.shift)), here.slope
    if quantity.moment == 1:
        return w * (a / fall + b / left**2)
    return w * (2 * a * a / fall + 4 * b * b / left**3)


def _power_tail(
    problem: Problem, end: End, quantity: Quantity, length: arb, here: Local, fall: arb, slope: SlopeRate
) -> arb | None:
    """Where t (log w)' <= -q: w(t) <= w (t/L)^-q.

    w |log w| <= w^(1-d)/(e d) with d = (1 - 1/q)/2; its integral is at most w^(1-d) L / (e d (q (1 - d) - 1)).
    |log|F'|| <= l + B t' with B the bound of its rate; |F - shift| <= a + b t' with b the largest |F'| of the tail.
    """
    w, q = here.weight, fall
    if not q > 1:
        return None
    mass = length / (q - 1)
    first = length * mass / (q - 2) if q > 2 else None
    second = 2 * length * first / (q - 3) if first is not None and q > 3 else None
    if quantity.moment == 0:
        d = (1 - 1 / q) / 2
        own = w ** (1 - d) * length / (_E * d * (q * (1 - d) - 1))
        if slope.size.is_zero():
            return own + w * abs(here.log_slope) * mass
        if first is None or slope.growth > 0:
            return None
        return own + w * (abs(here.log_slope) * mass + slope.size * first)
    largest = _largest_value(problem, end, here, quantity.shift)
    if largest is not None:
        return w * _to_the(quantity.moment, largest) * mass
    if slope.rise is None or first is None:
        return None
    a, b = abs(here.value - ratio(quantity.shift)), here.slope * slope.rise.exp()
    if quantity.moment == 1:
        return w * (a * mass + b * first)
    return None if second is None else w * (2 * a * a * mass + 2 * b * b * second)


def _near_finite_end(problem: Problem, end: End, quantity: Quantity, length: arb) -> arb | None:
    """The last ``length`` before a finite end where |F'| = b (t/length)^m exactly, by the weight's range there.

    Entropy: |log|F'|| <= l + |m| log(length/t), whose integral over (0, length) is (l + |m|) length.
    Moments with m < -1: |F - shift| <= a + b length/|m + 1| r^(m+1), r = t/length.
    """
    assert end.point is not None
    assert end.power is not None
    here = problem.at(end.point - end.side * length)
    whole = end.point.union(end.point - end.side * length)
    around = problem.base.log_density
    assert around is not None
    log_weight = around(BALLS, whole)
    weight = log_weight.exp()
    if not (weight.is_finite() and here.log_slope.is_finite()):
        return None
    m = ratio(end.power)
    if quantity.moment == 0:
        return length * (abs(weight * log_weight) + weight * (abs(here.log_slope) + abs(m))).abs_upper()
    largest = _largest_value(problem, end, here, quantity.shift)
    k = quantity.moment
    if largest is not None:
        return length * (weight * _to_the(k, largest)).abs_upper()
    if end.power >= -1:
        return None
    if k * (end.power + 1) <= -1:
        return None
    a, b = abs(here.value - ratio(quantity.shift)), here.slope * length / abs(m + 1)
    if k == 1:
        return length * weight.abs_upper() * (a + b / (m + 2))
    return 2 * length * weight.abs_upper() * (a * a + b * b / (2 * m + 3))


def _where_it_vanishes(problem: Problem, end: End, quantity: Quantity, length: arb) -> arb | None:
    """The last ``length`` before a finite end towards which the weight falls to 0, F being the identity.

    w |log w| <= w^(1/2) 2/e as for an exponential tail, and |F - shift| is largest at one of the two ends.
    """
    assert end.point is not None
    assert end.vanishes is not None
    if not length < ratio(end.vanishes.reach):
        return None
    here = problem.at(end.point - end.side * length)
    if not here.weight < 1:
        return None
    if quantity.moment == 0:
        return length * (2 / _E) * here.weight.sqrt()
    shift = ratio(quantity.shift)
    return length * here.weight * _to_the(quantity.moment, abs(here.value - shift).max(abs(end.point - shift)))


def centre_bound(problem: Problem, quantity: Quantity, length: arb) -> arb | None:
    """Within ``length`` of a centre at which the weight vanishes and from which it rises, F being the identity: as at a
    finite end where it vanishes. Where it has a pole there instead: see ``_beside_pole``."""
    rate, centre = centre_rate(problem.base, length), ratio(problem.centre)
    if rate is None:
        return None
    sides = problem.at(centre - length), problem.at(centre + length)
    if not rate[0] > 0:
        own = [_beside_pole(quantity, length, here, *rate) for here in sides]
        return None if own[0] is None or own[1] is None else own[0] + own[1]
    total = arb(0)
    for here in sides:
        if not here.weight < 1:
            return None
        if quantity.moment == 0:
            total += length * (2 / _E) * here.weight.sqrt()
        else:
            shift = ratio(quantity.shift)
            farthest = abs(here.value - shift).max(abs(centre - shift))
            total += length * here.weight * _to_the(quantity.moment, farthest)
    return total


def _beside_pole(quantity: Quantity, length: arb, here: Local, lo: arb, hi: arb) -> arb | None:
    """The last ``length`` before a pole, F being the identity, on one side: an entropy's integral alone.

    With -q <= t (log w)' <= 0, q < 1, and w >= 1 at t = L: 1 <= w(t) <= w r^-q, r = t/L, so that w |log w| is at most
    w r^-q (l + q log(1/r)), l = log w, whose integral is w L (l/(1 - q) + q/(1 - q)^2).
    """
    if quantity.moment or not (lo > -1 and hi <= 0 and here.weight >= 1):
        return None
    left = 1 + lo
    return here.weight * length * (here.log_weight / left - lo / (left * left))


def diverges(problem: Problem, end: End, moment: int, length: arb) -> bool:
    """True where E|F|**moment is PROVED infinite by what lies beyond ``length`` towards ``end``.

    At an infinite end w(t) >= w e^(p t') with p the least rate of log w, and |F| >= (b/r)(e^(r t') - 1) - |F(L)| with
    r > 0 the least rate of log|F'|: infinite where k r + p >= 0. Where w falls like a power, w(t) >= w (t/L)^p: any
    r > 0 will do, and with r >= 0 (so |F| >= b t' - |F(L)|) k + p >= -1. At a finite end F grows like t^(m + 1).
    """
    if end.point is not None:
        if end.power is None or _limit_of_value(problem, end) is not None:
            return False
        assert problem.base.log_density is not None
        least = problem.base.log_density(BALLS, end.point.union(end.point - end.side * length)).exp()
        return bool(least > 0) and end.power < -1 and moment * (end.power + 1) <= -1
    rates = problem.rates(end.side, length)
    if rates is None:
        return False
    density, slope = rates
    here = problem.at(ratio(problem.centre) + end.side * length)
    if density.lo is None or slope.lo is None or not (here.weight > 0 and here.slope > 0):
        return False
    if density.power:
        return bool(slope.lo > 0 or (slope.lo >= 0 and moment + density.lo >= -1))
    return bool(slope.lo > 0 and moment * slope.lo + density.lo >= 0)
