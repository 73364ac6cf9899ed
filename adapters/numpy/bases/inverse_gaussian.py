"""The law of the logarithm of an inverse Gaussian variable.

Guarantee: log density, the lower tail and its logarithm as accurate as the normal distribution function of ``tails``;
the survival function is a difference, which loses as many bits as e^x has more than the mean. There are no quantiles.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import Base, log_share
from adapters.numpy.functions import EULER_GAMMA, HALF_LOG_2PI, LOG2, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, Word, where

_LEVELS = 400


class ExpInverseGaussian(Base):
    """Phi(a) + e^(2 c/m) Phi(-b) with a = 2 r sinh h, b = 2 r cosh h, h = (x - log m)/2 and r = sqrt(c/m)."""

    def __init__(self, loc: float, concentration: float) -> None:
        self._mean, self._shape = loc, concentration
        self._ratio, self._log_mean = Fraction(concentration) / Fraction(loc), log_of(loc)
        self._constant = log_of(concentration) / 2 - HALF_LOG_2PI
        self._root = root_of(self._ratio)
        self.location, self.spread = float(self.mode()), math.sqrt(math.log1p(loc / concentration))

    def _half(self, x: Pair) -> Pair:
        return (x - x.like(self._log_mean)).scaled(0.5)

    def _points(self, x: Pair) -> tuple[Pair, Pair]:
        """a and b."""
        half = self._half(x)
        size, grown = half.abs(), fn.expm1(half.abs())
        fall = fn.exp(-size)
        rise = where(np.isinf(grown.hi), grown, grown + grown * fall)  # e^h - e^-h
        root = x.like(self._root)
        return rise.with_sign_of(half.hi) * root, (fn.exp(size) + fall) * root

    def log_density(self, x: Pair) -> Pair:
        a = self._points(x)[0]
        fall = a * a.scaled(0.5)  # a**2 alone may overflow.
        return where(np.isinf(fall.hi), x.filled(-np.inf), x.like(self._constant) - x.scaled(0.5) - fall)

    def _log_ratio(self, a: Pair, b: Pair) -> Pair:
        """log(e^(2 c/m) Phi(-b)/Phi(-a)) for a > 0."""
        return tails.log_ndtr(-b) - tails.log_ndtr(-a) + a.like(2 * self._ratio)

    def cdf(self, x: Pair) -> Pair:
        a, b = self._points(x)
        return tails.ndtr(a) + fn.exp(tails.log_ndtr(-b) + x.like(2 * self._ratio))

    def survival(self, x: Pair) -> Pair:
        a, b = self._points(x)
        return tails.ndtr(-a) - fn.exp(tails.log_ndtr(-b) + x.like(2 * self._ratio))

    def log_cdf(self, x: Pair) -> Pair:
        a, b = self._points(x)
        far = self._far(a) & (a.hi < 0)
        share = where(far, x.like(LOG2), fn.log1p(fn.exp(self._log_ratio(a.abs(), b))))
        return where(a.hi < 0, tails.log_ndtr(a) + share, log_share(self.cdf(x), self.survival(x)))

    def log_survival(self, x: Pair) -> Pair:
        """Far out 1 - Phi(-b)/Phi(-a) phi(a)/phi(b) is (b - a)/a, to 1/a^2."""
        a, b = self._points(x)
        far = self._far(a) & (a.hi > 0)
        outermost = fn.log(x.like(4 * self._ratio) / (a + b)) - fn.log(a)
        share = where(far, outermost, fn.log1m_exp(self._log_ratio(a.abs(), b)))
        share = where(np.isinf(a.hi), a.like(0.0), share)
        return where(a.hi > 0, tails.log_ndtr(-a) + share, log_share(self.survival(x), self.cdf(x)))

    @staticmethod
    def _far(a: Pair) -> np.ndarray:
        # Where what is left of the difference of two logarithms of the size of a**2/2 is no better.
        deep = a.hi.dtype == np.float64 and not isinstance(a, Word)
        return np.asarray(np.abs(a.hi) > (2.0**20 if deep else 2.0**10))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return np.log(generator.wald(self._mean, self._shape, count))

    def entropy(self) -> Fraction | float:
        """That of X less the mean of its logarithm (Mudholkar & Tian, Journal of Statistical Planning and Inference 102
        (2002))."""
        whole = HALF_LOG_2PI + Fraction(1, 2) + (3 * self._log_mean - log_of(self._shape)) / 2
        return whole - Fraction(3, 2) * self._integral() - Fraction(self.mean())

    def mean(self) -> Fraction | float:
        return self._log_mean - self._integral()

    def _integral(self) -> Fraction:
        """e^z E1(z), z = 2 c/m: by its continued fraction (DLMF 6.9.1) from 2 on, by its power series (6.6.2) below."""
        z = 2 * self._ratio
        if z >= 2:
            under = z + 2 * _LEVELS + 1
            for n in range(_LEVELS, 0, -1):
                under = Fraction(round((z + 2 * n - 1 - n * n / under) * 10**60), 10**60)
            return 1 / under
        total, term, k = -EULER_GAMMA - log_of(z), Fraction(1), 0
        while abs(term) > Fraction(1, 10**70):
            k += 1
            term = Fraction(round(term * -z / k * 10**90), 10**90)
            total -= term / k
        return total * exp_of(z)

    def variance(self) -> Fraction | float:
        raise NotOffered("the variance of the logarithm of an inverse Gaussian variable")

    def mode(self) -> Fraction | float:
        """Where c/m sinh(x - log m) is -1/2."""
        half = 1 / (2 * self._ratio)
        return self._log_mean - log_of(half + root_of(1 + half * half))
