"""A distribution as an integration problem: E[g(Y)] = integral of w(u) g(F(u)) du, in the variable that suits it.

Y = f(X) is integrated over u = x, with weight w = p_X and F = f. Where f is the inverse of a transform t, the forward
map t is the only formula to rest on, so u = y: w(u) = p_X(t(u)) |t'(u)| and F(u) = u. In both cases
H(Y) = E[-log w(U) + log|F'(U)|].
"""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import NamedTuple

from flint import acb, arb

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.lemmas import DensityRate, SlopeRate, Vanishing
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.pointwise.jets import BALLS, FIRST, inverse_at, jet_at
from conformance.oracle.statistics.bounds import (
    centre_of,
    centre_rate,
    density_rate,
    finite_end_power,
    held,
    joint_rate,
    slope_rate,
)
from conformance.oracle.statistics.joined import BETWEEN_KNOTS, COMPLEX, JOINED, OneSided
from conformance.oracle.statistics.proved import is_proved
from conformance.oracle.statistics.slopes import with_log_slope

AUDIT_STEPS = 24


class Local(NamedTuple):
    """Balls at one real point u: weight, log weight, F, |F'| and log|F'|."""

    weight: arb
    log_weight: arb
    value: arb
    slope: arb
    log_slope: arb


class End(NamedTuple):
    """One end of the range of u. ``point`` is None at infinity; ``side`` is -1 for the lower end.

    ``power`` is m with log|F'| = m log t + const at distance t from a finite end where F is singular; None elsewhere.
    ``vanishes``: how w falls to 0 at a finite end, F the identity; None elsewhere.
    """

    side: int
    point: arb | None
    power: Fraction | None = None
    vanishes: Vanishing | None = None


class Problem:
    """See the module's docstring. ``proved_maps`` is False where F rests on a candidate for an inverse that is no
    theorem. ``members``: of a mixture the problems that its components are, with their weights. ``closed``: what the
    law declares in closed form."""

    def __init__(self, definition: DistributionDefinition) -> None:
        self.base = definition.base or definition
        transform = definition.transform
        self.substituted = transform is not None and transform.kind == "inverse" and transform.line is None
        self.through = transform.parts[0] if transform is not None and self.substituted else None
        self.transform = None if self.substituted else transform
        self.proved_maps = is_proved(self.through) and is_proved(self.transform)
        self.increasing = self.transform is None or bool(self.transform.increasing)
        self.centre = Fraction(0) if self.substituted else centre_of(self.base)
        self.kinked = self.base.lemmas.kinked
        self.members = tuple((one.weight, Problem(one.law)) for one in self.base.mixed)
        self.knots = self.base.lemmas.knots if transform is None else ()
        self.closed = definition.moments

    # -- at one real point ---------------------------------------------------------------------------------------

    def at(self, u: arb) -> Local:
        """Everything at the real ball ``u``, from the forward maps."""
        assert self.base.log_density is not None
        if self.through is not None:
            jet = jet_at(self.through, u)
            log_weight = self.base.log_density(BALLS, jet.value) + jet.log_slope
        else:
            log_weight = self.base.log_density(BALLS, u)
        weight = log_weight.exp()
        if self.transform is None:
            return Local(weight, log_weight, u, arb(1), arb(0))
        jet = jet_at(self.transform, u)
        return Local(weight, log_weight, jet.value, abs(jet.slope), jet.log_slope)

    # -- on complex balls ----------------------------------------------------------------------------------------

    def log_weight(self, u: acb, analytic: bool, side: int) -> acb:
        """log w on a complex ball; not finite where ``analytic`` and w is not holomorphic there."""
        assert self.base.log_density is not None
        numbers = OneSided(analytic, side) if self.kinked else COMPLEX[analytic]
        if self.knots:
            numbers = BETWEEN_KNOTS[analytic]
        if self.through is None:
            return self.base.log_density(numbers, u)
        x, log_slope = with_log_slope(self.through, u, analytic)
        return self.base.log_density(numbers, x) + log_slope

    def value(self, u: acb, analytic: bool) -> acb:
        """F on a complex ball."""
        if self.transform is None:
            return u
        return self.transform.forward(COMPLEX[analytic], u)

    def log_slope(self, u: acb, analytic: bool) -> acb:
        """log|F'| on a complex ball: the holomorphic function that equals it on the real line."""
        return acb(0) if self.transform is None else with_log_slope(self.transform, u, analytic)[1]

    # -- the ends ------------------------------------------------------------------------------------------------

    def ends(self) -> tuple[End, End]:
        """The lower and the upper end of the range of u."""
        support = self.base.support
        for _, member in self.members:
            if member.kinked or any(end.vanishes is not None for end in member.ends()):
                raise NotProvable(f"no bound is declared for a mixture of {member.base.name} laws")
        if self.through is None:
            return self._plain_end(-1, support.lo), self._plain_end(1, support.hi)
        pair = [self._substituted_end(low) for low in (True, False)]
        if not self.through.increasing:
            pair.reverse()
        return End(-1, pair[0]), End(1, pair[1])

    def _plain_end(self, side: int, point: float | Fraction) -> End:
        if abs(point) == inf:
            return End(side, None)
        vanishes = self.base.lemmas.vanishing.get(side)
        if vanishes is not None:
            if self.transform is not None:
                raise NotProvable(f"no bound is declared for {self.base.name} through a map where its density vanishes")
            return End(side, ratio(point), None, vanishes)
        domain = None if self.transform is None else self.transform.domain
        singular = domain is not None and point == (domain.lo if side < 0 else domain.hi)
        if not singular:
            return End(side, self.base.end(BALLS, lower=side < 0))
        assert self.transform is not None
        power = finite_end_power(self.transform)
        if power is None:
            raise NotProvable(f"no bound is declared for {self.transform.name} at the end of its domain")
        return End(side, ratio(point), power)

    def _substituted_end(self, low: bool) -> arb | None:
        assert self.through is not None
        end = self.base.support.lo if low else self.base.support.hi
        image = self.through.codomain.lo if low else self.through.codomain.hi
        if end != image:
            point = inverse_at(self.through, ratio(end))
            if not point.is_finite():
                raise NotProvable(f"the inverse of {self.through.name} at {end} could not be enclosed")
            return point
        reached = self.through.domain.lo if low == self.through.increasing else self.through.domain.hi
        if abs(reached) != inf:
            raise NotProvable(f"no bound is declared for the inverse of {self.through.name} at the end of its range")
        return None

    # -- how fast things fall and grow ---------------------------------------------------------------------------

    def rates(self, side: int, length: arb) -> tuple[DensityRate, SlopeRate] | None:
        """Rates of w and of |F'| beyond distance ``length`` on ``side``; None where not declared, or not yet."""
        u = ratio(self.centre) + side * length
        if self.through is None:
            density, slope = density_rate(self.base, side, length), slope_rate(self.transform, side, u)
            return None if density is None or slope is None else (density, slope)
        inner = slope_rate(self.through, side, u)
        flat = slope_rate(None, side, u)
        constant = self.base.lemmas.constant_score
        if inner is None or flat is None or constant is None:
            return None
        score = ratio(constant)
        if score.is_zero():
            return DensityRate(inner.lo, inner.hi), flat
        # The outward derivative of log w is that of log|t'|, plus score * t'(u) * side.
        pull = score * side * (1 if self.through.increasing else -1)
        slope = abs(jet_at(self.through, u).slope)
        least = slope if inner.lo is not None and inner.lo >= 0 else arb(0)
        most = None if inner.rise is None else slope * inner.rise.exp()
        low_end, high_end = (least, most) if pull > 0 else (most, least)
        if high_end is None:
            return None
        low = None if inner.lo is None or low_end is None else inner.lo + pull * low_end
        return DensityRate(low, inner.hi + pull * high_end), flat

    def audit(self, side: int, length: arb) -> int:
        """Hold the declared rates against the derived ones at distance length * 2**(k/2), k = 0, 1, …

        Returns the number of comparisons that could be decided; raises BoundViolated for a wrong declaration.
        """
        told = 0
        assert self.base.log_density is not None
        for step in range(AUDIT_STEPS):
            distance = Fraction(float(length.mid()) * 2.0 ** (step / 2))
            u = ratio(self.centre + side * distance)
            rates = self.rates(side, ratio(distance))
            if rates is None:
                continue
            density, slope = rates
            derived = self.log_weight_slope(u) * side
            if density.power:
                derived = derived * ratio(distance)
            told += held(derived, density.lo, density.hi, f"log density of {self.base.name}", u)
            if self.transform is not None:
                bend = side * jet_at(self.transform, u).bend
                told += held(bend, slope.lo, slope.hi, f"log slope of {self.transform.name}", u)
                told += self._audit_joint(side, distance, derived, bend)
        return told

    def _audit_joint(self, side: int, distance: Fraction, steep: arb, bend: arb) -> int:
        """The same for the rates of the weight and of powers of |F'| together, at one place."""
        told = 0
        for moment in (1, 2):
            most = joint_rate(self.base, self.transform, side, ratio(distance), moment)
            if most is not None:
                what = f"log density of {self.base.name} with moment {moment}"
                told += held(steep + moment * bend, None, most, what, ratio(distance))
        return told

    def audit_vanishing(self, end: End, length: arb) -> int:
        """The same for the power by which the density vanishes at a finite end, at the distances length / 2**k."""
        assert end.point is not None
        assert end.vanishes is not None
        power, told = ratio(end.vanishes.power), 0
        for step in range(AUDIT_STEPS):
            distance = length * arb(2) ** -step
            derived = -end.side * distance * self.log_weight_slope(end.point - end.side * distance)
            told += held(derived, power, power, f"log density of {self.base.name} at an end", distance)
        return told

    def audit_centre(self, length: arb) -> int:
        """The same for the rate of the density beside its centre, at the distances length / 2**k."""
        told = 0
        for step in range(AUDIT_STEPS):
            distance = length * arb(2) ** -step
            rate = centre_rate(self.base, distance)
            assert rate is not None
            for side in (-1, 1):
                derived = side * distance * self.log_weight_slope(ratio(self.centre) + side * distance)
                told += held(derived, *rate, f"log density of {self.base.name} at its centre", distance)
        return told

    def log_weight_slope(self, u: arb) -> arb:
        """(log w)' over the real ball u."""
        assert self.base.log_density is not None
        if self.through is None:
            return self.base.log_density(JOINED, JOINED.variable(u))[1]
        jet = jet_at(self.through, u)
        return self.base.log_density(FIRST, FIRST.variable(jet.value))[1] * jet.slope + jet.bend

    def log_weight_bend(self, u: arb) -> arb:
        """(log w)'' over the real ball u, where w is the base's density."""
        assert self.base.log_density is not None
        assert self.through is None
        return 2 * self.base.log_density(_SECOND, _SECOND.variable(u))[2]


class NotProvable(ArithmeticError):
    """No proof is declared for this case. The message says what is missing, on one line."""


_SECOND = SeriesNumbers(3)
