"""mpmath's side of a law of numbers: densities, tails, quantiles and statistics by the base and the map of its values.

Outside the support the density is 0 and nothing is computed; the ends of the support are the images of the base's, part
by part. At an end that a map takes to infinity, or where its slope does not exist, the density is the one next to it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from adapters.interface.quantities import OF_PAIRS, STATISTICS, TABLE
from conformance.definitions.distributions import DistributionDefinition, quantile_map
from conformance.definitions.registry import bases_of, distribution_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.opinion.event_maps import EventMaps
from conformance.oracle.opinion.modes import mode
from conformance.oracle.opinion.moments import Averages
from conformance.oracle.opinion.mp_numbers import CannotCompute
from conformance.oracle.opinion.scalar_maps import TooShort

_NEXT_TO_AN_END = 400
"""Digits behind the point at which a density next to an end is asked at least: one that falls there as x**0.9 is then
below every float64, as x**0.2 where it is asked once more, and one that falls more slowly is told as what it is."""
_KEPT_THERE = 240
"""Digits of a point so close to an end."""


class NumberLaws(EventMaps):
    """Of the law of ``subject``. See ``ScalarMaps``."""

    subject: str

    def _distribution(self, definition: DistributionDefinition, quantity: str, value: Any) -> Any:
        base, transform = definition.base or definition, definition.transform
        if quantity == "mode":
            return self._mode(definition)
        if quantity in ("icdf", "median"):
            quantile = quantile_map(definition)
            at = self.ctx.mpf(0.5) if quantity == "median" else value
            return self._end_image(quantile, at) if at in (0, 1) else self._forward(quantile, at)
        if quantity in OF_PAIRS:
            return self._of_pair(definition, quantity)
        if quantity in STATISTICS:
            return self.averages(definition).statistic(quantity)
        if TABLE[quantity].tail:
            return self._tail(base, transform, quantity, value)
        return self._density(base, transform, quantity, value)

    def _density(
        self, base: DistributionDefinition, transform: TransformDefinition | None, quantity: str, value: Any
    ) -> Any:
        assert base.log_density is not None
        at = value
        if quantity != "log_prob_from_base":
            at = self._inside(base, transform, value)
            if at is None:
                return self.ctx.zero if quantity == "prob" else self.ctx.ninf
            at = at if transform is None else self._solve(transform, at)
        log_density = base.log_density(self.ns, at)
        if transform is not None:
            log_slope = self._log_slope(transform, at)
            noise = abs(log_density) + abs(log_slope)
            log_density -= log_slope
            self.noise += noise if quantity != "prob" else noise * self.ns.exp(log_density)
        return self.ns.exp(log_density) if quantity == "prob" else log_density

    def _inside(self, base: DistributionDefinition, transform: TransformDefinition | None, value: Any) -> Any:
        """``value`` where it lies in the support, a point next to it where it is an end that the density has a limit
        at, None where the density is 0."""
        ctx, support = self.ctx, base.support
        domain = support if transform is None else transform.domain
        rising = transform is None or bool(transform.increasing)
        ends = ((support.lo, domain.lo, support.closed_lo), (support.hi, domain.hi, support.closed_hi))
        for image, side, (end, own, closed) in zip(
            self._image(base, transform), (1, -1), ends if rising else ends[::-1], strict=True
        ):
            if abs(image) == inf:
                continue
            near = abs(image) * ctx.mpf(10) ** -(int(ctx.dps) // 2)
            if side * (value - image) < -near:
                return None
            if abs(value - image) > near:
                continue
            if transform is None or end != own:
                return value if closed else None
            if ctx.dps < _NEXT_TO_AN_END + _KEPT_THERE:
                raise TooShort
            return image + side * ctx.mpf(10) ** (_KEPT_THERE - int(ctx.dps))
        return value

    def averages(self, definition: DistributionDefinition) -> Averages:
        """The expectations of the law."""
        return Averages(self.ns, definition, self._forward, self._log_slope)

    def _of_pair(self, definition: DistributionDefinition, quantity: str) -> Any:
        """The divergence of the bases, since both laws go through one map; the entropy of the first is added."""
        bases = bases_of(self.subject)
        if bases is None:
            raise CannotCompute("the divergence of laws that go through different maps")
        first, second = (distribution_definition(base) for base in bases)
        kl = self.averages(first).divergence(second)
        return kl if quantity == "kl" else kl + self.averages(definition).statistic("entropy")

    def _mode(self, definition: DistributionDefinition) -> Any:
        """Where the density of the law is largest."""
        base, transform = definition.base or definition, definition.transform
        height = self._log_density(definition)
        return mode(self.ctx, base, height, lambda x: x if transform is None else self._image_of(transform, x))

    def _image_of(self, transform: TransformDefinition, x: Any) -> Any:
        """f(x), at an end of the domain by what is declared of it where that is a number."""
        try:
            return self._end_image(transform, x)
        except CannotCompute:
            return self._forward(transform, x)

    def _log_density(self, definition: DistributionDefinition) -> Callable[[Any], Any]:
        """log p_Y at the image of a base value."""
        base, transform = definition.base or definition, definition.transform
        assert base.log_density is not None
        own = base.log_density
        if transform is None:
            return lambda x: own(self.ns, x)
        return lambda x: own(self.ns, x) - self._log_slope(transform, x)

    def _tail(
        self, base: DistributionDefinition, transform: TransformDefinition | None, quantity: str, value: Any
    ) -> Any:
        rising, row = transform is None or bool(transform.increasing), TABLE[quantity]
        low, high = self._image(base, transform)
        if value <= low or value >= high:
            share = self.ctx.one if (value <= low) == (row.tail == "upper") else self.ctx.zero
            return share if row.unit != "nats" else self.ctx.log(share) if share else self.ctx.ninf
        at = value if transform is None else self._solve(transform, value)
        return base.tail(quantity, lower=(row.tail == "lower") == rising)(self.ns, at)

    def _image(self, base: DistributionDefinition, transform: TransformDefinition | None) -> list[Any]:
        """The ends of the support of f(X), lower first; infinite where one is not known."""
        ends: list[Any] = []
        for lower, end in ((True, base.support.lo), (False, base.support.hi)):
            at = self.ctx.mpf(float(end)) if abs(end) == inf else base.end(self.ns, lower=lower)
            try:
                ends.append(at if transform is None else self._end_image(transform, at))
            except CannotCompute:
                ends.append(-self.ctx.inf if lower == bool(transform and transform.increasing) else self.ctx.inf)
        return sorted(ends)
