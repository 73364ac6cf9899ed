"""The truth about one quantity of one scalar subject at one exact float: a special kind, or a ball to be narrowed.

``classify`` settles what needs no narrowing (nan, outside, limits); ``enclose`` evaluates everything else at the
current precision. Both follow from the forward map, the base's log density, and the limits declared beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import copysign, inf, isfinite, isnan

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from adapters.interface.quantities import DENSITIES, TABLE, TRANSFORM_QUANTITIES, variable
from conformance.definitions.distributions import DistributionDefinition, quantile_map
from conformance.definitions.intervals import Interval
from conformance.definitions.registry import (
    distribution_definition,
    functions_of,
    is_distribution,
    transform_definition,
)
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Kind
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise import limits
from conformance.oracle.pointwise.jets import Jet, inverse_at, jet_at, value_at
from conformance.oracle.pointwise.limits import BALLS, Limit
from conformance.oracle.pointwise.shared import (
    Itself,
    Point,
    Scored,
    base_log_density,
    jet,
    jet_of_float,
    scored,
    scored_float,
)

_ZERO = arb(0)
_ONE = arb(1)
_UNSURE = arb(0, 2.0**-1000)
"""The derivative of a log density that is 0 all along, as a sum of logarithms that cancel: whatever a formula rounds
on its way is infinitely large beside the sum, so its condition number is that of any other zero, inf."""

_DECISION_CAP = 8192


class UnknownQuantity(ValueError):
    """The subject has no such quantity. One line, with the valid names."""


@dataclass(frozen=True)
class Settled:
    """A truth that needs no narrowing: a Kind, with ``value`` (recomputed at any precision) where it is FINITE."""

    kind: Kind
    value: Callable[[], arb] | None = None


OUTSIDE = Settled(Kind.OUTSIDE)
UNDECIDED = Settled(Kind.UNDECIDED)


class ScalarTruth:
    """Truth for ``subject`` and ``quantity``; UnknownQuantity and UnknownSubject as ValueError."""

    def __init__(self, subject: str, quantity: str) -> None:
        self.quantity = quantity
        self.row = TABLE.get(quantity, TABLE["forward"])
        self.transform: TransformDefinition | None = None
        self.base: DistributionDefinition | None = None
        self.flat = False  # Whether the quantity is the density of a uniform law on (0, 1), or its logarithm.
        if is_distribution(subject):
            known = functions_of(subject)
            self.definition = distribution_definition(subject)
            self.base = self.definition.base or self.definition
            # Where the base's density is 0 or infinite inside, that is what is said of its point, and no sum of 0.
            uneven = bool(self.base.zeros or self.base.poles)
            self.flat = self.definition.uniform and quantity in DENSITIES and not uneven
            self.transform = self.definition.transform
            if quantity == "icdf":
                # A quantile is an image under a map, and everything about maps holds for it.
                self.transform, self.base, self.quantity = quantile_map(self.definition), None, "forward"
        else:
            known = TRANSFORM_QUANTITIES
            self.transform = transform_definition(subject)
        # Of quantiles nothing else is asked at the same floats, and their map is made for this question.
        self._law = None if self.base is None else Itself(self.definition)
        self._map = None if self.transform is None or quantity == "icdf" else Itself(self.transform)
        if quantity not in known:
            raise UnknownQuantity(f"{subject} has no quantity {quantity!r}; known: {', '.join(known)}")

    def claimed(self, x: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where anything is said: of an angle within its turn, of a branch within its half of the line, and nan."""
        home = self._home()
        if home is None:
            return np.ones(len(x), bool)
        return ~np.asarray((x < float(home.lo)) | (x > float(home.hi)))

    def unclaimed(self, x: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where nothing is said: the inputs that are not ``claimed``, and an end at which branches part."""
        silent = ~self.claimed(x)
        home = self._home()
        if home is not None and self.base is None:
            for place in np.flatnonzero(np.isin(x, (float(home.lo), float(home.hi)))):
                silent[place] = self._parting(home, float(x[place]))
        return silent

    def _parting(self, home: Interval, x: float) -> bool:
        """Whether ``x`` is an end at which branches part, and nothing tells them apart: a zero belongs to the branch
        of its sign (1/-0 is -inf)."""
        at_end = self.quantity in ("forward", "inverse") and x in (home.lo, home.hi) and isfinite(x)
        own = x == 0 and (copysign(1.0, x) < 0) == (x == home.hi)
        return at_end and not own

    def _home(self) -> Interval | None:
        """What nothing is said beyond; None where something is said everywhere."""
        if self.base is not None:
            return self.definition.support if self.definition.circular else None
        assert self.transform is not None
        if not self.transform.has_branches:
            return None
        home = self.transform.domain if variable(self.quantity) == "x" else self.transform.codomain
        return home if home.exact else None

    # -- what needs no narrowing ---------------------------------------------------------------------------------

    def classify(self, x: float) -> Settled | None:
        """The settled truth at ``x``, or None where ``enclose`` is to be asked."""
        settled = self._classify(x)
        if self.quantity == "prob" and settled is not None:
            return _exponential(settled)
        return settled

    def _classify(self, x: float) -> Settled | None:
        if isnan(x):
            return Settled(Kind.NAN)
        if self.base is None:
            assert self.transform is not None
            return self._classify_transform(self.transform, x)
        if self.quantity == "log_prob_from_base":
            return self._classify_base_point(x)
        return self._classify_value(x)

    def _classify_transform(self, definition: TransformDefinition, x: float) -> Settled | None:
        settled = self._in_domain(definition, x)
        if settled is not None and definition.has_branches:
            home = definition.domain if variable(self.quantity) == "x" else definition.codomain
            return UNDECIDED if self._parting(home, x) or settled.kind == Kind.OUTSIDE else settled
        return settled

    def _in_domain(self, definition: TransformDefinition, x: float) -> Settled | None:
        forward = variable(self.quantity) == "x"
        home = definition.domain if forward else definition.codomain
        if home.exact and home.contains(x):
            return None
        for end, low in ((home.lo, True), (home.hi, False)):
            if x == end and home.exact:
                return self._at_end(definition, low)
        if home.exact:
            return OUTSIDE
        return self._membership(definition, x, forward)

    def _at_end(self, definition: TransformDefinition, low: bool) -> Settled:
        """The limit at an end of the domain (forward, fldj) or of the codomain (inverse, ildj)."""
        if self.quantity == "forward":
            return _settle(lambda: limits.value_limit(definition, low))
        if self.quantity == "fldj":
            return _settle(lambda: limits.log_slope_limit(definition, low))
        if definition.increasing is None:
            # The branch that inverts a map like abs: only its infinite end can be met here.
            if low:
                return OUTSIDE
            return Settled(Kind.POS_INF) if self.quantity == "inverse" else _settle(lambda: self._ildj(definition, low))
        low_x = low == definition.increasing
        if self.quantity == "inverse":
            end = definition.domain.lo if low_x else definition.domain.hi
            return _settle(lambda: float(end) if abs(end) == inf else ratio(end))
        return _settle(lambda: self._ildj(definition, low_x))

    @staticmethod
    def _ildj(definition: TransformDefinition, low: bool) -> Limit:
        limit = limits.log_slope_limit(definition, low)
        return None if limit is None else -limit

    def _membership(self, definition: TransformDefinition, x: float, forward: bool) -> Settled | None:
        """Where the domain's ends are no floats, by their images or stage by stage: None inside, OUTSIDE where proved,
        else undecided."""
        if abs(x) == inf:
            home = definition.domain if forward else definition.codomain
            ends = {home.lo: True, home.hi: False}
            return self._at_end(definition, ends[x]) if x in ends else OUTSIDE
        if not forward and definition.increasing is not None and definition.domain.exact:
            settled = self._between_images(definition, x)
            if settled is not UNDECIDED:
                return settled

        def decide() -> int | None:
            at = arb(x)
            parts = definition.parts if definition.kind == "chain" else (definition,)
            for part in parts if forward else reversed(parts):
                inside = _side(at, part.domain if forward else part.codomain)
                if inside != 0:
                    return inside
                at = value_at(part, at) if forward else inverse_at(part, at)
            return 0

        side = _rising(decide)
        return None if side == 0 else UNDECIDED if side is None else OUTSIDE

    def _between_images(self, definition: TransformDefinition, y: float) -> Settled | None:
        """A monotone map's codomain lies between the limits at the ends of its domain: None inside, the limit where
        ``y`` is one of them, UNDECIDED where a limit is not known."""
        for low in (True, False):

            def order(low_x: bool = low == definition.increasing) -> int | None:
                return _order(y, limits.value_limit(definition, low_x))

            found = _rising(order)
            if found is None:
                return UNDECIDED
            if found == 0:
                return self._at_end(definition, low)
            if found == (-1 if low else 1):
                return OUTSIDE
        return None

    def _classify_base_point(self, x: float) -> Settled | None:
        """log_prob_from_base: the point is on the base's side."""
        assert self.base is not None
        support = self.base.support
        if self.base.circular and not _reaches(x, support):
            return UNDECIDED
        if self.transform is not None and not _reaches(x, self.transform.domain):
            return OUTSIDE
        for end, low, closed in ((support.lo, True, support.closed_lo), (support.hi, False, support.closed_hi)):
            if x == end:
                return self._density_end(low, closed)
        if not support.contains(x):
            return Settled(Kind.NEG_INF)
        return self._inside(self.base, x)

    @staticmethod
    def _inside(base: DistributionDefinition, x: float) -> Settled | None:
        """The log density at a point inside the support where it is infinite."""
        if x in base.zeros:
            return Settled(Kind.NEG_INF)
        return Settled(Kind.POS_INF) if x in base.poles else None

    def _classify_value(self, y: float) -> Settled | None:
        """A function of the value: where that lies relative to the image of the base's support."""
        assert self.base is not None
        support, transform = self.base.support, self.transform
        increasing = transform is None or bool(transform.increasing)
        image_lo, image_hi = (True, False) if increasing else (False, True)
        for low_x, side in ((image_lo, -1), (image_hi, 1)):
            end = support.lo if low_x else support.hi
            closed = support.closed_lo if low_x else support.closed_hi
            order = self._compare_with_image(y, low_x)
            if order is None:
                return UNDECIDED
            if order == 0:
                if self.row.tail:
                    return self._beyond(side)
                return self._density_end(low_x, closed and abs(end) != inf)
            if order == side:
                return self._beyond(side)
        return self._inside(self.base, y) if transform is None and not self.row.tail else None

    def _beyond(self, side: int) -> Settled:
        """All of the probability lies on one side of y, below it where ``side`` is 1; of an angle nothing is said."""
        if self.definition.circular:
            return UNDECIDED
        if not self.row.tail:
            return Settled(Kind.NEG_INF)
        sure = self.row.tail == ("lower" if side > 0 else "upper")
        if self.row.unit == "nats":
            return Settled(Kind.FINITE, lambda: _ZERO) if sure else Settled(Kind.NEG_INF)
        return Settled(Kind.FINITE, lambda: _ONE if sure else _ZERO)

    def _compare_with_image(self, y: float, low_x: bool) -> int | None:
        """-1, 0, 1: y below, at, above the image of an end of the base's support; None where it cannot be told."""
        assert self.base is not None
        end = self.base.support.lo if low_x else self.base.support.hi
        transform = self.transform
        if transform is None:
            return (y > end) - (y < end)
        domain_end = transform.domain.lo if low_x else transform.domain.hi
        if end == domain_end:
            image = transform.codomain.lo if low_x == transform.increasing else transform.codomain.hi
            if transform.codomain.exact:
                return (y > image) - (y < image)
        if abs(y) == inf:
            return 1 if y > 0 else -1

        def decide() -> int | None:
            return _order(
                y, limits.value_limit(transform, low_x) if end == domain_end else value_at(transform, ratio(end))
            )

        return _rising(decide)

    def _density_end(self, low: bool, closed: bool) -> Settled:
        """log density at an end of the base's support, which is a point of the support where ``closed``."""
        assert self.base is not None
        end = self.base.support.lo if low else self.base.support.hi
        if end in self.base.free_ends:
            return UNDECIDED
        transform = self.transform
        at_domain_end = transform is not None and end == (transform.domain.lo if low else transform.domain.hi)
        if abs(end) == inf or at_domain_end:
            return _settle(lambda: limits.log_density_limit(self.definition, low))
        if closed:
            return Settled(Kind.FINITE, lambda: self._log_density(ratio(end)).value)
        return Settled(Kind.NEG_INF)

    # -- what is narrowed ----------------------------------------------------------------------------------------

    def enclose(self, x: arb) -> Point:
        """Balls that contain the quantity and its derivative at the exact ``x``, at the current precision."""
        if self.base is None:
            assert self.transform is not None
            return self._of_map(jet(self.transform, x, back=self._back))
        if self.flat:
            return Point(_ONE if self.quantity == "prob" else _ZERO, _UNSURE)
        if self.quantity == "log_prob_from_base":
            return self._log_density(x)
        return self._of_value(scored(self.definition, x))

    def at(self, x: float) -> Point:
        """``enclose`` at a float; what other quantities have been asked there is not computed again."""
        if self._law is not None and not self.flat and self.quantity != "log_prob_from_base":
            return self._of_value(scored_float(self._law, x))
        if self._law is None and self._map is not None:
            return self._of_map(jet_of_float(self._map, x, back=self._back))
        return self.enclose(arb(x))

    def _of_value(self, known: Scored) -> Point:
        assert self.base is not None
        log_prob = known.log_prob
        if self.quantity == "log_prob":
            return log_prob
        prob = log_prob.value.exp()
        if self.quantity == "prob":
            return Point(prob, prob * log_prob.derivative)
        value = self.base.tail(self.quantity, lower=self.lower)(BALLS, known.preimage)
        slope = prob if self.row.tail == "lower" else -prob
        return Point(value, slope / value.exp() if self.row.unit == "nats" else slope)

    @property
    def lower(self) -> bool:
        """Whether a tail of the distribution is the base's lower one: a falling transform swaps them."""
        increasing = self.transform is None or bool(self.transform.increasing)
        return (self.row.tail == "lower") == increasing

    @property
    def _back(self) -> bool:
        return variable(self.quantity) == "y"

    def _of_map(self, known: Jet) -> Point:
        if self.quantity in ("forward", "inverse"):
            return Point(known.value, known.slope)
        return Point(known.log_slope, known.bend)

    def _log_density(self, x: arb) -> Point:
        """log p_base(x) - log|f'(x)| and its derivative with respect to x."""
        assert self.base is not None
        density = base_log_density(self.base, x)
        if self.transform is None:
            return density
        through = jet_at(self.transform, x)
        return Point(density.value - through.log_slope, density.derivative - through.bend)


def _exponential(settled: Settled) -> Settled:
    """The density where ``settled`` is its logarithm."""
    if settled.kind == Kind.NEG_INF:
        return Settled(Kind.FINITE, lambda: _ZERO)
    value = settled.value
    return settled if value is None else Settled(Kind.FINITE, lambda: value().exp())


def _reaches(x: float, domain: object) -> bool:
    lo, hi = domain.lo, domain.hi  # type: ignore[attr-defined]
    return bool(lo <= x <= hi)


def _side(at: arb, interval: object) -> int | None:
    """0 strictly inside, 1 strictly outside, None not yet decided."""
    lo, hi = interval.lo, interval.hi  # type: ignore[attr-defined]
    above = True if lo == -inf else True if at > ratio(lo) else False if at < ratio(lo) else None
    below = True if hi == inf else True if at < ratio(hi) else False if at > ratio(hi) else None
    if above is False or below is False:
        return 1
    return 0 if above and below else None


def _order(y: float, image: Limit) -> int | None:
    """-1, 0, 1: the finite ``y`` below, at, above the image; None where it cannot be told at this precision."""
    if image is None or isinstance(image, float):
        return None if image is None else (-1 if image > 0 else 1)
    if image.is_exact() and image == y:
        return 0
    return 1 if image < y else -1 if image > y else None


def _rising(decide: Callable[[], int | None]) -> int | None:
    """The answer of ``decide`` at the lowest precision that gives one."""
    saved = ctx.prec
    try:
        precision = max(saved, 128)
        while precision <= _DECISION_CAP:
            ctx.prec = precision
            answer = decide()
            if answer is not None:
                return answer
            precision *= 2
        return None
    finally:
        ctx.prec = saved


def _settle(limit: Callable[[], Limit]) -> Settled:
    found = limit()
    if found is None:
        return UNDECIDED
    if isinstance(found, float):
        return Settled(Kind.POS_INF if found > 0 else Kind.NEG_INF)

    def again() -> arb:
        value = limit()
        assert isinstance(value, arb)
        return value

    return Settled(Kind.FINITE, again)
