"""What a base distribution of the reference offers, and what those with location and scale share."""

from __future__ import annotations

import abc
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where


class Base(abc.ABC):
    """X, by functions of pairs that hold on the support; the callers mask what lies outside.

    ``location`` and ``spread`` say where most of the mass is. Statistics are exact, or inf, or nan where undefined.
    ``circular``: X is an angle, and its variance the mean of 1 - cos(X - mean).
    """

    support: tuple[float, float] = (-math.inf, math.inf)
    location = 0.0
    spread = 1.0
    circular = False

    @abc.abstractmethod
    def log_density(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def cdf(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def survival(self, x: Pair) -> Pair: ...

    def log_cdf(self, x: Pair) -> Pair:
        """log of the cdf; the complement's log1p where that is the smaller."""
        return log_share(self.cdf(x), self.survival(x))

    def log_survival(self, x: Pair) -> Pair:
        """log of the survival function, likewise."""
        return log_share(self.survival(x), self.cdf(x))

    def quantile(self, q: Pair) -> Pair:
        """The x with cdf(x) = q, for 0 <= q <= 1."""
        raise NotOffered("icdf")

    def upper_quantile(self, q: Pair) -> Pair:
        """The x with survival(x) = q, for 0 <= q <= 1."""
        raise NotOffered("icdf")

    @abc.abstractmethod
    def draw(self, generator: np.random.Generator, count: int) -> Floats: ...

    @abc.abstractmethod
    def entropy(self) -> Fraction | float: ...

    @abc.abstractmethod
    def mean(self) -> Fraction | float: ...

    @abc.abstractmethod
    def variance(self) -> Fraction | float: ...

    def median(self) -> Pair:
        """The x with cdf(x) = 1/2."""
        return self.quantile(Pair.of(np.array([0.5])))

    @abc.abstractmethod
    def mode(self) -> Fraction | float:
        """A point where the density is largest."""


def log_share(share: Pair, other: Pair) -> Pair:
    """log of ``share``, where ``share`` and ``other`` add up to 1."""
    return where(share.hi < 0.5, fn.log(share), fn.log1p(-other))


class OneSide(Base):
    """Both tails by the logarithm of what lies on the side that is known, whichever that is."""

    @abc.abstractmethod
    def _log_shares(self, x: Pair) -> tuple[NDArray[np.bool_], Pair, Pair]:
        """Where it is what lies below x that is known; its logarithm there; and elsewhere that of what lies above."""

    def cdf(self, x: Pair) -> Pair:
        known, below, above = self._log_shares(x)
        return where(known, fn.exp(below), -fn.expm1(above))

    def survival(self, x: Pair) -> Pair:
        known, below, above = self._log_shares(x)
        return where(known, -fn.expm1(below), fn.exp(above))

    def log_cdf(self, x: Pair) -> Pair:
        known, below, above = self._log_shares(x)
        return where(known, below, fn.log1m_exp(above))

    def log_survival(self, x: Pair) -> Pair:
        known, below, above = self._log_shares(x)
        return where(known, fn.log1m_exp(below), above)


class Mirrored(Base):
    """Both tails of a law that is its own mirror image, by what lies below z, the signed distance from its middle."""

    @abc.abstractmethod
    def _z(self, x: Pair) -> Pair: ...

    @abc.abstractmethod
    def _below(self, z: Pair) -> Pair: ...

    def _log_below(self, z: Pair) -> Pair:
        return log_share(self._below(z), self._below(-z))

    def cdf(self, x: Pair) -> Pair:
        return self._below(self._z(x))

    def survival(self, x: Pair) -> Pair:
        return self._below(-self._z(x))

    def log_cdf(self, x: Pair) -> Pair:
        return self._log_below(self._z(x))

    def log_survival(self, x: Pair) -> Pair:
        return self._log_below(-self._z(x))


class LocationScale(Base):
    def __init__(self, loc: float, scale: float) -> None:
        self.location, self.spread = loc, scale
        self._log = log_of(scale)

    def _z(self, x: Pair) -> Pair:
        return (x - self.location) / self.spread

    def _placed(self, draws: Floats) -> Floats:
        return self.location + self.spread * draws

    def _at(self, z: Pair) -> Pair:
        return z * self.spread + self.location

    def mean(self) -> Fraction | float:
        return Fraction(self.location)

    def mode(self) -> Fraction | float:
        return Fraction(self.location)

    def _square(self) -> Fraction:
        return Fraction(self.spread) ** 2
