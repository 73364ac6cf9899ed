"""The second opinion on weights that are broken off one after the other: averages over one entry each, by mpmath's
quadrature over the entry's own law.

Weight i is a product over all entries j of z_j where j = i, of 1 - z_j where j < i, and of 1 beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.weights import Entry, Noise, Sticks
from conformance.oracle.opinion.moments import expectation
from conformance.oracle.opinion.mp_numbers import CannotCompute, MpNumbers

_DIGITS = 40


class StickAverages:
    """Means, covariances and the mean of the log-det, of entries that follow ``laws``."""

    def __init__(self, ns: MpNumbers, law: EventLaw, laws: Sequence[DistributionDefinition]) -> None:
        if law.transform is None or law.transform.weights is None:
            under = law.name if law.transform is None else law.transform.name
            raise CannotCompute(f"the statistics of an image under {under}")
        # How the weights are made of them does not depend on what the entries' laws are.
        made = law.transform.weights(tuple(Entry(Noise.NORMAL, Fraction(0), Fraction(1)) for _ in laws))
        if not isinstance(made, Sticks):
            raise CannotCompute(f"the statistics of an image under {law.transform.name}")
        self._ns, self._laws, self._odds, self._known = ns, laws, made.odds, dict[tuple[int, int, int], Any]()

    def mean(self, i: int) -> Any:
        """E Y_i."""
        return self._of_product(i, None)

    def covariance(self, i: int, k: int) -> Any:
        """Cov[Y_i, Y_k]."""
        return self._of_product(i, k) - self._of_product(i, None) * self._of_product(k, None)

    def log_det(self) -> Any:
        """The mean of the sum of the logarithms of all weights."""
        count = len(self._laws)
        places = [(i, j) for i in range(count + 1) for j in range(min(i + 1, count))]
        return self._ns.ctx.fsum(self._averaged(j, partial(self._log_factor, i, j)) for i, j in places)

    def _of_product(self, i: int, k: int | None) -> Any:
        found = self._ns.ctx.one
        for j in range(len(self._laws)):
            kinds = sorted((i > j) - (i < j) for i in (i, k) if i is not None)
            key = (j, kinds[0], kinds[-1] if k is not None else 2)
            if key not in self._known:
                self._known[key] = self._averaged(j, partial(self._factors, i, k, j))
            found *= self._known[key]
        return found

    def _factors(self, i: int, k: int | None, j: int, x: Any) -> Any:
        return self._factor(i, j, x) * (1 if k is None else self._factor(k, j, x))

    def _log_factor(self, i: int, j: int, x: Any) -> Any:
        return self._ns.ctx.log(self._factor(i, j, x))

    def _factor(self, i: int, j: int, x: Any) -> Any:
        if i < j:
            return self._ns.ctx.one
        power = self._odds[j] * self._ns.ctx.exp(-x)
        return (1 if i == j else power) / (1 + power)

    def _averaged(self, j: int, value: Callable[[Any], Any]) -> Any:
        law = self._laws[j]
        assert law.log_density is not None
        own = law.log_density
        with self._ns.ctx.workdps(_DIGITS):
            return expectation(self._ns.ctx, law, lambda x: own(self._ns, x), value)
