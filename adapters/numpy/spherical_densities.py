"""Densities of directions, with respect to the sphere's surface measure.

Guarantee: as that of all densities of events.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from adapters.numpy import functions as fn
from adapters.numpy.densities import Density, Entries, Table
from adapters.numpy.events.entries import flat, per_event, total
from adapters.numpy.functions import LOG2, PI, exp_of, log_of
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.pushforward import Statistic
from adapters.numpy.tails import digamma, log_bessel_i, log_gamma


class SphericalUniform(Density):
    """One over the area of the sphere, with respect to its surface measure."""

    def __init__(self, dimension: float) -> None:
        if dimension != int(dimension) or dimension < 2:
            raise ValueError("takes a dimension of 2 or more")
        super().__init__((int(dimension),))
        half = Fraction(int(dimension), 2)
        self._area = LOG2 + half * log_of(PI) - log_gamma(half)

    def log_prob(self, y: Pair) -> Pair:
        found = per_event(y, 1, y.like(-self._area))
        return where(np.asarray(np.isnan(y.hi).any(axis=-1)), found.filled(np.nan), found)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        found = generator.standard_normal((count, *self.shape))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    def entropy(self) -> Statistic:
        return self._area

    def mean(self) -> Entries:
        return [Fraction(0)] * self.shape[0]

    def covariance(self) -> Table:
        """By symmetry, and since the squares add up to 1."""
        n = self.shape[0]
        return [[Fraction(i == j, n) for j in range(n)] for i in range(n)]

    def mode(self) -> Entries:
        return [math.nan] * self.shape[0]


class Directed(Density):
    """What a law of directions that depends on m . y alone, m the mean direction, shares with others of its kind."""

    def __init__(self, mean_direction: Sequence[float], concentration: float) -> None:
        self._towards, self._k = [Fraction(v) for v in mean_direction], Fraction(concentration)
        if len(self._towards) < 2 or sum(v * v for v in self._towards) != 1 or concentration <= 0:
            raise ValueError("takes a direction of length 1, and a positive concentration")
        super().__init__((len(self._towards),))

    def _along(self, y: Pair) -> Pair:
        return total([v * y.like(m) for m, v in zip(self._towards, flat(y, 1), strict=True)])

    def _placed(self, along: Floats, generator: np.random.Generator) -> Floats:
        """Directions with these m . y (count, 1), and a uniform direction across m."""
        towards = np.array([float(m) for m in self._towards])
        across = generator.standard_normal((len(along), len(towards)))
        across -= (across @ towards)[:, None] * towards
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        return np.asarray(along * towards + np.sqrt(1 - along**2) * across)


class VonMisesFisher(Directed):
    """exp(k m . y) over its integral, with respect to surface measure."""

    def __init__(self, mean_direction: Sequence[float], concentration: float) -> None:
        super().__init__(mean_direction, concentration)
        self._half = Fraction(len(self._towards), 2)
        self._log_bessel = log_bessel_i(self._half - 1, self._k)
        self._constant = (self._half - 1) * log_of(self._k) - self._half * (LOG2 + log_of(PI)) - self._log_bessel

    def log_prob(self, y: Pair) -> Pair:
        return self._along(y) * y.like(self._k) + y.like(self._constant)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64, m . y by rejection: Wood, Simulation of the von Mises Fisher distribution, Communications
        in Statistics: Simulation and Computation 23 (1994)."""
        k, rest = float(self._k), len(self._towards) - 1
        b = rest / (2 * k + np.sqrt(4 * k * k + rest * rest))
        start = (1 - b) / (1 + b)
        most = k * start + rest * np.log1p(-start * start)
        along = np.empty((count, 1))
        waiting = np.arange(count)
        while len(waiting):
            share = generator.beta(rest / 2, rest / 2, len(waiting))
            found = (1 - (1 + b) * share) / (1 - (1 - b) * share)
            height = k * found + rest * np.log1p(-start * found) - most
            taken = height >= np.log(generator.random(len(waiting)))
            along[waiting[taken], 0] = found[taken]
            waiting = waiting[~taken]
        return self._placed(along, generator)

    def entropy(self) -> Statistic:
        """By the length of the mean."""
        return -self._constant - self._k * self._length

    @cached_property
    def _length(self) -> Fraction:
        """I_(n/2)(k)/I_(n/2 - 1)(k)."""
        return exp_of(log_bessel_i(self._half, self._k) - self._log_bessel)

    def mean(self) -> Entries:
        return [m * self._length for m in self._towards]

    def covariance(self) -> Table:
        """length/k across the mean direction, and 1 - length^2 - (n - 1) length/k along it."""
        across = self._length / self._k
        along = 1 - self._length**2 - 2 * self._half * across
        return [
            [along * u * v + across * (i == j) for j, v in enumerate(self._towards)]
            for i, u in enumerate(self._towards)
        ]

    def mode(self) -> Entries:
        return [*self._towards]


class PowerSpherical(Directed):
    """(1 + m . y)^k over its integral, with respect to surface measure."""

    def __init__(self, mean_direction: Sequence[float], concentration: float) -> None:
        super().__init__(mean_direction, concentration)
        self._b = Fraction(len(self._towards) - 1, 2)
        self._a, both = self._b + self._k, 2 * self._b + self._k
        self._constant = log_gamma(both) - both * LOG2 - self._b * log_of(PI) - log_gamma(self._a)

    def log_prob(self, y: Pair) -> Pair:
        return fn.log1p(self._along(y)) * y.like(self._k) + y.like(self._constant)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64: (1 + m . y)/2 is a Beta(a, b) variable, and what is across m has a uniform direction."""
        return self._placed(2 * generator.beta(float(self._a), float(self._b), (count, 1)) - 1, generator)

    def entropy(self) -> Statistic:
        """By E log(1 + m . y) = log 2 + psi(a) - psi(a + b)."""
        return -self._constant - self._k * (LOG2 + digamma(self._a) - digamma(self._a + self._b))

    def mean(self) -> Entries:
        """By E[m . y] = 2 a/(a + b) - 1."""
        return [m * (2 * self._a / (self._a + self._b) - 1) for m in self._towards]

    def covariance(self) -> Table:
        """E[y y^T] is E[t^2] m m^T + (1 - E[t^2])/(n - 1) (1 - m m^T), t = m . y = 2 B - 1."""
        a, whole = self._a, self._a + self._b
        share, square = a / whole, a * (a + 1) / (whole * (whole + 1))
        along = 4 * square - 4 * share + 1
        across, mean = (1 - along) / (len(self._towards) - 1), 2 * share - 1
        return [
            [(along - across - mean**2) * u * v + across * (i == j) for j, v in enumerate(self._towards)]
            for i, u in enumerate(self._towards)
        ]

    def mode(self) -> Entries:
        return [*self._towards]


SPHERICAL_DENSITIES: dict[str, Callable[..., Density]] = {
    "spherical_uniform": SphericalUniform,
    "power_spherical": PowerSpherical,
    "von_mises_fisher": VonMisesFisher,
}
"""By names of their own."""
