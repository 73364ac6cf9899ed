"""The law of the logarithm of a gamma variable, by series and continued fraction of the incomplete gamma function.

Guarantee: for concentrations up to 10 both tails, their logarithms and the quantiles to half an ulp and a few
thousandths; beyond that they are not offered.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for.

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import OneSide
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_LARGEST = 10.0
"""The largest concentration for which the terms below suffice."""
# Terms of the series, and how many of them are summed as pairs; levels of the continued fraction.
_TERMS, _PAIRED, _LEVELS = 90, 52, 48


class ExpGamma(OneSide):
    def __init__(self, concentration: float | Fraction, rate: float) -> None:
        self._order, self._exact, self._rate = float(concentration), Fraction(concentration), rate
        self._log_rate, self._log_gamma = log_of(rate), tails.log_gamma(concentration)
        self.location, self.spread = float(self.mean()), math.sqrt(float(self.variance()))

    def _log_z(self, x: Pair) -> Pair:
        """log(rate e^x), of whose exponential the incomplete gamma functions are asked."""
        return x + x.like(self._log_rate)

    def log_density(self, x: Pair) -> Pair:
        logs = self._log_z(x)
        z, power = fn.exp(logs), logs * logs.like(self._exact) - x.like(self._log_gamma)
        return where(np.isinf(z.hi), -z, power - z)

    def _log_shares(self, x: Pair) -> tuple[Floats, Pair, Pair]:
        """Whether the series serves, log P(a, z) where it does, log Q(a, z) where it does not."""
        if self._order > _LARGEST:
            raise NotOffered(f"the cdf of a gamma law with a concentration beyond {_LARGEST:g}")
        logs = self._log_z(x)
        z = fn.exp(logs)
        near = np.asarray(z.hi < max(4.0, self._order + 2.0))
        below = tails.on(near, self._log_lower, logs, z)
        above = tails.on(~near & np.isfinite(z.hi), self._log_upper, logs, z)
        return near, below, where(z.hi == np.inf, -z, where(np.isnan(z.hi), z, above))

    def _log_lower(self, logs: Pair, z: Pair) -> Pair:
        """z^a e^-z / Gamma(a + 1) (1 + z/(a + 1) (1 + z/(a + 2) (...))). DLMF 8.11.4."""
        plain = np.ones_like(z.hi)
        for n in range(_TERMS, _PAIRED, -1):
            plain = 1 + z.hi * plain / z.hi.dtype.type(self._order + n)
        total = Pair.of(plain)
        for n in range(_PAIRED, 0, -1):
            total = (z * z.like(1 / (self._exact + n))) * total + 1.0
        kernel = logs * logs.like(self._exact) - z
        return kernel + fn.log(total) - z.like(self._log_gamma + log_of(self._exact))

    def _log_upper(self, logs: Pair, z: Pair) -> Pair:
        """z^a e^-z / Gamma(a) over z + 1 - a - 1 (1 - a)/(z + 3 - a - 2 (2 - a)/(...)). DLMF 8.9.2, its even part."""
        under = z + z.like(2 * _LEVELS + 1 - self._exact)
        for n in range(_LEVELS, 0, -1):
            under = z + z.like(2 * n - 1 - self._exact) - z.like(n * (n - self._exact)) / under
        kernel = logs * logs.like(self._exact) - z
        return kernel - fn.log(under) - z.like(self._log_gamma)

    def quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._lower_quantile(q), self._upper_quantile(1.0 - q))

    def upper_quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._upper_quantile(q), self._lower_quantile(1.0 - q))

    def _lower_quantile(self, q: Pair) -> Pair:
        """The x with log P = log q <= log(1/2); by the first term where SciPy's answer is no normal number."""
        log_q, wide = fn.log(q), q.hi.astype(np.float64)
        first = (np.log(wide) + float(self._log_gamma + log_of(self._exact))) / self._order
        found = np.log(scipy.special.gammaincinv(self._order, wide))
        start = np.where(first < -600.0, first, found) - float(self._log_rate)
        x = Pair.of(start.astype(q.hi.dtype))
        share = self.log_cdf(x)  # One step of Newton's on pairs.
        return self._stepped(x, (share - log_q) * fn.exp(share - self.log_density(x)))

    def _upper_quantile(self, q: Pair) -> Pair:
        """The x with log Q = log q <= log(1/2)."""
        log_q, found = fn.log(q), np.log(scipy.special.gammainccinv(self._order, q.hi.astype(np.float64)))
        x = Pair.of((found - float(self._log_rate)).astype(q.hi.dtype))
        for _ in range(2 if np.any(q.hi < np.finfo(q.hi.dtype).tiny) else 1):  # SciPy has few digits there.
            share = self.log_survival(x)
            x = self._stepped(x, (log_q - share) * fn.exp(share - self.log_density(x)))
        return x

    @staticmethod
    def _stepped(x: Pair, step: Pair) -> Pair:
        """x - step; the ends of (0, 1) have infinite quantiles, which are exact."""
        return where(np.isfinite(x.hi) & np.isfinite(step.hi), x - step, x)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """log G_a = log G_(a + 1) + log(U)/a, so that none underflows (Marsaglia & Tsang, ACM Transactions on
        Mathematical Software 26 (2000), section 6)."""
        more, uniform = generator.standard_gamma(self._order + 1.0, count), generator.random(count)
        return np.log(more) + np.log1p(-uniform) / self._order - float(self._log_rate)

    def entropy(self) -> Fraction | float:
        return self._exact + self._log_gamma - self._exact * tails.digamma(self._exact)

    def mean(self) -> Fraction | float:
        return tails.digamma(self._exact) - self._log_rate

    def variance(self) -> Fraction | float:
        return tails.trigamma(self._exact)

    def mode(self) -> Fraction | float:
        return log_of(self._exact) - self._log_rate
