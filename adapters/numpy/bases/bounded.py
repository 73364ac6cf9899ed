"""The triangular and the continuous Bernoulli law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Base
from adapters.numpy.functions import exp_of, log_of
from adapters.numpy.pairs import Floats, Pair, where

_NEAR = 2.0**-60
"""Below this (e^t - 1)/t is 1 to a pair's first word and more."""


def _stretched(x: Pair, by: Fraction) -> Pair:
    """x times a constant, for x so small that a second word would underflow on the way."""
    return (x.scaled(2.0**64) * x.like(by)).scaled(2.0**-64)


class Triangular(Base):
    """Beside an end lies the square of the distance over the width and the distance of the peak from there."""

    def __init__(self, low: float, high: float, peak: float) -> None:
        self.support, self._ends, self._peak = (low, high), (Fraction(low), Fraction(high)), Fraction(peak)
        self._width = self._ends[1] - self._ends[0]
        self._sides = tuple(self._width * abs(self._peak - end) for end in self._ends)
        self.location, self.spread = peak, (high - low) / 4

    def _away(self, x: Pair, end: int) -> Pair:
        return x - self.support[0] if end == 0 else self.support[1] - x

    def _left(self, x: Pair) -> NDArray[np.bool_]:
        """Whether x lies on the lower side, or where the peak is no float."""
        return np.asarray((x - x.like(self._peak)).hi < 0) if self._sides[1] else np.ones_like(x.hi, bool)

    def _inverse(self, x: Pair, end: int) -> Pair:
        """1 over what the square beside that end is divided by; anything where that side has no width."""
        return x.like(1 / self._sides[end] if self._sides[end] else Fraction(1))

    def log_density(self, x: Pair) -> Pair:
        lower, upper = (fn.log(self._away(x, end) * self._inverse(x, end).scaled(2.0)) for end in (0, 1))
        return where(self._left(x), lower, upper)

    def _share(self, x: Pair, end: int) -> Pair:
        own, other = (self._away(x, at).square() * self._inverse(x, at) for at in (end, 1 - end))
        return where(self._left(x) == (end == 0), own, 1.0 - other)

    def cdf(self, x: Pair) -> Pair:
        return self._share(x, 0)

    def survival(self, x: Pair) -> Pair:
        return self._share(x, 1)

    def quantile(self, q: Pair) -> Pair:
        return self._between(q, 1.0 - q)

    def upper_quantile(self, q: Pair) -> Pair:
        return self._between(1.0 - q, q)

    def _between(self, below: Pair, above: Pair) -> Pair:
        lower, upper = (fn.sqrt(p * p.like(side)) for p, side in zip((below, above), self._sides, strict=True))
        left = (below - below.like(self._sides[0] / self._width**2)).hi <= 0
        return where(left, lower + self.support[0], self.support[1] - upper)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return generator.triangular(self.support[0], float(self._peak), self.support[1], count)

    def entropy(self) -> Fraction | float:
        return Fraction(1, 2) + log_of(self._width / 2)

    def mean(self) -> Fraction | float:
        return (sum(self._ends) + self._peak) / 3

    def variance(self) -> Fraction | float:
        return (self._width**2 + sum((end - self._peak) ** 2 for end in self._ends)) / 36

    def mode(self) -> Fraction | float:
        return self._peak


class ContinuousBernoulli(Base):
    """e^(l x) l/(e^l - 1) on [0, 1], l the log odds. NotOffered for even odds, where it is the uniform law."""

    support = (0.0, 1.0)
    location, spread = 0.5, 0.25

    def __init__(self, probs: float) -> None:
        if probs == 0.5:
            raise NotOffered("a continuous Bernoulli law of even odds")
        self._probs = Fraction(probs)
        self._odds = log_of(self._probs) - log_of(1 - self._probs)
        self._rise, self._fall = exp_of(self._odds) - 1, exp_of(-self._odds) - 1
        self._density = log_of(self._odds / self._rise)

    def log_density(self, x: Pair) -> Pair:
        return x * x.like(self._odds) + x.like(self._density)

    def cdf(self, x: Pair) -> Pair:
        near = _stretched(x, self._odds / self._rise)
        t = x * x.like(self._odds)
        return where(np.abs(t.hi) < _NEAR, near, fn.expm1(t) / x.like(self._rise))

    def log_cdf(self, x: Pair) -> Pair:
        near = fn.log(x) + x.like(self._density)
        return where(x.hi < _NEAR, near, super().log_cdf(x))

    def survival(self, x: Pair) -> Pair:
        return fn.expm1((1.0 - x) * x.like(-self._odds)) / x.like(self._fall)

    def quantile(self, q: Pair) -> Pair:
        near = _stretched(q, self._rise / self._odds)
        return where(q.hi < _NEAR, near, fn.log1p(q * q.like(self._rise)) / q.like(self._odds))

    def upper_quantile(self, q: Pair) -> Pair:
        return fn.log1p(q * q.like(self._fall)) / q.like(self._odds) + 1.0

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return np.log1p(generator.random(count) * float(self._rise)) / float(self._odds)

    def entropy(self) -> Fraction | float:
        return -(self._odds * Fraction(self.mean()) + self._density)

    def mean(self) -> Fraction | float:
        return self._probs / (2 * self._probs - 1) - 1 / self._odds

    def variance(self) -> Fraction | float:
        return 1 / self._odds**2 - self._probs * (1 - self._probs) / (2 * self._probs - 1) ** 2

    def mode(self) -> Fraction | float:
        return Fraction(1 if self._probs > Fraction(1, 2) else 0)
