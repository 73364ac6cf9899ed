"""The modes of a law, in certified brackets, from the definitions alone.

h(u) = log w(u) - log|F'(u)| is the log density at F(u), in the variable u of ``Problem``. Beyond a length L declared
and audited rates say whether it falls or rises; within, intervals over which the ball of h' has one sign are monotone,
and what is left is halved until it is narrow. Between a rising and a falling interval lies a local maximum, at an end
with a density of its own another, and the largest of them are the modes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp, inf

from flint import arb, ctx

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.lemmas import Vanishing
from conformance.definitions.registry import distribution_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import jet_at
from conformance.oracle.statistics.bounds import BoundViolated, end_rate, held, slope_rate
from conformance.oracle.statistics.integrals import FEWEST_AUDITED
from conformance.oracle.statistics.problem import End, NotProvable, Problem

_GUARD_BITS = 96
"""Working precision beyond the width of a bracket: h' is known there to far less than it changes."""

_BITS = 128
"""A bracket is narrower than 2**-128 of what was searched, unless more is asked for."""

_PLACES = 200
_AUDITED_STEPS = 24
_MOST_PIECES = 20_000


@dataclass(frozen=True)
class Mode:
    """x: a bracket of the base value, or of y itself where the law is seen through an inverse; y: of the value;
    log_density: of log p_Y there, in nats, infinite where it grows without bound. Balls."""

    x: arb
    y: arb
    log_density: arb


@dataclass(frozen=True)
class Modes:
    """points: where the density is largest, ascending in x; several where a bracket cannot tell which is the higher.
    unbounded: it has no largest value, but grows without bound towards these points, which are ends of the support.
    at_end: some of these points are ends of the support, bounded or not. flat: the ends of the support where the
    density is constant on it; then ``points`` is empty."""

    points: tuple[Mode, ...]
    unbounded: bool = False
    at_end: bool = False
    flat: tuple[arb, arb] | None = None


def modes_of(subject: str, bits: int = _BITS) -> Modes:
    """Where the density of the law that ``subject`` names is largest. bits: how narrow, as a share of the search.

    NotProvable, with what is missing, where it is not shown to fall or to rise towards an end, or where its slope
    keeps no sign over too long a stretch.
    """
    saved = ctx.prec
    ctx.prec = bits + _GUARD_BITS
    try:
        return _Search(distribution_definition(subject), bits).found()
    finally:
        ctx.prec = saved


class _Search:
    def __init__(self, definition: DistributionDefinition, bits: int) -> None:
        self._definition, self._problem = definition, Problem(definition)
        self._narrow = arb(2) ** -bits
        self._audited: dict[int, int] = {}
        self._within = self._problem.through if self._definition.support.exact and _seen_whole(definition) else None
        self._ends = self._problem.ends() if self._within is None else _ends_of(self._within)

    def slope(self, u: arb) -> arb:
        """h' over the ball u."""
        steep, transform = self._problem.log_weight_slope(u), self._problem.transform
        return steep if transform is None else steep - jet_at(transform, u).bend

    def mode_at(self, u: arb) -> Mode:
        here = self._problem.at(u)
        return Mode(u, here.value, here.log_weight - here.log_slope)

    def found(self) -> Modes:
        flat = self._flat()
        if flat is not None:
            return Modes((), flat=flat)
        places = [self._place(end) for end in self._ends]
        rising = [end for end, (_, rises) in zip(self._ends, places, strict=True) if rises]
        if rising:
            return Modes(tuple(self._unbounded(end) for end in rising), unbounded=True, at_end=True)
        (low, _), (high, _) = places
        modes = [self.mode_at(x) for x in self._peaks(low, high)]
        best = max(modes, key=lambda mode: float(mode.log_density.mid()))
        highest = tuple(mode for mode in modes if not mode.log_density < best.log_density)
        ends = [end.point for end in self._ends if end.point is not None]
        return Modes(highest, at_end=any(mode.x.overlaps(end) for mode in highest for end in ends))

    def _flat(self) -> tuple[arb, arb] | None:
        """The ends of the support of a density that is constant on it."""
        if self._definition.uniform:
            support = self._definition.support
            return ratio(support.lo), ratio(support.hi)
        low, high = (end.point for end in self._ends)
        if low is None or high is None or not self.slope(low.union(high)).is_zero():
            return None
        ends = sorted((self._problem.at(point).value for point in (low, high)), key=lambda ball: float(ball.mid()))
        return ends[0], ends[1]

    # -- the ends ------------------------------------------------------------------------------------------------

    def _place(self, end: End) -> tuple[arb, bool]:
        """A point beyond which h falls all the way to the end, or rises without bound (True); or the end itself."""
        if end.point is None:
            return self._far(end.side)
        if self._within is not None:
            return self._by_end_rate(self._within, end, end.point)
        if end.vanishes is not None:
            return self._risen(end, end.vanishes, end.point), False
        if self._problem.base.circular:
            return self._opposite(end, end.point), False
        if end.power is None or end.power == 0:
            return end.point, False
        return self._near(end, end.point)

    def _far(self, side: int) -> tuple[arb, bool]:
        length = arb(1)
        for _ in range(_PLACES):
            rates = self._problem.rates(side, length)
            if rates is not None:
                density, slope = rates
                # Rates of a power law belong to t times the derivative: of them only the sign is used.
                falls = density.hi < 0 and slope.lo is not None and slope.lo >= 0
                falls |= not density.power and slope.lo is not None and bool(density.hi < slope.lo)
                rises = not density.power and density.lo is not None and bool(density.lo > slope.hi)
                if falls or rises:
                    if self._problem.audit(side, length) < FEWEST_AUDITED:
                        raise NotProvable("the declared rates could not be audited")
                    return ratio(self._problem.centre) + side * length, rises
            length *= 2
        raise NotProvable("the density is not shown to fall or to rise towards an end")

    def _risen(self, end: End, vanishing: Vanishing, point: arb) -> arb:
        """A point to which the density rises from 0 at the end."""
        distance = ratio(vanishing.reach) / 2
        if self._problem.audit_vanishing(end, distance) < FEWEST_AUDITED:
            raise NotProvable("the declared power could not be audited")
        return point - end.side * distance

    def _opposite(self, end: End, point: arb) -> arb:
        """A point from which the density of an angle falls all the way to the end of the turn. There it is least, by
        symmetry with slope 0, and convex in between, so that its slope keeps its sign."""
        inner = point - end.side * arb(2) ** -4
        for _ in range(_PLACES):
            stretch = point.union(inner)
            if self._problem.log_weight_bend(stretch) > 0:
                if not self.slope(point).contains(0):
                    raise BoundViolated("the density of an angle has a slope at the end of the turn")
                return inner
            inner = (point + inner) / 2
        raise NotProvable("the density of an angle is not shown to be convex at the end of the turn")

    def _near(self, end: End, point: arb) -> tuple[arb, bool]:
        """Next to a finite end where log|F'| = m log t + const exactly: h' towards it is (log w)' + m/t in size."""
        assert end.power is not None
        power, distance = ratio(end.power), arb(2) ** -4
        for _ in range(_PLACES):
            inner = point - end.side * distance
            if self._problem.log_weight_slope(point.union(inner)).abs_upper() < abs(power) / distance:
                return inner, bool(power > 0)
            distance /= 2
        raise NotProvable("the density is not shown to fall or to rise towards the end of its domain")

    def _by_end_rate(self, through: TransformDefinition, end: End, point: arb) -> tuple[arb, bool]:
        """Next to an end of the domain of t, where the law is t^-1 of a uniform variable and h is log|t'|."""
        distance = arb(2) ** -4
        for _ in range(_PLACES):
            rate = end_rate(through, end.side < 0, distance)
            if rate is None:
                break
            if rate[0] > 0 or rate[1] < 0:
                for step in range(_AUDITED_STEPS):
                    t = distance * arb(2) ** -step
                    derived = -end.side * t * self.slope(point - end.side * t)
                    held(derived, *rate, f"log slope of {through.name} at an end", t)
                return point - end.side * distance, bool(rate[1] < 0)
            distance /= 2
        raise NotProvable(f"no bound is declared for the slope of {through.name} at the end of its domain")

    def _unbounded(self, end: End) -> Mode:
        """The end of the support that a density without bound belongs to."""
        rises = (end.side > 0) == self._problem.increasing
        support = self._definition.support
        limit = support.hi if rises else support.lo
        if abs(limit) == inf or not support.exact:
            raise NotProvable("the end of the support towards which the density grows is not known exactly")
        at = ratio(limit)
        return Mode(arb(end.side * inf) if end.point is None else end.point, at, arb("inf"))

    # -- between them --------------------------------------------------------------------------------------------

    def _peaks(self, low: arb, high: arb) -> list[arb]:
        """Brackets of all local maxima, the two points included where h falls from there on inwards."""
        peaks, rising, last = [], True, low
        for a, b, sign in [*self._pieces(low, high), (high, high, -1)]:
            if sign == 0:
                continue
            if rising and sign < 0:
                peaks.append(last.union(a) if last < a else a)
            elif last < a and rising == (sign > 0):  # Two turns may hide in what was not decided.
                raise NotProvable(f"whether the density turns near x = {float(a.mid()):.6g} could not be decided")
            rising, last = sign > 0, b
        return peaks

    def _sign_by_rates(self, a: arb, b: arb) -> int:
        """The sign of h' between two points by the declared rate of log|F'| beyond the nearer to the centre: far out F'
        is so small that a ball of it contains 0, and h' is no number over any but the narrowest interval."""
        centre, transform = ratio(self._problem.centre), self._problem.transform
        side = 1 if a > centre else -1 if b < centre else 0
        if transform is None or not side:
            return 0
        near = a if side > 0 else b
        rate = slope_rate(transform, side, near)
        if rate is None or rate.lo is None:
            return 0
        outwards = side * self._problem.log_weight_slope(a.union(b)) - rate.lo.union(rate.hi)
        sign = side * _sign(outwards)
        if sign:
            self._audit(side, abs(near - centre))
        return sign

    def _audit(self, side: int, length: arb) -> None:
        """Hold the declared rates against the derived ones from the binade of ``length`` outwards, once."""
        binade = frexp(float(length.mid()))[1] - 1
        if binade < self._audited.get(side, 1 << 20):
            self._problem.audit(side, arb(2) ** binade)
            self._audited[side] = binade

    def _pieces(self, low: arb, high: arb) -> list[tuple[arb, arb, int]]:
        """Ascending intervals with the sign of h' over each, 0 where it is not known."""
        narrow, waiting, done = (high - low) * self._narrow, [(low, high)], list[tuple[arb, arb, int]]()
        while waiting:
            a, b = waiting.pop()
            sign = _sign(self.slope(a.union(b))) or self._sign_by_rates(a, b)
            if sign or b - a < narrow:
                done.append((a, b, sign))
            else:
                if len(waiting) + len(done) > _MOST_PIECES:
                    raise NotProvable("the slope of the density keeps no sign over any stretch")
                middle = ((a + b) / 2).mid()
                waiting += [(middle, b), (a, middle)]
        return done


def _sign(slope: arb) -> int:
    """1 or -1 where the ball has one sign, else 0."""
    return 1 if slope > 0 else -1 if slope < 0 else 0


def _seen_whole(definition: DistributionDefinition) -> bool:
    """Whether this is the inverse of a cdf with a finite domain, seen from the uniform variable on all of [0, 1]."""
    base, transform = definition.base, definition.transform
    if base is None or transform is None or transform.kind != "inverse" or base.lemmas.constant_score != 0:
        return False
    part = transform.parts[0]
    bounded = abs(part.domain.lo) != inf and abs(part.domain.hi) != inf
    return bounded and (base.support.lo, base.support.hi) == (part.codomain.lo, part.codomain.hi)


def _ends_of(through: TransformDefinition) -> tuple[End, End]:
    return End(-1, ratio(through.domain.lo)), End(1, ratio(through.domain.hi))
