"""The law of the logarithm of a noncentral chi-squared variable with three degrees of freedom.

Guarantee: log densities as accurate as the exponential and the logarithm of ``functions``. The distribution function is
not declared, nor are entropy, variance, mean and mode of the logarithm.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from adapters.interface import NotOffered, SpecError
from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Base
from adapters.numpy.functions import HALF_LOG_2PI, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where


class ExpNoncentralChi2(Base):
    """e^(x - (r^2 + m^2)/2) sinh(r m)/(m sqrt(2 pi)), r = e^(x/2) and m^2 the noncentrality."""

    def __init__(self, df: float, noncentrality: float) -> None:
        if df != 3.0:
            raise SpecError(f"exp_noncentral_chi2: df must be 3, not {df!r}")
        self._square, self._m = Fraction(noncentrality), root_of(noncentrality)
        self._log_double = log_of(2 * self._m)
        self.location, self.spread = math.log(3.0 + noncentrality), 1.0

    def log_density(self, x: Pair) -> Pair:
        r = fn.exp(x.scaled(0.5))
        u = r * x.like(self._m)
        off = r - x.like(self._m)
        fall = off * off.scaled(0.5)  # r**2 alone may overflow.
        # Where u is far below the rounding of 1, 1 - e^(-2 u) is 2 u, and u may underflow.
        small = u.hi < 2.0**-60 if u.hi.dtype == np.float64 else u.hi < 2.0**-30
        share = where(small, x.scaled(0.5) + x.like(self._log_double), fn.log1m_exp(-u.scaled(2.0)))
        share = where(np.isinf(u.hi), u.like(0.0), share)
        inner = x - fall + share - x.like(self._log_double + HALF_LOG_2PI)
        return where(np.isinf(fall.hi), x.filled(-np.inf), inner)

    def cdf(self, x: Pair) -> Pair:
        raise NotOffered("the distribution function of a noncentral chi-squared variable")

    survival = cdf

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        off = generator.standard_normal((3, count))
        off[0] += float(self._m)
        return np.log(np.square(off).sum(axis=0))

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of a noncentral chi-squared variable")

    def mean(self) -> Fraction | float:
        raise NotOffered("the mean of the logarithm of a noncentral chi-squared variable")

    def variance(self) -> Fraction | float:
        raise NotOffered("the variance of the logarithm of a noncentral chi-squared variable")

    def mode(self) -> Fraction | float:
        raise NotOffered("the mode of a noncentral chi-squared variable")
