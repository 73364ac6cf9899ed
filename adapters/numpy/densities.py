"""Laws of events that have a density of their own.

Guarantee: log densities are sums of pairs, and so within 0.51 ulp unless their terms cancel.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.events.entries import flat, log_one_more, per_event, total
from adapters.numpy.events.location_scale import LocationScale, MatrixLocationScale, Rows, location_scale
from adapters.numpy.functions import LOG2, PI, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.pushforward import Statistic
from adapters.numpy.tails import digamma, log_bessel_i, log_gamma

Entries = list[Statistic]
Table = list[list[Statistic]]


class Density(abc.ABC):
    """A law of events of ``shape``, which is that of its base values too: it is no image."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = self.source = shape

    @abc.abstractmethod
    def log_prob(self, y: Pair) -> Pair: ...

    def log_prob_from_base(self, x: Pair) -> Pair:
        return self.log_prob(x)

    @abc.abstractmethod
    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""

    def entropy(self) -> Statistic:
        """NotOffered where no closed form is known."""
        raise NotOffered("an entropy without a closed form")

    def mean(self) -> Entries:
        """E[Y_i] for each entry in C order. NotOffered where no closed form is known, as of what follows."""
        raise NotOffered("a mean without a closed form")

    def covariance(self) -> Table:
        """Cov[Y_i, Y_j] for all entries i and j."""
        raise NotOffered("a covariance without a closed form")

    def variance(self) -> Entries:
        """The diagonal of the covariance."""
        return [row[i] for i, row in enumerate(self.covariance())]

    def stddev(self) -> Entries:
        """The roots of the variances."""
        return [root(v) for v in self.variance()]

    def mode(self) -> Entries:
        """Where the density is largest; nan throughout where it is at no one point."""
        raise NotOffered("a mode without a closed form")


def root(variance: Statistic) -> Statistic:
    """The root; of what is no number that itself."""
    if isinstance(variance, float) or not variance:
        return variance
    return root_of(variance)


class Dirichlet(Density):
    """On the simplex, with respect to Lebesgue measure on all weights but the last."""

    def __init__(self, concentration: Sequence[float]) -> None:
        if len(concentration) < 2 or min(concentration) <= 0:
            raise ValueError("takes two or more positive numbers")
        super().__init__((len(concentration),))
        self.concentration = [Fraction(a) for a in concentration]
        shares = sum((log_gamma(a) for a in concentration), Fraction(0))
        self._constant = log_gamma(float(sum(self.concentration))) - shares

    def log_prob(self, y: Pair) -> Pair:
        powers = [fn.log(v) * v.like(a - 1) for a, v in zip(self.concentration, flat(y, 1), strict=True) if a != 1]
        found = total([per_event(y, 1, y.like(self._constant)), *powers])
        return where(np.asarray(np.isnan(y.hi).any(axis=-1)), found.filled(np.nan), found)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        return generator.dirichlet([float(a) for a in self.concentration], count)

    def entropy(self) -> Statistic:
        """By E log y_i = psi(a_i) - psi(a_0 + ... + a_n)."""
        psi = digamma(float(sum(self.concentration)))
        return sum(((1 - a) * (digamma(float(a)) - psi) for a in self.concentration), -self._constant)

    def mean(self) -> Entries:
        whole = sum(self.concentration)
        return [a / whole for a in self.concentration]

    def covariance(self) -> Table:
        """(diag(m) - m m^T)/(a_0 + ... + a_n + 1), m the mean."""
        whole, shares = sum(self.concentration), [Fraction(v) for v in self.mean()]
        return [[(u * (i == j) - u * v) / (whole + 1) for j, v in enumerate(shares)] for i, u in enumerate(shares)]

    def mode(self) -> Entries:
        """(a - 1)/(a_0 + ... + a_n - n - 1) where every a is above 1."""
        if min(self.concentration) <= 1:
            return [math.nan] * len(self.concentration)
        powers = [a - 1 for a in self.concentration]
        return [power / sum(powers) for power in powers]


class FlatDirichlet(Dirichlet):
    """With ``size`` concentrations of 1."""

    def __init__(self, size: float) -> None:
        super().__init__([1.0] * int(size))


class Concrete(Density):
    """The logarithms of the weights softmax((logits + G)/temperature), G standard Gumbel variables, with respect to
    Lebesgue measure on their differences to the last."""

    def __init__(self, temperature: float, logits: Sequence[float]) -> None:
        if len(logits) < 2 or temperature <= 0:
            raise ValueError("takes a positive temperature, and two or more logits")
        n = len(logits)
        super().__init__((n,))
        self._temperature, self._logits = Fraction(temperature), [Fraction(a) for a in logits]
        self._constant = log_gamma(n) + (n - 1) * log_of(self._temperature)

    def log_prob(self, y: Pair) -> Pair:
        entries = flat(y, 1)
        scores = [y.like(a) - v * y.like(self._temperature) for a, v in zip(self._logits, entries, strict=True)]
        highest = scores[0]
        for score in scores[1:]:
            highest = where(score.hi > highest.hi, score, highest)
        # Each score less than the highest: no exponential overflows, and one is 1.
        below = [score - highest for score in scores]
        whole = fn.log(total([fn.exp(v) for v in below]))
        return total([y.like(self._constant), *below, -(whole * y.like(len(below)))])

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        scores = np.array([float(a) for a in self._logits]) + generator.gumbel(size=(count, len(self._logits)))
        scores /= float(self._temperature)
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


class RelaxedOneHot(Concrete):
    """The weights themselves, with respect to Lebesgue measure on all of them but the last."""

    def log_prob(self, y: Pair) -> Pair:
        logs = fn.log(y)
        return total([super().log_prob(logs), *(-v for v in flat(logs, 1))])

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        return np.asarray(np.exp(super().draw(generator, count)))


class StudentT(Density):
    """loc + L Z sqrt(df/C), Z standard normal, C a chi-squared variable of df degrees of freedom."""

    def __init__(self, df: float, loc: Sequence[float], scale_tril: Rows) -> None:
        self._prepare(df, (len(loc),), location_scale(loc, scale_tril=scale_tril))

    def _prepare(self, df: float, shape: tuple[int, ...], scaled: LocationScale) -> None:
        if df <= 0:
            raise ValueError("takes positive degrees of freedom")
        super().__init__(shape)
        self._df, self._map, entries = Fraction(df), scaled, math.prod(shape)
        self._power = (self._df + entries) / 2
        width = Fraction(entries, 2) * (log_of(PI) + log_of(self._df))
        self._constant = log_gamma(self._power) - log_gamma(self._df / 2) - width - self._map.log_det

    def log_prob(self, y: Pair) -> Pair:
        shares = self._map.inverse(y) * y.like(1 / root_of(self._df))
        return y.like(self._constant) - log_one_more(flat(shares, len(self.shape))) * y.like(self._power)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        spread = np.sqrt(float(self._df) / generator.chisquare(float(self._df), count))
        entries = generator.standard_normal((count, *self.shape))
        return self._map.forward(Pair.of(entries * spread.reshape(-1, *(1 for _ in self.shape)))).hi

    def entropy(self) -> Statistic:
        """By E log(1 + |z|^2/df) = psi((df + n)/2) - psi(df/2)."""
        return self._power * (digamma(self._power) - digamma(self._df / 2)) - self._constant

    def mean(self) -> Entries:
        return [v if self._df > 1 else math.nan for v in self._map.loc]

    def covariance(self) -> Table:
        """By E[df/C] = df/(df - 2)."""
        if self._df <= 2:
            raise NotOffered("the covariance of a law that has none")
        return [[v * self._df / (self._df - 2) for v in row] for row in self._map.squared]

    def mode(self) -> Entries:
        return [*self._map.loc]


class MatrixStudentT(StudentT):
    """loc + A Z B^T sqrt(df/C), one C for all entries."""

    def __init__(self, df: float, loc: Rows, scale_row: Rows, scale_column: Rows) -> None:
        self._prepare(df, (len(loc), len(loc[0])), MatrixLocationScale(loc, scale_row, scale_column))


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


DENSITIES: dict[str, Callable[..., Density]] = {
    "dirichlet": Dirichlet,
    "flat_dirichlet": FlatDirichlet,
    "relaxed_one_hot_categorical": RelaxedOneHot,
    "exp_relaxed_one_hot_categorical": Concrete,
    "multivariate_student_t": StudentT,
    "matrix_student_t": MatrixStudentT,
    "spherical_uniform": SphericalUniform,
    "power_spherical": PowerSpherical,
    "von_mises_fisher": VonMisesFisher,
}
"""By names of their own."""
