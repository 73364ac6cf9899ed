"""The Kullback-Leibler divergence of two laws, as an enclosure that is proved.

KL(p, q) = E[log p(X) - log q(X)], X of law p (S. Kullback and R. A. Leibler, On information and sufficiency, 1951).
It is taken between the bases, since a one-to-one map that both laws go through changes nothing (section 4 there); laws
that go through different maps are refused. Where p has mass outside the support of q it is infinite.

Beyond a distance L from the centre of p its weight is below w e^(-s t'), as in ``tails.py``, and log q has a
derivative of at most B e^(c t') in size, which is declared once per base and audited. So |log q| is at most
l + B (e^(c t') - 1)/c, and the rest of the integral is bounded like that of an entropy.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import inf

from flint import acb, arb, ctx

from conformance.definitions.distributions import DistributionDefinition
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import BALLS, FIRST
from conformance.oracle.statistics.bounds import BoundViolated, centre_of, density_rate, held
from conformance.oracle.statistics.integrals import EVALUATIONS, FEWEST_AUDITED, GUARD_BITS
from conformance.oracle.statistics.joined import COMPLEX, OneSided
from conformance.oracle.statistics.problem import AUDIT_STEPS, NotProvable

_E = arb(1).exp()
_PLACES = 400


def is_infinite(p: DistributionDefinition, q: DistributionDefinition) -> bool:
    """Whether p has mass where q has none: both supports are intervals, and both densities positive inside. Two laws of
    angles have the whole circle, wherever the turn begins that is called the support."""
    if p.circular and q.circular:
        return False
    return p.support.lo < q.support.lo or p.support.hi > q.support.hi


def divergence(p: DistributionDefinition, q: DistributionDefinition, goal: int) -> arb:
    """A ball that contains KL(p, q) of two bases, of radius about 2**-goal or 2**-goal of its size.

    Asked where it is not infinite by ``is_infinite``. NotProvable where a tail has no declared bound.
    """
    saved = ctx.prec
    ctx.prec = goal + GUARD_BITS
    try:
        total, points = arb(0), list[arb]()
        for side, end in ((-1, p.support.lo), (1, p.support.hi)):
            if abs(end) != inf:
                points.append(p.end(BALLS, lower=side < 0))
                continue
            cuts, rest = _beyond(p, q, side, goal)
            points += cuts
            total += (-rest).union(rest)
        for a, b in pairwise(_ordered(points, [ratio(centre_of(p)), ratio(centre_of(q))])):
            total += _between(p, q, a, b, goal)
        return total
    finally:
        ctx.prec = saved


def _ordered(points: list[arb], centres: list[arb]) -> list[arb]:
    """Ascending, with the centres, which are the only kinks, where they lie strictly inside."""
    ascending = sorted(points, key=_middle)
    for centre in centres:
        if ascending[0] < centre < ascending[-1] and not any(point.contains(centre) for point in ascending):
            ascending = sorted([*ascending, centre], key=_middle)
    return ascending


def _middle(point: arb) -> float:
    return float(point.mid())


def _between(p: DistributionDefinition, q: DistributionDefinition, a: arb, b: arb, goal: int) -> arb:
    """The integral between two points that have no kink between them."""
    middle = _middle(a) / 2 + _middle(b) / 2

    def log_density(base: DistributionDefinition, u: acb, analytic: bool) -> acb:
        assert base.log_density is not None
        side = 1 if middle > centre_of(base) else -1
        return base.log_density(OneSided(analytic, side) if base.lemmas.kinked else COMPLEX[analytic], u)

    def integrand(u: acb, analytic: bool) -> acb:
        own = log_density(p, u, analytic)
        return own.exp() * (own - log_density(q, u, analytic))

    tolerance = arb(2) ** -(goal + 6)
    found = acb.integral(integrand, a, b, abs_tol=tolerance, rel_tol=tolerance, eval_limit=EVALUATIONS).real
    if not found.is_finite():
        raise NotProvable(f"Arb's integral does not converge between {_middle(a):g} and {_middle(b):g}")
    return found


def _beyond(p: DistributionDefinition, q: DistributionDefinition, side: int, goal: int) -> tuple[list[arb], arb]:
    """Points at which to cut on the way to an infinite end, and a bound of the integral's size beyond them."""
    target, length = arb(2) ** -(goal + 4), arb(4)
    for _ in range(_PLACES):
        rate = density_rate(p, side, length)
        bound = None if rate is None else _tail(p, q, side, length)
        if rate is not None and bound is not None and bound < target:
            if min(_audit_rate(p, side, length), _audit_growth(q, side, _at(p, side, length))) < FEWEST_AUDITED:
                raise NotProvable("the declared rates could not be audited")
            lengths = [length]
            while rate.power and lengths[-1] > 4:
                lengths.append(lengths[-1] / 4)
            return [_at(p, side, each) for each in lengths], bound
        length = length * 4 if rate is not None and rate.power else arb(float((length * arb(1.25)).mid()))
    raise NotProvable("no tail becomes small enough to be bounded")


def _at(p: DistributionDefinition, side: int, length: arb) -> arb:
    return ratio(centre_of(p)) + side * length


def _tail(p: DistributionDefinition, q: DistributionDefinition, side: int, length: arb) -> arb | None:
    """See the module's docstring; where w falls like a power, t (log w)' <= -k, the integrals are those of
    ``tails.py``. None where no bound follows from here."""
    rate, x = density_rate(p, side, length), _at(p, side, length)
    grown = growth(q, side, x)
    if rate is None or grown is None:
        return None
    assert p.log_density is not None
    assert q.log_density is not None
    size, by = grown
    w, here, fall = p.log_density(BALLS, x).exp(), abs(q.log_density(BALLS, x)), -rate.hi
    if not (w < 1 and fall > by):
        return None
    if not rate.power:
        bound = (2 / _E) * w.sqrt() * 2 / fall + w * (here / fall + size / (fall * (fall - by)))
    elif by.is_zero() and fall > 2:
        d, mass = (1 - 1 / fall) / 2, length / (fall - 1)
        own = w ** (1 - d) * length / (_E * d * (fall * (1 - d) - 1))
        bound = own + w * (here * mass + size * length * mass / (fall - 2))
    else:
        return None
    top = bound.abs_upper()
    return top if top.is_finite() else None


def growth(q: DistributionDefinition, side: int, x: arb) -> tuple[arb, arb] | None:
    """(B, c) with |(log q)'| <= B e^(c t') at distance t' beyond ``x``; None where none is declared, or not yet."""
    off = side * (x - ratio(centre_of(q)))
    if not off > 0:
        return None
    return None if q.lemmas.score is None else q.lemmas.score(BALLS, side, off)


def _audit_rate(p: DistributionDefinition, side: int, length: arb) -> int:
    """Hold the declared rate of the weight against the derived one, all the way out; how many were decided."""
    told = 0
    for distance in _outwards(length):
        rate = density_rate(p, side, distance)
        if rate is not None:
            derived = side * _slope(p, _at(p, side, distance)) * (distance if rate.power else 1)
            told += held(derived, rate.lo, rate.hi, f"log density of {p.name}", distance)
    return told


def _audit_growth(q: DistributionDefinition, side: int, x: arb) -> int:
    """The same for the declared growth of log q beyond ``x``."""
    grown, told = growth(q, side, x), 0
    assert grown is not None
    for distance in _outwards(arb(1)):
        slope, most = abs(_slope(q, x + side * distance)), grown[0] * (grown[1] * distance).exp()
        if slope > most:
            raise BoundViolated(f"the declared growth of log density of {q.name} is violated at {_middle(x):g}")
        told += bool(slope.is_finite() and most.is_finite())
    return told


def _outwards(length: arb) -> list[arb]:
    return [ratio(Fraction(float(length.mid()) * 2.0 ** (step / 2))) for step in range(AUDIT_STEPS)]


def _slope(base: DistributionDefinition, x: arb) -> arb:
    assert base.log_density is not None
    return base.log_density(FIRST, FIRST.variable(x))[1]
