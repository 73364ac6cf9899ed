"""Expectations under one law of noise by the trapezoidal rule, with a remainder that is proved.

For f analytic with |f| <= B where |Im z| <= y, and a density whose integral along every such line is at most M in size,
the sum over all nodes is off by at most 2 B M / (e^(2 pi y / h) - 1), h the step (Trefethen & Weideman, The
exponentially convergent trapezoidal rule, SIAM Review 56 (2014), theorem 5.1). What the nodes that are left out hold is
bounded by the density's tails: beyond them the density, and its product with |z|, falls, so that the sum is below the
integral.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, log, pi, sqrt
from typing import Protocol

from flint import arb

from conformance.definitions.weights import Noise

ANGLE = 1.4
"""Half the width of the strips, of s and of X: below pi/2, at which e^-w no longer falls."""


class NoiseLaw(Protocol):
    """A standard law, its moment generating function, and the bounds that the rule rests on; ``nats`` says how small
    is nothing: e^-nats."""

    @property
    def mean(self) -> arb: ...

    @property
    def variance(self) -> arb: ...

    def density(self, z: arb) -> arb: ...

    def log_mgf(self, t: arb) -> arb:
        """log E e^(t Z); for the t that ``steepest`` allows, and all below."""

    def strip(self, widest: float, nats: float) -> float:
        """The half-width y of a strip, at most ``widest``."""

    def mass(self, y: float) -> arb:
        """At least the integral of the density's size along the line Im z = y, and all nearer ones."""

    def size(self, y: float) -> arb:
        """At least that of the size of z times the density."""

    def reach(self, nats: float) -> tuple[float, float]:
        """Ends, of which the lower is at most -1 and the upper at least 2, beyond which about e^-nats lies."""

    def beyond(self, low: float, high: float) -> arb:
        """At least the integral of max(1, |z|) times the density beyond such ends."""

    def lowest(self, nats: float) -> float:
        """A z below which no more than e^-nats lies."""

    def steepest(self, nats: float) -> float:
        """A t for which E e^(t Z) is finite, and not above e^nats."""


class Normal:
    """The standard normal law."""

    mean, variance = arb(0), arb(1)

    def density(self, z: arb) -> arb:
        return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()

    def log_mgf(self, t: arb) -> arb:
        return t * t / 2

    def strip(self, widest: float, nats: float) -> float:
        return min(widest, sqrt(2 * nats))

    def mass(self, y: float) -> arb:
        """exp(y^2/2), exactly."""
        return (arb(y) * arb(y) / 2).exp()

    def size(self, y: float) -> arb:
        """|z| <= |Re z| + y, and E|Z| < 1."""
        return self.mass(y) * (1 + arb(y))

    def reach(self, nats: float) -> tuple[float, float]:
        end = sqrt(2 * nats) + 2
        return -end, end

    def beyond(self, low: float, high: float) -> arb:
        """The density at either end is the integral of z times it beyond there."""
        return self.density(arb(low)) + self.density(arb(high))

    def lowest(self, nats: float) -> float:
        """By P(Z < -z) <= exp(-z^2/2)/2 (NIST DLMF 7.8.2)."""
        return -sqrt(2 * nats)

    def steepest(self, nats: float) -> float:
        return sqrt(2 * nats)


class Gumbel:
    """exp(-z - e^-z), the law of -log E for an exponential variable E."""

    @property
    def mean(self) -> arb:
        return arb.const_euler()

    @property
    def variance(self) -> arb:
        return arb.pi() ** 2 / 6

    def density(self, z: arb) -> arb:
        return (-z - (-z).exp()).exp()

    def log_mgf(self, t: arb) -> arb:
        """E E^-t = Gamma(1 - t)."""
        return (1 - t).lgamma()

    def strip(self, widest: float, nats: float) -> float:
        return min(widest, ANGLE)

    def mass(self, y: float) -> arb:
        """1/cos y: in size the density is exp(-x - e^-x cos y), a Gumbel density moved by log cos y."""
        return 1 / arb(y).cos()

    def size(self, y: float) -> arb:
        """|z| <= |x| + y, and E|Z| <= sqrt(E Z^2) < 3/2."""
        return (1.5 + abs(arb(y).cos().log()) + arb(y)) / arb(y).cos()

    def reach(self, nats: float) -> tuple[float, float]:
        return -log(nats) - 1, nats + log(nats)

    def beyond(self, low: float, high: float) -> arb:
        """Below, with t = e^-z, log t <= t under the integral of e^-t; above, the density is at most e^-z."""
        t = (-arb(low)).exp()
        return (1 + t) * (-t).exp() + (1 + arb(high)) * (-arb(high)).exp()

    def lowest(self, nats: float) -> float:
        return -log(nats)

    def steepest(self, nats: float) -> float:
        return 0.9


class Nothing:
    """The law of 0."""

    mean, variance = arb(0), arb(0)

    def density(self, z: arb) -> arb:
        return arb(1)

    def log_mgf(self, t: arb) -> arb:
        return arb(0)

    def strip(self, widest: float, nats: float) -> float:
        return inf

    def mass(self, y: float) -> arb:
        return arb(0)

    def size(self, y: float) -> arb:
        return arb(0)

    def reach(self, nats: float) -> tuple[float, float]:
        return 0.0, 0.0

    def beyond(self, low: float, high: float) -> arb:
        return arb(0)

    def lowest(self, nats: float) -> float:
        return 0.0

    def steepest(self, nats: float) -> float:
        return inf


LAWS: dict[Noise, NoiseLaw] = {Noise.NORMAL: Normal(), Noise.GUMBEL: Gumbel(), Noise.NONE: Nothing()}


@dataclass(frozen=True)
class Rule:
    """The nodes z_k = (first + k) step with their ``weights``; size: the sum of weights times |z_k|.

    off: what E f(Z) and the sum may differ by, of f with |f| <= 1 in the strip of half-width ``strip``; off_by_size: of
    f with |f| <= |z| there.
    """

    first: int
    step: arb
    weights: tuple[arb, ...]
    size: arb
    strip: float
    off: arb
    off_by_size: arb


def widest_step(law: NoiseLaw, widest: float, nats: float) -> float:
    """A step with which the remainder is about e^-nats of a function that is bounded in a strip of this half-width."""
    y = law.strip(widest, nats)
    return inf if y == inf else 2 * pi * y / (nats + max(0.0, log(float(law.size(y)))))


def rule(law: NoiseLaw, step: arb, widest: float, nats: float) -> Rule:
    """The rule of this step, whose strip is at most so wide; nodes go on until about e^-nats is left."""
    y = law.strip(widest, nats)
    if y == inf:
        return Rule(0, arb(1), (arb(1),), arb(0), y, arb(0), arb(0))
    low, high = law.reach(nats)
    first, last = floor(low / float(step)) - 1, ceil(high / float(step)) + 1
    weights = tuple(step * law.density(step * k) for k in range(first, last + 1))
    size = sum((weight * abs(step * (first + k)) for k, weight in enumerate(weights)), arb(0))
    beyond, between = law.beyond(low, high), (2 * arb.pi() * arb(y) / step).expm1()
    return Rule(first, step, weights, size, y, 2 * law.mass(y) / between + beyond, 2 * law.size(y) / between + beyond)


def within(bound: arb) -> arb:
    """The ball of all numbers of at most this size."""
    top = bound.abs_upper()
    return (-top).union(top)
