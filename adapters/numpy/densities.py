"""Laws of events that have a density of their own.

Guarantee: log densities are sums of pairs, and so within 0.51 ulp unless their terms cancel.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.events.entries import flat, log_one_more, per_event, total
from adapters.numpy.events.location_scale import LocationScale, MatrixLocationScale, Rows, location_scale
from adapters.numpy.functions import PI, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.pushforward import Statistic
from adapters.numpy.tails import digamma, log_gamma

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

    def entropy(self) -> Statistic:
        """By the exponential variables e^-g, whose logarithms have the mean psi(1), and that of their sum psi(n)."""
        n = len(self._logits)
        return n * (digamma(n) - digamma(1)) - self._constant

    def mode(self) -> Entries:
        """log softmax(logits/temperature)."""
        shares = [a / self._temperature for a in self._logits]
        whole = log_of(sum((exp_of(v - max(shares)) for v in shares), Fraction(0)))
        return [v - max(shares) - whole for v in shares]


class RelaxedOneHot(Concrete):
    """The weights themselves, with respect to Lebesgue measure on all of them but the last."""

    def log_prob(self, y: Pair) -> Pair:
        logs = fn.log(y)
        return total([super().log_prob(logs), *(-v for v in flat(logs, 1))])

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        return np.asarray(np.exp(super().draw(generator, count)))

    def entropy(self) -> Statistic:
        raise NotOffered("an entropy without a closed form")

    def mode(self) -> Entries:
        """NotOffered from a temperature of n - 1 on, where the density does not grow without bound in a corner."""
        if self._temperature >= len(self._logits) - 1:
            raise NotOffered("a mode without a closed form")
        return [math.nan] * len(self._logits)


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


DENSITIES: dict[str, Callable[..., Density]] = {
    "dirichlet": Dirichlet,
    "flat_dirichlet": FlatDirichlet,
    "relaxed_one_hot_categorical": RelaxedOneHot,
    "exp_relaxed_one_hot_categorical": Concrete,
    "multivariate_student_t": StudentT,
    "matrix_student_t": MatrixStudentT,
}
"""By names of their own."""
