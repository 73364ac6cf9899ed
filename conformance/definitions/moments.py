"""What laws declare of themselves in closed form: of events means, covariances, and where the density is largest; of
numbers what integrals do not reach.

Each is a closed form in the parameters, which are floats and so rational; entries are counted in C order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem

Exact = Fraction | float | Callable[[ClosedFormNumbers], Element]
"""A number, or a closed form that is none; or a float that says that there is none: inf where the integral is infinite,
nan where it does not exist."""


class ClosedMoments(NamedTuple):
    """Mean and variance of a law of numbers, both finite, and where it is set its entropy in nats, in closed form. The
    tests hold each against an integral."""

    mean: Callable[[NumberSystem], Element]
    variance: Callable[[NumberSystem], Element]
    entropy: Callable[[ClosedFormNumbers], Element] | None = None


@dataclass(frozen=True)
class Moments:
    """mean: E[Y_i] for each entry i. covariance: Cov[Y_i, Y_j] for i and j; None where that is not worked out.

    of_mean, of_covariance: what rounding the parameters is magnified by on the way to either, where an algorithm in the
    working precision cannot help it; 1 for sums and products of them.
    """

    mean: tuple[Exact, ...]
    covariance: Callable[[int, int], Exact | None]
    of_mean: float = 1.0
    of_covariance: float = 1.0


@dataclass(frozen=True)
class Peak:
    """Where the density is largest. at: the one point, or None where there is none alone: then the density is the same
    everywhere (``flat``), or grows without bound. boundary: the point is on the boundary of the law's space, so that
    some say that there is none: the open set has no largest density.
    """

    at: tuple[Exact, ...] | None = None
    boundary: bool = False
    flat: bool = False


@dataclass(frozen=True)
class Family:
    """Laws between which the Kullback-Leibler divergence is a closed form. name: which; parameters: what tells this law
    among them; divergence(ns, p, q): KL(p, q) in nats, of the parameters of two. condition: what the rounding of a
    divergence is magnified by where this is the second law, whose covariance is inverted; 1 where nothing is."""

    name: str
    parameters: Any
    divergence: Callable[[ClosedFormNumbers, Any, Any], Element]
    condition: float = 1.0
