"""The base distributions over pairs: log density, cdf, survival function, draws and exact statistics.

Guarantee: log densities, cdfs and survival functions as accurate as the functions of pairs that they are made of
(the normal and Student-t cdf: as SciPy's special functions). Statistics are exact to 50 digits before rounding.
Formulas: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 and 2.
"""

from __future__ import annotations

import abc
import math
from fractions import Fraction

import numpy as np
from scipy import special

from adapters.interface import NotOffered, Spec, SpecError
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.functions import EULER_GAMMA, HALF_LOG_2PI, LOG2, PI, log_of
from adapters.numpy.pairs import Floats, Pair, where


class Base(abc.ABC):
    """X, by functions of pairs that hold on the support; the callers mask what lies outside.

    ``location`` and ``spread`` say where most of the mass is. Statistics are exact, or inf, or nan where undefined.
    """

    support: tuple[float, float] = (-math.inf, math.inf)
    location = 0.0
    spread = 1.0

    @abc.abstractmethod
    def log_density(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def cdf(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def survival(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def draw(self, generator: np.random.Generator, count: int) -> Floats: ...

    @abc.abstractmethod
    def entropy(self) -> Fraction | float: ...

    @abc.abstractmethod
    def mean(self) -> Fraction | float: ...

    @abc.abstractmethod
    def variance(self) -> Fraction | float: ...


class _LocationScale(Base):
    def __init__(self, loc: float, scale: float) -> None:
        self.location, self.spread = loc, scale
        self._log = log_of(scale)

    def _z(self, x: Pair) -> Pair:
        return (x - self.location) / self.spread

    def _placed(self, draws: Floats) -> Floats:
        return self.location + self.spread * draws

    def mean(self) -> Fraction | float:
        return Fraction(self.location)

    def _square(self) -> Fraction:
        return Fraction(self.spread) ** 2


class Normal(_LocationScale):
    def log_density(self, x: Pair) -> Pair:
        z = self._z(x)
        return -(z * z.scaled(0.5) + x.like(HALF_LOG_2PI + self._log))  # z**2 alone may overflow.

    def cdf(self, x: Pair) -> Pair:
        return tails.ndtr(self._z(x))

    def survival(self, x: Pair) -> Pair:
        return tails.ndtr(-self._z(x))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.standard_normal(count))

    def entropy(self) -> Fraction | float:
        return HALF_LOG_2PI + Fraction(1, 2) + self._log

    def variance(self) -> Fraction | float:
        return self._square()


class Logistic(_LocationScale):
    def log_density(self, x: Pair) -> Pair:
        # -softplus(z) - softplus(-z)
        m = self._z(x).abs()
        return -(m + fn.log1p(fn.exp(-m)).scaled(2.0) + x.like(self._log))

    def cdf(self, x: Pair) -> Pair:
        return fn.sigmoid(self._z(x))

    def survival(self, x: Pair) -> Pair:
        return fn.sigmoid(-self._z(x))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.logistic(size=count))

    def entropy(self) -> Fraction | float:
        return 2 + self._log

    def variance(self) -> Fraction | float:
        return self._square() * PI**2 / 3


class Laplace(_LocationScale):
    def log_density(self, x: Pair) -> Pair:
        return -(self._z(x).abs() + x.like(LOG2 + self._log))

    def _below(self, z: Pair) -> Pair:
        half = fn.exp(-z.abs()).scaled(0.5)
        return where(z.hi < 0, half, 1.0 - half)

    def cdf(self, x: Pair) -> Pair:
        return self._below(self._z(x))

    def survival(self, x: Pair) -> Pair:
        return self._below(-self._z(x))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.laplace(size=count))

    def entropy(self) -> Fraction | float:
        return 1 + LOG2 + self._log

    def variance(self) -> Fraction | float:
        return 2 * self._square()


class Gumbel(_LocationScale):
    """exp(-z - e**-z)/scale: the largest value."""

    def log_density(self, x: Pair) -> Pair:
        m = -self._z(x)
        density = (m - fn.exp(m)) - x.like(self._log)
        return where(m.hi == math.inf, -m, density)  # e**m outgrows m.

    def cdf(self, x: Pair) -> Pair:
        return fn.exp(-fn.exp(-self._z(x)))

    def survival(self, x: Pair) -> Pair:
        return -fn.expm1(-fn.exp(-self._z(x)))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.gumbel(size=count))

    def entropy(self) -> Fraction | float:
        return 1 + EULER_GAMMA + self._log

    def mean(self) -> Fraction | float:
        return Fraction(self.location) + EULER_GAMMA * Fraction(self.spread)

    def variance(self) -> Fraction | float:
        return self._square() * PI**2 / 6


class StudentT(_LocationScale):
    def __init__(self, df: float, loc: float, scale: float) -> None:
        super().__init__(loc, scale)
        self._df = df
        half = (df + 1) / 2
        self._constant = tails.log_gamma(half) - tails.log_gamma(df / 2) - log_of(PI * Fraction(df)) / 2 - self._log

    def log_density(self, x: Pair) -> Pair:
        z = self._z(x)
        # Where z**2 would overflow, 1 is lost in z**2/df anyway.
        far = np.abs(z.hi) > float(np.finfo(z.hi.dtype).max) ** 0.25
        near = fn.log1p(where(far, z.like(0.0), z).square() / self._df)
        logs = where(far, fn.log(z.abs()).scaled(2.0) - x.like(log_of(self._df)), near)
        return x.like(self._constant) - logs * ((self._df + 1) / 2)

    def cdf(self, x: Pair) -> Pair:
        return tails.student_t_cdf(self._z(x), self._df)

    def survival(self, x: Pair) -> Pair:
        return tails.student_t_cdf(-self._z(x), self._df)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return self._placed(generator.standard_t(self._df, count))

    def entropy(self) -> Fraction | float:
        half = (self._df + 1) / 2
        return Fraction(half) * (_digamma(half) - _digamma(self._df / 2)) - self._constant

    def mean(self) -> Fraction | float:
        return Fraction(self.location) if self._df > 1 else math.nan

    def variance(self) -> Fraction | float:
        if self._df <= 2:
            return math.inf if self._df > 1 else math.nan
        return self._square() * Fraction(self._df) / (Fraction(self._df) - 2)


class Uniform(Base):
    def __init__(self, low: float, high: float) -> None:
        self.support = (low, high)
        self._width = Fraction(high) - Fraction(low)

    def log_density(self, x: Pair) -> Pair:
        constant = x.like(-log_of(self._width))
        return Pair(np.full_like(x.hi, constant.hi), np.full_like(x.hi, constant.lo))

    def cdf(self, x: Pair) -> Pair:
        return (x - self.support[0]) / x.like(self._width)

    def survival(self, x: Pair) -> Pair:
        return (self.support[1] - x) / x.like(self._width)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return generator.uniform(*self.support, count)

    def entropy(self) -> Fraction | float:
        return log_of(self._width)

    def mean(self) -> Fraction | float:
        return (Fraction(self.support[0]) + Fraction(self.support[1])) / 2

    def variance(self) -> Fraction | float:
        return self._width**2 / 12


class Exponential(Base):
    support = (0.0, math.inf)

    def __init__(self, rate: float) -> None:
        self.rate, self._log = rate, log_of(rate)
        self.spread = 1 / rate

    def log_density(self, x: Pair) -> Pair:
        return x.like(self._log) - x * self.rate

    def cdf(self, x: Pair) -> Pair:
        return -fn.expm1(-(x * self.rate))

    def survival(self, x: Pair) -> Pair:
        return fn.exp(-(x * self.rate))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return generator.exponential(1 / self.rate, count)

    def entropy(self) -> Fraction | float:
        return 1 - self._log

    def mean(self) -> Fraction | float:
        return 1 / Fraction(self.rate)

    def variance(self) -> Fraction | float:
        return 1 / Fraction(self.rate) ** 2


def _digamma(a: float) -> Fraction:
    """Exact sums where 2a is a small whole number (DLMF 5.4.14 and 5.4.15), else SciPy's digamma."""
    if a * 2 != int(a * 2) or not 0 < a < 200:
        return Fraction(float(special.digamma(a)))
    whole = a == int(a)
    value, at = (-EULER_GAMMA, Fraction(1)) if whole else (-EULER_GAMMA - 2 * LOG2, Fraction(1, 2))
    while at < a:
        value += 1 / at
        at += 1
    return value


BASES: dict[str, tuple[tuple[str, ...], type[Base]]] = {
    "normal": (("loc", "scale"), Normal),
    "logistic": (("loc", "scale"), Logistic),
    "laplace": (("loc", "scale"), Laplace),
    "gumbel": (("loc", "scale"), Gumbel),
    "student_t": (("df", "loc", "scale"), StudentT),
    "uniform": (("low", "high"), Uniform),
    "exponential": (("rate",), Exponential),
}


def build_base(spec: Spec) -> Base:
    """The base that ``spec`` names. NotOffered for an unknown name, SpecError for wrong parts or parameters."""
    if spec.name not in BASES:
        raise NotOffered(f"no distribution {spec.name}")
    names, make = BASES[spec.name]
    if spec.parts or set(spec.params) != set(names):
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(names)}")
    return make(**spec.params)
