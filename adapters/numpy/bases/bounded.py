"""The continuous Bernoulli law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

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
