"""Certified expectations: Arb's integral between two points, plus a proved ball for what lies beyond them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from flint import acb, arb, ctx

from conformance.oracle.numbers.exact import ratio
from conformance.oracle.statistics.bounds import centre_rate
from conformance.oracle.statistics.problem import End, NotProvable, Problem
from conformance.oracle.statistics.tails import Quantity, centre_bound, tail_bound

Integrand = Callable[[acb, bool], acb]

GUARD_BITS = 40
"""Working precision beyond the goal, for the rounding of a few thousand evaluations."""

EVALUATIONS = 200_000
"""Most evaluations spent on one piece; the catalogue's hardest takes a quarter of that."""

FEWEST_AUDITED = 8
"""Comparisons of declared with derived rates that must have been decided before a tail counts as proved."""


def expectation(problem: Problem, quantity: Quantity, goal: int) -> arb:
    """A ball that contains the integral of the quantity, of radius about 2**-goal or 2**-goal of its size.

    NotProvable where a tail has no declared bound, or none that becomes small, and where the density has a pole beside
    which none is declared, so any but the centre: no integral converges there.
    """
    bounded = None if problem.base.lemmas.centre_rate is None else problem.centre
    if any(pole != bounded for pole in problem.base.poles):
        raise NotProvable("the density grows without bound inside the support")
    saved = ctx.prec
    ctx.prec = goal + GUARD_BITS
    try:
        total = arb(0)
        points: list[arb] = []
        for end in problem.ends():
            cuts, rest = _towards(problem, end, quantity, goal)
            points += cuts
            total += rest
        centre = ratio(problem.centre)
        ordered = _ordered(points, centre)
        inner = [ratio(knot) for knot in problem.knots if knot != problem.centre]
        pieces = list(pairwise(sorted([*ordered, *inner], key=_middle)))
        if centre_rate(problem.base, arb(1)) is not None:
            spared, rest = _around_centre(problem, quantity, goal)
            total += rest
            pieces = [
                (centre + spared if a.overlaps(centre) else a, centre - spared if b.overlaps(centre) else b)
                for a, b in pieces
            ]
        for a, b in pieces:
            side = 1 if _middle(a) + _middle(b) > 2 * float(problem.centre) else -1
            total += _integral(_integrand(problem, quantity, side), a, b, goal)
        return total
    finally:
        ctx.prec = saved


def _ordered(points: list[arb], centre: arb) -> list[arb]:
    """Ascending; the centre (the only place of a kink) among them where it lies strictly inside."""
    ascending = sorted(points, key=_middle)
    if any(point.contains(centre) for point in ascending) or not ascending[0] < centre < ascending[-1]:
        return ascending
    return sorted([centre, *ascending], key=_middle)


def _middle(point: arb) -> float:
    return float(point.mid())


def _towards(problem: Problem, end: End, quantity: Quantity, goal: int) -> tuple[list[arb], arb]:
    """Points at which to cut on the way to ``end``, and a ball for all that lies beyond them."""
    if end.point is not None and end.power is None and end.vanishes is None:
        return [end.point], arb(0)
    length, bound = _far_enough(problem, end, quantity, goal)
    if end.point is not None and end.vanishes is not None:
        if problem.audit_vanishing(end, length) < FEWEST_AUDITED:
            raise NotProvable("the declared power could not be audited")
        return [end.point - end.side * length], _either_sign(bound)
    if end.point is not None:
        return _towards_singular(problem, end, end.point, quantity, goal, length, bound)
    rates = problem.rates(end.side, length)
    assert rates is not None
    if problem.audit(end.side, length) < FEWEST_AUDITED:
        raise NotProvable("the declared rates could not be audited")
    lengths = [length]
    if rates[0].power:
        while lengths[-1] > 4:
            lengths.append(lengths[-1] / 4)
    return [ratio(problem.centre) + end.side * each for each in lengths], _either_sign(bound)


def _towards_singular(
    problem: Problem, end: End, point: arb, quantity: Quantity, goal: int, length: arb, bound: arb
) -> tuple[list[arb], arb]:
    """The stretch next to a finite end at which F is singular, in the variable log t: there nothing is."""
    other = next(each for each in problem.ends() if each.side != end.side).point
    reach = arb(1)
    while other is not None and not reach < abs(other - point):
        reach = reach / 2
    integrand = _integrand(problem, quantity, -end.side)

    def stretched(v: acb, analytic: bool) -> acb:
        distance = v.exp()
        return integrand(point - end.side * distance, analytic) * distance

    near = _integral(stretched, length.log(), reach.log(), goal)
    return [point - end.side * reach], near + _either_sign(bound)


def _around_centre(problem: Problem, quantity: Quantity, goal: int) -> tuple[arb, arb]:
    """A distance from a centre at which the weight vanishes or has a pole, and a ball for all that lies within it on
    both sides."""
    if problem.transform is not None or problem.through is not None:
        raise NotProvable(f"no bound is declared for {problem.base.name} through a map beside its centre")
    length = arb(2.0**-4)
    for _ in range(goal):
        bound = centre_bound(problem, quantity, length)
        if bound is not None and bound < arb(2) ** -(goal + 4):
            if problem.audit_centre(length) < FEWEST_AUDITED:
                raise NotProvable("the declared rate at the centre could not be audited")
            return length, _either_sign(bound)
        length /= 8
    raise NotProvable("what lies next to the centre does not become small")


def _either_sign(bound: arb) -> arb:
    top = bound.abs_upper()
    return (-top).union(top)


def _far_enough(problem: Problem, end: End, quantity: Quantity, goal: int) -> tuple[arb, arb]:
    """A dyadic distance beyond which the tail is below 2**-(goal + 4), and its bound there."""
    target = arb(2) ** -(goal + 4)
    small = end.point is not None
    length = arb(2.0**-16) if small else arb(4)
    for _ in range(400):
        bound = tail_bound(problem, end, quantity, length)
        if bound is not None and bound < target:
            return length, bound
        power = not small and _falls_like_a_power(problem, end, length)
        length = length / 8 if small else length * 4 if power else (length * arb(1.25)).mid()
        if not small and not power:
            length = arb(float(length))
    raise NotProvable("no tail becomes small enough to be bounded")


def _falls_like_a_power(problem: Problem, end: End, length: arb) -> bool:
    rates = problem.rates(end.side, length)
    return rates is not None and rates[0].power


def _integrand(problem: Problem, quantity: Quantity, side: int) -> Integrand:
    shift = acb(quantity.shift)

    def entropy(u: acb, analytic: bool) -> acb:
        log_weight = problem.log_weight(u, analytic, side)
        return log_weight.exp() * (problem.log_slope(u, analytic) - log_weight)

    def moment(u: acb, analytic: bool) -> acb:
        off = problem.value(u, analytic) - shift
        return problem.log_weight(u, analytic, side).exp() * (off if quantity.moment == 1 else _square(problem, off))

    return moment if quantity.moment else entropy


def _square(problem: Problem, off: acb) -> acb:
    """What a variance is the mean of; of an angle 1 - cos, as ``variance`` of a law of angles is defined."""
    if not problem.base.circular:
        return off * off
    half = (off / 2).sin()
    return 2 * half * half


def _integral(integrand: Integrand, a: arb, b: arb, goal: int) -> arb:
    tolerance = arb(2) ** -(goal + 6)
    found = acb.integral(integrand, a, b, abs_tol=tolerance, rel_tol=tolerance, eval_limit=EVALUATIONS).real
    if not found.is_finite():
        raise NotProvable(f"Arb's integral does not converge between {_middle(a):g} and {_middle(b):g}")
    return found
