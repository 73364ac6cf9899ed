"""Two laws of events that are asked together, at one dtype: KL(p, q) and the cross-entropy, in closed form.

Guarantee: within 2**-56 of exact relative to max(1, |value|). Offered for two multivariate normal laws, and for two of
Dirichlet's.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.contract import Array
from adapters.numpy.bound import DTYPES, rounded, script
from adapters.numpy.densities import Dirichlet
from adapters.numpy.event_laws import Mapped, build_event_law
from adapters.numpy.pairs import Pair
from adapters.numpy.tails import digamma, log_gamma


class NumpyEventPair(BoundDistribution):
    """p and q of ``pair(p,q)``. NotOffered for laws of two families, and for all but two of them."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        if len(spec.parts) != 2 or spec.params:
            raise SpecError(f"{spec}: pair takes two distributions")
        self._spec, self._dtype = spec, dtype
        names = {part.name for part in spec.parts}
        self._between = _DIVERGENCES.get(names.pop()) if len(names) == 1 else None
        if self._between is None:
            raise NotOffered("the divergence of these laws of events")
        self._first, self._second = (build_event_law(part) for part in rounded(spec, dtype).parts)

    def log_prob(self, y: Array) -> Array:
        raise NotOffered("log_prob of two distributions")

    def sample(self, count: int, seed: int) -> Array:
        raise NotOffered("sample of two distributions")

    def kl(self) -> Array:
        return self._rounded(self._kl())

    def cross_entropy(self) -> Array:
        assert self._first is not None
        return self._rounded(self._kl() + Fraction(self._first.entropy()))

    def _kl(self) -> Fraction:
        assert self._between is not None
        return self._between(self._first, self._second)

    def _rounded(self, value: Fraction) -> Array:
        kind = np.float64 if self._dtype == "float64" else np.float32
        return np.asarray(Pair.constant(value, kind).hi).astype(DTYPES[self._dtype])

    def component(self, quantity: str) -> Component:
        between = self._between
        return Component(f"{between.__module__}.{between.__qualname__}" if between is not None else "")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("distribution", self._spec, self._dtype, quantity, value)


def of_normal_laws(p: Mapped, q: Mapped) -> Fraction:
    """(|M|^2 + |K^-1 d|^2 - n)/2 - log|M| with M = K^-1 L, L and K the factors of the covariances and d the difference
    of the means, since M is what p is after q was made standard."""
    first, second = p.map, q.map
    inverse, n = second.inverse_rows, len(first.loc)  # type: ignore[attr-defined]
    apart = [a - b for a, b in zip(first.loc, second.loc, strict=True)]  # type: ignore[attr-defined]
    columns = [apart, *([row[k] for row in first.rows] for k in range(n))]  # type: ignore[attr-defined]
    squares = sum((_dot(row, column) ** 2 for row in inverse for column in columns), Fraction(0))
    return (squares - n) / 2 + Fraction(second.log_det - first.log_det)  # type: ignore[attr-defined]


def _dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum((u * v for u, v in zip(a, b, strict=True)), Fraction(0))


def of_dirichlets_laws(p: Dirichlet, q: Dirichlet) -> Fraction:
    """sum_i (a_i - b_i) (psi(a_i) - psi(sum a)) + log B(b) - log B(a), of concentrations a and b."""
    a, b = p.concentration, q.concentration
    whole = sum(a, Fraction(0))
    means = [digamma(float(v)) - digamma(float(whole)) for v in a]
    drift = sum((u - v) * m for u, v, m in zip(a, b, means, strict=True))
    return Fraction(drift + _log_beta(b) - _log_beta(a))


def _log_beta(a: list[Fraction]) -> Fraction:
    return sum((log_gamma(float(v)) for v in a), Fraction(0)) - log_gamma(float(sum(a)))


_DIVERGENCES: dict[str, Callable[[Any, Any], Fraction]] = {
    "multivariate_normal": of_normal_laws,
    "dirichlet": of_dirichlets_laws,
}
